"""The arm that "the controls" are: a context with its mentions in, its arms out. A part of what `read_context` does.

A text may name its arms in the methods and call one of them "the control group" later. Sentences that set the control
group against one arm, and never against the other, tell which.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mscreview.extract.model import Arm, Context
from mscreview.text.search import beginnings, starting

_GROUPS = "groups? arms? patients? subjects? participants?".replace(" ", "|")
_CONTROLS = re.compile(
    rf"\b(?:[Cc]ontrols(?= ?[(:),.;\[]| (?:and|were|was|had|at|after|vs)\b)|(?:[Cc]ontrol|[Cc]omparator|[Cc]omparison) (?:{_GROUPS})\b)"
)
_AT = beginnings("control comparator comparison")
_BARE = re.compile(rf"(?:control|comparator|comparison)s?(?: (?:{_GROUPS}))?", re.I)
ALIASES = ("control group", "control arm", "controls", "control patients", "comparator group", "comparator arm")
_SIZE = re.compile(r"\w+(?: \w+)? ?[(,] ?[nN] ?= ?\d")
_DIVIDED = re.compile(
    r"\b(?:random|assign|allocat|divid|group)\w*\b[^.;]*\b(?:and|or|versus|vs\.?) (?:to )?(?:(?:an?|the|one) )?$"
)


def _is_a_group(norm: str, start: int, at: int) -> bool:
    """ "the control group (n = 39)", "divided into an X group and a control group": a group of its own."""
    return bool(_SIZE.match(norm, at) or _DIVIDED.search(norm, start, at))


def told(context: Context) -> tuple[Arm, ...]:
    """The arms again: a bare "control" arm joined with the one it is, or its names given to the one of two that it is."""
    arms = context.arms
    bare = [k for k, a in enumerate(arms) if all(_BARE.fullmatch(form) for form in (a.name, *a.aliases))]
    named = [k for k in range(len(arms)) if k not in bare]
    if len(named) != 2 or len(bare) > 1:
        return arms
    places = {m.start() for m in starting(_CONTROLS, _AT, context.norm)} | {
        m.start for m in context.mentions if m.arm in bare
    }
    beside = set()
    for at in places:
        sentence = context.sentence_at(at)
        if sentence and _is_a_group(context.norm, sentence.start, at):
            return arms
        here = {m.arm for m in context.mentions_in(sentence.start, sentence.end)} & set(named) if sentence else set()
        beside |= here if len(here) == 1 else set()
    if len(beside) != 1:
        return arms
    other = next(k for k in named if k not in beside)
    if arms[other].role == "treated":
        return arms
    names = tuple(
        dict.fromkeys((*arms[other].aliases, *(f for k in bare for f in (arms[k].name, *arms[k].aliases)), *ALIASES))
    )
    return tuple(
        replace(a, aliases=names, role="control") if k == other else a for k, a in enumerate(arms) if k not in bare
    )
