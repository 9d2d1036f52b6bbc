"""Sizes of arms, in Chinese: a context in, facts of kind `arm_n` out. Part of `chinese`.

The size stands behind the arm's name (治疗组30例, 对照组(n=28), A组(静脉给药,31例)), in front of it (余46例仅行常规治疗(对照组)),
or once for several names (各30例).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mscreview.extract.arms.clause import JOIN
from mscreview.extract.model import ALL_ARMS, Context, Fact, Mention
from mscreview.text import Quantity, Sentence

MEASURE = re.compile(r" ?(?:余|多)?(?P<who>例次|人次|例|名|位|人)(?!均|次)")
_EACH = re.compile(r"(?:各|每组(?:各)?|两组均为|均为)(?:有|为)? ?$")
_GIVEN = r"(?:\([^()]{1,30}\))"  # "A组(燕麦粥)40例"
_OWN = re.compile(
    rf" ?{_GIVEN}?(?:[(:] ?(?:[^()]{{1,24}},)? ?(?:n ?= ?)?|患者|病例|(?:患者|病例)?(?:共|有|为|包括|纳入|入组|入选))? ?",
    re.I,
)
_BEHIND_COMMA = re.compile(r" ?, ?(?:n ?= ?)?", re.I)  # "(试验组,109例)"
# "37例选择喝茶,为试验组", "余46例仅行常规治疗(对照组)": the size stands in front of what was done and of the name
_NAMED_LATER = re.compile(
    r" ?[例名位](?:患者|病[人患])?(?:(?:(?!随机|分)[^。;例名]){0,40}?(?:[(]|,?(?:作|设|列)?为|,?即))? ?$"
)
_LIST = re.compile(r"(?:例|名|位|人)?(?:、|和|及|与|,)$")
_FAR = 40


def sizes(context: Context) -> Iterator[tuple[Fact, int]]:
    """Sizes with the place of their number: beside an arm's name, one for each of several names, or a list in their order."""
    used: set[int] = set()
    for i, mention in enumerate(context.mentions):
        if context.norm[mention.end - 1] == "组":
            for m, q in _of_mention(context, i, mention, used):
                used.add(q.start)
                yield _size(context, context.arms[m.arm].name, q), q.start
    yield from _of_bare_names(context)


def _of_mention(context: Context, i: int, mention: Mention, used: set[int]) -> list[tuple[Mention, Quantity]]:
    norm = context.norm
    following = context.mentions[i + 1].start if i + 1 < len(context.mentions) else len(norm)
    numbers = context.quantities_in(mention.end, min(following, mention.end + _FAR))
    first = next((q for q in numbers if _is_size(norm, q)), None)
    gap = norm[mention.end : first.start] if first else ""
    if first is None or not _OWN.fullmatch(gap):
        before = _size_before(context, i)
        if before and before.start not in used:
            return [(mention, before)]
    if first is None or _counts_events(context, mention, first):
        return []
    names = _names_before(context, i)
    if _EACH.search(gap):
        return [(m, first) for m in names]
    if "分别" in gap and len(names) > 1:
        listed = _listed(context, first)
        return list(zip(names, listed, strict=True)) if len(listed) == len(names) else []
    return [(mention, first)] if _OWN.fullmatch(gap) or _BEHIND_COMMA.fullmatch(gap) else []


_EVENT = r"(?:死|亡|发生|出现|失访|脱落|有效(?!样本|问卷)|存活|生存|好转|阳性(?![^,。;]{0,12}(?:患者|病[人患]))|复发|不良|并发)(?![\u4e00-\u9fff]?组)"
_EVENT_BEHIND = re.compile(_EVENT)
_EVENT_BEFORE = re.compile(rf"{_EVENT}(?:[^。;]{{0,8}}\d ?[例名位人]|[^。;\d]{{0,16}}$)")


def _size_before(context: Context, i: int) -> Quantity | None:
    """The number a clause opens with that ends in this arm's name."""
    mention = context.mentions[i]
    low = context.mentions[i - 1].end if i else 0
    for q in reversed(context.quantities_in(max(low, mention.start - 56), mention.start)):
        whole = q.value is not None and q.value == int(q.value) and not q.percent
        if whole and _NAMED_LATER.fullmatch(context.norm, q.end, mention.start):
            return q
    return None


def _counts_events(context: Context, mention: Mention, q: Quantity) -> bool:
    """ "死亡3例,其中治疗组1例": a number behind an arm is no size where an event is what is counted."""
    sentence = context.sentence_at(mention.start)
    if sentence is None or completed(context, sentence, q):
        return False
    low = max(sentence.start, mention.start - 120)
    if sentence.section == "methods":  # "甲组47例,脱落2例;乙组45例,脱落1例"
        low = max(low, context.norm.rfind(";", low, mention.start))
    behind = re.match(r"[^,。;]{0,24}", context.norm[q.end : min(sentence.end, q.end + 24)])
    return bool(
        sized_before(context, sentence)
        or led_by_event(context, sentence, mention)
        or _EVENT_BEFORE.search(context.norm, low, mention.start)
        or _EVENT_BEHIND.search(behind[0] if behind else "")
    )


