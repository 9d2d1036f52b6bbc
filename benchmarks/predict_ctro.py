"""Facts of one abstract in the form the C-TrO scorer wants; all reading happens in `mscreview.extract`."""

from __future__ import annotations

from mscreview import extract
from mscreview.extract import Fact

SLOTS = "n pct_affected n_affected baseline baseline_sd result result_sd change change_sd dose".split()
SLOT_OF = {
    ("mean", "baseline"): "baseline",
    ("mean", "final"): "result",
    ("median", "baseline"): "baseline",
    ("median", "final"): "result",
    ("change", "change"): "change",
}


def predict(record: dict) -> dict:
    facts = [f for f in extract.facts(record["text"]) if f.status in ("ok", "ambiguous")]
    arms: dict[str, dict] = {}
    for f in facts:
        for slot, value in _slots(f):
            for name in _names(f, facts):
                _put(arms.setdefault(name, {s: [] for s in SLOTS}), slot, value)
    total = next((f.value for f in facts if f.kind == "n_total"), None)
    return {
        "pmid": record["pmid"],
        "n_total": total,
        "duration": next((_number(f) for f in facts if f.kind == "followup"), None),
        "arms": list(arms.values())[:6],
        "p": [f"{f.measure} {f.value!r}" for f in facts if f.kind == "p_value" and f.value is not None],
        "ci": [[f.low, f.high] for f in facts if f.kind in ("effect", "interval") and f.low is not None],
        "diff": [f.value for f in facts if f.measure in ("MD", "difference") and f.kind in ("effect", "difference")],
    }


def _slots(f: Fact) -> list[tuple[str, object]]:
    if f.rule.endswith("other unit"):
        return []
    if f.kind == "arm_n":
        return [("n", f.value)]
    if f.kind == "events":
        return [("n_affected", f.value)]
    if f.kind == "percent":
        return [("pct_affected", f.value)]
    if f.kind == "dose":
        return [("dose", f.value)]
    slot = SLOT_OF.get((f.kind, f.measure))
    if slot is None:
        return []
    spread = [(f"{slot}_sd", f.spread)] if f.spread is not None and f.spread_kind == "sd" else []
    return [(slot, f.value), *spread]


def _names(f: Fact, facts: list[Fact]) -> list[str]:
    if f.arm == "all":
        return list(dict.fromkeys(g.arm for g in facts if g.arm not in ("", "all")))[:2] or [""]
    return [f.arm]


def _put(arm: dict, slot: str, value: object) -> None:
    if slot == "n":
        arm["n"] = arm["n"] or value
    else:
        arm[slot].append(value)


def _number(f: Fact) -> object:
    return f.value if f.value is not None else f.weeks
