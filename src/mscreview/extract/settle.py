"""The last word on doubtful facts, once their outcome is known: facts in, facts with their status settled out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mscreview.extract.model import Context, Fact


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """A percentage of an outcome that is an event is a share of people, whatever the scorer made of it."""
    protocol = context.lexicon.protocol
    if protocol is None:
        return list(facts)
    events = {key for key, outcome in protocol.outcomes.items() if outcome.kind == "binary"}
    return [
        replace(f, status="ok") if f.kind == "percent" and f.status == "ambiguous" and f.outcome in events else f
        for f in facts
    ]
