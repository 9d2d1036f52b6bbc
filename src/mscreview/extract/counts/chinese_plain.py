"""Counts of events in Chinese whose words tell an event whatever the topic: a context in, facts of kind `events` out.

Any trial's own words (痊愈, 出现), a share behind the count, lists behind 分别, and in results what a clause opens with
(心悸9例) tell events. Part of `chinese_events`, which reads the protocol's outcomes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.counts.chinese_sizes import completed, led_by_event, sized_before
from mscreview.extract.model import Context, Fact
from mscreview.text import Quantity, Sentence

FAR_BACK, LONGEST_LIST = 200, 6
_WHO = re.compile(r" ?(?:例次|人次|例|名|位|人|件)(?!均|次)")
_ITS_FRACTION = re.compile(r" ?[(\[] ?(?P<a>\d{1,5}) ?/ ?(?P<b>\d{1,5})\b")  # "42例(42/50)": one fact
_ILL = r"死[亡于]|病死|复发|痊愈|治愈|临床控制|显效|有效|无效|好转|恶化|进展|存活|发生|出现|新发|转为|并发|达到|完全缓解|部分缓解|阳性|阴转|再入院"
_ILL_BEFORE = re.compile(
    rf"(?:{_ILL})[^,。;:、\d]{{0,8}}?(?:者|人数|例数|病例|患者)?(?:共|各|有|为|仅|了|均为|分别为?){{0,2}} ?$"
)
_ILL_BEHIND = re.compile(
    rf"(?:患者|病[人患]|受试者|者)?(?:[于在][^,。;]{{1,12}}[后时中内月周天年])?(?:均|因|再)?(?:{_ILL}|转入|接受|因[^,。;\d]{{1,12}}(?:终止|中止|停药|停用|退出))"
)
_SHARE_BEHIND = re.compile(r"(?:患者|病[人患])? ?[(] ?(?:占 ?)?\d+(?:\.\d+)? ?%")
SHARED_OUT = re.compile(r"(?:(?:分别|依次|各)(?:为|有|是)?|[例人]数(?:为|是)) ?$")
_MORE = re.compile(r" ?[例名位人]? ?(?:、|,|和|及|与|比|vs\.?)+ ?")
PAIR = re.compile(r" ?[例名位人] ?(?:和|与|及|比|vs) ?\d+ ?[例名位人](?=[,。;(]|$)")
_NOT_ILL = re.compile(
    r"(?:男|女|性别|年龄|失访|脱落|退出|剔除|完成(?!率)|随机|分为|分成|纳入|入选|选取|选择|收治|共收|未|无(?!效)|没有)[^,。;]{0,10}$"
)
_DIVIDED = re.compile(r"随机|分为|分成|分入|纳入|入选|选取|男|女")
_FRACTION = re.compile(r"(?<=[(,]) ?(?P<a>\d{1,6}) ?/ ?(?P<b>\d{1,6}) ?(?=[),])")
_FRACTIONS = re.compile(
    r"(?<![\d./])(?P<a>\d{1,6}) ?/ ?(?P<b>\d{1,6})(?= ?(?:比|vs\.?|和|与) ?\d{1,6} ?/ ?\d)|(?<=[比和与.s]) ?(?P<c>\d{1,6}) ?/ ?(?P<d>\d{1,6})(?![\d./])"
)
_FRACTION_BEFORE = re.compile(r"\d ?/ ?\d{1,6} ?(?:比|vs\.?|和|与) ?$")
_SHARE_BESIDE = re.compile(r"% ?[(,] ?$")
_SHARE_NEXT = re.compile(r", ?\d+(?:\.\d+)? ?%")


def plainly(context: Context, used: set[int]) -> Iterator[Fact]:
    """Counts beside words that tell an event in any trial, in a list behind 分别, or as a fraction beside its share."""
    yield from _fractions(context, used)
    yield from _paired_fractions(context, used)
    yield from _none_in(context)
    told = -1
    for q in context.quantities:
        if q.value is None or q.value != int(q.value) or q.percent or q.start in used:
            continue
        who = _WHO.match(context.norm, q.end)
        sentence = context.sentence_at(q.start)
        if sentence is None or sentence.section in ("methods", "title"):
            continue
        before = context.norm[max(sentence.start, q.start - 24) : q.start]
        shared = SHARED_OUT.search(before) and not _DIVIDED.search(
            context.norm, max(sentence.start, q.start - 60), q.start
        )
        paired = PAIR.match(context.norm, q.end) and _is_event(context.norm, before, q.end)
        listed = shared or paired or _opens_clause(context.norm, sentence, before, q)
        if listed and (run := _counted_run(context, q)):
            used.update(r.start for r in run)
            yield from (_plain_fact(context, r, r.end) for r in run)
        elif who and _tells(context, q, sentence, before, who.end(), told):
            used.add(q.start)
            told = who.end()
            own = _ITS_FRACTION.match(context.norm, who.end())
            if own and int(own["a"]) == q.value:
                used.update(r.start for r in context.quantities_in(*own.span()))
                yield _plain_fact(context, q, own.end(), int(own["b"]))
            else:
                yield _plain_fact(context, q, who.end())


def _tells(context: Context, q: Quantity, sentence: Sentence, before: str, end: int, told: int) -> bool:
    """Whether the words around a count with its measure word make it one of events; `told`: `end` of the last."""
    arm = context.mentions_in(max(sentence.start, q.start - 16), q.start)[-1:]  # "无创组9例" denies nothing
    apart = len(before) - (q.start - arm[0].start) if arm and arm[0].end == q.start else len(before)
    if _NOT_ILL.search(before, 0, max(0, apart)) or completed(context, sentence, q):
        return False
    return (
        _is_event(context.norm, before, end)
        or _of_an_arm(context, q, sentence)
        or (told > 0 and _goes_on(context.norm, told, q.start, end))
        or _opens_clause(context.norm, sentence, before, q)
    )


# "心悸9例,减量后消失": in results, what stands alone in front of a count befell so many
_NO_EVENT = r"共|本|男|女|患者|病例|纳入|入选|随访|完成|其余|其他|余|均|各|每|两|三|另|家属|对照|健康|正常|平均|中位|总|包括|收集|资料"
_ALONE = re.compile(
    rf"(?:^(?:结果)?|[。;,、:)\]]) ?(?:其中|包括)?(?!{_NO_EVENT})[\u4e00-\u9fff]{{2,10}}(?:[A-Z]{{2,6}} ?)?(?<![组者岁为有行])$"
)
_CLAUSE_ENDS = re.compile(r" ?[例名人](?:[,。;、(]|$|[与和及比]\d| ?vs)")


def _opens_clause(norm: str, sentence: Sentence, before: str, q: Quantity) -> bool:
    if sentence.section != "results" or not _CLAUSE_ENDS.match(norm, q.end):
        return False
    return bool(_ALONE.search(before)) and not _NOT_ILL.search(before)


_COUNTED_THEN = re.compile(r"\d ?[例名位人](?:\([^()]{1,20}\))?(?:[^,。;\d]{0,10})[,、;](?:而)?$")
_NONE_IN = re.compile(r"(?:患者|病[人患])?(?:则|均)?(?:无1例|无|未见|未发生|未出现)(?=[。;,)]|$)")


def _none_in(context: Context) -> Iterator[Fact]:
    """ "A组1例,B组5例,C组无": a zero among counts."""
    for mention in context.mentions:
        none = _NONE_IN.match(context.norm, mention.end)
        if none and _COUNTED_THEN.search(context.norm, max(0, mention.start - 40), mention.start):
            yield context.fact(
                "events", mention.end, none.end(), "zh_none_in", arm=context.arms[mention.arm].name, value=0.0, decimals=0,
                value_text="none",
            )  # fmt: skip


# "缓解5例、稳定12例"
_NEXT_OF_LIST = re.compile(r"(?: ?\([^()]{1,16}\))?[、,](?![^,]*(?:分别|依次))(?:其中|包括)?[\u4e00-\u9fff]{2,10}")
# "4例出现发热,1例穿刺部位血肿"
_NEXT_OF_COUNTS = re.compile(r"(?:出现|发生|[\u4e00-\u9fff]{2})[^。;\d]{0,12}[,、]")
_WHAT_BEHIND = re.compile(r"(?!患者|病[人患]|完成|随机|纳入|均|未|无)[\u4e00-\u9fff]{2}")


def _goes_on(norm: str, told: int, start: int, end: int) -> bool:
    """Whether a count goes on with the list of the event counted before it, which ended at `told`."""
    if _NEXT_OF_LIST.fullmatch(norm, told, start):
        return True
    return bool(_NEXT_OF_COUNTS.fullmatch(norm, told, start) and _WHAT_BEHIND.match(norm, end))


# "甲组8名、乙组5名存活": what befell both stands behind the second
_THEN_BEHIND = re.compile(
    rf"(?:患者|病[人患])?(?:、|,|和|与|及)[^,。;、\d]{{1,12}}组 ?\d{{1,5}} ?[例名位人](?:患者|病[人患])?(?:均)?(?:{_ILL})"
)


def _is_event(norm: str, before: str, end: int) -> bool:
    behind = _ILL_BEHIND.match(norm, end) or _SHARE_BEHIND.match(norm, end) or _THEN_BEHIND.match(norm, end)
    return bool(behind or _ILL_BEFORE.search(before))


_NEXT_TO_ARM = re.compile(r"(?![^,。;]*(?:分别|依次))[^,。;:()\d、]{0,14} ?")


def _of_an_arm(context: Context, q: Quantity, sentence: Sentence) -> bool:
    """ "观察组发热3例,对照组1例" in results: once the arms have their sizes, a count behind an arm's name is of events."""
    norm = context.norm
    arm = context.mentions_in(max(sentence.start, q.start - 20), q.start)[-1:]
    end = (
        arm[0].end
        if arm
        else next((m.end() for m in _EVERY_GROUP.finditer(norm, max(sentence.start, q.start - 20), q.start)), None)
    )
    if end is None or not _NEXT_TO_ARM.fullmatch(norm, end, q.start):
        return False
    return sized_before(context, sentence) or (bool(arm) and led_by_event(context, sentence, arm[0]))


