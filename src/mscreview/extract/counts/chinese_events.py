"""Counts of events in Chinese: a context in, facts of kind `events` out.

The event stands in front of its count (死亡3例, 感染发生5例) or behind it (3例患者死亡); a count given arm by arm
behind one event (死亡3例, 其中治疗组1例) belongs to that event. The arm is the one named last in the same comma's
reach. Any trial's own words (痊愈, 出现), a share behind the count and lists behind 分别 tell events whatever the topic;
percentages are read by `people`, which knows no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mscreview.extract.counts.chinese_sizes import completed, sized_before
from mscreview.extract.lexicon import OUTCOME, Term
from mscreview.extract.model import Context, Fact
from mscreview.text import Quantity, Sentence

_MEASURE = re.compile(r" ?(?P<who>例次|人次|例|名|人)(?:患者|病人|受试者|者)?")
# between an event and its count
_EVENT_THEN_COUNT = re.compile(
    r"(?:或[^,。;、\d]{1,4}?)?(?:伴[^,。;、\d]{2,10}?)?(?:的)?(?:患者|病例|人数|例数|者|事件)?(?:发生|出现)?(?:者|共|了|为|有|仅|各|均为|分别为?|总计|达|:)?(?:共|仅|有)? ?$"
)
# between a count and its event
_COUNT_THEN_EVENT = re.compile(
    r"(?:\([^()]{1,20}\))?(?:均|因[^,。;]{1,14}|并发|合并|发生|出现|患|伴有?|伴发|进展为|发展为|接受(?:了)?|行|最终|在随访期间|(?:分别)?[于在][^,。;]{1,24}){0,3}(?:了|过)?(?:轻度|严重|上消化道)?$"
)
_REACH = 26
_FAR_BACK = 200


def read(context: Context) -> Iterator[Fact]:
    """Counts with a measure word beside an outcome of the protocol that is an event, then those in any trial's words."""
    if not context.is_chinese(0, len(context.norm)):
        return
    used: set[int] = set()
    if any(c in context.norm for c in "例名人"):
        yield from _of_outcomes(context, used)
    yield from plainly(context, used)


def _of_outcomes(context: Context, used: set[int]) -> Iterator[Fact]:
    protocol = context.lexicon.protocol
    if protocol is None or not context.terms.get(OUTCOME):
        return
    counted = {key for key, o in protocol.outcomes.items() if o.kind == "binary"}
    found: list[Fact] = []
    for q in context.quantities:
        if q.value is None or q.value != int(q.value) or q.percent:
            continue
        measure = _MEASURE.match(context.norm, q.end)
        if measure and (event := _event_of(context, counted, q, measure.end())):
            found.append(_fact(context, q, measure, *event))
            used.add(q.start)
    yield from found
    yield from in_turn(context, found, used)


def _event_of(context: Context, counted: set[str], q: Quantity, end: int) -> tuple[Term, int, int] | None:
    """The event a count is of, with the words that hold both."""
    norm = context.norm
    near = context.terms_in(OUTCOME, q.start - 2 * _REACH, end + _REACH + 1)
    for name in (n for n in near if n.name in counted):
        if q.start - _REACH <= name.end <= q.start and _EVENT_THEN_COUNT.fullmatch(norm, name.end, q.start):
            return name, name.start, end
        if end <= name.start <= end + _REACH and _COUNT_THEN_EVENT.fullmatch(norm, end, name.start):
            return name, q.start, name.end
    return _shared_event(context, counted, q, end)


def _shared_event(context: Context, counted: set[str], q: Quantity, end: int) -> tuple[Term, int, int] | None:
    """The event named earlier in the sentence, for a count that stands right behind an arm."""
    sentence = context.sentence_at(q.start)
    arm = next((m for m in context.mentions_in(q.start - _REACH, q.start) if 0 <= q.start - m.end <= 2), None)
    if sentence is None or arm is None:
        return None
    low = max(sentence.start, arm.start - _FAR_BACK)
    earlier = [n for n in context.terms_in(OUTCOME, low, arm.start) if n.name in counted]
    return (earlier[-1], q.start, end) if earlier else None


