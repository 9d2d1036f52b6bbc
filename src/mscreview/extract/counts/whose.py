"""Whose size a number of people is: a context and a number in, the name of its arm out. A part of `people`."""

from __future__ import annotations

import re

from mscreview.extract.model import ALL_ARMS, Context, Mention
from mscreview.text import Quantity, Sentence
from mscreview.text.patterns import PEOPLE

_REACH = 100
_SAME_ARM = re.compile(
    r"(?:[^;:.]|\.\d){0,40}?[(\[,] ?(?:[^()\[\];]{0,30}[,;] ?)?(?:[nN] ?= ?)?|(?: (?:group|arm))?: ?(?:[nN] ?= ?)?"
    r"|(?:(?![nN] ?=)(?:[^;:.]|\.\d|\b[a-z]\. ?)){0,90}[(\[][nN] ?= ?"  # "X 5 mg q.d. raised to a maximum of 20 mg (n = 17)"
)
# "X (5 mg/kg for 5 days) with rest (n = 30)" beside "rest alone (n = 30)"
_ADDED = re.compile(r" ?\([^()]{1,60}\) (?:plus|with) | (?:plus|\+|in addition to) ")
# "(X 38, Y 40)"
_BARE_SIZE = re.compile(r" ?[,;)]")
_THEN_ARM = re.compile(
    rf" ?(?:of (?:the )?\d{{1,5}} ?)?(?:{PEOPLE} )?"
    r"(?:[(\[][^()\[\]]{1,12}%[)\]] )?(?:(?:who |were |was )?(?:in|of|on|to|for|with|received|receiving|receive|randomi[sz]ed to|randomly assigned to|"
    r"assigned to|allocated to|treated with|given|underwent|taking|had)(?: receive| undergo)? )?"
    r"(?:the |a |an |either )?(?:\d+(?:\.\d+)? ?(?:%|\w{1,3}) )?[(\[]?"
)
_OF_EACH = re.compile(
    rf"(?: {PEOPLE})?,? ?(?:were )?"
    r"(?:each(?= to\b| group| arm| ?[,.;)])|(?:(?:were )?(?:assigned |allocated |randomi[sz]ed )?to|in|per) (?:each|either|both|every|treatment|study) (?:treatment |study )?(?:group|arm)|per (?:group|arm)\b)"
)
_EACH_HAS = re.compile(
    r"\b[Ee]ach (?:study |treatment )?(?:group|arm|cohort)(?: of the (?:trial|study))? "
    r"(?:consisted of|comprised|included|contained|had|numbered) $"
)


def is_of_each(norm: str, q: Quantity) -> bool:
    """ "19 patients per group", "each group comprised 19": the size of every arm."""
    return bool(_OF_EACH.match(norm, q.end) or _EACH_HAS.search(norm, max(0, q.start - 60), q.start))


_LIST = re.compile(r",? ?(?:and|or|/|vs\.?|versus|,) ?(?:[nN] ?= ?)?")


def arm_of_size(context: Context, j: int, sentence: Sentence) -> str:
    """Name of the arm a size belongs to: the name before its bracket, the name behind it, or in turn in a list."""
    q = context.quantities[j]
    if is_of_each(context.norm, q):
        return ALL_ARMS
    before = [m for m in context.mentions_in(max(sentence.start, q.start - _REACH), q.start) if m.end <= q.start]
    if len(before) > 1 and _ADDED.fullmatch(context.norm, before[-2].end, before[-1].start):
        before = before[:-1]
    after = context.mentions_in(q.end, min(sentence.end, q.end + _REACH))
    if after and context.norm[q.end : after[0].start] == " ":  # "31 X, 34 placebo"
        return context.arms[after[0].arm].name
    if before and (
        _SAME_ARM.fullmatch(context.norm, before[-1].end, q.start)
        or (context.norm[before[-1].end : q.start] == " " and _BARE_SIZE.match(context.norm, q.end))
    ):
        return context.arms[before[-1].arm].name
    if after and _THEN_ARM.fullmatch(context.norm, q.end, after[0].start):
        return context.arms[after[0].arm].name
    return _in_turn(context, j, after)


def _in_turn(context: Context, j: int, after: tuple[Mention, ...]) -> str:
    """ "818 and 756 in the A and B arm": the first number is the first arm's."""
    run, k = [j], j
    quantities, norm = context.quantities, context.norm
    while (
        k > 0 and quantities[k - 1].kind == "int" and _LIST.fullmatch(norm, quantities[k - 1].end, quantities[k].start)
    ):
        k -= 1
        run.insert(0, k)
    k = j
    while (
        k + 1 < len(quantities)
        and quantities[k + 1].kind == "int"
        and _LIST.fullmatch(norm, quantities[k].end, quantities[k + 1].start)
    ):
        k += 1
        run.append(k)
    later = [m for m in after if m.start >= quantities[run[-1]].end]
    names = list(dict.fromkeys(m.arm for m in later))[: len(run)]
    return context.arms[names[run.index(j)]].name if len(run) > 1 and len(names) == len(run) else ""
