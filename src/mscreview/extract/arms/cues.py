"""Groups called by what was done to them: "6/306 vaccinated children and 29/303 controls".

A protocol lists words that mean the treated or the control arm wherever they stand. Takes a context with the arms its
text names and gives arms with roles, and mentions that hold the protocol's words too. The longest words count, so that
"not treated" is never "treated"; a standard care that something was added to, and a control group that a text denies,
name no arm. Without a protocol nothing changes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from mscreview.extract.arms.find import WHO
from mscreview.extract.arms.names import group_names
from mscreview.extract.lexicon import CONTROL, CONTROL_ARM, TREATED, TREATED_ARM, Term
from mscreview.extract.model import Arm, Context, Mention

_GENERIC = frozenset(word.lower() for word in (*TREATED, *CONTROL))
# standard care as the ground on which both arms stand
_ADDED_BEFORE = re.compile(
    r"(?:\bplus|\+|\b(?:add(?:ed|ition)|adjunct) to|\bon top of|\b(?:combined|together|along) with|\bas well as|\bbesides"
    r"|\band (?:the )?same|联合|合并|加用?) ?(?:the |their |routine |same )?$",
    re.I,
)
_ADDED_BEHIND = re.compile(r" ?(?:\+|plus\b|combined with|in both|for both|的?基础上|之外|的同时)", re.I)
# "there was no control group", "without controls", 不设对照
_DENIED = re.compile(r"(?:\b(?:no|without|lack(?:ed|ing)?(?: of)?)(?: an?)?(?: \w+)?|[不未无没]设?有?) ?$", re.I)


_NO_ARM = re.compile(r"(?:no|not|without|無|无)(?:\b.*\b(?:controls?|comparators?))?", re.I)


def applied(context: Context) -> Context:
    """`context` with roles told by the protocol's words, arms known by nothing else, and their mentions."""
    if context.lexicon.protocol is None:
        return context
    denied = {m.arm for m in context.mentions} - {m.arm for m in context.mentions if not _is_denied(context, m.start)}
    denied |= {k for k, arm in enumerate(context.arms) if _NO_ARM.fullmatch(arm.name)}
    context = context.with_arms(*_without(context.arms, context.mentions, denied))
    cues = [c for c in _cues(context) if not _is_denied(context, c.start)]
    arms, mentions = _with_roles(context, cues), context.mentions
    named = [cue for cue in cues if not any(cue.end <= m.end for m in _covering(mentions, cue.start))]
    arms, placed = _placed(context, arms, named)
    kept = [m for m in mentions if not _covering(placed, m.end - 1, m.start)]
    told = context.with_arms(arms, tuple(sorted((*kept, *placed), key=lambda m: m.start)))
    return told.with_arms(arms, tuple(sorted((*told.mentions, *_other_names(told)), key=lambda m: m.start)))


def _covering(mentions: Sequence[Mention], at: int, low: int | None = None) -> list[Mention]:
    """Of disjoint mentions in text order, the last that begins at or before `at`, if it reaches `low` (or `at`)."""
    last = bisect_right(mentions, at, key=lambda m: m.start) - 1
    return [mentions[last]] if last >= 0 and mentions[last].end > (at if low is None else low) else []


def _cues(context: Context) -> list[Term]:
    """The protocol's words for an arm, leftmost and longest of both roles; words any text uses freely are none."""
    protocol = context.lexicon.protocol
    own = {w.lower() for w in (*protocol.arms.treated, *protocol.arms.control)} if protocol else set()
    found = [*context.terms.get(TREATED_ARM, ()), *context.terms.get(CONTROL_ARM, ())]
    chosen: list[Term] = []
    for term in sorted(found, key=lambda t: (t.start, -t.end)):
        if chosen and term.start < chosen[-1].end:
            continue
        words = context.norm[term.start : term.end].lower()
        if words in _GENERIC and words not in own:
            continue
        if not _ADDED_BEFORE.search(context.norm, max(0, term.start - 40), term.start) and not _ADDED_BEHIND.match(
            context.norm, term.end
        ):
            chosen.append(term)
    return chosen


def _other_names(context: Context) -> list[Mention]:
    """One more "X group" in a text of a treated and a control arm: it is the arm its sentences do not name otherwise."""
    if sorted(a.role for a in context.arms) != [CONTROL_ARM, TREATED_ARM]:
        return []
    unknown = [c for c in group_names(context.norm) if not _covering(context.mentions, c.end - 1, c.start)]
    if len({context.norm[c.start : c.end].lower() for c in unknown}) != 1:
        return []
    beside = set()
    for c in unknown:
        sentence = context.sentence_at(c.start)
        beside.add(frozenset(m.arm for m in context.mentions_in(sentence.start, sentence.end)) if sentence else None)
    if beside == {frozenset({0})} or beside == {frozenset({1})}:
        other = 1 - next(iter(next(iter(beside)) or ()))
        return [Mention(c.start, c.end, other) for c in unknown]
    return []


