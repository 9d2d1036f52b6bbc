"""Facts of one abstract in the form the C-TrO scorer wants; all reading happens in `mscreview.extract`."""

from __future__ import annotations

from mscreview import extract
from mscreview.extract import Fact

SLOTS = [
    "n",
    "pct_affected",
    "n_affected",
    "baseline",
    "baseline_sd",
    "result",
    "result_sd",
    "change",
    "change_sd",
    "dose",
]
SLOT_OF = {
    ("mean", "baseline"): "baseline",
    ("mean", "final"): "result",
    ("median", "baseline"): "baseline",
    ("median", "final"): "result",
    ("change", "change"): "change",
}


def predict(record: dict) -> dict:
    facts = [f for f in extract.facts(record["text"]) if f.status in ("ok", "ambiguous")]
    named = list(dict.fromkeys(f.arm for f in facts if f.arm not in ("", "all")))
    arms: dict[str, dict] = {}
    for f in facts:
        for slot, value in _slots(f):
            for name in _names(f, named):
                _put(arms.setdefault(name, {s: [] for s in SLOTS}), slot, value)
    total = next((f.value for f in facts if f.kind == "n_total"), None)
    return {
        "pmid": record["pmid"],
        "n_total": total,
        "duration": _duration(facts),
        "arms": list(arms.values())[:6],
        "p": [f"{f.measure} {f.value!r}" for f in facts if _is_result(f)],
        "ci": [[f.low, f.high] for f in facts if _is_interval(f)],
        "diff": [f.value for f in facts if f.measure in ("MD", "difference") and not _repeats(f)],
    }


def _is_result(f: Fact) -> bool:
    """A p-value of an outcome: C-TrO has no place for those of arms before treatment or of other tests."""
    return f.kind == "p_value" and f.value is not None and f.comparator in ("", "baseline", "between", "subgroup")


def _is_interval(f: Fact) -> bool:
    """A confidence interval of a result or a difference: C-TrO has no place for those of baselines or an NNT."""
    return (
        f.spread_kind == "ci" and f.low is not None and "baseline" not in f.measure and f.measure != "NNT"
    ) and not _repeats(f)


def _slots(f: Fact) -> list[tuple[str, object]]:
    if _repeats(f):
        return []
    if f.kind == "arm_n":
        return [("n", f.value)]
    if f.kind == "events":
        return [("n_affected", f.value)]
    if f.kind == "percent":
        if f.status == "ambiguous":
            return []
        return [("pct_affected", f.value)]
    if f.kind == "dose":
        return [("dose", f.value)]
    slot = SLOT_OF.get((f.kind, f.measure))
    if slot is None:
        return []
    spread = [(f"{slot}_sd", f.spread)] if f.spread is not None and f.spread_kind == "sd" else []
    return [(slot, f.value), *spread]


def _repeats(f: Fact) -> bool:
    """The same quantity once more, in another unit: C-TrO marks the first only."""
    return f.rule.endswith("other unit")


def _names(f: Fact, named: list[str]) -> list[str]:
    """The scorer has no place for a number without an arm: it goes to the first; one for all arms goes to each."""
    if f.arm == "all":
        return named[:2] or [""]
    return [f.arm or next(iter(named), "")]


def _put(arm: dict, slot: str, value: object) -> None:
    if slot == "n":
        arm["n"] = max(arm["n"] or 0, value)  # as randomised, before anybody left
    else:
        if slot != "dose" or value not in arm[slot]:
            arm[slot].append(value)


def _duration(facts: list[Fact]) -> object:
    """The trial's own length first, then how long was treated, then how long was followed."""
    for measure in ("study", "treated", "followed"):
        for f in facts:
            if f.kind == "followup" and f.measure == measure:
                return f.value if f.value is not None else f.value_text
    visits = [f for f in facts if f.kind == "followup" and f.measure == "visit" and f.weeks]
    last = max(visits, key=lambda f: f.weeks or 0.0, default=None)
    return last.value if last else None
