"""Counts whose meaning the words right behind them settle: a refiner over the facts of `counts`.

"Three patients died": a number with an event of the protocol directly behind it counts that event, whatever the learned
roles made of it. "23 received A, two received B and one received C": numbers that say who received what, and that sum
to the printed total, are the sizes of the arms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mscreview.extract.armnames import name_after, name_before
from mscreview.extract.lexicon import OUTCOME, Term
from mscreview.extract.model import Context, Fact
from mscreview.extract.safety import denied_event
from mscreview.text import Quantity

_COUNTED = ("int", "words")
# "three patients", "2 (6.7%) cases", "one of them"
_PEOPLE = (
    r"(?: ?\(\d[\d.]* ?%\))?(?: (?:of (?:them|these|the \w+)|\w{3,14}))?"
    r"(?: (?:in the \w+ group|in (?:this|each) (?:group|arm)))?"
)
_VERB = (
    r"(?: ?\(\d[\d.]* ?%\))?(?: (?:had|has|have|developed|experienced|suffered(?: from)?|underwent|received|with|of|showed|presented|due to|"
    r"cases? of|episodes? of|new|late|early|an?|severe|serious|mild|was|were|finally|later|subsequently|relief of|liver)){0,3}"
)
_EVENT_BEHIND = re.compile(rf"{_PEOPLE}{_VERB} ?")
_NOT_PEOPLE = re.compile(
    r"\b(?:weeks?|months?|years?|days?|hours?|times|doses?|studies|trials?|groups?|arms?|points?|fold|than|and|or|to|at|in|after)\b"
)
_RECEIVED = re.compile(
    r"(?: (?:other |of them |of the )?(?:patients?|subjects?|participants?|cases|individuals|children|were|was|\w+ed)){0,2} ?"
    r"(?:received|underwent|were (?:given|treated with|assigned to|allocated to|randomi[sz]ed to)|to receive|was given) (?:the |an? )?"
)


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Counts of named events get their outcome; arm sizes that sum to the total are read as such."""
    counted = _with_lists(context, _with_events(context, _with_parts(context, list(facts))))
    return _with_groups(context, _with_equal_groups(context, _with_opening_total(context, counted)))


# --- parts of a whole -------------------------------------------------------------------------------------------

_OF = re.compile(r"(?: ?\(\d[\d.]* ?%\))?(?: (?:of|out of) (?:the |all |these |those )?|/)")
_WHOLE = re.compile(
    r"(?: [a-z]+)? (?:patients|subjects|participants|cases|individuals|people)\b| ?[),;.]| ?\(\d|$", re.I
)


def _with_parts(context: Context, facts: list[Fact]) -> list[Fact]:
    """ "8 of the 12 patients", "5/12" in results are counts with their denominator."""
    if context.lexicon.protocol is None:
        return facts
    taken = {f.start for f in facts if f.kind in ("events", "n_total", "arm_n", "mean", "change", "median", "p_value")}
    added = []
    for q, whole in zip(context.quantities, context.quantities[1:], strict=False):
        if q.kind not in _COUNTED or whole.kind not in _COUNTED or q.percent or whole.percent:
            continue
        small, large = q.value or 0.0, whole.value or 0.0
        start = context.passage.span(q.start, q.end)[0]
        if start in taken or not 0 <= small <= large or large < 2 or context.section_at(q.start) not in ("results", ""):
            continue
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
    for q in context.quantities:
        name = _named(context, q, names) if q.kind in _COUNTED and not q.percent else None
        if name is None:
            continue
        start = context.passage.span(q.start, q.end)[0]
        known = facts[at[start]] if start in at else None
        if known is not None and known.kind == "events":
            facts[at[start]] = replace(known, outcome=name.name)
        elif known is None:
            added.append(_event(context, q, name))
    return facts + added


def _events(context: Context) -> list[Term]:
    protocol = context.lexicon.protocol
    if protocol is None:
        return []
    binary = {key for key, outcome in protocol.outcomes.items() if outcome.kind == "binary"}
    return [t for t in context.terms.get(OUTCOME, ()) if t.name in binary]