def _fact(context: Context, q: Quantity, measure: re.Match[str], name: Term, start: int, end: int) -> Fact:
    return context.fact(
        "events", start, end, "zh_events", outcome=name.name, arm=_arm(context, q), value=float(q.value or 0),
        unit=measure["who"], n=None, decimals=0,
    )  # fmt: skip


def _arm(context: Context, q: Quantity) -> str:
    """The arm named last before the count, when only one is named since the last comma."""
    sentence = context.sentence_at(q.start)
    if sentence is None:
        return ""
    begin = max(sentence.start, q.start - _FAR_BACK)
    low = begin + max((m.end() for m in re.finditer("[,;。:]", context.norm[begin : q.start])), default=0)
    here = context.mentions_in(low, q.start)
    return context.arms[here[0].arm].name if len(here) == 1 else ""


# --- "对照组相应为11例、15例和1例" ---------------------------------------------------------------------------------

_IN_TURN = re.compile(r"(?:相应(?:地)?|依次|分别|则)(?:均)?(?:为|是)? ?$")
_LISTED = re.compile(r" ?[例名]? ?(?:[、,]|和|及|与) ?")
_LONGEST_LIST = 6


def in_turn(context: Context, first: Sequence[Fact], used: set[int]) -> Iterator[Fact]:
    """A bare list of counts behind 相应为 or 依次为: the events counted just before, in their order."""
    for q in context.quantities:
        if not _IN_TURN.search(context.norm, max(0, q.start - 8), q.start) or q.start in used:
            continue
        run = _run(context, q)
        at = context.passage.span(q.start, q.end)[0]
        before = [f for f in first if f.end <= at and at - f.end < _FAR][-len(run) :]
        if len(run) < 2 or len(before) != len(run) or len({f.outcome for f in before}) != len(run):
            continue
        for fact, number in zip(before, run, strict=True):
            measure = _MEASURE.match(context.norm, number.end)
            used.add(number.start)
            yield context.fact(
                "events", number.start, measure.end() if measure else number.end, "zh_events_in_turn",
                outcome=fact.outcome, arm=_arm(context, q), value=float(number.value or 0), unit="例", decimals=0,
            )  # fmt: skip


_FAR = 60


def _run(context: Context, q: Quantity) -> list[Quantity]:
    run = [q]
    for after in context.quantities_in(q.end, q.end + _FAR_BACK):
        if (
            after.start > run[-1].end
            and len(run) < _LONGEST_LIST
            and _LISTED.fullmatch(context.norm, run[-1].end, after.start)
        ):
            run.append(after)
    return run if _MEASURE.match(context.norm, run[-1].end) else []


# --- counts whose words tell an event whatever the topic ----------------------------------------------------------

_WHO = re.compile(r" ?(?:例次|人次|例|名|位|人)(?!均|次)")
_ITS_FRACTION = re.compile(r" ?[(\[] ?(?P<a>\d{1,5}) ?/ ?(?P<b>\d{1,5})\b")  # "42例(42/50)": one fact
_ILL = r"死[亡于]|病死|复发|痊愈|治愈|临床控制|显效|有效|无效|好转|恶化|进展|存活|发生|出现|转为|并发|达到|完全缓解|部分缓解|阳性|阴转|再入院"
_ILL_BEFORE = re.compile(
    rf"(?:{_ILL})[^,。;:、\d]{{0,8}}?(?:者|人数|例数|病例|患者)?(?:共|各|有|为|仅|了|均为|分别为?){{0,2}} ?$"
)
_ILL_BEHIND = re.compile(
    rf"(?:患者|病人|受试者|者)?(?:[于在][^,。;]{{1,12}}[后时中内月周天年])?(?:均|因|再)?(?:{_ILL}|转入|接受)"
)
_SHARE_BEHIND = re.compile(r"(?:患者|病人)? ?[(] ?(?:占 ?)?\d+(?:\.\d+)? ?%")
_SHARED_OUT = re.compile(r"(?:分别|依次|各)(?:为|有|是)? ?$")
_MORE = re.compile(r" ?[例名位人]? ?(?:、|,|和|及|与)+ ?")
_NOT_ILL = re.compile(
    r"(?:男|女|性别|年龄|失访|脱落|退出|剔除|随机|分为|分成|纳入|入选|选取|选择|收治|共收|未|无(?!效)|没有)[^,。;]{0,10}$"
)
_DIVIDED = re.compile(r"随机|分为|分成|分入|纳入|入选|选取|男|女")
_FRACTION = re.compile(r"(?<=[(,]) ?(?P<a>\d{1,6}) ?/ ?(?P<b>\d{1,6}) ?(?=[),])")
_SHARE_BESIDE = re.compile(r"% ?[(,] ?$")
_SHARE_NEXT = re.compile(r", ?\d+(?:\.\d+)? ?%")


