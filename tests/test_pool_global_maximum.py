"""The likelihood of a meta-analysis can have two maxima; the higher one counts."""

import numpy as np
import pytest
from reference_numbers import load

from mscreview import pool
from mscreview.pool import algebra, likelihood

DATA = load("univariate")["data"]


def profile(dataset: str, kind: str, tau2: np.ndarray) -> np.ndarray:
    rows = algebra.from_vectors(*(np.asarray(DATA[dataset][c]) for c in ("yi", "vi")))
    return likelihood.log_likelihood(rows.take(np.zeros(tau2.size, dtype=int)), tau2, kind)


@pytest.mark.parametrize("kind", ["ML", "REML"])
def test_two_maxima_the_higher_wins(kind):
    """Gibson 2002 (mean differences): maxima at zero and near ten; REML's higher one is 9.679, ML's is zero."""
    found = pool.fit(**DATA["gibson2002_md"], method=kind).tau2
    grid = np.linspace(0, 200, 40_001)
    height = profile("gibson2002_md", kind, grid)
    inner = np.flatnonzero((height[1:-1] > height[:-2]) & (height[1:-1] > height[2:]))
    assert inner.size + (height[0] > height[1]) >= 2, "this data set should have two maxima"
    assert profile("gibson2002_md", kind, np.array([found]))[0] >= height.max()
    assert found == pytest.approx({"REML": 9.679, "ML": 0.0}[kind], abs=0.0005)


def test_a_maximum_that_the_reference_misses():
    """metafor 5.1-12 stops at tau2 = 0 here; the maximum is at 0.13738413."""
    found = pool.fit(**DATA["edge_vi_ratio1e6"], method="ML").tau2
    assert found == pytest.approx(0.13738413, abs=5e-9)
    at = profile("edge_vi_ratio1e6", "ML", np.array([0.0, found]))
    assert at[1] - at[0] == pytest.approx(7.03 + 0.567, abs=0.005)


@pytest.mark.parametrize("kind", ["ML", "REML"])
def test_no_grid_point_is_higher_in_wild_data(kind):
    rng = np.random.default_rng(7)
    grid = np.concatenate([[0.0], 10 ** np.linspace(-9, 5, 1500)])
    for _ in range(150):
        k = int(rng.integers(2, 9))
        vi, yi = 10 ** rng.uniform(-6, 3, k), rng.normal(0, 1, k) * 10 ** rng.uniform(-2, 1.5)
        rows = algebra.from_vectors(yi, vi)
        best = likelihood.log_likelihood(rows, likelihood.maximise(rows, kind), kind)[0]
        height = likelihood.log_likelihood(rows.take(np.zeros(grid.size, dtype=int)), grid, kind).max()
        assert height <= best + 1e-9 * max(1, abs(best)), (yi, vi)


def test_general_designs_find_the_same_maximum_as_the_intercept_alone():
    data = DATA["gibson2002_md"]
    with_design = pool.fit(**data, X=np.ones((len(data["yi"]), 1)), method="ML")
    assert with_design.tau2 == pytest.approx(pool.fit(**data, method="ML").tau2, rel=1e-10)
