"""What a p-value tests: two arms, an arm against its own start, or something else; and the levels that are no results.

Takes the normal form and where a p-value stands; gives a word for `Fact.comparator`. Part of `pvalues`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mscreview.extract.model import Context
from mscreview.text.patterns import PEOPLE

# what an arm was like before: its start, or the treatment it had until then
_EARLIER = r"(?:baseline|before|pre-?treatment|initial|(?:previous|prior|earlier|former) (?:\w+ ){0,2}(?:therap|treat|regim|medic|drug))"
_WITHIN = re.compile(
    r"(?:vs\.?|versus|from|compared (?:with|to)|than|against|relative to"
    rf"|over) (?:(?:the|at|its|their|with|on|during) )*(?:untreated )?{_EARLIER}"
    r"|within[- ](?:the )?(?:group|arm|treatment)|与(?:治疗前|基线|术前)|(?:较|比)(?:治疗前|基线|术前)|治疗前后|组内",
    re.I,
)
_WITHIN_HINTS = ("baseline", "before", "treat", "initial", "therap", "regim", "medic", "drug", "within",
                 "治疗前", "基线", "术前", "组内")  # fmt: skip
# "the fall from baseline was greater with X than Y (P = .02)": the changes of two arms
_CHANGES_COMPARED = re.compile(
    r"\b(?:greater|larger|smaller|higher|lower|better|worse|more|less|fewer)\b[^.;]{0,90}\b(?:than|compared (?:with|to)|versus|relative to)\b"
    rf"(?! (?:(?:the|at|its|their|with|on|during) )*{_EARLIER})"
    r"|\b(?:greater|larger|smaller|bigger|better|more|less)\b (?:[a-z]+[ -]){0,4}?(?:reduction|decrease|increase|improvement|change|fall|rise|gain|loss)\b"
    r"|\bdifferences? between\b|\bbetween[- ](?:groups?|arms?|treatments?)\b|\bplacebo-(?:corrected|adjusted|subtracted)\b",
    re.I,
)
_CHANGES_HINTS = ("greater", "larger", "smaller", "bigger", "higher", "lower", "better", "worse", "more", "less", "fewer",
                  "between", "placebo-")  # fmt: skip
_BETWEEN_WORDS = ("between", "versus", "compared with", "compared to", "than", "differen", "respectively", "group", "arm",
                  "relative to", "对照组", "组间", "两组")  # fmt: skip
_BETWEEN = re.compile(
    r"\bvs?\b|\b(?:similar|comparable|equivalent|equal) (?:proportion|number|rate|percentage|frequenc|incidence)"
)


# tests of something else than an effect, by the words right in front of the p-value or inside it ("P for trend")
_OTHER_TESTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("interaction", re.compile(r"\binteractions?\b|\bp-int\b|交互作用", re.I)),
    ("heterogeneity", re.compile(r"\bheterogene(?:ity|ous)\b|异质性", re.I)),
    ("trend", re.compile(r"\b(?:for|test of|linear) trend|\bp-? ?trend|趋势检验", re.I)),
    ("non-inferiority", re.compile(r"\bnon-? ?inferior(?:ity)?\b|非劣效", re.I)),
    (
        "correlation",
        re.compile(
            r"\b(?:correlat(?:ed?|es|ions?)|(?:predict(?:s|ed|ors?|ive)|independently associated)"
            r"|(?:Pearson|Spearman)\b.{0,20}\b(?:r|rho))\b|(?<![A-Za-z])[rR] ?= ?-? ?0?\.\d|相关(?!的?不良|并发)",
            re.I,
        ),
    ),
)
# one of these stands wherever a test of the table is named: cheap to ask first
_OTHER_HINTS = ("interact", "p-int", "heterogen", "trend", "inferior", "correlat", "predict", "independently", "r =", "r=",
                "pearson", "spearman", "交互", "异质", "趋势", "非劣", "相关")  # fmt: skip
_BASELINE_HINTS = ("baseline", "pretreatment", "pre-treatment", "entry", "enrol", "randomi", "基线", "治疗前")
# arms alike before treatment: "Baseline scores were 61 and 60 (P = .85)", "did not differ at baseline (p = .3)"
_OF_BASELINE = re.compile(
    r"^(?: ?[A-Z]{4,}:? )?(?:the |mean |median |their |demographic(?:s| data)? and )*(?:baseline|pre-?treatment)\b"
    r"(?! (?:to|and (?:after|at|final|end|week|month)|in|with|of)\b)|^[^,。]{0,20}(?:基线|治疗前)",
    re.I,
)
_LATER = re.compile(
    r"\b(?:from|versus|vs\.?|than|with|to) (?:the )?(?:baseline|before)|\b(?:after|end ?-?point|follow-?up|final)\b|\b(?:decreas|increas"
    r"|reduc|chang|improv)|\b(?:at|by) (?:the )?(?:end|\d+ ?-?[wmdyh]|week|month|day|year)|治疗后|后",
    re.I,
)
_SAME = r"(?:similar|comparable|balanced|matched|equivalent|\bdiffer)"
_ALIKE = re.compile(rf"{_SAME}|无(?:明显|显著|统计学)|可比|差异", re.I)
_ALIKE_AT_BASELINE = re.compile(
    rf"{_SAME}[^.;,]{{0,60}}\bat (?:the )?(?:baseline|entry|enrol?lment|randomi[sz]ation)\b"
    rf"|\bat (?:the )?(?:baseline|entry|enrol?lment|randomi[sz]ation)\b[^.;(]{{0,60}}{_SAME}",
    re.I,
)
# "mean scores at baseline were 61 and 60 (P = .85)", "with a baseline weight of 61 and 60 kg (P = .85)"
_GIVEN_AT_BASELINE = re.compile(
    r"\bat (?:the )?(?:baseline|entry|enrol?lment),? (?:was|were) [-\d]|\bbaseline (?:[a-z]\w*[ -]){0,4}(?:was|were|=|of|:) ?[-\d]",
    re.I,
)
_COMPARED = re.compile(r"\bbetween\b|respectively|\bvs\b|versus|\band\b|与|和", re.I)
_PHRASE_ENDS = re.compile(r"[.;。)\]]")
_SUBGROUP = re.compile(r"\bsub-?(?:groups?|sets?|populations?)\b", re.I)
_CLAUSE_ENDS = re.compile("[.;。] (?<![<>=]..)(?<![<>=] ..)")
_SENTENCE_ENDS = re.compile(r"\. (?=[A-Z])|。")
_THRESHOLD = re.compile(
    r"^[^.;。()]{0,40}?\b(?:(?:considered|regarded|defined|accepted|deemed|taken|used|set|chosen)\b[^.;。]{0,30}\bsignifican"
    r"|(?:indicat|denot)(?:ed|es|ing) (?:statistical )?significan)|^ ?(?:为|时|表示|认为)[^。;,]{0,14}(?:意义|显著)",
    re.I,
)
_LEVEL_OF = re.compile(
    r"\b(?:significance|alpha|level)\b[^.;。()]{0,40}\b(?:set|defined|accepted|considered|taken|assumed|established|fixed)\b"
    r"[^.;。()]{0,20}$|检验水准[^。;]{0,10}$",
    re.I,
)
# "patients who reached the target and those who did not": people told apart by what became of them
_OF_PATIENTS = re.compile(
    r"\b(?:vs\.?|versus|than|and|compared (?:with|to)|or) (?:in |for |with |that of |the )?those (?:who (?:did|were|had|could)|not\b|without\b)",
    re.I,
)
# "72 were included: 34 and 38 (P = .14)": how large the groups are
_SIZES = re.compile(
    r"\b(?:included|enrolled|randomi[sz]ed|recruited|assigned|allocated|analy[sz]ed|entered)\b[^.;()]{0,40}"
    rf"\b\d+ (?:and|vs\.?|versus) \d+(?: {PEOPLE})? ?[\[(]?$",
    re.I,
)
_SIZE_HINTS = ("includ", "enrol", "random", "recruit", "assign", "allocat", "analy", "entered")
_BOTH_MOVED = re.compile(
    r"\b(?:both|all) (?:\w+[ -]){0,5}?(?:significantly )?(?:reduc|lower|decreas|increas|improv|declin|rose|fell|dropp|gain|lost)[a-z]*"
    r"(?! (?:in|with|for|by|on) )",
    re.I,
)
_COMPARATIVE = re.compile(
    r"\b(?:greater|larger|smaller|higher|lower|better|worse|more|less|fewer|longer|shorter|rarer|commoner)\b[^.;]{0,14}"
    r"\b(?:with|in|on|for|among) (?:the )?$",
    re.I,
)
_FROM_TO = re.compile(r"\bfrom [-+]?\d[^;]{0,40}\bto [-+]?\d[^;]{0,30}$", re.I)
_BRACKETS = re.compile(r"[()\[\]]")
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?! ?-? ?(?:\w+ )?(?:weeks?|months?|days?|years?|hours?|h\b|mg\b|min\b|time|visits?))"
)


def is_threshold(norm: str, start: int, end: int) -> bool:
    """Whether the p-value is the level of significance chosen beforehand ("P < .05 was considered significant")."""
    after, before = norm[end : end + 90], norm[max(0, start - 90) : start]
    if _any_of(("ignifican", "意义", "显著"), after) and _THRESHOLD.match(after):
        return True
    return _any_of(("significance", "alpha", "level", "水准"), before.lower()) and bool(_LEVEL_OF.search(before))


def comparison(context: Context, start: int, end: int, floor: int) -> str:
    """What the words around `norm[start:end]` say is tested (see `pvalues`); '' when they do not.

    `floor` is where the p-value before it ends: names and numbers in front of that are of another test.
    """
    norm = context.norm
    left = _clause_before(norm[max(0, start - 160) : start])
    right = _PHRASE_ENDS.split(norm[end : end + 40], maxsplit=1)[0]
    return (
        _other_test(left[-60:].rsplit(")", 1)[-1] + norm[start:end] + right)
        or _of_people(context, left, start)
        or _of_courses(context, max(floor, start - 200), start)
        or _of_arms(context, left, right, start)
        or _by_names(context, max(floor, start - 160), start)
    )


def _other_test(near: str) -> str:
    """The test of something else than an effect that the words beside a p-value name."""
    if not _any_of(_OTHER_HINTS, near.lower()):
        return ""
    return next((name for name, words in _OTHER_TESTS if words.search(near)), "")


def _of_people(context: Context, left: str, start: int) -> str:
    """Whether it is people that are told apart: by what became of them, before treatment, or by a subgroup."""
    told = left.lower()
    apart = _OF_PATIENTS.search(left) if "those" in told else None
    if apart and not context.mentions_in(context.norm.rfind(apart[0], 0, start) + len(apart[0]), start):
        return "subgroup"
    before = context.norm[max(0, start - 300) : start]
    if _any_of(_BASELINE_HINTS, before.lower()) and _before_treatment(_SENTENCE_ENDS.split(before)[-1]):
        return "at baseline"
    if _any_of(_SIZE_HINTS, told) and _SIZES.search(left):
        return "at baseline"
    return "subgroup" if ("sub" in told and _SUBGROUP.search(left)) or "亚组" in left else ""


def _of_arms(context: Context, left: str, right: str, start: int) -> str:
    """Whether words in front of a p-value or behind it compare two arms, or one with its own start."""
    told, after = left.lower(), right.lower()
    if _any_of(_WITHIN_HINTS, after) and _WITHIN.search(right):
        return "baseline"
    if _any_of(_CHANGES_HINTS, told) and _CHANGES_COMPARED.search(left):
        return "between"
    if _any_of(_WITHIN_HINTS, told) and _WITHIN.search(left):
        return "between" if _bracket_of_arms(context, start) else "baseline"
    return "between" if any(_any_of(_BETWEEN_WORDS, w) or _BETWEEN.search(w) for w in (told, after)) else ""


_NUM = r"[-+]?\d[\d.]*"
# a value that moved: "from 27 ± 3 mmHg to 20", "27 at baseline and 20 at week 6", "(27 ± 3 to 20 ± 2"
_COURSE = re.compile(
    rf"\bfrom {_NUM}[^;]{{0,40}}?\bto {_NUM}|(?<![\d.]){_NUM}[^;,]{{0,25}} (?:at baseline|before [^;,\d]{{0,20}}),? (?:and|to) {_NUM}"
    rf"|\({_NUM} ?± ?[\d.]+[^();]{{0,12}} to {_NUM} ?±",
    re.I,
)
_UNCHANGED = re.compile(r"\b(?:not (?:significantly )?changed?|unchanged|unaltered)\b[^.;]{0,60}\(" + _NUM, re.I)
_AGAINST_START = re.compile(rf"^(?:[A-Z]+:? )?[Cc]ompared (?:with|to) (?:the )?{_EARLIER}")
_VERSUS = re.compile(r"\bvs\b|\bversus\b")
_OTHER_ARM = re.compile(r"\b(?:than|between|differ\w*|compar\w+|placebo-\w+)\b", re.I)


def _of_courses(context: Context, low: int, start: int) -> str:
    """One arm's way ("from 27 to 20 in the X group", "did not change with X (3.1 vs 3.2") or two told one behind the other."""
    sentence = context.sentence_at(start)
    first = sentence.start if sentence else low
    if _AGAINST_START.match(context.norm, first, start):
        return "baseline"
    own = context.norm[max(low, first) : start]
    if _any_of(("from", "baseline", "before", " to ", "change", "unaltered"), own.lower()) and not _OTHER_ARM.search(
        own
    ):
        arms = {m.arm for m in context.mentions_in(max(low, first), start)}
        opened = _open_bracket(own)
        courses = len(_COURSE.findall(own, opened)) if opened >= 0 else 0
        if courses:
            return "" if _VERSUS.search(own, opened) else "baseline"
        courses = len(_COURSE.findall(own))
        if courses > 1:
            return "between" if len(arms) != 1 else ""
        if len(arms) < 2 and (courses or _UNCHANGED.search(own)):
            return "baseline"
    return ""


