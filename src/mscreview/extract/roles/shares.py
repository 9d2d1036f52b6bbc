"""Percentages that the words around them make shares of people: "41% of the X group", "the prevalence fell to 9%".

Takes the normal form and the place of a percentage; asked by `counts` and `values`, for what the learned roles are unsure of.
"""

from __future__ import annotations

import re

from mscreview.extract.effects.intervals import confidence_intervals
from mscreview.extract.model import Context
from mscreview.text.patterns import PEOPLE

_SHARE_OF = re.compile(
    r" of (?:the |those in the )?(?:[\w.+/-]+ ){1,4}?(?:groups?|arms?)\b"
    rf"| of (?:those|(?:the )?{PEOPLE}) (?:given|on|in the|receiving|taking|assigned|treated with|randomi[sz]ed to)\b"
)
_DONE = re.compile(r" (?:\w+ )?(?:sessions|doses|days|nights|time|visits|treatments?|infusions|cycles|effects?)\b")


# "39% on the X arm and 34% on the Y arm reported"
_REPORTED = re.compile(
    r" (?:groups?|arms?)(?: and [\d.]+ ?% (?:on|in) the (?:[\w-]+ ){1,3}(?:group|arm))? (?:reported|had|experienced|developed|achieved)\b"
)
_OCCURRED_IN = re.compile(
    r"\b(?:occurred|observed|seen|found|noted|recorded|reached|achieved|developed|detected|reported) (?:in|by) $"
)


def is_surely_share(context: Context, start: int, end: int) -> bool:
    """ "was seen in 41% of the X group", "26 of 224 (11.6%)", "more X patients (41%) than", "grade 3 pain (41%)"."""
    norm = context.norm
    if _OCCURRED_IN.search(norm, max(0, start - 24), start) is not None and is_share(context, end):
        return True
    if not norm.endswith(("(", "[", "; ", ", "), 0, start):
        return False
    words = norm[max(0, start - _LED_BY) : start]
    if (of := _FRACTION.search(words)) is not None:
        number = re.match(r"\d+(?:\.(\d+))?", norm[start:end])
        return number is not None and rounds_to(
            int(of["part"]), int(of["whole"]), float(number[0]), len(number[1] or "")
        )
    return _MORE_PEOPLE.search(words) is not None


_LED_BY = 60
_FRACTION = re.compile(
    r"(?<![\d.,/])(?P<part>\d+)(?:/| (?:out )?of (?:the )?)(?P<whole>\d+)\b(?: [\w-]+){0,3}(?: ?[(\[]|[;,] )$"
)
_MORE_PEOPLE = re.compile(
    rf"\b(?:(?:[Mm]ore|[Ff]ewer|than) (?:[\w-]+ ){{1,2}}{PEOPLE}|[Gg]rade \d(?:(?:-|/| or )\d)? (?:[\w-]+ ){{0,2}}[\w-]+) [(\[]$"
)


def rounds_to(count: float, whole: float, share: float, decimals: int) -> bool:
    """Whether `count` of `whole` is a share in per cent to its last printed digit: 26 of 224 are 11.6%."""
    return whole > 0 and abs(100 * count / whole - share) <= 0.51 * 10.0**-decimals


def is_share(context: Context, end: int) -> bool:
    """Whether a percentage that ends there is printed as one of an arm's people: "41% of the 0.5-mg group", "56% of controls"."""
    norm = context.norm
    if not norm.startswith((" of ", " on the ", " in the "), end):
        return False
    arm = next(iter(context.mentions_in(end, end + 9)), None)
    beside = arm is not None and norm[end : arm.start] in (" of ", " of the ") and not _DONE.match(norm, arm.end)
    if arm is not None and norm[end : arm.start] in (" on the ", " in the "):
        return _REPORTED.match(norm, arm.end) is not None
    return beside or _SHARE_OF.match(norm, end) is not None


