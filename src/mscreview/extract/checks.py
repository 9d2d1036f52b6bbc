"""Do the printed numbers agree with each other? A context and its linked facts in, the same facts with flags out.

Flags only, never repairs; an effect outside its interval, and a ratio that is not the middle of it, also get status
`ambiguous`: the reading or the print is wrong, or the interval is an exact one whose width gives no standard error, and a
person must look. Every test allows for print rounding: a number printed with d decimals stands for anything
within half a unit of its last digit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import NormalDist

from mscreview.extract.effects.words import RATIOS
from mscreview.extract.model import Context, Fact

OUTSIDE = "estimate outside its interval"
REVERSED = "interval reversed"
ASYMMETRIC = "estimate not in the middle of its interval"
NO_LOGARITHM = "symmetry not checkable: a bound of 0 has no logarithm"
P_DISAGREES = "p disagrees with the interval"
TOO_MANY = "events exceed n"
PERCENT_DIFFERS = "percent is not events/n"
IMPOSSIBLE = "no whole number of people gives this percent"
NOT_TOTAL = "arms do not sum to the total"
LIKE_SE = "SD looks like an SE"

_NORMAL = NormalDist()
_TOLERANCE = 0.02
_NEAR_P = 60
_WIDE_SMD = 3.0


def check(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Add to `checks` of each fact what does not agree with the facts around it."""
    flags: list[list[str]] = [list(f.checks) for f in facts]
    _check_effects(context, facts, flags)
    _check_counts(facts, flags)
    _check_totals(facts, flags)
    _check_spreads(facts, flags)
    return [_flagged(f, tuple(c)) for f, c in zip(facts, flags, strict=True)]


def _flagged(f: Fact, flags: tuple[str, ...]) -> Fact:
    if flags == f.checks:
        return f
    return f._replace(checks=flags, status="ambiguous" if f.status == "ok" and _doubtful(f, flags) else f.status)


def _doubtful(f: Fact, flags: tuple[str, ...]) -> bool:
    """An interval printed from high to low still holds its estimate: that alone is no doubt."""
    if OUTSIDE in flags or (ASYMMETRIC in flags and f.measure in RATIOS):
        return True
    return REVERSED in flags and f.value is not None and not (f.high or 0.0) <= f.value <= (f.low or 0.0)


def symmetric(estimate: float, low: float, high: float, decimals: Sequence[int], ratio: bool) -> bool:
    """Whether the estimate is the middle of its interval (geometric for a ratio) within print rounding.

    `decimals` are those printed of estimate, low and high. A 95% interval on the log (or natural) scale is
    estimate ± 1.96 se (Altman & Bland 2011, doi:10.1136/bmj.d2304); 2% (of the value, or of the width) is allowed
    beyond rounding for intervals by other methods.
    """
    half = [0.5 * 10.0**-d for d in decimals]
    if not ratio:
        slack = half[0] + (half[1] + half[2]) / 2 + _TOLERANCE * (high - low)
        return abs(estimate - (low + high) / 2) <= slack
    if estimate < 0 or low < 0 or high <= 0:
        return False
    least = math.sqrt(max(low - half[1], 1e-9) * max(high - half[2], 1e-9))
    most = math.sqrt((low + half[1]) * (high + half[2]))
    return estimate + half[0] >= least * (1 - _TOLERANCE) and estimate - half[0] <= most * (1 + _TOLERANCE)


def p_from_interval(estimate: float, low: float, high: float, level: float, ratio: bool) -> float | None:
    """Two-sided p-value implied by an estimate and its interval (Altman & Bland 2011, doi:10.1136/bmj.d2304)."""
    if ratio:
        if min(estimate, low, high) <= 0:
            return None
        estimate, low, high = math.log(estimate), math.log(low), math.log(high)
    width = high - low
    if width <= 0:
        return None
    se = width / (2 * _NORMAL.inv_cdf((1 + level) / 2))
    return 2 * (1 - _NORMAL.cdf(abs(estimate) / se))


def possible_percent(percent: float, decimals: int, n: int) -> bool:
    """Whether some whole number of `n` people is `percent` within print rounding."""
    count = percent / 100 * n
    half = 0.5 * 10.0**-decimals + 1e-9
    return any(abs(100 * k / n - percent) <= half for k in (math.floor(count), math.ceil(count)))


# --- effects ----------------------------------------------------------------------------------------------------


def _check_effects(context: Context, facts: Sequence[Fact], flags: list[list[str]]) -> None:
    p_values = sorted((f for f in facts if f.kind == "p_value" and f.value is not None), key=lambda f: f.start)
    at = 0
    for k in sorted(range(len(facts)), key=lambda k: facts[k].start):
        f = facts[k]
        if f.kind != "effect" or f.value is None or f.low is None or f.high is None:
            continue
        flags[k] += _interval_flags(f)
        while at < len(p_values) and p_values[at].start < f.end:
            at += 1
        if at < len(p_values) and _belongs(context, f, p_values[at]) and _p_disagrees(f, p_values[at]):
            flags[k].append(P_DISAGREES)


def _interval_flags(f: Fact) -> list[str]:
    assert f.value is not None and f.low is not None and f.high is not None
    if f.low > f.high:
        return [REVERSED]
    if not f.low <= f.value <= f.high:
        return [OUTSIDE]
    if f.measure in RATIOS and f.low == 0:
        return [NO_LOGARITHM]
    known = f.measure in ("", "NNT") or symmetric(f.value, f.low, f.high, _decimals(f), f.measure in RATIOS)
    return [] if known else [ASYMMETRIC]