_EVERY_GROUP = re.compile("[两三各]组")


def _plain_fact(context: Context, q: Quantity, end: int, n: int | None = None) -> Fact:
    return context.fact(
        "events",
        q.start,
        end,
        "zh_events_plain",
        arm=_arm_behind(context, end) or arm_in_reach(context, q) or arm_of_clause(context, q),
        value=float(q.value or 0),
        n=n,
        decimals=0,
    )


# "3例发生于对照组"
_IN_ARM = re.compile(r"(?:患者)?,?(?:均|都)?(?:发生|出现|见|来自)(?:于|在)?")


def _arm_behind(context: Context, end: int) -> str:
    arm = context.mentions_in(end, end + 10)[:1]
    return context.arms[arm[0].arm].name if arm and _IN_ARM.fullmatch(context.norm, end, arm[0].start) else ""


def arm_of_clause(context: Context, q: Quantity) -> str:
    """The one arm named since the last semicolon or stop: "研究组痊愈20例,显效7例;对照组 ..."."""
    sentence = context.sentence_at(q.start)
    low = max(sentence.start if sentence else 0, q.start - FAR_BACK)
    low = max(low, context.norm.rfind(";", low, q.start) + 1)
    named = {m.arm for m in context.mentions_in(low, q.start)}
    return context.arms[named.pop()].name if len(named) == 1 else ""


