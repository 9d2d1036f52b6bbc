"""In which order arms are named: mentions or a pair of numbers in, arms out.

Part of `arms`. The make of a sentence tells the order of a pair: "Compared with X, ... less with Y (3 vs 5)",
"X ..., whereas Y fell further (3 vs 5)", "(3 vs 5) was more frequent with X", "did not change with X (3 vs 5)".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mscreview.extract.arms.clause import subjects
from mscreview.extract.model import Context, Mention

_SET_BESIDE = r"\b(?:[Cc]ompared (?:with|to)|[Rr]elative to|[Ii]n comparison (?:with|to)|[Uu]nlike|[Vv]ersus) (?:the )?"
_BASIS = re.compile(rf"{_SET_BESIDE}$")
_BASIS_ENDS = re.compile(r"[^.;,()\d]{0,24},")
_CONTRAST = re.compile(r"\b(?:whereas|while|but)\b")
_THAN = re.compile(rf"(?:{_SET_BESIDE}|\bthan (?:with |in |on |for )?(?:the )?)$")
_COMPARATIVE = (
    r"(?:more|less|fewer|higher|lower|greater|larger|smaller|longer|shorter|better|worse|commoner|rarer|faster|slower)"
)
_BEHIND = re.compile(
    r" ?[A-Za-z/%-]{0,15}[)\]](?:,? (?:and|or) [\w -]{2,30} ?[(\[][^()\[\]]{1,40}[)\]])? (?:was|were|occurred|is|are) "
    rf"(?:[a-z]+ly )?(?P<way>{_COMPARATIVE})\b[^.;,()\d]{{0,24}}\b(?:with|in|on|after|for|among|under) (?:the )?"
)
SAME_PEOPLE = re.compile(
    r"[Cc]ompared (?:with|to) (?:before|baseline|pre)|\b(?:not changed?|no change|unchanged|unaltered)\b"
)
_OPENED = re.compile(r"(?: (?:group|arm))? ?[(\[]")
# "61% and 74% with and without milk"
_WITHOUT = re.compile(r"[^.;,\d]{0,24}\b(?P<first>with(?:out)?) (?:and|or|vs\.?|versus) with(?:out)? (?:an? |the )?")
_FAR = 160


def order_told(
    context: Context, start: int, end: int, before: Sequence[Mention], earlier: Sequence[Mention]
) -> tuple[int, int] | None:
    """Arms of the pair at `norm[start:end]`; `before` and `earlier` are the names since the last number and in the sentence."""
    norm = context.norm
    if before and _OPENED.fullmatch(norm, before[-1].end, start):
        sentence = context.sentence_at(start)
        if sentence and SAME_PEOPLE.search(norm, sentence.start, start):
            return before[-1].arm, before[-1].arm
    if len(context.arms) != 2:
        return None
    if (told := _WITHOUT.match(norm, end)) and (m := next(iter(context.mentions_in(told.end(), told.end() + 1)), None)):
        return (m.arm, 1 - m.arm) if told["first"] == "with" else (1 - m.arm, m.arm)
    named = distinct(earlier)
    if len(named) == 2:
        first = earlier[0]
        if is_basis(norm, first):
            return named[1], named[0]
        turns = [m.start() for m in _CONTRAST.finditer(norm, first.end, start)]
        clause = [m for m in earlier if turns and m.start > turns[-1]]
        if len({m.arm for m in clause}) == 1 and not _THAN.search(norm, max(0, clause[0].start - 30), clause[0].start):
            subject = clause[0].arm
            return subject, subject if SAME_PEOPLE.search(norm, turns[-1], start) else 1 - subject
    if len(named) == 1 and is_basis(norm, earlier[0]):
        return 1 - named[0], named[0]  # "Compared with X, the score (3 vs 5) was lower with Y"
    if not named:
        for m in context.mentions_in(end, end + _FAR):
            if told := _BEHIND.fullmatch(norm, end, m.start):
                return (1 - m.arm, m.arm) if _says_the_second(norm[start:end], told["way"]) else (m.arm, 1 - m.arm)
    return None


def is_basis(norm: str, mention: Mention) -> bool:
    """ "Compared with X, ..."."""
    led_in = _BASIS.search(norm, max(0, mention.start - 30), mention.start)
    return led_in is not None and _BASIS_ENDS.match(norm, mention.end) is not None


_MORE = frozenset({"more", "higher", "greater", "larger", "longer", "commoner"})
_LESS = frozenset({"less", "fewer", "lower", "smaller", "shorter", "rarer"})
_FIRST, _SECOND = re.compile(r"\d+(?:\.\d+)?"), re.compile(r"(?:\bvs?\b\.?|versus|and|,) ?(\d+(?:\.\d+)?)")


def _says_the_second(pair: str, way: str) -> bool:
    """ "(3 vs 6) was more frequent with Y": the six is Y's."""
    first, second = _FIRST.match(pair), _SECOND.search(pair)
    if first is None or second is None:
        return False
    apart = float(second[1]) - float(first[0])
    return apart > 0 if way in _MORE else apart < 0 if way in _LESS else False


