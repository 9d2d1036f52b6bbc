"""Contract tables shaped for a reader: labels for ids, rows and columns in the protocol's order, the natural scale."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from mscreview.project import ONCE, Protocol
from mscreview.show.forest import forest
from mscreview.show.style import GREY, number

OTHER_WINDOWS = {"last": "longest follow-up", "unstated": "time not stated"}
Cells = tuple[pd.DataFrame, list[str], list[str]]


def study_labels(studies: pd.DataFrame) -> dict[str, str]:
    """study_id -> label for figures; studies that share a label are told apart by their id."""
    labels = studies.set_index("study_id")["label"]
    twice = labels.duplicated(keep=False)
    return {study: f"{label} ({study})" if twice[study] else str(label) for study, label in labels.items()}


def window_labels(protocol: Protocol) -> dict[str, str]:
    """Window id -> label, in time order; the windows of no fixed time last."""
    once = {ONCE: "once a patient"} if any(o.once for o in protocol.outcomes.values()) else {}
    return {w.id: w.label for w in protocol.windows} | once | OTHER_WINDOWS


def level_text(level: object) -> str:
    """A level of a moderator in words: `portal_vein` -> `portal vein`, `rct` -> `RCT`."""
    text = re.sub(r"\d+(?:\.\d+)?e\+?\d+", lambda found: number(float(found.group()), 0), str(level).replace("_", " "))
    return text.upper() if len(text) <= 4 and text.isalpha() and text.islower() else text


def readable(key: object) -> str:
    """A key of the protocol as words: `cell_source` -> `cell source`; empty for a missing one."""
    return key.replace("_", " ") if isinstance(key, str) else ""


def outcome_labels(protocol: Protocol) -> dict[str, str]:
    """Outcome id -> label, main outcomes first."""
    ordered = sorted(protocol.outcomes.items(), key=lambda item: not item[1].main)
    return {key: outcome.label for key, outcome in ordered}


def evidence(effects: pd.DataFrame, protocol: Protocol) -> Cells:
    """Cells, rows and columns for `evidence_map`: studies and patients by outcome and window."""
    one = effects.drop_duplicates(["study_id", "outcome", "window"])
    one = one.assign(patients=one["n_t"].fillna(0) + one["n_c"].fillna(0))
    cells = one.groupby(["outcome", "window"]).agg(patients=("patients", "sum"), studies=("study_id", "nunique"))
    cells = cells.reset_index()
    rows, columns = outcome_labels(protocol), window_labels(protocol)
    shown = cells.assign(row=cells["outcome"].map(rows), column=cells["window"].map(columns))
    return shown, _present(rows, shown["row"]), _present(columns, shown["column"])


def direction_cells(directions: pd.DataFrame, studies: pd.DataFrame, protocol: Protocol) -> Cells:
    """Cells, studies and outcomes for `effect_directions`; of several times a significant one, then the latest."""
    names, labels = outcome_labels(protocol), study_labels(studies)
    shown = directions.assign(label=directions["study_id"].map(labels), outcome_label=directions["outcome"].map(names))
    shown = shown.assign(_time=shown["window"].map(list(window_labels(protocol)).index))
    order = ["study_id", "significant", "_time"]
    shown = shown.sort_values(order, ascending=[True, False, False], na_position="last", kind="stable")
    shown = shown.drop_duplicates(["study_id", "outcome"])
    return shown, sorted(set(shown["label"])), _present(names, shown["outcome_label"])


def main_rows(pooled: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Comparisons of the main outcomes on their planned measure, in the protocol's order of outcome and time."""
    outcomes = main_outcomes(protocol)
    windows = list(window_labels(protocol))
    wanted = [
        f"{outcome}-{window}-{protocol.measure(outcome)}"
        for outcome in outcomes
        for window in windows
        if window != windows[0] or protocol.outcomes[outcome].kind == "binary"
    ]
    found = pooled[pooled["analysis_id"].isin(wanted)]
    return found.sort_values("analysis_id", key=lambda ids: ids.map(wanted.index)).reset_index(drop=True)


def leading(main: pd.DataFrame) -> pd.DataFrame:
    """Of each outcome the analysis with most studies, then most patients, in the order given."""
    largest = main.sort_values(["k", "n"], ascending=False, kind="stable").drop_duplicates("outcome")
    return largest.sort_index()


def main_analysis(pooled: pd.DataFrame, protocol: Protocol) -> str:
    """The first main outcome's analysis with most studies: the picture that opens the report; empty where none is."""
    rows = main_rows(pooled, protocol)
    if rows.empty:
        return ""
    first = rows[rows["outcome"] == rows["outcome"].iloc[0]]
    return str(first.sort_values(["k", "n"], ascending=False, kind="stable")["analysis_id"].iloc[0])


