"""Tables in, figures, HTML and sentences out; draws and words, never computes."""

from __future__ import annotations

from mscreview.show.comparisons import (
    against_own as against_own,
    beside as beside,
    largest_review as largest_review,
    multiverse_of as multiverse_of,
    reviewed as reviewed,
    reviews as reviews,
    reviews_forest as reviews_forest,
    trail_of as trail_of,
)
from mscreview.show.findings import (
    TABLES as TABLES,
    findings as findings,
    harm_sentences as harm_sentences,
    main_figures as main_figures,
)
from mscreview.show.flow import flow as flow
from mscreview.show.forest import forest as forest, forest_of_reviews as forest_of_reviews
from mscreview.show.grade import summary_html as summary_html
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
    citation as citation,
    embedded as embedded,
    folded as folded,
    paragraphs as paragraphs,
    picture as picture,
    report as report,
    words_behind as words_behind,
)
from mscreview.show.results import (
    between_levels as between_levels,
    choices as choices,
    harm_table as harm_table,
    posterior_table as posterior_table,
    results as results,
    slopes_table as slopes_table,
    subgroup_results as subgroup_results,
    summary_of_findings as summary_of_findings,
    synthesis as synthesis,
)
from mscreview.show.sections import limits as limits, sections as sections
from mscreview.show.style import (
    interval as interval,
    natural as natural,
    number as number,
    p_text as p_text,
    save as save,
    unit_text as unit_text,
)
from mscreview.show.views import (
    better as better,
    compared as compared,
    direction_cells as direction_cells,
    empty as empty,
    evidence as evidence,
    forest_by as forest_by,
    forest_of as forest_of,
    leading as leading,
    level_text as level_text,
    main_analysis as main_analysis,
    main_outcomes as main_outcomes,
    main_rows as main_rows,
    outcome_labels as outcome_labels,
    readable as readable,
    studies_with_arms as studies_with_arms,
    study_labels as study_labels,
    tau_scales as tau_scales,
    window_labels as window_labels,
)
from mscreview.show.words import (
    certainty as certainty,
    finding as finding,
    linked as linked,
    marked as marked,
    table as table,
)
