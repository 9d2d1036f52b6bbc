"""Arms that a text also calls by the last word of their name: "basmati" for "hulled basmati", "oats" for "oats plus milk".

A part of `find`: arms in, the same arms with such a word among their aliases out. What another arm is made of too, and words
that go with any treatment, name no arm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mscreview.extract.arms import doses
from mscreview.extract.arms.edges import ANY_TREATMENT
from mscreview.extract.lexicon import CONTROL_ARM
from mscreview.extract.model import Arm

_PARTS = re.compile(r" (?:plus|with|and|\+) |/")
_WORD = re.compile(r"[a-z0-9\u0370-\u03ff]+")
_HEAD = re.compile(r"(?:[a-z]{6,}|[A-Z][\w-]{2,})$")


def with_heads(arms: Sequence[Arm]) -> tuple[Arm, ...]:
    """`arms` with the heads of their names as aliases, where no other arm's name holds the word."""
    if len(arms) < 2:
        return tuple(arms)
    forms = [(a.name, *a.aliases) for a in arms]
    words = [set(_WORD.findall(" ".join(own).lower())) for own in forms]
    parts = [{p.lower() for form in own for p in _PARTS.split(form)} for own in forms]
    out = []
    for k, arm in enumerate(arms):
        shared = set[str]().union(*parts[:k], *parts[k + 1 :])
        taken = set[str]().union(*words[:k], *words[k + 1 :])
        heads = [
            head
            for form in forms[k]
            for head in _heads(form, shared)
            if (own := set(_WORD.findall(head.lower()))).isdisjoint(taken) and own.isdisjoint(ANY_TREATMENT)
        ]
        fresh = () if doses.dose_of(arm) else tuple(dict.fromkeys(heads))
        out.append(replace(arm, aliases=(*arm.aliases, *fresh)) if fresh else arm)
    return _with_controls(_with_combination(out))


_COMBINED = tuple(
    f"{word} {what}" for word in ("combination", "combined") for what in ("therapy", "treatment", "group", "arm")
)
_TWO = re.compile(r"\w (?:plus|\+|and) \w|[a-z]{3}/[A-Za-z]{3}")


def _with_combination(arms: Sequence[Arm]) -> list[Arm]:
    """One of the arms being "A plus B", "the combination" is that one."""
    both = [_TWO.search(" ; ".join((a.name, *a.aliases))) is not None for a in arms]
    if sum(both) != 1 or any("combin" in form.lower() for a in arms for form in (a.name, *a.aliases)):
        return list(arms)
    return [
        replace(a, aliases=(*a.aliases, *_COMBINED, "the combination")) if two else a
        for a, two in zip(arms, both, strict=True)
    ]


_CONTROLS = ("control group", "control arm", "controls", "control patients")
_TREATED = ("treated group", "treatment group", "treatment arm", "treated patients")


def _with_controls(arms: Sequence[Arm]) -> tuple[Arm, ...]:
    """One of two arms being a control, "the control group" is that one, and "the treated group" the other."""
    of_control = [a.role == CONTROL_ARM for a in arms]
    if len(arms) != 2 or sum(of_control) != 1:
        return tuple(arms)
    forms = " ".join(form.lower() for a in arms for form in (a.name, *a.aliases))
    treated = () if "treat" in forms else _TREATED
    control = () if "control" in forms else _CONTROLS
    return tuple(
        replace(a, aliases=(*a.aliases, *(("controls",) if c and a.name == "control" else control if c else treated)))
        for a, c in zip(arms, of_control, strict=True)
    )


def _heads(form: str, shared: set[str]) -> list[str]:
    """The last word of each part of a name that is not a part of another's too."""
    heads = [part.rsplit(" ", 1)[-1] for part in _PARTS.split(form) if part.lower() not in shared]
    return [head for head in heads if head != form and _HEAD.match(head)]
