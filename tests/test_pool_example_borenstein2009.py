"""Six studies of a continuous outcome: Borenstein, Hedges, Higgins & Rothstein 2009, Introduction to Meta-Analysis
(Wiley, doi:10.1002/9780470743386), chapter 14, data set 1. Digits as printed there."""

import pytest

from mscreview import pool
from mscreview.effects import measures

STUDIES = {
    "m1i": [94, 98, 98, 94, 98, 96],
    "sd1i": [22, 21, 28, 19, 21, 21],
    "n1i": [60, 65, 40, 200, 50, 85],
    "m2i": [92, 92, 88, 82, 88, 92],
    "sd2i": [20, 22, 26, 17, 22, 22],
    "n2i": [60, 65, 40, 200, 45, 85],
}


@pytest.fixture(scope="module")
def hedges_g():
    # the book's variance is J^2 times that of Cohen's d
    return measures.compute("SMD", vtype="LS2", **STUDIES)


def test_effect_sizes(hedges_g):
    yi, vi = hedges_g
    assert yi == pytest.approx([0.095, 0.277, 0.367, 0.664, 0.462, 0.185], abs=0.0006)
    assert vi == pytest.approx([0.033, 0.031, 0.050, 0.011, 0.043, 0.023], abs=0.0006)


def test_fixed_effect(hedges_g):
    f = pool.fit(*hedges_g, method="EE")
    # the book approximates J by 1 - 3/(4 df - 1): its last digit may differ by one
    assert f.est == pytest.approx(0.4142, abs=1.5e-4)
    assert round(f.se[0], 4) == 0.0640
    assert f.q == pytest.approx(12.0033, abs=0.002)


def test_random_effects(hedges_g):
    f = pool.fit(*hedges_g, method="DL")
    assert f.tau2 == pytest.approx(0.0373, abs=1e-4)
    assert (round(f.est, 4), round(f.se[0] ** 2, 4)) == (0.3582, 0.0111)
    assert f.i2 == pytest.approx(58.34, abs=0.05)