def _any_of(hints: Sequence[str], words: str) -> bool:
    return any(hint in words for hint in hints)


def _by_names(context: Context, low: int, start: int) -> str:
    """Where no word tells the test: two arms with a number each, one arm that is "lower", or one that went "from ... to"."""
    sentence = context.sentence_at(start)
    first = sentence.start if sentence else 0
    low = max(low, first)
    own = context.norm[low:start]
    if _BOTH_MOVED.search(own):
        return "baseline"
    names = context.mentions_in(low, start)
    if len({m.arm for m in names}) > 1:
        sizes = {m.start - 1 for m in names}  # "78 placebo and 75 active patients"
        numbers = [m.end() + low for m in _NUMBER.finditer(own) if m.end() + low not in sizes]
        return "between" if len(numbers) > 1 and names[-1].start >= numbers[0] else ""
    lower = any(_COMPARATIVE.search(context.norm, max(low, m.start - 30), m.start) for m in names)
    if lower and not _WITHIN.search(context.norm, max(first, low - 200), start):
        return "between"
    return "baseline" if _FROM_TO.search(own) else ""


def _bracket_of_arms(context: Context, start: int) -> bool:
    """ "(heat: 4.1; cold: 3.9; P = .4)": the bracket a p-value closes gives two arms, whatever the words in front of it."""
    opened = _open_bracket(context.norm[max(0, start - 120) : start])
    return opened >= 0 and len({m.arm for m in context.mentions_in(max(0, start - 120) + opened, start)}) > 1


def _clause_before(left: str) -> str:
    """The clause a p-value closes; a semicolon inside its own bracket, or right before it, ends nothing: "24 vs 31; P = .02"."""
    opened = _open_bracket(left)
    opened = opened if opened >= 0 else len(left)
    parts = [part for part in _CLAUSE_ENDS.split(left[:opened]) if part.strip()]
    return (parts[-1] if parts else "") + left[opened:]


def _open_bracket(left: str) -> int:
    """Where the innermost bracket opens that is not closed again; -1 where none is."""
    opened: list[int] = []
    for m in _BRACKETS.finditer(left):
        if m[0] in "([":
            opened.append(m.start())
        elif opened:
            opened.pop()
    return opened[-1] if opened else -1


def _before_treatment(sentence: str) -> bool:
    """Whether the words in front of a p-value compare arms before treatment and nothing later."""
    if _LATER.search(sentence):
        return False
    given = _OF_BASELINE.search(sentence) or _GIVEN_AT_BASELINE.search(sentence)
    told = given and (_ALIKE.search(sentence) or _COMPARED.search(sentence))
    return bool(told or _ALIKE_AT_BASELINE.search(sentence))
