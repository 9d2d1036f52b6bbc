"""What a reviewer settled about a fact that extraction left open: which arm, week, outcome or unit it belongs to.

A curation row of table `facts` has the key `record_id|quote` (or `record_id|quote|2` for the second place with the
same words), so that it survives a better extractor; the words themselves and their place are never changed. An arm
given to the fact that names an arm holds for every value under that name. The measure `estimate` marks a share that a
model estimated (Kaplan-Meier, adjusted), behind which no count of patients stands.
"""

from __future__ import annotations

import pandas as pd

from mscreview.tables import TableError

FIELDS = {
    "arm": str,
    "outcome": str,
    "unit": str,
    "kind": str,
    "status": str,
    "comparator": str,
    "spread_kind": str,
    "measure": str,
}
NUMBERS = ("weeks", "n", "value")


def curated(facts: pd.DataFrame, curation: pd.DataFrame) -> pd.DataFrame:
    """`facts` with the curation applied; a curated arm is an arm id.

    Raises
    ------
    TableError
        Naming every row of the sheet that points to no fact, or to a field that cannot be curated.
    """
    rows = curation[curation["table"] == "facts"]
    if rows.empty:
        return facts
    facts = facts.copy()
    occurrence = (
        facts.sort_values(["record_id", "start"]).groupby(["record_id", "quote"])["start"].rank("dense").astype(int)
    )
    plain = facts["record_id"] + "|" + facts["quote"]
    numbered = plain + "|" + occurrence.astype(str)
    problems = []
    for row in rows.itertuples():
        hit = (numbered == row.key) | (plain == row.key)
        if not hit.any() or row.field not in {*FIELDS, *NUMBERS}:
            said = "points to no fact" if not hit.any() else f"field {row.field!r} of a fact cannot be curated"
            problems.append(f"curation.csv: {row.source}: {row.key!r} {said}")
            continue
        value = float(row.value) if row.field in NUMBERS else row.value
        hit = _same_name(facts, hit) if row.field == "arm" else hit
        facts.loc[hit, row.field] = value
    if problems:
        raise TableError("\n".join(problems))
    return facts


def _same_name(facts: pd.DataFrame, hit: pd.Series) -> pd.Series:
    """`hit` and, where it is the name of an arm, every fact of the record that carries this name."""
    named = facts[hit & facts["kind"].eq("arm")]
    for record_id, name in named[["record_id", "arm"]].itertuples(index=False):
        hit = hit | (facts["record_id"].eq(record_id) & facts["arm"].eq(name))
    return hit
