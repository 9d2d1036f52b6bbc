"""What each study is: one row a study from the facts of its reports, the sheets and the curation."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mscreview.clean.candidates import OWN_TEXT, REVIEW_TABLE, SECOND_REPORT, Candidate, Resolved, resolve
from mscreview.clean.sheets import Sheets
from mscreview.project import Protocol
from mscreview.records.names import surname_in_latin

FIELDS = ("design", "country", "condition", "aetiology", "n_total", "followup_weeks", "registry_id")
RANDOMISED = "rct"
_TERMS = ("design", "country", "condition")
_SETS = ("aetiology",)


def studies(
    facts: pd.DataFrame, reports: pd.DataFrame, sheets: Sheets, protocol: Protocol
) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """The `studies` table and the conflicts met on the way.

    Parameters
    ----------
    facts : facts with `study_id` and `own` (stands in the study's first report).
    reports : included records with `study_id`.
    """
    candidates = [
        *_from_facts(facts, protocol),
        *_from_records(reports),
        *_from_sheet(sheets.fulltext_arms, reports),
    ]
    curation = sheets.curation[sheets.curation["key"].isin(set(reports["study_id"]))]
    resolved, conflicts = resolve(candidates, curation, "studies")
    rows = []
    for study_id, group in reports.groupby("study_id"):
        cells = {name: resolved.get((study_id, "", name), Resolved(None, "")) for name in FIELDS}
        sources = dict.fromkeys(c.source for c in cells.values() if c.source)
        first = group.sort_values(by="record_id", key=lambda ids: ids != study_id, kind="stable").iloc[0]
        design = cells["design"].value
        rows.append(
            {
                "study_id": study_id,
                "record_ids": "; ".join(sorted(group["record_id"])),
                "label": label(study_id, first["authors"], first["year"]),
                "year": first["year"],
                "randomised": None if design is None else design == RANDOMISED,
                "source": "; ".join(sources) or None,
            }
            | {name: cell.value for name, cell in cells.items()}
        )
    return pd.DataFrame(rows), conflicts


def label(study_id: str, authors: Any, year: Any) -> str:
    """Short label in Latin script: `Lin 2017`; the id where no author is known."""
    surname = surname_in_latin(authors.split(";")[0]) if isinstance(authors, str) else ""
    if not surname:
        return study_id
    return surname if pd.isna(year) else f"{surname} {int(year)}"


def _from_facts(facts: pd.DataFrame, protocol: Protocol) -> list[Candidate]:
    told = facts[facts["status"].eq("ok") & ~facts["section"].isin(["conclusion", "background"])]
    reports_of = dict(iter(facts.groupby("record_id")))
    candidates = []
    for (study_id, record_id), own in told.groupby(["study_id", "record_id"], sort=False):
        report = reports_of[record_id]
        rank = OWN_TEXT if own["own"].iloc[0] else SECOND_REPORT
        for kind in _TERMS:
            terms = _terms(own, report, kind)
            order = list(protocol.vocabulary.get(kind, {}))
            terms = terms[terms["value_text"].isin(order)]
            if len(terms):
                best = terms.iloc[terms["value_text"].map(order.index).argmin()]
                candidates.append(Candidate(study_id, "", kind, best["value_text"], f"fact:{best['fact_id']}", rank))
        for kind in _SETS:
            candidates += _set(own[own["kind"] == kind], study_id, kind, rank, list(protocol.vocabulary.get(kind, {})))
        for fact in own[own["kind"].eq("n_total") & own["value"].notna()].itertuples():
            candidates.append(Candidate(study_id, "", "n_total", fact.value, f"fact:{fact.fact_id}", rank))
        candidates += _followup(own, study_id, rank)
    return candidates


def _terms(own: pd.DataFrame, report: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Terms of a kind where a report tells of itself; a country or condition else from anywhere in it."""
    terms = own[own["kind"] == kind]
    return report[report["kind"] == kind] if terms.empty and kind in ("country", "condition") else terms


def _followup(own: pd.DataFrame, study_id: str, rank: int) -> list[Candidate]:
    """The longest time of which the report says that patients were followed; else the longest it tells of."""
    told = own[own["kind"].eq("followup") & own["value"].notna()]
    told = told.assign(weeks=told["weeks"].fillna(told["value"]))
    followed = told[told["measure"] == "followed"]
    pool = followed if len(followed) else told
    if pool.empty:
        return []
    longest = pool.loc[pool["weeks"].idxmax()]
    return [Candidate(study_id, "", "followup_weeks", longest["weeks"], f"fact:{longest['fact_id']}", rank)]


def _set(terms: pd.DataFrame, study_id: str, kind: str, rank: int, order: list[str]) -> list[Candidate]:
    title = terms[terms["section"] == "title"]
    pool = title if len(title) else terms
    found = [term for term in order if term in set(pool["value_text"])]
    if not found:
        return []
    sources = pool.drop_duplicates("value_text").set_index("value_text")["fact_id"]
    return [Candidate(study_id, "", kind, "; ".join(found), f"fact:{sources[found[0]]}", rank)]


def _from_records(reports: pd.DataFrame) -> list[Candidate]:
    with_id = reports[reports["registry_ids"].notna()]
    return [
        Candidate(r.study_id, "", "registry_id", r.registry_ids.split("; ")[0], f"record:{r.record_id}")
        for r in with_id.itertuples()
    ]


def _from_sheet(sheet: pd.DataFrame, reports: pd.DataFrame) -> list[Candidate]:
    candidates = []
    for row in sheet[sheet["study_id"].isin(set(reports["study_id"]))].itertuples():
        for name in ("design", "country", "aetiology", "followup_weeks", "registry_id"):
            value = getattr(row, name)
            if value is not None and not pd.isna(value):
                candidates.append(Candidate(row.study_id, "", name, value, row.source, REVIEW_TABLE))
    return candidates
