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

from mscreview import text as txt
from mscreview.extract.ask import question as asked
from mscreview.extract.ask.deal import Number, Pair, deal
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
class _Reading:
    """A text with the asked words found in it."""

    passage: Passage
    sentences: Sequence[Sentence]
    words: Sequence[asked.Token]
    question: asked.Question
    left: Sequence[asked.Spot]
    right: Sequence[asked.Spot]
    numbers: Sequence[Number]


KINDS = ("binary", "continuous")
_ENOUGH = 0.45


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
    return Cells(*(_cell(n, value, outcome_type) for n, value in zip(sizes, values, strict=True)))


def _read(text: str, facts: Iterable[Fact], outcome: str, intervention: str, comparator: str) -> _Reading:
    passage = txt.normalise(text)
    forms = asked.short_forms_of(passage, outcome, intervention, comparator)
    question = asked.question(outcome, intervention, comparator, forms)
    words = asked.tokens(passage.norm, forms)
    left, right = asked.arm_places(passage.norm, words, question)
    found = [Number(_norm_at(passage, f.start), _norm_at(passage, f.end), f) for f in facts if f.value is not None]
    return _Reading(passage, txt.sentences(passage), words, question, left, right, found)


def _norm_at(passage: Passage, raw: int) -> int:
    return raw if passage.begins is None else bisect_left(passage.begins, raw)


# --- which sentences speak of the outcome -----------------------------------------------------------------------

# "The scores were 5.2 and 4.1": a sentence that opens so may speak of the outcome named just before it
_CARRIED = 0.5
_ANAPHOR = re.compile(r"(?:The|These|This|It|They|Their|Its|Rates?|Scores?|Values?|Means?|Mean) ")


def _ranked(reading: _Reading, kinds: tuple[str, ...]) -> list[tuple[float, Sentence, list[Number]]]:
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


def _means(reading: _Reading) -> Pair:
    """Final means first, then changes; baselines and relative changes are no answer."""
    half = 0.0  # where the outcome is named best and one arm only has a number, a sentence that names it less is of another
    for share, s, found in _ranked(reading, ("mean", "change")):
        if share < _ENOUGH or share < half:
            break
        fit = [n for n in found if n.fact.measure in ("final", "change")]
        for measure in ("final", "change"):
            pair = _dealt(reading, s, [n for n in fit if n.fact.measure == measure])
            if pair[0] and pair[1]:
                return pair
            half = max(half, share if pair[0] or pair[1] else 0.0)
    return None, None


def _events(reading: _Reading) -> Pair:
    for share, s, found in _ranked(reading, ("events",)):
        if share < _ENOUGH:
            break
        pair = _dealt(reading, s, found)
        if pair[0] and pair[1]:
            return pair
    return None, None


def _dealt(reading: _Reading, s: Sentence, found: list[Number], reach: int = 10_000) -> Pair:
    """The intervention's and the comparator's number in a sentence."""
    left, right = ([p for p in side if s.start <= p[0] < s.end] for side in (reading.left, reading.right))
    return deal(reading.passage.norm, s, found, left, right, reach)


# --- group sizes ------------------------------------------------------------------------------------------------

_TIMES = re.compile(r"\b(?:pre|post|before|after|baseline|follow-?up|end)\b|治疗前|治疗后|基线", re.I)
_NEAR = 90
_EACH = re.compile(r" ?(?:\w+ ){0,2}(?:each|per (?:group|arm)|in (?:each|both))\b|例?/组")


def _one_group(reading: _Reading, intervention: str, comparator: str) -> Pair | None:
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


def _sizes(reading: _Reading, values: Pair) -> Pair:
    """Denominators printed with the events, else sizes of arms named beside them, else denominators of any events."""
    if all(v is not None and v.fact.kind == "events" and v.fact.n for v in values):
        return values
    found: list[Number | None] = [None, None]
    for kinds in (("arm_n",), ("events",)):
        for s in reading.sentences:
            here = [n for n in reading.numbers if s.start <= n.start < s.end and n.fact.kind in kinds and n.fact.n]
            if kinds == ("arm_n",) and len(here) == 1 and _EACH.match(reading.passage.norm, here[0].end):
                found = [x or here[0] for x in found]
                continue
            pair = _dealt(reading, s, here, _NEAR)
            found = [a or b for a, b in zip(found, pair, strict=True)]
        if all(found):
            break
    return found[0], found[1]


# --- cells ------------------------------------------------------------------------------------------------------


def _cell(size: Number | None, value: Number | None, outcome_type: str) -> Cell:
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
