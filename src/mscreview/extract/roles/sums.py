"""How the whole numbers of a text add up: quantities in, features of each for `features` out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mscreview.text import Quantity


@dataclass(frozen=True, slots=True)
class Sums:
    """The whole numbers of a text and what they add up to; `shares` are counts that a printed percentage implies."""

    counts: Counter[float]
    most: float
    pairs: frozenset[float]
    triples: frozenset[float]
    parts: frozenset[float]
    shares: frozenset[float]
    wholes: frozenset[float]


_MANY = 24  # sums are looked for among this many numbers, so that a text of numbers costs no more than linear time


def sums_of(quantities: tuple[Quantity, ...]) -> Sums:
    """Sums of two and of three among the whole numbers of a text, and the counts its percentages imply."""
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
    return Sums(counts, most, *map(frozenset, (pairs, triples, parts, shares, wholes)))


def sum_features(q: Quantity, sums: Sums) -> list[str]:
    """Names of the features that tell how a number adds up with the others."""
    v = q.value or 0.0
    told = {
        "sum of two": v in sums.pairs,
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
