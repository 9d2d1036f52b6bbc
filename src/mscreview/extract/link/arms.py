"""Which arm each number of a list belongs to. Part of `fill`: cells of one sentence in, arm names out ('' when untold).

A list is given to arms by the names between its cells, by the order in which arms were named, or by the order of the
list before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mscreview.extract.arms.clause import in_turn, is_than, of_clause, subjects
from mscreview.extract.arms.edges import nameless
from mscreview.extract.link.between import interleaved
from mscreview.extract.link.order import (
    SAME_PEOPLE,
    distinct,
    is_basis,
    latest,
    led as led_by,
    order_before,
    order_told,
)
from mscreview.extract.link.parts import LONG_GAP, MEASURED, VERSUS, Cell, parts_of, two_subjects
from mscreview.extract.model import ALL_ARMS, Context, Mention
from mscreview.extract.values.dosed import arm_beside

_AFTER = re.compile(
    r"(?![^.;,\d]{0,24}\b(?:whereas|while)\b)[^.;,\d]{0,28}?\b(?:in|with|for|among|of|by|on|under|from|after|receiving|given"
    r"|at)\b[^.;,\d]{0,25}| ?(?:%|[a-z/]{1,8})? ?[\[(] ?|[^.;,\d]{0,3}",
    re.I,
)
_BOTH = re.compile(
    r"\b(?:both|all|each|either|the two|the three|2|two"
    r"|three) (?:the )?(?:treatment |study |patient )?(?:groups|arms|treatments"
    r"|regimens|drugs|cohorts|agents|medications)\b"
    r"|\bin both\b|between (?:the )?groups|\b(?:overall|all patients|all subjects"
    r"|whole (?:group|population)|entire)\b|两组|各组|三组",
    re.I,
)


def arms_of(
    context: Context, series: list[Cell], cells: list[Cell], first: int, recent: dict[int, list[int]]
) -> list[str]:
    """Arm of every cell of `series`, which starts at place `first` of the sentence's `cells`; `recent` remembers orders."""
    sentence = context.sentence_at(series[0].start)
    if sentence is None or not context.arms:
        return [""] * len(series)
    after = first + len(series)
    low, high = max(sentence.start, series[0].start - _REACH), min(sentence.end, series[-1].end + _REACH)
    floor = cells[first - 1].end if first else low
    if first and len(series) > 1 and not context.mentions_in(series[0].start, series[-1].end):
        # "29% of the X group (P = .01); pain (12 vs 31)": X belongs to what it follows
        floor = _behind_its_names(context, floor, series[0].start)
    ceiling = cells[after].start if after < len(cells) else high
    whole = _Around(
        subjects(context, floor, series[0].start),
        context.mentions_in(series[-1].end, ceiling),
        subjects(context, low, series[0].start),
    )
    if series[0].kinds == _DOSE:
        recent = {}  # the order of doses is none of results
    found: list[int | None] = []
    parts = parts_of(context.norm, series)
    if each := _each_its_own(context, parts, ceiling) or _each_labelled(context, parts, floor):
        found, parts = each, []
    for k, part in enumerate(parts):
        around = whole
        if len(parts) > 1:
            left = _behind_its_names(context, parts[k - 1][-1].end, part[0].start) if k else floor
            right = parts[k + 1][0].start if k + 1 < len(parts) else ceiling
            around = _Around(subjects(context, left, part[0].start), context.mentions_in(part[-1].end, right), ())
        found += _arms_of_part(context, part, around, whole, low, recent)
    if series[0].kinds == _DOSE:
        found = [
            arm if (own := arm_beside(context, cell.start, cell.end)) is None else own
            for cell, arm in zip(series, found, strict=True)
        ]
    _parted(context, series, found, low)
    found = [None if _is_of_another(context, cell) else arm for cell, arm in zip(series, found, strict=True)]
    names = [a.name for a in context.arms]
    return ["" if k is None else ALL_ARMS if k == _EVERY else names[k] for k in found]


_IN_ANOTHER = re.compile(
    r" ?%?(?: ?[(\[][^()\[\]]{1,30}[)\]])?[)\]]?,? (?:in|with|for|among|of) (?:the |those in the )?"
    r"(?!the |each |both |either |all |this |that )(?P<name>[\w/+-]+(?: [\w/+-]+){0,2}) (?:group|arm)\b"
)


def _is_of_another(context: Context, cell: Cell) -> bool:
    """ "7.7 in the tea-only group": of a group that is none of the known arms; better no arm than a wrong one."""
    m = _IN_ANOTHER.match(context.norm, cell.end)
    return m is not None and not context.mentions_in(cell.end, m.end()) and not nameless(m["name"])


_TRAILS = re.compile(r"(?: ?[(\[][^()\[\]]{3,40}[)\]])?[^.;,]{0,16}\b(?:in|with|for|among|of|by|on|under) (?:the )?")