def _decimals(f: Fact) -> tuple[int, int, int]:
    printed = re.findall(r"\d+(?:[.·]\d+)?|[.·]\d+", re.sub(r" ?([.·]) ?(?=\d)", r"\1", f.quote))[-2:]
    low, high = ([len(re.split(r"[.·]", x)[1]) if re.search(r"[.·]", x) else 0 for x in printed] + [0, 0])[:2]
    return f.decimals or 0, low, high


def _belongs(context: Context, effect: Fact, p: Fact) -> bool:
    gap = context.passage.raw[effect.end : p.start]
    return len(gap) < _NEAR_P and not re.search(r"\d|[.。] [A-Z]|(?:95|90)% ?CI", gap)


def _p_disagrees(f: Fact, p: Fact) -> bool:
    """The printed p and the implied one lie on different sides of the interval's level, and by more than rounding."""
    assert f.value is not None and f.low is not None and f.high is not None and p.value is not None
    level = f.level or 0.95
    implied = p_from_interval(f.value, f.low, f.high, level, f.measure in RATIOS)
    if implied is None:
        return False
    alpha = 1 - level
    if p.measure == "<":
        return p.value <= alpha and implied > 2 * alpha
    if p.measure == ">":
        return p.value >= alpha and implied < alpha / 2
    return (p.value < alpha / 2 and implied > 2 * alpha) or (p.value > 2 * alpha and implied < alpha / 2)


# --- counts -----------------------------------------------------------------------------------------------------


def _check_counts(facts: Sequence[Fact], flags: list[list[str]]) -> None:
    sizes = _sizes(facts)
    kinds = ("events", "percent", "arm_n")
    ordered = sorted(
        (k for k, f in enumerate(facts) if f.kind in kinds and f.value is not None), key=lambda k: facts[k].start
    )
    for i, k in enumerate(ordered):
        f, near = facts[k], [facts[j] for j in ordered[max(0, i - 3) : i + 4]]
        if f.kind == "events":
            n = _denominator(f, near)
            flags[k] += [TOO_MANY] if n is not None and f.value is not None and f.value > n else []
        elif f.kind == "percent":
            flags[k] += _percent_flags(f, near, sizes.get(f.arm))


def _percent_flags(f: Fact, near: Sequence[Fact], size: int | None) -> list[str]:
    assert f.value is not None
    half = 0.5 * 10.0 ** -(f.decimals or 0) + 1e-9
    for events in near:
        n = _denominator(events, near) if events.kind == "events" else None
        if n and events.value is not None and _beside(events, f, near):
            return [] if abs(100 * events.value / n - f.value) <= half else [PERCENT_DIFFERS]
    n = f.n or size
    if n and f.status == "ok" and not possible_percent(f.value, f.decimals or 0, n):
        return [IMPOSSIBLE]
    return []


_GAP = 6
_WORDS_BETWEEN = 22


def _denominator(events: Fact, near: Sequence[Fact]) -> int | None:
    """The n of "5 of 45" or "5/45": the fact's own, or the size printed right behind it."""
    if events.n is not None:
        return events.n
    behind = [f for f in near if f.kind == "arm_n" and 0 < f.start - events.end <= _GAP and f.value is not None]
    return int(behind[0].value or 0) if behind else None


def _beside(events: Fact, percent: Fact, near: Sequence[Fact]) -> bool:
    """ "5/45 (11.1%)", "5 of 45 patients (11.1%)", "11.1% (5/45)": printed as one."""
    size = [f for f in near if f.kind == "arm_n" and 0 < f.start - events.end <= _GAP]
    end = size[0].end if size else events.end
    between = [f for f in near if f.kind == "percent" and end <= f.start < percent.start]
    return not between and (0 <= percent.start - end <= _WORDS_BETWEEN or 0 <= events.start - percent.end <= 3)


def _sizes(facts: Sequence[Fact]) -> dict[str, int]:
    """Size of each arm, where the text gives one only."""
    found: dict[str, set[int]] = {}
    for f in facts:
        if f.kind == "arm_n" and f.arm and f.value is not None and f.status == "ok":
            found.setdefault(f.arm, set()).add(int(f.value))
    return {arm: next(iter(n)) for arm, n in found.items() if len(n) == 1}


def _check_totals(facts: Sequence[Fact], flags: list[list[str]]) -> None:
    sizes = _sizes(facts)
    totals = [k for k, f in enumerate(facts) if f.kind == "n_total" and f.status == "ok" and f.value is not None]
    arms = {f.arm for f in facts if f.kind in ("arm", "arm_n") and f.arm}
    if len(sizes) < 2 or set(sizes) != arms or not totals:
        return
    if all(facts[k].value != sum(sizes.values()) for k in totals):
        for k in totals:
            flags[k].append(NOT_TOTAL)


# --- spreads ----------------------------------------------------------------------------------------------------


def _check_spreads(facts: Sequence[Fact], flags: list[list[str]]) -> None:
    """Two arms more than three "SD" apart: the printed spread is probably a standard error (as metafor warns)."""
    means = sorted(
        (k for k, f in enumerate(facts) if f.kind in ("mean", "change") and f.spread), key=lambda k: facts[k].start
    )
    for a, b in pairwise(means):
        x, y = facts[a], facts[b]
        same = (x.kind, x.measure, x.outcome, x.weeks) == (y.kind, y.measure, y.outcome, y.weeks)
        if not same or x.arm == y.arm or x.spread_kind != "sd" or y.spread_kind != "sd" or y.start - x.end > 120:
            continue
        assert x.value is not None and y.value is not None and x.spread and y.spread
        pooled = math.sqrt((x.spread**2 + y.spread**2) / 2)
        if abs(x.value - y.value) > _WIDE_SMD * pooled:
            for k in (a, b):
                if LIKE_SE not in flags[k]:
                    flags[k].append(LIKE_SE)
