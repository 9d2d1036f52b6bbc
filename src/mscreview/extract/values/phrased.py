"""Is a number a baseline, a result, a change or a difference? What the phrase it closes says, whatever its learned class.

"a mean reduction from baseline of 6.1" is a change, "fell from 8.6 to 7.2" a baseline and a result, "71.2 at baseline and
66.4 on X" as well. `settled` takes the numbers of a sentence with their classes and gives the classes anew, as part of
`measured`; what no phrase tells keeps its class.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mscreview.extract.roles.shares import LISTED, is_measured, led_as_share
from mscreview.extract.values.joins import goes_on, listed
from mscreview.extract.values.moved import AT_A_TIME, NAMED, is_amount_of_change, is_changed_by
from mscreview.extract.values.numbers import RATE, TIME_UNIT, Value
from mscreview.extract.values.starts import AT_BASELINE, MEANS, MOVED, OPEN, from_to, is_later, through_time

_TOLD_BY = MEANS | {"difference"}
_CHANGES = frozenset({"change", "relative"})
_NO_CHANGE = frozenset({"other", "percent", "events", "baseline", "final"})
_MAYBE_SHARE = frozenset({"other", "baseline", "final", "relative"})
_OPENED = ("(", "[", "mean ", "average ")
_REACH = 150
_LINK = r"(?:was|were|is|of|averaged|=|:)(?: (?:about|approximately|only))? ?[\[(]?$"
_LINKS = ("was", "were", "is", "of", "averaged", "=", ":", "about", "approximately", "only")
_CHANGE = r"(?:changes?|reductions?|decreases?|increases?|declines?|improvements?|gains?|(?<!blood )loss(?:es)?|(?:falls?|rises?|drops?)(?= (?:in|of|from)\b))"
_CHANGED = re.compile(rf"\b{_CHANGE}\b(?P<of>(?:[^.;,\d()\[\]]|{NAMED}|{AT_A_TIME}){{0,70}}?) ?{_LINK}", re.I)
_MEAN_CHANGE = re.compile(
    rf"\b(?:mean|average)(?: \([^()]{{1,12}}\))? (?:{_CHANGE}|fall|rise|drop) (?:in|of|from)\b(?:[^.;,\d()\[\]]|{NAMED}){{0,60}} ?{_LINK}",
    re.I,
)
_FROM_THE_START = re.compile(r" (?:above|below|over) (?:the )?baseline\b")  # "0.11 L above baseline"
# "a 5.1-point increase"
_CHANGE_BEHIND = re.compile(
    r"[ -](?:points?|units?|kg|mm ?Hg|letters?|lines?|cm|mm|g|log)[ -](?:\w+ )?(?:change|reduction|decrease|increase|decline|improvement|gain|loss)\b"
)
# "the gain was smaller with X (1.2 vs. 2.7)"
_CHANGES_COMPARED = re.compile(
    rf"\b(?:(?:mean|average) {_CHANGE} (?:in|of|from)|(?:greater|larger|smaller|less|lower|higher|similar) (?:[\w-]+ ){{0,2}}{_CHANGE})\b"
    rf"(?:[^.;,\d()\[\]]|{NAMED}){{0,110}}[(\[](?:mean |average )?$",
    re.I,
)
# "initial scores were 25.4 and 25.2", "baseline scores were similar (X: 25.4; Y: 25.2)"
_STARTED = re.compile(
    r"\b(?:baseline|initial|pre-?(?:treatment|operative))\b(?![^.;]* (?:to|from)\b)[^.;,\d]{0,60}\b(?:(?:was|were|averaged|of|been)"
    r"|(?:was|were) (?:similar|comparable|alike|the same|equal|not different)[^.;,\d]{0,40}\((?:[\w-]+ ?){0,3}[,:=]?) $",
    re.I,
)
_BETWEEN = re.compile(r"\b(?:differ\w*|between|net|placebo|relative|compared|adjusted|than|versus|vs)\b", re.I)
# "a reduction from a baseline of 25": the number is the start
_FROM_A_BASELINE = re.compile(
    r"\bfrom (?:(?:an?|the|its|their|overall|mean) )+[\w -]{0,20}$|\bbaseline[\w ]* of ?$", re.I
)
# "was increased compared with the control group [36 ± 4 vs"
_AGAINST_OTHERS = re.compile(
    r"\b(?:was|were) (?:\w+ly )?(?:increased|decreased|reduced|elevated|improved|raised|lowered)(?: (?:at|after) \d+ \w+)? compared (?:with|to) [^.;,()\[\]\d]{2,40}[(\[]{1,2}$"
    r"|\b(?:higher|lower|greater|smaller|shorter|longer) than (?:those|that) (?:in|of) [^.;,()\[\]\d]{2,40}[(\[]{1,2}$"
)
_DIFFERENCE = re.compile(
    rf"\b(?:differences?(?: \([^()]{{3,40}}\))? (?:in(?! comparison)|between|of)|(?:net|placebo-?(?:controlled|corrected|subtracted|adjusted)))\b(?:[^.;,\d()\[\]]|{NAMED}){{0,90}} ?{_LINK}",
    re.I,
)
_MOVED_TO = re.compile(rf"\b{MOVED}(?:[^.;\d]|{NAMED}){{0,40}} to (?:an? )?(?:mean |average )?(?:of )?$", re.I)
# "the change in the score was not different between groups (-2.8 vs -6.1)"
_CHANGES_ALIKE = re.compile(
    r"\b[Cc]hanges? (?:in|from|of) [^.;()\d]{2,80}\b(?:differ\w*|similar|comparable|alike)\b[^.;()\d]{0,40}\($"
)


def settled(norm: str, group: Sequence[Value], labels: Sequence[str]) -> list[str]:
    """The classes of a sentence's numbers, corrected by the phrases that lead to them."""
    out = list(labels)
    kept = [
        k for k, v in enumerate(group) if out[k] != "dose" or v.unit.startswith("%")
    ]  # "3.9 with 5 mg, 4.6 with 20 mg"
    if kept:
        for k, label in zip(kept, _settled(norm, [group[k] for k in kept], [out[k] for k in kept]), strict=True):
            out[k] = label
    return out


