"""The printed numbers behind one comparison: events, group sizes, means and SDs of two asked arms for an asked outcome.

Takes the raw text and the asked words, gives `Cells`: a number with its words, or None where the text prints none that
can be told apart. Starts from the facts of `extract.facts`; adds which of them speak of the asked outcome and to which
of the two asked arms each belongs. Nothing is calculated: a percentage is no count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mscreview import text as txt
from mscreview.extract.ask import question as asked
from mscreview.extract.model import Fact
from mscreview.text import Passage, Sentence


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed: `text[start:end] == quote`."""

    value: float
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one arm's numbers are; None where the text does not print them."""

    n: Printed | None = None
    events: Printed | None = None
    mean: Printed | None = None
    sd: Printed | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """The two arms of a comparison."""

    intervention: Cell = field(default_factory=Cell)
    comparator: Cell = field(default_factory=Cell)


@dataclass(frozen=True, slots=True)
class _Number:
    """A fact's number with its place in the normal form."""

    start: int
    end: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text with the asked words found in it."""

    passage: Passage
    sentences: Sequence[Sentence]
    words: Sequence[asked.Token]
    question: asked.Question
    left: Sequence[asked.Spot]
    right: Sequence[asked.Spot]
    numbers: Sequence[_Number]


KINDS = ("binary", "continuous")
_ENOUGH = 0.45
_Pair = tuple["_Number | None", "_Number | None"]


def numbers(
    text: str, facts: Iterable[Fact], outcome: str, intervention: str, comparator: str, outcome_type: str
) -> Cells:
    """Cells for an asked comparison; `outcome_type` is 'binary' (events) or 'continuous' (mean, SD).

    Raises
    ------
    ValueError
        When `outcome_type` is neither.
    """
    if outcome_type not in KINDS:
        raise ValueError(f"outcome_type {outcome_type!r}: give one of {', '.join(KINDS)}")
    reading = _read(text, facts, outcome, intervention, comparator)
    values = _events(reading) if outcome_type == "binary" else _means(reading)
    sizes = _one_group(reading, intervention, comparator) or _sizes(reading, values)
    return Cells(*(_cell(text, n, value, outcome_type) for n, value in zip(sizes, values, strict=True)))


def _read(text: str, facts: Iterable[Fact], outcome: str, intervention: str, comparator: str) -> _Reading:
    passage = txt.normalise(text)
    forms = asked.short_forms_of(passage, outcome, intervention, comparator)
    question = asked.question(outcome, intervention, comparator, forms)
    words = asked.tokens(passage.norm, forms)
    left, right = asked.arm_places(passage.norm, words, question)
    found = [_Number(_norm_at(passage, f.start), _norm_at(passage, f.end), f) for f in facts if f.value is not None]
    return _Reading(passage, txt.sentences(passage), words, question, left, right, found)


def _norm_at(passage: Passage, raw: int) -> int:
    return raw if passage.begins is None else bisect_left(passage.begins, raw)


# --- which sentences speak of the outcome -----------------------------------------------------------------------

# "The scores were 5.2 and 4.1": a sentence that opens so may speak of the outcome named just before it
_CARRIED = 0.5
_ANAPHOR = re.compile(r"(?:The|These|This|It|They|Their|Its|Rates?|Scores?|Values?|Means?|Mean) ")


def _ranked(reading: _Reading, kinds: tuple[str, ...]) -> list[tuple[float, Sentence, list[_Number]]]:
    """Sentences with numbers of these kinds, those that hold most of the asked outcome first."""
    out = []
    before = 0.0
    for s in reading.sentences:
        inside = [w for w in reading.words if s.start <= w.start < s.end]
        match = asked.cluster(reading.question.outcome, inside)
        share = match.cover if match else 0.0
        here = [
            n
            for n in reading.numbers
            if s.start <= n.start < s.end and n.fact.kind in kinds and n.fact.status != "background"
        ]
        if here:
            carried = before * _CARRIED if _ANAPHOR.match(reading.passage.norm, s.start) else 0.0
            out.append((max(share, carried), s, here))
        before = share
    return sorted(out, key=lambda row: -row[0])


def _means(reading: _Reading) -> _Pair:
    """Final means first, then changes; baselines and relative changes are no answer."""
    for share, s, found in _ranked(reading, ("mean", "change")):
        if share < _ENOUGH:
            break
        fit = [n for n in found if n.fact.measure in ("final", "change")]
        for measure in ("final", "change"):
            pair = _deal(reading, s, [n for n in fit if n.fact.measure == measure])
            if pair[0] and pair[1]:
                return pair
    return None, None


def _events(reading: _Reading) -> _Pair:
    for share, s, found in _ranked(reading, ("events",)):
        if share < _ENOUGH:
            break
        pair = _deal(reading, s, found)
        if pair[0] and pair[1]:
            return pair
    return None, None


# --- group sizes ------------------------------------------------------------------------------------------------

_TIMES = re.compile(r"\b(?:pre|post|before|after|baseline|follow-?up|end)\b|治疗前|治疗后|基线", re.I)
_NEAR = 90
_EACH = re.compile(r" ?(?:\w+ ){0,2}(?:each|per (?:group|arm)|in (?:each|both))\b|例?/组")


def _one_group(reading: _Reading, intervention: str, comparator: str) -> _Pair | None:
    """Before against after: one group, whose size is the number of patients."""
    if not (_TIMES.search(intervention) and _TIMES.search(comparator)):
        return None
    own = [w for w in (reading.question.intervention, reading.question.comparator) if _named(w)]
    totals = [n for n in reading.numbers if n.fact.kind == "n_total"]
    if len(own) == 2 or not totals:
        return None
    return totals[0], totals[0]


def _named(stems: dict[str, float]) -> bool:
    return any(w >= 0.95 and not _TIMES.fullmatch(s) for s, w in stems.items())


def _sizes(reading: _Reading, values: _Pair) -> _Pair:
    """Denominators printed with the events, else sizes of arms named beside them, else denominators of any events."""
    if all(v is not None and v.fact.kind == "events" and v.fact.n for v in values):
        return values
    found: list[_Number | None] = [None, None]
    for kinds in (("arm_n",), ("events",)):
        for s in reading.sentences:
            here = [n for n in reading.numbers if s.start <= n.start < s.end and n.fact.kind in kinds and n.fact.n]
            if kinds == ("arm_n",) and len(here) == 1 and _EACH.match(reading.passage.norm, here[0].end):
                found = [x or here[0] for x in found]
                continue
            pair = _deal(reading, s, here, _NEAR)
            found = [a or b for a, b in zip(found, pair, strict=True)]
        if all(found):
            break
    return found[0], found[1]


# --- whose number is it -----------------------------------------------------------------------------------------

_LISTED = re.compile(r",? and |, ?|;| vs\.? | versus ")


def _deal(reading: _Reading, s: Sentence, found: list[_Number], reach: int = 10_000) -> _Pair:
    """The intervention's and the comparator's number in a sentence: by list order, by place, or by order of naming."""
    if not found:
        return None, None
    norm = reading.passage.norm
    left = [p for p in reading.left if s.start <= p[0] < s.end]
    right = [p for p in reading.right if s.start <= p[0] < s.end]
    if "respectively" in norm[s.start : s.end] and (pair := _by_list(norm, s, found, left, right)):
        return pair
    if pair := _by_pair(norm, found, left, right):
        return pair
    return _by_place(norm, found, left, right, reach)


def _by_list(
    norm: str, s: Sentence, found: list[_Number], left: Sequence[asked.Spot], right: Sequence[asked.Spot]
) -> _Pair | None:
    """ "49, 47 and 26 in A, B and C respectively": the k-th number belongs to the k-th name."""
    run = _last_run(norm, found)
    for begin in (run[-1].end, s.start):
        stretch = (begin, norm.find("respectively", begin)) if begin != s.start else (s.start, run[0].start)
        if stretch[1] <= stretch[0]:
            continue
        items = _items(norm, *stretch, len(run))
        places = [_item_of(items, side) for side in (left, right)]
        if None not in places and places[0] != places[1]:
            return run[places[0]], run[places[1]]  # type: ignore[index]
    return None


def _last_run(norm: str, found: list[_Number]) -> list[_Number]:
    """The last numbers of a sentence that follow each other as a list does."""
    run = [found[-1]]
    for n in reversed(found[:-1]):
        if len(norm[n.end : run[0].start]) > 18:
            break
        run.insert(0, n)
    return run


def _items(norm: str, start: int, end: int, count: int) -> list[tuple[int, int]]:
    """The last `count` items of a list of names in `norm[start:end]`."""
    edges = [start]
    for m in _LISTED.finditer(norm, start, end):
        edges += [m.start(), m.end()]
    edges.append(end)
    spans = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if norm[a:b].strip()]
    return spans[-count:] if len(spans) >= count else []


def _item_of(items: list[tuple[int, int]], places: Sequence[asked.Spot]) -> int | None:
    """The item that names the arm most fully; None when two do alike."""
    held = [sum(p[2] for p in places if a <= p[0] < b) for a, b in items]
    top = max(held, default=0.0)
    return held.index(top) if top > 0 and held.count(top) == 1 else None


_AGAINST = re.compile(r"[^;:.]{0,16}?\b(?:vs\b\.?|versus|compared (?:with|to)|against) ?\W{0,3}")


def _by_pair(norm: str, found: list[_Number], left: Sequence[asked.Spot], right: Sequence[asked.Spot]) -> _Pair | None:
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


def _by_place(
    norm: str, found: list[_Number], left: Sequence[asked.Spot], right: Sequence[asked.Spot], reach: int
) -> _Pair:
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


def _elsewhere(norm: str, number: _Number, own: Sequence[asked.Spot]) -> float:
    """What it costs that the fact itself was linked to an arm whose name is none of this one's words."""
    name = number.fact.arm.lower()
    if (
        not name
        or name == "all"
        or any(norm[p[0] : p[1]].lower() in name or name in norm[p[0] : p[1]].lower() for p in own)
    ):
        return 0.0
    return _OTHER_ARM


def _cost(norm: str, number: _Number, own: Sequence[asked.Spot], other: Sequence[asked.Spot], reach: int) -> float:
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


# --- cells ------------------------------------------------------------------------------------------------------


def _cell(text: str, size: _Number | None, value: _Number | None, outcome_type: str) -> Cell:
    n = (
        Printed(float(size.fact.n or size.fact.value or 0), size.fact.start, size.fact.end, size.fact.quote)
        if size
        else None
    )
    if value is None or value.fact.value is None:
        return Cell(n=n)
    f = value.fact
    printed = Printed(value.fact.value, f.start, f.end, f.quote)
    if outcome_type == "binary":
        return Cell(n=n, events=printed)
    sd = Printed(f.spread, f.start, f.end, f.quote) if f.spread is not None and f.spread_kind == "sd" else None
    return Cell(n=n, mean=printed, sd=sd)