# "the prevalence declined from 32% to 9%", "percentages of patients who were improved were 32% and 41%"
_LED_AS_SHARE = re.compile(
    r"\b(?:prevalences?|incidences?|risks? of [^.;,\d]{2,50}(?: at \d+ \w+)? (?:was|were)|(?:percentages?|proportions?) of (?!change|reduction|time|days?\b)[^.;,\d]{2,60})\b(?:[^.;]|\.\d)*$",
    re.I,
)
_OF_ANOTHER_KIND = re.compile(
    r"\b(?:reductions?|decreases?|increases?|relative|differences?|means?|medians?|changes?|confidence|CI|scores?|baseline of)\b|(?:\bby (?:about )?|[<>=≤≥] ?|\bthan |\bleast )$",
    re.I,
)
_A_CHANGE = re.compile(r"[\d.]+ ?% (?:\w+ )?(?:reduction|decrease|increase|change|decline|improvement|lower|higher)")
_SHARE_WORDS = ("revalence", "ncidence", "ercentage", "roportion", "isk of ", "isks of ")
_LED_REACH, _NEAR = 240, 60
# "had to be doubled in 29%, 44% and 31%": nothing measured is so many per cent in an arm
_PER_CENTS = r"(?:\d[\d.]* ?%(?:, |,? and |,? or | vs\.? | versus ))*"
_BEFELL_IN = re.compile(
    rf"\b(?:(?!result|chang|differ|vari)[a-z]{{3,}}ed|seen|found|present|common|was|were) in (?:only )?{_PER_CENTS}$"
    rf"|\b(?:reported|experienced|noted|reached|achieved) by (?:only )?{_PER_CENTS}$"
)
_AND_ANOTHER = re.compile(
    r"\d[\d.]* ?%(?: ?\(\d+/\d+\))?(?:,|,? and|,? or| vs\.?| versus) \d[\d.]* ?%|\d[\d.]* ?%[.;,]"
)


def led_as_share(norm: str, start: int) -> bool:
    """Whether the clause says in front of a percentage that it is a share of people: "the prevalence fell to 9%"."""
    if is_of_occurred(norm, start):
        return True
    words = norm[max(0, start - _LED_REACH) : start]
    if _AND_ANOTHER.match(norm, start) and _BEFELL_IN.search(words[-_NEAR:]):
        return True
    if not any(word in words for word in _SHARE_WORDS) or not (led := _LED_AS_SHARE.search(words)):
        return False
    return _OF_ANOTHER_KIND.search(words, led.start()) is None and _A_CHANGE.match(norm, start) is None


def has_interval(context: Context, start: int, end: int) -> bool:
    """Whether a percentage has a confidence interval of its own, and is named no effect or change: "64% (95% CI 52 to 75)"."""
    norm = context.norm
    if not any(i.estimate_start == start and not i.measure for i in confidence_intervals(norm)):
        return False
    if _CHANGED_BY.search(norm, max(0, start - _CALLED_EARLIER), start):
        return False
    before, behind = norm[max(0, start - _CALLED) : start], norm[end : end + _CALLED]
    return _CALLED_A_CHANGE.search(before) is None and _CALLED_A_CHANGE.search(behind) is None


_CALLED, _CALLED_EARLIER = 30, 120
# "density rose by 4% (95% CI ...) with X, 3% (95% CI ...) with Y"
_CHANGED_BY = re.compile(
    r"\b(?:increas|decreas|reduc|declin|improv|fell|fallen|rose|risen|chang)\w*\b(?:[^.;\d]|\d(?= (?:week|month)s )){0,40} by [-+]?\d(?:[^.;]|\.\d)*$"
)
_CALLED_A_CHANGE = re.compile(
    r"\b(?:reduc|decreas|increas|declin|improve|lower|higher|greater|less|more|fewer|longer|differ|effect|change|gain|los[st])",
    re.I,
)

# "developed in 9%, 12% and 15% in group A and 25%"
_SHARES = r"(?:\d[\d.]* ?%(?: (?:in|of|on|with) (?:the )?(?:[\w+-]+ ){0,2}[\w+-]+)?(?:, and |, | and ))*"
_OCCURRED_LIST = re.compile(rf"\b(?:occurred|observed|developed|seen|found|noted|reported) in (?:about )?{_SHARES}$")


