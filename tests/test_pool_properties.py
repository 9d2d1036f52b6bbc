"""What must hold for any data: order, scale, shift, extremes, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from mscreview import pool
from mscreview.pool import tau2
from mscreview.pool.models import TESTS

METHODS = ["EE", *tau2.METHODS]
SOME = settings(max_examples=60, deadline=None, derandomize=True)

methods = st.sampled_from(METHODS)
tests = st.sampled_from(TESTS)


@st.composite
def studies(draw, low=2, high=12, exponents=(-3, 2)):
    k = draw(st.integers(low, high))
    yi = draw(st.lists(st.floats(-5, 5), min_size=k, max_size=k))
    powers = draw(st.lists(st.floats(*exponents), min_size=k, max_size=k))
    return np.array(yi), 10.0 ** np.array(powers)


def numbers(f: pool.Fit) -> dict[str, float]:
    return {name: value for name, value in f.row().items() if isinstance(value, float)}


@SOME
@given(studies(), methods, tests, st.randoms(use_true_random=False))
def test_order_does_not_matter(data, method, test, random):
    yi, vi = data
    order = list(range(yi.size))
    random.shuffle(order)
    a, b = (numbers(pool.fit(y, v, method=method, test=test)) for y, v in ((yi, vi), (yi[order], vi[order])))
    for name in a:
        assert a[name] == pytest.approx(b[name], rel=1e-7, abs=1e-9, nan_ok=True), name


@SOME
@given(studies(), methods, tests, st.sampled_from([-6, -3, 3, 6]), st.floats(-100, 100))
def test_scale_and_shift(data, method, test, power, shift):
    """yi -> c yi + d, vi -> c^2 vi moves the estimate, scales SE by c and tau2 by c^2, leaves Q and I2."""
    (yi, vi), c = data, 10.0**power
    options = {"method": method, "test": "t" if test == "adhoc" else test}
    f = pool.fit(yi, vi, **options)
    g = pool.fit(c * (yi + shift), c**2 * vi, **options)
    size = np.sqrt(vi.min())
    assert g.est == pytest.approx(c * (f.est + shift), rel=1e-7, abs=1e-7 * c)
    assert g.tau2 == pytest.approx(c**2 * f.tau2, rel=1e-5, abs=1e-6 * c**2 * vi.min())
    assert g.se[0] == pytest.approx(c * f.se[0], rel=1e-5, abs=1e-6 * c * size)
    assert g.q == pytest.approx(f.q, rel=1e-6, abs=1e-6)
    assert g.i2 == pytest.approx(f.i2, abs=1e-3)


@SOME
@given(studies(), methods, tests)
def test_nothing_negative_and_intervals_hold_their_estimate(data, method, test):
    f = pool.fit(*data, method=method, test=test)
    assert f.tau2 >= 0
    assert (f.weights >= 0).all()
    assert f.weights.sum() == pytest.approx(100)
    assert f.ci[0, 0] <= f.est <= f.ci[0, 1]
    assert f.q >= 0
    assert 0 <= f.i2 <= 100
    assert data[0].min() - 1e-9 <= f.est <= data[0].max() + 1e-9
    if method != "EE":
        assert 0 <= f.tau2_low <= f.tau2_high
        if f.k > 2:
            assert f.pi[0] <= f.est <= f.pi[1]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(studies(exponents=(-12, 12)), methods, tests)
def test_huge_and_tiny_variances(data, method, test):
    """Variances from 1e-12 to 1e12 in one analysis: finite answers, none negative."""
    f = pool.fit(*data, method=method, test=test)
    assert np.isfinite([f.est, f.se[0], f.tau2, f.q, f.i2]).all()
    assert f.tau2 >= 0
    assert f.se[0] >= 0


@SOME
@given(studies(), st.sampled_from(["ML", "REML"]))
def test_profile_likelihood_interval_holds_the_maximum(data, method):
    f = pool.fit(*data, method=method, tau2_interval="PL")
    assert f.tau2_low <= f.tau2 * (1 + 1e-7) + 1e-12
    assert f.tau2_high >= f.tau2 * (1 - 1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_identical_studies(method):
    f = pool.fit([0.3] * 5, [0.04] * 5, method=method)
    assert f.est == pytest.approx(0.3)
    assert f.tau2 == 0
    assert f.q == pytest.approx(0, abs=1e-12)
    assert f.se[0] == pytest.approx(np.sqrt(0.04 / 5))


@pytest.mark.parametrize("method", [m for m in METHODS if m not in ("SJ", "EE")])
def test_q_below_its_degrees_of_freedom_gives_tau2_zero(method):
    yi, vi = [0.20, 0.21, 0.19, 0.20], [0.04, 0.05, 0.03, 0.06]
    f = pool.fit(yi, vi, method=method)
    assert f.q < f.q_df
    assert f.tau2 == 0
    assert f.est == pytest.approx(pool.fit(yi, vi, method="EE").est)


def test_one_study_shows_its_own_interval_and_says_so():
    f = pool.fit([0.5], [0.04], test="knha")
    assert (f.est, f.se[0]) == (0.5, pytest.approx(0.2))
    assert f.ci[0] == pytest.approx([0.5 - 1.959963985 * 0.2, 0.5 + 1.959963985 * 0.2])
    assert f.note == "one study: its own interval, nothing is pooled"
    assert f.row()["model"] == "single study"
    assert np.isnan(f.tau2)
    assert np.isnan(f.pi).all()


def test_two_studies_have_no_prediction_interval_unless_asked():
    yi, vi = [0.1, 0.7], [0.02, 0.05]
    f = pool.fit(yi, vi)
    assert np.isnan(f.pi).all()
    assert "too few studies" in f.note
    assert np.isfinite(pool.fit(yi, vi, min_k_prediction=2).pi).all()


def test_prediction_conventions_differ_as_named():
    yi, vi = [0.1, 0.7, 0.3, 0.9], [0.02, 0.05, 0.03, 0.04]
    width = {name: np.ptp(pool.fit(yi, vi, prediction=name).pi) for name in pool.intervals.PREDICTION}
    assert width["z"] == width["metafor"] < width["t(k-1)"] < width["t(k-2)"]
    assert width["t(k-1)"] / width["z"] == pytest.approx(3.182446305 / 1.959963985)
    assert width["t(k-2)"] / width["z"] == pytest.approx(4.302652730 / 1.959963985)


@pytest.mark.parametrize(
    ("yi", "vi", "message"),
    [
        ([0.1, np.nan, 0.3], [0.1, 0.1, 0.1], r"row 1 \(b\): yi = nan"),
        ([0.1, 0.2, 0.3], [0.1, 0.1, 0.0], r"row 2 \(c\): vi = 0.0"),
        ([0.1, 0.2, 0.3], [-0.1, np.inf, 0.1], r"row 0 \(a\): vi = -0.1 .*; row 1 \(b\): vi = inf"),
    ],
)
def test_unusable_rows_are_refused_by_name(yi, vi, message):
    with pytest.raises(pool.PoolError, match=message):
        pool.fit(yi, vi, labels=["a", "b", "c"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "XX"}, "unknown method 'XX'; one of EE, DL"),
        ({"test": "hksj"}, "unknown test 'hksj'; one of z, t, knha, adhoc"),
        ({"prediction": "t"}, "unknown prediction interval 't'"),
        ({"tau2_interval": "BJ"}, "unknown tau2 interval 'BJ'"),
        ({"level": 95}, "level must lie between 0 and 1, got 95"),
        ({"X": [[1, 2], [1, 2], [1, 2]]}, "columns that depend on each other"),
        ({"X": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}, "more studies than coefficients"),
        ({"weights": [1, -1, 1]}, "row 1: -1.0"),
    ],
)
def test_choices_that_make_no_sense_are_refused(options, message):
    with pytest.raises(pool.PoolError, match=message):
        pool.fit([0.1, 0.2, 0.3], [0.1, 0.1, 0.1], **options)


def test_own_weights_change_the_estimate_and_carry_their_variance():
    yi, vi = np.array([0.1, 0.7, 0.3]), np.array([0.02, 0.05, 0.03])
    f = pool.fit(yi, vi, weights=[1, 1, 2], method="DL")
    assert f.est == pytest.approx((0.1 + 0.7 + 0.6) / 4)
    assert f.weights.tolist() == [25, 25, 50]
    spread = vi + f.tau2
    assert f.se[0] == pytest.approx(np.sqrt((spread[0] + spread[1] + 4 * spread[2]) / 16))


def test_single_estimators_can_be_called_by_name():
    yi, vi = [0.1, 0.7, 0.3, 0.9], [0.02, 0.05, 0.03, 0.04]
    for method in tau2.METHODS:
        value, se = tau2.estimate(yi, vi, method=method)
        f = pool.fit(yi, vi, method=method)
        assert (value, se) == (f.tau2, f.se_tau2)
    with pytest.raises(pool.PoolError, match="more studies than coefficients"):
        tau2.estimate([0.1], [0.1])
