"""Tables in, figures, HTML and sentences out; draws and words, never computes."""

from __future__ import annotations

from mscreview.show.findings import (
    TABLES as TABLES,
    findings as findings,
    harm_sentences as harm_sentences,
    main_figures as main_figures,
    sections as sections,
)
from mscreview.show.flow import flow as flow
from mscreview.show.forest import forest as forest, forest_of_reviews as forest_of_reviews
from mscreview.show.numbers import as_json as as_json, collect as collect, say as say
from mscreview.show.plots import (
    effect_directions as effect_directions,
    evidence_map as evidence_map,
    funnel as funnel,
    multiverse as multiverse,
    timeline as timeline,
    trail as trail,
)
from mscreview.show.report import (
    Section as Section,
    embedded as embedded,
    paragraphs as paragraphs,
    picture as picture,
    report as report,
    words_behind as words_behind,
)
from mscreview.show.style import (
    interval as interval,
    natural as natural,
    number as number,
    p_text as p_text,
    save as save,
)
from mscreview.show.views import (
    against_own as against_own,
    beside as beside,
    better as better,
    direction_cells as direction_cells,
    empty as empty,
    evidence as evidence,
    forest_by as forest_by,
    forest_of as forest_of,
    largest_review as largest_review,
    main_analysis as main_analysis,
    main_outcomes as main_outcomes,
    main_rows as main_rows,
    multiverse_of as multiverse_of,
    outcome_labels as outcome_labels,
    results as results,
    reviewed as reviewed,
    reviews_forest as reviews_forest,
    study_labels as study_labels,
    subgroup_results as subgroup_results,
    summary_of_findings as summary_of_findings,
    synthesis as synthesis,
    tau_scales as tau_scales,
    trail_of as trail_of,
    window_labels as window_labels,
)
from mscreview.show.words import certainty as certainty, finding as finding, marked as marked, table as table