def _settled(norm: str, group: Sequence[Value], labels: Sequence[str]) -> list[str]:
    out, told = list(labels), ""
    moved, start = False, None
    for k, v in enumerate(group):
        # what a phrase tells of the first of a list it tells of all
        told = _phrase(norm, v, out[k], group[k + 1] if k + 1 < len(group) else None) or (
            told if k and out[k] in _LISTED and goes_on(norm, group[k - 1], v) else ""
        )
        if not told and out[k] == "other" and k + 1 < len(group) and goes_on(norm, v, group[k + 1]):
            told = _mean_of_a_list(norm, v)
        out[k] = told or out[k]
        if k and out[k] in OPEN:
            moved = from_to(norm, group, out, k, moved) or moved
            if start is not None and out[k] == "baseline" and is_later(norm, start, v):
                out[k] = "final"
        if start is None and AT_BASELINE.match(norm, v.stop):
            start = v
            for j in range(k, -1, -1):  # "compared with 9.2, 9.0 and 9.3 at the start"
                out[j] = "baseline" if out[j] == "final" else out[j]
                if not j or not listed(norm, group[j - 1], group[j]):
                    break
    return _changes_in_turn(norm, group, through_time(norm, group, out))


# "an absolute reduction of 8.1%": between two groups; "increased by 6.8 in the tea group": within one
_ABSOLUTE = re.compile(rf"\b[Aa]bsolute (?:risk )?{_CHANGE}\b[^.;,\d]{{0,40}} ?{_LINK}")
_IN_A_GROUP = re.compile(
    r"(?: ?[(\[][^()\[\]]{5,50}[)\]]|[)\]])? ?(?:in|for|with|among) (?:the )?(?:(?:[\w-]+ ){1,3}(?:group|arm)|(?:[\w-]+ )?(?:controls|patients))\b"
    r"|(?: ?[(\[][^()\[\]]{5,50}[)\]])? (?:in|for|with|on|after) [^.;,()\d]{2,40},? (?:and|but|while|whereas|vs\.?) (?:only )?by [-+]?\d"
    r"| ?[(\[][^()\[\]]{5,36}[)\]],? (?:and|vs\.?|versus|compared with) (?:by )?[-+]?\d"
)
# "a decrease of 65, 78 and 81% in X and 67, 60 and 54% in Y"
_CHANGES_OF = re.compile(rf"\b{_CHANGE} of (?:about )?{LISTED}$")
_EFFECT_SIZE = re.compile(r"\b[Ee]ffect sizes?\b[^.;,\d]{0,20}(?:was|were|of|=) ?$")
_LISTED = OPEN | {"percent", "relative"}


