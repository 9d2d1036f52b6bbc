"""The last word on doubtful facts, once their outcome is known: facts in, facts with their status settled out."""

from __future__ import annotations

from collections.abc import Sequence

from mscreview.extract.model import Context, Fact
from mscreview.extract.status import plans, status_at

# what is only intended is no result
_INTENDED = frozenset({"n_total", "arm_n", "events", "dose", "n_doses", "followup"})
# what is told under the heading of the aims is what was known before
_RESULTS = frozenset({"events", "percent", "mean", "median", "change"})
_COUNTED = frozenset({"n_total", "arm_n"})


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Status `planned` for sizes, events and doses of a plan; a percentage of an event is a share of people after all.

    The learned scorer marks a percentage as ambiguous where its English cues do not speak for a share of people; a
    protocol's event outcome settles that. A percentage inside an effect or an I2 is part of it.
    """
    protocol = context.lexicon.protocol
    events = {key for key, o in protocol.outcomes.items() if o.kind == "binary"} if protocol else set()
    planned = {s.index for at in plans(context.norm) if (s := context.sentence_at(at))}
    whole = [
        f for f in facts if f.kind in ("heterogeneity", "effect") or (f.spread_kind == "ci" and f.kind != "percent")
    ]
    kept = [f for f in facts if f.kind != "percent" or not any(_inside(f, w) for w in whole)]
    return [_settled(context, f, events, planned) for f in kept]


def _inside(fact: Fact, whole: Fact) -> bool:
    """Whether a number is a part of an effect; a share of people with an interval of its own ("71% [61-78]") is not."""
    own = whole.start == fact.start and whole.status == "ambiguous" and fact.status == "ok"
    return whole.start <= fact.start < whole.end and not own


def _settled(context: Context, fact: Fact, events: set[str], planned: set[int]) -> Fact:
    told = fact.section not in ("background", "aim")
    if told and fact.kind == "percent" and fact.status == "ambiguous" and fact.outcome in events:
        return fact._replace(status="ok")
    if planned and fact.kind in _INTENDED and fact.status == "ok":
        sentence = context.sentence_at(context.passage.at(fact.start))
        if sentence and sentence.index in planned:
            return fact._replace(status="planned")
    return fact._replace(status="background") if fact.status == "ok" and _is_known(context, fact) else fact


def _is_known(context: Context, fact: Fact) -> bool:
    """Whether a result stands under the aims, or a number behind the words for another study there."""
    if fact.section == "aim" and fact.kind in _RESULTS:
        return True
    if fact.section in ("results", "conclusion") or fact.kind not in _RESULTS | _COUNTED:
        return False
    at = context.passage.at(fact.start)
    sentence = context.sentence_at(at)
    return sentence is not None and status_at(context.norm, sentence, at) == "background"