def plainly(context: Context, used: set[int]) -> Iterator[Fact]:
    """Counts beside words that tell an event in any trial, in a list behind 分别, or as a fraction beside its share."""
    yield from _fractions(context, used)
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
        if (
            who
            and not _NOT_ILL.search(before)
            and (
                _is_event(context.norm, before, who.end())
                or _of_an_arm(context, q, sentence)
                or (told > 0 and _NEXT_OF_LIST.fullmatch(context.norm, told, q.start))
            )
        ):
            used.add(q.start)
            told = who.end()
            own = _ITS_FRACTION.match(context.norm, who.end())
            if own and int(own["a"]) == q.value:
                used.update(r.start for r in context.quantities_in(*own.span()))
                yield _plain_fact(context, q, own.end(), int(own["b"]))
            else:
                yield _plain_fact(context, q, who.end())
        elif _SHARED_OUT.search(before) and not _DIVIDED.search(
            context.norm, max(sentence.start, q.start - 60), q.start
        ):
            run = _counted_run(context, q)
            used.update(r.start for r in run)
            yield from (_plain_fact(context, r, r.end) for r in run)


_COUNTED_THEN = re.compile(r"\d ?[例名位人](?:\([^()]{1,20}\))?(?:[^,。;\d]{0,10})[,、;](?:而)?$")
_NONE_IN = re.compile(r"(?:患者|病人)?(?:则|均)?(?:无1例|无|未见|未发生|未出现)(?=[。;,)]|$)")


def _none_in(context: Context) -> Iterator[Fact]:
    """ "A组1例,B组5例,C组无": a zero among counts."""
    for mention in context.mentions:
        none = _NONE_IN.match(context.norm, mention.end)
        if none and _COUNTED_THEN.search(context.norm, max(0, mention.start - 40), mention.start):
            yield context.fact(
                "events", mention.end, none.end(), "zh_none_in", arm=context.arms[mention.arm].name, value=0.0, decimals=0,
                value_text="none",
            )  # fmt: skip


_NEXT_OF_LIST = re.compile(
    r"(?: ?\([^()]{1,16}\))?[、,](?![^,]*(?:分别|依次))[\u4e00-\u9fff]{2,8}"
)  # "缓解5例、稳定12例"


def _is_event(norm: str, before: str, end: int) -> bool:
    return bool(_ILL_BEFORE.search(before) or _ILL_BEHIND.match(norm, end) or _SHARE_BEHIND.match(norm, end))


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
    return sized_before(context, sentence) and not completed(context, sentence, q)


_EVERY_GROUP = re.compile("[两三各]组")


def _plain_fact(context: Context, q: Quantity, end: int, n: int | None = None) -> Fact:
    return context.fact(
        "events",
        q.start,
        end,
        "zh_events_plain",
        arm=_arm(context, q) or _arm_of_clause(context, q),
        value=float(q.value or 0),
        n=n,
        decimals=0,
    )


def _arm_of_clause(context: Context, q: Quantity) -> str:
    """The one arm named since the last semicolon or stop: "研究组痊愈20例,显效7例;对照组 ..."."""
    sentence = context.sentence_at(q.start)
    low = max(sentence.start if sentence else 0, q.start - _FAR_BACK)
    low = max(low, context.norm.rfind(";", low, q.start) + 1)
    named = {m.arm for m in context.mentions_in(low, q.start)}
    return context.arms[named.pop()].name if len(named) == 1 else ""


def _counted_run(context: Context, first: Quantity) -> list[Quantity]:
    """The counts of "12名、10名和9名": at least two, with a measure word behind each or behind the last."""
    run = [first]
    for q in context.quantities_in(first.end, first.end + 60):
        if len(run) > _LONGEST_LIST or not _MORE.fullmatch(context.norm, run[-1].end, q.start):
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
