"""Whether a total was divided evenly: "100 patients were randomised equally to X or Y", "100例随机均分为两组".

A refiner: facts in, the same facts with the measure `EVENLY` on such a total. The size of each arm then follows, though
no text prints it; reckoning it is left to those who know all arms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mscreview.extract.model import Context, Fact

EVENLY = "divided evenly"
_HINTS = ("均分", "等分", "equally", "evenly", "equal ")
_DIVIDED = re.compile(
    r"(?:均|平均|等)(?:随机)?分(?:为|成|入|至|配)"
    r"|\b(?:(?:divided|split|allocated|assigned|randomi[sz]ed|distributed) (?:\w+ )?(?:equally|evenly)"
    r"|(?:equally|evenly) (?:\w+ )?(?:divided|split|allocated|assigned|randomi[sz]ed|distributed)"
    r"|(?:into|to) (?:two|three|four|2|3|4) equal(?:ly sized|-sized)? (?:groups|arms))\b",
    re.I,
)


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Mark the totals of sentences that divide them evenly."""
    if not any(hint in context.norm for hint in _HINTS):
        return list(facts)
    return [f._replace(measure=EVENLY) if f.kind == "n_total" and _divided(context, f) else f for f in facts]


def _divided(context: Context, fact: Fact) -> bool:
    at = context.passage.at(fact.start)
    sentence = context.sentence_at(at)
    return sentence is not None and _DIVIDED.search(context.norm, at, sentence.end) is not None
