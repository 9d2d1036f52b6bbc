"""Effect estimates (OR, RR, HR, RD, MD, SMD, WMD ...), with their interval or without: a context in, facts out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from mscreview.extract.effects.intervals import Interval, confidence_intervals, decimals, measure_of, number
from mscreview.extract.effects.words import ABBREVIATION, BARE, BARE_AT, BARE_HINT, NAME, RATIOS
from mscreview.extract.model import Context, Fact
from mscreview.text.patterns import UNITS
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
    intervals = intervals_of(context)
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
            unit="" if i.measure in RATIOS else _unit(norm, i),
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


_UNIT = re.compile(UNITS, re.ASCII)


def _unit(norm: str, i: Interval) -> str:
    """The unit printed behind the estimate or behind its interval."""
    m = _UNIT.match(norm, i.estimate_end) or _UNIT.match(norm, i.end)
    return m[0].strip() if m else ""


_THEN = re.compile(r" ?[)\]]? (?:points )?(?:for|in|with|on) (?:the )?")


def intervals_of(context: Context) -> list[Interval]:
    """Confidence intervals of the text, without the name of a difference where each is an arm's own.

    "a difference of 0.9 (...): 25.3 (21.6 to 29.0) for A and 24.4 (20.7 to 28.0) for B": the last two are no differences.
    """
    out = list(confidence_intervals(context.norm))
    differing = [k for k, i in enumerate(out) if i.measure == "difference" and not i.labelled]
    for a, b in pairwise(differing):
        ends = [m.end() if (m := _THEN.match(context.norm, out[k].end)) else -1 for k in (a, b)]
        arms = [context.mentions_in(end, end + 1) for end in ends]
        if out[b].start - out[a].end < _NEAR and arms[0] and arms[1] and arms[0][0].arm != arms[1][0].arm:
            out[a], out[b] = replace(out[a], measure=""), replace(out[b], measure="")
    return out


_NEAR = 80


def _rule(norm: str, i: Interval, previous: Interval | None) -> str:
    again = previous is not None and re.fullmatch(
        r" ?[\])]? ?(?:%|mm ?Hg)?[;,]? ?(?:or|and|=|[\[(])? ?[\[(]?", norm[previous.end : i.estimate_start]
    )
    return "effect: " + ("interval" if i.labelled else "bracketed interval") + (", other unit" if again else "")