def _behind_its_names(context: Context, end: int, stop: int) -> int:
    """Where what stands between two lists begins to be about the second: behind an arm named right after the first."""
    trailing = next(iter(context.mentions_in(end, stop)), None)
    return trailing.end if trailing and _TRAILS.fullmatch(context.norm, end, trailing.start) else end


def _each_its_own(context: Context, parts: list[list[Cell]], ceiling: int) -> list[int | None]:
    """ "before and after 41 and 31 with X and 40 and 37 with Y": each pair is of the arm named behind it."""
    norm, found = context.norm, list[int | None]()
    if len(parts) < 2 or any(VERSUS.search(norm, a.end, b.start) for part in parts for a, b in pairwise(part)):
        return []
    for k, part in enumerate(parts):
        right = parts[k + 1][0].start if k + 1 < len(parts) else ceiling
        behind = context.mentions_in(part[-1].end, right)
        if k > 1 and k == len(parts) - 1 and not behind:
            return [*found, *[None] * len(part)]
        if len(distinct(behind)) != 1 or behind[0].arm in found or not _follows(norm, part[-1].end, behind[0]):
            return []
        found += [behind[0].arm] * len(part)
    return found


_LABEL = re.compile(r" ?(?:[:=,]|[(\[:] ?[^()\d]{0,12}) ?")


def _each_labelled(context: Context, parts: list[list[Cell]], floor: int) -> list[int | None]:
    """ "X: 72% and 2%; Y: 73% and 4%": each pair is of the arm whose name opens it."""
    norm, found = context.norm, list[int | None]()
    for k, part in enumerate(parts if len(parts) > 1 else ()):
        before = context.mentions_in(parts[k - 1][-1].end if k else floor, part[0].start)
        joined = [norm[a.end : b.start] for a, b in pairwise(part)]
        labelled = before and _LABEL.fullmatch(norm, before[-1].end, part[0].start)
        if not labelled or before[-1].arm in found or any(map(VERSUS.search, joined)):
            return []
        found += [before[-1].arm] * len(part)
    return found


_JUST_VERSUS = re.compile(r"[^A-Za-z]{0,4}(?:vs\.?|versus|against)[^A-Za-z]{0,4}")


def _parted(context: Context, series: list[Cell], found: list[int | None], low: int) -> None:
    """ "more with X than with Y (33 vs 19)": the two are not of one arm when two were named in front."""
    for k, (a, b) in enumerate(pairwise(series)):
        if found[k] == found[k + 1] != _EVERY and _JUST_VERSUS.fullmatch(context.norm, a.end, b.start):
            mentions = context.mentions_in(max(low, a.start - _REACH), a.start)
            named = latest(mentions, 2)
            if (
                len(named) == 2
                and found[k] in named
                and not SAME_PEOPLE.search(context.norm, mentions[-2].end, a.start)
            ):
                found[k : k + 2] = named


_DOSE = ("dose:dose",)


@dataclass(frozen=True, slots=True)
class _Around:
    """Mentions between the number before and a list, between the list and the number after, and earlier."""

    before: Sequence[Mention]
    behind: Sequence[Mention]
    earlier: Sequence[Mention]


def _arms_of_part(
    context: Context, part: list[Cell], near: _Around, whole: _Around, start: int, recent: dict[int, list[int]]
) -> list[int | None]:
    inside = [context.mentions_in(a.end, b.start) for a, b in pairwise(part)]
    if not any(inside) and (both := in_turn(context, part[0].start, len(part))):
        return [*both]
    if len(part) == len(context.arms) == 2 and inside[0] and is_than(context, part[0].end, inside[0][0]):
        return [1 - inside[0][0].arm, inside[0][0].arm]  # "16%,低于对照组的35%"
    if not any(inside) and (arm := of_clause(context, part, near.before)) is not None:
        return [arm] * len(part)
    if len(part) == 1:
        return _single(context, part[0], near.before, near.behind, start)
    if any(inside):
        found = interleaved(context, part, [near.before, *inside, near.behind])
        if len(set(found)) == len(part) > 1 and None not in found:
            recent[len(part)] = [k for k in found if k is not None]
        return found
    led_in = len(part) == 2 and whole.earlier and is_basis(context.norm, whole.earlier[0])
    if led_in and (told := order_told(context, part[0].start, part[-1].end, near.before, whole.earlier)):
        return [*told]  # "Compared with X, A (1 vs 2) and B (3 vs 4) were less with Y"
    found = _listed(context, part, near.before, near.behind, near.earlier)
    if None in found and near is not whole:
        found = _listed(context, part, whole.before, whole.behind, whole.earlier)
    if None in found and len(part) in recent:
        found = led_by(recent[len(part)], distinct(whole.earlier))
    elif None in found and len(part) == len(context.arms) and not two_subjects(context.norm, part):
        found = order_before(context, start)
    if None in found and {cell.kinds for cell in part} == {_START} and two_subjects(context.norm, part):
        return [_EVERY] * len(part)
    if None not in found and len(set(found)) == len(part):
        recent[len(part)] = [k for k in found if k is not None]
    return found


