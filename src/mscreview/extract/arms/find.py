"""The groups of a trial, by name and role: a context in, its arms out.

Runs before all readers. Candidate names (`names`) that mean one arm are brought together (`groups`), and an arm is
believed when its phrases together weigh enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from mscreview.extract.arms import names
from mscreview.extract.arms.doses import amounts, bare, divided, dose_of, named, sized
from mscreview.extract.arms.groups import IS_LABEL, Group, arm_key, merged
from mscreview.extract.arms.heads import with_heads
from mscreview.extract.lexicon import CONTROL_ARM, OUTCOME, TREATED_ARM, Terms
from mscreview.extract.model import Arm, Context, Fact

_ENOUGH, _ENOUGH_WHEN_FEW = 2.5, 1.5
_MOST = 6


def find(context: Context) -> tuple[Arm, ...]:
    """Up to six arms in the order the text first names them."""
    norm, told = context.norm, context.lexicon.protocol is not None
    groups: dict[str, Group] = {}
    alone: list[tuple[int, str]] = []  # "the 5 mg group"
    for c in sorted(names.candidates(context), key=lambda c: c.source == "asked"):
        if told and c.source == "result":
            continue  # "4 of 123 in the vaccinated group": a protocol's words say which arm is meant
        doses = amounts(norm, c)
        if key := arm_key(norm[c.start : c.end]):
            group = groups.setdefault(key, Group(key))
            group.add(c, norm)
            group.doses += doses
        elif len(doses) > 1 or (doses and (c.source == "group" or (c.source == "size" and not doses[0][0].isdigit()))):
            alone += [(c.start, dose) for dose in doses]
    likely = [g for g in merged(groups, norm) if not told or _is_likely(g, context)]
    ranked = sorted(likely, key=lambda g: (-g.weight, g.start))
    believed = _first_told(context, [g for g in ranked if g.weight >= _ENOUGH or _is_told(g, context)])[:_MOST]
    if len(believed) < 2:
        believed = _few([g for g in ranked if g.weight >= _ENOUGH_WHEN_FEW or _is_told(g, context)])
    if not told and all("asked" in g.sources and g.weight < _ENOUGH for g in believed):
        believed += [g for g in ranked if "asked" in g.sources and g not in believed][: _MOST - len(believed)]
    alone += sized(norm)
    shared = sum(bool(g.doses) for g in believed) > 1  # "the 15 mg group" may then be of either name
    others = [] if shared else [dose for _, dose in alone]
    found = [arm for g in sorted(believed, key=lambda g: g.start) for arm in _arms_of(g, context, others)]
    if not any(dose_of(arm) for arm in found) and (doses := divided([dose for _, dose in alone])):
        found += named("", doses, norm, alone[0][0], "")
    labels = {label.lower() for arm in found if dose_of(arm) for label in arm.aliases}
    found = [arm for arm in found if dose_of(arm) or arm.name.lower() not in labels]
    return with_heads(sorted(found, key=_place))


def _place(arm: Arm) -> int:
    """Where an arm stands in order: of "with or without X" those with X are the first."""
    return arm.end if arm.name.startswith("without ") else arm.start


_IN_PASSING = frozenset({"received", "result"})


def _first_told(context: Context, groups: list[Group]) -> list[Group]:
    """The groups but for names the results alone print with a size ("nausea (n = 7)"), where others are told before.

    Without a protocol, which knows what was given, names told once in passing ("women on X") give way as well.
    """
    told = [g for g in groups if not (g.sources <= _IN_PASSING and g.weight <= _ENOUGH)]
    groups = told if len(told) > 1 and context.lexicon.protocol is None else groups
    late = {g.key for g in groups if g.sources == {"size"} and context.section_at(g.start) in ("results", "conclusion")}
    return [g for g in groups if g.key not in late] if len(groups) - len(late) > 1 else groups


def _few(groups: list[Group]) -> list[Group]:
    """The two best of groups of which little is told, and those told in just the same way as the second."""
    same = [
        g
        for g in groups[2:]
        if (g.weight, g.sources) == (groups[1].weight, groups[1].sources) and "contrast" not in g.sources
    ]
    return (groups[:2] + same)[:_MOST]


def _arms_of(group: Group, context: Context, alone: Sequence[str]) -> list[Arm]:
    """The arm of a group of names, or one for each dose it was given in."""
    arm = _arm(group, context)
    doses = divided([*group.doses, *alone]) if group.doses else []
    if not doses:
        return [arm]
    name = next((told for form in (arm.name, *arm.aliases) if (told := bare(form))), "")
    return list(named(name, doses, context.norm, arm.start, arm.role))


def read(context: Context) -> Iterable[Fact]:
    """A fact for every arm, at the first words that name it: `arm` its name, `value_text` its role."""
    for arm in context.arms:
        yield context.fact("arm", arm.start, arm.end, "arm", arm=arm.name, value_text=arm.role, status="ok")


_PRINTED_AS_ARM = frozenset({"group", "label", "named", "size"})
_TOLD_BY = frozenset({"group", "count", "received"})
# words for who was studied, not for what they got
WHO = frozenset({OUTCOME, "design", "country", "condition", "aetiology"})


def _is_told(group: Group, context: Context) -> bool:
    """ "the X group", "24 received X", X being what the protocol says was given: one such phrase is enough."""
    if context.lexicon.protocol is None or group.sources.isdisjoint(_TOLD_BY):
        return False
    return bool(_families(group, context) - {TREATED_ARM, CONTROL_ARM})


def _is_likely(group: Group, context: Context) -> bool:
    """Whether a protocol's review takes the name for an arm: printed as one, or holding a word of the protocol for what
    was given ("randomised to serve as ..." gives no arm)."""
    return bool(group.sources & _PRINTED_AS_ARM or _families(group, context))


def _families(group: Group, context: Context) -> set[str]:
    """Families of the protocol's words in the names, but for those for who was studied."""
    return {term.family for form in group.forms for term in context.lexicon.all.candidates(form)} - WHO


def _arm(group: Group, context: Context) -> Arm:
    forms = sorted(group.forms, key=lambda f: (IS_LABEL.fullmatch(f) is not None, -group.forms[f], len(f), f))
    return Arm(forms[0], tuple(forms[1:]), _role(group, context), None, group.start, group.end)


def _role(group: Group, context: Context) -> str:
    """control when a form holds a control word of the lexicon, treated when one holds a treated word, else ''."""
    for role, words in (("control", context.lexicon.control), ("treated", context.lexicon.treated)):
        if any(_holds(words, form) for form in group.forms):
            return role
    return ""


@lru_cache(maxsize=8192)
def _holds(words: Terms, form: str) -> bool:
    return bool(words.find(form))
