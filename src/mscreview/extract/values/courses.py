"""The course of a measured outcome: "the score went from 11 (7-15) to 10 (7-14)" is a value at baseline and one later.

A refiner for protocol mode: adds the two values where `continuous` read none, with the limits or the SD in the bracket.
What kind of limits they are is not told, so the spread stays without a name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from mscreview.extract.lexicon import OUTCOME, Term
from mscreview.extract.model import Context, Fact

_NUMBER = r"\d{1,5}(?:\.\d{1,3})?"
_BRACKET = rf"(?: ?\((?:(?P<lowN>{_NUMBER}) ?- ?(?P<highN>{_NUMBER})|SD ?=? ?(?P<sdN>{_NUMBER}))\))"
_COURSE = re.compile(
    rf"[^.;,]{{0,40}}?\bfrom (?P<a>{_NUMBER}){_BRACKET.replace('N', '1')} to (?P<b>{_NUMBER}){_BRACKET.replace('N', '2')}"
)
_TAKEN = frozenset({"mean", "median", "change"})


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """`facts` and the two values of every course whose numbers no fact holds yet."""
    protocol = context.lexicon.protocol
    if protocol is None:
        return list(facts)
    taken = {context.passage.at(f.start) for f in facts if f.kind in _TAKEN}
    found = list(facts)
    for term in context.terms.get(OUTCOME, ()):
        m = _COURSE.match(context.norm, term.end, min(len(context.norm), term.end + 140))
        measured = protocol.outcomes[term.name].kind == "continuous"
        if m and measured and _nearest(context, m.start("a")) == term:
            ends = (("a", "1", "baseline"), ("b", "2", "final"))
            found += [_value(context, term, m, *end) for end in ends if m.start(end[0]) not in taken]
    return found


def _nearest(context: Context, position: int) -> Term | None:
    terms = context.terms.get(OUTCOME, ())
    k = bisect_right(terms, position, key=lambda t: t.start) - 1
    return terms[k] if k >= 0 else None


def _value(context: Context, term: Term, m: re.Match[str], name: str, place: str, measure: str) -> Fact:
    low, high, sd = (None if m[g + place] is None else float(m[g + place]) for g in ("low", "high", "sd"))
    end = max(m.end(g + place) for g in ("low", "high", "sd"))
    return context.fact(
        "mean" if sd is not None else "median",
        m.start(name),
        end + 1,
        "course from baseline",
        measure=measure,
        outcome=term.name,
        weeks=0.0 if measure == "baseline" else None,
        value=float(m[name]),
        value_text=m[name],
        decimals=len(m[name].partition(".")[2]),
        low=low,
        high=high,
        spread=sd,
        spread_kind="sd" if sd is not None else "",
    )
