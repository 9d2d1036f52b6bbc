"""Outcomes in, one effect a row out: treated minus control, or after minus before where there is no control.

Two arms meet when they report the same outcome at the same week. A study with several treated arms gives one effect
for all of them together (the arms combined, so that no control patient counts twice) and one for each arm, marked by
`shared_control`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from mscreview.clean import conversions
from mscreview.effects import measures
from mscreview.effects.printed import LONGEST, estimates
from mscreview.project import Outcome, Protocol

COLUMNS = [
    "effect_id",
    "study_id",
    "arm_t",
    "arm_c",
    "outcome",
    "weeks",
    "window",
    "measure",
    "yi",
    "vi",
    "n_t",
    "n_c",
    "better_if",
    "effect_from",
    "shared_control",
    "sources",
]
BINARY_MEASURES = ("OR", "RR", "RD")
CONTINUOUS_MEASURES = ("MD", "SMD")


@dataclass(frozen=True)
class Value:
    """What one arm reports: a mean with SD, or events, of n patients."""

    arm: str
    n: float
    mean: float = float("nan")
    sd: float = float("nan")
    events: float = float("nan")
    source: str = ""


@dataclass(frozen=True)
class Pair:
    """Two values that make one effect; `control` is None for a single arm."""

    study_id: str
    outcome: str
    weeks: float
    window: str
    treated: Value
    control: Value | None
    effect_from: str
    shared_control: str = ""


def build(
    outcomes: pd.DataFrame, arms: pd.DataFrame, protocol: Protocol, reported: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The `effects` table: every comparison the outcomes allow, on every measure of its kind.

    Raises
    ------
    EffectError
        From the measures, naming the row, when a variance cannot be computed.
    """
    pairs = [*pair_arms(outcomes, arms, protocol), *before_after(outcomes, arms, protocol)]
    pairs += single_proportions(outcomes, arms, protocol)
    by_measure: dict[str, list[Pair]] = {}
    for pair in pairs:
        for measure in _measures(pair, protocol):
            by_measure.setdefault(measure, []).append(pair)
    parts = [_rows(measure, found, protocol) for measure, found in by_measure.items()]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    table = table[table["yi"].notna()].reset_index(drop=True)
    if reported is None:
        return table
    printed = pd.DataFrame(estimates(reported, arms, protocol), columns=COLUMNS)
    printed = printed.drop_duplicates(["study_id", "outcome", "window", "measure"])
    key = ["study_id", "outcome", "window", "measure"]
    fresh = printed[~printed.set_index(key).index.isin(table.set_index(key).index)]
    return pd.concat([t for t in (table, fresh) if len(t)] or [table], ignore_index=True)


def pair_arms(outcomes: pd.DataFrame, arms: pd.DataFrame, protocol: Protocol) -> list[Pair]:
    """Treated and control values of one study, outcome and week, each treated arm and all of them combined."""
    values = _complemented(outcomes, protocol)
    roles = arms.set_index(["study_id", "arm_id"])["role"].to_dict()
    pairs: list[Pair] = []
    for (study_id, outcome, kind), group in values.groupby(["study_id", "outcome", "value_kind"]):
        if outcome not in protocol.outcomes:
            continue
        for weeks, at_week in group.groupby("weeks", dropna=False):
            found = {v.arm: v for v in _values(at_week, protocol.outcomes[outcome])}
            control = next((v for a, v in found.items() if roles.get((study_id, a)) == "control"), None)
            treated = [v for a, v in found.items() if roles.get((study_id, a)) == "treated"]
            if control is None or not treated:
                continue
            window = protocol.window_of(str(outcome), weeks)
            pairs += _compared(Pair(study_id, outcome, weeks, window, treated[0], control, kind), treated)
    return _one_a_window(pairs, protocol)


