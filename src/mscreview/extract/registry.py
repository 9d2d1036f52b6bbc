"""The readers in the order they run: one function per kind of fact, each `(Context) -> facts`.

Arms are found before all of them, for the context (the reader `arms` only tells them as facts). What needs other facts
stands in `REFINERS`, which take the context and all facts found so far and return the list anew: first the values and
their signs, then what names, sizes and shares settle, then the links to arm, outcome and time, last the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mscreview.extract import (
    arms,
    checks,
    compared,
    continuous,
    counts,
    courses,
    direction,
    dose,
    effects,
    followup,
    heterogeneity,
    labels,
    link,
    named,
    nobody,
    pairs,
    pvalues,
    runs,
    safety,
    settle,
    shares,
    signs,
    sizes,
    terms,
    zh_counts,
    zh_events,
    zh_values,
)
from mscreview.extract.model import Context, Fact

FactReader = Callable[[Context], Iterable[Fact]]
Refiner = Callable[[Context, Sequence[Fact]], list[Fact]]

READERS: dict[str, FactReader] = {
    "arms": arms.read,
    "counts": counts.read,
    "zh_counts": zh_counts.read,
    "zh_events": zh_events.read,
    "zh_values": zh_values.read,
    "effects": effects.read,
    "pvalues": pvalues.read,
    "dose": dose.read,
    "followup": followup.read,
    "heterogeneity": heterogeneity.read,
    "safety": safety.read,
    "nobody": nobody.read,
    "direction": direction.read,
    "terms": terms.read,
}
REFINERS: dict[str, Refiner] = {
    "continuous": continuous.refine,
    "signs": signs.refine,
    "courses": courses.refine,
    "named": named.refine,
    "sizes": sizes.refine,
    "shares": shares.refine,
    "labels": labels.refine,
    "compared": compared.refine,
    "runs": runs.refine,
    "link": link.link,
    "pairs": pairs.refine,
    "checks": checks.check,
    "settle": settle.refine,
}
