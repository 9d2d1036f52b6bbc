"""Who was treated with what: the arms of each study, from facts and sheets, and which arm a fact's arm name means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mscreview.clean.candidates import OWN_TEXT, REVIEW_TABLE, SECOND_REPORT, Candidate, Resolved, resolve
from mscreview.clean.sheets import Sheets
from mscreview.clean.units import dose
from mscreview.project import Protocol

CONTROL, TREATED = "control", "treated"
ALL = "all"  # said of every arm alike
FIELDS = ("n", "cell_source", "donor", "route", "cells_per_dose", "cells_per_kg", "n_doses", "co_treatment")
_FEWEST_CELLS = 1e4  # a smaller amount is a volume
SINGLE = ("cells_per_dose", "cells_per_kg", "n_doses")
_TERMS = ("cell_source", "donor", "route")


@dataclass
class Roster:
    """The arms of one study: id -> role, and the id that each name in the text means."""

    study_id: str
    roles: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    unplaced: list[tuple[str, str]] = field(default_factory=list)  # (name, source) no arm could be told for

    @property
    def treated(self) -> list[str]:
        return [arm for arm, role in self.roles.items() if role == TREATED]

    @property
    def control(self) -> str:
        return next((arm for arm, role in self.roles.items() if role == CONTROL), "")

    def arm_of(self, name: Any) -> str:
        """Arm id of a fact: by its name; a study with a single arm owns every value; else empty."""
        if isinstance(name, str) and name:
            if name in self.names or name in self.roles:
                return self.names.get(name, name)
            return _inside(name, self.treated)
        return next(iter(self.roles)) if len(self.roles) == 1 else ""


def rosters(facts: pd.DataFrame, sheets: Sheets, studies: list[str], protocol: Protocol) -> dict[str, Roster]:
    """The arms of every study in `studies`; `facts` carry a `study_id` column."""
    known = _known_arms(sheets)
    for study_id, arm_id in _curated_arms(facts, sheets):
        known.setdefault(study_id, {}).setdefault(arm_id, CONTROL if arm_id.startswith(CONTROL) else TREATED)
    named = facts[facts["kind"] == "arm"]
    told = zip(named["arm"], named["value_text"], strict=True)
    named = named.assign(
        role=[_role(name, role, protocol) for name, role in told],
        sure=[_names_intervention(name, protocol) for name in named["arm"]],
    )
    by_study = dict(iter(named.groupby("study_id")))
    empty = named.iloc[:0]
    return {study: _roster(study, known.get(study, {}), by_study.get(study, empty)) for study in studies}


def arms(
    facts: pd.DataFrame, sheets: Sheets, found: dict[str, Roster], protocol: Protocol
) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """The `arms` table and the conflicts met on the way."""
    candidates = [*_from_facts(facts, found, protocol), *_from_sheet(sheets.fulltext_arms, found)]
    resolved, conflicts = resolve(candidates, _dose_fields(sheets.curation), "arms", SINGLE)
    resolved = _denominators(facts, found) | resolved
    rows = []
    for study_id, roster in found.items():
        conflicts += _unplaced(roster)
        for arm_id, role in roster.roles.items():
            cells = {name: resolved.get((study_id, arm_id, name), Resolved(None, "")) for name in FIELDS}
            sources = dict.fromkeys(c.source for c in cells.values() if c.source)
            row = {"study_id": study_id, "arm_id": arm_id, "role": role} | {k: c.value for k, c in cells.items()}
            rows.append(row | {"source": "; ".join(sources) or None})
    columns = ["study_id", "arm_id", "role", *FIELDS, "source"]
    return pd.DataFrame(rows, columns=columns), conflicts


def _known_arms(sheets: Sheets) -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = {}
    for row in sheets.fulltext_arms.itertuples():
        known.setdefault(row.study_id, {})[row.arm_id] = row.role
    curated = sheets.curation.loc[sheets.curation["table"].isin(["arms", "outcomes"]), "key"].str.split("|")
    keys = [(k[0], k[1]) for k in curated if len(k) > 1]
    for frame in (sheets.fulltext_continuous, sheets.fulltext_binary):
        keys += list(frame[["study_id", "arm_id"]].itertuples(index=False, name=None))
    for study_id, arm_id in keys:
        role = CONTROL if arm_id.startswith(CONTROL) else TREATED
        known.setdefault(study_id, {}).setdefault(arm_id, role)
    return known


def _curated_arms(facts: pd.DataFrame, sheets: Sheets) -> list[tuple[str, str]]:
    """(study_id, arm_id) of every arm a reviewer gave a value to."""
    rows = sheets.curation[sheets.curation["table"].eq("facts") & sheets.curation["field"].eq("arm")]
    study_of = dict(zip(facts["record_id"], facts["study_id"], strict=True))
    found = [(study_of.get(str(row.key).split("|")[0], ""), str(row.value)) for row in rows.itertuples()]
    return [(study_id, arm_id) for study_id, arm_id in found if study_id and arm_id != ALL]


def _role(name: str, told: object, protocol: Protocol) -> str:
    """Role of a name: treated where it holds a term of the intervention (also beside standard care), else as told."""
    if _names_intervention(name, protocol):
        return TREATED
    return str(told) if told in (CONTROL, TREATED) else ""


def _names_intervention(name: str, protocol: Protocol) -> bool:
    terms = [synonym for term in protocol.vocabulary.get("cell_source", {}).values() for synonym in term]
    denied = re.search(r"\b(?:no|non|without)\b|[未无不]", name, re.IGNORECASE)
    return not denied and any(re.search(term, name, re.IGNORECASE) for term in terms)


def _roster(study_id: str, known: dict[str, str], named: pd.DataFrame) -> Roster:
    """Names to arm ids, report by report; a name nobody can place is kept for the conflicts."""
    roster = Roster(study_id, dict(known))
    names = named.drop_duplicates("arm")
    for name in names.loc[names["role"] == CONTROL, "arm"]:
        roster.names[name] = roster.control or CONTROL
        roster.roles.setdefault(roster.names[name], CONTROL)
    others = names[names["role"] != CONTROL]
    for record_id, report in others.groupby("record_id", sort=False):
        alone = not (named["record_id"].eq(record_id) & named["role"].eq(CONTROL)).any()
        treated = _treated_names(report)
        for fact in report.itertuples():
            arm_id = _treated_id(fact.arm, known, treated, alone) if fact.arm in treated else ""
            if arm_id:
                roster.names[fact.arm] = arm_id
                roster.roles.setdefault(arm_id, TREATED)
            else:
                roster.unplaced.append((fact.arm, f"fact:{fact.fact_id}"))
    if not roster.treated:
        roster.roles = {TREATED: TREATED} | roster.roles
    return roster


def _treated_names(report: pd.DataFrame) -> dict[str, bool]:
    """Names of treated arms in one report -> whether the name itself shows it.

    Names that hold a term of the intervention and names told to be treated; where there is none, a name without a
    role if it is the only one.
    """
    told = report[report["sure"] | (report["role"] == TREATED)]
    pool = told if len(told) else report if len(report) == 1 else told
    return dict(zip(pool["arm"], pool["sure"], strict=True))


def _treated_id(name: str, known: dict[str, str], treated: dict[str, bool], alone: bool) -> str:
    """Id of a treated arm's name.

    Where one treated arm is known it is meant, unless several names claim it and none names the intervention. Of
    several known arms the one whose id stands in the name. Where none is known: the only one, or one a name; a name
    that does not show the intervention ("the treated group") is the arm of the one that does, unless nothing but
    treated arms are compared (`alone`).
    """
    ids = [arm for arm, role in known.items() if role == TREATED]
    sure = [n for n, shown in treated.items() if shown]
    if len(ids) == 1:
        return ids[0] if sure or len(treated) == 1 else ""
    if ids:
        return _inside(name, ids)
    one = len(treated) == 1 or (len(sure) == 1 and not alone)
    return TREATED if one else _slug(name)


def _inside(name: str, ids: list[str]) -> str:
    """The only one of several arm ids that stands in a name as words: `low` in "low dose"."""
    plain = name.lower()
    found = [a for a in ids if re.search(rf"(?<![a-z0-9]){re.escape(a.replace('_', ' '))}(?![a-z0-9])", plain)]
    return found[0] if len(found) == 1 and len(ids) > 1 else ""


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def _from_facts(facts: pd.DataFrame, found: dict[str, Roster], protocol: Protocol) -> list[Candidate]:
    usable = facts[facts["status"].eq("ok") & ~facts["section"].isin(["conclusion", "background"])]
    candidates = []
    counted = set(usable.loc[usable["kind"].eq("n_total"), "study_id"])
    for fact in usable[usable["kind"].isin(["arm_n", "dose", "n_doses"])].itertuples():
        if fact.kind == "arm_n" and fact.study_id in counted and not _arm_name(fact):
            continue  # some of the people ("14 of them"): the only arm has the study's total
        roster, source = found[fact.study_id], f"fact:{fact.fact_id}"
        rank = OWN_TEXT if fact.own else SECOND_REPORT
        for arm_id in _targets(fact, roster):
            for name, value in _values(fact):
                candidates.append(Candidate(fact.study_id, arm_id, name, value, source, rank))
    for (study_id, _, kind), terms in usable[usable["kind"].isin(_TERMS)].groupby(
        ["study_id", "record_id", "kind"], sort=False
    ):
        candidates += _terms(terms, found[study_id], list(protocol.vocabulary.get(kind, {})))
    return candidates


def _denominators(facts: pd.DataFrame, found: dict[str, Roster]) -> dict[tuple[str, str, str], Resolved]:
    """Size of an arm whose counts are all told of the same number of people: "6/306 and 2/306"."""
    told: dict[tuple[str, str, str], dict[float, str]] = {}
    counts = facts[facts["status"].eq("ok") & facts["kind"].eq("events") & facts["n"].notna()]
    for fact in counts.itertuples():
        if isinstance(fact.arm, str) and (arm_id := found[fact.study_id].arm_of(fact.arm)):
            told.setdefault((fact.study_id, arm_id, "n"), {}).setdefault(fact.n, f"fact:{fact.fact_id}")
    return {key: Resolved(*next(iter(sizes.items()))) for key, sizes in told.items() if len(sizes) == 1}


def _targets(fact: Any, roster: Roster) -> list[str]:
    name = _arm_name(fact)
    told = roster.arm_of(name) if name else ""
    if fact.kind == "arm_n" and name == ALL:
        return [arm_id for arm_id in roster.roles if arm_id != ALL]
    if fact.kind == "arm_n":
        sole = told if name else roster.arm_of("")
        return [sole] if sole else []
    if told and roster.roles[told] == TREATED:
        return [told]
    return roster.treated  # a dose is the treated arms', however close the control group is named


def _arm_name(fact: Any) -> str:
    return fact.arm if isinstance(fact.arm, str) else ""


def _values(fact: Any) -> list[tuple[str, float]]:
    if pd.isna(fact.value):
        return []
    if fact.kind != "dose":
        return [("n" if fact.kind == "arm_n" else "n_doses", fact.value)]
    if not pd.isna(fact.low) and not pd.isna(fact.high) and fact.low != fact.high:
        return []
    unit = "" if pd.isna(fact.unit) else fact.unit
    if fact.value < _FEWEST_CELLS:
        return []
    return [("cells_per_kg" if "kg" in unit.lower() else "cells_per_dose", fact.value)]


def _terms(terms: pd.DataFrame, roster: Roster, order: list[str]) -> list[Candidate]:
    """One term a treated arm: the arm's own words first, then the title's, then the protocol's order."""
    candidates = []
    rank = OWN_TEXT if terms["own"].iloc[0] else SECOND_REPORT
    placed = terms.assign(arm_id=[roster.names.get(a, "") if isinstance(a, str) else "" for a in terms["arm"]])
    for arm_id in roster.treated:
        own = placed[placed["arm_id"] == arm_id]
        pool = own if len(own) else placed[placed["arm_id"] == ""]
        title = pool[pool["section"] == "title"]
        pool = title if len(title) else pool
        pool = pool[pool["value_text"].isin(order)]
        if pool.empty:
            continue
        best = pool.iloc[pool["value_text"].map(order.index).argmin()]
        candidates.append(
            Candidate(roster.study_id, arm_id, best["kind"], best["value_text"], f"fact:{best['fact_id']}", rank)
        )
    return candidates