def before_after(outcomes: pd.DataFrame, arms: pd.DataFrame, protocol: Protocol) -> list[Pair]:
    """Baseline and later value of each treated arm in studies without a control arm."""
    controlled = set(arms.loc[arms["role"] == "control", "study_id"])
    alone = outcomes[~outcomes["study_id"].isin(controlled)]
    pairs = []
    for (study_id, _, outcome), group in alone.groupby(["study_id", "arm_id", "outcome"]):
        if protocol.outcomes[outcome].kind != "continuous":
            continue
        before = _values(group[group["value_kind"] == "baseline"], protocol.outcomes[outcome])
        if len(before) != 1:
            continue
        for weeks, at_week in group[group["value_kind"] == "final"].groupby("weeks"):
            after = _values(at_week, protocol.outcomes[outcome])
            window = protocol.window(weeks)
            if after and window:
                pairs.append(Pair(study_id, outcome, weeks, window, after[0], before[0], "pre-post"))
    return _one_a_window(pairs, protocol)


def single_proportions(outcomes: pd.DataFrame, arms: pd.DataFrame, protocol: Protocol) -> list[Pair]:
    """Events of each treated arm at its longest follow-up, for pooled proportions."""
    values = _complemented(outcomes, protocol)
    roles = arms.set_index(["study_id", "arm_id"])["role"].to_dict()
    counted = values[values["value_kind"] == "events"].sort_values("weeks", na_position="first")
    pairs = []
    for (study_id, arm_id, outcome), group in counted.groupby(["study_id", "arm_id", "outcome"]):
        found = _values(group.tail(1), protocol.outcomes[outcome])
        if found and roles.get((study_id, arm_id)) == "treated":
            pairs.append(Pair(study_id, outcome, group["weeks"].iloc[-1], LONGEST, found[0], None, "events"))
    return pairs


def combine(values: list[Value]) -> Value:
    """Several arms as one (Cochrane Handbook 6.5.2.10): counts add up, means and SDs by the total sum of squares."""
    arm, source = "+".join(v.arm for v in values), "; ".join(dict.fromkeys(v.source for v in values))
    if not pd.isna(values[0].events):
        return Value(arm, sum(v.n for v in values), events=sum(v.events for v in values), source=source)
    n, mean, sd = conversions.combine_arms([v.n for v in values], [v.mean for v in values], [v.sd for v in values])
    return Value(arm, float(n), mean=float(mean), sd=float(sd), source=source)


def _compared(pair: Pair, treated: list[Value]) -> Iterator[Pair]:
    if len(treated) == 1:
        yield replace(pair, treated=treated[0])
        return
    yield replace(pair, treated=combine(treated))
    for value in treated:
        assert pair.control is not None
        yield replace(pair, treated=value, shared_control=f"{pair.study_id}:{pair.control.arm}")


def _values(rows: pd.DataFrame, outcome: Outcome) -> list[Value]:
    """Usable values, one an arm: printed before turned round, a paper's table before its abstract, of several reports
    that of most patients (the whole trial before its first half)."""
    turned = rows.get("turned", False)
    ordered = rows.assign(turned=turned, abstract=~rows["source"].str.startswith("raw:"), fewer=-rows["n"])
    ordered = ordered.sort_values(["arm_id", "turned", "abstract", "fewer", "source"])
    found: dict[str, Value] = {}
    for row in ordered.itertuples():
        if row.arm_id in found or pd.isna(row.n):
            continue
        if outcome.kind == "binary" and pd.notna(row.events) and 0 <= row.events <= row.n:
            found[row.arm_id] = Value(row.arm_id, row.n, events=row.events, source=row.source)
        if outcome.kind == "continuous" and pd.notna(row.mean) and pd.notna(row.sd) and row.sd > 0 and row.n > 1:
            found[row.arm_id] = Value(row.arm_id, row.n, mean=row.mean, sd=row.sd, source=row.source)
    return list(found.values())


