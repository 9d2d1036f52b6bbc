"""Means, changes, medians and differences: a context in, facts out.

Candidates come from `values`, their class from `scorer`; this file turns classes into facts. Baselines carry week 0
and measure "baseline", results measure "final". Linking to arm, outcome and time happens later, in `link`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mscreview.extract import effects
from mscreview.extract.features import features
from mscreview.extract.model import Context, Fact
from mscreview.extract.scorer import classify
from mscreview.extract.values import Spread, Value, bridge, values

KINDS = {
    "baseline": ("mean", "baseline"),
    "final": ("mean", "final"),
    "change": ("change", "change"),
    "relative": ("change", "relative"),
    "difference": ("difference", "MD"),
    "median": ("median", "final"),
    "dose": ("dose", "dose"),
}


def read(context: Context) -> Iterable[Fact]:
    """Facts of kind mean, change, median, difference and dose, in text order."""
    intervals = {i.estimate_start: i for i in effects.confidence_intervals(context.norm) if i.estimate is not None}
    for v, label, other_unit in classified(context):
        if label not in KINDS:
            continue
        interval = intervals.get(v.start)
        if interval and interval.measure:
            continue  # `effects` reads it
        kind, measure = KINDS[label]
        yield _fact(context, v, kind, measure, _own_interval(v, interval), other_unit)


def classified(context: Context) -> list[tuple[Value, str, bool]]:
    """Every free number with its class, and whether it repeats the number before it in another unit."""
    out: list[tuple[Value, str, bool]] = []
    for group in _by_sentence(context):
        sentence = context.sentences[group[0].sentence]
        active = features(context.norm, sentence.start, sentence.end, sentence.section, group)
        for k, (v, names) in enumerate(zip(group, active, strict=True)):
            again = k > 0 and bridge(context.norm, group[k - 1], v) == "alt"
            label = out[-1][1] if again and out[-1][1] in KINDS else classify(names)[0]
            out.append((v, label, again))
    return out


def labelled_features(context: Context) -> list[tuple[int, int, list[str]]]:
    """Raw start and end of every free number with its features: what the scorer is trained on."""
    out = []
    for group in _by_sentence(context):
        sentence = context.sentences[group[0].sentence]
        active = features(context.norm, sentence.start, sentence.end, sentence.section, group)
        out += [(*context.passage.span(v.start, v.number_end), names) for v, names in zip(group, active, strict=True)]
    return out


def _by_sentence(context: Context) -> Iterator[list[Value]]:
    group: list[Value] = []
    for v in values(context.norm, [(s.start, s.end) for s in context.sentences]):
        if v.role != "value":
            continue
        if group and group[-1].sentence != v.sentence:
            yield group
            group = []
        group.append(v)
    if group:
        yield group


def _own_interval(v: Value, interval: effects.Interval | None) -> Spread | None:
    if v.spread is not None or interval is None:
        return v.spread
    return Spread("ci", None, interval.low, interval.high, interval.start, interval.end)


def _fact(context: Context, v: Value, kind: str, measure: str, spread: Spread | None, other_unit: bool) -> Fact:
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
    )


def resolve(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Drop a percentage that stands as a mean, change, difference or effect as well: a number is read once."""
    measured = {f.start for f in facts if f.kind in ("mean", "change", "median", "difference", "effect", "dose")}
    return [f for f in facts if not (f.kind == "percent" and f.start in measured)]