def is_of_occurred(norm: str, start: int) -> bool:
    """Whether a percentage is one of a list of those something "developed in"."""
    led = _OCCURRED_LIST.search(norm, max(0, start - _LIST_REACH), start)
    return led is not None and bool("%" in led[0] or _MORE_SHARES.match(norm, start))


_LIST_REACH = 100
_MORE_SHARES = re.compile(r"[\d.]+ ?%(?:,| and) \d[\d.]* ?%")
_FROM = re.compile(
    r"\b(?!rang|vari|span)[a-z]+ed from $|\b(?:fell|rose|dropped|went (?:up|down)) from $|(?:\band|,) from $|\bagainst $",
    re.I,
)
_OF_A_RISK = re.compile(
    r"\b(?:risks?|(?<![Hh]eart )(?<!respiratory )(?<![Pp]ulse )(?<!filtration )rates?|mortality|recurrences?|use) (?:of |for |in )?[^.;,\d]{0,60}$"
)


def led_from(norm: str, start: int) -> bool:
    """Whether "a% to b%" tells two shares of people, the earlier and the later: "the prevalence fell from 41% to 13%"."""
    if _FROM.search(norm, max(0, start - 24), start) is None:
        return False
    return led_as_share(norm, start) or _OF_A_RISK.search(norm, max(0, start - 90), start) is not None


# "mean adherence was 91%, 95% and 84%", "FEV1 was 49% and 51% of the predicted value": a measure printed in per cent
_OF_ARM = r"(?: (?:in|with|for|among|on|by|of|after) (?:the )?(?:[\w+-]+ ){0,3}[\w+-]+)?"
LISTED = rf"(?:[-+]?\d[\d.]* ?%?(?: from baseline)?{_OF_ARM}(?:,|,? (?:and|vs\.?|versus|compared (?:with|to)|but|while|whereas)) (?:only )?)*"
_AS_MEASURE = re.compile(
    rf"\b(?:(?:mean|average)\b (?!age\b)(?:\d-(?:year|month|week|day) )?[^.;:,\d]{{0,80}}?(?:\b(?:was|were|of|averaged|is)|=|:)|averaged|\bscores?(?: values?)? (?:was|were|of|(?:increas|decreas|improv|declin|dropp)ed to|(?:rose|fell) to))(?: (?:about|approximately|only))? {LISTED}$"
    rf"|[(](?:mean|average) [^.;:,()\d]{{0,40}}{LISTED}$",
    re.I,
)
# "HbA1c was 7.4% and 7.6%": printed in per cent, never a share of people
_IN_PER_CENT = re.compile(
    r"\b(?:(?:Hb)?A1[cC]?|[Hh]a?ematocrit|(?:[Ee]jection|[Ss]hortening) fraction|[Oo]xygen saturation)(?: levels?| values?)?(?: \([^()]{1,20}\))?"
    rf"(?: (?:at|after|on) [^.;:,()]{{2,24}})? (?:was|were|averaged) (?:about |only )?{LISTED}$"
)
_PER_CENT_WORDS = ("A1", "ematocrit", " fraction", "aturation")
_OF_A_WHOLE = re.compile(
    r"(?: ?%?(?:,|,? (?:and|or|vs\.?|versus)) [\d.]+){0,4} ?%? (?:predicted\b|of (?:the |their |total |daily |all ){0,3}"
    r"(?:predicted|normal\b|baseline|energy|calor|days|nights|sessions|time\b|(?:planned|prescribed|recommended|intended|maximum|maximal|preoperative|pretreatment|initial|expected) [a-z]))"
)


def is_measured(norm: str, start: int, end: int) -> bool:
    """Whether the words around a percentage make it a measure of something, no share of people."""
    words = norm[max(0, start - _LED_REACH) : start]
    if ("ean" in words or "verage" in words or "score" in words) and _AS_MEASURE.search(words):
        return True
    if any(word in words for word in _PER_CENT_WORDS) and not any(word in words for word in _SHARE_WORDS):
        return _IN_PER_CENT.search(words) is not None or _OF_A_WHOLE.match(norm, end) is not None
    return _OF_A_WHOLE.match(norm, end) is not None
