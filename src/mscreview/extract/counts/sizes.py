"""Sizes that the words around settle: a refiner over the facts of `people`, run after `named`.

"23 received A, two received B and one received C": numbers that say who received what, and that sum to the printed total,
are the sizes of the arms. "10 patients each" is the size of every arm; where no total was read, the number of patients a
sentence of the methods or results opens with is the total.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mscreview.extract.arms.edges import A_DOSE_OF, name_after, name_before
from mscreview.extract.model import Context, Fact
from mscreview.extract.roles.guess import TOTAL
from mscreview.text import Quantity
from mscreview.text.patterns import PEOPLE

_COUNTED = ("int", "words")
_RECEIVED = re.compile(
    rf"(?: (?:other |of them |of the )?(?:{PEOPLE}|were|was|\w+ed)){{0,2}} ?"
    r"(?:received|underwent|were (?:given|treated with|assigned to|allocated to|randomi[sz]ed to)|to receive|was given) (?:the |an? )?"
    rf"{A_DOSE_OF}"
)


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Totals, equal groups and groups that sum to the total."""
    return _with_groups(context, _with_equal_groups(context, _with_opening_total(context, list(facts))))


# --- the number a sentence opens with -----------------------------------------------------------------------------

_OPENING = re.compile(
    r"(?:[A-Z][A-Za-z ]{2,24}[:.] ?)?(?:(?:A total of|In total,?|Altogether,?|We (?:studied|treated|enrolled)) )?$"
)
_PATIENTS = re.compile(
    rf" (?:(?!and |of |in |the )[A-Za-z][\w+-]* ){{0,4}}{PEOPLE}\b",
    re.I,
)


def _with_opening_total(context: Context, facts: list[Fact]) -> list[Fact]:
    """Where no other total was read: the "Twenty-four patients ..." that opens a sentence of the methods or results."""
    totals = {f.start for f in facts if f.kind == "n_total" and f.status in ("ok", "planned")}
    if context.lexicon.protocol is None:
        return facts if totals else _with_sum(context, _with_divided(context, facts))
    if len(totals) > 1:
        return facts
    for s in context.sentences:
        first = context.quantities_in(s.start, min(s.end, s.start + 60))[:1]
        if not first or s.section not in ("methods", "results", "aim", ""):
            continue
        q = first[0]
        opens = q.kind in _COUNTED and not q.percent and _OPENING.fullmatch(context.norm, s.start, q.start)
        if opens and (q.value or 0) > 1 and (m := _PATIENTS.match(context.norm, q.end)):
            if _FELL_ILL.match(context.norm, m.end()):
                continue
            kind = "arm_n" if _others_follow(context, q, s.end) else "n_total"
            at = context.passage.span(q.start, q.end)[0]
            if s.section != "methods" and any(f.start == at and f.kind == "events" for f in facts):
                continue
            if totals and (kind == "n_total" or totals != {at}):
                return facts
            kept = [f for f in facts if not (f.start == at and f.kind in ("arm_n", "n_total", "events"))]
            return [*kept, _opened(context, kind, q, m.end())]
    return facts


_DIVIDED = re.compile(
    r" (?:(?!and |of |in |the )[A-Za-z][\w+-]* ){1,5}were (?:\w+ly |then ){0,2}(?:divided|allocated|assigned|randomi[sz]ed)"
    r"(?: \w+ly)? (?:in)?to (?:(?:one of )?(?:two|three|four|2|3|4)\b|groups? [A1I]\b)"
)


def _with_divided(context: Context, facts: list[Fact]) -> list[Fact]:
    """Where no total was read: "120 X were divided into two groups"."""
    for s in context.sentences:
        for q in context.quantities_in(s.start, min(s.end, s.start + 60))[:1]:
            opens = q.kind in _COUNTED and not q.percent and _OPENING.fullmatch(context.norm, s.start, q.start)
            if not opens or s.section not in ("methods", "results", "aim", "") or not (q.value or 0) > 1:
                continue
            m = _DIVIDED.match(context.norm, q.end)
            if m:
                at = context.passage.span(q.start, q.end)[0]
                return [*(f for f in facts if f.start != at), _opened(context, "n_total", q, m.end())]
    return facts


