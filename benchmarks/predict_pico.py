"""Facts of one abstract in the form the PICO-Corpus scorer wants; all reading happens in `mscreview.extract`."""

from __future__ import annotations

from mscreview import extract
from mscreview.extract import Fact

SLOT_OF = {
    "n_total": "total_participants",
    "arm_n": "group_n",
    "events": "events",
    "percent": "percent",
    "mean": "mean",
    "change": "mean",
    "median": "median",
}


def predict(record: dict) -> dict:
    out: dict = {"pmid": record["pmid"], **{slot: [] for slot in SLOT_OF.values()}, "sd": []}
    facts = extract.facts(record["text"])
    two_arms = sum(fact.kind == "arm" for fact in facts) == 2
    of_neither = [fact.end for fact in facts if two_arms and not fact.arm and fact.kind == "events"]
    for fact in facts:
        told = fact.kind in SLOT_OF and fact.status in ("ok", "background", "planned") and fact.value is not None
        if told and not _is_unmarked(fact, two_arms) and not _beside(fact, of_neither):
            out[SLOT_OF[fact.kind]].append(_printed(fact))
            if fact.spread is not None and fact.spread_kind in ("sd", "SD", ""):
                out["sd"].append(fact.spread)
    return out


def _is_unmarked(fact: Fact, two_arms: bool) -> bool:
    """The corpus marks what an arm had: no change told in per cent, and no count, unsure share or median of neither of two."""
    told_of_arms = fact.kind in ("events", "median") or fact.rule == "role: percent"
    return fact.measure == "relative" or (two_arms and not fact.arm and told_of_arms)


def _beside(fact: Fact, counts: list[int]) -> bool:
    """Whether a share stands beside one of the counts of neither arm: "12 women (16%) fell"."""
    return fact.kind == "percent" and not fact.arm and any(0 < fact.start - end < _NEAR for end in counts)


_NEAR = 16


def _printed(fact: Fact) -> str | float:
    """Counts as printed, so that "13 388" is compared as the corpus prints it; values as numbers."""
    if fact.kind == "events":  # the quote of "5/45" holds the whole it is of
        return fact.value_text or fact.quote
    return fact.quote if fact.kind in ("n_total", "arm_n") else float(fact.value or 0)
