"""Every number of a passage as a `Quantity`, in text order: a passage in, values with their words out.

Longest reading first: "12.1 ± 3.4" is one quantity, "18-70" one range, "1.0-2.0×10^6" one range of powers, and number
words ("one hundred and fifty-four", "两亿", "百分之三十五") count as numbers. What is not a number is left alone: the
2 of "IL-2", the 一 of 一般.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mscreview.text import patterns as pt
from mscreview.text.normal import Passage
from mscreview.text.search import beginnings, starting


class Quantity(NamedTuple):
    """A number as printed; offsets count in the normal form.

    `value` is None for a range (`low`, `high` hold its ends). For kind "plusminus" `value` is the centre, `spread`
    what follows the sign, `low` and `high` stay None. `decimals` counts printed decimals of the (first) number.
    kind: int | decimal | percent | range | plusminus | power | words | chinese.
    """

    start: int
    end: int
    value: float | None
    low: float | None
    high: float | None
    decimals: int
    kind: str
    text: str
    spread: float | None = None
    percent: bool = False


def quantities(passage: Passage) -> list[Quantity]:
    """All numbers of the passage in text order, none overlapping another."""
    norm = passage.norm
    found = [q for m in starting(_DIGITS, _DIGITS_AT, norm) if (q := _from_digits(m, norm))]
    if extra := [*_english_words(norm), *_chinese_words(norm)]:
        found = _without_overlaps(sorted([*found, *extra], key=lambda q: (q.start, -q.end)))
    return found


def number_words(text: str) -> int | None:
    """Value of English number words ("one hundred and fifty-four" = 154); None when they make no number."""
    total = current = 0
    last = None
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in pt.WORD_UNITS:
            unit = pt.WORD_UNITS[word]
            # "twenty five" adds up, "five six" or "ten twenty" does not
            if last is not None and not ((last >= 20 and last % 10 == 0 and unit < 10) or last == 100):
                return None
            current += unit
            last = unit
        elif word in pt.WORD_SCALES:
            scale = pt.WORD_SCALES[word]
            current = max(current, 1) * scale
            if scale >= 1000:
                total, current = total + current, 0
            last = 100
    return total + current if last is not None else None


def chinese_number(text: str) -> float | None:
    """Value of a Chinese numeral, also mixed with digits: 两亿, 三十五, 一百零二, 1.2万; None when malformed."""
    total = section = 0.0
    digit: float | None = None
    for part in re.findall(r"\d+(?:\.\d+)?|.", text):
        if part in pt.CHINESE_DIGITS:
            if digit not in (None, 0):
                return None  # 二三: "two or three", not 23
            digit = pt.CHINESE_DIGITS[part]
        elif part in pt.CHINESE_SCALES:
            scale = pt.CHINESE_SCALES[part]
            if scale >= 10_000:
                total = (total + section + (digit or 0)) * scale if section or digit or total else scale
                section = 0.0
            else:
                section += (1 if digit is None else digit) * scale
            digit = None
        else:
            digit = float(part)
    return total + section + (digit or 0)


# --- digits -----------------------------------------------------------------------------------------------------

# ".05" opens with its point only where no word or bracket ends there: "(P<0.01).4周时" is a stop
_N = r"(?:\d{1,12}(?:\.\d{1,8})?|(?<![)\]%\u4e00-\u9fff])\.\d{1,8})"
_POWER = r" ?[×x*] ?10\^ ?(?P<{}>-?\d{{1,2}})"
_MAGNITUDE = r"(?: ?(?P<mag>million|billion|thousand)\b|(?P<zhmag>[万亿千百]))"
_DIGITS = re.compile(
    rf"(?P<sign>(?<![\d)%\]A-Za-z\u4e00-\u9fff])[-+] ?)?(?<![A-Za-z_\d^])(?<![A-Za-z_\d]\.)(?P<a>{_N})(?P<apc> ?%)?"
    rf"(?:(?:{_POWER.format('apow')})?(?:"
    rf"(?P<pm> ?{pt.PLUSMINUS} ?)(?P<c>{_N})"
    rf"|(?P<to>{pt.RANGE_DASH})(?P<bsign>(?<= )-|(?<=to )- ?)?(?P<b>{_N}))"
    rf")?(?:(?:(?<=\d)\)(?= ?[×x*] ?10\^))?{_POWER.format('pow')}|{_MAGNITUDE})?"
    r"(?P<pc> ?(?:%|percent\b|per cent\b))?(?![\d^])"
)
# a sign or a point opens a number when a digit follows; one set of characters first, which is searched for quickest
_DIGITS_AT = re.compile(r"[-+.\d](?:(?<=\d)\d*|(?<=\.)(?=\d)|(?<=[-+])(?= ?\.?\d))")
_MAGNITUDES = {"million": 1e6, "billion": 1e9, "thousand": 1e3, "万": 1e4, "亿": 1e8, "千": 1e3, "百": 1e2}


def _from_digits(m: re.Match[str], norm: str) -> Quantity | None:
    start = m.start()
    if (
        m["sign"] is None
        and start > 1
        and norm[start - 1] == "-"
        and norm[start - 2].isascii()
        and norm[start - 2].isalpha()
    ):
        return None
    scale = 10.0 ** int(m["pow"]) if m["pow"] else _MAGNITUDES.get(m["mag"] or m["zhmag"] or "", 1.0)
    percent = bool(m["pc"] or m["apc"])
    decimals = _decimals(m["a"])
    sign = -1.0 if m["sign"] and m["sign"][0] == "-" else 1.0
    first = sign * float(m["a"])
    text = m[0]
    if m["c"]:
        return Quantity(
            start, m.end(), first * scale, None, None, decimals, "plusminus", text, float(m["c"]) * scale, percent
        )
    if m["b"]:
        own = 10.0 ** int(m["apow"]) if m["apow"] else scale
        low, high = first * own, (-1 if m["bsign"] else 1) * float(m["b"]) * scale
        return Quantity(start, m.end(), None, low, high, decimals, "range", text, None, percent)
    kind = "power" if scale != 1.0 else "percent" if percent else "decimal" if "." in m["a"] else "int"
    return Quantity(start, m.end(), first * scale, None, None, decimals, kind, text, None, percent)


def _decimals(printed: str) -> int:
    return len(printed.partition(".")[2])


# --- words ------------------------------------------------------------------------------------------------------

_ENGLISH = re.compile(pt.NUMBER_WORDS)
_ENGLISH_AT = beginnings(" ".join([*pt.WORD_UNITS, *pt.WORD_SCALES]))
# "two-thirds", "one-sided", "two-way", "one third": not counts
_NOT_A_COUNT = re.compile(
    r"[- ](?:thirds?|quarters?|half|halves|fifths?|fold|sided|tailed|way|stage|step|dimensional)\b", re.I
)
# "in five, none and one patients": a zero among counts
_ONE = rf"(?:\d{{1,4}}(?: ?\(\d[\d.]* ?%\))?|{pt.NUMBER_WORDS})"
_NONE = re.compile(
    rf"(?<=[\da-z)])(?:,? (?:and|or|vs\.?|versus)|,) (?P<none>none)(?=(?:,? and|,) {_ONE}| of the (?:patients|subjects|participants)|,? respectively| patients)"
    rf"| (?P<first>none)(?=(?:,? (?:and|vs\.?|versus)|,) {_ONE}(?:,| and| of|$|[.;]))"
)
_NUMERAL = re.compile(pt.CHINESE_NUMERAL)
_CHINESE = re.compile(
    rf"百分之(?P<pct>{pt.CHINESE_NUMERAL}{{1,8}}(?:点{pt.CHINESE_NUMERAL}{{1,4}})?)"
    rf"|(?<!第)(?P<num>{pt.CHINESE_NUMERAL}{{1,12}})(?P<over>[余多])?(?={pt.CHINESE_MEASURE})"
    rf"|(?<!第)(?P<big>[一二两三四五六七八九]{{1,2}}(?:十|百|千)?[万亿])(?![{pt.CHINESE_NUMERAL[1:-1]}])"
)


def _english_words(norm: str) -> list[Quantity]:
    out = []
    for m in starting(_ENGLISH, _ENGLISH_AT, norm):
        value = number_words(m[0])
        if value is not None and not _NOT_A_COUNT.match(norm, m.end()):
            out.append(Quantity(m.start(), m.end(), float(value), None, None, 0, "words", m[0]))
    for m in _NONE.finditer(norm) if " none" in norm else ():
        out.append(Quantity(*m.span(m.lastgroup or 0), 0.0, None, None, 0, "words", "none"))
    return out


def _chinese_words(norm: str) -> list[Quantity]:
    if norm.isascii() or not _NUMERAL.search(norm):
        return []
    out = []
    for m in _CHINESE.finditer(norm):
        if m["pct"]:
            whole, _, part = m["pct"].partition("点")
            value, decimals = chinese_number(whole), len(part)
            if value is not None and part:
                value += sum(pt.CHINESE_DIGITS.get(c, 0) / 10 ** (i + 1) for i, c in enumerate(part))
        else:
            value, decimals = chinese_number(m["num"] or m["big"]), 0
        if value is not None:
            out.append(Quantity(m.start(), m.end(), value, None, None, decimals, "chinese", m[0], None, bool(m["pct"])))
    return out


def _without_overlaps(found: list[Quantity]) -> list[Quantity]:
    out: list[Quantity] = []
    for q in found:
        if not out or q.start >= out[-1].end:
            out.append(q)
    return out
