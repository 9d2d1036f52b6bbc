"""How many people, in Chinese: totals, arm sizes and who was lost, from a context; same kinds as `people` gives.

Chinese prints a count in front of its measure word (60例, 403名, 三十余例), an arm's size behind the arm's name
(治疗组30例, 对照组(n=28)) and equal sizes once for all (两组各30例).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.model import ALL_ARMS, Context, Fact, Mention
from mscreview.text import Quantity, Sentence

_MEASURE = re.compile(r" ?(?:余|多)?(?P<who>例次|人次|例|名|位|人)(?!均|次)")
# verbs of taking in, up to the count
_MOST = 100_000  # "millions of people" are no trial
_TAKEN_IN = re.compile(
    r"(?:纳入|入选|选取|选择|选|收集|收治|招募|入组|募集|分析|筛选|登记|将|对|共有|总共|合计|总计|共|报告|治疗|病例|患者|受试者|例数为?)"
    r"[^。;例名]{0,36}$"
)
_NOT_TOTAL = re.compile(
    r"(?:死亡|失访|脱落|退出|剔除|排除|完成|男性?|女性?|发生|出现|其中|分别|各|每组|有效|无效|显效|存活|痊愈|好转|未|仅|(?<!入)[組组]|余下|剩余)[^,;。]{0,8}$"
)
_TAIL_NOT_TOTAL = re.compile(
    r"(?:患者|病人)?(?:死亡|失访|脱落|退出|完成|发生|出现|好转|有效|存活|无效|显效|行|接受(?!者))|(?:健康|正常)|[)）]?[、(]?(?:\d)(?!\d?(?:\.\d)?(?:[-~至到]\d+)? ?(?:个?月龄?|岁|周岁|型|期|级))"
)
_POOLED_BEFORE = re.compile(r"(?:研究|试验|文献|RCT|文章)(?:、|和|,|及|,?(?:共|合计|包括|涉及|累计|总计|计)){0,2} ?$")
# "64例X患者和59例Y患者": parts whose sum nobody printed
_PARTS_FOLLOW = re.compile(r"[^,。;\d]{0,14}[和及与、]\d{1,5} ?[例名]")
_IN_PARTS = re.compile(r"\d ?[例名][^,。;\d]{1,14}[和及与、]$")
_LOST = re.compile(r"(?P<what>失访|脱落|退出|剔除)(?:患者|病例|者)?(?:共|了|为|仅)?$")
_LOST_AFTER = re.compile(r"(?:患者|病人)?(?P<what>失访|脱落|退出)")
_IN_EVERY_GROUP = re.compile(r"(?:[两三四二2-4](?:个)?组|分[为成][^,。;]{0,20}组),?(?:各|每组(?:各)?)(?:有|为)? ?$")
_EACH = re.compile(r"(?:各|每组(?:各)?|两组均为|均为)(?:有|为)? ?$")
_SIZE_BEFORE = re.compile(r" ?(?:[(,:] ?(?:n ?= ?)?|患者|病例|(?:患者|病例)?(?:共|有|为|包括|纳入|入组|入选))? ?", re.I)
# "37例选择移植,为试验组", "余46例仅行常规治疗(对照组)": the size stands in front of what was done and of the name
_NAMED_LATER = re.compile(r" ?[例名](?:患者|病人)?(?:(?!随机|分)[^。;例名]){0,40}?(?:[(]|,?(?:作|设|列)?为|,?即) ?$")
_LIST = re.compile(r"(?:例|名|位|人)?(?:、|和|及|与|,)$")


def read(context: Context) -> Iterator[Fact]:
    """Totals, arm sizes and losses printed with a Chinese measure word."""
    if not any(c in context.norm for c in "例名位人组"):
        return
    used: set[int] = set()
    for fact_, at in _sizes(context):
        used.add(at)
        yield fact_
    for q in context.quantities:
        if q.value is None or q.percent or q.start in used or q.value != int(q.value) or q.value > _MOST:
            continue
        yield from _one(context, q)


def _one(context: Context, q: Quantity) -> Iterator[Fact]:
    norm = context.norm
    sentence = context.sentence_at(q.start)
    begin = sentence.start if sentence else 0
    before = norm[max(begin, q.start - 48) : q.start]
    number = int(q.value or 0)
    measure = _MEASURE.match(norm, q.end)
    if not measure:
        return
    if (m := _LOST.search(before)) or (m := _LOST_AFTER.match(norm, measure.end())):
        start, end = (
            min(q.start, q.start - len(before) + m.start()) if m.re is _LOST else q.start,
            max(measure.end(), m.end() if m.re is _LOST_AFTER else 0),
        )
        yield context.fact(
            "events",
            start,
            end,
            "zh_lost",
            value=float(number),
            value_text="lost to follow-up",
            unit=measure["who"],
        )
        return
    if sentence and not sized_before(context, sentence) and _IN_EVERY_GROUP.search(before):
        yield context.fact(
            "arm_n", q.start, measure.end(), "zh_each_group", arm=ALL_ARMS, value=float(number), n=number,
            unit=measure["who"],
        )  # fmt: skip
        return
    pooled = _POOLED_BEFORE.search(before)
    if (
        (
            pooled
            or _TAKEN_IN.search(before)
            or _opens(norm, before, measure.end())
            or _THEN_DIVIDED.match(norm, measure.end())
        )
        and before.rfind("(") <= before.rfind(")")
        and not _NOT_TOTAL.search(before)
        and (_alone(context, norm, before, measure.end()) or not _TAIL_NOT_TOTAL.match(norm, measure.end()))
    ):
        about = "余" in norm[q.end : measure.end()] or "余" in q.text or _IN_PARTS.search(before)
        status = "ambiguous" if about or _PARTS_FOLLOW.match(norm, measure.end()) else "ok"
        fields = {} if status == "ok" and context.section_at(q.start) == "background" else {"status": status}
        yield context.fact(
            "n_total",
            q.start,
            measure.end(),
            "zh_total",
            value=float(number),
            n=number,
            unit=measure["who"],
            **fields,
        )


_OPENING = re.compile(r"(?:^|[。;:：\n】\]]|(?:方法|医院|中心|大学)) ?(?:共|本组|入组)?$")
_DIVIDED = re.compile(r"[^。;]{0,28}?(?:随机|分为|分成|分入|分至|分组|被分)|[^,。;\d]{0,24}(?:患者|病人|受试者)")
# "初产妇201例分为三组"
_THEN_DIVIDED = re.compile(r"(?:患者|病人|受试者)?,?(?:按[^。;]{1,20})?(?:随机|均分|分为|分成|被分|1 ?[:∶])")


def _alone(context: Context, norm: str, before: str, end: int) -> bool:
    """ "22例患者接受输注": without arms, those who opened the sentence are all there were."""
    return not context.arms and _opens(norm, before, end)


def _opens(norm: str, before: str, end: int) -> bool:
    """ "60例患者随机分为两组": the number a sentence opens with is the total."""
    return bool(_OPENING.search(before) and _DIVIDED.match(norm, end))


# --- arm sizes --------------------------------------------------------------------------------------------------


def _sizes(context: Context) -> Iterator[tuple[Fact, int]]:
    """Sizes behind an arm's name, one for each of several names in front of 各, or a list in the order of the names."""
    norm = context.norm
    for i, mention in enumerate(context.mentions):
        if norm[mention.end - 1] != "组":
            continue
        if before := _size_before(context, i):
            yield _size(context, mention, before), before.start
            continue
        following = context.mentions[i + 1].start if i + 1 < len(context.mentions) else len(norm)
        numbers = [
            q
            for q in context.quantities_in(mention.end, min(following, mention.end + 24))
            if _is_size(norm, mention, q)
        ]
        if not numbers:
            continue
        first = numbers[0]
        gap = norm[mention.end : first.start]
        if _counts_events(context, mention, first):
            continue
        names = _names_before(context, i)
        if _EACH.search(gap):
            for m in names:
                yield _size(context, m, first), first.start
        elif "分别" in gap and len(names) > 1:
            listed = _listed(context, first)
            if len(listed) == len(names):
                for m, q in zip(names, listed, strict=True):
                    yield _size(context, m, q), q.start
        elif _SIZE_BEFORE.fullmatch(gap):
            yield _size(context, mention, first), first.start


