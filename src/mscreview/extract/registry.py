"""The readers in the order they run: one function per kind of fact, each `(Context) -> facts`.

Arms are found before all of them, for the context (the reader `arms` only tells them as facts). What needs other facts
stands in `REFINERS`, which take the context and all facts found so far and return the list anew: first the values and
their signs, then what names, sizes and shares settle, then the links to arm, outcome and time, last the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mscreview.extract import checks, dose, followup, terms
from mscreview.extract.arms import find
from mscreview.extract.counts import beside, chinese, chinese_events, evenly, named, nobody, people, safety, sizes
from mscreview.extract.direction import clauses
from mscreview.extract.effects import estimates, heterogeneity, pvalues
from mscreview.extract.link import fill, labels, pairs, runs, settle
from mscreview.extract.model import Context, Fact
from mscreview.extract.values import chinese as chinese_values, compared, continuous, courses, signs

FactReader = Callable[[Context], Iterable[Fact]]
Refiner = Callable[[Context, Sequence[Fact]], list[Fact]]

READERS: dict[str, FactReader] = {
    "arms": find.read,
    "counts": people.read,
    "zh_counts": chinese.read,
    "zh_events": chinese_events.read,
    "zh_values": chinese_values.read,
    "effects": estimates.read,
    "pvalues": pvalues.read,
    "dose": dose.read,
    "followup": followup.read,
    "heterogeneity": heterogeneity.read,
    "safety": safety.read,
    "nobody": nobody.read,
    "direction": clauses.read,
    "terms": terms.read,
}
REFINERS: dict[str, Refiner] = {
    "continuous": continuous.refine,
    "signs": signs.refine,
    "courses": courses.refine,
    "named": named.refine,
    "sizes": sizes.refine,
    "evenly": evenly.refine,
    "shares": beside.refine,
    "labels": labels.refine,
    "compared": compared.refine,
    "runs": runs.refine,
    "link": fill.link,
    "pairs": pairs.refine,
    "checks": checks.check,
    "settle": settle.refine,
}
