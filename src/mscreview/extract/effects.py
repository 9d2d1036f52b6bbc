"""Effect estimates (OR, RR, HR, RD, MD, SMD, WMD ...), with their interval or without: a context in, facts out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from mscreview.extract.effectwords import ABBREVIATION, BARE, BARE_AT, BARE_HINT, NAME, RATIOS
from mscreview.extract.intervals import Interval, confidence_intervals, decimals, measure_of, number
from mscreview.extract.model import Context, Fact
from mscreview.text.search import starting


def bare_estimates(norm: str, intervals: Iterable[Interval]) -> list[tuple[int, int, str, float, str]]:
    """Estimates printed without an interval ("HR 0.75, P = .03"): (start, end, measure, value, text)."""
    spans = [(i.estimate_start, i.end) for i in intervals]
    out: list[tuple[int, int, str, float, str]] = []
    if not BARE_HINT.search(norm):
        return out
    for m in starting(BARE, BARE_AT, norm):
        i, j = m.span("est")
        k = bisect_right(spans, (i, len(norm))) - 1
        if k >= 0 and i < spans[k][1]:
            continue
        name = NAME.search(m["name"])
        if name is None or (len(m["name"]) <= 4 and not ABBREVIATION.match(m["name"])):
            continue
        text = m["est"].replace(" ", "")
        out.append((i, j, measure_of(name), number(text), text))
    return out


def read(context: Context) -> Iterable[Fact]:
    """Facts of kind effect (estimate with its interval) and difference / effect without an interval."""
    norm = context.passage.norm
    intervals = confidence_intervals(norm)
    for previous, i in zip([None, *intervals], intervals, strict=False):
        if i.estimate is None or not i.measure:
            continue
        yield context.fact(
            kind="effect",
            measure="MD" if i.measure == "difference" else i.measure,
            value=i.estimate,
            low=i.low,
            high=i.high,
            level=i.level,
            spread_kind="ci",
            value_text=i.estimate_text,
            decimals=decimals(i.estimate_text),
            start=i.estimate_start,
            end=i.end,
            rule=_rule(norm, i, previous),
        )
    for start, end, measure, value, text in bare_estimates(norm, intervals):
        yield context.fact(
            kind="effect" if measure in RATIOS else "difference",
            measure=measure,
            value=value,
            value_text=text,
            decimals=decimals(text),
            start=start,
            end=end,
            rule="effect: estimate without interval",
        )


def _rule(norm: str, i: Interval, previous: Interval | None) -> str:
    again = previous is not None and re.fullmatch(
        r" ?[\])]? ?(?:%|mm ?Hg)?[;,]? ?(?:or|and|=|[\[(])? ?[\[(]?", norm[previous.end : i.estimate_start]
    )
    return "effect: " + ("interval" if i.labelled else "bracketed interval") + (", other unit" if again else "")
