"""Sizes and counts told beside an arm's name, in wordings a learned role misses: a refiner for protocol mode.

"The treated group comprised 13,598", "231 infants were assigned at random to the treated group and 220 to the control
group", "of 1,541 treated children 180 fell ill", "505 among 88,391 treated persons". Takes the facts of `people` and
`named`; gives the same facts with these sizes and counts read as what they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mscreview.extract.model import Context, Fact, Mention
from mscreview.text import Quantity

_READ_ANEW = frozenset({"n_total", "arm_n", "events"})
_PEOPLE = r"(?: [a-z-]{3,14}){0,2}?"
_COMPRISED = re.compile(
    r"(?: (?:group|arm|patients|people|children|persons))?"
    r" (?:comprised|included|contained|numbered|consisted of|was made up of|were)(?: of)? "
)
_AND_THE_NEXT = re.compile(r"(?: (?:group|arm|patients|people|children|persons))? (?:of )?")
_TO = re.compile(
    rf"{_PEOPLE}(?: (?:was|were|had been|have been))?(?: (?:randomly|systematically|alternately))?"
    r"(?: (?:assigned|allocated|randomi[sz]ed|allotted|put|admitted))?(?: (?:at random|randomly|by lot|in turn))?"
    r" to (?:the |a )?",
    re.I,
)
_OF = re.compile(r"\b(?:of|among|in|out of) (?:the |these |all )?$", re.I)
_COUNT_BEHIND = re.compile(rf"(?: (?:group|arm))?{_PEOPLE},? (?:only )?")
_FELL_ILL = re.compile(
    r"(?: (?:of them|cases|patients))? (?:did|developed|had|died|fell|suffered|were|was|got|contracted|experienced"
    r"|underwent|received|became|showed)\b",
    re.I,
)
_SHARE = re.compile(r" (?:among|of|out of|in) (?:the |a total of |all )?|/")


_IN_ARM = re.compile(r"(?: (?:cases|patients|of them|deaths|people|persons))? (?:in|among|of) (?:the )?$")
_AND_MORE = re.compile(
    r"(?: (?:group|arm|patients|children|persons))?,? (?:and|versus|vs\.?|but|against|compared with) "
)


@dataclass(frozen=True, slots=True)
class _Told:
    """A number of people: what it is, whose arm, and of how many."""

    quantity: Quantity
    kind: str
    arm: str
    n: int | None = None
    end: int = -1  # of the words, where they go on behind the number


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """`facts` with sizes and counts told beside an arm's name; what was read from the same numbers gives way."""
    if context.lexicon.protocol is None or not context.mentions:
        return list(facts)
    told = {t.quantity.start: t for t in (*_sizes(context), *_shares(context), *_repeated(context, facts))}
    if not told:
        return list(facts)
    starts = {context.passage.span(t.quantity.start, t.quantity.end)[0] for t in told.values()}
    kept = [f for f in facts if not (f.start in starts and f.kind in _READ_ANEW)]
    return kept + [_fact(context, t) for t in told.values()]


def _fact(context: Context, told: _Told) -> Fact:
    q = told.quantity
    number = int(q.value or 0)
    n = number if told.kind == "arm_n" else told.n
    return context.fact(
        told.kind, q.start, max(q.end, told.end), "told beside its arm", arm=told.arm, value=float(number), n=n, value_text=q.text,
        decimals=0,
    )  # fmt: skip


def _sizes(context: Context) -> list[_Told]:
    found: list[_Told] = []
    norm, sized = context.norm, -1
    for q in context.quantities:
        if not _whole(q) or _measured(context, q):
            continue
        before = context.mentions_in(max(0, q.start - 80), q.start)[-1:]
        behind = context.mentions_in(q.end, q.end + 90)[:1]
        if before and _COMPRISED.fullmatch(norm, before[0].end, q.start):
            found.append(_Told(q, "arm_n", _name(context, before[0])))
            sized = q.end
        elif before and 0 < before[0].start - sized < 24 and _AND_THE_NEXT.fullmatch(norm, before[0].end, q.start):
            found.append(_Told(q, "arm_n", _name(context, before[0])))
        elif behind and _TO.fullmatch(norm, q.end, behind[0].start) and not _whole_trial(context, behind[0]):
            found.append(_Told(q, "arm_n", _name(context, behind[0])))
    return found


def _whole_trial(context: Context, mention: Mention) -> bool:
    """ "44 patients were assigned to A (n = 22) or B": the next arm has no number of its own, so the first was everybody's."""
    sentence = context.sentence_at(mention.start)
    if sentence is None:
        return False
    other = next((m for m in context.mentions_in(mention.end, sentence.end) if m.arm != mention.arm), None)
    if other is None:
        return False
    between = context.quantities_in(mention.end, other.start)
    return not any(_whole(q) and _TO.fullmatch(context.norm, q.end, other.start) for q in between)


def _shares(context: Context) -> list[_Told]:
    """ "of 1,541 treated children 180 developed it", "505 among 88,391 treated persons"."""
    found: list[_Told] = []
    norm = context.norm
    for first, second in zip(context.quantities, context.quantities[1:], strict=False):
        if not (_whole(first) and _whole(second)):
            continue
        mention = next((m for m in context.mentions_in(first.end, second.start)), None)
        small, large = sorted((first.value or 0, second.value or 0))
        if mention and first.value == large and mention.start == first.end + 1:
            led = _OF.search(norm, max(0, first.start - 24), first.start)
            if led and _COUNT_BEHIND.fullmatch(norm, mention.end, second.start) and _FELL_ILL.match(norm, second.end):
                found.append(_Told(first, "arm_n", _name(context, mention)))
                found.append(_Told(second, "events", _name(context, mention), int(large)))
        behind = context.mentions_in(second.end, second.end + 2)[:1]
        if behind and second.value == large and small < large and _SHARE.fullmatch(norm, first.end, second.start):
            found.append(_Told(first, "events", _name(context, behind[0]), int(large), second.end))
    return found


def _repeated(context: Context, facts: Sequence[Fact]) -> list[_Told]:
    """ "62 cases in the treated group and 248 in the control group": the second number counts the same event."""
    counted = {f.start for f in facts if f.kind == "events"}
    found: list[_Told] = []
    for first, second in zip(context.quantities, context.quantities[1:], strict=False):
        if not (_whole(first) and _whole(second)):
            continue
        between = context.mentions_in(first.end, second.start)[-1:]
        behind = context.mentions_in(second.end, second.end + 40)[:1]
        if not between or not behind or between[0].arm == behind[0].arm:
            continue
        known = context.passage.span(first.start, first.end)[0] in counted
        if (
            known
            and _IN_ARM.search(context.norm[first.end : between[0].start])
            and _AND_MORE.fullmatch(context.norm, between[0].end, second.start)
            and _IN_ARM.fullmatch(context.norm, second.end, behind[0].start)
        ):
            found.append(_Told(second, "events", _name(context, behind[0])))
    return found


def _whole(q: Quantity) -> bool:
    return q.kind in ("int", "words") and not q.percent and q.value is not None


def _measured(context: Context, q: Quantity) -> bool:
    """A number with a unit or a time behind it is no size."""
    return (
        re.match(r" ?(?:weeks?|months?|years?|days?|hours?|m[gl]|g|cells|×|x |\^|-|/)", context.norm[q.end : q.end + 8])
        is not None
    )


def _name(context: Context, mention: Mention) -> str:
    return context.arms[mention.arm].name