_EVENT = re.compile(r"死|亡|发生|出现|失访|脱落|有效|存活|生存|好转|阳性|复发|不良|并发")


def _size_before(context: Context, i: int) -> Quantity | None:
    """The number a clause opens with that ends in this arm's name."""
    mention = context.mentions[i]
    low = context.mentions[i - 1].end if i else 0
    for q in reversed(context.quantities_in(max(low, mention.start - 56), mention.start)):
        if (
            q.value is not None
            and q.value == int(q.value)
            and _NAMED_LATER.fullmatch(context.norm, q.end, mention.start)
        ):
            return q
    return None


def _counts_events(context: Context, mention: Mention, q: Quantity) -> bool:
    """ "死亡3例,其中治疗组1例": a number behind an arm is no size where an event is what is counted."""
    sentence = context.sentence_at(mention.start)
    if sentence is None:
        return False
    behind = re.match(r"[^,。;]{0,24}", context.norm[q.end : min(sentence.end, q.end + 24)])
    return bool(
        sized_before(context, sentence)
        or _EVENT.search(context.norm, max(sentence.start, mention.start - 120), mention.start)
        or _EVENT.search(behind[0] if behind else "")
    )


_SIZED = re.compile(r"(?:组(?:患者)?(?:各|共|有)*|各|每组) ?[(,]?(?:n ?= ?)?\d{1,5}(?! ?[%.\d±])(?: ?[例名位人]|\))")
_RESULTS = ("results", "conclusion")


