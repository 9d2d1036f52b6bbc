"""Findings in sentences, harms in sentences, the figures of the main outcomes; takes contract tables."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from mscreview.project import Protocol
from mscreview.show.style import number
from mscreview.show.views import forest_of, leading, outcome_labels, window_labels
from mscreview.show.words import finding

TABLES = (
    "records", "screening", "flow", "facts", "studies", "arms", "outcomes", "reported", "conflicts", "effects",
    "checks", "directions", "pooled", "weights", "subgroups", "sensitivity",
)  # fmt: skip


def findings(main: pd.DataFrame, certainty: pd.DataFrame, protocol: Protocol) -> list[str]:
    """One sentence a pooled row, in GRADE's words."""
    rated, windows = certainty.set_index("analysis_id")["certainty"], window_labels(protocol)
    return [
        finding(
            row,
            outcome=protocol.outcomes[row["outcome"]].label,
            window=windows.get(row["window"], row["window"]),
            unit=protocol.outcomes[row["outcome"]].unit,
            better=protocol.outcomes[row["outcome"]].better,
            certainty=rated[row["analysis_id"]],
        )
        for _, row in main.iterrows()
    ]


def harm_sentences(harms: pd.DataFrame, protocol: Protocol) -> list[str]:
    """One sentence an outcome where fewer is better: what was seen, among how many, and what that still allows."""
    names = outcome_labels(protocol)
    said = []
    for row in harms.itertuples():
        if row.outcome not in names or protocol.outcomes[row.outcome].better != "lower":
            continue
        seen = "none" if row.events == 0 else number(row.events, 0)
        arms = "1 arm" if row.arms == 1 else f"{row.arms} arms"
        said.append(
            f"{names[row.outcome]} in treated arms: {seen} among {number(row.patients, 0)} patients in {arms}; "
            f"compatible with a risk of {row.low:.1f}% to {row.high:.1f}%."
        )
    return said


def main_figures(
    main: pd.DataFrame, planned: pd.DataFrame, pooled: pd.DataFrame, weights: pd.DataFrame, labels: dict[str, str], protocol: Protocol
) -> dict[str, Figure]:  # fmt: skip
    """Outcome id -> forest plot of its analysis with most studies."""
    return {
        row.outcome: forest_of(row.analysis_id, planned, pooled, weights, labels, protocol)
        for row in leading(main).itertuples()
    }
