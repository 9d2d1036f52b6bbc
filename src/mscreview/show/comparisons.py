"""The main results beside other choices and other reviews, shaped for a reader; takes contract tables, gives frames and figures."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from mscreview.project import Protocol
from mscreview.show.forest import forest_of_reviews
from mscreview.show.plots import multiverse, trail
from mscreview.show.style import interval, number
from mscreview.show.views import OTHER_WINDOWS, empty, main_outcomes, main_rows, outcome_labels, window_labels


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
        rows,
        columns=["outcome", "time", "measure", "studies", "main model", "studies in the variant", "variant"],
    )


def reviews(reported: pd.DataFrame, outcome: str, measure: str, protocol: Protocol) -> pd.DataFrame:
    """Pooled results of other reviews on one outcome and measure, labelled by review and subgroup, time first.

    A result read in a review's abstract and again in a table of it is one result: it is drawn once.
    """
    windows = window_labels(protocol)
    rows = _once(_estimates(reported))
    rows = rows[rows["outcome"].eq(outcome) & rows["measure"].eq(measure)]
    time = rows["weeks"].map(lambda w: OTHER_WINDOWS["unstated"] if pd.isna(w) else windows.get(protocol.window(w), ""))
    part = rows["subgroup"].where(rows["subgroup"].ne("all"), "").fillna("")
    label = [f"{study}, {part}" if part else study for study, part in zip(rows["study_id"], part, strict=True)]
    made = rows.assign(label=label, time=time, at=rows["weeks"].map(lambda w: _position(w, protocol)))
    return made.sort_values(["at", "study_id"], kind="stable").drop(columns="at")


def _position(weeks: float, protocol: Protocol) -> int:
    places = list(window_labels(protocol))
    return len(places) if pd.isna(weeks) else places.index(protocol.window(weeks))


def _estimates(reported: pd.DataFrame) -> pd.DataFrame:
    """Estimates of other reviews that carry an interval."""
    return reported[reported["kind"].eq("review") & reported[["estimate", "ci_low", "ci_high"]].notna().all(axis=1)]


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows without repetitions of the same printed numbers; those from a sheet stay, for they name the review."""
    ordered = rows.assign(_sheet=~rows["source"].str.startswith("raw:")).sort_values("_sheet", kind="stable")
    kept = ordered.drop_duplicates(["outcome", "weeks", "estimate", "ci_low", "ci_high"]).index
    return rows.loc[rows.index.isin(kept)]


def reviewed(reported: pd.DataFrame, protocol: Protocol) -> list[str]:
    """Outcomes that other reviews pooled on this review's measure, most estimates first; main outcomes where none."""
    counts = {key: len(reviews(reported, key, protocol.measure(key), protocol)) for key in main_outcomes(protocol)}
    return sorted(counts, key=lambda key: -counts[key])


def largest_review(reported: pd.DataFrame) -> str:
    """The review that printed most estimates with an interval; empty where none did."""
    counts = _once(_estimates(reported))["study_id"].value_counts()
    return str(counts.sort_index().idxmax()) if len(counts) else ""


def against_own(reported: pd.DataFrame, review_id: str, pooled: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """One review's estimates beside this review's analysis of the same outcome, time and measure."""
    windows, names = window_labels(protocol), outcome_labels(protocol)
    rows = _once(reported[reported["study_id"].eq(review_id) & reported["estimate"].notna()])
    rows = rows.sort_values(["outcome", "weeks", "source"])
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
    """Forest of reviews for one outcome on its planned measure, time by time, with this review's own analyses."""
    measure = protocol.measure(outcome)
    rows = reviews(reported, outcome, measure, protocol)
    if rows.empty:
        return empty(f"no other review printed a {measure} of {protocol.outcomes[outcome].label}")
    own = main_rows(pooled, protocol)
    own = own[own["outcome"].eq(outcome)].assign(time=lambda t: t["window"].map(window_labels(protocol)))
    title = f"{protocol.outcomes[outcome].label}: pooled results of other reviews, and this one's at the same time"
    settings = {"unit": protocol.outcomes[outcome].unit, "better": protocol.outcomes[outcome].better}
    return forest_of_reviews(rows, title=title, own=own, **settings)


def trail_of(steps: pd.DataFrame, main: pd.DataFrame, protocol: Protocol, *, title: str) -> Figure:
    """Steps of the first analysis of `main` (cumulative, leave-one-out) as a trail; columns label, est and interval."""
    if main.empty or steps.empty:
        return empty("nothing to pool")
    row = main.iloc[0]
    outcome = protocol.outcomes[row["outcome"]]
    name = f"{title}: {outcome.label}, {window_labels(protocol).get(row['window'], row['window'])}"
    return trail(steps, measure=row["measure"], better=outcome.better, title=name, unit=outcome.unit)


def multiverse_of(table: pd.DataFrame, choices: list[str], main: pd.DataFrame, protocol: Protocol) -> Figure:
    """The multiverse of the first analysis of `main`."""
    if main.empty or table.empty:
        return empty("nothing to pool")
    row = main.iloc[0]
    outcome = protocol.outcomes[row["outcome"]]
    name = f"{outcome.label}, {window_labels(protocol).get(row['window'], row['window'])}"
    return multiverse(table, choices, measure=row["measure"], title=name, unit=outcome.unit)
