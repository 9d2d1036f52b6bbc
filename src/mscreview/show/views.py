"""Contract tables shaped for a reader: labels for ids, rows and columns in the protocol's order, the natural scale."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from mscreview.project import Protocol
from mscreview.show.forest import forest, forest_of_reviews
from mscreview.show.plots import multiverse, trail
from mscreview.show.style import RATIOS, interval, number, p_text

OTHER_WINDOWS = {"last": "longest follow-up", "unstated": "time not stated"}
Cells = tuple[pd.DataFrame, list[str], list[str]]


def study_labels(studies: pd.DataFrame) -> dict[str, str]:
    """study_id -> label for figures; studies that share a label are told apart by their id."""
    labels = studies.set_index("study_id")["label"]
    twice = labels.duplicated(keep=False)
    return {study: f"{label} ({study})" if twice[study] else str(label) for study, label in labels.items()}


def window_labels(protocol: Protocol) -> dict[str, str]:
    """Window id -> label, in time order; the windows of no fixed time last."""
    return {w.id: w.label for w in protocol.windows} | OTHER_WINDOWS


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


def main_analysis(pooled: pd.DataFrame, protocol: Protocol) -> str:
    """The first main outcome's analysis with most studies: the picture that opens the report; empty where none is."""
    rows = main_rows(pooled, protocol)
    if rows.empty:
        return ""
    first = rows[rows["outcome"] == rows["outcome"].iloc[0]]
    return str(first.sort_values(["k", "n"], ascending=False, kind="stable")["analysis_id"].iloc[0])


