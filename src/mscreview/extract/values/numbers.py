"""Every printed number of a passage, with what stands around it.

Takes the normal form of a text (`Passage.norm`) and its sentences; gives `Value`s: number, unit, spread (SD, SE, CI,
IQR, range) and the role the surroundings force on it ("p = 0.03" is a p-value, "n = 23" a size, "week 12" a time).
A value whose role is `value` is free to be a mean, a change, a percentage ...: the readers further on decide.
Candidates first, meaning later: this module links nothing and knows no topic.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from mscreview.extract.values.joins import bridge, listed
from mscreview.extract.values.reserved import Reserved, inside, reserved
from mscreview.extract.values.spreads import Spread, default_kind, spread_after
from mscreview.text.patterns import PEOPLE, UNITS


class Value(NamedTuple):
    """One number; offsets are in the normal form, `end` covers the unit and `stop` the spread as well."""

    start: int
    number_end: int
    end: int
    stop: int
    value: float
    decimals: int
    unit: str
    role: str
    spread: Spread | None
    sentence: int


# A number that does not continue a word ("B12", "IL-6", "1.2.3"); its sign is settled by `_sign`.
NUMBER = re.compile(r"\d(?<![\d.].)(?<!\d,.)\d*(?:\.\d+)?(?!\.?\d)")
UNIT = re.compile(UNITS, re.ASCII)  # a Chinese character ends a unit: "100 mg每日"
TIME_UNIT = re.compile(
    r"(?:months?|mos?|weeks?|days?|years?|hours?|hrs?|h|min|minutes?|seconds?|s|个月|周|天|日|年|小时|分钟)$"
)
_COUNTED = re.compile(
    rf" ?(?:-?(?:{PEOPLE}|centers?"
    r"|centres?|sites?|countries|hospitals?|trials?|studies|groups?|arms?|doses?"
    r"|times|cycles?|courses?|visits?|deaths?|events?|pairs?|survivors?|controls?)\b|例|名|项|组|只|人)",
    re.I,
)
# "4.1 episodes per patient-year"
RATE = re.compile(
    r" (?:[a-z]+ )?(?:events?|episodes?|exacerbations?|attacks?|times|cases?)(?: per |/)(?:patient|person|subject|participant|year|month|week|day)"
)
_COUNTED_LATER = re.compile(rf" ?(?:[a-z][a-z-]{{2,15}} ){{1,2}}{PEOPLE}\b", re.I)
_NAME_BEFORE = re.compile(
    r"(?:\b(?:grades?|phases?|types?|stages?|groups?|arms?|cohorts?|class|level"
    r"|study|trial|table|fig(?:ure)?|ref|version|"
    r"no|number|protocol|nct|pmid|doi|isrctn|vol|group|cycle|step|dose level|model|line)\.? ?-?|第|#)$",
    re.I,
)
_NAME_LAST = (
    "grade", "grades", "phase", "phases", "type", "types", "stage", "stages", "group", "groups", "arm", "arms", "cohort",
    "cohorts", "class", "level", "study", "trial", "table", "fig", "figure", "ref", "version", "no", "number", "protocol", "nct",
    "pmid", "doi", "isrctn", "vol", "cycle", "step", "model", "line", "第", "#",
)  # fmt: skip
_TIME_BEFORE = re.compile(
    r"\b(?:weeks?|months?|days?|years?|visits?|hours?|cycles?) (?:\d+(?:\.\d+)?(?:,|,? and|-| to|/)? ?)*$", re.I
)
_TIME_WORDS = ("week", "month", "day", "year", "visit", "hour", "cycle")
_TIME_AFTER = re.compile(
    r" ?-? ?(?:st|nd|rd|th)?(?: ?(?:,|and|or|to|-|/|、|和|及|~) ?-?\d+(?:\.\d+)?){0,5} ?-? ?"
    r"(?:months?|mos?|weeks?|wks?|days?|years?|yrs?|hours?|hrs?|h|min|minutes?|个月|周|天|日|年|小时)\b(?![/])",
    re.I,
)
_THRESHOLD_BEFORE = re.compile(
    r"(?:[<>≤≥] ?(?:or ?= ?|/ ?= ?)?|= ?[<>] ?|at least |more than |less than "
    r"|greater than |over |under |above |below |exceeding |up to |"
    r"at most |不少于|至少|大于|小于|超过)$",
    re.I,
)
_THRESHOLD_REACH = 16
_WHOLE_AFTER = re.compile(r" ?(?:/ ?\d|of (?:the )?\d)")
_THRESHOLD_LAST = tuple("<>≤≥=/于少至过") + tuple(last + " " for last in (*"<>≤≥=/", *"tnrewgo", *"TNREWGO"))
_N_BEFORE = re.compile(r"\b[nN] ?[=:] ?$")
# "t = 3.94", "F(2, 40) = 5.1"
_STATISTIC = re.compile(
    r"(?:(?<![A-Za-z])(?:t|F|Z|z|U|r|df|d\.f\.)|χ ?\^?2|[Cc]hi-?squared?)(?: ?\([\d, .]{1,9}\))? ?= ?$"
)
_OF_BEFORE = re.compile(r"(?:\d ?/ ?|(?<![A-Za-z]-)\b\d+ of (?:the |a total of )?)$")
_LEVEL_AFTER = re.compile(
    r" ?%? ?-? ?(?:CIs?\b|C\.I\.|C(?=[ :-]? ?-?\d)|confidence|credib|置信|可信|信赖|power|双侧|two-sided)", re.I
)
_AGE_BEFORE = re.compile(r"\b(?:aged?|ages)\b[^.;]{0,30}$|年龄[^。;]{0,10}$", re.I)
_RATIO_AFTER = re.compile(r" ?: ?\d")


def values(norm: str, sentences: Sequence[tuple[int, int]]) -> list[Value]:
    """Numbers of the normal form in order; `sentences` are (start, end) pairs. O(len(norm))."""
    taken = reserved(norm)
    default = default_kind(norm)
    starts = [s for s, _ in sentences]
    found: list[Value] = []
    busy = -1
    for m in NUMBER.finditer(norm):
        if m.start() < busy:
            continue
        value = _value(norm, m, taken, default, starts)
        if value is None:
            continue
        busy = value.stop
        found.append(value)
    return _inherit_units(norm, _inherit_ages(norm, found))


def _inherit_ages(norm: str, found: list[Value]) -> list[Value]:
    """ "mean age was 54.1 and 52.6 years": the second is an age too."""
    for k, (a, b) in enumerate(pairwise(found), 1):
        if found[k - 1].role == "age" and b.role == "value" and listed(norm, a._replace(unit=b.unit), b):
            found[k] = b._replace(role="age")
    return found


# "第5月起每次5×10^7": what stands behind a Chinese number is its own unit, unless it joins two
_COUNTS_ITSELF = re.compile(r" ?(?![和与及比至到对或])[\u4e00-\u9fff]")


def _inherit_units(norm: str, found: list[Value]) -> list[Value]:
    """ "26.5 vs 35.5%", "6 and 12 months": the unit printed once belongs to the whole list."""
    for k in range(len(found) - 2, -1, -1):
        a, b = found[k], found[k + 1]
        if (
            not a.unit
            and b.unit
            and not _COUNTS_ITSELF.match(norm, a.stop)
            and a.role == "value"
            and b.role in ("value", "time")
            and bridge(norm, a, b) in ("vs", "and", "comma", "to")
        ):
            found[k] = a._replace(unit=b.unit)
    return found


def _value(norm: str, m: re.Match[str], taken: Reserved, default: str, starts: list[int]) -> Value | None:
    i, j = m.span()
    sign_at, negative, ranged = _sign(norm, i)
    left = norm[max(0, sign_at - 48) : sign_at]
    unit = UNIT.match(norm, j)
    end = unit.end() if unit else j
    role = _role(norm, i, j, left, ranged, taken)
    spread = spread_after(norm, j, end, default) if role in ("value", "age") else None
    if spread and spread.start < end:
        unit, end = None, j
    stop = max(end, spread.end if spread else end)
    if spread and not unit:
        tail = UNIT.match(norm, spread.end + (norm[spread.end : spread.end + 1] in (")", "]")))
        unit = tail
        stop = tail.end() if tail else stop
    text = m.group()
    return Value(
        start=sign_at,
        number_end=j,
        end=end,
        stop=stop,
        value=-float(text) if negative else float(text),
        decimals=len(text.partition(".")[2]),
        unit=unit.group().strip() if unit else "",
        role=role,
        spread=spread,
        sentence=max(0, bisect_right(starts, i) - 1),
    )


def _sign(norm: str, i: int) -> tuple[int, bool, bool]:
    """Start of the number with its sign, whether negative, whether the hyphen makes a range ("10-15")."""
    k = i - 1
    if k < 0 or norm[k] not in "-+":
        if k >= 1 and norm[k] == " " and norm[k - 1] == "-" and (k < 2 or norm[k - 2] in " ([,;:="):
            return k - 1, True, False
        return i, False, False
    if norm[k] == "+":
        return k, False, False
    before = norm[max(0, k - 2) : k].rstrip()
    if before and (before[-1].isdigit() or before[-1] == "%"):
        if norm[k - 1] == " ":
            return k, True, False
        return i, False, True
    if "\u4e00" <= norm[k - 1] <= "\u9fff":
        return k, True, False  # "分别为-1.2和-2.7"
    if before and norm[k - 1].isalpha():
        word = re.search(r"[A-Za-z]+$", norm[max(0, k - 14) : k])
        glued = word is not None and (word.group().lower() in _FUNCTION_WORDS or "." in norm[i : i + 4])
        return (k, True, False) if glued else (i, False, False)
    return k, True, False


_FUNCTION_WORDS = frozenset(
    "was were by of to and with from vs versus or difference change ci is are at md"
    " wmd smd mean in than about reduction".split()
)


def _role(norm: str, i: int, j: int, left: str, ranged: bool, taken: Reserved) -> str:
    for name, spans in taken.items():
        if spans and inside(spans, i):
            return name
    right = norm[j : j + 60]
    if norm[i - 1 : i].isalpha() and norm[i - 1].isascii():
        return "name"
    if (
        norm[i - 1 : i] == "-"
        and norm[i - 2 : i - 1].isalpha()
        and norm[i - 2].isascii()
        and not ranged
        and _sign(norm, i)[0] == i
    ):
        return "name"
    if right[:1].isalpha() and right[0].isascii() and not UNIT.match(right):
        return "name"
    last = left.rstrip()[-1:]
    if last and last in "=:" and _N_BEFORE.search(left):
        return "n"
    if last == "=" and _STATISTIC.search(left):
        return "statistic"
    if 50 <= float(norm[i:j]) <= 99.9 and _LEVEL_AFTER.match(right):
        return "level"
    # nothing else has a spread: "148.2 ± 9.1/96.4 ± 5.0", "in the X arm 1.2 ± 0.3"
    spread = right.lstrip(" ").startswith(("±", "+/-", "+ /", "+-"))
    if not spread and (last == "/" or left.endswith(("of ", "the "))) and _OF_BEFORE.search(left):
        return "denominator"
    if _WHOLE_AFTER.match(right):
        return "numerator"
    if left.endswith(_THRESHOLD_LAST) and _THRESHOLD_BEFORE.search(left[-_THRESHOLD_REACH:]):
        return "threshold"
    if ranged:
        return "range"
    words, whole = left.lower(), "." not in norm[i:j]
    if whole and right[:1] != "%" and left[-1:] != "-" and _timed(words) and _TIME_BEFORE.search(left):
        return "time"
    if not spread and words.rstrip(" .-").endswith(_NAME_LAST) and _NAME_BEFORE.search(left):
        return "name"
    if _TIME_AFTER.match(right):
        return _time_role(norm, i, j)
    if RATE.match(right):
        return "value"
    if _COUNTED.match(right) or (whole and _COUNTED_LATER.match(right)):
        return "count"
    if ("age" in words or "年龄" in words) and _AGE_BEFORE.search(left):
        return "age"
    return "ratio" if _RATIO_AFTER.match(right) else "value"


def _timed(words: str) -> bool:
    """A cheap test: whether a word of time stands among these."""
    return any(word in words for word in _TIME_WORDS)


# "median survival 14.2 months", "mean operating time 45 min": here a time is the outcome itself
_TIME_IS_OUTCOME = re.compile(
    r"\b(?:median|mean|average|survival|time to|duration of|length of"
    r"|averaged)\b(?:[^.;]|\.\d|vs\.|; (?=(?:[\w-]+ ){0,2}[\w-]+[,:=] )){0,140}$|中位[^。;]{0,40}$|平均[^。;]{0,30}$",
    re.I,
)
_OUTCOME_WORDS = ("median", "mean", "average", "survival", "time to", "duration of", "length of", "中位", "平均")
_OUTCOME_REACH = 170
_VERSUS_BEFORE = re.compile(r"\d[^.;\d]{0,22}\b(?:vs?\b\.?|versus|compared (?:with|to)) ?[^.;,\d]{0,16}$", re.I)
_SPREAD_AFTER = re.compile(r" ?[a-z]{1,7} ?[(,;\[]? ?(?:IQR|inter-?quartile|±|S\.?D\b)")
_VERSUS_AFTER = re.compile(r"[^.;()\d]{0,12}\b(?:vs?\b|versus|compared)", re.I)


def _time_role(norm: str, i: int, j: int) -> str:
    outcome = (
        "." in norm[i:j]
        or _VERSUS_BEFORE.search(norm, max(0, i - 40), i)
        or _is_outcome(norm, i)
        or (_VERSUS_AFTER.match(norm, j) and not norm.endswith((" at ", " after "), 0, i))
        or _SPREAD_AFTER.match(norm, j)
    )
    return "value" if outcome else "time"


def _is_outcome(norm: str, i: int) -> bool:
    left = max(0, i - _OUTCOME_REACH)
    words = norm[left:i].lower()
    return any(word in words for word in _OUTCOME_WORDS) and bool(_TIME_IS_OUTCOME.search(norm, left, i))
