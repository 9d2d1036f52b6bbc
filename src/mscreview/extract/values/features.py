"""Features of a printed number that tell what it measures: words around it (as classes of cues, both languages),
its unit, spread, connection to its neighbours and place. Topic-free: no disease, drug or outcome is named.

Takes the values of one sentence; gives for each the names of its active features, for `scorer`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice
from string import ascii_letters

from mscreview.extract.values.joins import bridge
from mscreview.extract.values.numbers import TIME_UNIT, Value
from mscreview.text.search import Remembered, words

# One class of words per name; the first class that matches a word wins.
CUES: dict[str, str] = {
    "baseline": r"baseline|before (?:the )?(?:treatment|therapy|intervention)|pre-?treatment"
    r"|pre-?intervention|initial\w*|at (?:study )?(?:entry|inclusion|enrol\w+|start"
    r"|randomi[sz]ation)"
    r"|week 0|day 0|prior to|entry|untreated|began with|starting from|unmedicated"
    r"|wash-?out|run-in|治疗前|基线|术前|入组时|移植前|干预前",
    "final": (
        r"post-?treatment|end-?points?|at the end|end of|study end|final|follow-up|after"
        r"|at (?:week|month|day|year)s?|at \d{1,4} (?:weeks?|months?|days?|years?)|week \d{1,4}"
        r"|month \d{1,4}|\d{1,4} (?:weeks|months)|thereafter|last visit|later|治疗后|术后|随访"
        r"|移植后|干预后|结束时|第\d{1,4}[周天月]"
    ),
    "changenoun": r"changes?|mean change|change from|变化|改变量",
    "gain": r"gain(?:ed|s)?|loss|lost|weight gain",
    "changeverb": r"decreas\w*|increas\w*|reduc\w*|declin\w*|rises?|rose|risen|raised|fell|falls?"
    r"|fallen|drop\w*|improv\w*|lower(?:ed|ing)|elevated|elevations?|diminish\w*"
    r"|chang(?:ed|ing)|grew|worsen\w*|deteriorat\w*"
    r"|升高|增加|上升|提高|降低|下降|减少|改善|缩短|延长",
    "differ": (
        r"differ(?:ence|ences|ed|s|ent|ential)?|between[- ](?:group|treatment|arm)\w*"
        r"|placebo-(?:adjusted|corrected|subtracted|controlled)|relative to"
        r"|adjusted difference|treatment effect|effect size|contrast|superior\w*"
        r"|non-?inferior\w*|margin|差值|差异|组间"
    ),
    "compare": (
        r"compared (?:with|to)|versus|vs\.?|v|than|against|in comparison|respectively"
        r"|分别|相比|比较|高于|低于"
    ),
    "people": (
        r"patients?|subjects?|participants?|women|men|eyes|people|individuals?|cases?"
        r"|recipients?|survivors?|those|of (?:the )?(?:group|arm)|患者|病人|例"
    ),
    "rate": (
        r"rates?|incidences?|proportions?|percentages?|percent|frequenc\w+|prevalence"
        r"|probabilit\w+|surviv\w+|respon[ds]\w*|responders?|achiev\w*|reach\w*"
        r"|experienc\w*|report\w*|occur\w*|develop\w*|events?|adverse|complications?"
        r"|remissions?|recurren\w*|relapses?|mortality|deaths?|died|toxicity|risks?"
        r"|cumulative|success\w*|discontinu\w*|with(?:drew|drawn|drawal)|complet\w*"
        r"|observed in|率|发生|存活|死亡|生存"
    ),
    "mean": r"means?|averages?|averaged|least[- ]squares?|LS|geometric|平均|均值|均数",
    "median": r"medians?|中位\w*",
    "level": (
        r"levels?|scores?|concentrations?|index|indices|scales?|pressures?|values?"
        r"|measure\w*|amounts?|volumes?|counts?|thickness|titers?|doses?|水平|评分|浓度"
        r"|指数|分数|含量"
    ),
    "age": (
        r"ages?|aged|years old|年龄|BMI|body mass index|durations?|gender|sex|male"
        r"|female|demographic\w*|characteristics|history"
    ),
    "target": (
        r"targets?|goals?|thresholds?|defined as|criteria|criterion|inclusion|eligib\w*"
        r"|inadequate\w*|poorly|uncontrolled|target of"
    ),
    "dosing": (
        r"daily|once|twice|bid|tid|qid|q\.?d|b\.?i\.?d|orally|intravenous\w*|oral"
        r"|inject\w*|infus\w*|received?|receiving|treated with|administer\w*|mg|tablets?"
        r"|titrat\w*|drops?|dosages?|regimens?|每日|每次|口服|静脉|注射|给予"
    ),
    "randomised": r"randomi[sz]\w*|assigned|allocated|enrol\w*|recruited|included|eligible|随机|纳入|入选",
    "pvalue": r"[Pp] ?[<>=≤≥]",
    "ci": r"CI|confidence",
    "cost": (
        r"costs?|euros?|dollars?|€|\$|correlat\w*|coefficient|regression|sensitivity"
        r"|specificity|AUC|accuracy|r ?="
    ),
    "similar": (
        r"similar|comparable|unchanged|no (?:significant )?(?:change|difference)|stable"
        r"|not change\w*|相似|相当|无明显"
    ),
    "greater": r"greater|higher|lower|larger|smaller|more|less|fewer|longer|shorter|better|worse",
}
# where a cue can start beside a word: a time in digits, a sign or a Chinese character that opens one
_OTHER_START = re.compile(
    r"\d(?=\d{0,3} [WMwm])|[€$治基术入移干随结第变改升增上提降下减缩延差组分相比高低患病例率发存死生平均中水评浓指含年纳每口静注给无]"
)
# words whose cue may reach beyond the word ("before the treatment", "end-point"); any other is a cue on its own or none
_OPENERS = frozenset(
    """before pre at week day prior began starting wash run post end study follow month last mean change weight between
    placebo relative adjusted treatment effect non compared in of observed least years body target defined q b treated
    bid p r no not vs v with""".split()
)
_ASCII_START = re.compile(r"\d(?=\d{0,3} [WMwm])|\$")
_ABOUT = ("about ", "approximately ", "~ ", "~", "约")
_SIGNS = frozenset("([,;:=/~≈-")
_PREPOSITIONS = frozenset(
    "by to from of was were is are vs vs. versus and or than with at in v for had between averaged reached".split()
)


def features(norm: str, start: int, end: int, section: str, values: Sequence[Value]) -> list[list[str]]:
    """Active features of each of `values`, the free numbers of the sentence `norm[start:end]`, in order."""
    cues = _cues(norm, start, end)
    out = []
    for k, v in enumerate(values):
        around, shape = _words(norm, cues, values, k, start), _shape(v)
        crossed = [f"{shape[0]}&{w}" for w in around if w.startswith(_CROSSED)] if shape[0] == "unit:time" else []
        out.append(around + shape + _place(norm, section, values, k) + crossed)
    return out


def _cues(norm: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """(start, end, class) of the cues in `norm[start:end]`, in order; no cue starts inside a word."""
    out: list[tuple[int, int, str]] = []
    busy = start
    for a, name, length in _possible(norm, start, end):
        if a < busy:
            continue
        b = a + length
        if name == _OPENS or (b < end and (norm[b].isalnum() or norm[b] == "_")):
            found = _OPENED[norm[a:b].lower()].match(norm, a, end)
            if found is None or (norm[a - 1 : a].isalpha() and norm[a - 1].isascii()):
                continue
            name, b = found.lastgroup or "", found.end()
        out.append((a, b, name))
        busy = b
    return out


def _possible(norm: str, start: int, end: int) -> list[tuple[int, str, int]]:
    """Places where a cue can start: start, its class or `_OPENS`, length of the word."""
    printed, starts = words(norm)
    low, high = bisect_left(starts, start), bisect_left(starts, end)
    named = map(_BY_WORD.__getitem__, printed[low:high])
    found = [(starts[low + k], name, len(printed[low + k])) for k, name in enumerate(named) if name]
    pattern = _ASCII_START if norm.isascii() else _OTHER_START
    if other := [(m.start(), _OPENS, 1) for m in pattern.finditer(norm, start, end)]:
        found = sorted(found + other)
    return found


_OPENS = "opens"  # a word that a cue may open with; which, `_OPENED` tells


def _cue(opener: str = "") -> re.Pattern[str]:
    """The cues, or those of them that can start at a word, as one pattern."""
    return re.compile(
        "|".join(
            f"(?P<{name}>(?:{'|'.join(kept)}){'' if name == 'pvalue' else '(?![A-Za-z])'})"
            for name, cues in CUES.items()
            if (kept := [c for c in _CHOICE.split(cues) if _can_open(c, opener)])
        )
        or "(?!)",
        re.I,
    )


_CHOICE = re.compile(r"\|(?![^(]*\))")  # between whole cues, not inside their brackets
_LETTERS = re.compile("[A-Za-z]*")


def _can_open(cue: str, opener: str) -> bool:
    """Whether a match of a cue can start at a word: the cue's own first letters are the word or its beginning."""
    head = _LETTERS.match(cue)[0].lower()  # type: ignore[index]
    if not opener:
        return True
    if not head:
        return cue[0] in "[("
    return opener.startswith(head[:-1] if cue[len(head) : len(head) + 1] == "?" else head)