def _phrase(norm: str, v: Value, label: str, then: Value | None) -> str:
    """The class that the words in front of a number tell; '' where they tell none."""
    if "ffect size" in norm[max(0, v.start - 40) : v.start] and _EFFECT_SIZE.search(
        norm, max(0, v.start - 40), v.start
    ):
        return "other"
    share = v.unit.startswith("%")
    if norm.endswith(("mean final ", "final mean "), 0, v.start):
        return "final"
    if share and v.spread is None and label in _MAYBE_SHARE and led_as_share(norm, v.start):
        return "percent"
    if (
        label in ("relative", "change", "other")
        and norm.find("bsolute ", max(0, v.start - 70), v.start) >= 0
        and _ABSOLUTE.search(norm, max(0, v.start - 70), v.start)
    ):
        return "difference"
    of_a_group = label == "difference" and (_IN_A_GROUP.match(norm, v.stop) or _is_first_of_arms(norm, v, then))
    if (label in _NO_CHANGE or of_a_group or (label == "dose" and share)) and is_changed_by(norm, v):
        return "relative" if share else "change"
    if label in _CHANGES and is_changed_by(norm, v):
        return label
    if label == "percent" and (told := _of_a_percentage(norm, v)):
        return told
    if label == "other":
        return _of_an_other(norm, v)
    return _by_phrase(norm, v, label) if label in _TOLD_BY else ""


def _of_an_other(norm: str, v: Value) -> str:
    """ "4.1 episodes per patient-year", "worn for a mean of 5.7 hours a day": results the scorer passes by."""
    if RATE.match(norm, v.number_end):
        return "final"
    led = norm.endswith(_MEAN_OF_LAST, 0, v.start) and _MEAN_OF.search(norm, max(0, v.start - 90), v.start)
    if not led or _COURSE.match(norm, v.number_end):
        return ""
    return _by_phrase(norm, v, "final") or "final"


def _of_a_percentage(norm: str, v: Value) -> str:
    """What a percentage is that the scorer takes for a share of people: a change, a measure; '' where it is a share."""
    left = norm[max(0, v.start - _REACH) : v.start]
    if v.unit.startswith("%") and ((" of " in left and _CHANGES_OF.search(left)) or is_amount_of_change(left)):
        return "relative"
    if left.endswith("(") and _LEVELS_COMPARED.search(left):
        return "final"
    measured = norm[v.start] not in "+-" and is_measured(norm, v.start, v.stop)
    return (_by_phrase(norm, v, "final") or "final") if measured else ""


# "values were lower with X than with Y (7.1 vs 7.5%)"
_LEVELS_COMPARED = re.compile(
    r"\b(?:values?|levels?|concentrations?) (?:was|were) (?:[a-z]+ly )?(?:lower|higher|greater|less|smaller|better|worse)\b[^.;()\d]{0,90}\($"
)


