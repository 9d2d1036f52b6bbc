"""Figures of robustness show what the tables say: every study drawn, marked and labelled as told."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from mscreview.show import robustness as show, style

K = 6


@pytest.fixture
def studies():
    rng = np.random.default_rng(0)
    return pd.DataFrame({"yi": rng.normal(size=K), "vi": rng.uniform(0.02, 0.2, K)})


def texts(fig):
    return " | ".join(
        t.get_text() for ax in fig.axes for t in [*ax.texts, *(ax.get_legend().texts if ax.get_legend() else [])]
    )


def test_gosh_draws_every_subset_in_its_colour():
    table = pd.DataFrame({"est": np.linspace(-1, 1, 50), "i2": np.linspace(0, 90, 50)})
    inside = np.arange(50) < 20
    fig = show.gosh(table, measure="RR", inside=inside, name="Lin 2017", title="Survival")
    without, with_ = fig.axes[0].collections
    assert (len(without.get_offsets()), len(with_.get_offsets())) == (30, 20)
    assert "with Lin 2017" in texts(fig)
    assert fig.axes[0].get_xlabel() == "log risk ratio"
    assert "50 subsets" in fig.axes[0].get_title(loc="left")


def test_baujat_names_the_outstanding_studies():
    table = pd.DataFrame({"x": [0.1, 0.2, 0.1, 0.3, 0.2, 9.0], "y": [0.0, 0.1, 0.1, 0.2, 0.1, 5.0]})
    fig = show.baujat(table, list("abcdef"))
    assert len(fig.axes[0].lines[0].get_xdata()) == K
    assert "f" in texts(fig)
    assert "a" not in texts(fig)


def test_influence_marks_the_influential(studies):
    table = pd.DataFrame({name: np.arange(K, dtype=float) for name in show.DIAGNOSTICS})
    table["influential"] = [False] * 5 + [True]
    fig = show.influence(table, list("abcdef"), title="x")
    assert len(fig.axes) == len(show.DIAGNOSTICS)
    colours = fig.axes[0].collections[0].get_facecolors()
    assert tuple(colours[-1]) == to_rgba(style.RED)
    assert tuple(colours[0]) == to_rgba(style.BLUE)


def test_trim_and_fill_shows_added_studies_hollow(studies):
    added = studies.iloc[:2].assign(yi=[2.0, 3.0])
    fig = show.trim_and_fill(studies, added, pd.Series({"est": 0.1, "measure": "MD"}), 0.4, unit="g/L")
    points = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    assert [len(p.get_xdata()) for p in points] == [K, 2]
    assert points[1].get_markerfacecolor() == "none"
    assert "with 2 added" in texts(fig)
    assert fig.axes[0].get_xlabel() == "mean difference (g/L)"


def test_posterior_states_its_intervals():
    at = np.linspace(-3, 3, 100)
    curves = pd.DataFrame({"at": at, "mu": np.exp(-(at**2)), "new": 0.5 * np.exp(-(at**2) / 4)})
    rows = {"mu": [0.1, -0.9, 1.1], "tau": [0.2, 0.0, 0.9], "new": [0.1, -1.9, 2.1]}
    summary = pd.DataFrame.from_dict(rows, orient="index", columns=["median", "low", "high"])
    said = texts(show.posterior(curves, summary, measure="SMD"))
    assert "mean effect: 0.10 [−0.90, 1.10]" in said
    assert "new study: 0.10 [−1.90, 2.10]" in said


def test_albatross_puts_benefit_right_and_bounds_hollow():
    rows = {"n": [20.0, 50.0, 80.0], "p": [0.01, 0.05, 0.1], "sign": [1.0, 1.0, -1.0], "bound": ["", "<", ""]}
    p = np.array([0.5, 0.01])
    fig = show.albatross(pd.DataFrame(rows), {"SMD 0.5": (p, np.array([10.0, 100.0]))})
    exact, bound = fig.axes[0].lines[:2]
    assert exact.get_xdata() == pytest.approx([2, -1])
    assert bound.get_markerfacecolor() == "white"
    assert "SMD 0.5" in texts(fig)
