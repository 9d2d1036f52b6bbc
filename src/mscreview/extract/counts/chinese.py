"""How many people, in Chinese: totals, arm sizes and who was lost, from a context; same kinds as `people` gives.

Chinese prints a count in front of its measure word (60例, 403名, 三十余例) and equal sizes once for all (两组各30例); sizes
beside an arm's name are read by `chinese_sizes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.counts.chinese_sizes import MEASURE, sized_before, sizes
from mscreview.extract.model import ALL_ARMS, Context, Fact
from mscreview.text import Quantity

_MOST = 100_000  # "millions of people" are no trial
# verbs of taking in, up to the count
_TAKEN_IN = re.compile(
    r"(?:样本|收案|回顾|纳入|入选|选取|选择|选|收集|收录|收治|招募|入组|募集|分析|筛选|登记|将|对(?![侧照比])|符合(?:条件|标准)的?|本组|共有|总共|合计|总计|共|报告|治疗|病例|患者|病[人患]|受试者|例数为?)"
    r"[^。;例名]{0,36}$"
)
_NOT_TOTAL = re.compile(
    r"(?:死亡|失访|脱落|退出|剔除|排除|完成|男性?|女性?|发生|出现|其中|分别|各|每组|有效(?!样本|问卷)|无效|显效|存活|痊愈|好转|缓解|稳定|进展|复发|转移|未|仅|反应|事件|(?:(?<![入本])|介入)组|余下|剩余)[^,;。]{0,8}$|(?:分别|依次)[^,;。]{0,30}\d ?[、和及与]$"
)
_TAIL_NOT_TOTAL = re.compile(
    r"(?:患者|病[人患])?(?:死亡|失访|脱落|退出|完成(?![^,。;]{1,8}[之的])|发生|出现|新发|好转|有效|存活|无效|显效)(?![^。;,]{0,24}随机)|(?:健康|正常|研究者|研究员|评价|医[师生]|护[士理]|专家)|[)）]?[、(]?(?:\d)(?!\d?(?:\.\d)?(?:[-~至到]\d+)? ?(?:个?月龄?|岁|周岁|型|期|级))"
)
# "12例行手术": a part, unless they were taken in so ("收集56例接受手术的患者")
_TREATED = re.compile(r"(?:患者|病[人患])?(?:行|接受(?!者))(?![^。;,]{0,24}随机)")
_TAKEN_JUST = re.compile(r"(?:纳入|收集|选取|选择|入选|收治|招募|分析|连续|将|对)了? ?$")
_POOLED_BEFORE = re.compile(r"(?:研究|试验|文献|RCT|文章)(?:、|和|,|及|,?(?:共|合计|包括|涉及|累计|总计|计)){0,2} ?$")
# "64例X患者和59例Y患者": parts whose sum nobody printed
_PARTS_FOLLOW = re.compile(r"[^,。;\d]{0,14}[和及与、]\d{1,5} ?[例名]")
_IN_PARTS = re.compile(r"\d ?[例名][^,。;\d]{1,14}[和及与、]$")
_LOST = re.compile(r"(?:失访|脱落|退出|剔除)(?:患者|病例|者)?(?:共|了|为|仅)?$")
_LOST_AFTER = re.compile(r"(?:患者|病[人患])?(?:失访|脱落|退出)")
_IN_EVERY_GROUP = re.compile(r"(?:[两三四二2-4](?:个)?组|分[为成][^,。;]{0,20}组),?(?:各|每组(?:各)?)(?:有|为)? ?$")


def read(context: Context) -> Iterator[Fact]:
    """Totals, arm sizes and losses printed with a Chinese measure word."""
    if not any(c in context.norm for c in "例名位人组"):
        return
    found = list(sizes(context))
    sized = {at for _, at in found}
    counted = [
        fact
        for q in context.quantities
        if not (q.value is None or q.percent or q.start in sized or q.value != int(q.value) or q.value > _MOST)
        for fact in _one(context, q)
    ]
    yield from (fact for fact, _ in found)
    # "X治疗Y 45例" in a title is often the treated arm alone: the text's own total is the better one
    told = any(f.kind == "n_total" and f.section != "title" for f in counted)
    arms = {f.n for f in (*(fact for fact, _ in found), *counted) if f.kind == "arm_n"}
    yield from (f for f in counted if f.kind != "n_total" or f.section != "title" or not (told or f.n in arms))


def _one(context: Context, q: Quantity) -> Iterator[Fact]:
    norm = context.norm
    sentence = context.sentence_at(q.start)
    before = norm[max(sentence.start if sentence else 0, q.start - 48) : q.start]
    measure = MEASURE.match(norm, q.end)
    if not measure:
        return
    fields: dict[str, object] = {"value": float(q.value or 0), "unit": measure["who"]}
    if m := _LOST.search(before):
        start = q.start - len(before) + m.start()
        yield context.fact("events", start, measure.end(), "zh_lost", value_text="lost to follow-up", **fields)
    elif m := _LOST_AFTER.match(norm, measure.end()):
        yield context.fact("events", q.start, m.end(), "zh_lost", value_text="lost to follow-up", **fields)
    elif sentence and not sized_before(context, sentence) and _IN_EVERY_GROUP.search(before):
        fields |= {"arm": ALL_ARMS, "n": int(q.value or 0)}
        yield context.fact("arm_n", q.start, measure.end(), "zh_each_group", **fields)
    elif _is_total(context, before, measure.end()):
        about = "余" in norm[q.end : measure.end()] or "余" in q.text or _IN_PARTS.search(before)
        fields["n"] = int(q.value or 0)
        if about or _PARTS_FOLLOW.match(norm, measure.end()):
            fields["status"] = "ambiguous"
        kind = "n_total"
        if _WITH_CONTROLS.match(norm, measure.end()):
            kind, fields["arm"] = "arm_n", next((a.name for a in context.arms if a.role == "treated"), "")
        yield context.fact(kind, q.start, measure.end(), "zh_total", **fields)


def _is_total(context: Context, before: str, end: int) -> bool:
    """Whether the number in front of `end` is of all who took part, by the words `before` it and behind."""
    norm = context.norm
    if before.endswith(("最终", "共")) and _COMPLETED.match(norm, end):
        return True
    told = (
        _POOLED_BEFORE.search(before)
        or _TAKEN_IN.search(before)
        or _opens(norm, before, end)
        or _THEN_DIVIDED.match(norm, end)
    )
    if not told or before.rfind("(") > before.rfind(")") or _NOT_TOTAL.search(before):
        return False
    if not context.arms and _opens(norm, before, end):
        return True  # "22例患者接受输注": without arms, those who opened the sentence are all there were
    part = _TREATED.match(norm, end) and not _TAKEN_JUST.search(before)
    return not part and not _TAIL_NOT_TOTAL.match(norm, end)


_COMPLETED = re.compile(
    r"(?:患者|病[人患]|受试者)?(?:全部)?完成(?:了)?(?:研究|试验|随访|治疗|观察)"
)  # "最终90例完成研究"
# "用X治疗96例,并设Y对照组60例"
_WITH_CONTROLS = re.compile(r"[^。;]{0,24}?[,;](?:并|另|同时)(?:设|选|以)[^。;]{0,24}?对照")
_OPENING = re.compile(r"(?:^|[。;:：\n】\]]|(?:方法|医院|中心|大学)) ?(?:共|本组|入组)?$")
_DIVIDED = re.compile(r"[^。;]{0,28}?(?:随机|分为|分成|分入|分至|分组|被分)|[^,。;\d]{0,24}(?:患者|病[人患]|受试者)")
# "初产妇201例分为三组"
_THEN_DIVIDED = re.compile(
    r"[^,。;\d]{0,14}为(?:研究)?对象|(?:[^,。;\d]{0,16}?(?:患者|者|妇|儿|儿童|人))?,?(?:按[^。;]{1,20})?(?:随机|均分|分为|分成|分派|分配[到至]|被分|1 ?[:∶])"
)


def _opens(norm: str, before: str, end: int) -> bool:
    """ "60例患者随机分为两组": the number a sentence opens with is the total."""
    return bool(_OPENING.search(before) and _DIVIDED.match(norm, end))