_LED = re.compile(r"[;,。](?![^;,。]*(?:纳入|完成|入组|分析|最终|其中|随机|分为|失访|脱落))[\u4e00-\u9fff]{2,8}$")


def led_by_event(context: Context, sentence: Sentence, mention: Mention) -> bool:
    """ "牙痛甲组2例" in results: what stands right in front of the name befell so many."""
    low = max(sentence.start, mention.start - 12)
    return sentence.section == "results" and _LED.search(context.norm, low, mention.start) is not None


_COMPLETED_BEFORE = re.compile(r"(?<!未)完成[^。;()]{0,10}(?:\(|,?其中)[^()]*$")
_COMPLETED_BEHIND = re.compile(r" ?[例名位](?:[^,。;]{0,24}[^,。;未])??完成")


def completed(context: Context, sentence: Sentence, q: Quantity) -> bool:
    """ "观察组86例、对照组84例完成随访", "56例完成试验(甲组29例,乙组27例)": sizes again."""
    before = _COMPLETED_BEFORE.search(context.norm, max(sentence.start, q.start - 60), q.start)
    return bool(before or _COMPLETED_BEHIND.match(context.norm, q.end, sentence.end))


_SIZED = re.compile(
    rf"(?:组(?:患者)?{_GIVEN}?(?:各|共|有)*|各|每组) ?(?:\((?:[^()]{{1,24}},)?|,)? ?(?:n ?= ?)?(?:\d{{1,5}}(?! ?[%.\d±])|[一二三四五六七八九十百]{{1,6}})(?: ?[例名位人]|\))|组 ?\(n ?= ?\d{{1,5}},|\d{{1,5}} ?[例名位人](?:患者)?\([^()\d]{{0,10}}组\)"
)
_RESULTS = ("results", "conclusion")


def sized_before(context: Context, sentence: Sentence) -> bool:
    """Whether this is a sentence of results and the sizes of the arms were told before it."""
    if sentence.section not in _RESULTS:
        return False
    told, end = _first_sized(context.norm)
    return told >= 0 and end <= sentence.start and context.section_at(told) not in _RESULTS


@lru_cache(maxsize=2)  # asked of every count
def _first_sized(norm: str) -> tuple[int, int]:
    """Where a text first prints the size of an arm; (-1, -1) where it does not."""
    told = _SIZED.search(norm)
    return told.span() if told else (-1, -1)


_SHARE_FOLLOWS = re.compile(r" ?[例名位人]? ?[(] ?\d+(?:\.\d+)? ?[/%]")


def _is_size(norm: str, q: Quantity) -> bool:
    whole = q.value is not None and q.value == int(q.value) and not q.percent
    counted = bool(MEASURE.match(norm, q.end)) or bool(re.search(r"[nN] ?= ?$", norm[max(0, q.start - 5) : q.start]))
    listed = bool(re.match(r"[、,和及]", norm[q.end : q.end + 1]))
    return whole and (counted or listed) and not _SHARE_FOLLOWS.match(norm, q.end)


def _names_before(context: Context, last: int) -> list[Mention]:
    """The arms named one after the other up to this one ("治疗组和对照组")."""
    names = [context.mentions[last]]
    for mention in reversed(context.mentions[max(0, last - 8) : last]):
        if not JOIN.fullmatch(context.norm, mention.end, names[0].start):
            break
        names.insert(0, mention)
    return names


def _listed(context: Context, first: Quantity) -> list[Quantity]:
    out = [first]
    for q in context.quantities_in(first.end, first.end + 60):
        if q.start > out[-1].end and _LIST.fullmatch(context.norm, out[-1].end, q.start):
            out.append(q)
    return out


_BARE = re.compile(
    r"(?P<name>[A-Za-z0-9+\u4e00-\u9fff-]{2,20}) ?\( ?(?:n ?= ?(?P<n>\d{1,5}) ?[,)]|(?P<who>\d{1,5}) ?[例名位人] ?\))"
)
_EVERY = re.compile(r"[两二三四五2-5] ?组$")


def _of_bare_names(context: Context) -> Iterator[tuple[Fact, int]]:
    """ "给予米汤(n=31)或安慰剂(n=30)" where the text elsewhere says 米汤组; "分为3组(n=20)" for every arm."""
    for m in _BARE.finditer(context.norm) if "(" in context.norm else ():
        arm = next((a.name for a in context.arms if a.name[-1] == "组" and m["name"].endswith(a.name[:-1])), "")
        name = ALL_ARMS if m["n"] and _EVERY.search(m["name"]) else arm
        here = context.quantities_in(*m.span("n" if m["n"] else "who"))
        if name and here:
            yield _size(context, name, here[0]), here[0].start


def _size(context: Context, arm: str, q: Quantity) -> Fact:
    number = int(q.value or 0)
    measure = MEASURE.match(context.norm, q.end)
    return context.fact(
        "arm_n", q.start, measure.end() if measure else q.end, "zh_size", arm=arm,
        value=float(number), n=number, unit=measure["who"] if measure else "",
    )  # fmt: skip
