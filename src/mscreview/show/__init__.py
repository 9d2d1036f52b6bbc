"""Tables in, figures, HTML and sentences out; draws and words, never computes."""

from __future__ import annotations

from mscreview.show.flow import flow
from mscreview.show.forest import forest, forest_of_reviews
from mscreview.show.plots import effect_directions, evidence_map, funnel, multiverse, timeline, trail
from mscreview.show.report import Section, embedded, paragraphs, picture, report, words_behind
from mscreview.show.style import interval, natural, number, p_text, save
from mscreview.show.views import (
    beside,
    direction_cells,
    empty,
    evidence,
    forest_by,
    forest_of,
    main_analysis,
    main_rows,
    outcome_labels,
    results,
    study_labels,
    subgroup_results,
    window_labels,
)
from mscreview.show.words import certainty, finding, marked, table

__all__ = [
    "Section",
    "beside",
    "certainty",
    "direction_cells",
    "effect_directions",
    "embedded",
    "empty",
    "evidence",
    "evidence_map",
    "finding",
    "flow",
    "forest",
    "forest_by",
    "forest_of",
    "forest_of_reviews",
    "funnel",
    "interval",
    "main_analysis",
    "main_rows",
    "marked",
    "multiverse",
    "natural",
    "number",
    "outcome_labels",
    "p_text",
    "paragraphs",
    "picture",
    "report",
    "results",
    "save",
    "study_labels",
    "subgroup_results",
    "table",
    "timeline",
    "trail",
    "window_labels",
    "words_behind",
]  # fmt: skip
