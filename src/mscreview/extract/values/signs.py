"""The sign of a change that is told by a word: "fell by 3.1" and 下降3.1 are changes of -3.1.

A refiner: facts in, the same facts out with value and limits turned where a decrease is printed without its minus;
`value_text` keeps the number as printed. The word is the last one in front that tells a way, so that "fell by 3.1 with A
but rose by 0.8 with B" keeps both apart; a change whose way no word tells keeps its print.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from mscreview.extract.model import Context, Fact
from mscreview.text.search import beginnings, starting

_WAY = re.compile(
    r"\b(?:(?P<down>decreas(?:e[sd]?|ing)|reduc(?:e[sd]?|ing|tions?)|fell|fall(?:s|en|ing)?|declin(?:e[sd]?|ing)|drop(?:s|ped)?"
    r"|lowered|diminish(?:ed|es)?|shorten(?:ed|ing)|lost|loss(?:es)?)"
    r"|increas\w*|rose|rise[ns]?|raised|gain\w*|grew|improv\w*|worsen\w*|deteriorat\w*|chang\w*|differ\w*|higher|lower|prolong\w*)\b"
    r"|(?P<zh>下降|降低|减少|缩短|缩小|减低|减轻|减小|降幅)|升高|上升|增加|提高|增高|延长|变化|改善|差值|升|增",
    re.I,
)
_WAY_AT = beginnings(
    "decreas reduc fell fall declin drop lowered diminish shorten lost loss increas rose rise raised gain grew improv worsen"
    " deteriorat chang differ higher lower prolong",
    "下降减缩升上增提延变改差",
)
_REACH = 160
_BELOW = re.compile(r" below (?:the )?baseline\b")
_SIGNED = re.compile(r"[-+] ?$")


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Turn the sign of every change printed as a decrease."""
    changes = [k for k, f in enumerate(facts) if _is_change(f)]
    if not changes:
        return list(facts)
    ways = [(m.start(), m.end(), bool(m["down"] or m["zh"])) for m in starting(_WAY, _WAY_AT, context.norm)]
    out = list(facts)
    for k in changes:
        end = context.passage.at(out[k].end - 1) + 1
        if _falls(context, ways, context.passage.at(out[k].start)) or _BELOW.match(context.norm, end):
            out[k] = _turned(out[k])
    return out


def _is_change(fact: Fact) -> bool:
    changed = fact.kind == "change" or (fact.kind == "median" and fact.measure == "change")
    return changed and fact.value is not None and fact.value > 0 and (fact.low is None or fact.low > 0)


def _falls(context: Context, ways: Sequence[tuple[int, int, bool]], at: int) -> bool:
    """Whether the last word in front of a number, in its sentence, that tells a way tells a decrease."""
    sentence = context.sentence_at(at)
    if sentence is None or _SIGNED.search(context.norm, max(0, at - 2), at):
        return False
    start, _, down = ways[k] if (k := bisect_left(ways, (at, 0, False)) - 1) >= 0 else (-1, 0, False)
    return down and start >= max(sentence.start, at - _REACH)


def _turned(fact: Fact) -> Fact:
    low = None if fact.high is None else -fact.high
    high = None if fact.low is None else -fact.low
    return fact._replace(value=-(fact.value or 0.0), low=low, high=high)
