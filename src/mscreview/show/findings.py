"""The report's parts: findings in sentences, harms in sentences, the figures of the main outcomes, the sections."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from mscreview.project import Protocol
from mscreview.show.report import Section, embedded, paragraphs, words_behind
from mscreview.show.style import number
from mscreview.show.views import forest_of, outcome_labels, window_labels
from mscreview.show.words import finding, table

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
        said.append(
            f"{names[row.outcome]} in treated arms: {seen} among {number(row.patients, 0)} patients in {row.arms} arms; "
            f"compatible with a risk of {number(row.low, 1)}% to {number(row.high, 1)}%."
        )
    return said


def main_figures(
    main: pd.DataFrame, planned: pd.DataFrame, pooled: pd.DataFrame, weights: pd.DataFrame, labels: dict[str, str], protocol: Protocol
) -> dict[str, Figure]:  # fmt: skip
    """Outcome id -> forest plot of its analysis with most studies."""
    largest = main.sort_values(["k", "n"], ascending=False, kind="stable").drop_duplicates("outcome")
    return {
        row.outcome: forest_of(row.analysis_id, planned, pooled, weights, labels, protocol)
        for row in largest.sort_index().itertuples()
    }


def sections(
    protocol: Protocol,
    data: Mapping[str, pd.DataFrame],
    summary: pd.DataFrame,
    sentences: Sequence[str],
    figures: Mapping[str, Figure],
    chains: Mapping[str, pd.DataFrame],
) -> list[Section]:
    """The report from question to sources."""
    review = protocol.review
    asked = pd.DataFrame(
        {
            "part": ["Population", "Intervention", "Comparator", "Outcomes", "Studies"],
            "asked": [
                review.population,
                review.intervention,
                review.comparator,
                review.outcomes,
                review.studies,
            ],
        }
    )
    names = outcome_labels(protocol)
    pictures = "".join(embedded(figure, names[outcome]) for outcome, figure in figures.items())
    flow = data["flow"][["label", "n"]]
    studies = data["studies"][["label", "year", "design", "country", "condition", "n_total", "followup_weeks"]]
    disputes = data["conflicts"]
    settled = disputes[~disputes["resolved_by"].fillna("").str.startswith("left out")]
    return [
        Section("Question", f"<p>{html.escape(review.question)}</p>{table(asked)}"),
        Section("What was found", paragraphs(sentences)),
        Section("Summary of findings", table(summary)),
        Section("Figures", pictures),
        Section("From records to studies", table(flow, 0)),
        Section("The studies", table(studies, 0)),
        Section(
            "Where sources disagree",
            table(settled[["study_id", "arm_id", "field", "candidates", "resolved_by"]]),
        ),
        Section(
            "The words behind each result",
            "".join(words_behind(name, chain) for name, chain in chains.items()),
        ),
    ]