def _is_first_of_arms(norm: str, v: Value, then: Value | None) -> bool:
    """ "rose by 3.9 (95% CI ...) with X, 4.6 (95% CI ...) with Y": each arm's own, where nothing is more than another."""
    return (
        then is not None
        and norm.startswith(" (", then.stop)
        and goes_on(norm, v, then)
        and _BETWEEN.search(norm, v.stop, then.start) is None
        and _MORE.search(norm, max(0, v.start - 70), v.start) is None
    )


_MORE = re.compile(r"\b(?:higher|lower|greater|smaller|larger|better|worse|differ\w*)\b[^.;]*$")


# "worn for a mean of 5.7 hours a day", "31.4 sessions on average"
_MEAN_OF = re.compile(
    r"(?:^|[.;:(] ?|\b(?![^.;:(]{0,80}\b(?:ages?|aged|follow|BMI|dos\w+|median)\b)[^.;:(\d]{3,80}?)\b(?:(?:an?|the) (?:mean|average) of|on (?:an )?average(?: of)?) (?:about |only )?$"
    r"|[(,;] ?M ?= ?$"
)
_MEAN_OF_LAST = ("of ", "average ", "about ", "only ", "=", "= ")
# how long it went on
_COURSE = re.compile(r"(?: ?\([^()]{1,20}\))? ?(?:%|(?:days?|weeks?|months?|years?|cycles|courses)\b(?! (?:a|per)\b))")


def _mean_of_a_list(norm: str, v: Value) -> str:
    """ "mean costs were £17,762 and £18,059": results, whatever was measured, or medians; '' for no such list."""
    if _LED_BY_MEDIAN.search(norm, max(0, v.start - 90), v.start):
        return "median"
    led = _LED_BY_MEAN.search(norm, max(0, v.start - _REACH), v.start) or (
        (v.decimals if not v.unit else not (v.unit.startswith("%") or TIME_UNIT.match(v.unit)))
        and _LED_BARE.search(norm, max(0, v.start - 90), v.start)
    )
    return (_by_phrase(norm, v, "final") or "final") if led else ""


_LED_BARE = re.compile(
    r"(?:^|[.;:] |, and |, while )(?![^.;]*\b(?:[Aa]ges?|follow-?up|ratios?|[Ee]ffect sizes?|risk|hazard|HR|OR|RR|odds|relative|AUC|sensitiv|specific|correl\w*|coefficients?|months?|years?|[Mm]edian)\b)[^.;:,()\d]{4,70}(?:was|were|been|averaged|:) $"
)
_LED_BY_MEDIAN = re.compile(
    r"\b[Mm]edian (?![^.;:,\d]*\b(?:ages?|follow-?up|doses?|differences?|changes?|reductions?|increases?|cycles)\b)[^.;:,()\d]{2,60} (?:was|were) $"
)
_LED_BY_MEAN = re.compile(
    r"\b(?:[Mm]ean|[Aa]verage)\b (?![^.;:,\d]*\b(?:ages?|follow-?up|duration|doses?|BMI|body[ -]mass|difference|change|reduction|increase|decrease|ratio|cycles)\b)[^.;:,()\d]{2,60}(?:was|were|averaged|of) (?:about |only )?[£$€]?$|\((?:mean|average) $|\b[Cc]osts? [^.;:,()\d]{0,60}(?:was|were|averaged) [£$€]?$"
    r"|(?:^|[.;:] )(?![^.;]*\b(?:[Aa]ges?|follow-?up|duration|doses?)\b)[^.;:,()]{4,80}\baveraged (?:about |only )?[£$€]?$"
)


