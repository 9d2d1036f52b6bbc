"""Worked examples of the Cochrane Handbook for Systematic Reviews of Interventions (version 5.1: 7.7.3.2, 7.7.3.3
and 16.4.6.4; version 6: 6.5.2.2, 6.5.2.3). Digits as printed there."""

import numpy as np
import pytest

from mscreview.clean import conversions


def test_sd_from_a_confidence_interval_of_a_mean():
    """25 patients, 30.0 to 34.2, and 22 patients, 26.5 to 30.1: SDs 5.09 and 4.06."""
    assert round(conversions.sd_from_ci(30.0, 34.2, 25), 2) == 5.09
    assert round(conversions.sd_from_ci(26.5, 30.1, 22), 2) == 4.06


def test_sd_from_a_p_value():
    """Difference 3.8, P = 0.008, 25 and 22 patients: t 2.78, SE 1.37, SD 4.69 (from the rounded SE)."""
    assert conversions.sd_from_p(3.8, 0.008, 25, 22) == pytest.approx(4.69, abs=0.015)
    assert round(conversions.sd_from_difference_se(1.37, 25, 22), 2) == 4.69


def test_standard_error_of_a_cross_over_difference():
    """SDs 2.38 and 2.21, correlation 0.68, 10 patients: SE 0.583."""
    assert round(conversions.change_sd(2.38, 2.21, 0.68) / np.sqrt(10), 3) == 0.583
