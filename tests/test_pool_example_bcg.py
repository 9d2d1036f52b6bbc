"""BCG vaccine against tuberculosis, 13 trials (Colditz et al. 1994, JAMA 271:698-702), as analysed by Viechtbauer
2010, Journal of Statistical Software 36(3), doi:10.18637/jss.v036.i03, sections 3 and 4. Digits as printed there."""

import numpy as np
import pytest

from mscreview import pool
from mscreview.effects import measures

TREATED_CASES = [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27]
TREATED_OTHERS = [119, 300, 228, 13536, 5036, 1361, 2537, 87886, 7470, 1699, 50448, 2493, 16886]
CONTROL_CASES = [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29]
CONTROL_OTHERS = [128, 274, 209, 12619, 5761, 1079, 619, 87892, 7232, 1600, 27197, 2338, 17825]
LATITUDE = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]


@pytest.fixture(scope="module")
def risk_ratios():
    return measures.compute("RR", ai=TREATED_CASES, bi=TREATED_OTHERS, ci=CONTROL_CASES, di=CONTROL_OTHERS)


def test_effect_sizes(risk_ratios):
    yi, vi = risk_ratios
    assert yi[:3].round(4).tolist() == [-0.8893, -1.5854, -1.3481]
    assert vi[:3].round(4).tolist() == [0.3256, 0.1946, 0.4154]


def test_random_effects_model(risk_ratios):
    f = pool.fit(*risk_ratios, method="REML", prediction="z")
    assert (round(f.est, 4), round(f.se[0], 4), round(f.stat[0], 4)) == (-0.7145, 0.1798, -3.9744)
    assert f.ci[0].round(4).tolist() == [-1.0669, -0.3622]
    assert (round(f.tau2, 4), round(f.se_tau2, 4)) == (0.3132, 0.1664)
    assert (round(f.i2, 2), round(f.h2, 2)) == (92.22, 12.86)
    assert (round(f.q, 4), f.q_df) == (152.2330, 12)
    assert f.p[0] < 0.0001
    assert f.q_p < 0.0001


def test_average_risk_ratio_and_prediction(risk_ratios):
    f = pool.fit(*risk_ratios, method="REML", prediction="z")
    read = measures.back_transform("RR", [f.est, *f.ci[0], *f.pi])
    assert read.round(4).tolist() == [0.4894, 0.3441, 0.6962, 0.1546, 1.5490]


def test_latitude_explains_much(risk_ratios):
    X = np.column_stack([np.ones(13), LATITUDE])
    f = pool.fit(*risk_ratios, X=X, method="REML")
    assert f.beta.round(4).tolist() == [0.2515, -0.0291]
    assert f.se.round(4).tolist() == [0.2491, 0.0072]
    # printed from an iteration that stops early: the maximum is at 0.07635
    assert f.tau2 == pytest.approx(0.0764, abs=6e-5)
    assert round(f.q, 4) == 30.7331