def _by_phrase(norm: str, v: Value, label: str) -> str:
    """The class the phrase in front of a baseline, a result or a change tells instead; '' where it tells none."""
    left = norm[max(0, v.start - _REACH) : v.start]
    known, linked = left.lower(), left.rstrip(" ([").endswith(_LINKS)
    if label == "difference":
        if left.endswith("(") and norm[v.start] in "+-" and _CHANGES_ALIKE.search(left):
            return "change"
        return "change" if linked and _MEAN_CHANGE.search(left) and not _BETWEEN.search(left) else ""
    if linked and ("differen" in known or "net " in known or "placebo" in known) and _DIFFERENCE.search(left):
        return "difference"
    if label == "change" and _is_a_level(norm, v, left):
        return "final"
    if label == "final" and _is_a_start(left, known):
        return "baseline"
    if label in ("baseline", "final") and _is_an_amount(norm, v, left, label):
        return "change"
    led = _CHANGED.search(left) if linked else None
    return "change" if led and not _FROM_A_BASELINE.search(left, led.start()) else ""


def _is_a_level(norm: str, v: Value, left: str) -> bool:
    """ "fell to 4.2", "was reduced compared with the control group [36": where it came to, not by how much."""
    if left.endswith((" it was ", " they were ")) and " from " in left:
        return True
    if norm[v.start] in "+-":
        return False
    return bool((" to " in left and _MOVED_TO.search(left)) or _AGAINST_OTHERS.search(left))


def _is_a_start(left: str, known: str) -> bool:
    """ "initial scores were 25.4", "it had been 25.4"; `known` is `left` in small letters."""
    told = any(word in known for word in ("baseline", "initial", "treatment", "operative"))
    return left.endswith(" had been ") or (told and _STARTED.search(left) is not None)


def _is_an_amount(norm: str, v: Value, left: str, label: str) -> bool:
    """ "a 5.1-point increase", "0.11 L above baseline", "a smaller gain (1.2 vs 2.7)": by how much."""
    if _CHANGE_BEHIND.match(norm, v.number_end) or _FROM_THE_START.match(norm, v.stop):
        return True
    return label == "final" and left.endswith(_OPENED) and _CHANGES_COMPARED.search(left) is not None


_CLOSING = re.compile(r"^ ?%?[)\]]")
_BRACKETED = re.compile(r"[(\[][^()\[\]]{0,60}[)\]]")
# between the changes of two arms: "6 mmHg in the 25 mg group, 7 mmHg"
_NEXT_ARM = re.compile(
    r" ?(?:mm ?Hg|[a-zA-Zμ/]{1,9})?(?: (?:in|with|on|for|among|after) (?:the )?(?:[^\W\d][\w/+-]*(?: \d+(?:\.\d+)? ?\w{1,3})? ?|"
    r"\d+(?:\.\d+)? ?-?\w{1,3} ){1,5}?)?(?:,? and|,|;|,? versus|,? vs\.?) (?:by )?"
)
_AGAINST = re.compile(r"[^.;]{0,50}\b(?:compared|relative|than|versus|vs)\b")


def _changes_in_turn(norm: str, group: Sequence[Value], labels: list[str]) -> list[str]:
    """ "the reduction was 15 with X, 10 with Y and 5 with Z": one change in each arm, though its word stands but once."""
    out = list(labels)
    for k, v in enumerate(group[1:], 1):
        a = group[k - 1]
        if out[k - 1] not in ("change", "difference") or a.unit not in (v.unit, "") or v.start - a.stop > 90:
            continue
        if v.unit.startswith("%") and not _alike(a, v):
            continue
        gap = _BRACKETED.sub("", norm[a.stop : v.start - (norm[v.start - 1] in "+-")])
        gap = _CLOSING.sub("", gap)
        if not _NEXT_ARM.fullmatch(gap):
            continue
        told = is_changed_by(norm, a) and not _AGAINST.match(norm, v.stop)
        if told and {out[k - 1], out[k]} <= {"difference", "change"}:
            out[k - 1 : k + 1] = ["change", "change"]
        elif out[k - 1] == "change" and out[k] in ("baseline", "final", "other") and _alike(a, v):
            out[k] = "change"
    return out


def _alike(a: Value, b: Value) -> bool:
    return a.spread is not None and b.spread is not None and a.spread.kind == b.spread.kind
