"""Means, SDs, counts and hazard ratios from what papers print."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference_numbers import disagreements, load
from scipy import stats

from mscreview.clean import conversions

SOME = settings(max_examples=100, deadline=None, derandomize=True)
REFERENCE = load("conversions")


def record_of(fn: str) -> dict:
    return next(r for r in REFERENCE["records"] if r["fn"] == fn)


def rows(columns: dict) -> list[dict]:
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def test_medians_agree_with_the_reference():
    record = record_of("conv.fivenum")
    found = []
    for r in rows(record["input"]):
        outer = {} if r["min"] is None else {"low": r["min"], "high": r["max"]}
        inner = {} if r["q1"] is None else {"q1": r["q1"], "q3": r["q3"]}
        if conversions.looks_skewed(r["median"], r["n"], **outer, **inner):
            found.append((np.nan, np.nan))
        elif not inner:
            found.append(conversions.mean_sd_from_range(r["min"], r["median"], r["max"], r["n"]))
        elif not outer:
            found.append(conversions.mean_sd_from_quartiles(r["q1"], r["median"], r["q3"], r["n"]))
        else:
            found.append(conversions.mean_sd_from_five(r["min"], r["q1"], r["median"], r["q3"], r["max"], r["n"]))
    mean, sd = zip(*found, strict=True)
    assert not disagreements({"mean": mean, "sd": sd}, record["out"], "conv.fivenum")
    assert np.isfinite(mean).sum() == 3


def test_ratios_agree_with_the_reference():
    record = record_of("conv.wald")
    for i, r in enumerate(rows(record["input"])):
        if r["lb"] is not None:
            yi, vi = conversions.log_ratio_from_ci(r["out"], r["lb"], r["ub"])
        elif r["zv"] is not None:
            yi, vi = conversions.log_ratio_from_z(r["out"], r["zv"])
        else:
            continue
        expected = {name: record["out"][name][i] for name in ("yi", "vi")}
        assert not disagreements({"yi": yi, "vi": vi}, expected, f"row {i}")


def test_five_numbers_of_a_normal_sample_give_its_mean_and_sd():
    """Expected normal quantiles of a large group bring back mean 50 and SD 10 (Luo 2018, Shi 2020)."""
    n = 201
    low, q1, median, q3, high = 50 + 10 * stats.norm.ppf(
        [(1 - 0.375) / (n + 0.25), 0.25, 0.5, 0.75, (n - 0.375) / (n + 0.25)]
    )
    mean, sd = conversions.mean_sd_from_five(low, q1, median, q3, high, n)
    assert mean == pytest.approx(50)
    assert sd == pytest.approx(10, rel=0.01)
    assert not conversions.looks_skewed(median, n, low=low, high=high, q1=q1, q3=q3)
    assert conversions.mean_sd_from_quantiles([q1, median, q3], [0.25, 0.5, 0.75]) == pytest.approx((50, 10))


@SOME
@given(st.floats(0.01, 100), st.integers(2, 400), st.floats(-50, 50))
def test_sd_survives_the_way_through_se_and_interval(sd, n, mean):
    se = sd / np.sqrt(n)
    half = stats.t.ppf(0.975, n - 1) * se
    assert conversions.sd_from_se(se, n) == pytest.approx(sd)
    assert conversions.sd_from_ci(mean - half, mean + half, n) == pytest.approx(sd)
    half = stats.norm.ppf(0.95) * se
    assert conversions.sd_from_ci(mean - half, mean + half, n, level=0.9, dist="z") == pytest.approx(sd)


@SOME
@given(st.floats(0.1, 50), st.integers(3, 200), st.integers(3, 200), st.floats(0.2, 20))
def test_sd_survives_the_way_through_a_t_test(sd, n1, n2, difference):
    se = sd * np.sqrt(1 / n1 + 1 / n2)
    t = difference / se
    assert conversions.sd_from_t(difference, t, n1, n2) == pytest.approx(sd)
    half = stats.t.ppf(0.975, n1 + n2 - 2) * se
    assert conversions.sd_from_difference_ci(difference - half, difference + half, n1, n2) == pytest.approx(sd)
    p = 2 * stats.t.sf(t, n1 + n2 - 2)
    if 1e-12 < p < 0.999:
        assert conversions.sd_from_p(difference, p, n1, n2) == pytest.approx(sd, rel=1e-6)


@SOME
@given(st.lists(st.lists(st.floats(-10, 10), min_size=2, max_size=9), min_size=1, max_size=4))
def test_combined_arms_are_one_sample(arms):
    """The formula is exact: n, mean and SD of all patients together."""
    everyone = np.concatenate(arms)
    n, mean, sd = conversions.combine_arms(
        [len(a) for a in arms], [np.mean(a) for a in arms], [np.std(a, ddof=1) for a in arms]
    )
    assert n == everyone.size
    assert mean == pytest.approx(everyone.mean(), abs=1e-9)
    assert sd == pytest.approx(everyone.std(ddof=1), abs=1e-9)


@SOME
@given(st.integers(1, 300), st.data())
def test_a_count_is_given_only_when_it_is_the_only_one(n, data):
    x, decimals = data.draw(st.integers(0, n)), data.draw(st.integers(0, 2))
    percent = round(100 * x / n, decimals)
    fitting = [k for k in range(n + 1) if abs(100 * k / n - percent) <= 0.5 * 10**-decimals + 1e-9]
    assert x in fitting
    assert conversions.events_from_percent(percent, n, decimals) == (x if len(fitting) == 1 else None)


def test_a_percentage_that_no_count_gives_stays_one():
    assert conversions.events_from_percent(33.3, 10, 1) is None
    assert conversions.events_from_percent(50, 400, 0) is None
    assert conversions.events_from_percent(120, 10) is None
    assert conversions.events_from_percent(33.3, 12, 1) == 4


def test_change_sd_and_its_correlation_are_inverse():
    sd = conversions.change_sd(4.0, 5.0, 0.6)
    assert sd == pytest.approx(np.sqrt(16 + 25 - 24))
    assert conversions.correlation_from_sds(4.0, 5.0, sd) == pytest.approx(0.6)
    assert conversions.change_sd(4.0, 4.0, 1.0) == 0


def test_hazard_ratios_by_every_route_agree():
    """100 events, arms of 120: V = 25; log HR -0.5 has z = -2.5."""
    p = 2 * stats.norm.sf(2.5)
    by_p = conversions.log_hr_from_logrank_p(p, 100, 120, 120, favours_treated=True)
    assert by_p == (pytest.approx(-0.5), pytest.approx(1 / 25))
    assert conversions.log_hr_from_logrank(-12.5, 25.0) == (pytest.approx(-0.5), pytest.approx(1 / 25))
    hr, half = np.exp(-0.5), 1.959963985 / 5
    by_ci = conversions.log_ratio_from_ci(hr, np.exp(-0.5 - half), np.exp(-0.5 + half))
    assert by_ci == (pytest.approx(-0.5), pytest.approx(1 / 25))
    assert conversions.log_ratio_from_p(hr, p) == (pytest.approx(-0.5), pytest.approx(1 / 25))
    assert conversions.log_hr_from_logrank_p(p, 100, 120, 120, favours_treated=False)[0] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conversions.sd_from_se(-1, 10), "se must be positive, got -1"),
        (lambda: conversions.sd_from_se(1, 1), "at least 2 patients, got n = 1"),
        (lambda: conversions.sd_from_ci(5, 4, 10), "lower limit 5 is not below upper limit 4"),
        (lambda: conversions.sd_from_ci(4, 5, 10, dist="x"), "dist must be"),
        (lambda: conversions.sd_from_p(1, 0, 10, 10), "P must lie between 0 and 1, got 0"),
        (lambda: conversions.change_sd(1, 1, 1.2), "between -1 and 1, got 1.2"),
        (lambda: conversions.combine_arms([10], [1.0], [-1.0]), "cannot be combined"),
        (lambda: conversions.combine_arms([], [], []), "of every arm"),
        (lambda: conversions.looks_skewed(5, 20), "needs the range"),
        (lambda: conversions.mean_sd_from_quantiles([3, 2], [0.25, 0.75]), "do not rise"),
        (lambda: conversions.log_ratio_from_ci(0, 0.5, 2), "ratio must be positive, got 0"),
    ],
)
def test_impossible_numbers_are_refused(call, message):
    with pytest.raises(conversions.ConversionError, match=message):
        call()


def test_every_route_has_a_name_and_a_source():
    assert len(conversions.ROUTES) >= 18
    for name, route in conversions.ROUTES.items():
        assert route.__doc__, name
