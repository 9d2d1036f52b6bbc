"""Means, changes, medians and differences: a context and the facts so far in, all facts out.

Candidates come from `values`, their class from `scorer`; this file turns classes into facts. Baselines carry week 0
and measure "baseline", results measure "final". Linking to arm, outcome and time happens later, in `link`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mscreview.extract import compared, phrased
from mscreview.extract.counts import is_share
from mscreview.extract.dosed import arm_beside, is_earlier, is_no_dose, is_surely_dose
from mscreview.extract.features import features
from mscreview.extract.intervals import Interval, confidence_intervals, decimals
from mscreview.extract.model import Context, Fact
from mscreview.extract.rolewords import ROLES
from mscreview.extract.scorer import classes, probabilities, with_roles
from mscreview.extract.spreads import Spread
from mscreview.extract.values import TIME_UNIT, Value, bridge, values

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


UNNAMED = "interval without a name"
# facts of readers that know better: amounts of cells, values in fixed words
TAKEN = frozenset({"dose", "n_doses", "mean", "change", "median", "effect", "events", "arm_n"})


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Add facts of kind mean, change, median, difference and dose; settle percentages.

    A percentage that is a mean, a change or an effect ("HbA fell by 0.6%") is read once, as that; one that the scorer
    does not take for a share of people keeps its fact with status ambiguous.
    """
    intervals = confidence_intervals(context.norm)
    named = {f.start: f.measure for f in facts if f.kind == "difference"}
    numbers = [
        (v, "difference" if context.passage.span(v.start, v.end)[0] in named else label, again)
        for v, label, again in classified(context, intervals)
    ]
    taken = _Spans([(f.start, f.end) for f in facts if f.kind in TAKEN and (f.kind != "dose" or f.measure == "amount")])
    own = [f for f in _facts(context, numbers, intervals) if not taken.meets(f.start, f.end)]
    own = [f._replace(measure=named[f.start]) if f.kind == "difference" and f.start in named else f for f in own]
    again = {f.start for f in own if f.kind == "difference"}
    measured = {f.start for f in own if f.rule != UNNAMED} | {f.start for f in facts if f.kind == "effect"}
    doubtful = {
        context.passage.span(v.start, v.end)[0] for v, label, _ in numbers if label not in ("percent", "events")
    }
    amounts = _Spans([(f.start, f.end) for f in facts if f.kind == "dose" and f.measure == "amount"])
    kept = [
        _settled(f, doubtful)
        for f in facts
        if not (f.kind == "percent" and f.start in measured)
        and not (f.kind == "difference" and f.start in again)
        and not (f.kind in ("mean", "change") and amounts.meets(f.start, f.end))
        and not (f.kind == "followup" and f.measure == "visit" and f.start in measured)
    ]
    return kept + own


