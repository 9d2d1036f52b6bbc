"""Features of every number of a text that tell whose count or share it is: a context in, names of features out.

The text becomes a row of tokens: classes of words (`words`), marks, "ARM" for every mention of an arm, and one
token per number. Features are what stands left and right, the beginnings of the words around and of the sentence's,
the place in the text, and how the number adds up with the others. `guess` weighs them.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mscreview.extract.effects.pvalues import is_p_value
from mscreview.extract.model import Context
from mscreview.extract.roles.sums import sum_features, sums_of
from mscreview.extract.roles.words import MEASURES, WORDS
from mscreview.text import Quantity
from mscreview.text.search import Remembered

_TOKEN = re.compile(r"[A-Za-z]+|\S")
_PAD = 6
_REACH = 60  # tokens in which a measure is looked for
_NEAR = 6  # words to each side that count on their own
STEM = 5  # letters that tell a word


@dataclass(frozen=True, slots=True)
class Features:
    """Names of the features of each number, None for one that is not `readable`; of each sentence that holds one; and
    which sentence each number stands in."""

    numbers: list[list[str] | None]
    sentences: dict[int, list[str]]
    sentence: list[int]

    def of(self, j: int) -> list[str]:
        """All features of a number, its sentence's among them."""
        names = self.numbers[j]
        return names + self.sentences[self.sentence[j]] if names else []


@dataclass(frozen=True, slots=True)
class Row:
    """The tokens of a text, padded at both ends, and where its numbers, measures and sentences stand among them."""

    classes: list[str]
    stems: list[str]  # beginnings of the words, '' for any other token
    numbers: list[int]
    bounds: list[tuple[int, int]]  # token range of each number's sentence
    sentence: list[int]
    measures: list[int]


def readable(context: Context, q: Quantity) -> bool:
    """Whether a number can be a count, a share or a value at all: no range, p-value or confidence level."""
    if q.value is None or q.kind in ("power", "chinese") or is_p_value(context.norm, q.start):
        return False
    return not (
        q.percent
        and q.value in (90, 95, 99)
        and re.match(r" ?(?:CI|C\.I|IC\b|confid|[(\[]CI)", context.norm[q.end : q.end + 8])
    )


def features(context: Context) -> Features:
    """Active features of each quantity of the context and of its sentences."""
    quantities = context.quantities
    shares = as_percent(context)
    row = tokens(context, shares)
    sums = sums_of(quantities)
    numbers: list[list[str] | None] = []
    sentences: dict[int, list[str]] = {}
    counted = 0
    for j, q in enumerate(quantities):
        count = q.kind in ("int", "words") and not shares[j]
        counted += count
        if not readable(context, q):
            numbers.append(None)
            continue
        if row.sentence[j] not in sentences:
            low, high = row.bounds[j]
            sentences[row.sentence[j]] = ["in:" + stem for stem in dict.fromkeys(row.stems[low:high]) if stem]
        numbers.append(
            _around(row, j)
            + _neighbours(row, j)
            + _shape(context, q, row, j)
            + [f"{'count' if count else 'after counts'}:{min(counted, 6)}"]
            + (sum_features(q, sums) if count else [])
        )
    return Features(numbers, sentences, row.sentence)


_PERCENT_WORD = re.compile(r"[ -]?per ?cent(?:age)?\b")
_IN_LIST = frozenset(
    (", ", " and ", ", and ", " vs ", " vs. ", " versus ", " v ", " or ", " to ", "/", " / ", "-", " compared with ")
)


@lru_cache(maxsize=2)  # both regressions ask
def as_percent(context: Context) -> tuple[bool, ...]:
    """Whether each number is a percentage, its sign printed behind it, in words, or once behind the list it is in."""
    norm, quantities = context.norm, context.quantities
    out = [q.percent for q in quantities]
    for j in range(len(quantities) - 1, -1, -1):
        q = quantities[j]
        if out[j] or q.value is None:
            continue
        if j + 1 < len(quantities) and out[j + 1] and norm[q.end : quantities[j + 1].start] in _IN_LIST:
            share = q.kind in ("int", "decimal") and 0 <= q.value <= 100 and not _labels(norm, q.start)
            out[j] = share and not _counts(norm, q, quantities[j + 1]) and norm[q.start - 1] != "/"
            out[j] = out[j] and not norm.endswith("n = ", 0, q.start)  # "(n = 22, 1.6%)"
        elif norm.startswith((" per", "-per", "per"), q.end):
            out[j] = _PERCENT_WORD.match(norm, q.end) is not None
    return tuple(out)