def sized_before(context: Context, sentence: Sentence) -> bool:
    """Whether this is a sentence of results and the sizes of the arms were told before it."""
    if sentence.section not in _RESULTS:
        return False
    told = _SIZED.search(context.norm, 0, sentence.start)
    return told is not None and context.section_at(told.start()) not in _RESULTS


_SHARE_FOLLOWS = re.compile(r" ?[例名]? ?[(] ?\d+(?:\.\d+)? ?[/%]")


def _is_size(norm: str, mention: Mention, q: Quantity) -> bool:
    whole = q.value is not None and q.value == int(q.value) and not q.percent
    counted = bool(_MEASURE.match(norm, q.end)) or bool(re.search(r"[nN] ?= ?$", norm[max(0, q.start - 5) : q.start]))
    listed = bool(re.match(r"[、,和及]", norm[q.end : q.end + 1]))
    return whole and (counted or listed) and not _SHARE_FOLLOWS.match(norm, q.end)


def _names_before(context: Context, last: int) -> list[Mention]:
    """The arms named one after the other up to this one ("治疗组和对照组")."""
    names = [context.mentions[last]]
    for mention in reversed(context.mentions[max(0, last - 8) : last]):
        if not re.fullmatch(r" ?(?:、|和|与|及|,) ?", context.norm[mention.end : names[0].start]):
            break
        names.insert(0, mention)
    return names


def _listed(context: Context, first: Quantity) -> list[Quantity]:
    out = [first]
    for q in context.quantities_in(first.end, first.end + 60):
        if q.start > out[-1].end and _LIST.fullmatch(context.norm, out[-1].end, q.start):
            out.append(q)
    return out


def _size(context: Context, mention: Mention, q: Quantity) -> Fact:
    number = int(q.value or 0)
    measure = _MEASURE.match(context.norm, q.end)
    return context.fact(
        "arm_n", q.start, measure.end() if measure else q.end, "zh_size", arm=context.arms[mention.arm].name,
        value=float(number), n=number, unit=measure["who"] if measure else "",
    )  # fmt: skip
