"""Which arms a Chinese clause speaks of: a context and a stretch in, mentions out. Asked by `values`, `counts` and `link`.

"与对照组相比,治疗组 ..." speaks of the 治疗组, "高于对照组" compares with it, and "治疗组和对照组分别为" lists both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from mscreview.extract.model import Context, Mention

_THAN = re.compile(r"(?:低于|高于|优于|少于|多于|大于|小于|短于|长于|早于|晚于|[较比]) ?$")
_LESS_THAN = re.compile(
    r"[)\] ]*(?:[A-Za-z%/]{1,8}|分|天|次)?[)\] ]*,?(?:均|明显|显著)*(?:低于|高于|优于|少于|多于|大于|小于|短于|长于|早于|晚于)"
)
_WITH = ("与", "和", "同", "跟")
_COMPARED = re.compile(r"(?:患者|病人)?(?:的)?[^,。;、\d和与及]{0,6}(?:相比|比较|相较)")
JOIN = re.compile(r" ?(?:、|和|与|及|,) ?")


def compared(context: Context, mention: Mention) -> bool:
    """Whether an arm is only what another is compared with ("低于对照组", "与对照组相比")."""
    return set_against(context, mention) or _THAN.search(context.norm, mention.start - 3, mention.start) is not None


def set_against(context: Context, mention: Mention) -> bool:
    """ "与对照组相比": what is told next is told of the other arm."""
    norm, start = context.norm, mention.start
    return norm[start - 1 : start] in _WITH and _COMPARED.match(norm, mention.end) is not None


def is_than(context: Context, end: int, mention: Mention) -> bool:
    """Whether what ends at `end` is said to be more or less than the arm that follows: "(5±1)d,短于常规组"."""
    return _LESS_THAN.fullmatch(context.norm, end, mention.start) is not None


def less_than_next(context: Context, end: int) -> int | None:
    """Of two arms the one that what ends at `end` is of, where the arm that follows is what it is compared with."""
    behind = context.mentions_in(end, end + _REACH)[:1]
    return 1 - behind[0].arm if len(context.arms) == 2 and behind and is_than(context, end, behind[0]) else None


_REACH = 16


def last_run(context: Context, low: int, high: int) -> list[Mention]:
    """The arms named last in a stretch, one behind the other; those only compared with do not count."""
    run: list[Mention] = []
    for mention in reversed(context.mentions_in(low, high)):
        if run and not JOIN.fullmatch(context.norm, mention.end, run[0].start):
            break
        if not compared(context, mention):
            run.insert(0, mention)
    return run


def clause_start(context: Context, start: int, position: int) -> int:
    """Where the clause that holds a position begins: behind the last semicolon, in a sentence that begins at `start`."""
    return max(start, context.norm.rfind(";", start, position) + 1)


class Span(Protocol):
    """Anything with a place in the normal form."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


_ITS_OWN = re.compile(r"(?:患者|病人)?(?:则|仅)?(?:分别|依次)[为是的之]*[ (]*")  # "对照组分别为60%与52%"
_WORDS_BETWEEN = re.compile(r"[\u4e00-\u9fff]{3}")


def of_clause(context: Context, numbers: Sequence[Span], before: Sequence[Mention]) -> int | None:
    """ "治疗组痊愈率为41%,有效率为83%": the one arm a clause speaks of, for a number or for several outcomes.

    `before` are the arms named between the number in front and the first of `numbers`; None where it is not Chinese, or
    the numbers are of several arms.
    """
    start = numbers[0].start
    sentence = context.sentence_at(start)
    if sentence is None or not context.is_chinese(sentence.start, numbers[-1].end):
        return None
    if len(numbers) == 1 and (arm := less_than_next(context, numbers[0].end)) is not None:
        return arm
    run = last_run(context, clause_start(context, sentence.start, start), start)
    parted = all(_WORDS_BETWEEN.search(context.norm, a.end, b.start) for a, b in pairwise(numbers))
    if parted:
        run = [*before[-1:]] or run
    elif not run or not _ITS_OWN.fullmatch(context.norm, run[-1].end, start):
        return None
    return run[0].arm if len(run) == 1 else None


def in_turn(context: Context, start: int, count: int) -> list[int] | None:
    """ "甲组升高6%,乙组升高2%;腰围分别减少6.1和3.0": both arms, for a clause that names none behind one about each.

    `count` numbers begin at `start`; None where they are not two, or the sentence does not name two arms before.
    """
    sentence = context.sentence_at(start)
    if sentence is None or not count == len(context.arms) == 2:
        return None
    low = clause_start(context, sentence.start, start)
    if context.mentions_in(low, start) or not _IN_TURN.search(context.norm, low, start):
        return None
    both = list(dict.fromkeys(m.arm for m in subjects(context, sentence.start, low)))
    return both if len(both) == 2 else None


_IN_TURN = re.compile(r"分别|依次")


def not_the_next(context: Context, start: int, end: int) -> int | None:
    """ "甲组升高,乙组降低;血压由150降至130,乙组由148降至142": the clause's own first numbers are of the other arm."""
    sentence = context.sentence_at(start)
    if sentence is None or len(context.arms) != 2:
        return None
    stop = context.norm.find(";", end, sentence.end)
    later = {m.arm for m in subjects(context, end, stop if stop > 0 else sentence.end)}
    earlier = {m.arm for m in context.mentions_in(sentence.start, clause_start(context, sentence.start, start))}
    return 1 - later.pop() if len(later) == 1 and len(earlier) == 2 else None


def subjects(context: Context, low: int, high: int) -> Sequence[Mention]:
    """The arms named in a stretch, without the one of "与对照组相比"."""
    named = context.mentions_in(low, high)
    return [m for m in named if not set_against(context, m)] if context.is_chinese(low, high) else named
