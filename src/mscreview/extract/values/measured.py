"""What every free number of a text measures: a context in, each number with its class out; part of `continuous`.

The numbers come from `numbers`, their likeliest class from `scorer`; what is printed around them settles it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mscreview.extract.effects.intervals import Interval
from mscreview.extract.model import Context
from mscreview.extract.roles.shares import is_measured
from mscreview.extract.roles.words import ROLES
from mscreview.extract.values import chinese_scored, compared, phrased
from mscreview.extract.values.dosed import arm_beside, is_no_dose, is_surely_dose
from mscreview.extract.values.features import features
from mscreview.extract.values.joins import bridge, goes_on
from mscreview.extract.values.numbers import TIME_UNIT, Value, values
from mscreview.extract.values.scorer import classes, probabilities, with_roles
from mscreview.extract.values.weighed import in_lists, told_changes

# fact kind and measure of each class
KINDS = {
    "baseline": ("mean", "baseline"),
    "final": ("mean", "final"),
    "change": ("change", "change"),
    "relative": ("change", "relative"),
    "difference": ("difference", "MD"),
    "median": ("median", "final"),
    "median change": ("median", "change"),
    "dose": ("dose", "dose"),
}


def classified(context: Context, intervals: Sequence[Interval] = ()) -> list[tuple[Value, str, bool]]:
    """Every free number with its class, and whether it repeats the number before it in another unit."""
    groups = list(by_sentence(context))
    active = [names for group in groups for names in _active(context, group)]
    roles = [context.role_at(v.start) for group in groups for v in group]
    chances = told_changes(context.norm, groups, active, probabilities(active))
    weighed = in_lists(context.norm, groups, with_roles(chances, roles)) if active else chances
    best = weighed.argmax(axis=1).tolist()
    bounded = {i.estimate_start for i in intervals if i.estimate is not None}
    out: list[tuple[Value, str, bool]] = []
    for group in groups:
        told: list[str] = []
        about_sample = _about_the_sample(context.norm, group)
        for j, v in enumerate(group, start=len(out)):
            seen = _Seen(frozenset(active[j]), v.start in bounded, weighed[j], roles[j])
            told.append(_told(context.norm, v, classes()[best[j]], seen))
        told = phrased.settled(context.norm, group, told)
        labels = compared.settled(context, group, _agreed(context.norm, group, told, bounded))
        sentence = context.sentences[group[0].sentence]
        if context.is_chinese(sentence.start, sentence.end):
            labels = chinese_scored.settled(context.norm, group, labels, sentence.section)
        labels = ["other" if k in about_sample else label for k, label in enumerate(labels)]
        again = [k > 0 and bridge(context.norm, group[k - 1], v) == "alt" for k, v in enumerate(group)]
        for k, (v, label) in enumerate(zip(group, labels, strict=True)):
            repeats = again[k] and labels[k - 1] in KINDS
            if (
                repeats
                and v.unit.startswith("%")
                and (context.norm[v.start] in "+-" or labels[k - 2 : k] == ["baseline", "final"])
            ):
                out.append((v, "relative", False))  # "fell to 17.4 mmHg (-31%)"
            else:
                out.append((v, labels[k - 1] if repeats else label, repeats))
    return _with_strengths(context, out)


def labelled_features(context: Context) -> list[tuple[int, int, list[str]]]:
    """Raw start and end of every free number with its features: what the scorer is trained on."""
    out = []
    for group in by_sentence(context):
        active = _active(context, group)
        out += [(*context.passage.span(v.start, v.number_end), names) for v, names in zip(group, active, strict=True)]
    return out


def by_sentence(context: Context) -> Iterator[list[Value]]:
    """The free numbers of the text, sentence by sentence."""
    group: list[Value] = []
    for v in values(context.norm, [(s.start, s.end) for s in context.sentences]):
        if v.role != "value":
            continue
        if group and group[-1].sentence != v.sentence:
            yield group
            group = []
        group.append(v)
    if group:
        yield group


def _with_strengths(context: Context, numbers: list[tuple[Value, str, bool]]) -> list[tuple[Value, str, bool]]:
    """ "in the 0.5% X group": a strength told as a dose elsewhere, right beside a name, is no result."""
    doses = {v.value for v, label, _ in numbers if label == "dose" and v.unit.startswith("%")}
    if not doses:
        return numbers
    return [
        (
            v,
            "dose"
            if v.value in doses and v.unit.startswith("%") and arm_beside(context, v.start, v.end) is not None
            else label,
            again,
        )
        for v, label, again in numbers
    ]


def _active(context: Context, group: Sequence[Value]) -> list[list[str]]:
    sentence = context.sentences[group[0].sentence]
    return features(context.norm, sentence.start, sentence.end, sentence.section, group)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What is known of a number beside its class: features, whether its confidence interval follows, chances of every
    class and, when it is a quantity, of every role."""

    features: frozenset[str]
    bounded: bool
    chances: np.ndarray
    roles: np.ndarray | None

    def role(self, role: int) -> float:
        return 0.0 if self.roles is None else float(self.roles[role])

    def likeliest(self, allowed: Collection[str]) -> str:
        return max((c for c in classes() if c in allowed), key=lambda c: self.chances[classes().index(c)])

    def led_by(self, cue: str, gaps: str = "01") -> bool:
        """Whether a cue stands in front, so near (0 to 2)."""
        return any(f"l{gap}:{cue}" in self.features for gap in gaps)