def _named(context: Context, q: Quantity, names: Sequence[Term]) -> Term | None:
    norm = context.norm
    name = next((n for n in names if q.end <= n.start <= q.end + 44), None)
    if name is None or q.value is None or q.value != int(q.value):
        return None
    between = norm[q.end : name.start]
    if _NOT_PEOPLE.search(between) or not _EVENT_BEHIND.fullmatch(between):
        return None
    return name if between.startswith((" ", "(")) else None


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


# --- events with their name in front: "liver cancer was found in 5 patients (10%) and 6 patients" -----------------

_IN = re.compile(
    r"(?: (?:was|were|has|had|been|only|also|newly|occurred|occurring|developed|developing|found|seen|observed|recorded|reported|diagnosed|present|noted|"
    r"disappeared|improved|needed|required|performed)){0,4} (?:in|by|among|for)(?: only| about)? (?:the )?$"
)
_NEXT = re.compile(
    r"(?: (?:\w+ )?(?:patients?|subjects?|participants?|cases))?(?: ?\(\d[\d.]* ?%\))?,? (?:and|versus|vs\.?|or) (?:in )?"
)
_COUNT_ENDS = re.compile(
    r"(?: ?\(\d[\d.]* ?%\))? (?:\w+ )?(?:patients?|subjects?|participants?|cases)\b|(?: (?:and|versus|vs\.?) \w+ (?:patients?|subjects?|participants?|cases)\b)"
)


def _with_lists(context: Context, facts: list[Fact]) -> list[Fact]:
    names = [name for name in _events(context) if denied_event(context, name) is None]
    taken = {f.start for f in facts if f.kind in ("events", "mean", "p_value")}
    found: list[tuple[Quantity, Term]] = []
    for name in names:
        for i, q in enumerate(context.quantities):
            if not name.end <= q.start <= name.end + 40 or not _IN.fullmatch(context.norm, name.end, q.start):
                continue
            if q.kind in _COUNTED and not q.percent and _COUNT_ENDS.match(context.norm, q.end):
                found.append((q, name))
                found += [(r, name) for r in _following(context, i)]
    fresh = {context.passage.span(q.start, q.end)[0]: (q, name) for q, name in found}
    kept = [f for f in facts if not (f.kind in ("arm_n", "n_total") and f.start in fresh)]
    return kept + [_event_at(context, q, name) for start, (q, name) in fresh.items() if start not in taken]


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


# --- the number a sentence opens with -----------------------------------------------------------------------------

_OPENING = re.compile(
    r"(?:[A-Z][A-Za-z ]{2,24}[:.] ?)?(?:(?:A total of|In total,?|Altogether,?|We (?:studied|treated|enrolled)) )?$"
)
_PATIENTS = re.compile(
    r" (?:(?!and |of |in |the )[A-Za-z][\w+-]* ){0,4}(?:patients?|subjects?|participants?|volunteers|infants|children|adults)\b",
    re.I,
)


def _with_opening_total(context: Context, facts: list[Fact]) -> list[Fact]:
    """Where no total was read: the "Twenty-four patients ..." that opens a sentence of the methods or results."""
    if context.lexicon.protocol is None or any(f.kind == "n_total" and f.status in ("ok", "planned") for f in facts):
        return facts
    for s in context.sentences:
        first = context.quantities_in(s.start, min(s.end, s.start + 60))[:1]
        if not first or s.section not in ("methods", "results", "aim", ""):
            continue
        q = first[0]
        opens = q.kind in _COUNTED and not q.percent and _OPENING.fullmatch(context.norm, s.start, q.start)
        if opens and (q.value or 0) > 1 and (m := _PATIENTS.match(context.norm, q.end)):
            number = int(q.value or 0)
            at = context.passage.span(q.start, q.end)[0]
            kept = [f for f in facts if not (f.start == at and f.kind in ("arm_n", "events"))]
            return [
                *kept,
                context.fact(
                    "n_total",
                    q.start,
                    m.end(),
                    "opening total",
                    value=float(number),
                    n=number,
                    value_text=q.text,
                    decimals=0,
                ),
            ]
    return facts


