"""Confidence intervals with the estimates they belong to, both languages: the normal form in, `Interval`s out.

A sign glued to a label ("95%CI-20.50", a misprinted "95%C-48.92") is read so that the estimate lies inside its
interval; nothing is repaired beyond that.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from mscreview.extract.effects.words import (
    ABBREVIATION,
    BRACKETED,
    LABEL,
    LABEL_AT,
    LABEL_HINTS,
    LABELLED,
    LISTED,
    NAME,
    NAME_AT,
    RATIOS,
    UNIT,
)
from mscreview.text.search import starting

_GAP = 48
_ANNOUNCED, _ONE_MORE, _NAMED_NEAR = 240, 110, 40
_LOOK_BACK = 180


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval with its estimate (when one is printed) and measure ('' when unnamed)."""

    start: int
    end: int
    low: float
    high: float
    low_text: str
    high_text: str
    level: float
    labelled: bool
    estimate: float | None
    estimate_text: str
    estimate_start: int
    estimate_end: int
    measure: str


Estimate = tuple[int, int, float, str]  # start, end, value, text


@lru_cache(maxsize=2)  # three readers ask for the intervals of one text in turn
def confidence_intervals(norm: str) -> tuple[Interval, ...]:
    """All intervals in text order. Bounds in brackets without a label count only after a named effect."""
    found: list[Interval] = []
    named = any(hint in norm for hint in LABEL_HINTS)
    labels = [m.start() for m in starting(LABEL, LABEL_AT, norm)] if named else []
    end = 0
    for m, labelled in _candidates(norm, named):
        if m.start() < end:
            continue
        interval = _interval(norm, m, labelled, found[-1] if found else None, labels)
        if interval is not None:
            found.append(interval)
            end = interval.end
    return tuple(found)


def measure_of(m: re.Match[str]) -> str:
    """The measure a match of `NAME` names."""
    return next(k[1:] for k, v in m.groupdict().items() if v is not None)


def decimals(text: str) -> int:
    """Printed decimals of a number."""
    return len(text.partition(".")[2])


def number(text: str) -> float:
    """Value of a printed number with its sign."""
    return float(text.replace(" ", "").replace("+", ""))


def _candidates(norm: str, named: bool) -> list[tuple[re.Match[str], bool]]:
    labelled = [(m, True) for m in starting(LABELLED, LABEL_AT, norm)] if named else []
    spans = [m.span() for m, _ in labelled]
    bracketed = []
    k = 0
    for m in sorted((*BRACKETED.finditer(norm), *LISTED.finditer(norm)), key=lambda m: m.start()):
        while k < len(spans) and spans[k][1] < m.start():
            k += 1
        if k == len(spans) or m.end() <= spans[k][0]:
            bracketed.append((m, False))
    return sorted(labelled + bracketed, key=lambda c: c[0].start())


def _interval(
    norm: str, m: re.Match[str], labelled: bool, previous: Interval | None, labels: list[int]
) -> Interval | None:
    estimate = _estimate_before(norm, m.start())
    measure = _measure_before(norm, estimate[0] if estimate else m.start(), previous)
    if measure in RATIOS and estimate and _HAS_UNIT.match(norm, estimate[1]):
        measure = ""  # a ratio has no unit: "RR 39.3% (90% CI ...)" is a response rate
    if measure == "difference" and estimate and _is_of_one_arm(norm, m, estimate):
        measure = ""
    if not labelled and (estimate is None or not _trusted(norm, m, measure, estimate, previous, labels)):
        return None
    low_text, high_text = m["low"].replace(" ", ""), m["high"].replace(" ", "")
    low, high = _bounds(norm, m, low_text, high_text, estimate, measure)
    level = m["level"] if labelled else None
    start, stop, value, text = estimate or (m.start(), m.start(), None, "")
    return Interval(
        start=m.start(),
        end=m.end(),
        low=low,
        high=high,
        low_text=low_text,
        high_text=high_text,
        level=float(level) / 100 if level and 50 <= float(level) < 100 else 0.95,
        labelled=labelled,
        estimate=value,
        estimate_text=text,
        estimate_start=start,
        estimate_end=stop,
        measure=measure,
    )


# what may stand between an estimate and the label of its interval
_BETWEEN = re.compile(
    rf"^ ?(?:{UNIT})?(?: ?{UNIT})? ?(?:[\[(,;:]|and|with|with an?|;"
    rf"|\))*(?: ?(?:two-sided|adjusted|and|with|corresponding|its) ?)*[ ,;:\[(]*$"
)
_NUMBER_BEFORE = re.compile(rf"(?P<num>(?:\d+(?:\.\d+)?|(?<!\d)\.\d+))(?P<after>[^\d]{{0,{_GAP}}})$")
_P_BETWEEN = re.compile(r"[\[(,; ]*\b[Pp] ?[-=<>≤≥a-z ]{1,14} ?\.?\d+(?:\.\d+)?[\]), ;]*$")

_SPREAD_BETWEEN = re.compile(r"(?<=\d) ?(?:±|\+ ?/ ?-|\+-) ?\d+(?:\.\d+)?(?= ?%?[^\d]{0,40}$)")
# "-38.5 cm(3)", "20/100": neither the power of a unit nor the length of a scale is the estimate
_POWER = re.compile(r"(?:(?<=[a-z])\(\d\)|(?<=\d) ?/ ?100)(?=[^\d]{0,40}$)")
_BODY_SURFACE = re.compile(r" ?(?:/|per) ?1\.73 ?m(?:2|\^2|\(2\))?(?=[ \[(,;]{0,3}$)")
# "1.15 per 10 points, 95% CI": what one unit of the ratio means
_PER = re.compile(r" ?[\[(]?(?:per|for each|for every|at age) \d+(?:[- ]\w+){1,3}?[\])]?[,;]?(?: ?\w+)? ?[\[(]?$")


