"""What was measured: one row a value of an arm, from facts and sheets, in the protocol's units.

A value whose arm, outcome or unit cannot be told is not guessed: it is listed among the conflicts, so nothing is
dropped silently.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from mscreview.clean import spread
from mscreview.clean.arms import ALL, Roster
from mscreview.clean.sheets import Sheets
from mscreview.clean.sizes import Sizes
from mscreview.clean.times import with_weeks
from mscreview.clean.units import in_unit, outcome_id
from mscreview.project import Outcome, Protocol

COLUMNS = (
    "study_id arm_id outcome weeks value_kind n mean sd sd_from events events_from percent direction p p_operator "
    "comparator unit source curated"
).split()
_CONTINUOUS = ("mean", "change", "median")
_BETTER = {"improved": "better", "worsened": "worse", "no difference": "no difference"}
Row = dict[str, Any]


def outcomes(
    facts: pd.DataFrame,
    sheets: Sheets,
    found: dict[str, Roster],
    sizes: Sizes,
    protocol: Protocol,
) -> tuple[pd.DataFrame, list[Row]]:
    """The `outcomes` table and the conflicts met on the way.

    Parameters
    ----------
    facts : facts of included studies, with `study_id`.
    found : the arms of each study.
    sizes : (record_id, arm_id) -> patients in the arm, for values printed without a denominator.
    """
    rows, left = [], []
    usable = facts[facts["status"].eq("ok") & facts["outcome"].fillna("").ne("")]
    usable = usable[usable["kind"].isin([*_CONTINUOUS, "events", "percent", "safety", "direction"])]
    usable = with_weeks(usable, facts)
    for fact in _told_of_all(usable, found).itertuples():
        row, reason = _from_fact(fact, found[fact.study_id], sizes, protocol)
        if row is None:
            left.append(_left_out(fact, reason))
        else:
            rows.append(row)
    for sheet, read in ((sheets.fulltext_continuous, _continuous_row), (sheets.fulltext_binary, _binary_row)):
        for row in sheet[sheet["study_id"].isin(list(found))].itertuples():
            made, reason = read(row, protocol)
            if made is None:
                left.append(_left_out_row(row, reason))
            else:
                rows.append(made)
    table = _curated(_merged(pd.DataFrame(rows, columns=COLUMNS)), sheets.curation)
    return table, left + _disagreements(table)


def _told_of_all(usable: pd.DataFrame, found: dict[str, Roster]) -> pd.DataFrame:
    """A share or a zero told of every arm alike ("in either group") once for each arm of the study."""
    alike = usable["arm"].eq(ALL) & (usable["kind"].isin(["percent", "safety"]) | usable["value"].eq(0))
    spread_out = usable[alike].assign(arm=[list(found[s].roles) for s in usable.loc[alike, "study_id"]])
    return pd.concat([usable[~alike], spread_out.explode("arm")]).sort_values(["record_id", "start"], kind="stable")


def _from_fact(fact: Any, roster: Roster, sizes: Sizes, protocol: Protocol) -> tuple[Row | None, str]:
    arm_id = roster.arm_of(fact.arm if isinstance(fact.arm, str) else "")
    if fact.kind in {"direction", "safety"} and not (isinstance(fact.arm, str) and fact.arm):
        arm_id = "+".join(roster.treated)  # said of the treatment as such
    if not arm_id:
        return None, f"arm {fact.arm!r} is not one of the study's" if isinstance(
            fact.arm, str
        ) and fact.arm else "no arm"
    outcome = protocol.outcomes.get(fact.outcome)
    if outcome is None:
        return None, "outcome is not in the protocol"
    size = fact.n if not pd.isna(fact.n) else sizes.get((fact.record_id, arm_id))
    row: Row = {
        "study_id": fact.study_id, "arm_id": arm_id, "outcome": fact.outcome, "weeks": fact.weeks,
        "n": size, "p_operator": None, "source": fact.source, "curated": False,
    }  # fmt: skip
    if fact.kind in _CONTINUOUS:
        return _continuous(row, fact, outcome)
    if fact.kind == "direction":
        return _direction(row, fact, outcome)
    return _counted(row, fact, outcome)


def _continuous(row: Row, fact: Any, outcome: Outcome) -> tuple[Row | None, str]:
    if outcome.kind != "continuous":
        return None, "a mean of an outcome that is counted"
    unit = fact.unit if isinstance(fact.unit, str) else None
    value = in_unit(outcome, fact.value, unit)
    if value is None or pd.isna(value):
        return None, f"unit {unit!r} is not in the protocol" if unit else "no unit printed"
    if fact.kind != "change" and outcome.plausible and not outcome.plausible[0] <= value <= outcome.plausible[1]:
        return None, f"{value:g} {outcome.unit} is no plausible value"
    factor = value / fact.value if fact.value else 1.0
    width, low, high = (None if pd.isna(v) else v * factor for v in (fact.spread, fact.low, fact.high))
    kind = "change" if fact.kind == "change" else "baseline" if fact.weeks == 0 else "final"
    mean, sd, sd_from = spread.mean_sd(
        value, width, low, high, row["n"], fact.spread_kind if isinstance(fact.spread_kind, str) else "",
        fact.kind == "median",
    )  # fmt: skip
    return row | {"value_kind": kind, "mean": mean, "sd": sd, "sd_from": sd_from, "unit": outcome.unit}, ""


def _counted(row: Row, fact: Any, outcome: Outcome) -> tuple[Row | None, str]:
    if outcome.kind != "binary":
        return None, "a count of an outcome that is measured"
    if fact.kind in {"events", "safety"}:
        if pd.isna(fact.value):
            return None, "no count printed"
        return row | {"value_kind": "events", "events": fact.value, "events_from": "reported", "unit": "patients"}, ""
    decimals = 0 if pd.isna(fact.decimals) else int(fact.decimals)
    size = row["n"]
    no_count = fact.measure == "estimate" or size is None or pd.isna(size)
    events = None if no_count else spread.events_from_percent(fact.value, size, decimals)
    if events is None:
        return row | {"value_kind": "percent", "percent": fact.value, "unit": "%"}, ""
    counted = {"value_kind": "events", "events": events, "events_from": "percent", "unit": "patients"}
    return row | counted | {"percent": fact.value}, ""


def _direction(row: Row, fact: Any, outcome: Outcome) -> tuple[Row | None, str]:
    said = fact.value_text if isinstance(fact.value_text, str) else ""
    better = {"increased": outcome.better == "higher", "decreased": outcome.better == "lower"}
    direction = _BETTER.get(said) or ({True: "better", False: "worse"}[better[said]] if said in better else "")
    if not direction:
        return None, f"direction {said!r} is not one of the known"
    operator, p = (
        fact.measure if isinstance(fact.measure, str) and fact.measure in "<>=" else None,
        fact.value,
    )
    comparator = fact.comparator if isinstance(fact.comparator, str) and fact.comparator else None
    more = {
        "value_kind": "direction",
        "direction": direction,
        "p": p,
        "p_operator": operator,
        "comparator": comparator,
    }
    return row | more, ""


def _continuous_row(row: Any, protocol: Protocol) -> tuple[Row | None, str]:
    key = outcome_id(row.outcome, protocol)
    if not key:
        return None, f"outcome {row.outcome!r} is not in the protocol"
    outcome = protocol.outcomes[key]
    printed = row.median if pd.notna(row.median) else row.mean
    value = in_unit(outcome, printed, row.unit if isinstance(row.unit, str) else None)
    if value is None or pd.isna(value):
        return None, f"unit {row.unit!r} of {key} is not in the protocol"
    factor = value / printed if printed else 1.0
    width, low, high = (None if pd.isna(v) else v * factor for v in (row.sd, row.q1, row.q3))
    mean, sd, sd_from = spread.mean_sd(value, width, low, high, row.n, row.spread_kind, pd.notna(row.median))
    made = {
        "n": row.n,
        "mean": mean,
        "sd": sd,
        "sd_from": sd_from,
        "unit": outcome.unit,
        "value_kind": row.value_kind,
    }
    return made | _shared_cells(row, key), ""


def _binary_row(row: Any, protocol: Protocol) -> tuple[Row | None, str]:
    key = outcome_id(row.outcome, protocol)
    if not key:
        return None, f"outcome {row.outcome!r} is not in the protocol"
    if pd.isna(row.events):
        return None, "no count printed"
    derived = isinstance(row.how, str) and "percent" in row.how
    made = {"n": row.n, "events": row.events, "events_from": "percent" if derived else "reported", "unit": "patients"}
    made["value_kind"] = "events"
    return made | _shared_cells(row, key), ""


def _shared_cells(row: Any, key: str) -> Row:
    return {
        "study_id": row.study_id, "arm_id": row.arm_id, "outcome": key, "weeks": row.weeks,
        "source": row.source, "curated": False,
    }  # fmt: skip


def _merged(table: pd.DataFrame) -> pd.DataFrame:
    """Rows that say the same thing become one with both sources: a count and its percentage, an abstract twice."""
    if table.empty:
        return table
    values = [c for c in COLUMNS if c not in {"source", "percent", "events_from"}]
    grouped = table.sort_values("events_from", ascending=False, kind="stable").groupby(values, dropna=False, sort=False)
    merged = grouped.agg(
        source=("source", "; ".join), percent=("percent", "first"), events_from=("events_from", "first")
    ).reset_index()
    return merged.loc[:, COLUMNS]


def _curated(table: pd.DataFrame, curation: pd.DataFrame) -> pd.DataFrame:
    """Curation rows for outcomes: key `study|arm|outcome|weeks|value_kind`, field one of the columns."""
    table = table.copy()
    weeks = table["weeks"].map(lambda w: "" if pd.isna(w) else f"{w:g}")
    keys = table["study_id"] + "|" + table["arm_id"] + "|" + table["outcome"] + "|" + weeks + "|" + table["value_kind"]
    for row in curation[curation["table"] == "outcomes"].itertuples():
        hit = keys == row.key
        if row.field in table.columns and hit.any():
            value = float(row.value) if row.field in {"n", "mean", "sd", "events", "p", "weeks"} else row.value
            table.loc[hit, row.field] = value
            table.loc[hit, "curated"] = True
            table.loc[hit, "source"] = table.loc[hit, "source"] + f"; {row.source}"
    return table


def _disagreements(table: pd.DataFrame) -> list[Row]:
    """Different values printed for one arm, outcome, time and kind."""
    values = table[table["value_kind"].isin(["baseline", "final", "change", "events"])]
    conflicts: list[Row] = []
    for (study_id, arm_id, outcome, weeks, kind), group in values.groupby(
        ["study_id", "arm_id", "outcome", "weeks", "value_kind"], dropna=False
    ):
        column = "events" if kind == "events" else "mean"
        if len(group) > 1 and group[column].nunique() > 1:
            conflicts.append(
                {
                    "study_id": study_id, "arm_id": arm_id, "field": f"{outcome} {kind}", "weeks": weeks,
                    "candidates": " | ".join(f"{v:g}" for v in group[column]),
                    "sources": " | ".join(group["source"]),
                    "resolved_by": _settled_by(group),
                }
            )  # fmt: skip
    return conflicts


def _settled_by(group: pd.DataFrame) -> str | None:
    """Which of several values `effects` takes, as it takes them."""
    if group["source"].str.startswith("raw:").any():
        return "table before abstract"
    return "the value of most patients" if group["n"].nunique() > 1 else None


def _left_out(fact: Any, reason: str) -> Row:
    value = fact.value_text if fact.kind == "direction" else fact.value
    missing = isinstance(value, float) and math.isnan(value)
    return {
        "study_id": fact.study_id, "arm_id": fact.arm or None, "field": f"{fact.outcome} {fact.kind} ({fact.fact_id})",
        "weeks": fact.weeks, "candidates": "" if missing else str(value), "sources": f"fact:{fact.fact_id}",
        "resolved_by": f"left out: {reason}",
    }  # fmt: skip


def _left_out_row(row: Any, reason: str) -> Row:
    value = row.events if hasattr(row, "events") else row.mean
    return {
        "study_id": row.study_id, "arm_id": row.arm_id, "field": f"{row.outcome} ({row.source})", "weeks": row.weeks,
        "candidates": "" if pd.isna(value) else f"{value:g}", "sources": row.source,
        "resolved_by": f"left out: {reason}",
    }  # fmt: skip
