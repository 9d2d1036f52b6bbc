"""Tables in, figures, HTML and sentences out; draws and words, never computes."""

from __future__ import annotations

from mscreview.show.flow import flow
from mscreview.show.forest import forest, forest_of_reviews
from mscreview.show.plots import effect_directions, evidence_map, funnel, multiverse, timeline, trail
from mscreview.show.report import Section, embedded, paragraphs, picture, report, words_behind
from mscreview.show.style import interval, natural, number, p_text, save
from mscreview.show.views import (
    direction_cells,
    empty,
    evidence,
    forest_of,
    main_analysis,
    main_rows,
    outcome_labels,
    results,
    study_labels,
    window_labels,
)
from mscreview.show.words import certainty, finding, marked, table

__all__ = [
    "direction_cells", "empty", "evidence", "forest_of", "main_analysis", "main_rows", "outcome_labels", "results",
    "study_labels", "window_labels",
    "Section", "embedded", "paragraphs", "picture", "report", "words_behind",
    "certainty", "effect_directions", "evidence_map", "finding", "flow", "forest", "forest_of_reviews", "funnel",
    "interval", "marked", "multiverse", "natural", "number", "p_text", "save", "table", "timeline", "trail",
]  # fmt: skip