def results(pooled: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Pooled rows as readers know them: labels, natural scale, rounded for reading."""
    windows, names = window_labels(protocol), outcome_labels(protocol)
    rows = []
    for r in pooled.itertuples():
        prediction = "" if pd.isna(r.pi_low) else interval(r.est, r.pi_low, r.pi_high, r.measure).split(" ", 1)[1]
        rows.append(
            {
                "outcome": names.get(r.outcome, r.outcome), "time": windows.get(r.window, r.window),
                "measure": _measure(r.outcome, r.measure, protocol), "studies": int(r.k), "patients": number(r.n, 0),
                "estimate [95% CI]": interval(r.est, r.ci_low, r.ci_high, r.measure), "p": p_text(r.p),
                "prediction interval": prediction, "I² %": number(r.i2, 0),
                "better if": "lower" if protocol.outcomes[r.outcome].better == "lower" else "higher",
            }
        )  # fmt: skip
    columns = "outcome,time,measure,studies,patients,estimate [95% CI],p,prediction interval,I² %,better if".split(",")
    return pd.DataFrame(rows, columns=columns)


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
    unit = "" if row["measure"] in RATIOS else outcome.unit
    return forest(
        planned[planned["analysis_id"] == analysis_id],
        row,
        weights[weights["analysis_id"] == analysis_id],
        labels,
        title=f"{outcome.label}, {window}",
        unit=unit,
    )


def forest_by(
    analysis_id: str, moderator: str, planned: pd.DataFrame, pooled: pd.DataFrame, subgroups: pd.DataFrame,
    weights: pd.DataFrame, labels: dict[str, str], protocol: Protocol,
) -> Figure:  # fmt: skip
    """Forest plot of one analysis split by a moderator; unsplit where it has one level only."""
    levels = subgroups[subgroups["analysis_id"].str.startswith(f"{analysis_id}:{moderator}=")]
    if levels.empty:
        return forest_of(analysis_id, planned, pooled, weights, labels, protocol)
    row = pooled[pooled["analysis_id"] == analysis_id].iloc[0]
    effects = planned[planned["analysis_id"] == analysis_id]
    effects = effects.assign(level=effects[moderator].astype("object").fillna("not stated").astype(str))
    outcome = protocol.outcomes[row["outcome"]]
    window = window_labels(protocol).get(row["window"], row["window"])
    title = f"{outcome.label}, {window}, by {moderator.replace('_', ' ')}"
    unit = "" if row["measure"] in RATIOS else outcome.unit
    return forest(effects, row, weights, labels, title=title, unit=unit, subgroups=levels)


def subgroup_results(subgroups: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Subgroup rows as readers know them, with the test between levels."""
    shown = results(subgroups, protocol)
    shown.insert(3, "level", subgroups["level"].tolist())
    shown["p between"] = [p_text(p) for p in subgroups["q_between_p"]]
    return shown.drop(columns=["better if", "prediction interval"])


def synthesis(table: pd.DataFrame, protocol: Protocol, min_k: int = 3) -> pd.DataFrame:
    """Synthesis without effect sizes as readers know it: groups of `min_k` studies or more, most studies first."""
    shown = table[table["k"] >= min_k].sort_values("k", ascending=False, kind="stable")
    shown = shown.assign(
        outcome=shown["outcome"].map(outcome_labels(protocol)), window=shown["window"].map(window_labels(protocol))
    )
    columns = "outcome window contrast k better worse undirected sign_p k_p p_stouffer".split()
    return shown.loc[:, columns]


def main_outcomes(protocol: Protocol) -> list[str]:
    """Ids of the main outcomes."""
    return [key for key, outcome in protocol.outcomes.items() if outcome.main]


def summary_of_findings(
    rows: pd.DataFrame, certainty: pd.DataFrame, risks: pd.DataFrame, protocol: Protocol
) -> pd.DataFrame:
    """GRADE summary of findings: one row an analysis, absolute risks where the measure allows them."""
    rated, risk = certainty.set_index("analysis_id"), risks.set_index("analysis_id")
    shown = results(rows, protocol)
    ids = rows["analysis_id"].tolist()
    shown["risk without, per 1,000"] = [_thousand(risk, i, "assumed") for i in ids]
    shown["risk with, per 1,000"] = [
        f"{_thousand(risk, i, 'corresponding')} [{_thousand(risk, i, 'corresponding_low')}, "
        f"{_thousand(risk, i, 'corresponding_high')}]"
        if i in risk.index
        else ""
        for i in ids
    ]
    shown["certainty"] = [rated.loc[i, "certainty"] for i in ids]
    shown["why"] = [rated.loc[i, "reasons"] for i in ids]
    return shown.drop(columns=["p", "prediction interval", "I² %"])


def _thousand(risk: pd.DataFrame, analysis_id: str, column: str) -> str:
    return number(1000 * float(risk.loc[analysis_id, column]), 0) if analysis_id in risk.index else ""


def beside(pooled: pd.DataFrame, variant: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Main model and one variant of the main outcomes, side by side on the natural scale."""
    windows, names = window_labels(protocol), outcome_labels(protocol)
    both = main_rows(pooled, protocol).merge(variant, on="analysis_id", suffixes=("", "_v"))
    rows = [
        {
            "outcome": names[r.outcome], "time": windows.get(r.window, r.window), "measure": r.measure,
            "studies": int(r.k), "main model": interval(r.est, r.ci_low, r.ci_high, r.measure),
            "studies in the variant": int(r.k_v), "variant": interval(r.est_v, r.ci_low_v, r.ci_high_v, r.measure),
        }
        for r in both.itertuples()
    ]  # fmt: skip
    return pd.DataFrame(
        rows, columns=["outcome", "time", "measure", "studies", "main model", "studies in the variant", "variant"]
    )


def reviews(reported: pd.DataFrame, outcome: str, measure: str, protocol: Protocol) -> pd.DataFrame:
    """Pooled results of other reviews on one outcome and measure, labelled by review, time and subgroup, time first."""
    windows = window_labels(protocol)
    rows = reported[reported["kind"].eq("review") & reported["outcome"].eq(outcome) & reported["measure"].eq(measure)]
    rows = rows[rows[["estimate", "ci_low", "ci_high"]].notna().all(axis=1)]
    rows = rows.drop_duplicates(["study_id", "weeks", "subgroup", "estimate"])
    time = rows["weeks"].map(lambda w: "" if pd.isna(w) else windows.get(protocol.window(w), ""))
    part = rows["subgroup"].where(rows["subgroup"].ne("all"), "").fillna("").str.slice(0, 28)
    label = rows["study_id"] + " " + time + " " + part
    return rows.assign(label=label.str.strip()).sort_values(["weeks", "study_id"], kind="stable")


def reviewed(reported: pd.DataFrame, protocol: Protocol) -> list[str]:
    """Outcomes that other reviews pooled on this review's measure, most estimates first; main outcomes where none."""
    counts = {key: len(reviews(reported, key, protocol.measure(key), protocol)) for key in main_outcomes(protocol)}
    return sorted(counts, key=lambda key: -counts[key])


def largest_review(reported: pd.DataFrame) -> str:
    """The review that printed most estimates with an interval; empty where none did."""
    rows = reported[reported["kind"].eq("review") & reported[["estimate", "ci_low", "ci_high"]].notna().all(axis=1)]
    counts = rows["study_id"].value_counts()
    return str(counts.sort_index().idxmax()) if len(counts) else ""


def against_own(reported: pd.DataFrame, review_id: str, pooled: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """One review's estimates beside this review's analysis of the same outcome, time and measure."""
    windows, names = window_labels(protocol), outcome_labels(protocol)
    rows = reported[reported["study_id"].eq(review_id) & reported["estimate"].notna()]
    rows = rows.sort_values(["outcome", "weeks", "source"]).drop_duplicates(["outcome", "weeks", "measure", "subgroup"])
    own, made = pooled.set_index("analysis_id"), []
    for r in rows.itertuples():
        window = "" if pd.isna(r.weeks) else protocol.window(r.weeks)
        base = protocol.outcomes[r.outcome].complement_of if r.outcome in protocol.outcomes else ""
        found = f"{base or r.outcome}-{window}-{r.measure}"
        ours = own.loc[found] if found in own.index else None
        three = None if ours is None else (ours["est"], ours["ci_low"], ours["ci_high"])
        if three is not None and base:
            three = (-three[0], -three[2], -three[1])
        made.append(
            {
                "outcome": names.get(r.outcome, r.outcome), "time": windows.get(window, ""), "measure": r.measure,
                "as printed": f"{number(r.estimate)} [{number(r.ci_low)}, {number(r.ci_high)}]",
                "studies here": 0 if ours is None else int(ours["k"]),
                "here": "no trial's values were read" if three is None else interval(*three, r.measure),
            }
        )  # fmt: skip
    return pd.DataFrame(made, columns=["outcome", "time", "measure", "as printed", "studies here", "here"])


def reviews_forest(reported: pd.DataFrame, outcome: str, pooled: pd.DataFrame, protocol: Protocol) -> Figure:
    """Forest of reviews for one outcome on its planned measure, with this review's largest analysis beneath."""
    measure = protocol.measure(outcome)
    rows = reviews(reported, outcome, measure, protocol)
    if rows.empty:
        return empty(f"no other review printed a {measure} of {protocol.outcomes[outcome].label}")
    own = main_rows(pooled, protocol)
    own = own[own["outcome"].eq(outcome)].sort_values(["k", "n"], ascending=False, kind="stable")
    unit = "" if measure in RATIOS else protocol.outcomes[outcome].unit
    title = f"{protocol.outcomes[outcome].label}: pooled results of other reviews"
    better = protocol.outcomes[outcome].better
    return forest_of_reviews(rows, title=title, unit=unit, better=better, own=own.iloc[0] if len(own) else None)


def tau_scales(protocol: Protocol) -> dict[str, float]:
    """Outcome id -> scale of the prior of tau."""
    return {key: outcome.tau_scale for key, outcome in protocol.outcomes.items()}


def better(protocol: Protocol) -> dict[str, str]:
    """Outcome id -> whether higher or lower is better."""
    return {key: outcome.better for key, outcome in protocol.outcomes.items()}


def trail_of(steps: pd.DataFrame, main: pd.DataFrame, protocol: Protocol, *, title: str) -> Figure:
    """Steps of the first analysis of `main` (cumulative, leave-one-out) as a trail; columns label, est and interval."""
    if main.empty or steps.empty:
        return empty("nothing to pool")
    row = main.iloc[0]
    unit = "" if row["measure"] in RATIOS else protocol.outcomes[row["outcome"]].unit
    name = f"{protocol.outcomes[row['outcome']].label}, {window_labels(protocol).get(row['window'], row['window'])}"
    return trail(steps, measure=row["measure"], title=f"{title}: {name}", unit=unit)


def multiverse_of(table: pd.DataFrame, choices: list[str], main: pd.DataFrame, protocol: Protocol) -> Figure:
    """The multiverse of the first analysis of `main`."""
    if main.empty or table.empty:
        return empty("nothing to pool")
    row = main.iloc[0]
    unit = "" if row["measure"] in RATIOS else protocol.outcomes[row["outcome"]].unit
    name = f"{protocol.outcomes[row['outcome']].label}, {window_labels(protocol).get(row['window'], row['window'])}"
    return multiverse(table, choices, measure=row["measure"], title=name, unit=unit)


def empty(text: str) -> Figure:
    """A small figure that says why there is nothing to draw."""
    fig = Figure(figsize=(4, 0.8))
    fig.text(0.5, 0.5, text, ha="center", va="center", color="#666666")
    return fig


def _measure(outcome: str, measure: str, protocol: Protocol) -> str:
    unit = protocol.outcomes[outcome].unit
    return f"{measure} ({unit})" if unit and measure in {"MD", "MC"} else measure


def _present(labels: dict[str, str], found: pd.Series) -> list[str]:
    there = set(found)
    return [label for label in labels.values() if label in there]