class _Opened(dict[str, re.Pattern[str]]):
    """The cues that can start at a word of `_OPENERS`; for any other word or sign, all of them."""

    def __missing__(self, word: str) -> re.Pattern[str]:
        return _CUE


_CUE = _cue()
_OPENED = _Opened({word: _cue(word) for word in _OPENERS})


def _cue_of(word: str) -> str:
    """Class of a cue that is this word, `_OPENS`, or ''."""
    small = word.lower()
    if small in _OPENERS:
        return _OPENS
    found = _CUE.fullmatch(small)
    return (found.lastgroup or "") if found else ""


_BY_WORD = Remembered(_cue_of)


# cues whose meaning depends on the unit: "reduced by 25%" of people or of a level, a median of months or of grams
_CROSSED = ("last0:", "l0:median", "l1:median", "l2:median", "l1:mean", "l2:mean", "r0:people", "tail:")
_REACH = 800


def _words(norm: str, cues: list[tuple[int, int, str]], values: Sequence[Value], k: int, start: int) -> list[str]:
    v = values[k]
    out: dict[str, None] = {}  # in the order met, so that sums of weights come out the same each time
    last = {}
    first = bisect_left(cues, (v.start - _REACH, 0, ""))
    for a, b, name in islice(cues, first, None):
        if a > v.stop + _REACH:
            break
        if b <= v.start:
            last[name] = b
        elif a >= v.stop:
            gap = a - v.stop
            out[("r0:" if gap <= 12 else "r1:" if gap <= 45 else "r2:") + name] = None
    for name, b in last.items():
        gap = v.start - b
        out[("l0:" if gap <= 12 else "l1:" if gap <= 45 else "l2:") + name] = None
    kept = sorted((n for n in last if n in _MEANINGFUL), key=lambda n: -last[n])
    out |= {f"last{i}:{n}": None for i, n in enumerate(kept[:2])}
    if word := _word_before(norm[max(start, v.start - 24) : v.start]):
        out["tail:" + (word if len(word) == 1 or word in _PREPOSITIONS else "word")] = None
        if word in _PREPOSITIONS and kept:
            out[f"tail:{word}&{kept[0]}"] = None
    return list(out)


