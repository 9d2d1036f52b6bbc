"""Six trials of low-dose aspirin against pre-eclampsia (the CLASP example): DerSimonian & Kacker 2007, Contemporary
Clinical Trials 28:105-114 (doi:10.1016/j.cct.2006.04.004). Between-study standard deviations as printed there; CA is
the estimator of Hedges and Olkin, DL of DerSimonian and Laird, PM of Paule and Mandel."""

import pytest

from mscreview import pool
from mscreview.effects import measures

CASES = [5, 5, 12, 69, 9, 313]
TREATED = [156, 303, 565, 1570, 103, 4659]
CONTROL_CASES = [8, 17, 9, 94, 11, 352]
CONTROLS = [74, 303, 477, 1565, 105, 4650]


@pytest.mark.parametrize("method, tau", [("HE", 0.4410), ("DL", 0.2323), ("PM", 0.3681)])
def test_between_study_standard_deviation(method, tau):
    yi, vi = measures.compute("OR", ai=CASES, n1i=TREATED, ci=CONTROL_CASES, n2i=CONTROLS)
    assert pool.fit(yi, vi, method=method).tau2 ** 0.5 == pytest.approx(tau, abs=5e-5)