class _Spans:
    """Spans in order, to ask whether a stretch meets one of them."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self.spans = sorted(spans)

    def meets(self, start: int, end: int) -> bool:
        k = bisect_left(self.spans, (end, 0)) - 1
        return k >= 0 and self.spans[k][1] > start


def _settled(fact: Fact, doubtful: set[int]) -> Fact:
    if fact.kind == "percent" and fact.start in doubtful and fact.status == "ok" and "surely" not in fact.rule:
        return fact._replace(status="ambiguous")
    return fact


def _facts(context: Context, numbers: Sequence[tuple[Value, str, bool]], unnamed: Sequence[Interval]) -> Iterator[Fact]:
    intervals = {i.estimate_start: i for i in unnamed if i.estimate is not None}
    for v, label, other_unit in numbers:
        interval = intervals.get(v.start)
        if label not in KINDS or (interval and interval.measure):
            continue  # named effects are read by `effects`
        kind, measure = KINDS[label]
        if interval and v.spread is not None and v.spread.kind not in ("", "ci"):
            yield _lone_interval(context, interval, "baseline" if measure == "baseline" else "")  # "14.8 ± 3.3 (95% CI"
        intervals.pop(v.start, None)
        yield value_fact(context, v, kind, measure, own_interval(v, interval), other_unit)
    left = {i for i in intervals.values() if not i.measure}
    yield from (_lone_interval(context, i) for i in unnamed if i in left or i.estimate is None)


def classified(context: Context, intervals: Sequence[Interval] = ()) -> list[tuple[Value, str, bool]]:
    """Every free number with its class, and whether it repeats the number before it in another unit."""
    groups = list(by_sentence(context))
    active = [names for group in groups for names in _active(context, group)]
    roles = [context.role_at(v.start) for group in groups for v in group]
    chances = probabilities(active)
    best = with_roles(chances, roles).argmax(axis=1).tolist() if active else []
    bounded = {i.estimate_start for i in intervals if i.estimate is not None}
    out: list[tuple[Value, str, bool]] = []
    for group in groups:
        told = []
        for j, v in enumerate(group, start=len(out)):
            seen = _Seen(frozenset(active[j]), v.start in bounded, chances[j], roles[j])
            told.append(_told(context.norm, v, classes()[best[j]], seen))
        told = phrased.settled(context.norm, group, told)
        labels = compared.settled(context, group, _agreed(context.norm, group, told))
        again = [k > 0 and bridge(context.norm, group[k - 1], v) == "alt" for k, v in enumerate(group)]
        for k, (v, label) in enumerate(zip(group, labels, strict=True)):
            repeats = again[k] and labels[k - 1] in KINDS
            out.append((v, labels[k - 1] if repeats else label, repeats))
    return _with_strengths(context, out)


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
    role: np.ndarray | None


_MEDIAN_OF = {"final": "median", "change": "median change", "relative": "median change", "baseline": "median"}


_PER_VOLUME = re.compile(r"/ ?[dmμµn]?[lL]$")
# a number with a labelled interval is a result of some kind
_BOUNDED = ("percent", "final", "change", "difference", "baseline", "median")
_OF_THE_SAMPLE = re.compile(
    r"\b(?:follow-?up|ages?|aged|observation)\b[^.;,\d]{0,30}$|随访[^。;\d]{0,12}$|年龄[^。;\d]{0,12}$", re.I
)

# who took part is told once; a body mass told of an arm, at a time or twice is a result
_BODY_MASS = re.compile(r"\b(?:BMI|body mass index)(?: ?\([^()\d]*\))?,? (?:of|was|were|is|=) ?$", re.I)
_TOLD_OF_ARMS = re.compile(r"[^.;]{0,40}?(?:\b(?:at|after|in|for|with|to|vs?|versus|compared|and)\b)")
_SAMPLE_WORDS = ("follow", "age", "bmi", "body mass", "observation", "随访", "年龄")
SURELY_PERCENT, SURELY_MEAN, LIKELY_MEDIAN = 0.8, 0.6, 0.5
_PERCENT, _MEAN, _MEDIAN = (ROLES.index(role) for role in ("percent", "mean", "median"))
_NO_MEAN, _MEANS = ("other", "percent", "events"), ("baseline", "final", "change", "difference")
_NO_MEDIAN = (*_NO_MEAN, "final")
# what a number printed with a sign is not: only a change has a plus
_UNSIGNED = {"-": ("percent", "events", "dose"), "+": ("percent", "events", "dose", "baseline", "final")}


def _told(norm: str, v: Value, label: str, seen: _Seen) -> str:
    """The scorer's class, unless the print itself says more: "±" is no share of people, "median" names a median."""
    names = seen.features
    unsigned = _UNSIGNED.get(norm[v.start], ())
    if label in unsigned:
        label = max((c for c in classes() if c not in unsigned), key=lambda c: seen.chances[classes().index(c)])
    elif label == "dose" and is_no_dose(norm, v.start, v.number_end, v.unit):
        label = max((c for c in classes() if c != "dose"), key=lambda c: seen.chances[classes().index(c)])
    elif label != "dose" and is_surely_dose(norm, v.start, v.end, v.unit):
        return "dose"
    if seen.role is not None and v.unit.startswith("%") and seen.role[_PERCENT] > SURELY_PERCENT and not unsigned:
        label = "percent"
    elif label in ("dose", "other") and v.unit == "%" and v.spread is None and is_share(norm, v.stop):
        return "percent"
    if label in ("percent", "events") and v.spread is not None and v.spread.value is not None:
        label = "final"
    before = norm[max(0, v.start - 45) : v.start].lower()
    if any(w in before for w in _SAMPLE_WORDS) and _is_of_the_sample(norm, v):
        return "other"
    if v.unit[:1] > "\u2e7f" and v.spread is None and not seen.bounded and label in ("final", "baseline"):
        return "other"  # "12个月降至": a time
    near, far = "l0:median" in names or "l1:median" in names, "l2:median" in names
    spanned = v.spread is not None and v.spread.value is None and v.spread.kind != "ci"
    meant = "l0:mean" in names or "l1:mean" in names
    if label == "median" and seen.bounded and not (near or far):
        label = "other"  # an interval behind a number makes no median of it
    likely = seen.role is not None and seen.role[_MEDIAN] > LIKELY_MEDIAN
    if likely and label in _NO_MEDIAN and (v.spread is None or spanned):
        return "median"
    if label in _MEDIAN_OF and (near or (far and (spanned or not meant))) and (v.spread is None or spanned):
        return _MEDIAN_OF[label]
    if label in _NO_MEAN and seen.role is not None and seen.role[_MEAN] > SURELY_MEAN:
        return max((c for c in _MEANS if c not in unsigned), key=lambda c: seen.chances[classes().index(c)])
    concentration = label == "dose" and _PER_VOLUME.search(v.unit) is not None
    if concentration or (seen.bounded and label in ("other", "dose")):
        allowed = [c for c in _BOUNDED if c != "median" or near or far] + ([] if seen.bounded else ["other"])
        return max(allowed, key=lambda c: seen.chances[classes().index(c)])
    if label == "other" and near and (spanned or TIME_UNIT.search(v.unit)) and not {"l0:age", "l1:age"} & names:
        return "median"
    unsure = seen.role is None or seen.role[_PERCENT] <= SURELY_PERCENT
    if label in ("other", "percent") and v.unit.startswith("%") and unsure and _CHANGED_BY.search(before):
        return "relative"
    return label


