"""Whose number is it: numbers of one sentence and the places that name two arms in, one number for each arm out.
Part of `numbers`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mscreview.extract.ask.question import Spot
from mscreview.extract.model import Fact
from mscreview.text import Sentence


@dataclass(frozen=True, slots=True)
class Number:
    """A fact's number with its place in the normal form."""

    start: int
    end: int
    fact: Fact


Pair = tuple[Number | None, Number | None]
_LISTED = re.compile(r",? and |, ?|;| vs\.? | versus ")


def deal(norm: str, s: Sentence, found: list[Number], left: Sequence[Spot], right: Sequence[Spot], reach: int) -> Pair:
    """The intervention's and the comparator's number of a sentence: by list order, by pair, or by place.

    `left` and `right` are the places that name the two arms in the sentence; by place, a name counts up to `reach`
    letters away.
    """
    if not found:
        return None, None
    if "respectively" in norm[s.start : s.end] and (pair := _by_list(norm, s, found, left, right)):
        return pair
    return _by_pair(norm, found, left, right) or _by_place(norm, found, left, right, reach)


def _by_list(norm: str, s: Sentence, found: list[Number], left: Sequence[Spot], right: Sequence[Spot]) -> Pair | None:
    """ "49, 47 and 26 in A, B and C respectively": the k-th number belongs to the k-th name."""
    run = _last_run(norm, found)
    for begin in (run[-1].end, s.start):
        stretch = (begin, norm.find("respectively", begin)) if begin != s.start else (s.start, run[0].start)
        if stretch[1] <= stretch[0]:
            continue
        items = items_of(norm, *stretch, len(run))
        places = [item_of(items, side) for side in (left, right)]
        if None not in places and places[0] != places[1]:
            return run[places[0]], run[places[1]]  # type: ignore[index]
    return None


def _last_run(norm: str, found: list[Number]) -> list[Number]:
    """The last numbers of a sentence that follow each other as a list does."""
    run = [found[-1]]
    for n in reversed(found[:-1]):
        if len(norm[n.end : run[0].start]) > 18:
            break
        run.insert(0, n)
    return run


def items_of(norm: str, start: int, end: int, count: int) -> list[tuple[int, int]]:
    """The last `count` items of a list of names in `norm[start:end]`."""
    edges = [start]
    for m in _LISTED.finditer(norm, start, end):
        edges += [m.start(), m.end()]
    edges.append(end)
    spans = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if norm[a:b].strip()]
    return spans[-count:] if len(spans) >= count else []


def item_of(items: list[tuple[int, int]], places: Sequence[Spot]) -> int | None:
    """The item that names the arm most fully; None when two do alike."""
    held = [sum(p[2] for p in places if a <= p[0] < b) for a, b in items]
    top = max(held, default=0.0)
    return held.index(top) if top > 0 and held.count(top) == 1 else None


_AGAINST = re.compile(r"[^;:.]{0,16}?\b(?:vs\b\.?|versus|compared (?:with|to)|against) ?\W{0,3}")


def _by_pair(norm: str, found: list[Number], left: Sequence[Spot], right: Sequence[Spot]) -> Pair | None:
    """ "86/125 vs 78/133": two numbers set against each other; the arm named first owns the first."""
    for a, b in pairwise(found):
        if not _AGAINST.fullmatch(norm, a.end, b.start):
            continue
        first_left = min((p[0] for p in left if p[0] < b.end), default=None)
        first_right = min((p[0] for p in right if p[0] < b.end), default=None)
        if first_left is None and first_right is None:
            return None
        turned = first_left is None or (first_right is not None and first_right < first_left)
        return (b, a) if turned else (a, b)
    return None


def _by_place(norm: str, found: list[Number], left: Sequence[Spot], right: Sequence[Spot], reach: int) -> Pair:
    """Each arm takes the number nearest to its name; a number between two names belongs to the nearer."""
    sides = ((left, right), (right, left))
    costs = [[_cost(norm, n, own, other, reach) + _elsewhere(norm, n, own) for n in found] for own, other in sides]
    best: tuple[float, int | None, int | None] = (0.0, None, None)
    for i, a in enumerate([*costs[0], None]):
        for k, b in enumerate([*costs[1], None]):
            gain = sum(_WORTH - c for c in (a, b) if c is not None)
            if (a is not None and b is not None and i == k) or gain <= best[0]:
                continue
            best = (gain, i if a is not None else None, k if b is not None else None)
    return (found[best[1]] if best[1] is not None else None, found[best[2]] if best[2] is not None else None)


_WORTH = 100.0
_OTHER_ARM = 45.0


def _elsewhere(norm: str, number: Number, own: Sequence[Spot]) -> float:
    """What it costs that the fact itself was linked to an arm whose name is none of this one's words."""
    name = number.fact.arm.lower()
    if (
        not name
        or name == "all"
        or any(norm[p[0] : p[1]].lower() in name or name in norm[p[0] : p[1]].lower() for p in own)
    ):
        return 0.0
    return _OTHER_ARM


def _cost(norm: str, number: Number, own: Sequence[Spot], other: Sequence[Spot], reach: int) -> float:
    """Letters between a number and the arm's nearest name; commas and the other arm's name in between weigh more."""
    best = _WORTH + 1.0
    for start, end, _ in own:
        a, b = (end, number.start) if end <= number.start else (number.end, start)
        if b - a > reach:
            continue
        between = norm[a:b]
        crossed = any(a <= p[0] < b for p in other)
        cost = (b - a) + 15.0 * len(re.findall(r"[,;]|\band\b", between)) + (60.0 if crossed else 0.0)
        if a == end and re.fullmatch(r" ?(?:\w+ )?[(\[,:]? ?[nN]? ?=? ?[-+]? ?", between):
            cost = 0.0
        best = min(best, cost)
    return best
