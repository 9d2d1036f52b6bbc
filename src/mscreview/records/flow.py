"""The PRISMA 2020 flow, counted from the tables and never typed.

`records` and `screening` in, the `flow` table out. Every box is a parent less what left in between, and the sums are
checked: a flow whose boxes do not add up is an error, not a figure. Keys are those of the PRISMA2020 flow diagram
(Haddaway et al. 2022, doi:10.1002/cl2.1230); a box `key:reason` is a part of the box `key`.
"""

from __future__ import annotations

from collections import Counter

import pandas as pd

from mscreview import tables
from mscreview.records.model import RecordError
from mscreview.records.screening import DUPLICATE, NO_ABSTRACT

# What leaves the flow at a box, and the box that remains: remaining = parent - leaving.
STEPS = (
    ("database_results", "duplicates", "records_screened"),
    ("records_screened", "records_excluded", "dbr_sought_reports"),
    ("dbr_sought_reports", "dbr_notretrieved_reports", "dbr_assessed"),
    ("dbr_assessed", "dbr_excluded", "new_reports"),
)
LABELS = {
    "database_results": "Records identified from databases and saved pages",
    "duplicates": "Duplicate records, linked to the record that is kept",
    "records_screened": "Records screened",
    "records_excluded": "Records excluded on title, publication type or language",
    "dbr_sought_reports": "Reports sought for retrieval",
    "dbr_notretrieved_reports": "Reports without an abstract to assess",
    "dbr_assessed": "Reports assessed for eligibility on their abstracts",
    "dbr_excluded": "Reports excluded",
    "new_reports": "Reports of the studies included",
    "new_studies": "Studies included in the review",
}


def flow(records: pd.DataFrame, screening: pd.DataFrame) -> pd.DataFrame:
    """The `flow` table: PRISMA 2020 boxes with their counts and, below them, counts by source and by reason.

    Raises
    ------
    RecordError
        When the two tables do not hold the same records, or boxes do not add up.
    """
    merged = records.merge(screening, on="record_id", how="outer", indicator=True)
    unmatched = merged.loc[merged["_merge"] != "both", "record_id"]
    if len(unmatched):
        raise RecordError(f"flow: record {key!r} is not in both records and screening" for key in unmatched)
    stage = pd.Series([_stage(row) for row in merged.to_dict("records")], dtype="object")
    rows = [("database_results", len(merged), "")]
    rows += _parts("database_results", merged["source_file"])
    for parent, leaving, remaining in STEPS:
        left = stage == leaving
        rows.append((leaving, int(left.sum()), parent))
        rows += _parts(leaving, merged.loc[left, "duplicate_reason" if leaving == "duplicates" else "reason"])
        rows.append((remaining, int(stage.isin([*_later(leaving), "new_reports"]).sum()), parent))
    included = merged[stage == "new_reports"]
    rows.append(("new_studies", int(included["study_id"].nunique()), "new_reports"))
    frame = pd.DataFrame(rows, columns=["box", "n", "parent"])
    frame["label"] = [LABELS.get(box, box.partition(":")[2]) for box in frame["box"]]
    check_flow(frame)
    return tables.check(frame, "flow")


def check_flow(frame: pd.DataFrame) -> None:
    """Raise `RecordError` naming every box that is not its parent less what left, or not the sum of its parts."""
    n = dict(zip(frame["box"], frame["n"], strict=True))
    problems = []
    for parent, leaving, remaining in STEPS:
        if n[parent] - n[leaving] != n[remaining]:
            sum_ = f"{parent} {n[parent]} less {leaving} {n[leaving]}"
            problems.append(f"flow: {remaining} is {n[remaining]}, but {sum_} is {n[parent] - n[leaving]}")
    parts: Counter[str] = Counter()
    for box, count in n.items():
        if ":" in box:
            parts[box.partition(":")[0]] += count
    for box, total in parts.items():
        if n[box] != total:
            problems.append(f"flow: {box} is {n[box]}, its parts sum to {total}")
    if n["new_studies"] > n["new_reports"]:
        problems.append(f"flow: {n['new_studies']} studies from {n['new_reports']} reports")
    if problems:
        raise RecordError(problems)


def _stage(row: dict) -> str:
    """The box in which a record ends."""
    if row["reason"] == DUPLICATE:
        return "duplicates"
    if row["decision"] == "include":
        return "new_reports"
    if row["reason"] == NO_ABSTRACT:
        return "dbr_notretrieved_reports"
    return "dbr_excluded" if row["decision"] == "unclear" or _on_abstract(row) else "records_excluded"


def _on_abstract(row: dict) -> bool:
    """Whether it took the abstract to turn the record away: words found there, or nothing found anywhere."""
    quote = "" if pd.isna(row["quote"]) else row["quote"]
    outside = " ".join("" if pd.isna(row[c]) else str(row[c]) for c in ("title", "publication_types", "language"))
    return not quote or quote not in outside


def _later(leaving: str) -> list[str]:
    """Boxes by which records leave after `leaving`."""
    exits = [out for _, out, _ in STEPS]
    return exits[exits.index(leaving) + 1 :]


def _parts(box: str, values: pd.Series) -> list[tuple[str, int, str]]:
    return [(f"{box}:{value}", int(count), box) for value, count in sorted(values.value_counts().items())]
