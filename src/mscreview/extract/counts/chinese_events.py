"""Counts of events in Chinese: a context in, facts of kind `events` out.

The event stands in front of its count (死亡3例, 感染发生5例) or behind it (3例患者死亡); a count given arm by arm
behind one event (死亡3例, 其中治疗组1例) belongs to that event. The arm is the one named last in the same comma's
reach. What tells an event whatever the topic is read by `chinese_plain`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mscreview.extract.counts.chinese_plain import (
    FAR_BACK,
    LONGEST_LIST,
    PAIR,
    SHARED_OUT,
    arm_in_reach,
    arm_of_clause,
    plainly,
)
from mscreview.extract.lexicon import OUTCOME, Term
from mscreview.extract.model import Context, Fact
from mscreview.extract.times import time_points
from mscreview.text import Quantity

_MEASURE = re.compile(r" ?(?P<who>例次|人次|例|名|人)(?:患者|病[人患]|受试者|者)?")
# between an event and its count
_EVENT_THEN_COUNT = re.compile(
    r"(?:或[^,。;、\d]{1,4}?)?(?:伴[^,。;、\d]{2,10}?)?(?:的)?(?:患者|病例|人数|例数|者|事件)?(?:发生|出现)?(?:者|共|了|为|有|仅|各|均为|分别为?|总计|达|:)?(?:共|仅|有)? ?$"
)
# between a count and its event
_COUNT_THEN_EVENT = re.compile(
    r"(?:\([^()]{1,20}\))?(?:均|因[^,。;]{1,14}|并发|合并|发生|出现|患|伴有?|伴发|进展为|发展为|接受(?:了)?|行|最终|在随访期间|(?:分别)?[于在][^,。;]{1,24}){0,3}(?:了|过)?(?:轻度|严重|上消化道)?$"
)
_AFTER_IT = re.compile("(?:手?术)?后(?![,。;、)]|[^,。;]{0,4}\\d)")
_REACH = 26


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
        if measure and q.start not in used and (event := _event_of(context, counted, q, measure.end())):
            found += _dealt(context, q, *event[:2]) or [_fact(context, q, measure, *event)]
            used.add(q.start)
            used.update(context.passage.at(fact.start) for fact in found[-LONGEST_LIST:])
    yield from found
    yield from _in_turn(context, found, used)


def _dealt(context: Context, q: Quantity, name: Term, start: int) -> list[Fact]:
    """The counts of "两组死亡分别为3例和9例", one a group; none where a single count stands behind 分别."""
    told = SHARED_OUT.search(context.norm, max(0, q.start - 4), q.start) or PAIR.match(context.norm, q.end)
    if start == q.start or not told:
        return []
    run, sentence = _run(context, q), context.sentence_at(q.start)
    times = [t for t in time_points(context) if sentence and sentence.start <= t.start < q.start]
    if len(run) < 2 or len(times) == len(run):  # "1、3 d分别为": one a time, no group's
        return []
    return [
        context.fact(
            "events", number.start, m.end() if (m := _MEASURE.match(context.norm, number.end)) else number.end,
            "zh_events_dealt", outcome=name.name, arm="", value=float(number.value or 0), unit="例", decimals=0,
        )
        for number in run
    ]  # fmt: skip


def _event_of(context: Context, counted: set[str], q: Quantity, end: int) -> tuple[Term, int, int] | None:
    """The event a count is of, with the words that hold both."""
    norm = context.norm
    near = context.terms_in(OUTCOME, q.start - 2 * _REACH, end + _REACH + 1)
    for name in (n for n in near if n.name in counted):
        if q.start - _REACH <= name.end <= q.start and _EVENT_THEN_COUNT.fullmatch(norm, name.end, q.start):
            return name, name.start, end
        if _AFTER_IT.match(norm, name.end):
            continue  # "24例拔牙术后患者": what they had before
        if end <= name.start <= end + _REACH and _COUNT_THEN_EVENT.fullmatch(norm, end, name.start):
            return name, q.start, name.end
    return _shared_event(context, counted, q, end)


def _shared_event(context: Context, counted: set[str], q: Quantity, end: int) -> tuple[Term, int, int] | None:
    """The event named earlier in the sentence, for a count that stands right behind an arm."""
    sentence = context.sentence_at(q.start)
    arm = next((m for m in context.mentions_in(q.start - _REACH, q.start) if 0 <= q.start - m.end <= 2), None)
    if sentence is None or arm is None or sentence.section in ("methods", "title"):
        return None
    low = max(sentence.start, arm.start - FAR_BACK)
    earlier = [n for n in context.terms_in(OUTCOME, low, arm.start) if n.name in counted]
    return (earlier[-1], q.start, end) if earlier else None


def _fact(context: Context, q: Quantity, measure: re.Match[str], name: Term, start: int, end: int) -> Fact:
    return context.fact(
        "events", start, end, "zh_events", outcome=name.name, arm=arm_in_reach(context, q) or arm_of_clause(context, q), value=float(q.value or 0),
        unit=measure["who"], n=None, decimals=0,
    )  # fmt: skip


# --- "对照组相应为11例、15例和1例" ---------------------------------------------------------------------------------

_IN_TURN = re.compile(r"(?:相应(?:地)?|依次|分别|则)(?:均)?(?:为|是)? ?$")
_LISTED = re.compile(r" ?[例名]? ?(?:[、,]|和|及|与) ?")


def _in_turn(context: Context, first: Sequence[Fact], used: set[int]) -> Iterator[Fact]:
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
                outcome=fact.outcome, arm=arm_in_reach(context, q), value=float(number.value or 0), unit="例", decimals=0,
            )  # fmt: skip


_FAR = 60


def _run(context: Context, q: Quantity) -> list[Quantity]:
    run = [q]
    for after in context.quantities_in(q.end, q.end + FAR_BACK):
        if (
            after.start > run[-1].end
            and len(run) < LONGEST_LIST
            and _LISTED.fullmatch(context.norm, run[-1].end, after.start)
        ):
            run.append(after)
    return run if _MEASURE.match(context.norm, run[-1].end) else []
