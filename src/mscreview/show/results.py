"""Results as tables for a reader: labels for ids, the natural scale, rounded; takes contract tables, gives frames."""

from __future__ import annotations

import pandas as pd

from mscreview.project import Protocol
from mscreview.show.style import interval, natural, number, p_text, unit_text
from mscreview.show.views import compared, level_text, outcome_labels, readable, window_labels


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
                "better if": protocol.outcomes[r.outcome].better,
            }
        )  # fmt: skip
    columns = "outcome,time,measure,studies,patients,estimate [95% CI],p,prediction interval,I² %,better if".split(",")
    return pd.DataFrame(rows, columns=columns)


def subgroup_results(subgroups: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Subgroup rows as readers know them, with the test between levels."""
    shown = results(subgroups, protocol)
    shown.insert(3, "level", [level_text(level) for level in subgroups["level"]])
    shown["test between levels"] = [p_text(p) for p in subgroups["q_between_p"]]
    return shown.drop(columns=["better if", "prediction interval"])


def between_levels(subgroups: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """One row a test between levels, smallest p first: what was split, by what, how many studies the levels hold."""
    tested = subgroups[subgroups["q_between_p"].notna()]
    windows, names = window_labels(protocol), outcome_labels(protocol)
    made = []
    for _, rows in tested.groupby(tested["analysis_id"].str.split("=").str[0], sort=False):
        r = rows.iloc[0]
        held = ", ".join(f"{level_text(row.level)} {int(row.k)}" for row in rows.itertuples())
        named = {
            "outcome": names.get(r["outcome"], r["outcome"]),
            "time": windows.get(r["window"], r["window"]),
        }
        told = {
            "measure": r["measure"],
            "split by": readable(r["subgroup_by"]),
            "studies of each level": held,
        }
        made.append(named | told | {"test between levels": p_text(r["q_between_p"]), "_p": r["q_between_p"]})
    columns = ["outcome", "time", "measure", "split by", "studies of each level", "test between levels"]
    return pd.DataFrame(made, columns=[*columns, "_p"]).sort_values("_p", kind="stable").loc[:, columns]


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


def harm_table(harms: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Counted outcomes where fewer is better: events among treated patients with exact limits."""
    known = [o in protocol.outcomes and protocol.outcomes[o].better == "lower" for o in harms["outcome"]]
    rows = harms[known]
    return pd.DataFrame(
        {
            "outcome": rows["outcome"].map(outcome_labels(protocol)),
            "treated arms": rows["arms"].astype(int),
            "events / patients": [f"{e:.0f} / {n:.0f}" for e, n in zip(rows["events"], rows["patients"], strict=True)],
            "% [exact 95% limits]": [f"{r.share:.1f} [{r.low:.1f}, {r.high:.1f}]" for r in rows.itertuples()],
        }
    )


def posterior_table(posterior: pd.DataFrame, pooled: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Bayesian answers beside the main model's, natural scale, with the scale of the prior of tau."""
    rows, windows = pooled.set_index("analysis_id"), window_labels(protocol)
    made = []
    for r in posterior.itertuples():
        own = rows.loc[r.analysis_id]
        outcome, measure = protocol.outcomes[own["outcome"]], own["measure"]
        made.append(
            {
                "outcome": outcome.label, "time": windows.get(own["window"], own["window"]),
                "measure": _measure(own["outcome"], measure, protocol), "studies": int(r.k),
                "main model [95% CI]": interval(own["est"], own["ci_low"], own["ci_high"], measure),
                "posterior mean [95% CrI]": interval(r.est, r.low, r.high, measure),
                "prior scale of τ": number(outcome.tau_scale), "median τ": number(r.tau),
                "probability of benefit": _share(r.p_benefit),
            }
        )  # fmt: skip
    columns = (
        "outcome,time,measure,studies,main model [95% CI],posterior mean [95% CrI],prior scale of τ,median τ,"
        "probability of benefit"
    )
    return pd.DataFrame(made, columns=columns.split(","))


def choices(walked: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """The multiverse of several outcomes as readers know it: range of the estimates on the natural scale."""
    shown = [(number(natural(r.lowest, r.measure)), number(natural(r.highest, r.measure))) for r in walked.itertuples()]
    return pd.DataFrame(
        {
            "outcome": walked["outcome"].map(outcome_labels(protocol)),
            "time": walked["window"].map(window_labels(protocol)),
            "measure": [_measure(o, m, protocol) for o, m in zip(walked["outcome"], walked["measure"], strict=True)],
            "combinations": walked["combinations"],
            "estimates from – to": [f"{low} – {high}" for low, high in shown],
            "interval excludes no effect, %": walked["excludes"],
        }
    )


def slopes_table(slopes: pd.DataFrame, pooled: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Slopes of comparisons after treatment (not at baseline, not within one arm) as readers know them."""
    rows = slopes.merge(pooled[["analysis_id", "outcome", "window", "measure"]], on="analysis_id")
    rows = rows[rows["analysis_id"].isin(compared(pooled)["analysis_id"])]
    return pd.DataFrame(
        {
            "outcome": rows["outcome"].map(outcome_labels(protocol)),
            "time": rows["window"].map(window_labels(protocol)),
            "measure": [_measure(o, m, protocol) for o, m in zip(rows["outcome"], rows["measure"], strict=True)],
            "studies": rows["k"],
            "change a year [95% CI]": [interval(r.est, r.ci_low, r.ci_high, r.measure) for r in rows.itertuples()],
            "p": [p_text(p) for p in rows["p"]],
        }
    )


def synthesis(table: pd.DataFrame, protocol: Protocol, min_k: int = 3) -> pd.DataFrame:
    """Synthesis without effect sizes as readers know it: groups of `min_k` studies or more, most studies first."""
    shown = table[table["k"] >= min_k].sort_values("k", ascending=False, kind="stable")
    shown = shown.assign(
        outcome=shown["outcome"].map(outcome_labels(protocol)),
        window=shown["window"].map(window_labels(protocol)),
    )
    for column in ("sign_p", "p_stouffer"):
        shown[column] = [p_text(p) for p in shown[column]]
    names = {
        "outcome": "outcome", "window": "time", "contrast": "against what", "k": "studies", "better": "better",
        "worse": "worse", "undirected": "no direction", "sign_p": "sign test", "k_p": "studies with p",
        "p_stouffer": "combined p",
    }  # fmt: skip
    against = {"between": "control", "within": "baseline", "unstated": "not told"}
    shown["contrast"] = shown["contrast"].map(against)
    return shown.rename(columns=names).loc[:, list(names.values())]


def _measure(outcome: str, measure: str, protocol: Protocol) -> str:
    unit = unit_text(protocol.outcomes[outcome].unit)
    return f"{measure} ({unit})" if unit and measure in {"MD", "MC"} else measure


def _share(p: float) -> str:
    """A probability in percent that is never printed as certainty."""
    return "> 99%" if p > 0.99 else "< 1%" if p < 0.01 else f"{100 * p:.0f}%"


def _thousand(risk: pd.DataFrame, analysis_id: str, column: str) -> str:
    return number(1000 * float(risk.loc[analysis_id, column]), 0) if analysis_id in risk.index else ""