_MEDIAN_OF = {"final": "median", "change": "median change", "relative": "median change", "baseline": "median"}

_PER_VOLUME = re.compile(r"/ ?[dmμµn]?[lL]$")
# a number with a labelled interval is a result of some kind
_BOUNDED = ("percent", "final", "change", "difference", "baseline", "median")
_OF_THE_SAMPLE = re.compile(
    r"\b(?:(?<!at )follow(?:-| )?up|ages?|aged|observation(?! (?:groups?|arms?))|followed|monitored|observed for|since (?:the )?(?:\w+ )?(?:diagnosis|onset))\b[^.;,\d]{0,30}$"
    r"|随访[^。;\d]{0,12}$|年龄[^。;\d]{0,12}$",
    re.I,
)
_FOLLOWED = re.compile(r"(?: ?[(\[][^()\[\]]{3,40}[)\]])? (?:of |after |during )?follow(?:-| )?up\b", re.I)

# who took part is told once; a body mass told of an arm, at a time or twice is a result
_BODY_MASS = re.compile(r"\b(?:BMI|body mass index)(?: ?\([^()\d]*\))?,? (?:of|was|were|is|=) ?$", re.I)
_TOLD_OF_ARMS = re.compile(r"[^.;]{0,40}?(?:\b(?:at|after|in|for|with|to|vs?|versus|compared|and)\b)")
_SAMPLE_WORDS = ("follow", "age", "bmi", "body mass", "observ", "monitor", "since", "随访", "年龄")
_BEFORE = 45
SURELY_PERCENT, LIKELY_PERCENT, SURELY_MEAN, LIKELY_MEDIAN = 0.8, 0.6, 0.6, 0.5
_PERCENT, _MEAN, _MEDIAN = (ROLES.index(role) for role in ("percent", "mean", "median"))
_NO_MEAN, _MEANS = ("other", "percent", "events"), ("baseline", "final", "change", "difference")
_NO_MEDIAN, _LISTED = (*_NO_MEAN, "final"), ("difference", "change")
# what a number printed with a sign is not: only a change has a plus
_UNSIGNED = {"-": ("percent", "events", "dose"), "+": ("percent", "events", "dose", "baseline", "final")}


