"""Names that stand between the numbers of a list: before each of them ("X 5.2, Y 6.0") or after ("5.2 with X, 6.0 with Y").

Cells and the mentions around them in, arms out; part of `arms`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mscreview.extract.link.order import again, dealt, fill
from mscreview.extract.link.parts import Cell
from mscreview.extract.model import Context, Mention


def interleaved(context: Context, series: list[Cell], gaps: list[Sequence[Mention]]) -> list[int | None]:
    """Names stand between the numbers: before each of them ("X 5.2, Y 6.0") or after ("5.2 with X, 6.0 with Y")."""
    norm = context.norm
    n = len(series)
    left = [gaps[k][-1] if gaps[k] else None for k in range(n)]
    right = [gaps[k + 1][0] if gaps[k + 1] else None for k in range(n)]
    led = sum(_near_left(norm, left[k], series[k]) for k in range(n))
    trailed = sum(_near_right(norm, right[k], series[k]) for k in range(n))
    if trailed > led:
        right = [m or (of[-1] if len({x.arm for x in of}) > 1 else None) for m, of in zip(right, gaps, strict=False)]
        arms = again(dealt([m.arm if m else None for m in right], gaps[1:]))
        return fill(arms, backwards=True)
    return fill([m.arm if m else None for m in left], backwards=False)


_JOINT = re.compile(r"[\s,;)\]]*(?:and|but|while|whereas|vs?\.?|versus|against|compared (?:with|to)|than|or)\b", re.I)
_OPENED = re.compile(r" ?[\[(] ?[-+]? ?")


def _near_left(norm: str, m: Mention | None, cell: Cell) -> float:
    if m is None:
        return 0.0
    gap = norm[m.end : cell.start]
    if _JOINT.match(gap):
        return 0.1
    if re.search(r"[;]|,.*,", gap):
        return 0.2
    if _OPENED.fullmatch(gap):
        return 1.2
    return 1.0 if len(gap) <= 12 else 0.7 if len(gap) <= 40 else 0.4


def _near_right(norm: str, m: Mention | None, cell: Cell) -> float:
    if m is None:
        return 0.0
    gap = norm[cell.end : m.start]
    if (
        len(gap) > 70
        or re.search(r"[;]", gap)
        or re.search(r"\b(?:and|vs|versus|against|than|compared (?:with|to))\b[^A-Za-z]{0,3}(?:the )?$", gap)
    ):
        return 0.2
    return 1.05 if re.search(r"\b(?:in|with|for|among|by|on|receiving|given|after|of the)\b|[\[(]", gap) else 0.6