def _is_of_the_sample(norm: str, v: Value) -> bool:
    """Whether a number tells who took part or how long they were followed, not what came of it."""
    low = max(0, v.start - 45)
    if _OF_THE_SAMPLE.search(norm, low, v.start):
        return True
    return _BODY_MASS.search(norm, low, v.start) is not None and _TOLD_OF_ARMS.match(norm, v.stop) is None


# "a reduction of 25%"
_CHANGED_BY = re.compile(r"\b(?:reduction|decrease|increase|rise|fall|decline|drop)s? of (?:about |approximately )?$")
_ONE_LIST = 90


def _agreed(norm: str, group: list[Value], labels: list[str]) -> list[str]:
    """Numbers compared with each other are of one class: an "other" takes its partner's."""
    out = list(labels)
    for k in range(1, len(group)):
        a, b = group[k - 1], group[k]
        if a.unit != b.unit or "dose" in (out[k - 1], out[k]):
            continue
        link = bridge(norm, a, b)
        times = a.unit.isascii() and TIME_UNIT.search(a.unit) and b.start - a.stop < _ONE_LIST
        if (
            out[k] == "other"
            and out[k - 1] in KINDS
            and (link == "vs" or (times and out[k - 1] in ("median", "final")))
        ):
            out[k] = out[k - 1]
        elif out[k - 1] == "other" and out[k] in KINDS and link == "vs":
            out[k - 1] = out[k]
        elif link == "vs" and {out[k - 1], out[k]} == {"final", "change"}:
            out[k] = out[k - 1]  # "rose to 35 versus 31"
        elif out[k - 1] == "baseline" and out[k] in ("change", "relative") and norm.endswith(" to ", a.stop, b.start):
            out[k] = "final"  # "fell from 82 at baseline to 78"
    return out


def labelled_features(context: Context) -> list[tuple[int, int, list[str]]]:
    """Raw start and end of every free number with its features: what the scorer is trained on."""
    out = []
    for group in by_sentence(context):
        active = _active(context, group)
        out += [(*context.passage.span(v.start, v.number_end), names) for v, names in zip(group, active, strict=True)]
    return out


_CHINESE = re.compile("[\u4e00-\u9fff]")


def is_chinese(context: Context, start: int, end: int) -> bool:
    """Whether a stretch of the normal form holds Chinese characters."""
    return bool(_CHINESE.search(context.norm, start, end))


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


def own_interval(v: Value, interval: Interval | None) -> Spread | None:
    """The spread of a value: its own, else the confidence interval whose estimate it is."""
    if interval is None or (v.spread is not None and v.spread.kind):
        return v.spread
    return Spread("ci", None, interval.low, interval.high, interval.start, interval.end)


def _lone_interval(context: Context, i: Interval, measure: str = "") -> Fact:
    """An interval whose estimate has no name, has none, or has another spread: a fact, but ambiguous."""
    start = i.start if i.estimate is None else i.estimate_start
    return context.fact(
        "effect", start, i.end, UNNAMED, measure=measure, value=i.estimate, low=i.low, high=i.high, level=i.level,
        spread_kind="ci", value_text=i.estimate_text, decimals=decimals(i.estimate_text), status="ambiguous",
    )  # fmt: skip


def value_fact(context: Context, v: Value, kind: str, measure: str, spread: Spread | None, other_unit: bool) -> Fact:
    """The fact of a value: its number, unit and spread; a baseline stands at week 0, a dose of an earlier treatment behind."""
    earlier = kind == "dose" and is_earlier(context.norm, v.start, v.end)
    return context.fact(
        kind,
        v.start,
        max(v.stop, spread.end if spread else 0),
        f"{kind}: {measure}" + (", other unit" if other_unit else ""),
        measure=measure,
        value=v.value,
        low=spread.low if spread else None,
        high=spread.high if spread else None,
        spread=spread.value if spread else None,
        spread_kind=spread.kind if spread else "",
        level=0.95 if spread and spread.kind == "ci" else None,
        unit=v.unit,
        value_text=context.norm[v.start : v.number_end],
        decimals=v.decimals,
        weeks=0.0 if measure == "baseline" else None,
        **({"status": "background"} if earlier else {}),
    )