_EVERY = -1
_START = ("mean:baseline",)
_REACH = 1500  # a sentence may be endless in a broken text


def _single(
    context: Context, cell: Cell, before: Sequence[Mention], behind: Sequence[Mention], start: int
) -> list[int | None]:
    norm = context.norm
    if before and _IN_ITS_BRACKET.fullmatch(norm, before[-1].end, cell.start):
        return [before[-1].arm]
    if behind and _AFTER.fullmatch(norm, cell.end, behind[0].start):
        shared = len(behind) > 1 and cell.kinds[0].startswith(MEASURED) and _AND.fullmatch(norm, *_between(behind))
        return [_EVERY if shared and len(context.arms) == 2 else behind[0].arm]
    if before:
        return [before[-1].arm]
    both = _BOTH.search(norm, start, cell.start) or _BOTH.search(norm, cell.end, min(len(norm), cell.end + 45))
    if both or cell.kinds == _START:
        return [_EVERY]
    earlier = context.mentions_in(start, cell.start)
    if earlier:
        return [earlier[-1].arm]
    return [behind[0].arm] if behind and behind[0].start - cell.end < 60 else [None]


_IN_ITS_BRACKET = re.compile(r"(?: (?:group|arm)s?)? ?[\[(](?:from )?")  # "in the X group (from 5 to 4)"
_AND = re.compile(r"(?: (?:group|arm|patients))?,? and (?:the |in the )?")  # "8.3 in the X and Y groups"


def _between(mentions: Sequence[Mention]) -> tuple[int, int]:
    return mentions[0].end, mentions[1].start


def _listed(
    context: Context,
    series: list[Cell],
    before: Sequence[Mention],
    behind: Sequence[Mention],
    earlier: Sequence[Mention],
) -> list[int | None]:
    """No name between the numbers: "in X and Y (5.2 vs 6.0)", "5.2 and 6.0 in X and Y, respectively"."""
    n = len(series)
    if n == 2 and (told := order_told(context, series[0].start, series[-1].end, before, earlier)):
        return [*told]
    close = [m for m in behind if m.start - series[-1].end < 90]
    if len(distinct(close)) < n > 1 and close and "respectively" in context.norm[series[-1].end : close[0].start]:
        close = []  # "4 and 5, respectively, in favour of X"
    first = distinct(close)[:n] if close and _follows(context.norm, series[-1].end, close[0]) else []
    for order in (first, latest(before, n), latest(earlier, n), distinct(close)[:n]):
        if len(order) == n:
            return list(order)
        if len(order) > 1 and n % len(order) == 0:
            return [order[k * len(order) // n] for k in range(n)]
    return _by_one_name(context, series, before, earlier, first, distinct(close)[:1])


def _by_one_name(
    context: Context,
    series: list[Cell],
    before: Sequence[Mention],
    earlier: Sequence[Mention],
    first: list[int],
    trailed: list[int],
) -> list[int | None]:
    """Fewer names than numbers: the one arm in front tells whose all are, or the one behind (`first` if it follows)."""
    named = before or earlier
    led = latest(named, 1)
    n, arms = len(series), len(context.arms)
    gaps = [context.norm[a.end : b.start] for a, b in pairwise(series)]
    turns = [k for k, gap in enumerate(gaps, 1) if VERSUS.search(gap)]
    clauses = any(";" in gap for gap in gaps)
    compared = bool(turns) or any(len(gap) <= LONG_GAP for gap in gaps)
    if n == arms == 2 and len(first) == 1 and led != first and _TURNS.search(gaps[0]):
        return [1 - first[0], first[0]]  # "rose from 2 to 3, whereas it fell from 3 to 2 in the X group"
    if n > arms == 2 and len(turns) == 1 and led and first == [1 - led[0]]:
        return [*[led[0]] * turns[0], *[first[0]] * (n - turns[0])]  # "41%, with 19% severe, versus 9% with Y"
    if n > arms == 2 and not clauses and (len(first) == 1 or (not first and len(distinct(before)) == 1)):
        return [(first or led)[0]] * n  # "71%, 42% and 24% with X": one arm's at several times
    if led and ";" in context.norm[named[-1].end : series[0].start]:
        led = []  # a clause of its own
    if n == arms == 2 and compared:
        return [led[0], 1 - led[0]] if led else [1 - trailed[0], trailed[0]] if trailed and first else [None, None]
    if led and (not compared or (n > arms and not turns and not clauses)):
        return [led[0]] * n  # one arm, several outcomes
    return [None] * n


_TURNS = re.compile(r"\b(?:whereas|while|but|than|against|vs|versus|compared (?:with|to))\b")


def _follows(norm: str, end: int, mention: Mention) -> bool:
    return (
        re.fullmatch(
            r"(?![)\]]?,? (?:while|whereas|but)\b)[^.;]{0,30}\b(?:in|with|for|among|of|by|on|under)\b[^.;]{0,30}| ?[\[(]",
            norm[end : mention.start],
            re.I,
        )
        is not None
    )
