"""Means, changes, medians and differences: a context and the facts so far in, all facts out.

Candidates come from `numbers`, their class from `measured`; this file turns classes into facts. Baselines carry week 0
and measure "baseline", results measure "final". Linking to arm, outcome and time happens later, in `link`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from mscreview.extract.effects.estimates import intervals_of
from mscreview.extract.effects.intervals import Interval, decimals
from mscreview.extract.model import Context, Fact
from mscreview.extract.values.dosed import is_earlier
from mscreview.extract.values.measured import KINDS, classified
from mscreview.extract.values.numbers import Value
from mscreview.extract.values.spreads import Spread

UNNAMED = "interval without a name"
# facts of readers that know better: amounts of cells, values in fixed words
TAKEN = frozenset({"dose", "n_doses", "mean", "change", "median", "effect", "events", "arm_n"})


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Add facts of kind mean, change, median, difference and dose; settle percentages.

    A percentage that is a mean, a change or an effect ("the index fell by 0.6%") is read once, as that; one that the scorer
    does not take for a share of people keeps its fact with status ambiguous.
    """
    intervals = intervals_of(context)
    named = {f.start: f.measure for f in facts if f.kind == "difference"}
    numbers = [
        (v, "difference" if context.passage.span(v.start, v.end)[0] in named else label, again)
        for v, label, again in classified(context, intervals)
    ]
    taken = _Spans([(f.start, f.end) for f in facts if f.kind in TAKEN and (f.kind != "dose" or f.measure == "amount")])
    own = [f for f in _facts(context, numbers, intervals) if not taken.meets(f.start, f.end)]
    own = [f._replace(measure=named[f.start]) if f.kind == "difference" and f.start in named else f for f in own]
    again = {f.start for f in own if f.kind == "difference"}
    measured = {f.start for f in own if f.rule != UNNAMED} | {f.start for f in facts if f.kind == "effect"}
    doubtful = {
        context.passage.span(v.start, v.end)[0] for v, label, _ in numbers if label not in ("percent", "events")
    }
    bounds = _Spans([(f.start + 1, f.end) for f in own if f.low is not None])
    amounts = _Spans([(f.start, f.end) for f in facts if f.kind == "dose" and f.measure == "amount"])
    kept = [
        _settled(f, doubtful)
        for f in facts
        if not (f.kind == "percent" and f.start in measured)
        and not (f.kind == "percent" and f.status == "ambiguous" and bounds.meets(f.start, f.start + 1))
        and not (f.kind == "difference" and f.start in again)
        and not (f.kind in ("mean", "change") and amounts.meets(f.start, f.end))
        and not (f.kind == "followup" and f.measure == "visit" and f.start in measured)
    ]
    return kept + own


class _Spans:
    """Spans in order, to ask whether a stretch meets one of them."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self.spans = sorted(spans)

    def meets(self, start: int, end: int) -> bool:
        k = bisect_left(self.spans, (end, 0)) - 1
        return k >= 0 and self.spans[k][1] > start


def _settled(fact: Fact, doubtful: set[int]) -> Fact:
    if fact.kind == "percent" and fact.start in doubtful and fact.status == "ok" and "surely" not in fact.rule:
        return fact._replace(status="ambiguous")
    return fact


def _facts(context: Context, numbers: Sequence[tuple[Value, str, bool]], unnamed: Sequence[Interval]) -> Iterator[Fact]:
    intervals = {i.estimate_start: i for i in unnamed if i.estimate is not None}
    for v, label, other_unit in numbers:
        interval = intervals.get(v.start)
        if label not in KINDS or (interval and interval.measure):
            continue  # named effects are read by `effects.estimates`
        kind, measure = KINDS[label]
        if interval and v.spread is not None and v.spread.kind not in ("", "ci"):
            yield _lone_interval(context, interval, "baseline" if measure == "baseline" else "")  # "14.8 ± 3.3 (95% CI"
        intervals.pop(v.start, None)
        yield value_fact(context, v, kind, measure, own_interval(v, interval), other_unit)
    left = {i for i in intervals.values() if not i.measure}
    yield from (_lone_interval(context, i) for i in unnamed if i in left or i.estimate is None)


def own_interval(v: Value, interval: Interval | None) -> Spread | None:
    """The spread of a value: its own, else the confidence interval whose estimate it is."""
    if interval is None or (v.spread is not None and v.spread.kind):
        return v.spread
    return Spread("ci", None, interval.low, interval.high, interval.start, interval.end)


def _lone_interval(context: Context, i: Interval, measure: str = "") -> Fact:
    """An interval whose estimate has no name, has none, or has another spread: a fact, but ambiguous."""
    start = i.start if i.estimate is None else i.estimate_start
    return context.fact(
        "effect", start, i.end, UNNAMED, measure=measure, value=i.estimate, low=i.low, high=i.high, level=i.level,
        spread_kind="ci", value_text=i.estimate_text, decimals=decimals(i.estimate_text), status="ambiguous",
    )  # fmt: skip


def value_fact(context: Context, v: Value, kind: str, measure: str, spread: Spread | None, other_unit: bool) -> Fact:
    """The fact of a value: its number, unit and spread; a baseline stands at week 0, a dose of an earlier treatment behind."""
    earlier = kind == "dose" and is_earlier(context.norm, v.start, v.end)
    return context.fact(
        kind,
        v.start,
        max(v.stop, spread.end if spread else 0),
        f"{kind}: {measure}" + (", other unit" if other_unit else ""),
        measure=measure,
        value=v.value,
        low=spread.low if spread else None,
        high=spread.high if spread else None,
        spread=spread.value if spread else None,
        spread_kind=spread.kind if spread else "",
        level=0.95 if spread and spread.kind == "ci" else None,
        unit=v.unit,
        value_text=context.norm[v.start : v.number_end],
        decimals=v.decimals,
        weeks=0.0 if measure == "baseline" else None,
        **({"status": "background"} if earlier else {}),
    )
