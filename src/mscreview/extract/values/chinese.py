"""What a Chinese number measures: the class of a free value ("baseline", "final", "change", "median" or "none").

The learned scorer was trained on English; Chinese states the same with few fixed words, so rules suffice: a value with
its ± is a mean, the words right in front tell a change (升高了3.2) or a way from one value to another (由28升至34), and
a list of values runs through the times, or the arms, listed in front of it (治疗前、4周和12周分别为 ...).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from mscreview.extract.arms.clause import clause_start, compared, in_turn, last_run, less_than_next, not_the_next
from mscreview.extract.effects.intervals import Interval, confidence_intervals
from mscreview.extract.model import Context, Fact
from mscreview.extract.times import TimePoint, time_points
from mscreview.extract.values.continuous import own_interval, value_fact
from mscreview.extract.values.measured import KINDS, by_sentence
from mscreview.extract.values.numbers import UNIT, Value

_BEFORE_TREATMENT = re.compile(
    r"(?:治疗|干预|移植|输注|回输|手术|入组|用药)(?:之)?前(?!后)|术前(?!后)|基线(?:时|值|水平)?(?!相比)|入院时|入组时|前测|0周"
)
_NOT_MEASURED = re.compile(
    r"(?:年龄|病程|(?<!出生)体[质重]量?(?![^,;。、]{0,6}率)|身高|BMI|随访时间|岁)[^,;。、]{0,8}$|(?:(?<![A-Za-z])(?:[tFzZqUHrn]|df)|χ\^?2|自由度) ?[=为:] ?$|(?:曲线下面积|AUC)[^,;。±]{0,6}$"
)
_ROSE = r"进步|退步|缩小|扩大|减小|增大|升高|降低|下降|上升|增加|减少|提高|增高|改善|缩短|延长"
_CHANGED = re.compile(
    rf"(?:(?:(?:{_ROSE}|回升|减轻)(?:了|值|量|幅度)?|增长|变化(?:值|量|率|幅度)?)(?:均|平均|约|分别|依次)*"
    rf"|(?:增长|(?:{_ROSE}|变化)(?:了|值|量|幅度)|变化率?)(?:均|平均|约|分别|依次)*[为是达]|[升降增减]幅(?:均|平均|约|分别|依次)*[为是达]|(?:差值|变化值|改变量)[^,;。]{{0,6}}|(?:降低|下降|升高|变化)(?:值|量|幅度)?的?中位数?为?)[ (]*$"
)
_FROM = re.compile(r"(?:由|从|自)[^,;。\d]{0,14}[ (]*$")
_MEDIAN = re.compile(
    r"(?:中位|(?<![A-Za-z])m(?:PFS|OS|DFS|RFS|EFS|TTP)|M ?\((?:[PQ]_?\d{1,2}, ?[PQ]_?\d{1,2}\))?)[^,;。]{0,16}$"
)
_STATED = re.compile(r"(?:为|是|达|至|到|[:=]|平均|约)[ (]*$")
_JOIN = re.compile(r"(?:[)\]][^,;。\d]{0,10})? ?(?:、|和|及|与|,|vs\.?|比|对(?!照)|→|以及)+ ?[(\[]?")
# between the times of a list: "治疗前、治疗后4周和12周"
_TIMES_JOIN = re.compile(r"(?:个?[月周天年]|末|时)? ?(?:、|,|和|及|与|以及)? ?(?:(?:治疗|移植|输注|干预|术)?后)? ?第?")


def read(context: Context) -> Iterator[Fact]:
    """Facts of kind mean, change and median in Chinese sentences, in text order."""
    if not context.is_chinese(0, len(context.norm)):
        return
    points = time_points(context)
    bounded = {i.estimate_start: i for i in confidence_intervals(context.norm) if i.estimate is not None}
    named = {start for start, i in bounded.items() if i.measure}
    for group in by_sentence(context):
        sentence = context.sentences[group[0].sentence]
        if not context.is_chinese(sentence.start, sentence.end):
            continue
        last: tuple[str, str] = ("", "")
        for series in series_of(context, [v for v in group if v.start not in named], bounded):
            weeks_of = listed_weeks(context, series, points)
            arms_of = listed_arms(context, series, sentence.start, any(w is not None for w in weeks_of))
            signed = any(context.norm[v.start] == "+" for v in series)
            for v, weeks, arm in zip(series, weeks_of, arms_of, strict=True):
                interval = bounded.get(v.start)
                name = _in_turn(context, v, interval is not None, last, v is not series[0])
                if signed and name == "final":
                    name = "change"  # "-2.9±2.2与+0.3±2.1": only a change has a plus
                last = (name, v.unit)
                if name in KINDS:
                    kind, measure = _timed(KINDS[name], weeks)
                    fact = value_fact(context, v, kind, measure, own_interval(v, interval), False)
                    fact = fact._replace(arm=arm, unit=unit_of(context, v) or unit_of(context, series[-1]))
                    yield fact if weeks is None else fact._replace(weeks=weeks)


def _in_turn(context: Context, v: Value, bounded: bool, last: tuple[str, str], joined: bool) -> str:
    """The class of a number behind one of the class and unit `last`; `joined`: it goes on the same list."""
    name, near = label(context, v, bounded), v.start - _NEAR
    on = last[0] == "median" and _COURSE.search(context.norm, near, v.start)
    if joined or on or _goes_on(context, v):
        name = _as_before(v, name, last, joined)
    reached = name == "none" and last == ("baseline", v.unit) and _REACHED.search(context.norm, near, v.start)
    return "final" if reached else name  # "由5.4降为3.1"


_NEAR = 8
_REACHED = re.compile(r"(?:[升降增减变]|下降|上升|提高|改善|缩短|延长)(?:高|低|加|少)?[到至为][ (]*$")
_COURSE = re.compile(rf"{_REACHED.pattern}|[)、,和及](?:由|从|自)[ (]*$")  # "...(甲组)、由2275降至1387"


def _as_before(v: Value, name: str, last: tuple[str, str], joined: bool) -> str:
    """The class of a number that goes on a list: medians and changes are of one kind."""
    kind, unit = last
    if kind == "median change" and joined and name in ("none", "final", "median"):
        return kind
    if name == "baseline" and kind == "median" and v.spread is None:
        return "median"  # "中位数甲组由48降至15,乙组由46降至37"
    if joined and kind == "change" and name == "final":
        return kind  # "分别升高(4.3±2.1)g/L和(9.8±5.2)%"
    if name not in ("none", "final") or (v.unit not in ("", unit) and (unit or kind != "median")):
        return name
    if kind == "median" and (v.spread is None or v.spread.value is None):
        return "median"  # "中位 ... 6.9个月(5.8-8.0)，对照组4.7个月(3.9-5.5)"
    if kind == "change" or (kind in ("final", "baseline") and name == "none" and unit and v.unit == unit):
        return kind  # "分别下降3.2、1.9和1.3分", "平均为372、401和428米"
    return name


def _rose_in_an_arm(context: Context, low: int, v: Value) -> bool:
    """ "体重增加治疗组(0.7±0.2)kg": the arm stands between the verb and the number."""
    arm = context.mentions_in(max(low, v.start - 14), v.start)[-1:]
    if not arm or not _ALSO.fullmatch(context.norm, arm[0].end, v.start):
        return False
    return _VERB_LAST.search(context.norm, max(low, arm[0].start - 4), arm[0].start) is not None


def _goes_on(context: Context, v: Value) -> bool:
    """ "试验组下降3.2分,对照组为1.1分": the clause says only whose the next number is."""
    named = context.mentions_in(max(0, v.start - 30), v.start)[-1:]
    return bool(
        named
        and _ALSO.fullmatch(context.norm, named[0].end, v.start)
        and _NUMBER_DONE.search(context.norm, max(0, named[0].start - 12), named[0].start)
    )


_VERB_LAST = re.compile(rf"(?:{_ROSE})$")
_ALSO = re.compile(r"(?:患者|病人)?(?:则|仅|分别|依次|[为是的之由从])*[ (]*")
_NUMBER_DONE = re.compile(r"\d[)\]]* ?(?:[A-Za-z%/]{1,6}|[\u4e00-\u9fff]{1,2})?[)\]]*[,;](?:而|但)?$")


def _timed(kind: tuple[str, str], weeks: float | None) -> tuple[str, str]:
    """A mean listed at a time is a baseline at week 0 and final later."""
    if kind[0] != "mean" or weeks is None:
        return kind
    return ("mean", "baseline" if weeks == 0 else "final")


def label(context: Context, v: Value, bounded: bool = False) -> str:
    """Class of a value by the words in front of it in its own sentence; `bounded`: its confidence interval follows."""
    sentence = context.sentences[v.sentence]
    before = context.norm[max(sentence.start, v.start - 60) : v.start]
    if v.spread is None and not bounded and sentence.section == "methods":
        return "none"  # a dose, a limit
    changed = _CHANGED.search(before) is not None or _rose_in_an_arm(context, sentence.start, v)
    if (
        (_NOT_MEASURED.search(before) and not changed)
        or v.unit == "岁"
        or (v.unit.startswith("%") and v.spread is None)
    ):
        return "none"
    if bounded and _APART.search(before):
        return "difference"
    if changed and _MEDIAN.search(before) and not bounded:
        return "median change"
    if _MEDIAN.search(before) or (not bounded and _spans(v)):
        return "median"
    measured = bounded or (v.spread is not None and v.spread.kind in ("sd", "se", ""))
    unit = bool(v.unit) and not _TIME.fullmatch(v.unit)
    if _FROM.search(before) and _comes_to(context, v):
        return "baseline"
    if (
        changed
        and (measured or unit or v.decimals)
        and not (before[-1:] == "(" and _AGAINST.match(context.norm, v.stop))
    ):
        return "change"
    if measured or (unit and _STATED.search(before)):
        return "baseline" if _at_baseline(before) and not _REACHED.search(before) else "final"
    return "none"


_APART = re.compile(r"(?:高出|低了|高了|多出|相差|均差)(?:平均|约)*为?[ (]*$")  # "平均高出2.1分(95%CI ...)"


def _spans(v: Value) -> bool:
    """ "3(2~4)d": quartiles or a range around it, as no mean has."""
    spread = v.spread
    if spread is None or spread.value is not None or spread.kind == "ci":
        return False
    return (spread.low or 0.0) <= v.value <= (spread.high or 0.0)


def listed_weeks(context: Context, series: Sequence[Value], points: Sequence[TimePoint]) -> list[float | None]:
    """Weeks of the values of one list, when the words in front list as many times; else None for each."""
    first, norm = series[0], context.norm
    begin = context.sentences[first.sentence].start
    low = max(begin, norm.rfind(";", begin, first.start) + 1)
    marks = [(p.start, p.end, p.weeks) for p in _between(points, low, first.start)]
    marks += [(low + m.start(), low + m.end(), 0.0) for m in _BEFORE_TREATMENT.finditer(norm[low : first.start])]
    run: list[tuple[int, int, float]] = []
    for mark in sorted(marks, reverse=True):
        if run and not _TIMES_JOIN.fullmatch(norm, mark[1], run[0][0]):
            break
        run.insert(0, mark)
    between = len(_between(points, first.start + 1, series[-1].start)) > 0
    fits = len(series) > 1 and len(run) == len(series) and not between
    return [weeks for _, _, weeks in run] if fits else [None] * len(series)


def _between(points: Sequence[TimePoint], low: int, high: int) -> Sequence[TimePoint]:
    """Times that begin in [low, high)."""
    first, last = (bisect_left(points, at, key=lambda p: p.start) for at in (low, high))
    return points[first:last]


def unit_of(context: Context, v: Value) -> str:
    """The unit printed behind the closing bracket: "(34.0±3.9)g/L"."""
    if v.unit and not _TIME.fullmatch(v.unit):
        return v.unit
    behind = _BEHIND.match(context.norm, v.stop)
    return behind["unit"].strip() if behind and not _TIME.fullmatch(behind["unit"].strip()) else ""


_AGAINST = re.compile(r" ?[^()\d]{0,8}vs", re.I)  # "升高(72±10 vs 61±11)": what either arm had, not what it rose by
_TIME = re.compile(r"[周天日年月例次倍]|个月|小时|分钟|weeks?|months?|days?|years?|h")
_BEHIND = re.compile(rf" ?\)?(?P<unit>{UNIT.pattern}|分(?!别))", re.ASCII)


def listed_arms(context: Context, series: Sequence[Value], start: int, by_time: bool) -> list[str]:
    """Arms of the values of one list: in the order in which as many are named in front, or the one named last."""
    first = series[0].start
    low = clause_start(context, start, first)
    pair = len(series) == len(context.arms) == 2 and not by_time
    if not context.mentions_in(low, first):  # a clause without a subject goes on about the sentence's
        if not by_time and (both := in_turn(context, first, len(series))):
            return [context.arms[k].name for k in both]
        if (other := not_the_next(context, first, series[-1].stop)) is not None:
            return [context.arms[other].name] * len(series)
        low = context.sentences[series[0].sentence].start
    if (own := _in_its_bracket(context, series[-1].stop)) is not None:
        return [context.arms[own].name] * len(series)
    run = last_run(context, low, first)
    versus = (
        len(series) == 2
        and not by_time
        and _VERSUS.search(context.norm, series[0].number_end, series[1].start) is not None
    )
    beside = context.mentions_in(low, first)[-1:]
    if beside and compared(context, beside[0]) and _BESIDE.fullmatch(context.norm, beside[0].end, first):
        # "高于对照组(31.0±3.8)": the arm right in front, whatever it is compared with; "早于对照组(26±5比34±7)": both
        run = [*(run if versus and len(run) == 1 else []), *beside]
    if len(series) == 1 and (own := less_than_next(context, series[0].stop)) is not None:
        return [context.arms[own].name]  # "通气时间(5±1)d短于常规组(7±2)d"
    names = [context.arms[m.arm].name for m in run]
    if len(names) == len(series) and not by_time:
        return names
    if len(names) == 1 and pair and versus:  # "燕麦组出血少(98±45 vs 187±76)": one arm named, both compared
        return [names[0], context.arms[1 - run[0].arm].name]
    return names * len(series) if len(names) == 1 else [""] * len(series)


def _in_its_bracket(context: Context, stop: int) -> int | None:
    """ "由5.4降为3.1(甲组)": the arm that closes in a bracket behind the number."""
    arm = context.mentions_in(stop, stop + 30)[:1]
    if not arm or not _BRACKET_OPENS.fullmatch(context.norm, stop, arm[0].start):
        return None
    return arm[0].arm if context.norm[arm[0].end : arm[0].end + 1] == ")" else None


_BRACKET_OPENS = re.compile(r"(?:[^,。;\d]{0,8}[到至为][(]?\d[\d.]*(?:±[\d.]+)?[)]?(?: ?[A-Za-zμ/]{1,8})?)?分? ?[(]")
_BESIDE = re.compile(r"[ (\[:为的之]*(?:M ?= ?)?")
_VERSUS = re.compile(r"\bvs\b|比|对(?!照)", re.I)


def series_of(
    context: Context, group: Sequence[Value], bounded: Mapping[int, Interval] | None = None
) -> list[list[Value]]:
    """The values of a sentence cut into lists: those joined by 、, 和 and the like; `bounded` holds their intervals."""
    out: list[list[Value]] = []
    stop = 0
    for v in group:
        if out and _JOIN.fullmatch(context.norm, stop, v.start):
            out[-1].append(v)
        else:
            out.append([v])
        interval = (bounded or {}).get(v.start)
        stop = max(v.stop, interval.end if interval else 0)
    return out


def _comes_to(context: Context, v: Value) -> bool:
    """Whether 至 or 到 follows: the first half of "由28.1升至34.0"."""
    return bool(re.match(r"[^,;。\d]{0,40}(?:至|到|为)", context.norm[v.stop : v.stop + 44]))


def _at_baseline(before: str) -> bool:
    """The last time named in front is the one before treatment."""
    marks = [m.start() for m in _BEFORE_TREATMENT.finditer(before)]
    later = [m.start() for m in re.finditer(r"(?:治疗|移植|术|输注|干预)后|\d ?(?:个月|周|天|年)|末", before)]
    compared = re.search(r"(?:与|较|比|和)(?:治疗|移植|术|输注|干预|基线)", before)
    return bool(marks) and (not later or marks[-1] > later[-1]) and not compared