_MAYBE = 0.1


def _with_sum(context: Context, facts: list[Fact]) -> list[Fact]:
    """Where no total was read: the number that may be one and that the arms of one sentence sum to."""
    if context.roles is None or any(f.kind == "n_total" for f in facts):
        return facts
    by_sentence: dict[int, list[Fact]] = {}
    for f in facts:
        s = context.sentence_at(context.passage.at(f.start)) if f.kind == "arm_n" and f.status == "ok" else None
        if s is not None:
            by_sentence.setdefault(s.index, []).append(f)
    sums = {sum(f.n or 0 for f in group) for group in by_sentence.values() if len(group) > 1}
    known = {f.start for f in facts if f.kind in ("arm_n", "events")}
    for j, q in enumerate(context.quantities):
        at = context.passage.span(q.start, q.end)[0]
        may_be = q.kind in _COUNTED and not q.percent and q.value in sums and at not in known
        if may_be and context.roles[j, TOTAL] > _MAYBE:
            return [*facts, _opened(context, "n_total", q, q.end)]
    return facts


# "Two patients developed fever": what befell them, not who they were
_FELL_ILL = re.compile(
    r" (?:developed|had|died|experienced|suffered|showed|presented|reported|survived|were lost|dropped|withdrew|completed)\b"
)
_FEW = 8
_OTHERS = re.compile(r"(?:\band|;|,|while|whereas)(?: the)?(?: other| remaining| another)? ?$")
_OTHERS_AFTER = re.compile(
    r"(?! (?:group|arm)s?\b)(?: \w+)? (?:to|in the|were|as|served|received|had|on|underwent|patients|controls?)\b"
)


def _others_follow(context: Context, q: Quantity, end: int) -> bool:
    """ "15 patients were assigned to A and 12 to B": the first number is an arm's, as it is no sum of the others."""
    others = [o.value or 0.0 for o in context.quantities_in(q.end, end) if o.kind in _COUNTED and not o.percent]
    sums = {a + b for k, a in enumerate(others[:_FEW]) for b in others[k + 1 : _FEW]} | {sum(others)}
    if len(others) > 1 and q.value in sums:
        return False
    return any(
        other.kind in _COUNTED
        and not other.percent
        and _OTHERS.search(context.norm, q.end, other.start)
        and _OTHERS_AFTER.match(context.norm, other.end)
        for other in context.quantities_in(q.end, end)
    )


def _opened(context: Context, kind: str, q: Quantity, end: int) -> Fact:
    number = int(q.value or 0)
    return context.fact(
        kind, q.start, end, "opening total", value=float(number), n=number, value_text=q.text, decimals=0
    )


# --- equal groups -------------------------------------------------------------------------------------------------

_EACH_BEFORE = re.compile(r"\b(?:groups?|arms?|cohorts?) of (?:about )?$|\([nN] ?= ?$|, $|\bwith $", re.I)
_EACH_AFTER = re.compile(
    rf"(?: {PEOPLE})?,? (?:in |per )?each(?: (?:group|arm|cohort))?\b|(?: \w+)? (?:in|to) (?:each|either|both) (?:group|arm)s?\b",
    re.I,
)


def _with_equal_groups(context: Context, facts: list[Fact]) -> list[Fact]:
    """ "three groups of 10 patients each", "35 in each group", "(n = 18 each)"."""
    taken = {f.start for f in facts if f.kind in ("arm_n", "events", "mean")}
    added = []
    for q in context.quantities:
        if q.kind not in _COUNTED or q.percent or not _EACH_AFTER.match(context.norm, q.end):
            continue
        if context.passage.span(q.start, q.end)[0] in taken:
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