def _counted_run(context: Context, first: Quantity) -> list[Quantity]:
    """The counts of "12名、10名和9名": at least two, with a measure word behind each or behind the last."""
    run = [first]
    for q in context.quantities_in(first.end, first.end + 60):
        if len(run) > LONGEST_LIST or not _MORE.fullmatch(context.norm, run[-1].end, q.start):
            break
        run.append(q)
    whole = all(q.value is not None and q.value == int(q.value) and not q.percent for q in run)
    return run if whole and len(run) > 1 and _WHO.match(context.norm, run[-1].end) else []


def _fractions(context: Context, used: set[int]) -> Iterator[Fact]:
    """ "48.3%(29/60)", "(29/60,48.3%)" in a Chinese sentence."""
    for m in _FRACTION.finditer(context.norm) if "/" in context.norm else ():
        count, whole = int(m["a"]), int(m["b"])
        beside = _SHARE_BESIDE.search(context.norm, max(0, m.start() - 4), m.start("a"))
        behind = _SHARE_NEXT.match(context.norm, m.end(), m.end() + 12)
        here = context.quantities_in(m.start("a"), m.start("a") + 1)
        sentence = context.sentence_at(m.start())
        if count > whole or not (beside or behind) or not here or here[0].start in used or sentence is None:
            continue
        if not context.is_chinese(max(sentence.start, m.start() - 40), m.start()):
            continue
        used.add(here[0].start)
        yield _plain_fact(context, here[0]._replace(value=float(count)), m.end("b"), whole)


def _paired_fractions(context: Context, used: set[int]) -> Iterator[Fact]:
    """ "死亡:52/281比79/257": either of a pair without shares."""
    norm = context.norm
    for m in _FRACTIONS.finditer(norm) if "/" in norm else ():
        count, whole = m.span("a" if m["a"] else "c"), m.span("b" if m["b"] else "d")
        sentence, here = context.sentence_at(count[0]), context.quantities_in(count[0], count[0] + 1)
        paired = m["a"] or _FRACTION_BEFORE.search(norm, max(0, count[0] - 18), count[0])
        if not paired or not here or here[0].start in used or sentence is None or sentence.section == "methods":
            continue
        if int(norm[slice(*count)]) <= int(norm[slice(*whole)]) and context.is_chinese(sentence.start, count[0]):
            used.add(here[0].start)
            yield _plain_fact(
                context, here[0]._replace(value=float(norm[slice(*count)])), whole[1], int(norm[slice(*whole)])
            )


def arm_in_reach(context: Context, q: Quantity) -> str:
    """The arm named last before the count, when only one is named since the last comma."""
    sentence = context.sentence_at(q.start)
    if sentence is None:
        return ""
    begin = max(sentence.start, q.start - FAR_BACK)
    low = begin + max((m.end() for m in re.finditer("[,;。:]", context.norm[begin : q.start])), default=0)
    here = context.mentions_in(low, q.start)
    return context.arms[here[0].arm].name if len(here) == 1 else ""
