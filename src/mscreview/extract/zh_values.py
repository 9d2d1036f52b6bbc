"""What a Chinese number measures: the class of a free value ("baseline", "final", "change", "median" or "none").

The learned scorer was trained on English; Chinese states the same with few fixed words, so rules suffice: a value with
its ± is a mean, the words right in front tell a change (升高了3.2) or a way from one value to another (由28升至34), and
a list of values runs through the times, or the arms, listed in front of it (治疗前、4周和12周分别为 ...).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mscreview.extract.continuous import KINDS, by_sentence, is_chinese, value_fact
from mscreview.extract.effects import confidence_intervals
from mscreview.extract.model import Context, Fact
from mscreview.extract.times import TimePoint, time_points
from mscreview.extract.values import Value

_CHINESE = re.compile("[\u4e00-\u9fff]")
_BEFORE_TREATMENT = re.compile(
    r"(?:治疗|干预|移植|输注|回输|手术|入组|用药)(?:之)?前(?!后)|术前(?!后)|基线(?:时|值|水平)?(?!相比)|入院时|入组时|0周"
)
_NOT_MEASURED = re.compile(r"(?:年龄|病程|体[质重]量?|身高|平均住院|BMI|随访时间|[岁tFzZqUHr]|χ\^?2|自由度|df|n) ?[^,;。、]{0,8}[=(为:]? ?[(]?$")
_CHANGED = re.compile(
    r"(?:升高|降低|下降|上升|增加|减少|提高|增高|改善|缩短|延长|变化)(?:了|值|量|幅度)?(?:均|平均|约|分别)?(?:为|达)?[ (]*$|(?:差值|变化值|改变量)[^,;。]{0,6}$"
)
_FROM = re.compile(r"(?:由|从|自)[^,;。\d]{0,14}[ (]*$")
_TO = re.compile(r"(?:至|到|为)[^,;。\d]{0,6}[ (]*$")
_MEDIAN = re.compile(r"(?:中位|M\()[^,;。]{0,16}$")
_STATED = re.compile(r"(?:为|是|达|至|到|[:=]|平均|约)[ (]*$")
_JOIN = re.compile(r"(?:[)\]][^,;。\d]{0,10})? ?(?:、|和|及|与|,|vs\.?|比|→|以及)+ ?[(\[]?")
_TAIL = re.compile(r"[^,;。:]{0,60}$")


def read(context: Context) -> Iterator[Fact]:
    """Facts of kind mean, change and median in Chinese sentences, in text order."""
    if not is_chinese(context, 0, len(context.norm)):
        return
    points = time_points(context)
    named = {i.estimate_start for i in confidence_intervals(context.norm) if i.estimate is not None}
    for group in by_sentence(context):
        sentence = context.sentences[group[0].sentence]
        if not is_chinese(context, sentence.start, sentence.end):
            continue
        for series in series_of(context, [v for v in group if v.start not in named]):
            for v, weeks in zip(series, listed_weeks(context, series, points), strict=True):
                if (name := label(context, v)) in KINDS:
                    kind, measure = _timed(KINDS[name], weeks)
                    fact = value_fact(context, v, kind, measure, v.spread, False)
                    yield fact if weeks is None else replace(fact, weeks=weeks)


def _timed(kind: tuple[str, str], weeks: float | None) -> tuple[str, str]:
    """A mean listed at a time is a baseline at week 0 and final later."""
    if kind[0] != "mean" or weeks is None:
        return kind
    return ("mean", "baseline" if weeks == 0 else "final")


def label(context: Context, v: Value) -> str:
    """Class of a value by the words in front of it in its own sentence."""
    sentence = context.sentences[v.sentence]
    before = context.norm[max(sentence.start, v.start - 60) : v.start]
    if _NOT_MEASURED.search(before) or v.unit.startswith("%") and v.spread is None:
        return "none"
    if _MEDIAN.search(before):
        return "median"
    measured = v.spread is not None and v.spread.kind in ("sd", "se", "")
    unit = bool(v.unit) and not re.fullmatch(r"[周天日年月例次倍]|个月|小时|分钟|weeks?|months?|days?|years?|h", v.unit)
    if _FROM.search(before) and _comes_to(context, v):
        return "baseline"
    if _CHANGED.search(before) and (measured or unit):
        return "change"
    if measured or (unit and _STATED.search(before)):
        return "baseline" if _at_baseline(before) else "final"
    return "none"


def listed_weeks(context: Context, series: Sequence[Value], points: Sequence[TimePoint]) -> list[float | None]:
    """Weeks of the values of one list, when the words in front list as many times; else None for each."""
    first = series[0]
    sentence = context.sentences[first.sentence]
    head = _TAIL.search(context.norm[sentence.start : first.start])
    low = first.start - len(head[0]) if head else sentence.start
    marks = [(p.start, p.weeks) for p in points if low <= p.start < first.start]
    marks += [(low + m.start(), 0.0) for m in _BEFORE_TREATMENT.finditer(context.norm[low : first.start])]
    weeks = [w for _, w in sorted(marks)]
    return list(weeks) if len(series) > 1 and len(weeks) == len(series) else [None] * len(series)


def series_of(context: Context, group: Sequence[Value]) -> list[list[Value]]:
    """The values of a sentence cut into lists: those joined by 、, 和 and the like."""
    out: list[list[Value]] = []
    for v in group:
        if out and _JOIN.fullmatch(context.norm, out[-1][-1].stop, v.start):
            out[-1].append(v)
        else:
            out.append([v])
    return out


def _comes_to(context: Context, v: Value) -> bool:
    """Whether 至 or 到 follows: the first half of "由28.1升至34.0"."""
    return bool(re.match(r"[^,;。\d]{0,40}(?:至|到)", context.norm[v.stop : v.stop + 44]))


def _at_baseline(before: str) -> bool:
    """The last time named in front is the one before treatment."""
    marks = [m.start() for m in _BEFORE_TREATMENT.finditer(before)]
    later = [m.start() for m in re.finditer(r"(?:治疗|移植|术|输注|干预)后|\d ?(?:个月|周|天|年)|末", before)]
    compared = re.search(r"(?:与|较|比|和)(?:治疗|移植|术|输注|干预|基线)", before)
    return bool(marks) and (not later or marks[-1] > later[-1]) and not compared
