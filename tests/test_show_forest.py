"""The forest plot shows the table it is given: every study at its place, labelled, with its sides, whatever its length."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from mscreview import show
from mscreview.show import style
from mscreview.show.report import png

LABELS = {"s0": "Alpha 2001", "s1": "Beta 2002", "s2": "Gamma 2003"}


def effects(measure="OR", better="lower", **columns):
    base = {
        "effect_id": ["e0", "e1", "e2"], "study_id": ["s0", "s1", "s2"], "arm_t": ["cells", "cells", "low+high"],
        "arm_c": "control", "measure": measure, "yi": [0.5, -0.5, -1.0], "vi": [0.04, 0.09, 0.25],
        "n_t": [30.0, 20.0, 11.0], "n_c": [31.0, 21.0, 10.0], "better_if": better,
    }  # fmt: skip
    return pd.DataFrame(base | columns)


def pooled(**fields):
    row = {
        "measure": "OR", "k": 3, "n": 123, "tau2_method": "REML", "ci_method": "knha", "est": -0.2, "ci_low": -0.9,
        "ci_high": 0.4, "pi_low": -1.4, "pi_high": 1.0, "i2": 61.0, "tau2": 0.123, "q": 6.5, "q_p": 0.039, "p": 0.4,
    }  # fmt: skip
    return pd.Series(row | fields)


WEIGHTS = pd.DataFrame({"effect_id": ["e0", "e1", "e2"], "weight_random": [50.0, 30.0, 20.0]})


def drawn(fig):
    return fig.axes[0]


def texts(fig):
    return [t.get_text() for t in drawn(fig).texts]


def row_of(fig, text):
    """Height at which a text stands."""
    return next(t.get_position()[1] for t in drawn(fig).texts if t.get_text() == text)


def squares(fig):
    found = [line for line in drawn(fig).lines if line.get_marker() == "s"]
    return {float(line.get_ydata()[0]): float(line.get_xdata()[0]) for line in found}


def diamonds(fig):
    return [p.get_xy()[:-1] for p in drawn(fig).patches if len(p.get_xy()) == 5]


def arrows(fig, mark):
    return [float(line.get_xdata()[0]) for line in drawn(fig).lines if line.get_marker() == mark]


def test_each_study_stands_beside_its_own_estimate_size_and_weight():
    fig = show.forest(effects(), pooled(), WEIGHTS, LABELS, title="Death, 1 year")
    for label, est, shown, size, weight in (
        ("Alpha 2001", 0.5, "1.65 [1.11, 2.44]", "30 / 31", "50.0%"),
        ("Beta 2002", -0.5, "0.61 [0.34, 1.09]", "20 / 21", "30.0%"),
        ("Gamma 2003, 2 arms", -1.0, "0.37 [0.14, 0.98]", "11 / 10", "20.0%"),
    ):
        y = row_of(fig, label)
        assert squares(fig)[y] == pytest.approx(est)
        assert {y} == {row_of(fig, text) for text in (shown, size, weight)}
    assert drawn(fig).get_title(loc="left") == "Death, 1 year"


def test_squares_grow_with_the_weight():
    fig = show.forest(effects(), pooled(), WEIGHTS, LABELS)
    size = {float(x.get_xdata()[0]): x.get_markersize() for x in drawn(fig).lines if x.get_marker() == "s"}
    assert size[0.5] > size[-0.5] > size[-1.0]


def test_the_diamond_spans_the_interval_and_peaks_at_the_estimate():
    fig = show.forest(effects(), pooled(), WEIGHTS, LABELS)
    (corners,) = diamonds(fig)
    assert corners[:, 0] == pytest.approx([-0.9, -0.2, 0.4, -0.2])
    assert "All, REML + HKSJ, k = 3" in texts(fig)
    assert "[0.25, 2.72]" in texts(fig)  # the prediction interval, without an estimate of its own
    assert "I² 61%; τ² 0.12; Q 6.5, p = 0.039" in texts(fig)


@pytest.mark.parametrize(
    ("better", "left", "right"),
    [("lower", "favours treatment", "favours control"), ("higher", "favours control", "favours treatment")],
)
def test_sides_follow_what_is_better(better, left, right):
    fig = show.forest(effects(better=better), pooled(), WEIGHTS, LABELS)
    sides = {t.get_ha(): t.get_text().strip(" ←→") for t in drawn(fig).texts if "favours" in t.get_text()}
    assert sides == {"right": left, "left": right}


def test_ratio_axes_are_labelled_as_ratios_and_differences_in_their_unit():
    ratio = drawn(show.forest(effects(), pooled(), WEIGHTS, LABELS, unit="g/L"))
    assert ratio.get_xlabel() == "odds ratio"
    labels = [float(t.get_text()) for t in ratio.get_xticklabels()]
    assert np.exp(ratio.get_xticks()) == pytest.approx(labels)
    assert 1.0 in labels
    mean = show.forest(effects("MD", "higher"), pooled(measure="MD"), WEIGHTS, LABELS, unit="umol/L")
    assert drawn(mean).get_xlabel() == "mean difference (µmol/L)"
    assert "0.50 [0.11, 0.89]" in texts(mean)


def test_long_whiskers_are_clipped_and_end_in_an_arrow():
    wild = effects(vi=[0.04, 0.09, 400.0])
    fig = show.forest(wild, pooled(), WEIGHTS, LABELS)
    low, high = drawn(fig).get_xlim()
    assert arrows(fig, "<") == [low]
    assert arrows(fig, ">") == [high]
    whiskers = [x.get_xdata() for x in drawn(fig).lines if len(x.get_xdata()) == 2 and x.get_color() == style.BLUE]
    assert min(min(x) for x in whiskers) >= low
    assert max(max(x) for x in whiskers) <= high
    tame = show.forest(effects(), pooled(), WEIGHTS, LABELS)
    assert arrows(tame, "<") + arrows(tame, ">") == []


def test_a_diamond_wider_than_the_axes_says_so():
    fig = show.forest(effects(), pooled(ci_low=-9.0, ci_high=9.0), WEIGHTS, LABELS)
    assert len(arrows(fig, "<")) == len(arrows(fig, ">")) == 1
    assert "0.82 [0.0001, 8,103]" in texts(fig)


def test_one_study_is_shown_as_itself_and_nothing_is_pooled():
    one = pooled(k=1, est=0.5, pi_low=np.nan, pi_high=np.nan, i2=np.nan)
    fig = show.forest(effects().iloc[:1], one, WEIGHTS.iloc[:1], LABELS)
    assert diamonds(fig) == []
    assert "one study: nothing is pooled" in texts(fig)
    assert list(squares(fig).values()) == [0.5]


def test_no_prediction_interval_is_drawn_where_there_is_none():
    fig = show.forest(effects(), pooled(pi_low=np.nan, pi_high=np.nan), WEIGHTS, LABELS)
    assert "95% prediction interval" not in texts(fig)


def test_subgroups_have_heading_studies_and_diamond_in_order():
    levels = pd.DataFrame(
        {"level": ["A", "B"], "k": [2, 1], "est": [0.1, -1.0], "ci_low": [-0.8, -1.9], "ci_high": [1.0, -0.1]}
    )
    fig = show.forest(effects(level=["A", "A", "B"]), pooled(), WEIGHTS, LABELS, subgroups=levels)
    order = ["A", "Beta 2002", "Alpha 2001", "Subgroup, k = 2", "B", "Gamma 2003, 2 arms", "one study"]
    heights = [row_of(fig, text) for text in order]
    assert heights == sorted(heights, reverse=True)
    assert len(diamonds(fig)) == 2  # the one study of B is no subgroup result


@pytest.mark.parametrize("name", ["A", "W" * 40, "i" * 40, "a trial group, phase II, " * 12])
def test_labels_never_reach_the_numbers_beside_them(name):
    fig = show.forest(effects(), pooled(), WEIGHTS, LABELS | {"s0": name})
    fig.canvas.draw()
    boxes = {t.get_position()[1]: t.get_window_extent() for t in drawn(fig).texts if t.get_text() == "30 / 31"}
    ((y, numbers),) = boxes.items()
    label = next(t for t in drawn(fig).texts if t.get_position()[1] == y and t.get_ha() == "left")
    assert label.get_text().rstrip("…") == name[: len(label.get_text().rstrip("…"))]
    assert label.get_window_extent().x1 < numbers.x0


def test_ticks_and_columns_do_not_overlap():
    fig = show.forest(effects(vi=[0.04, 0.09, 9.0]), pooled(ci_low=-7, ci_high=7), WEIGHTS, LABELS)
    fig.canvas.draw()
    ends = sorted((t.get_window_extent().x0, t.get_window_extent().x1) for t in drawn(fig).get_xticklabels())
    assert all(left[1] < right[0] for left, right in pairwise(ends))
    shown = {t.get_text(): t.get_window_extent() for t in drawn(fig).texts}
    assert next(box for text, box in shown.items() if text.startswith("0.37 [")).x1 < shown["20.0%"].x0


def test_the_same_figure_gives_the_same_bytes():
    first, second = (png(show.forest(effects(), pooled(), WEIGHTS, LABELS, title="x")) for _ in range(2))
    assert first == second
    other = png(show.forest(effects(yi=[0.5, -0.5, -1.1]), pooled(), WEIGHTS, LABELS, title="x"))
    assert first != other


def test_one_arm_measures_favour_nobody():
    alone = effects("MC", n_c=np.nan, arm_c=None)
    fig = show.forest(alone, pooled(measure="MC"), WEIGHTS, LABELS, unit="g/L")
    assert not [t for t in texts(fig) if "favours" in t]
    assert {"patients", "30"} <= set(texts(fig))
    assert drawn(fig).get_xlabel() == "mean change (g/L)"


def test_reviews_stand_by_time_with_this_one_beneath():
    rows = {
        "label": ["r1", "r2", "r3"], "time": ["1 month", "1 month", "1 year"], "measure": "OR", "k": [4, np.nan, 7],
        "estimate": [2.0, 0.5, 1.5], "ci_low": [1.0, 0.2, 1.1], "ci_high": [4.0, 1.25, 2.0],
    }  # fmt: skip
    own = pd.DataFrame({"time": ["1 month", "6 months"], "est": [0.1, 9.0], "ci_low": -1.0, "ci_high": 1.2, "k": 2})
    fig = show.forest_of_reviews(pd.DataFrame(rows), title="t", unit="", better="higher", own=own)
    order = ["1 month", "r1", "r2", "this review", "1 year", "r3"]
    assert [row_of(fig, text) for text in order] == [0, -1, -2, -3, -4, -5]
    assert squares(fig) == pytest.approx({-1.0: math.log(2), -2.0: math.log(0.5), -5.0: math.log(1.5)})
    (corners,) = diamonds(fig)  # 6 months is no time of theirs
    assert corners[1, 0] == pytest.approx(0.1)
    assert "2.00 [1.00, 4.00]" in texts(fig)
    assert row_of(fig, "4") == -1


def test_colours_are_told_apart_without_red_and_green():
    """Machado 2009's matrix for deuteranopia: every two colours of studies, diamonds and marks stay distinct."""
    matrix = np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]])
    seen = [matrix @ np.array(to_rgba(c)[:3]) for c in (style.BLUE, style.ORANGE, style.RED, style.GREY)]
    gaps = [np.abs(a - b).max() for i, a in enumerate(seen) for b in seen[i + 1 :]]
    assert min(gaps) > 0.15