def _counts(norm: str, q: Quantity, share: Quantity) -> bool:
    """ "X-treated adults (9, 9.1%)": a count with its share."""
    alone = (
        norm.endswith("(", 0, q.start) and norm[q.end : share.start] == ", " and norm[share.end : share.end + 1] in "),"
    )
    return bool(alone and q.kind == "int" and share.decimals)


# "grade 3 or 4, 59%": the first two are no shares
_LABELLED = re.compile(
    r"\b(?:grades?|stages?|phases?|types?|class|groups?|arms?|cohorts?|weeks?|months?|days?|years?|cycles?) (?:\d{1,2}(?: or | and |-|/| to ))?$"
    r"|\bn ?= ?$|\bS[DE]M?,? $",  # "(n = 46, 2.2%)", "(SE 5.5, 12.1%"
    re.I,
)


def _labels(norm: str, start: int) -> bool:
    return _LABELLED.search(norm, max(0, start - 16), start) is not None


# --- tokens -----------------------------------------------------------------------------------------------------


def tokens(context: Context, shares: tuple[bool, ...]) -> Row:
    """Tokens of the whole text: one pass over its words, numbers and arms."""
    norm = context.norm
    words = ["^"] * _PAD
    numbers: list[int] = []
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
            words.append(_number_token(q, shares[len(numbers)]))
            numbers.append(len(words) - 1)
        elif b < 0:
            words.append("ARM")
        else:
            words += _TOKEN.findall(norm, a, b)
    place |= dict.fromkeys(cuts, len(words))
    words += ["$"] * _PAD
    bounds, sentence = [], []
    edges = [(place[s.start], place[s.end]) for s in context.sentences]
    for q in context.quantities:
        s = context.sentence_at(q.start)
        sentence.append(s.index if s else 0)
        bounds.append(edges[s.index] if s else (_PAD, len(words) - _PAD))
    classes, stems = zip(*map(_WORD.__getitem__, words), strict=True)
    return Row(list(classes), list(stems), numbers, bounds, sentence, [n for n, s in enumerate(stems) if s in _MEASURE])


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


def _number_token(q: Quantity, share: bool) -> str:
    if share:
        return "<percent>"
    if q.kind == "int" and q.value is not None and 1930 <= q.value <= 2035:
        return "<year>"
    return f"<{q.kind}>"


_MEASURE = frozenset(word[:STEM] for word in MEASURES)


def _word(word: str) -> tuple[str, str]:
    """Class of a token and, of a word, its first letters."""
    if word == "ARM" or not word[0].isalpha():
        return word, word if word == "ARM" else ""
    small = word.lower()
    known = WORDS.get(small)
    if not word.isascii():
        return known or "字", ""
    return known or ("~" if word.isupper() and len(word) > 1 else "w"), small[:STEM]


_WORD = Remembered(_word)


# --- words around ------------------------------------------------------------------------------------------------


def _around(row: Row, j: int) -> list[str]:
    """Classes of the tokens beside a number, beginnings of the words near it, the nearest measure to the left."""
    c, at = row.classes, row.numbers[j]
    low, high = row.bounds[j]
    l2, l1, r1, r2 = c[at - 2], c[at - 1], c[at + 1], c[at + 2]
    k = bisect_left(row.measures, at) - 1
    measured = k >= 0 and row.measures[k] >= max(low, at - _REACH)
    out = [
        "own=" + c[at], "L1=" + l1, "L2=" + l2, "R1=" + r1, "R2=" + r2, f"L21={l2} {l1}", f"R12={r1} {r2}",
        f"L21R1={l2} {l1} {r1}", f"L1R12={l1} {r1} {r2}",
        "measure:" + (row.stems[row.measures[k]] if measured else "none"),
    ]  # fmt: skip
    out += ["left:" + stem for stem in dict.fromkeys(row.stems[max(low, at - _NEAR) : at]) if stem]
    out += ["right:" + stem for stem in dict.fromkeys(row.stems[at + 1 : min(high, at + 1 + _NEAR)]) if stem]
    return out


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
    fifth = 5 * sentence.index // len(context.sentences) if sentence else 0
    return [
        f"decimals:{token}{min(q.decimals, 3)}",
        f"size:{token}{min(size, 40)}",
        "section:" + (sentence.section if sentence else ""),
        f"fifth:{fifth}",
    ]