def forest_of(
    analysis_id: str,
    planned: pd.DataFrame,
    pooled: pd.DataFrame,
    weights: pd.DataFrame,
    labels: dict[str, str],
    protocol: Protocol,
) -> Figure:
    """Forest plot of one analysis by its id, titled from the protocol."""
    found = pooled[pooled["analysis_id"] == analysis_id]
    if found.empty:
        return empty("nothing to pool")
    row = found.iloc[0]
    outcome = protocol.outcomes[row["outcome"]]
    window = window_labels(protocol).get(row["window"], row["window"])
    return forest(
        planned[planned["analysis_id"] == analysis_id],
        row,
        weights[weights["analysis_id"] == analysis_id],
        labels,
        title=f"{outcome.label}, {window}",
        unit=outcome.unit,
    )


def forest_by(
    analysis_id: str, moderator: str, planned: pd.DataFrame, pooled: pd.DataFrame, subgroups: pd.DataFrame,
    weights: pd.DataFrame, labels: dict[str, str], protocol: Protocol,
) -> Figure:  # fmt: skip
    """Forest plot of one analysis split by a moderator; unsplit where it has one level only."""
    if not pooled["analysis_id"].eq(analysis_id).any():
        return empty("nothing to pool")
    levels = subgroups[subgroups["analysis_id"].str.startswith(f"{analysis_id}:{moderator}=")]
    if levels.empty:
        return forest_of(analysis_id, planned, pooled, weights, labels, protocol)
    row = pooled[pooled["analysis_id"] == analysis_id].iloc[0]
    effects = planned[planned["analysis_id"] == analysis_id]
    effects = effects.assign(level=effects[moderator].astype("object").fillna("not stated").astype(str))
    outcome = protocol.outcomes[row["outcome"]]
    window = window_labels(protocol).get(row["window"], row["window"])
    title = f"{outcome.label}, {window}, by {readable(moderator)}"
    names = {level: level_text(level) for level in set(effects["level"]) | set(levels["level"])}
    effects, levels = (t.assign(level=t["level"].map(names)) for t in (effects, levels))
    shares = weights[weights["analysis_id"] == analysis_id]
    return forest(effects, row, shares, labels, title=title, unit=outcome.unit, subgroups=levels)


def compared(pooled: pd.DataFrame) -> pd.DataFrame:
    """Rows that compare arms after treatment: no baseline, no single arm, no change within one."""
    analysis = pooled["analysis_id"].str.split(":").str[0]
    return pooled[~analysis.str.endswith(("-baseline", "-single", "-prepost"))]


def main_outcomes(protocol: Protocol) -> list[str]:
    """Ids of the main outcomes."""
    return [key for key, outcome in protocol.outcomes.items() if outcome.main]


def tau_scales(protocol: Protocol) -> dict[str, float]:
    """Outcome id -> scale of the prior of tau."""
    return {key: outcome.tau_scale for key, outcome in protocol.outcomes.items()}


def better(protocol: Protocol) -> dict[str, str]:
    """Outcome id -> whether higher or lower is better."""
    return {key: outcome.better for key, outcome in protocol.outcomes.items()}


def empty(text: str) -> Figure:
    """A small figure that says why there is nothing to draw."""
    fig = Figure(figsize=(4, 0.8))
    fig.text(0.5, 0.5, text, ha="center", va="center", color=GREY)
    return fig


def _present(labels: dict[str, str], found: pd.Series) -> list[str]:
    there = set(found)
    return [label for label in labels.values() if label in there]


def studies_with_arms(studies: pd.DataFrame, arms: pd.DataFrame) -> pd.DataFrame:
    """One row a study with its arms in words: role, size, cells, donor, route and dose where they are told."""
    told = {study: "; ".join(_arm(arm) for arm in own.itertuples()) for study, own in arms.groupby("study_id")}
    labels = study_labels(studies)
    return pd.DataFrame(
        {
            "study": [labels[s] for s in studies["study_id"]],
            "country": studies["country"].fillna(""),
            "design": [level_text(d) if pd.notna(d) else "not stated" for d in studies["design"]],
            "condition": [level_text(c) if pd.notna(c) else "not stated" for c in studies["condition"]],
            "patients": [number(n, 0) for n in studies["n_total"]],
            "arms": [told.get(s, "") for s in studies["study_id"]],
            "follow-up, weeks": [number(w, 0) for w in studies["followup_weeks"]],
        }
    )


def _arm(arm: Any) -> str:
    size = "" if pd.isna(arm.n) else f" (n = {arm.n:.0f})"
    doses = [
        "" if pd.isna(arm.cells_per_dose) else f"{number(arm.cells_per_dose, 0)} cells",
        "" if pd.isna(arm.cells_per_kg) else f"{number(arm.cells_per_kg, 0)} cells/kg",
        "" if pd.isna(arm.n_doses) else f"{arm.n_doses:.0f}×",
    ]
    words = [str(v).replace("_", " ") for v in (arm.cell_source, arm.donor, arm.route) if pd.notna(v)]
    said = ", ".join([*words, *filter(None, doses)])
    return f"{arm.role}{size}" + (f": {said}" if said else "")