_IN_BRACKET = re.compile(r"[(,;] ?(?:[nN] ?= ?)?$")
_BRACKET_ENDS = re.compile(rf"(?: {PEOPLE})? ?\)")


def _with_bracketed(context: Context, facts: list[Fact], totals: set[float | None]) -> list[Fact]:
    """ "to X (108 patients), Y (102) or Z (55)": numbers that close brackets of one sentence and sum to the total."""
    if len(context.arms) < 2:
        return facts
    for s in context.sentences:
        if s.section not in ("methods", ""):
            continue
        found = [
            q
            for q in context.quantities_in(s.start, s.end)
            if q.kind in _COUNTED
            and not q.percent
            and _BRACKET_ENDS.match(context.norm, q.end)
            and _IN_BRACKET.search(context.norm, max(0, q.start - 5), q.start)
        ]
        if len(found) < 2 or sum(q.value or 0 for q in found) not in totals:
            continue
        known = {f.start for f in facts if f.kind == "arm_n"}
        for q in found:
            start = context.passage.span(q.start, q.end)[0]
            arm = context.mentions_in(max(s.start, q.start - 70), q.start)[-1:]
            if start not in known and arm:
                facts = [f for f in facts if f.start != start or f.kind not in ("events", "mean", "n_total")]
                facts.append(_size(context, q, int(q.value or 0), context.arms[arm[0].arm].name))
    return facts


def _with_groups(context: Context, facts: list[Fact]) -> list[Fact]:
    totals = {f.value for f in facts if f.kind == "n_total" and f.status == "ok"}
    groups = (_groups(context, s.start, s.end) for s in context.sentences) if totals else ()
    for group in [g for g in groups if sum(n for n, _, _ in g) in totals]:
        if len(group) > 1:
            starts = {context.passage.span(q.start, q.end)[0] for _, q, _ in group}
            facts = [f for f in facts if not (f.start in starts and f.kind in ("events", "arm_n", "n_total"))]
            facts += [_size(context, q, number, arm) for number, q, arm in group]
    return _with_bracketed(context, facts, totals) if totals else facts


def _groups(context: Context, start: int, end: int) -> list[tuple[int, Quantity, str]]:
    """(number, quantity, what was received) of every "N received X" of a sentence."""
    found = []
    for q in context.quantities_in(start, end):
        m = _RECEIVED.match(context.norm, q.end, end)
        if m and q.kind in _COUNTED and q.value is not None and not q.percent:
            stop = name_after(context.norm, m.end(), end, 5)
            name = context.norm[m.end() : stop].strip(" ,.")
            if not name.isdigit():  # "36 received 1 × 10^6 cells" names nothing
                found.append((int(q.value), q, name))
    return found or _used_in(context, start, end)


_USED_IN = re.compile(
    r"(?: (?:were|was))?(?: (?:used|given|infused|injected|transplanted|chosen|administered))? in (?:the other )?$"
)


def _used_in(context: Context, start: int, end: int) -> list[tuple[int, Quantity, str]]:
    """(number, quantity, what was given) of every "X in N" of a sentence: "A were used in 23, B in two and C in one"."""
    found = []
    for q in context.quantities_in(start, end):
        if not context.norm.endswith((" in ", " in the other "), start, q.start):
            continue
        m = _USED_IN.search(context.norm, max(start, q.start - 40), q.start)
        if m and q.kind in _COUNTED and q.value is not None and not q.percent:
            name = name_before(context.norm, m.start(), 5)
            if name < m.start():
                found.append((int(q.value), q, context.norm[name : m.start()].strip(" ,.")))
    return found


def _size(context: Context, q: Quantity, number: int, arm: str) -> Fact:
    known = next(
        (context.arms[m.arm].name for m in context.mentions if arm.startswith(context.norm[m.start : m.end])), arm
    )
    return context.fact(
        "arm_n", q.start, q.end, "groups that sum to the total", arm=known, value=float(number), n=number, value_text=q.text,
        decimals=0,
    )  # fmt: skip