def _told(norm: str, v: Value, label: str, seen: _Seen) -> str:
    """The scorer's class, unless the print itself says more: "±" is no share of people, "median" names a median."""
    unsigned = _UNSIGNED.get(norm[v.start], ())
    if label in unsigned:
        label = seen.likeliest(set(classes()) - set(unsigned))
    elif label == "dose" and is_no_dose(norm, v.start, v.number_end, v.unit):
        label = seen.likeliest(set(classes()) - {"dose"})
    elif label != "dose" and v.unit and is_surely_dose(norm, v.start, v.end, v.unit):
        return "dose"
    surely = LIKELY_PERCENT if label == "dose" else SURELY_PERCENT
    if v.unit.startswith("%") and seen.role(_PERCENT) > surely and not unsigned:
        label = "percent"
    if label in ("percent", "events") and v.spread is not None and v.spread.value is not None:
        label = "final"
    if v.unit[:1] > "\u2e7f" and v.spread is None and not seen.bounded and label in ("final", "baseline"):
        return "other"  # "12个月降至": a time
    if unsigned and label == "other" and v.spread is not None and v.spread.value is not None:
        return seen.likeliest(("change", "difference"))  # "-1.46 (SE 0.07)"
    spread = v.spread if label in ("other", "median") and v.spread and v.spread.value is not None else None
    if spread and (spread.kind == "" or (v.unit.startswith("%") and is_measured(norm, v.start, v.stop))):
        return "final"  # "214 (96) min", "attendance was 74% (SD 21)"
    return _median(v, label, seen) or _otherwise(norm, v, label, seen, unsigned)


def _median(v: Value, label: str, seen: _Seen) -> str:
    """A class of medians where one is named near by or the role says so; '' for none."""
    spanned = _is_spanned(v)
    if v.spread is not None and not spanned:
        return ""
    named = seen.led_by("median", "012")
    if spanned and v.spread is not None and v.spread.kind == "iqr" and label in (*_NO_MEDIAN, "baseline"):
        return "median"
    if seen.role(_MEDIAN) > LIKELY_MEDIAN and (
        label in _NO_MEDIAN or (label == "median" and seen.bounded and not named)
    ):
        return "median"
    meant = named and (spanned or seen.led_by("median") or not seen.led_by("mean"))
    meant = meant or (label in ("baseline", "final") and _is_lopsided(v) and not seen.led_by("mean", "012"))
    return _MEDIAN_OF.get(label, "") if meant else ""


def _is_spanned(v: Value) -> bool:
    """Whether a range or the quartiles follow a number, no SD and no confidence interval."""
    return v.spread is not None and v.spread.value is None and v.spread.kind != "ci"


def _is_unnamed_span(v: Value) -> bool:
    return v.spread is not None and v.spread.kind == "" and v.spread.value is None


_LEAST_LOPSIDED = 0.04


def _is_lopsided(v: Value) -> bool:
    """ "118.4 (76.2, 188.5)": a span without a name, whose middle the number is not: quartiles."""
    if v.spread is None or v.spread.low is None or v.spread.high is None or not _is_unnamed_span(v):
        return False
    off = abs(v.value - (v.spread.low + v.spread.high) / 2) - 10.0**-v.decimals
    return v.spread.low < v.value < v.spread.high and off > _LEAST_LOPSIDED * (v.spread.high - v.spread.low)


def _otherwise(norm: str, v: Value, label: str, seen: _Seen, unsigned: Collection[str]) -> str:
    """The class of a number that is no median: a labelled interval, a concentration, a mean by its role."""
    if label == "median" and norm[v.start] in "+-" and not seen.led_by("median", "012"):
        label = seen.likeliest(set(classes()) - {"median", *unsigned})
    if label == "median" and seen.bounded and not seen.led_by("median", "012"):
        label = "other"  # an interval behind a number makes no median of it
    if label in _NO_MEAN and seen.role(_MEAN) > SURELY_MEAN:
        return seen.likeliest(set(_MEANS) - set(unsigned))
    if seen.bounded and label in ("other", "dose") and seen.led_by("median"):
        return "median"
    if (label == "dose" and _PER_VOLUME.search(v.unit)) or (seen.bounded and label in ("other", "dose")):
        allowed = {c for c in _BOUNDED if c != "median" or seen.led_by("median", "012")}
        return seen.likeliest(allowed if seen.bounded else allowed | {"other"})
    untold = label == "other" and seen.led_by("median") and not seen.led_by("age")
    if untold and (_is_spanned(v) or TIME_UNIT.match(v.unit)) and not _AT.search(norm, max(0, v.start - 8), v.start):
        return "median"
    unsure = label in ("other", "percent") and v.unit.startswith("%") and seen.role(_PERCENT) <= SURELY_PERCENT
    return "relative" if unsure and _CHANGED_BY.search(norm[max(0, v.start - _BEFORE) : v.start].lower()) else label


