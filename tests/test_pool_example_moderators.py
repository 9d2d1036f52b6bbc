"""Two textbook analyses of differences, digits as printed.

BCG vaccine by latitude and year: Viechtbauer 2010 (J Stat Softw 36(3), doi:10.18637/jss.v036.i03), the mixed-effects model.
Tutoring in two subgroups: Borenstein, Hedges, Higgins & Rothstein 2009 (doi:10.1002/9780470743386), chapter 19.
"""

import pytest
from reference_numbers import load

from mscreview import pool
from mscreview.pool import regression, subgroup

A = {"yi": [0.110, 0.224, 0.338, 0.451, 0.480], "vi": [0.01, 0.03, 0.02, 0.015, 0.01]}
B = {"yi": [0.440, 0.492, 0.651, 0.710, 0.740], "vi": [0.015, 0.02, 0.015, 0.025, 0.012]}


def test_bcg_by_latitude_and_year():
    m = regression.regress(**load("moderators")["data"]["bcg_rr|~ ablat + year"])
    assert round(m.fit.tau2, 4) == 0.1108
    assert round(m.r2, 2) == 64.63
    assert m.qm == pytest.approx(12.2043, abs=3e-4)  # printed from an iteration that stopped at 1e-5
    assert (round(m.qm_p, 4), m.qm_df[0]) == (0.0022, 2)
    assert (round(m.fit.q, 4), m.fit.q_df, round(m.fit.q_p, 4)) == (28.3251, 10, 0.0016)


@pytest.mark.parametrize("tau2", subgroup.TAU2)
def test_tutoring_in_two_subgroups(tau2):
    levels = ["A"] * 5 + ["B"] * 5
    found = subgroup.subgroups(A["yi"] + B["yi"], A["vi"] + B["vi"], levels, method="EE", tau2=tau2)
    assert found.table["est"].round(4).tolist() == [0.3241, 0.6111]
    assert found.table["q"].round(4).tolist() == [8.4316, 4.5429]
    # Q between is what is left of the total: not a printed digit, but an identity of the common-effect model
    total = pool.fit(A["yi"] + B["yi"], A["vi"] + B["vi"], method="EE").q
    assert found.statistic == pytest.approx(total - found.table["q"].sum())