def led(order: Sequence[int], named: Sequence[int]) -> list[int | None]:
    """The order of the list before; of a pair the one arm named in front is the first: "the X group had less (4 vs 6)"."""
    return [order[1], order[0]] if len(order) == 2 and list(named) == [order[1]] else [*order]


_LAST_SENTENCES = 3


def order_before(context: Context, start: int) -> list[int | None]:
    """The order in which the last of the sentences before named both arms, else that of the arms themselves."""
    n, end = len(context.arms), start
    for _ in range(_LAST_SENTENCES if n == 2 else 0):  # of more arms another order may be told for once
        sentence = context.sentence_at(end - 1) if end else None
        if sentence is None or (sentence.section == "methods" and context.is_chinese(sentence.start, end)):
            break  # Chinese tells what the controls got first, and goes on in the order of the arms' sizes
        mentions = subjects(context, sentence.start, end)
        named = distinct(mentions)
        if len(named) == n:
            return [*named[1:], named[0]] if is_basis(context.norm, mentions[0]) else [*named]
        end = sentence.start
    return list(range(n))


def distinct(mentions: Sequence[Mention]) -> list[int]:
    return list(dict.fromkeys(m.arm for m in mentions))


def latest(mentions: Sequence[Mention], n: int) -> list[int]:
    """The last `n` different arms named, in the order of their naming."""
    seen: list[Mention] = []
    for m in reversed(mentions):
        if m.arm not in {s.arm for s in seen}:
            seen.append(m)
        if len(seen) == n:
            break
    return [m.arm for m in reversed(seen)]


def dealt(arms: list[int | None], behind: list[Sequence[Mention]]) -> list[int | None]:
    """ "1.6, 2.2 and 2.5 with X, Y and Z, 1.1 with V": as many numbers as names behind them are given out in order."""
    nameless = 0
    for k, named in enumerate(behind):
        nameless += 1
        if not named:
            continue
        order = distinct(named)
        if len(order) == nameless > 1 and all(arms[j] is None for j in range(k + 1 - nameless, k)):
            arms[k + 1 - nameless : k + 1] = order
        nameless = 0
    return arms


def again(arms: list[int | None]) -> list[int | None]:
    """ "5 with X and 6 with Y, and height 7 and 8": as many numbers more are of the same arms in turn."""
    named = [k for k in arms if k is not None]
    more = len(arms) - len(named)
    in_turn = more > 1 and more == len(named) == len(set(named)) and arms[: len(named)] == named
    return [*named, *named] if in_turn else arms


def fill(arms: list[int | None], backwards: bool) -> list[int | None]:
    """A number without a name of its own shares its neighbour's: "7.2, 7.3 and 7.1 for X"."""
    order = range(len(arms) - 1, -1, -1) if backwards else range(len(arms))
    last: int | None = None
    for k in order:
        if arms[k] is None:
            arms[k] = last
        last = arms[k]
    return arms
