"""Features of every number of a text that tell whose count or share it is: a context in, names of features out.

The text becomes a row of tokens: classes of words (`rolewords`), marks, "ARM" for every mention of an arm, and one
token per number. Features are what stands left and right, how far the nearest word of each class is, and how the
number adds up with the others. `roles` weighs them.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mscreview.extract.model import Context
from mscreview.extract.rolewords import DISTANT, IN_SENTENCE, MEASURES, WORDS
from mscreview.text import Quantity

_TOKEN = re.compile(r"[A-Za-z]+|[^\sA-Za-z]")
_PAD = 8
_MARKED = DISTANT | {"ARM"}
_REACH = 60  # tokens looked at on each side
_P_VALUE = re.compile(
    r"\b[pP](?:[ -]?values?)?(?: ?(?:for|of) [a-z ]{1,20})? ?(?:[=<>≤≥]|was|of|less than){1,3} ?(?:or ?= ?)?$"
)


@dataclass(frozen=True, slots=True)
class Row:
    """The tokens of a text, padded at both ends, and where its numbers, arms and sentences stand among them."""

    classes: list[str]
    words: list[str]
    numbers: list[int]
    bounds: list[tuple[int, int]]  # token range of each number's sentence
    sentence: list[int]
    marks: list[int]  # tokens that `_before` and `_after` look for


def readable(context: Context, q: Quantity) -> bool:
    """Whether a number can be a count, a share or a value at all: no range, p-value or confidence level."""
    if q.value is None or q.kind in ("power", "chinese"):
        return False
    if (
        q.percent
        and q.value in (90, 95, 99)
        and re.match(r" ?(?:CI|C\.I|confid|[(\[]CI)", context.norm[q.end : q.end + 8])
    ):
        return False
    before = context.norm[max(0, q.start - 40) : q.start]
    return not (("p" in before or "P" in before) and _P_VALUE.search(before))


def features(context: Context) -> list[list[str] | None]:
    """Active features of each quantity of the context, None for one that is not `readable`."""
    quantities = context.quantities
    row = tokens(context)
    sums = _sums(quantities)
    lefts = [_before(row, at, low) for at, (low, _) in zip(row.numbers, row.bounds, strict=True)]
    in_sentence: dict[int, list[str]] = {}
    out: list[list[str] | None] = []
    for j, q in enumerate(quantities):
        if not readable(context, q):
            out.append(None)
            continue
        low, high = row.bounds[j]
        if row.sentence[j] not in in_sentence:
            in_sentence[row.sentence[j]] = _sentence_features(context, row, low, high)
        out.append(
            _around(row, row.numbers[j])
            + lefts[j]
            + _after(row, j, high)
            + in_sentence[row.sentence[j]]
            + _neighbours(row, j)
            + _shape(context, q, row, j)
            + (_sum_features(q, sums) if q.kind in ("int", "words") else [])
        )
    return out


# --- tokens -----------------------------------------------------------------------------------------------------


def tokens(context: Context) -> Row:
    """Tokens of the whole text: one pass over its words, numbers and arms."""
    norm = context.norm
    words, numbers = ["^"] * _PAD, []
    cuts = sorted({edge for s in context.sentences for edge in (s.start, s.end)}, reverse=True)
    place: dict[int, int] = {}  # first token at or behind each edge of a sentence
    for start, b, q in _stretches(context):
        a = start
        while cuts and cuts[-1] < max(a + 1, b if q is None else 0):
            if cuts[-1] > a:
                words += _TOKEN.findall(norm, a, cuts[-1])
                a = cuts[-1]
            place[cuts.pop()] = len(words)
        if q is not None:
            numbers.append(len(words))
            words.append(_number_token(q))
        elif b < 0:
            words.append("ARM")
        else:
            words += _TOKEN.findall(norm, a, b)
    place |= dict.fromkeys(cuts, len(words))
    classes = [*map(_class, words), *["$"] * _PAD]
    marks = [n for n, marked in enumerate(map(_is_mark, words)) if marked]
    bounds, sentence = [], []
    edges = [(place[s.start], place[s.end]) for s in context.sentences]
    for q in context.quantities:
        s = context.sentence_at(q.start)
        sentence.append(s.index if s else 0)
        bounds.append(edges[s.index] if s else (_PAD, len(words)))
    return Row(classes, words, numbers, bounds, sentence, marks)


def _stretches(context: Context) -> Iterator[tuple[int, int, Quantity | None]]:
    """The text cut at its numbers and arms: (start, end, None) words, (start, -1, None) an arm, (start, end, number)."""
    mentions = context.mentions
    at = k = 0
    for q in (*context.quantities, None):
        stop = q.start if q else len(context.norm)
        while k < len(mentions) and mentions[k].start < stop:
            if mentions[k].start >= at:
                yield at, mentions[k].start, None
                yield mentions[k].start, -1, None
            at = max(at, mentions[k].end)
            if mentions[k].end > stop:
                break
            k += 1
        if at < stop:
            yield at, stop, None
        if q:
            yield q.start, q.end, q
            at = max(q.end, at)


def _number_token(q: Quantity) -> str:
    if q.percent:
        return "<percent>"
    if q.kind == "int" and q.value is not None and 1930 <= q.value <= 2035:
        return "<year>"
    return f"<{q.kind}>"


@lru_cache(maxsize=8192)
def _class(word: str) -> str:
    if word == "ARM" or not word[0].isalpha():
        return word
    known = WORDS.get(word.lower())
    if known:
        return known
    return "~" if word.isupper() and len(word) > 1 else "w" if word.isascii() else "字"


@lru_cache(maxsize=8192)
def _is_mark(word: str) -> bool:
    return _class(word) in _MARKED or word.lower() in MEASURES


# --- words around ------------------------------------------------------------------------------------------------


def _around(row: Row, at: int) -> list[str]:
    c = row.classes
    l3, l2, l1, r1, r2, r3 = c[at - 3], c[at - 2], c[at - 1], c[at + 1], c[at + 2], c[at + 3]
    out = [
        "own=" + c[at],
        f"L1={l1}", f"L2={l2}", f"L3={l3}", f"L4={c[at - 4]}",
        f"R1={r1}", f"R2={r2}", f"R3={r3}", f"R4={c[at + 4]}",
        f"L21={l2} {l1}", f"R12={r1} {r2}", f"L21R1={l2} {l1} {r1}", f"L1R12={l1} {r1} {r2}", f"L1R1={l1} {r1}",
        f"L321={l3} {l2} {l1}", f"R123={r1} {r2} {r3}",
    ]  # fmt: skip
    for n in range(1, 6):
        token = c[at + n]
        if token == "PEOPLE":
            out.append(f"people+{n}")
            break
        if token[0] in "<,.;()":
            break
    return out


def _before(row: Row, at: int, low: int) -> list[str]:
    """Distance of the nearest word of each class to the left, the nearest measure word, the nearest arm."""
    out, seen = [], set()
    measure = "none"
    classes, marks = row.classes, row.marks
    low = max(low, at - _REACH)
    for k in range(bisect_left(marks, at) - 1, -1, -1):
        n = marks[k]
        if n < low:
            break
        c = classes[n]
        if measure == "none" and (word := row.words[n].lower()) in MEASURES:
            measure = word
        if c not in seen:
            seen.add(c)
            if c in DISTANT:
                out.append(f"left:{c}{_near(at - n)}")
            elif c == "ARM":
                out.append("armleft:" + _distance(at - n))
    out.append("measure:" + measure)
    if "ARM" not in seen:
        out.append("armleft:none")
    return out


def _after(row: Row, j: int, high: int) -> list[str]:
    out, seen = [], set()
    classes, marks, numbers = row.classes, row.marks, row.numbers
    at = numbers[j]
    high = min(high, at + _REACH)
    for k in range(bisect_left(marks, at + 1), len(marks)):
        n = marks[k]
        if n >= high:
            break
        c = classes[n]
        if c in seen:
            continue
        seen.add(c)
        if c in DISTANT:
            out.append(f"right:{c}{_near(n - at)}")
        elif c == "ARM":
            past = j + 1 < len(numbers) and numbers[j + 1] < n
            out += ["armright:" + _distance(n - at), "armright:" + ("past a number" if past else "next")]
    if "ARM" not in seen:
        out.append("armright:none")
    return out


def _near(distance: int) -> int:
    return 0 if distance < 5 else 1 if distance < 12 else 2


def _distance(d: int) -> str:
    return "1-2" if d < 3 else "3-5" if d < 6 else "6-10" if d < 11 else "far"


def _sentence_features(context: Context, row: Row, low: int, high: int) -> list[str]:
    words = {w.lower() for w in row.words[low:high]}
    arms = row.classes[low:high].count("ARM")
    out = ["sentence:" + w for w in IN_SENTENCE if w in words]
    first = " ".join(row.classes[low : low + 2])
    return [*out, f"mentions:{min(arms, 5)}", "opens:" + row.classes[low], "opens2:" + first]


def _neighbours(row: Row, j: int) -> list[str]:
    """The numbers before and after, and the words between when they are few."""
    out = []
    here = row.numbers[j]
    for name, k in (("previous", j - 1), ("next", j + 1)):
        if not 0 <= k < len(row.numbers):
            out.append(f"{name}=none")
            continue
        there = row.numbers[k]
        between = row.classes[min(here, there) + 1 : max(here, there)]
        token = row.classes[there]
        if len(between) <= 4:
            out.append(f"{name}={token} {' '.join(between)}")
        out.append(f"{name}:{token}{'' if row.sentence[k] == row.sentence[j] else ' elsewhere'}")
    return out


# --- the number itself ----------------------------------------------------------------------------------------------


def _shape(context: Context, q: Quantity, row: Row, j: int) -> list[str]:
    token = row.classes[row.numbers[j]]
    value = q.value or 0.0
    size = int(math.log2(abs(value) + 1) * 2)
    sentence = context.sentence_at(q.start)
    low = max(sentence.start if sentence else 0, q.start - 300)
    depth = context.norm.count("(", low, q.start) - context.norm.count(")", low, q.start)
    return [
        "any",
        f"decimals:{token}{min(q.decimals, 3)}",
        f"size:{token}{min(size, 40)}",
        f"brackets:{min(max(depth, 0), 2)}",
        "section:" + (sentence.section if sentence else ""),
    ]


@dataclass(frozen=True, slots=True)
class _Sums:
    """The whole numbers of a text and what they add up to; `shares` are counts that a printed percentage implies."""

    counts: Counter[float]
    most: float
    pairs: frozenset[float]
    triples: frozenset[float]
    parts: frozenset[float]
    shares: frozenset[float]
    wholes: frozenset[float]


_MANY = 24  # sums are looked for among this many numbers, so that a text of numbers costs no more than linear time


def _sums(quantities: tuple[Quantity, ...]) -> _Sums:
    counts = Counter(
        q.value for q in quantities if q.kind in ("int", "words") and q.value is not None and not q.percent
    )
    most = max((v for v in counts if not 1930 <= v <= 2035), default=0.0)
    some = sorted((v for v in counts if v >= 3), reverse=True)[:_MANY]
    few = some[: _MANY // 2]
    pairs: set[float] = set()
    parts: set[float] = set()
    for i, a in enumerate(some):
        for b in some[i:]:
            if a != b or counts[a] > 1:
                pairs.add(a + b)
                if a + b in counts:
                    parts.update((a, b))
    triples = {a + b + c for i, a in enumerate(few) for k, b in enumerate(few[i:], i) for c in few[k:]}
    shares: set[float] = set()
    wholes: set[float] = set()
    for p in [q.value for q in quantities if q.percent and q.value and 0 < q.value <= 100][:_MANY]:
        for n in some:
            e = float(round(p * n / 100))
            if e < n and e in counts and abs(100 * e / n - p) <= 0.5:
                shares.add(e)
                if abs(100 * e / n - p) <= 0.06:
                    wholes.add(n)
    return _Sums(counts, most, *map(frozenset, (pairs, triples, parts, shares, wholes)))


def _sum_features(q: Quantity, sums: _Sums) -> list[str]:
    v = q.value or 0.0
    told = {
        "sum of two": v in sums.pairs,
        "no sum": v not in sums.pairs,
        "sum of three": v in sums.triples,
        "largest": v == sums.most,
        "twice": sums.counts[v] > 1,
        "part of a sum": v in sums.parts,
        "share": v in sums.shares,
        "whole of a share": v in sums.wholes,
    }
    return [name for name, holds in told.items() if holds] + [
        f"of the largest:{int(5 * v / sums.most) if sums.most else 0}"
    ]
