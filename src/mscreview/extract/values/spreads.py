"""The spread printed beside a number: "± 3.4", "(SD 3.4)", "(3.4)" where the text announced it, "(IQR 3-7)".

Takes the normal form and the end of a number; gives a `Spread`. A part of `numbers`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mscreview.text.search import beginnings, starting


class Spread(NamedTuple):
    """What is printed beside a mean or a median: `kind` is sd, se, ci, iqr or range ('' when not told)."""

    kind: str
    value: float | None
    low: float | None
    high: float | None
    start: int
    end: int


PLUS_MINUS = r"(?:±|\+ ?/ ?-|-/\+|\+-|\+/)"
_SPREAD_AFTER = re.compile(
    rf" ?(?:[\[(,] ?)?(?:(?P<pm>{PLUS_MINUS}) ?(?:(?P<pmname>SDs?|S\.D\.|SEMs?|SE"
    rf"|S\.E\.|s\.?d\.?|s\.?e\.?(?:m\.?)?) ?[=:]? ?)?"
    r"|(?P<name>SDs?|S\.D\.|s\.d\.|s\.e\.(?:m\.)?|standard deviations?|SEMs?|SE|S\.E\.(?:M\.)?"
    r"|standard errors?(?: of the mean)?|标准差|标准误)[ :=,]{0,3})"
    r"(?P<num>\d+(?:\.\d+)?)",
)
_BRACKET_SPREAD = re.compile(r" ?[\[(] ?(?P<num>\d+(?:\.\d+)?) ?(?:%|[a-zA-Zμ]{1,6}(?:/[a-zA-Z]{1,4})?)? ?[\])]")
_INTERVAL_SPREAD = re.compile(
    r" ?(?:, ?(?=[\[(]))?[\[(,;] ?(?P<name>IQR|inter-?quartile ranges?|25th(?:[- ]|, | and | to )75th percentiles?"
    r"|Q1[-, ]+Q3|quartiles?|range|min-max|四分位数?间距|四分位距|范围|极差)?"
    r"[ :=,]{0,3}(?P<low>-?\d+(?:\.\d+)?) ?(?:%"
    r"|(?!to\b|and\b)[a-zA-Z]{1,7}(?:/[a-zA-Z]{1,4})?)? ?(?:-|to|,|;|~|至|–"
    r"|and) ?(?P<high>-?\d+(?:\.\d+)?)",
    re.I,
)
_SE_CUE = re.compile(r"\bS\.?E\.?(?:M\.?)?\b|standard error|标准误", re.I)
_SE_AT = beginnings("s se sem standard", "标")
_SD_CUE = re.compile(r"\bS\.?D\.?s?\b|standard deviation|标准差|x ?± ?s", re.I)


def spread_after(norm: str, j: int, end: int, default: str) -> Spread | None:
    """Spread printed behind a number that ends at `j`, with its unit at `end`; `default` is what "±" means."""
    for k in (j, end) if end > j else (j,):
        m = _SPREAD_AFTER.match(norm, k)
        if m:
            name = m["name"] or m["pmname"] or ""
            kind = ("se" if _SE_CUE.search(name) else "sd") if name else default
            return Spread(kind, float(m["num"]), None, None, m.start(), m.end())
    return _interval_spread(norm, end) or _bracket_spread(norm, end) or _plus_spread(norm, j, default)


def _interval_spread(norm: str, end: int) -> Spread | None:
    m = _INTERVAL_SPREAD.match(norm, end)
    if not m or (not m["name"] and norm[m.start() : m.start() + 3].strip(", ")[:1] not in ("(", "[")):
        return None
    low, high = float(m["low"]), float(m["high"])
    if low > high:
        return None
    if not m["name"] and _QUARTILES_TOLD.search(norm, max(0, end - _SENTENCE), end):
        return Spread("iqr", None, low, high, m.start(), m.end())
    kind = "" if not m["name"] else "iqr" if re.search(r"q|percentile|四分位", m["name"], re.I) else "range"
    return Spread(kind, None, low, high, m.start(), m.end())


# "median score (IQR) was 15 (5-15)"
_SENTENCE = 260
_QUARTILES_TOLD = re.compile(r"[(\[](?:IQR|[Ii]nter-?quartile(?: range)?)[)\]](?:[^.;]|\.\d)*$")
_PLUS = r"\d\.\d+ ?\+ ?\d+\.\d+"
_PLUS_SPREAD = re.compile(r" ?\+ ?(?P<num>\d+\.\d+)")


def _plus_spread(norm: str, j: int, default: str) -> Spread | None:
    """ "62.5 + 14.1 ... 48.9 + 11.6": a "±" that lost its lower half, twice."""
    m = _PLUS_SPREAD.match(norm, j) if norm[j : j + 2].strip()[:1] == "+" else None
    if m is None or len(re.findall(_PLUS, norm[max(0, j - _NEAR) : m.end() + _NEAR])) < 2:
        return None
    return Spread(default, float(m["num"]), None, None, m.start(), m.end())


def _bracket_spread(norm: str, end: int) -> Spread | None:
    """ "12.1 (3.4)" is mean (SD) only where the sentence says so just before: "mean (SD)", "means [SE]"."""
    m = _BRACKET_SPREAD.match(norm, end)
    if not m:
        return None
    cue = _latest(_BRACKET_CUE, norm, end)
    if cue is None and (_is_repeated(norm, end, m) or _is_listed(norm, end, m)):
        return Spread("", float(m["num"]), None, None, m.start(), m.end())
    if cue is None or ("." in m["num"]) != ("." in norm[end - 8 : end]):
        return None
    return Spread("se" if _SE_CUE.search(cue[1]) else "sd", float(m["num"]), None, None, m.start(), m.end())


_MEASURE = re.compile(
    r" ?(?P<unit>m?mol/[lL]|[mμn]?g/[dm]?[lL]|mm ?Hg|min(?:utes?)?|h(?:ours?)?|days?|seconds?|s|kg|cm|mm|m[lL]|points?|beats/min|bpm)(?![\w/])"
)
_NEAR = 80


def _is_repeated(norm: str, end: int, m: re.Match[str]) -> bool:
    """ "214 (96) min with A and 199 (88) min": twice a number, a smaller one in brackets and a unit; "12 (5) patients" has none."""
    unit = _MEASURE.match(norm, m.end())
    number = re.search(r"(?<![\d.])\d+(?:\.\d+)?$", norm[max(0, end - 10) : end])
    if not unit or not number or float(m["num"]) >= float(number[0]):
        return False
    shape = r"\d\.\d+ \(\d*\.\d+\)" if "." in number[0] else r"(?<![\d.])\d+ \(\d+\)"
    alike = re.findall(rf"{shape} ?{re.escape(unit['unit'])}\b", norm[max(0, end - _NEAR) : m.end() + _NEAR])
    return len(alike) > 1


_WITH_DECIMALS = r"(?<![\d.])\d+\.\d{1,2} ?[\[(]\d+\.\d{1,2}[\])]"
_ALIKE = re.compile(
    rf"{_WITH_DECIMALS}(?: ?%| ?[\w/]{{1,8}})?(?:,|,? (?:and|to|vs?\.?|versus|compared with))(?: by)? -?(?={_WITH_DECIMALS})"
)


def _is_listed(norm: str, end: int, m: re.Match[str]) -> bool:
    """ "3.1 (1.5), 2.4 (1.2) and 2.8 (1.4)": numbers with as many decimals in their brackets, one behind the other."""
    if "." not in m["num"] or "%" in m[0] or "." not in norm[end - 4 : end]:
        return False
    alike = [a.start() for a in _ALIKE.finditer(norm, max(0, end - _NEAR), m.end() + _NEAR)]
    return bool(alike) and alike[0] < end and norm[m.end() : m.end() + 1] != "."


_BRACKET_CUE = re.compile(
    r"[\[(,±] ?(S\.?D\.?|S\.?E\.?M?\.?|standard (?:deviation|error)|标准差|标准误)s?(?: ?[\])]|[ :=]{1,3}\d)"
)


def _latest(pattern: re.Pattern[str], norm: str, end: int) -> re.Match[str] | None:
    """The last match within 600 characters before `end`."""
    matches = list(pattern.finditer(norm, max(0, end - 600), end))
    return matches[-1] if matches else None


def default_kind(norm: str) -> str:
    """What "±" means in this text: the SE when only it is named, else the SD (the customary reading)."""
    return "se" if any(starting(_SE_CUE, _SE_AT, norm)) and not _SD_CUE.search(norm) else "sd"
