"""Numbers of a sentence as cells and lists: what is printed for one group at one time, and where one list ends.

Part of `arms` and `fill`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Item:
    """A fact by its place in the list, with its offsets in the normal form."""

    index: int
    start: int
    end: int
    kind: str
    unit: str
    again: bool  # the number before it in another unit


@dataclass(slots=True)
class Cell:
    """Numbers of one group at one time."""

    items: list[Item]

    @property
    def start(self) -> int:
        return self.items[0].start

    @property
    def end(self) -> int:
        return max(i.end for i in self.items)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted({i.kind for i in self.items}))


LONG_GAP = 9


def parts_of(norm: str, series: list[Cell]) -> list[list[Cell]]:
    """ "a vs b at 4 weeks and c vs d at 8": lists of one length, told apart by the wider gaps between them."""
    if len(series) < 4:
        return [series]
    gaps = [norm[a.end : b.start] for a, b in pairwise(series)]
    for wide in (
        [not VERSUS.search(g) for g in gaps] if any(map(VERSUS.search, gaps)) else [],
        [len(g) > LONG_GAP for g in gaps],
        [_NEXT_NAME.search(g) is not None for g in gaps],
    ):
        parts = _cut(series, wide) if any(wide) else [series]
        if len(parts) > 1 and len({len(p) for p in parts}) == 1 and len(parts[0]) > 1:
            return parts
    return [series]


# "1.6 and 1.9, INR 2.0 and 2.2"
_NEXT_NAME = re.compile(r"[,;] (?:and )?(?!and\b|or\b)[A-Za-z]|\band [A-Za-z]")
VERSUS = re.compile(r"\bvs?\b\.?|versus|\bagainst\b|compared (?:with|to)", re.I)


def _cut(series: list[Cell], wide: list[bool]) -> list[list[Cell]]:
    parts = [[series[0]]]
    for cell, apart in zip(series[1:], wide, strict=True):
        if apart:
            parts.append([])
        parts[-1].append(cell)
    return parts


MEASURED = ("mean", "change", "median")
_OWN_VERB = re.compile(r"\b(?:was|were|averaged)\b")


def two_subjects(norm: str, part: list[Cell]) -> bool:
    """ "the score was 23 and the pressure was 22": two outcomes, not two arms; "3 died and 4 were lost" may be either."""
    return part[0].kinds[0].startswith(MEASURED) and any(
        _OWN_VERB.search(norm, a.end, b.start) for a, b in pairwise(part)
    )
