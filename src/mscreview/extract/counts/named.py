"""Counts of events whose meaning the words beside them settle: a refiner over the facts of `people`.

"Three patients died": a number with an event of the protocol directly behind it, or in front ("infection was found in
5 patients"), counts that event, whatever the learned roles made of it. "8 of the 12 patients" is a count with its whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from mscreview.extract.counts.safety import denied_event
from mscreview.extract.lexicon import OUTCOME, Term
from mscreview.extract.model import Context, Fact
from mscreview.text import Quantity
from mscreview.text.patterns import PEOPLE

_COUNTED = ("int", "words")
# "three patients", "2 (6.7%) cases", "one of them"
_PEOPLE = (
    r"(?: ?\(\d[\d.]* ?%\))?(?: (?:of (?:them|these|the \w+)|\w{3,14}))?"
    r"(?: (?:in the \w+ group|in (?:this|each) (?:group|arm)))?"
)
_VERB = (
    r"(?: ?\(\d[\d.]* ?%\))?(?: (?:had|has|have|developed|experienced|suffered(?: from)?|underwent|received|with|of|showed|presented|due to|"
    r"(?:went|moved) on to|proceeded to|progressed to|cases? of|episodes? of|new|late|early|an?|severe|serious|mild|was|were|finally|later|subsequently|relief of)){0,3}"
)
_EVENT_BEHIND = re.compile(rf"{_PEOPLE}{_VERB} ?")
_NOT_PEOPLE = re.compile(
    r"\b(?:weeks?|months?|years?|days?|hours?|times|doses?|studies|trials?|groups?|arms?|points?|fold|than|and|or|at|in|after|(?<!\bon )(?<!proceeded )(?<!progressed )to)\b"
)


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Counts of named events get their outcome; parts of a whole become counts."""
    return _with_lists(context, _with_events(context, _with_parts(context, list(facts))))


# --- parts of a whole -------------------------------------------------------------------------------------------

_OF = re.compile(r"(?: ?\(\d[\d.]* ?%\))?(?: (?:of|out of) (?:the |all |these |those )?|/)")
_WHOLE = re.compile(rf"(?: [a-z]+)? {PEOPLE}\b| ?[),;.]| ?\(\d|$", re.I)


def _with_parts(context: Context, facts: list[Fact]) -> list[Fact]:
    """ "8 of the 12 patients", "5/12" in results are counts with their denominator."""
    if context.lexicon.protocol is None:
        return facts
    taken = {f.start for f in facts if f.kind in ("events", "n_total", "arm_n", "mean", "change", "median", "p_value")}
    counted = [(f.start, f.end) for f in facts if f.kind == "events"]
    added = []
    for q, whole in zip(context.quantities, context.quantities[1:], strict=False):
        if q.kind not in _COUNTED or whole.kind not in _COUNTED or q.percent or whole.percent:
            continue
        small, large = q.value or 0.0, whole.value or 0.0
        start = context.passage.span(q.start, q.end)[0]
        if start in taken or not 0 <= small <= large or large < 2 or context.section_at(q.start) not in ("results", ""):
            continue
        if any(a < start < b for a, b in counted):
            continue  # "42 (42/50)" is one count
        if _OF.fullmatch(context.norm, q.end, whole.start) and _WHOLE.match(context.norm, whole.end):
            added.append(
                context.fact(
                    "events",
                    q.start,
                    whole.end,
                    "part of a whole",
                    value=small,
                    n=int(large),
                    value_text=q.text,
                    decimals=0,
                )
            )
    return facts + added


# --- events with their name behind them -------------------------------------------------------------------------


def _with_events(context: Context, facts: list[Fact]) -> list[Fact]:
    names = [name for name in _events(context) if denied_event(context, name) is None]
    if not names:
        return facts
    at = {f.start: k for k, f in enumerate(facts) if f.kind in ("events", "n_total", "arm_n")}
    added: list[Fact] = []
    gone: set[int | None] = set()
    for q in context.quantities:
        name = _named(context, q, names) if q.kind in _COUNTED and not q.percent else None
        if name is None:
            continue
        known = at.get(context.passage.span(q.start, q.end)[0])
        if known is not None and facts[known].kind == "events":
            facts[known] = facts[known]._replace(outcome=name.name)
        elif known is None or _happened(context, q, name):
            gone.add(known)
            added.append(_event(context, q, name))
    return [f for k, f in enumerate(facts) if k not in gone] + added


# "three patients died", "two developed ...": it happened to them; "22 patients with ..." tells who they were
_HAPPENED = re.compile(r"\b(?:had|developed|experienced|suffered|underwent|presented|showed|died|survived)\b", re.I)


