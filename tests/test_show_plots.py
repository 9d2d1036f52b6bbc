"""The other figures show their tables: what is where, in which mark, and why there is nothing where there is nothing."""

import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color

from mscreview import show
from mscreview.show import style
from mscreview.show.report import png


def texts(fig):
    return [t.get_text() for ax in fig.axes for t in ax.texts] + [t.get_text() for t in fig.texts]


def legend(fig):
    found = fig.axes[0].get_legend()
    return [] if found is None else [t.get_text() for t in found.texts]


def effects(n=4):
    return pd.DataFrame({"yi": np.linspace(-1, 1, n), "vi": np.linspace(0.04, 0.36, n)})


def test_funnel_puts_precise_studies_on_top_inside_the_limits_of_the_pooled_effect():
    ax = show.funnel(effects(), pd.Series({"est": 0.2, "measure": "OR"}), title="Death").axes[0]
    points = next(line for line in ax.lines if line.get_marker() == "o")
    assert points.get_xdata() == pytest.approx(effects()["yi"])
    assert points.get_ydata() == pytest.approx(np.sqrt(effects()["vi"]))
    bottom, top = ax.get_ylim()
    assert bottom > top == 0
    assert ax.lines[0].get_xdata()[0] == 0.2
    corners = ax.collections[0].get_paths()[0].vertices
    assert corners[:, 0].max() == pytest.approx(0.2 + 1.959964 * bottom)
    assert (ax.get_xlabel(), ax.get_title(loc="left")) == ("odds ratio", "Death")
    assert np.exp(ax.get_xticks()) == pytest.approx([float(t.get_text()) for t in ax.get_xticklabels()])


def test_evidence_map_places_and_sizes_its_bubbles():
    cells = {"row": ["b", "a", "b"], "column": ["1 y", "1 m", "1 m"], "patients": [100, 50, 0], "studies": [3, 2, 1]}
    fig = show.evidence_map(pd.DataFrame(cells), ["a", "b"], ["1 m", "1 y"], title="Map")
    bubbles = fig.axes[0].collections[0]
    assert bubbles.get_offsets().tolist() == [[1, 1], [0, 0], [0, 1]]
    sizes = bubbles.get_sizes()
    assert sizes[0] > sizes[1] > sizes[2] > 0
    assert {t.get_text(): tuple(t.get_position()) for t in fig.axes[0].texts} == {"3": (1, 1), "2": (0, 0), "1": (0, 1)}
    assert [t.get_text() for t in fig.axes[0].get_yticklabels()] == ["a", "b"]
    assert "area: patients; number: studies" in texts(fig)


def test_effect_directions_mark_better_up_and_significant_filled():
    cells = pd.DataFrame(
        {
            "label": ["S1", "S1", "S2", "S2"], "outcome_label": ["x", "y", "x", "y"],
            "direction": ["better", "worse", "no difference", "better"],
            "significant": pd.array([True, False, None, None], dtype="boolean"),
        }
    )  # fmt: skip
    fig = show.effect_directions(cells, ["S1", "S2"], ["x", "y"])
    marks = {
        (line.get_xdata()[0], line.get_ydata()[0]): (line.get_marker(), line.get_markerfacecolor())
        for line in fig.axes[0].lines
        if len(line.get_xdata())
    }
    assert {at: mark for at, (mark, _) in marks.items()} == {(0, 0): "^", (1, 0): "v", (0, 1): "o", (1, 1): "^"}
    filled = {at: not same_color(face, "white") for at, (_, face) in marks.items()}
    assert filled == {(0, 0): True, (1, 0): False, (0, 1): True, (1, 1): False}
    assert legend(fig) == ["better", "worse", "no difference", "hollow: not significant"]


def test_timeline_counts_studies_by_year_and_names_the_undated():
    studies = pd.DataFrame({"year": [2010, 2010, 2012, None], "design": ["rct", None, "rct", "rct"]})
    fig = show.timeline(studies, "design", names={"rct": "randomised"})
    heights = {(round(p.get_x() + p.get_width() / 2), p.get_y()): p.get_height() for p in fig.axes[0].patches}
    assert sum(heights.values()) == 3
    assert sum(h for (year, _), h in heights.items() if year == 2010) == 2
    assert legend(fig) == ["not stated", "randomised"]
    assert "1 without a year" in texts(fig)


def steps(n=3):
    return pd.DataFrame({"label": list("abc")[:n], "est": [0.0, 0.5, 1.0][:n], "ci_low": -1.0, "ci_high": [2.0] * n})