def _from_sheet(sheet: pd.DataFrame, found: dict[str, Roster]) -> list[Candidate]:
    candidates = []
    for row in sheet[sheet["study_id"].isin(list(found))].itertuples():
        per_dose, per_kg = dose(row.dose if isinstance(row.dose, str) else None)
        cells = {name: getattr(row, name) for name in ("n", *_TERMS, "co_treatment")}
        cells |= {"cells_per_dose": per_dose, "cells_per_kg": per_kg, "n_doses": _whole(row.n_doses)}
        if row.role == CONTROL:
            cells = {"n": row.n}
        for name, value in cells.items():
            if value is not None and not pd.isna(value):
                candidates.append(Candidate(row.study_id, row.arm_id, name, value, row.source, REVIEW_TABLE))
    return candidates


def _dose_fields(curation: pd.DataFrame) -> pd.DataFrame:
    """Curation of `dose` as the two columns it fills."""
    doses = curation[(curation["table"] == "arms") & (curation["field"] == "dose")]
    split = [dose(v if isinstance(v, str) else None) for v in doses["value"]]
    made = [
        doses.assign(field=name, value=[None if pair[i] is None else f"{pair[i]:g}" for pair in split])
        for i, name in enumerate(("cells_per_dose", "cells_per_kg"))
    ]
    return pd.concat([curation.drop(doses.index), *made], ignore_index=True)


def _whole(text: object) -> float | None:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:planned.*)?", str(text)) if isinstance(text, str) else None
    return float(match.group(1)) if match else None


def _unplaced(roster: Roster) -> list[dict[str, object]]:
    return [
        {
            "study_id": roster.study_id, "arm_id": name, "field": "arm", "weeks": None,
            "candidates": " | ".join(roster.treated), "sources": source, "resolved_by": None,
        }
        for name, source in roster.unplaced
    ]  # fmt: skip
