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
    for fact in extract.facts(record["text"]):
        if fact.kind in SLOT_OF and fact.status in ("ok", "background", "planned") and fact.value is not None:
            out[SLOT_OF[fact.kind]].append(_printed(fact))
            if fact.spread is not None and fact.spread_kind in ("sd", "SD", ""):
                out["sd"].append(fact.spread)
    return out


def _printed(fact: Fact) -> str | float:
    """Counts as printed, so that "13 388" is compared as the corpus prints it; values as numbers."""
    if fact.kind == "events":  # the quote of "5/45" holds the whole it is of
        return fact.value_text or fact.quote
    return fact.quote if fact.kind in ("n_total", "arm_n") else float(fact.value or 0)