def _estimate_before(norm: str, at: int) -> Estimate | None:
    left_start = max(0, at - _GAP - 30)
    left = norm[left_start:at]
    p = _P_BETWEEN.search(left)
    if p:
        left = left[: p.start()]
    per = _PER.search(left)
    if per:
        left = left[: per.start()]
    left = _POWER.sub("", left)
    if spread := _SPREAD_BETWEEN.search(_BODY_SURFACE.sub("", left)):
        left = left[: spread.start()]
    elif surface := _BODY_SURFACE.search(left):
        left = left[: surface.start()]
    m = _NUMBER_BEFORE.search(left)
    if m is None or not _BETWEEN.match(m["after"]):
        return None
    i = left_start + m.start("num")
    before = norm[max(0, i - 3) : i]
    if before[-1:].isascii() and before[-1:].isalpha():
        return None
    if re.search(r"[<>≤≥]=? ?$", before):
        return None
    start = i
    negative = False
    if before.endswith("-") or (before.endswith("- ") and not before[:1].isalnum()):
        if before.rstrip(" -")[-1:].isdigit() and before.endswith("-") and not before.endswith(" -"):
            return None
        start = i - (2 if before.endswith("- ") else 1)
        negative = True
    text = ("-" if negative else "") + m["num"]
    return start, left_start + m.end("num"), float(text), text


_NO_DIFFERENCE = re.compile(r"\b(?:no|not|nor|without|neither|similar)\b[^.;()]{0,60}\bdiffer[^.;]{0,100}$")


def _is_of_one_arm(norm: str, m: re.Match[str], estimate: Estimate) -> bool:
    """ "no difference in response between A (24%, 95% CI 19-31) and B": an interval without zero is none of "no difference"."""
    low, high = number(m["low"]), number(m["high"])
    return low * high > 0 and _NO_DIFFERENCE.search(norm, max(0, estimate[0] - _LOOK_BACK), estimate[0]) is not None


_HAS_UNIT = re.compile(
    r" ?(?:%|percent|(?:months?|weeks?|days?|years?|hours?|min|mg|kg|g|mm|cm|mL|U|points?)\b|个?[月周]|[天年岁]|小时|分钟)"
)


_SENTENCE_END = re.compile(r"[.。](?:(?<!vs.)(?<!\d.) (?=[A-Z一-鿿])|(?<=\d\.) (?=[A-Z][a-z]{2}))|。")


def _measure_before(norm: str, at: int, previous: Interval | None) -> str:
    lo = max(0, at - _LOOK_BACK)
    left = norm[lo:at]
    cut = max((s.end() for s in _SENTENCE_END.finditer(left)), default=0)
    left = left[cut:]
    if previous is not None and lo + cut <= previous.end < at:
        fresh = norm[previous.end : at]
        name = _last_name(fresh)
        return name or previous.measure
    return _last_name(left)


def _last_name(text: str) -> str:
    best = ""
    for m in starting(NAME, NAME_AT, text):
        if len(m.group()) <= 4 and m.group().isascii() and not ABBREVIATION.match(m.group()):
            continue
        name = measure_of(m)
        if name == "difference" and best and best not in RATIOS:
            continue
        best = name
    return best


def _trusted(
    norm: str, m: re.Match[str], measure: str, estimate: Estimate, previous: Interval | None, labels: list[int]
) -> bool:
    """Bracketed bounds are an interval when an effect is named (or a label precedes) and the estimate lies inside."""
    low, high = _bounds(norm, m, m["low"].replace(" ", ""), m["high"].replace(" ", ""), estimate, measure)
    k = bisect_left(labels, estimate[0]) - 1
    if m.re is LISTED and (measure not in RATIOS or not low <= estimate[2] <= high):
        return False
    if not low <= estimate[2] <= high or low == high:
        # "relative risk 1.24 (1.02-1.1)" where intervals are labelled before: a misprint, for the checks to flag
        misprint = k >= 0 and measure in RATIOS and "." in m["low"] and "." in m["high"] and low < high
        return misprint and _last_name(norm[max(0, estimate[0] - _NAMED_NEAR) : estimate[0]]) == measure
    if "." not in m["low"] + m["high"] and "." in estimate[3]:
        return False
    announced = k >= 0 and (labels[k] >= estimate[0] - _ANNOUNCED or _in_the_middle(m, estimate, low, high))
    # "0.25 (0.09-0.41), 0.7 (0.3-1.2)": one more of the same list
    if previous is not None and previous.end >= estimate[0] - _ONE_MORE:
        announced = announced or ". " not in norm[previous.end : estimate[0]]
    named = bool(measure) and measure != "difference"
    return named or announced


def _in_the_middle(m: re.Match[str], estimate: Estimate, low: float, high: float) -> bool:
    """Where intervals were labelled before, bounds around their exact middle are one more of them."""
    half = 10.0 ** -min(
        decimals(m["low"].replace(" ", "")), decimals(m["high"].replace(" ", "")), decimals(estimate[3])
    )
    return abs(estimate[2] - (low + high) / 2) <= half + 1e-9


def _bounds(
    norm: str, m: re.Match[str], low_text: str, high_text: str, estimate: Estimate | None, measure: str
) -> tuple[float, float]:
    low, high = number(low_text), number(high_text)
    if measure in RATIOS:
        return abs(low), abs(high)
    glued = low_text.startswith("-") and norm[m.start("low") - 1 : m.start("low")] not in (
        " ",
        "(",
        "[",
        ",",
        ":",
        "=",
        ";",
    )
    if estimate is not None and glued and not low <= estimate[2] <= high and -low <= estimate[2] <= high:
        return -low, high
    return low, high