def _about_the_sample(norm: str, group: Sequence[Value]) -> set[int]:
    """Which numbers of a sentence tell of the sample, those that go on where one did among them."""
    found: set[int] = set()
    for k, v in enumerate(group):
        if _is_of_the_sample(norm, v) or (k - 1 in found and goes_on(norm, group[k - 1], v)):
            found.add(k)
    return found


def _is_of_the_sample(norm: str, v: Value) -> bool:
    """Whether a number tells who took part or how long they were followed, not what came of it."""
    if norm.startswith((" f", " of f", " (", " a", " d"), v.end) and _FOLLOWED.match(norm, v.end):
        return True
    low = max(0, v.start - _BEFORE)
    words = norm[low : v.start].lower()
    if not any(word in words for word in _SAMPLE_WORDS):
        return False
    if _OF_THE_SAMPLE.search(norm, low, v.start):
        return True
    return _BODY_MASS.search(norm, low, v.start) is not None and _TOLD_OF_ARMS.match(norm, v.stop) is None


_AT = re.compile(r"\b(?:at|after|within) $")  # "median pain at 24 h was 28"
# "a reduction of 25%"
_CHANGED_BY = re.compile(r"\b(?:reduction|decrease|increase|rise|fall|decline|drop)s? of (?:about |approximately )?$")
_ONE_LIST = 90


def _signed(norm: str, group: list[Value], k: int, labels: list[str]) -> bool:
    """Whether the number in front is a change, told by a sign or because it follows one that is."""
    return labels[k - 1] in ("change", "relative") and any(norm[v.start] in "+-" for v in group[:k])


def _agreed(norm: str, group: list[Value], labels: list[str], bounded: set[int]) -> list[str]:
    """Numbers compared with each other are of one class: an "other" takes its partner's; so are those of a list whose
    confidence intervals follow each."""
    out = list(labels)
    for k in range(1, len(group)):
        a, b = group[k - 1], group[k]
        if a.unit != b.unit or "dose" in (out[k - 1], out[k]):
            continue
        link = bridge(norm, a, b)
        times = a.unit.isascii() and TIME_UNIT.match(a.unit) and b.start - a.stop < _ONE_LIST
        if (
            out[k] == "other"
            and out[k - 1] in KINDS
            and (link == "vs" or goes_on(norm, a, b) or (times and out[k - 1] in ("median", "final")))
        ):
            out[k] = out[k - 1]
        elif out[k - 1] == "other" and out[k] in KINDS and (link == "vs" or goes_on(norm, a, b)):
            out[k - 1] = out[k]
        elif out[k - 1] in _LISTED and out[k] in _MEANS and link in ("and", "comma") and {a.start, b.start} <= bounded:
            out[k] = out[k - 1]  # "higher by 2.0 (95% CI ...) at 1 month and 3.7 (95% CI ...) at 6 months"
        elif b.unit == "%" and out[k] == "percent" and _signed(norm, group, k, out) and goes_on(norm, a, b):
            out[k] = out[k - 1]  # "-5% in X, 2% in Y"
        elif link == "vs" and (out[k - 1], out[k]) in (("final", "change"), ("change", "final"), ("final", "percent")):
            out[k] = out[k - 1]  # "rose to 35 versus 31"
        elif link and {out[k - 1], out[k]} == {"final", "median"} and _is_unnamed_span(a) and _is_unnamed_span(b):
            out[k - 1] = out[k] = "median"
        elif out[k - 1] == "baseline" and out[k] in ("change", "relative") and norm.endswith(" to ", a.stop, b.start):
            out[k] = "final"  # "fell from 82 at baseline to 78"
    return out
