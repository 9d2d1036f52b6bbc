"""What every free number of a text measures: a context in, each number with its class out; part of `continuous`.

The numbers come from `numbers`, their likeliest class from `scorer`; what is printed around them settles it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mscreview.extract.effects.intervals import Interval
from mscreview.extract.model import Context
from mscreview.extract.values import chinese_scored, compared, phrased, printed
from mscreview.extract.values.dosed import arm_beside
from mscreview.extract.values.features import features
from mscreview.extract.values.joins import bridge, goes_on, listed
from mscreview.extract.values.numbers import TIME_UNIT, Value, values
from mscreview.extract.values.printed import Seen, is_unnamed_span
from mscreview.extract.values.sample import about_the_sample
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
        rows = range(len(out), len(out) + len(group))
        seen = [
            Seen(frozenset(active[j]), v.start in bounded, weighed[j], roles[j])
            for j, v in zip(rows, group, strict=True)
        ]
        told = [printed.told(context.norm, v, classes()[best[j]], s) for j, v, s in zip(rows, group, seen, strict=True)]
        out += _with_repeats(context.norm, group, _settled(context, group, told, bounded))
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


def _settled(context: Context, group: list[Value], told: list[str], bounded: set[int]) -> list[str]:
    """The classes of a sentence's numbers, corrected by what stands around them."""
    told = phrased.settled(context.norm, group, told)
    labels = compared.settled(context, group, _agreed(context.norm, group, told, bounded))
    sentence = context.sentences[group[0].sentence]
    if context.is_chinese(sentence.start, sentence.end):
        labels = chinese_scored.settled(context.norm, group, labels, sentence.section)
    about_sample = about_the_sample(context.norm, group)
    return ["other" if k in about_sample else label for k, label in enumerate(labels)]


def _with_repeats(norm: str, group: list[Value], labels: list[str]) -> Iterator[tuple[Value, str, bool]]:
    """Each number with its class and whether it repeats the one before: "12 mg/dL (0.7 mmol/L)", "fell to 17.4 (-31%)"."""
    again = [k > 0 and bridge(norm, group[k - 1], v) == "alt" for k, v in enumerate(group)]
    for k, (v, label) in enumerate(zip(group, labels, strict=True)):
        repeats = again[k] and labels[k - 1] in KINDS
        changed = norm[v.start] in "+-" or labels[k - 2 : k] == ["baseline", "final"]
        if repeats and changed and v.unit.startswith("%"):
            yield v, "relative", False
        else:
            yield v, labels[k - 1] if repeats else label, repeats


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


_LISTED = ("difference", "change")
_MEANS = ("baseline", "final", "change", "difference")
_ONE_LIST = 90


def _signed(norm: str, group: list[Value], k: int, labels: list[str]) -> bool:
    """Whether the number in front is a change, told by a sign or because it follows one that is."""
    return labels[k - 1] in ("change", "relative") and any(norm[v.start] in "+-" for v in group[:k])


def _is_mean(v: Value) -> bool:
    return v.spread is not None and v.spread.kind in ("sd", "se") and v.unit != "%"


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
        elif out[k - 1] == out[k] == "other" and listed(norm, a, b) and _is_mean(a) and _is_mean(b):
            out[k - 1] = out[k] = "final"  # "31 (SD 14) mm, 24 (SD 12) mm and 47 (SD 18) mm"
        elif out[k - 1] in _LISTED and out[k] in _MEANS and link in ("and", "comma") and {a.start, b.start} <= bounded:
            out[k] = out[k - 1]  # "higher by 2.0 (95% CI ...) at 1 month and 3.7 (95% CI ...) at 6 months"
        elif b.unit == "%" and out[k] == "percent" and _signed(norm, group, k, out) and goes_on(norm, a, b):
            out[k] = out[k - 1]  # "-5% in X, 2% in Y"
        elif link == "vs" and (out[k - 1], out[k]) in (("final", "change"), ("change", "final"), ("final", "percent")):
            out[k] = out[k - 1]  # "rose to 35 versus 31"
        elif link and {out[k - 1], out[k]} == {"final", "median"} and is_unnamed_span(a) and is_unnamed_span(b):
            out[k - 1] = out[k] = "median"
        elif out[k - 1] == "baseline" and out[k] in ("change", "relative") and norm.endswith(" to ", a.stop, b.start):
            out[k] = "final"  # "fell from 82 at baseline to 78"
    return out
