"""What kind of disagreement each conflict is, and why it was settled as it was: the `conflicts` table for readers.

Takes the `conflicts` table and the curation sheet; gives the same rows with a kind, the factor between the numbers
and the reason. Stands at the end of this stage and changes nothing in it.
"""

from __future__ import annotations

import math

import pandas as pd

LEFT_OUT = "left out: "
LEFT, SWAPPED, FAR, NUMBERS, WORDS = "value left out", "arms swapped", "far apart", "numbers differ", "words differ"
# Two printed numbers that differ tenfold or more are a slip in a unit or an exponent, not another way to count.
FAR_APART = 10


def explained(conflicts: pd.DataFrame, curation: pd.DataFrame) -> pd.DataFrame:
    """Every conflict with `kind`, `factor` and `reason`.

    Parameters
    ----------
    conflicts : table of the contracts.
    curation : curation sheet with `source` and `reason`, as `load_sheets` gives it.

    Returns
    -------
    DataFrame
        The rows of `conflicts` and: kind (value left out, arms swapped, far apart, numbers differ, words differ);
        factor, largest over smallest of positive numbers; reason, the curation row's words, the rule, or empty while
        the conflict is open.
    """
    because = dict(zip(curation["source"], curation["reason"], strict=True))
    settled = conflicts["resolved_by"].fillna("")
    values = conflicts["candidates"].map(_numbers)
    factor = values.map(_factor)
    swapped = _swapped(conflicts, values)
    kinds = [
        LEFT if by.startswith(LEFT_OUT) else _kind(found, apart, both)
        for by, found, apart, both in zip(settled, values, factor, swapped, strict=True)
    ]
    reasons = [str(because.get(by, by.removeprefix(LEFT_OUT))) for by in settled]
    return conflicts.assign(
        kind=pd.Series(kinds, index=conflicts.index, dtype="object"),
        factor=pd.Series(factor, index=conflicts.index, dtype="float64"),
        reason=pd.Series(reasons, index=conflicts.index, dtype="object"),
    )


def _kind(values: list[float], factor: float, swapped: bool) -> str:
    if swapped:
        return SWAPPED
    if factor >= FAR_APART:
        return FAR
    return NUMBERS if values else WORDS


def _swapped(conflicts: pd.DataFrame, values: pd.Series) -> list[bool]:
    """Whether the same two numbers stand for this arm and for another: one source has them the other way round."""
    rows = list(zip(conflicts["study_id"], conflicts["arm_id"].fillna(""), conflicts["field"], values, strict=True))
    of: dict[tuple[str, str], dict[str, set[float]]] = {}
    for study_id, arm_id, field, found in rows:
        of.setdefault((study_id, field), {})[arm_id] = set(found)
    return [
        any(len(theirs & set(found)) > 1 for other, theirs in of[(study_id, field)].items() if other != arm_id)
        for study_id, arm_id, field, found in rows
    ]


def _numbers(candidates: object) -> list[float]:
    """The candidates as numbers; empty where any of them is none."""
    try:
        return [float(part) for part in str(candidates).split(" | ")]
    except ValueError:
        return []


def _factor(values: list[float]) -> float:
    if len(values) < 2 or min(values) <= 0:
        return math.nan
    return max(values) / min(values)
