"""Competing values for one field of a study or an arm: gathered from every source, resolved by rule, conflicts listed.

A candidate is (study_id, arm_id, field, value, source, rank); the lowest rank wins, curation wins over all. Ranks say
whose word counts more: the study's own text, then its second reports, then a table another review printed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pandas as pd

OWN_TEXT, OWN_TABLE, SECOND_REPORT, REVIEW_TABLE = range(4)
CONFLICT_COLUMNS = ["study_id", "arm_id", "field", "weeks", "candidates", "sources", "resolved_by"]


@dataclass(frozen=True)
class Candidate:
    """One source's word on one field; `arm_id` is empty for a field of the study."""

    study_id: str
    arm_id: str
    field: str
    value: str | float | int
    source: str
    rank: int = OWN_TEXT


@dataclass(frozen=True)
class Resolved:
    """The value taken for a field and where it stands."""

    value: str | float | int | None
    source: str
    curated: bool = False


Key = tuple[str, str, str]


def resolve(
    candidates: Iterable[Candidate], curation: pd.DataFrame, table: str, single: Collection[str] = ()
) -> tuple[dict[Key, Resolved], list[dict[str, object]]]:
    """One value a field, and a row of the `conflicts` contract wherever sources disagree.

    Parameters
    ----------
    candidates : the competing values, in text order.
    curation : the curation sheet (`table`, `key`, `field`, `value`, `reason`); its key is `study_id` or
        `study_id|arm_id`.
    table : which rows of the sheet count.
    single : fields that stay blank where one rank prints several values (several dose levels are not one dose).
    """
    groups: dict[Key, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault((candidate.study_id, candidate.arm_id, candidate.field), []).append(candidate)
    curated = _curated(curation, table)
    resolved, conflicts = {}, []
    for key in sorted({*groups, *curated}):
        found = sorted(groups.get(key, []), key=lambda c: c.rank)
        if key in curated:
            value, source = curated[key]
            resolved[key] = Resolved(value, source, curated=True)
        else:
            first = {_same(c.value) for c in found if c.rank == found[0].rank}
            blank = key[2] in single and len(first) > 1
            resolved[key] = Resolved(None, "") if blank else Resolved(found[0].value, found[0].source)
        if len({_same(c.value) for c in found}) > 1:
            conflicts.append(_conflict(key, found, curated.get(key, (None, ""))[1]))
    return resolved, conflicts


def _curated(curation: pd.DataFrame, table: str) -> dict[Key, tuple[str | None, str]]:
    rows = curation[curation["table"] == table]
    curated = {}
    for row in rows.itertuples():
        study_id, _, arm_id = str(row.key).partition("|")
        value = None if pd.isna(row.value) else str(row.value)
        curated[(study_id, arm_id, str(row.field))] = (value, str(row.source))
    return curated


def _conflict(key: Key, found: list[Candidate], curated_by: str) -> dict[str, object]:
    first: dict[object, Candidate] = {}
    for candidate in found:
        first.setdefault(_same(candidate.value), candidate)
    ranks = {c.rank for c in first.values()}
    by_rank = "own source before others" if len(ranks) > 1 else ""
    return {
        "study_id": key[0],
        "arm_id": key[1] or None,
        "field": key[2],
        "weeks": None,
        "candidates": " | ".join(_said(c.value) for c in first.values()),
        "sources": " | ".join(c.source for c in first.values()),
        "resolved_by": curated_by or by_rank or None,
    }


def _said(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _same(value: object) -> object:
    try:
        return round(float(str(value)), 9)
    except ValueError:
        return str(value).lower()