def _happened(context: Context, q: Quantity, name: Term) -> bool:
    return bool(_HAPPENED.search(context.norm, q.end, name.end))


def _events(context: Context) -> list[Term]:
    protocol = context.lexicon.protocol
    if protocol is None:
        return []
    binary = {key for key, outcome in protocol.outcomes.items() if outcome.kind == "binary"}
    return [t for t in context.terms.get(OUTCOME, ()) if t.name in binary]


def _named(context: Context, q: Quantity, names: Sequence[Term]) -> Term | None:
    norm = context.norm
    name = next(iter(names[bisect_left(names, q.end, key=attrgetter("start")) :][:1]), None)
    if name is not None and name.start > q.end + _NAME_REACH:
        return None
    if name is None or q.value is None or q.value != int(q.value):
        return None
    if _WHOLE_BEFORE.search(norm, max(0, q.start - 24), q.start):
        return None
    between = norm[q.end : name.start]
    if _NOT_PEOPLE.search(between) or not _EVENT_BEHIND.fullmatch(between):
        return None
    return name if between.startswith((" ", "(")) else None


_NAME_REACH = 44
# "8 of the 50 patients died", "8/50 patients died", "among 50 patients": the number is the whole, not the count
_WHOLE_BEFORE = re.compile(r"(?:(?<!total )(?<!number )\bof|\bamong|/) ?(?:the |these |those |all |our )?$", re.I)


def _event(context: Context, q: Quantity, name: Term) -> Fact:
    value = float(q.value or 0)
    return context.fact(
        "events",
        q.start,
        name.end,
        "named event",
        outcome=name.name,
        value=value,
        value_text=q.text,
        decimals=0,
    )


# --- events with their name in front: "infection was found in 5 patients (10%) and 6 patients" -----------------

_IN = re.compile(
    r"(?: (?:was|were|has|had|been|only|also|newly|occurred|occurring|developed|developing|found|seen|observed|recorded|reported|diagnosed|present|noted|"
    r"disappeared|improved|needed|required|performed)){0,4} (?:in|by|among|for)(?: only| about)? (?:the )?$"
)
_NEXT = re.compile(rf"(?: (?:\w+ )?{PEOPLE})?(?: ?\(\d[\d.]* ?%\))?,? (?:and|versus|vs\.?|or) (?:in )?")
_COUNT_ENDS = re.compile(rf"(?: ?\(\d[\d.]* ?%\))? (?:\w+ )?{PEOPLE}\b|(?: (?:and|versus|vs\.?) \w+ {PEOPLE}\b)")


def _with_lists(context: Context, facts: list[Fact]) -> list[Fact]:
    names = [name for name in _events(context) if denied_event(context, name) is None]
    taken = {f.start for f in facts if f.kind in ("events", "mean", "p_value")}
    found: list[tuple[Quantity, Term]] = []
    for name in names:
        first = bisect_left(context.quantities, name.end, key=attrgetter("start"))
        if first and _counted(context, context.quantities[first - 1], name):
            continue
        for i, q in enumerate(context.quantities[first : first + 3], start=first):
            if q.start > name.end + _NAME_REACH or not _IN.fullmatch(context.norm, name.end, q.start):
                continue
            if q.kind in _COUNTED and not q.percent and _COUNT_ENDS.match(context.norm, q.end):
                found.append((q, name))
                found += [(r, name) for r in _following(context, i)]
    fresh = {context.passage.span(q.start, q.end)[0]: (q, name) for q, name in found}
    kept = [f for f in facts if not (f.kind in ("arm_n", "n_total") and f.start in fresh)]
    return kept + [_event_at(context, q, name) for start, (q, name) in fresh.items() if start not in taken]


def _counted(context: Context, q: Quantity, name: Term) -> bool:
    """ "8 deaths occurred among 50": the count stands in front, what follows is the whole."""
    return q.kind in _COUNTED and not q.percent and not context.norm[q.end : name.start].strip()


def _following(context: Context, i: int) -> list[Quantity]:
    """The second count of "5 patients (10%) and 6 patients"; the bracket's percentage lies between."""
    for r in context.quantities[i + 1 : i + 3]:
        if r.kind in _COUNTED and not r.percent and _NEXT.fullmatch(context.norm, context.quantities[i].end, r.start):
            return [r]
    return []


def _event_at(context: Context, q: Quantity, name: Term) -> Fact:
    return context.fact(
        "events",
        q.start,
        q.end,
        "named event, in",
        outcome=name.name,
        value=float(q.value or 0),
        value_text=q.text,
        decimals=0,
    )