def _word_before(left: str) -> str:
    """The word, Chinese character or sign at the end of a stretch, an "about" behind it passed over; '' for none."""
    about = next((word for word in _ABOUT if left.endswith(word)), "")
    left = left.removesuffix(about).removesuffix(" ")
    bare = left.removesuffix(".")
    if word := bare[len(bare.rstrip(ascii_letters)) :]:
        return left[len(bare) - len(word) :].lower()
    last = left[-1:]
    return last if last in _SIGNS or "一" <= last <= "鿿" else ""


_MEANINGFUL = frozenset(
    "baseline final changenoun gain changeverb differ people rate mean median level age target dosing cost".split()
)


def _shape(v: Value) -> list[str]:
    unit = (
        "pct"
        if v.unit.startswith(("%", "per"))
        else "time"
        if TIME_UNIT.search(v.unit)
        else "rate"
        if "/" in v.unit
        else "unit"
        if v.unit
        else "none"
    )
    out = ["unit:" + unit, f"dec:{min(v.decimals, 2)}", f"unit:{unit}&dec:{min(v.decimals, 1)}"]
    if _WEIGHED.match(v.unit):
        out.append("unit:weighed")
    if v.value < 0:
        out.append("negative")
    if abs(v.value) > 100:
        out.append("big")
    if v.spread:
        out.append("spread:" + (v.spread.kind or "interval"))
    return out


_WEIGHED = re.compile(r"(?:mg|g|μg|µg|mcg|IU|U|units?|mL|ml)$")
_P_BEHIND = re.compile(r"[ \])]*[,;]? ?\(?[Pp] ?[<>=]")


def _place(norm: str, section: str, values: Sequence[Value], k: int) -> list[str]:
    v = values[k]
    out = ["section:" + section, f"nth:{min(k, 3)}", f"of:{min(len(values), 5)}"]
    if k:
        out.append("prev:" + bridge(norm, values[k - 1], v))
    if k + 1 < len(values):
        out.append("next:" + bridge(norm, v, values[k + 1]))
    if _P_BEHIND.match(norm, v.stop, v.stop + 12):
        out.append("then:p")
    if norm.startswith((" of ", "of "), v.stop):
        out.append("then:of")
    open_at = norm.rfind("(", max(0, v.start - 60), v.start)
    if open_at >= 0 and norm.find(")", open_at, v.start) < 0:
        out.append("bracketed")
    return out
