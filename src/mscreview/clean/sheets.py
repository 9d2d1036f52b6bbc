"""The sheets a reviewer fills in by hand: numbers copied from a paper's tables, other reviews' results, curation.

Takes the raw folder's CSV files; gives typed tables, each row with its `source` (`raw:<file>#<row>`), or one error
that lists every problem of a file.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from mscreview.tables import TableError, number_column, read_raw

COLUMNS = {
    "fulltext_continuous": "row study_id arm_id outcome unit weeks* value_kind n* mean* sd* median* q1* q3* "
    "spread_kind source_url place",
    "fulltext_binary": "row study_id arm_id outcome weeks* events* n* how source_url place",
    "fulltext_arms": "row study_id arm_id role n* cell_source donor route dose n_doses co_treatment country design "
    "condition aetiology followup_weeks* registry_id source_url place",
    "published": "row review_id doi outcome weeks* subgroup measure estimate* ci_low* ci_high* k* n* i2* p model "
    "source_url place",
    "curation": "table key field value reason by on",
    "risk_of_bias": "study_id tool domain judgement support",
}
ALLOWED = {
    ("fulltext_continuous", "value_kind"): {"baseline", "final", "change"},
    ("fulltext_continuous", "spread_kind"): {"sd", "se", "ci", "iqr", "range", "none"},
    ("fulltext_arms", "role"): {"treated", "control"},
    ("curation", "table"): {
        "records",
        "screening",
        "facts",
        "studies",
        "arms",
        "outcomes",
        "reported",
        "published_record",
    },
}


@dataclass(frozen=True)
class Sheets:
    """Every raw sheet, empty where the review has none."""

    fulltext_continuous: pd.DataFrame
    fulltext_binary: pd.DataFrame
    fulltext_arms: pd.DataFrame
    published: pd.DataFrame
    curation: pd.DataFrame
    risk_of_bias: pd.DataFrame


def load(raw_dir: str | Path) -> Sheets:
    """Read every sheet of a raw folder.

    Raises
    ------
    TableError
        Listing file, row, column and value of every problem of every sheet.
    """
    frames, problems = {}, []
    for field in fields(Sheets):
        try:
            frames[field.name] = sheet(Path(raw_dir) / f"{field.name}.csv", field.name)
        except TableError as error:
            problems.append(str(error))
    if problems:
        raise TableError("\n".join(problems))
    return Sheets(**frames)


def sheet(path: str | Path, name: str) -> pd.DataFrame:
    """One sheet, typed; an absent file is an empty sheet."""
    path = Path(path)
    columns = [c.rstrip("*") for c in COLUMNS[name].split()]
    if not path.exists():
        return pd.DataFrame({c: pd.Series(dtype="str") for c in [*columns, "source"]})
    frame = read_raw(path)
    problems = [f"{path}: column {c!r} is missing" for c in columns if c not in frame.columns]
    if problems:
        raise TableError("\n".join(problems))
    frame = frame.loc[:, columns].copy()
    for column in (c.rstrip("*") for c in COLUMNS[name].split() if c.endswith("*")):
        try:
            frame[column] = number_column(frame, column, str(path))
        except TableError as error:
            problems.append(str(error))
    problems += _not_allowed(frame, name, path)
    if problems:
        raise TableError("\n".join(problems))
    frame["source"] = [f"raw:{path.name}#{i + 1}" for i in range(len(frame))]
    return frame


def _not_allowed(frame: pd.DataFrame, name: str, path: Path) -> list[str]:
    problems = []
    for (table, column), allowed in ALLOWED.items():
        if table != name:
            continue
        for i, value in enumerate(frame[column]):
            if value not in allowed:
                said = f"is not one of {', '.join(sorted(allowed))}"
                problems.append(f"{path}: row {i + 1}, column {column!r}: {value!r} {said}")
    return problems