def _is_denied(context: Context, start: int) -> bool:
    return _DENIED.search(context.norm, max(0, start - 30), start) is not None


def _without(
    arms: Sequence[Arm], mentions: Sequence[Mention], gone: set[int]
) -> tuple[tuple[Arm, ...], tuple[Mention, ...]]:
    kept = [k for k in range(len(arms)) if k not in gone]
    place = {old: new for new, old in enumerate(kept)}
    moved = tuple(m._replace(arm=place[m.arm]) for m in mentions if m.arm in place)
    return tuple(arms[k] for k in kept), moved


def _with_roles(context: Context, cues: Sequence[Term]) -> tuple[Arm, ...]:
    """An arm without a role has that of the words it is named by; the last one left has the role nobody else has."""
    out = [replace(arm, role=_role(context, arm)) for arm in context.arms]
    for k, arm in enumerate(out):
        if not arm.role:
            own = [m for m in context.mentions if m.arm == k]
            told = {c.family for c in cues if _covering(own, c.end - 1, c.start)}
            out[k] = replace(arm, role=told.pop()) if len(told) == 1 else arm
    if len(out) == 2 and all(a.role == CONTROL_ARM for a in out):  # "observation group" beside a "control group"
        out = [replace(a, role=CONTROL_ARM if _IS_CONTROL.search(a.name) else TREATED_ARM) for a in out]
    open_roles = {c.family for c in cues} - {a.role for a in out}
    if CONTROL_ARM in {a.role for a in out}:  # "low dose", "high dose" beside a control
        out = [replace(a, role=a.role or (TREATED_ARM if _is_dose(a) else "")) for a in out]
    bare = [k for k, a in enumerate(out) if not a.role]
    if len(bare) == 1 and len(open_roles) == 1:
        out[bare[0]] = replace(out[bare[0]], role=open_roles.pop())
    roles = {a.role for a in out} | {c.family for c in cues}
    if CONTROL_ARM not in roles and TREATED_ARM in roles and len(out) > 1:  # one treatment beside another
        out = [replace(a, role=a.role or _of_the_rest(a)) for a in out]
    return tuple(out)


_DOSE = re.compile(r"\b(?:low|lower|medium|middle|high|higher)[- ]dose\b|剂量", re.I)


def _is_dose(arm: Arm) -> bool:
    return any(_DOSE.search(form) for form in (arm.name, *arm.aliases))


_NOTHING = re.compile(r"\b(?:saline|sodium chloride|dummy|vehicle|water|dextrose)\b|盐水|氯化钠|空白|葡萄糖")


def _of_the_rest(arm: Arm) -> str:
    """Role of an arm of which no word tells, beside a treated one: control where what it had is no treatment."""
    return CONTROL_ARM if any(_NOTHING.search(form.lower()) for form in (arm.name, *arm.aliases)) else TREATED_ARM


_IS_CONTROL = re.compile(r"\bcontrols?\b|\bplacebo\b|对照|安慰剂", re.I)
_IS_LABEL = re.compile(r"(?:(?:group|arm|cohort)[ -]?)?[A-Z]{1,2}\d?|[A-Z]{1,2}\d? ?组", re.I)
_PLUS = re.compile(r"\bplus\b|\+|\bcombined with\b|\bin addition to\b|\bon top of\b|联合|加")


def _role(context: Context, arm: Arm) -> str:
    """Treated where something is added to a control's care, or where the name holds what the protocol says was given."""
    lexicon = context.lexicon
    names = [f for f in (arm.name, *arm.aliases) if not _IS_LABEL.fullmatch(f)] or [arm.name]
    if arm.role == CONTROL_ARM and not all(map(lexicon.control.find, _PLUS.split(names[0]))):
        return TREATED_ARM
    given = {t.family for t in lexicon.all.candidates(arm.name)} - WHO - {TREATED_ARM, CONTROL_ARM}
    return arm.role or (TREATED_ARM if given else "")


def _placed(context: Context, arms: tuple[Arm, ...], cues: Sequence[Term]) -> tuple[tuple[Arm, ...], list[Mention]]:
    """Mentions of the one arm of each cue's role; a role nobody has yet becomes an arm named by its first cue."""
    out = list(arms)
    mentions: list[Mention] = []
    for cue in cues:
        fitting = [k for k, a in enumerate(out) if a.role == cue.family]
        if not fitting and not any(not a.role for a in out) and not _in_passing(context, cue):
            out.append(Arm(context.norm[cue.start : cue.end], (), cue.family, None, cue.start, cue.end))
            fitting = [len(out) - 1]
        if len(fitting) == 1:
            mentions.append(Mention(cue.start, cue.end, fitting[0]))
    return tuple(out), mentions


def _in_passing(context: Context, cue: Term) -> bool:
    """Words of the background or the conclusion name no arm that nothing else does."""
    return context.section_at(cue.start) in ("background", "conclusion")