# --- equal groups -------------------------------------------------------------------------------------------------

_EACH_BEFORE = re.compile(r"\b(?:groups?|arms?|cohorts?) of (?:about )?$|\([nN] ?= ?$|, $|\bwith $", re.I)
_EACH_AFTER = re.compile(
    r"(?: (?:patients?|subjects?|participants?|cases|women|men))?,? (?:in |per )?each(?: (?:group|arm|cohort))?\b|(?: \w+)? (?:in|to) (?:each|either|both) (?:group|arm)s?\b",
    re.I,
)


def _with_equal_groups(context: Context, facts: list[Fact]) -> list[Fact]:
    """ "three groups of 10 patients each", "35 in each group", "(n = 18 each)"."""
    taken = {f.start for f in facts if f.kind in ("arm_n", "events", "mean")}
    added = []
    for q in context.quantities:
        start = context.passage.span(q.start, q.end)[0]
        if q.kind not in _COUNTED or q.percent or start in taken or not _EACH_AFTER.match(context.norm, q.end):
            continue
        if _EACH_BEFORE.search(context.norm, max(0, q.start - 16), q.start):
            number = int(q.value or 0)
            added.append(
                context.fact(
                    "arm_n", q.start, q.end, "each group", value=float(number), n=number, value_text=q.text, decimals=0
                )
            )
    return facts + added


# --- groups that sum to the total -------------------------------------------------------------------------------


def _with_groups(context: Context, facts: list[Fact]) -> list[Fact]:
    totals = {f.value for f in facts if f.kind == "n_total" and f.status == "ok"}
    groups = [
        g for s in context.sentences for g in [_groups(context, s.start, s.end)] if sum(n for n, _, _ in g) in totals
    ]
    for group in groups:
        if len(group) > 1:
            starts = {context.passage.span(q.start, q.end)[0] for _, q, _ in group}
            facts = [f for f in facts if not (f.start in starts and f.kind in ("events", "arm_n", "n_total"))]
            facts += [_size(context, q, number, arm) for number, q, arm in group]
    return facts


def _groups(context: Context, start: int, end: int) -> list[tuple[int, Quantity, str]]:
    """(number, quantity, what was received) of every "N received X" of a sentence."""
    found = []
    for q in context.quantities_in(start, end):
        m = _RECEIVED.match(context.norm, q.end, end)
        if m and q.kind in _COUNTED and q.value is not None and not q.percent:
            stop = name_after(context.norm, m.end(), end, 5)
            found.append((int(q.value), q, context.norm[m.end() : stop].strip(" ,.")))
    return found or _used_in(context, start, end)


_USED_IN = re.compile(
    r"(?: (?:were|was))?(?: (?:used|given|infused|injected|transplanted|chosen|administered))? in (?:the other )?$"
)


def _used_in(context: Context, start: int, end: int) -> list[tuple[int, Quantity, str]]:
    """(number, quantity, what was given) of every "X in N" of a sentence: "A were used in 23, B in two and C in one"."""
    found = []
    for q in context.quantities_in(start, end):
        m = _USED_IN.search(context.norm, max(start, q.start - 40), q.start)
        if m and q.kind in _COUNTED and q.value is not None and not q.percent:
            name = name_before(context.norm, m.start(), 5)
            if name < m.start():
                found.append((int(q.value), q, context.norm[name : m.start()].strip(" ,.")))
    return found


def _size(context: Context, q: Quantity, number: int, arm: str) -> Fact:
    known = next((context.arms[m.arm].name for m in context.mentions if context.norm[m.start : m.end] == arm), arm)
    return context.fact(
        "arm_n", q.start, q.end, "groups that sum to the total", arm=known, value=float(number), n=number, value_text=q.text,
        decimals=0,
    )  # fmt: skip
