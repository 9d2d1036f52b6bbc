"""Points in time named by a text, in weeks, both languages: a context in, `TimePoint`s in text order out.

Works on the quantities already found: a number followed by a calendar unit ("24 weeks", "2-year", "12个月", "第57天")
or led by one ("weeks 4, 12 and 24", "day 29"); numbers of a list share the unit printed once. Ages, calendar dates,
frequencies ("every 2 weeks") and spans before the study ("past 10 years") are no points in time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from mscreview.extract.model import Context
from mscreview.text import Quantity
from mscreview.text.patterns import PEOPLE

DAYS_PER_WEEK = 7
HOURS_PER_WEEK = 168


class TimePoint(NamedTuple):
    """A time in the normal form; `low` is set for a range ("13-75 months"), whose upper end is `weeks`."""

    start: int
    end: int
    weeks: float
    unit: str
    low: float | None = None


@lru_cache(maxsize=2)  # several readers ask for the times of one context in turn
def time_points(context: Context) -> tuple[TimePoint, ...]:
    """Every point in time of the text, one for each number of a list, in text order."""
    norm, quantities = context.norm, context.quantities
    protocol = context.lexicon.protocol
    per_month = protocol.time.weeks_per_month if protocol else 4.0
    per_year = protocol.time.weeks_per_year if protocol else 48.0
    weeks_of = {
        "week": 1.0,
        "month": per_month,
        "year": per_year,
        "day": 1 / DAYS_PER_WEEK,
        "hour": 1 / HOURS_PER_WEEK,
    }
    units = _units(norm, quantities)
    found = [_point(q, unit, end, weeks_of) for q, (unit, end) in zip(quantities, units, strict=True) if unit]
    if "半年" in norm:
        found += [TimePoint(m.start(), m.end(), per_year / 2, "year") for m in _HALF_YEAR.finditer(norm)]
    if " the first " in norm:
        found += [TimePoint(m.start("unit"), m.end(), weeks_of[m["unit"]], m["unit"]) for m in _FIRST.finditer(norm)]
    return tuple(sorted((p for p in found if p is not None), key=lambda p: p.start))


_NAMES = (
    ("week", "weeks? wks?"),
    ("month", "months? mos?"),
    ("day", "days?"),
    ("year", "years? yrs?"),
    ("hour", "hours? hrs? h"),
)
_LATIN = "|".join(f"(?P<{name}>{'|'.join(words.split())})" for name, words in _NAMES)
_UNIT_AFTER = re.compile(
    rf" ?-? ?(?:consecutive )?(?:(?:{_LATIN})(?![A-Za-z0-9/])(?!['’]? ?(?:old|of age|of experience)\b)"
    r"|个?(?P<zhmonth>月)(?!经|龄|份)(?! ?\d{1,2} ?日)|(?P<zhweek>周|星期)(?!岁|期|围)|(?P<zhday>[天日])|(?P<zhyear>年)(?! ?\d{1,2} ?月|龄|来|间|代|轻|前|长)"
    r"|(?P<zhhour>小时|h(?![A-Za-z])))",
    re.I,
)
# "week 24", not "HR 0.71"
_BEFORE_NAMES = "(?P<week>weeks?|wks?)|(?P<month>months?)|(?P<day>days?)|(?P<year>years?)"
_UNIT_BEFORE = re.compile(rf"(?<![A-Za-z])(?:{_BEFORE_NAMES})(?: of)? ?$|第$", re.I)
_COUNTED_AFTER = re.compile(rf" ?(?:%|±|例|名)| (?:{PEOPLE}|deaths|died|had|were|of|out of)\b")
_LAST_OF_UNIT = tuple("kshyrfKSHYRF第")
_BETWEEN = re.compile(r" ?(?:, ?(?:and |or )?|and |or |to |through |vs\.? |[-/&、~]|和|及|与|或|至|到|,) ?")
_NO_POINT_BEFORE = re.compile(
    r"(?:\b(?:every|each|past|last|previous|recent|aged?|over the age of|ages?|than) (?:the )?|近|过去|每隔?|前|年龄[^,;。]{0,8}|[岁/])$",
    re.I,
)
_OF_AN_AGE = re.compile(rf"(?:{PEOPLE}|adults|aged?) (?:over|above|under|below|from|of|between) $", re.I)
_FREQUENCY_AFTER = re.compile(r" ?(?:/|per |a |interval|apart|一次|[0-9一二两三]次|间隔)", re.I)
_AFTER_EVENT = re.compile(r"(?:后|第|[、,和及与至~-]) ?$")
_FIRST = re.compile(r"\b(?:within|during|over|in|after|by|at) the first (?P<unit>week|month|year)\b")
_HALF_YEAR = re.compile("(?<!上)(?<!下)半年(?!期|度)")


def _units(norm: str, quantities: tuple[Quantity, ...]) -> list[tuple[str, int]]:
    """Unit and end of the time expression of each quantity; ('', 0) where it is no time."""
    units = [("", 0)] * len(quantities)
    for i in range(len(quantities) - 1, -1, -1):  # "4, 12 and 24 weeks": the unit stands after the last
        q = quantities[i]
        if _is_time_number(q):
            if unit := _after(norm, q):
                units[i] = unit
            elif i + 1 < len(quantities) and units[i + 1][0] and _joined(norm, q, quantities[i + 1]):
                units[i] = (units[i + 1][0], q.end)
    for i, q in enumerate(quantities):  # "weeks 4, 12 and 24": before the first
        if units[i][0] or not _is_time_number(q):
            continue
        before = norm[max(0, q.start - 12) : q.start].rstrip()
        m = _UNIT_BEFORE.search(norm, max(0, q.start - 12), q.start) if before.endswith(_LAST_OF_UNIT) else None
        own = not (i and units[i - 1][0] and units[i - 1][1] >= q.start - 1 and units[i - 1][1] > quantities[i - 1].end)
        if m and m.lastgroup and own and not _after_any(norm, q):
            units[i] = (m.lastgroup, q.end)
        elif (
            i
            and units[i - 1][0]
            and _led(norm, quantities[i - 1])
            and _joined(norm, quantities[i - 1], q)
            and not _after_any(norm, q)
        ):
            units[i] = (units[i - 1][0], q.end)
    return units


def _led(norm: str, q: Quantity) -> bool:
    """Whether the unit of a list stands before it: nothing follows this number but the list."""
    return not _UNIT_AFTER.match(norm, q.end)


def _is_time_number(q: Quantity) -> bool:
    value = q.value if q.value is not None else q.high
    return (
        q.kind in ("int", "decimal", "words", "chinese", "range")
        and not q.percent
        and value is not None
        and 0 < value < 1000
    )


def _after(norm: str, q: Quantity) -> tuple[str, int] | None:
    m = _UNIT_AFTER.match(norm, q.end)
    if not m or m.lastgroup is None:
        return None
    unit = m.lastgroup.removeprefix("zh")
    before = norm[max(0, q.start - 12) : q.start]
    bare = m.lastgroup in ("zhmonth", "zhday") and "个" not in m[0] and m[0].strip() != "天"
    if bare and not _AFTER_EVENT.search(before):
        return None  # "10月", "3日": a calendar date
    if unit == "year" and _OF_AN_AGE.search(norm, max(0, q.start - 24), q.start):
        return None
    if _NO_POINT_BEFORE.search(before) or _FREQUENCY_AFTER.match(norm, m.end()):
        return None
    return unit, m.end()


def _after_any(norm: str, q: Quantity) -> bool:
    return norm[q.end : q.end + 1] in ("%", "±", "/", "(") or bool(_COUNTED_AFTER.match(norm, q.end))


def _joined(norm: str, left: Quantity, right: Quantity) -> bool:
    return bool(_BETWEEN.fullmatch(norm, left.end, right.start))


def _point(q: Quantity, unit: str, end: int, weeks_of: dict[str, float]) -> TimePoint | None:
    factor = weeks_of[unit]
    if q.value is None:
        assert q.low is not None and q.high is not None
        return TimePoint(q.start, end, q.high * factor, unit, q.low * factor)
    if unit == "year" and q.value > 99:
        return None
    return TimePoint(q.start, end, q.value * factor, unit)
