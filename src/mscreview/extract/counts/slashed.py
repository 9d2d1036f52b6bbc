"""Counts of both arms printed with a stroke: "relapse in 10/8, falls in 14/16" are no fractions, as 10 is no part of 8.

A part of `people`: a context in, the role of every such number out. A sentence of results tells so when two of its pairs
of whole numbers are no fractions or not all of them can be; "% of adults" in front makes them shares of people.
"""

from __future__ import annotations

import re
from itertools import pairwise

from mscreview.extract.model import Context
from mscreview.extract.roles.guess import EVENTS, PERCENT

_STROKE = ("/", " / ")
_LEAST = 2
# "male/female 81/29", "median 25/25 months", "5/45 (11%)", "20/40 vision", "120/80 mm Hg"
_OF_A_RATIO = re.compile(r"(?:\w/[\w-]+|\bratio|\bscore|\bmedian|\bmean|\bage|\bpressure|\d)[ :=,(]*$", re.I)
_MEASURED = re.compile(r" ?(?:months?|years?|weeks?|days?|mm|kg|m[lLg]|%|[(\[] ?\d[\d.]* ?%|/|\.\d|\) ?[×*])")
_SHARES = re.compile(r"% of (?:the )?\w+|[(\[]% ?[)\],;]|\bin (?:%|per cent)|\bpercentages?\b")


def slashed(context: Context) -> dict[int, int]:
    """Role of the numbers of pairs with a stroke, by their place among the quantities; none where there are no two arms."""
    if len(context.arms) != 2 or context.norm.count("/") < _LEAST:
        return {}
    norm, by_sentence = context.norm, dict[int, list[int]]()
    for j, (a, b) in enumerate(pairwise(context.quantities)):
        if a.kind == b.kind == "int" and norm[a.end : b.start] in _STROKE and (s := context.sentence_at(a.start)):
            outside = _OF_A_RATIO.search(norm, max(s.start, a.start - 24), a.start) or _MEASURED.match(norm, b.end)
            if s.section in ("results", "") and not outside:
                by_sentence.setdefault(s.index, []).append(j)
    found: dict[int, int] = {}
    for index, pairs in by_sentence.items():
        values = [(context.quantities[j].value or 0.0, context.quantities[j + 1].value or 0.0) for j in pairs]
        if len(pairs) >= _LEAST and any(a > b for a, b in values):
            start = context.sentences[index].start
            role = PERCENT if _SHARES.search(norm, start, context.quantities[pairs[0]].start) else EVENTS
            found |= dict.fromkeys((k for j in pairs for k in (j, j + 1)), role)
    return found
