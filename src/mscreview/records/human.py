"""Decisions people made: the sheet they are kept in, their agreement, and labels that exports carry.

A decision sheet has one row a record and reviewer: record_id, reviewer, decision, reason. Where two reviewers differ
the record is unclear until a third row, of the reviewer `consensus`, settles it.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.stats.inter_rater import cohens_kappa

from mscreview.records.model import Record, RecordError

COLUMNS = ["record_id", "reviewer", "decision", "reason"]
DECISIONS = ("include", "exclude", "unclear")
CONSENSUS, DISAGREE = "consensus", "reviewers disagree"


def agreement(human: pd.DataFrame) -> pd.DataFrame:
    """Cohen's kappa of each pair of reviewers, over the records both decided.

    kappa = (po - pe) / (1 - pe), with the large-sample standard error of Fleiss, Cohen and Everitt (1969,
    doi:10.1037/h0028106) and a 95% interval. One row a pair: reviewer_a, reviewer_b, n, agreed, observed, kappa,
    se, ci_low, ci_high, note; the note says why where kappa cannot be had.
    """
    rows = []
    sheet = human[human["reviewer"] != CONSENSUS]
    sheet = sheet.drop_duplicates(["record_id", "reviewer"]).set_index(["record_id", "reviewer"])
    wide = sheet["decision"].unstack()
    for a, b in combinations(wide.columns, 2):
        both = wide[[a, b]].dropna()
        rows.append({"reviewer_a": a, "reviewer_b": b, **_kappa(pd.crosstab(both[a], both[b]))})
    return pd.DataFrame(rows, columns=["reviewer_a", "reviewer_b", *_kappa(pd.DataFrame())])


def verdicts(human: pd.DataFrame, known: set[str]) -> dict[str, tuple[str, str]]:
    """Decision and reason for each record of a decision sheet.

    Raises
    ------
    RecordError
        Naming every row with an unknown record, a decision that is none, or a reviewer's second decision.
    """
    lacking = [c for c in COLUMNS if c not in human.columns]
    if lacking:
        raise RecordError(f"screening_human.csv: column {c!r} is missing" for c in lacking)
    problems = []
    for number, row in enumerate(human.to_dict("records"), 1):
        where = f"screening_human.csv: row {number}"
        if row["record_id"] not in known:
            problems.append(f"{where}, column 'record_id': {row['record_id']!r} is no record")
        if row["decision"] not in DECISIONS:
            problems.append(f"{where}, column 'decision': {row['decision']!r} is not one of {', '.join(DECISIONS)}")
    for i in np.flatnonzero(human.duplicated(["record_id", "reviewer"])):
        reviewer, key = human["reviewer"].iloc[i], human["record_id"].iloc[i]
        problems.append(f"screening_human.csv: row {i + 1}: {reviewer!r} decided {key!r} twice")
    if problems:
        raise RecordError(problems)
    return {str(key): _verdict(group) for key, group in human.groupby("record_id")}


def labels(parsed: list[Record], records: pd.DataFrame, source_file: str) -> pd.DataFrame:
    """The decisions an ASReview or Rayyan export carries, as a decision sheet for the `records` table.

    A labelled record is found by file and position where `source_file` is part of the table, else by PubMed id,
    DOI or exact title. Raises `RecordError` naming every labelled record that the table does not hold.
    """
    rows, problems = [], []
    for record in (r for r in parsed if r.labels):
        key = _found(record, records, Path(source_file).name)
        if not key:
            problems.append(
                f"{source_file}: record {record.row}: {record.title[:60]!r} is labelled but not in the table"
            )
        rows += [{"record_id": key, **vars(label)} for label in record.labels]
    if problems:
        raise RecordError(problems)
    return pd.DataFrame(rows, columns=COLUMNS)


def _found(record: Record, records: pd.DataFrame, name: str) -> str:
    same_file = records["source_file"].str.rsplit("/", n=1).str[-1] == name
    tests = [same_file & (records["source_row"] == record.row)] if same_file.any() else []
    tests += [records[c] == value for c in ("pmid", "doi", "title") if (value := getattr(record, c))]
    return next((str(records.loc[t, "record_id"].iloc[0]) for t in tests if t.any()), "")


def _verdict(rows: pd.DataFrame) -> tuple[str, str]:
    settled = rows[rows["reviewer"] == CONSENSUS]
    rows = settled if len(settled) else rows
    if len(set(rows["decision"])) > 1:
        return "unclear", DISAGREE
    reasons = rows["reason"].dropna()
    return str(rows["decision"].iloc[0]), str(reasons.iloc[0]) if len(reasons) else ""


def _kappa(table: pd.DataFrame) -> dict:
    nan = float("nan")
    square = table.reindex(index=list(DECISIONS), columns=list(DECISIONS)).fillna(0).to_numpy(float)
    n, agreed = int(square.sum()), int(np.trace(square))
    row: dict[str, object] = {"n": n, "agreed": agreed, "observed": agreed / n if n else nan}
    row |= {"kappa": nan, "se": nan, "ci_low": nan, "ci_high": nan, "note": ""}
    used = [i for i in range(len(DECISIONS)) if square[i].sum() or square[:, i].sum()]
    if not n:
        return row | {"note": "no record decided by both"}
    if len(used) < 2:
        return row | {"note": "both gave one and the same decision throughout; kappa is not defined"}
    if min((square.sum(axis=0) > 0).sum(), (square.sum(axis=1) > 0).sum()) < 2:
        return row | {"kappa": 0.0, "note": "one reviewer decided alike throughout; kappa is 0 and has no interval"}
    result = cohens_kappa(square[np.ix_(used, used)])
    limits = {"ci_low": result.kappa_low, "ci_high": result.kappa_upp}
    return row | {"kappa": result.kappa, "se": result.std_kappa} | limits