def test_trail_runs_down_the_page_with_its_numbers_and_sides():
    fig = show.trail(steps(), measure="OR", better="lower", title="Grown")
    ax = fig.axes[0]
    assert ax.lines[0].get_xdata() == pytest.approx([0.0, 0.5, 1.0])
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert {t.get_text(): t.get_position()[1] for t in ax.texts}["2.72 [0.37, 7.39]"] == 2
    assert ax.get_xlabel() == "← favours treatment      favours control →\nodds ratio"
    higher = show.trail(steps(), measure="MD", better="higher", unit="g/L").axes[0].get_xlabel()
    assert higher == "← favours control      favours treatment →\nmean difference (g/L)"


def test_multiverse_sorts_by_estimate_and_names_the_choices_that_differ():
    table = pd.DataFrame(
        {
            "est": [0.5, -0.5, 0.1], "ci_low": [0.1, -1.0, -0.4], "ci_high": [0.9, 0.2, 0.6],
            "tau2_method": ["DL", "REML", "DL"], "ci_method": ["z", "knha", "knha"], "model": "random",
        }
    )  # fmt: skip
    fig = show.multiverse(table, ["tau2_method", "ci_method", "model"], measure="OR", title="Death")
    top, below = fig.axes
    assert top.collections[1].get_offsets()[:, 1].tolist() == [-0.5, 0.1, 0.5]
    colours = top.collections[1].get_facecolors()
    assert [same_color(c, style.BLUE) for c in colours] == [False, False, True]
    told = [t.get_text() for t in below.get_yticklabels()]
    assert told == ["τ²: DL", "τ²: REML", "interval: HKSJ", "interval: Wald"]
    assert below.lines[told.index("interval: Wald")].get_xdata().tolist() == [2]
    assert np.exp(top.get_yticks()) == pytest.approx([float(t.get_text()) for t in top.get_yticklabels()])


def test_flow_draws_every_box_and_folds_long_lists_without_losing_any():
    boxes = pd.DataFrame(
        {
            "box": ["database_results", *(f"database_results:f{i}" for i in range(9)), "records_screened"],
            "label": ["Records", *(f"file {i}" for i in range(9)), "Screened"],
            "n": [45, *range(9, 0, -1), 45],
        }
    )
    fig = show.flow(boxes, left=("database_results", "records_screened"), right={})
    said = " ".join(texts(fig)).replace("\xa0", " ")
    assert "Records (n = 45)" in said
    assert "file 0 (n = 9)" in said
    assert "file 8" not in said
    counted = sum(int(part.split(")")[0]) for part in said.split("file ", 1)[1].split("Screened")[0].split("n = ")[1:])
    assert counted == 45


NOTHING = {
    "evidence_map": lambda: show.evidence_map(pd.DataFrame(columns=["row", "column", "patients", "studies"]), [], []),
    "effect_directions": lambda: show.effect_directions(
        pd.DataFrame(columns=["label", "outcome_label", "direction", "significant"]), [], []
    ),
    "timeline": lambda: show.timeline(pd.DataFrame({"year": [], "design": []}), "design"),
    "trail": lambda: show.trail(steps(0), measure="OR"),
}


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.filterwarnings("error")
def test_an_empty_table_gives_a_figure_that_says_so(name):
    fig = NOTHING[name]()
    assert "nothing to draw" in texts(fig)
    assert png(fig).startswith(b"\x89PNG")


def test_the_same_table_gives_the_same_bytes(tmp_path):
    paths = [show.save(show.trail(steps(), measure="OR"), tmp_path / f"{i}.png") for i in range(2)]
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert b"matplotlib" not in first.lower()


@pytest.mark.parametrize("span", [(-0.1, 0.1), (-0.5, 0.9), (-2.4, 3.2), (-4, 4.5), (-11, 11), (-40, 40)])
def test_ratio_ticks_are_true_readable_and_apart(span):
    places, labels = style.ratio_ticks(*span)
    assert 0.0 in places
    assert len(places) >= 2
    assert all(span[0] <= place <= span[1] for place in places)
    assert min(np.diff(places)) >= 0.11 * (span[1] - span[0])
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    plain = [
        f"1e{x[2:].translate(raised)}" if x.startswith("10") and x[2:3] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻" and x[2:] else x
        for x in labels
    ]
    assert [math.log(float(x.replace(",", ""))) for x in plain] == pytest.approx(places)