def _complemented(outcomes: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Counts of an outcome that is another's complement (survival) as counts of that other (death)."""
    kinds = ["baseline", "final", "change", "events"]
    values = outcomes[outcomes["value_kind"].isin(kinds) & outcomes["outcome"].isin(list(protocol.outcomes))].copy()
    complement = values["outcome"].map(lambda o: protocol.outcomes[o].complement_of)
    flip = complement.ne("") & values["value_kind"].eq("events")
    values.loc[flip, "events"] = values.loc[flip, "n"] - values.loc[flip, "events"]
    values.loc[flip, "outcome"] = complement[flip]
    values.loc[values["outcome"].map(lambda o: protocol.outcomes[o].once), "weeks"] = float("nan")
    return values.assign(turned=flip)


def _one_a_window(pairs: list[Pair], protocol: Protocol) -> list[Pair]:
    """For each window the time nearest to the one it stands for; for counts also the longest follow-up."""
    at = {w.id: w.at for w in protocol.windows}
    best: dict[tuple[str, ...], Pair] = {}
    for pair in pairs:
        key = (pair.study_id, pair.outcome, pair.effect_from, pair.window, pair.treated.arm)
        if not pair.window:
            continue
        stands_for = at.get(pair.window, 0.0)
        if key not in best or abs(pair.weeks - stands_for) < abs(best[key].weeks - stands_for):
            best[key] = pair
    last: dict[tuple[str, ...], Pair] = {}
    for pair in (p for p in pairs if p.effect_from == "events"):
        arm = (pair.study_id, pair.outcome, pair.treated.arm)
        if arm not in last or _time(pair) > _time(last[arm]):
            last[arm] = replace(pair, window=LONGEST)
    return [*best.values(), *last.values()]


def _time(pair: Pair) -> float:
    return -1.0 if pd.isna(pair.weeks) else pair.weeks


def _measures(pair: Pair, protocol: Protocol) -> tuple[str, ...]:
    if pair.effect_from == "pre-post":
        return ("MC",)
    if pair.control is None:
        return ("PFT",)
    return BINARY_MEASURES if protocol.outcomes[pair.outcome].kind == "binary" else CONTINUOUS_MEASURES


def _rows(measure: str, pairs: list[Pair], protocol: Protocol) -> pd.DataFrame:
    """Effects of one measure, all at once; studies without events in both arms have no odds or risk ratio."""
    names = [_name(pair, measure) for pair in pairs]
    yi, vi = measures.compute(measure, labels=names, **_columns(measure, pairs, protocol))
    rows = [
        {
            "effect_id": name, "study_id": p.study_id, "arm_t": p.treated.arm,
            "arm_c": p.control.arm if p.control and p.effect_from != "pre-post" else None, "outcome": p.outcome,
            "weeks": p.weeks, "window": p.window, "measure": measure, "n_t": p.treated.n,
            "n_c": p.control.n if p.control and p.effect_from != "pre-post" else None,
            "better_if": protocol.outcomes[p.outcome].better, "effect_from": p.effect_from,
            "shared_control": p.shared_control or None,
            "sources": _sources(p),
        }
        for name, p in zip(names, pairs, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(yi=yi, vi=vi).loc[:, COLUMNS]


def _columns(measure: str, pairs: list[Pair], protocol: Protocol) -> dict[str, Any]:
    t, c = [p.treated for p in pairs], [p.control for p in pairs if p.control is not None]
    if measure == "PFT":
        return {"xi": [v.events for v in t], "ni": [v.n for v in t]}
    if measure in BINARY_MEASURES:
        cells: dict[str, Any] = {"ai": [v.events for v in t], "n1i": [v.n for v in t]}
        return cells | {"ci": [v.events for v in c], "n2i": [v.n for v in c], "drop00": measure != "RD"}
    two = {"m1i": [v.mean for v in t], "sd1i": [v.sd for v in t], "m2i": [v.mean for v in c], "sd2i": [v.sd for v in c]}
    if measure == "MC":
        n = [min(after.n, before.n) for after, before in zip(t, c, strict=True)]
        return two | {"ni": n, "ri": protocol.pooling.correlation}
    return two | {"n1i": [v.n for v in t], "n2i": [v.n for v in c]}


def _name(pair: Pair, measure: str) -> str:
    """Readable id; the longest follow-up and single arms say so, since they stand beside the same study's others."""
    single = "-single" if pair.control is None else ""
    kind = "" if pair.effect_from in {"final", "events"} else f"-{pair.effect_from}"
    return f"{pair.study_id}-{pair.treated.arm}-{pair.outcome}-{pair.window}-{measure}{kind}{single}"


def _sources(pair: Pair) -> str:
    found = [*pair.treated.source.split("; "), *(pair.control.source.split("; ") if pair.control else [])]
    return "; ".join(dict.fromkeys(found))
