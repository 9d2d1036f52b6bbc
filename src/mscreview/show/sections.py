"""The report's sections, from the short answer to the words behind each number; takes contract tables, gives HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from mscreview.project import Protocol
from mscreview.show.findings import findings, harm_sentences
from mscreview.show.flow import flow
from mscreview.show.grade import summary_html
from mscreview.show.plots import effect_directions, evidence_map, timeline
from mscreview.show.question import picos, plan
from mscreview.show.report import Section, embedded, folded, paragraphs, words_behind
from mscreview.show.results import harm_table
from mscreview.show.style import interval
from mscreview.show.views import (
    direction_cells,
    evidence,
    leading,
    level_text,
    studies_with_arms,
    study_labels,
    window_labels,
)
from mscreview.show.words import table

SOURCE_COLUMNS = ("file", "records", "distinct", "repeats", "database", "query", "how_made")
RULES = (
    "Evidence with randomised trials starts high, other evidence low; each reason for doubt costs one level or two.",
    "Risk of bias: one level, for no trial was appraised domain by domain; two where non-randomised studies are among them.",
    "Inconsistency: one level where I² is above 50% or the prediction interval reaches no effect and the confidence "
    "interval does not.",
    "Indirectness: one level where different conditions are pooled.",
    "Imprecision: one level where the interval includes no effect, one where fewer than 400 patients stand behind it.",
    "Small-study effects: below ten studies they cannot be judged; this is said and costs nothing.",
)


def sections(
    protocol: Protocol,
    data: Mapping[str, pd.DataFrame],
    main: pd.DataFrame,
    rated: pd.DataFrame,
    summary: pd.DataFrame,
    harms: pd.DataFrame,
    figures: Mapping[str, Figure],
    chains: Mapping[str, pd.DataFrame],
    *,
    sources: pd.DataFrame | None = None,
    cite: str = "",
) -> list[Section]:
    """The report from the short answer to the sources.

    Parameters
    ----------
    data : every table of the contracts by name.
    main, rated, summary, harms : the main rows of `pooled`, their certainty, the summary of findings, counted harms.
    figures : outcome id -> forest plot.
    chains : analysis id -> its way back to the words.
    sources : one row a raw file, to say where records come from.
    cite : how to cite the review.
    """
    short = findings(leading(main), rated, protocol)
    every = folded("Every outcome and time, in words", paragraphs(findings(main, rated, protocol)))
    seen = table(harm_table(harms, protocol), caption="Events in treated arms")
    return [
        Section("In short", _short(short, harm_sentences(harms, protocol))),
        Section("Question", f"<p>{html.escape(protocol.review.question)}</p>{table(picos(protocol))}"),
        Section("How it was done", _methods(protocol)),
        Section("From records to studies", _flow(data["flow"], sources)),
        Section("The studies", _studies(data, protocol)),
        Section("Summary of findings", summary_html(summary) + every),
        Section("Forest plots", _forests(main, figures, protocol)),
        Section("What trials only say", _directions(data, protocol)),
        Section("Harms", seen),
        Section("Where sources disagree", _conflicts(data["conflicts"])),
        Section("Limits", paragraphs(limits(data, main))),
        Section("The words behind each result", _words(data["records"], main, chains, protocol)),
        Section("Data and citation", _data(cite)),
    ]


def _short(benefit: Sequence[str], harm: Sequence[str]) -> str:
    """Benefit and harm apart; the certainty of the first is explained where it is rated."""
    said = "<p>Of each main outcome the analysis with most studies, then most patients; every other stands below.</p>"
    counted = "<h3>Counted in treated arms, with exact 95% limits</h3>" + paragraphs(harm) if harm else ""
    return said + paragraphs(benefit) + counted


def limits(data: Mapping[str, pd.DataFrame], main: pd.DataFrame) -> list[str]:
    """What the tables themselves say against trusting them too far."""
    studies, outcomes, pooled = data["studies"], data["outcomes"], data["pooled"]
    full = outcomes.loc[outcomes["source"].fillna("").str.contains("raw:"), "study_id"].nunique()
    untold = int(studies["design"].isna().sum())
    sizes = int(studies["n_total"].isna().sum())
    single = int(pooled["k"].eq(1).sum())
    return [
        f"Most studies were read in their abstracts only: tables of the full text stand behind {full} of {len(studies)}.",
        *_leaning(data, main),
        f"{untold} studies do not tell their design and {sizes} not how many patients they followed.",
        f"{single} of {len(pooled)} analyses rest on one study: those numbers are that study's, pooled with nobody's.",
        "Abstracts name what improved more readily than what did not, so an outcome that is missing is not missing at "
        "random.",
        "Screening and reading follow written rules; the rule and the words stand beside every decision and number, and "
        "no second person has checked them unless the agreement table says so.",
        "Risk of bias was not appraised domain by domain.",
    ]


def _leaning(data: Mapping[str, pd.DataFrame], main: pd.DataFrame) -> list[str]:
    """The study that stands in most of the main results, where it stands in half of them or more."""
    study = data["effects"].set_index("effect_id")["study_id"]
    stands = [{study[e] for e in str(ids).split("; ")} for ids in main["effect_ids"]]
    counts = pd.Series([s for each in stands for s in sorted(each)], dtype="object").value_counts()
    if counts.empty or 2 * counts.iloc[0] < len(main) or len(main) < 2:
        return []
    label = study_labels(data["studies"])[counts.index[0]]
    return [
        f"One study, {label}, stands in {counts.iloc[0]} of {len(main)} main results: a flaw in it is in all of them."
    ]


def _methods(protocol: Protocol) -> str:
    said = (
        "<p>Random-effects models; one study is shown as itself; two studies give no prediction interval. Effects are "
        "treated minus control, ratios are pooled on the log scale. Values of one arm before and after treatment are "
        "never pooled with comparisons.</p>"
    )
    return said + table(plan(protocol)) + "<h3>How certainty was rated</h3>" + paragraphs(RULES)


def _flow(boxes: pd.DataFrame, sources: pd.DataFrame | None) -> str:
    top = boxes.set_index("box")["n"]
    alt = "Flow of records: " + "; ".join(
        f"{label} {n}" for box, label, n in zip(boxes["box"], boxes["label"], boxes["n"], strict=True) if ":" not in box
    )
    drawn = embedded(flow(boxes), alt, "PRISMA 2020 flow") if len(top) else ""
    if sources is None:
        return drawn
    shown = sources[[c for c in SOURCE_COLUMNS if c in sources.columns and sources[c].notna().any()]]
    shown = shown.set_axis([c.replace("_", " ") for c in shown.columns], axis=1)
    return drawn + folded("The files the records came from", table(shown, 0))


def _studies(data: Mapping[str, pd.DataFrame], protocol: Protocol) -> str:
    studies, effects = data["studies"], data["effects"]
    names = {key: level_text(key) for key in studies["design"].dropna().unique()}
    grown = timeline(studies, "design", title="Studies by year of publication and design", names=names)
    after = effects[effects["weeks"].ne(0).fillna(True) & effects["arm_c"].notna()]
    cells, rows, columns = evidence(after, protocol)
    mapped = evidence_map(cells, rows, columns, title="Comparisons with a computed effect")
    said = "; ".join(f"{c.row}, {c.column}: {int(c.studies)}" for c in cells.dropna(subset="column").itertuples())
    listed = table(studies_with_arms(studies, data["arms"]), caption="Studies and their arms")
    return (
        embedded(grown, f"Bars: {len(studies)} studies by year of publication and design")
        + embedded(mapped, f"Bubbles: studies with a computed effect by outcome and time: {said}")
        + folded(f"The {len(studies)} studies and their arms", listed)
    )


def _forests(main: pd.DataFrame, figures: Mapping[str, Figure], protocol: Protocol) -> str:
    windows, parts = window_labels(protocol), []
    for row in leading(main).itertuples():
        if row.outcome in figures:
            label = protocol.outcomes[row.outcome].label
            shown = interval(row.est, row.ci_low, row.ci_high, row.measure)
            when = windows.get(row.window, row.window)
            alt = f"Forest plot of {label}, {when}: {int(row.k)} studies, {row.measure} {shown}"
            parts.append(f"<h3>{html.escape(label)}</h3>" + embedded(figures[row.outcome], alt))
    return "<p>Of each main outcome the analysis with most studies, then most patients.</p>" + "".join(parts)


def _directions(data: Mapping[str, pd.DataFrame], protocol: Protocol) -> str:
    between = data["directions"][data["directions"]["contrast"].eq("between")]
    cells, studies, outcomes = direction_cells(between, data["studies"], protocol)
    drawn = effect_directions(cells, studies, outcomes, title="Treated against control")
    alt = "Effect directions: " + "; ".join(f"{c.label}, {c.outcome_label}: {c.direction}" for c in cells.itertuples())
    return (
        "<p>Where a trial prints a direction without numbers that can be pooled, the direction counts separately and says "
        "nothing about size. Up is better for the patient.</p>" + embedded(drawn, alt)
    )


def _conflicts(conflicts: pd.DataFrame) -> str:
    settled = conflicts[~conflicts["resolved_by"].fillna("").str.startswith("left out")]
    shown = settled[["study_id", "arm_id", "field", "candidates", "resolved_by"]]
    shown = shown.set_axis(["study", "arm", "what", "candidates", "settled by"], axis=1)
    return folded(f"{len(settled)} contradictions between sources, and what settled each", table(shown))


def _words(records: pd.DataFrame, main: pd.DataFrame, chains: Mapping[str, pd.DataFrame], protocol: Protocol) -> str:
    windows, parts = window_labels(protocol), []
    written = records[["title", "abstract"]].fillna("").astype(str).agg("\n".join, axis=1)
    texts = dict(zip(records["record_id"], written, strict=True))
    for row in main.itertuples():
        if row.analysis_id in chains:
            when = windows.get(row.window, row.window)
            title = f"{protocol.outcomes[row.outcome].label}, {when}, {row.measure}"
            parts.append(words_behind(title, chains[row.analysis_id], texts))
    return "<p>Each result opens into the characters it was computed from, and where they stand.</p>" + "".join(parts)


def _data(cite: str) -> str:
    said = f"<p>{html.escape(cite)}</p>" if cite else ""
    return (
        said + "<p>Every table lies beside this file as CSV, described column by column in "
        '<a href="datapackage.json">datapackage.json</a>; every number of the text is in <a href="numbers.json">'
        "numbers.json</a> with the table and row it came from.</p>"
    )
