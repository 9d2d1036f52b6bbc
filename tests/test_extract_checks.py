"""Checks: each flag is raised by numbers that disagree and by nothing that print rounding explains."""

import math

import pytest

from mscreview import extract
from mscreview.extract import checks


def _flags(text, kind):
    return {flag for f in extract.facts(text) if f.kind == kind for flag in f.checks}


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("The odds ratio was 2.9 (95% CI 1.1 to 2.5).", checks.OUTSIDE),
        ("The odds ratio was 1.6 (95% CI 2.5 to 1.1).", checks.REVERSED),
        ("The odds ratio was 1.2 (95% CI 1.1 to 2.5).", checks.ASYMMETRIC),
        ("The odds ratio was 0.09 (95% CI 0 to 0.8).", checks.NO_LOGARITHM),
        ("The odds ratio was 3.455 (95% CI 0.337 to 54.294).", checks.ASYMMETRIC),
        ("The mean difference was 3.0 (95% CI 2.9 to 9.9).", checks.ASYMMETRIC),
        ("The odds ratio was 1.66 (95% CI 1.10 to 2.50; p = 0.60).", checks.P_DISAGREES),
        ("The hazard ratio was 1.10 (95% CI 0.80 to 1.51; p < 0.001).", checks.P_DISAGREES),
    ],
)
def test_an_effect_that_disagrees_is_flagged(text, flag):
    assert _flags(text, "effect") == {flag}


@pytest.mark.parametrize(
    "text",
    [
        "The odds ratio was 1.66 (95% CI 1.10 to 2.50; p = 0.016).",
        "The mean difference was -2.4 (95% CI -3.6 to -1.2; p < 0.001).",
        "The hazard ratio was 0.9 (95% CI 0.6 to 1.3; p = 0.58).",
    ],
)
def test_an_effect_that_agrees_is_not_flagged(text):
    assert _flags(text, "effect") == set()


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("1.66 (95% CI 1.10 to 2.50)", "ok"),
        ("3.455 (95% CI 0.337 to 54.294)", "ambiguous"),  # exact interval of few events: no standard error follows
        ("0.09 (95% CI 0 to 0.8)", "ok"),
        ("1.6 (95% CI 2.5 to 1.1)", "ok"),  # printed the other way round
        ("2.9 (95% CI 1.1 to 2.5)", "ambiguous"),
        ("1 (95% CI 0.7 to .32)", "ambiguous"),
        ("1.34 (95% CI 0.95 to 1.64)", "ambiguous"),
    ],
)
def test_an_effect_that_cannot_be_right_is_doubtful(printed, status):
    found = [f.status for f in extract.facts(f"The odds ratio was {printed}.") if f.kind == "effect"]
    assert found == [status]


def test_flags_never_change_the_numbers():
    (fact,) = [f for f in extract.facts("The odds ratio was 2.9 (95% CI 1.1 to 2.5).") if f.kind == "effect"]
    assert (fact.value, fact.low, fact.high) == (2.9, 1.1, 2.5)


def test_percent_that_is_not_events_over_n():
    assert checks.PERCENT_DIFFERS in _flags("RESULTS: Relapse was seen in 9/45 (25.0%) and 9/40 (22.5%).", "percent")
    assert _flags("RESULTS: Relapse was seen in 9/45 (20.0%) and 9/40 (22.5%).", "percent") == set()


def test_more_events_than_people():
    assert checks.TOO_MANY in _flags("RESULTS: Relapse occurred in 48 of 45 patients in the trained group.", "events")


@pytest.mark.parametrize(
    ("percent", "digits", "n", "possible"),
    [
        (33.3, 1, 24, True),
        (33.3, 1, 23, False),
        (50, 0, 7, False),
        (43, 0, 7, True),
        (0.0, 1, 9, True),
        (100, 0, 3, True),
    ],
)
def test_percentages_a_whole_number_can_give(percent, digits, n, possible):
    assert checks.possible_percent(percent, digits, n) is possible


def test_symmetry_is_geometric_for_ratios_only():
    assert checks.symmetric(2.0, 1.0, 4.0, (1, 1, 1), ratio=True)
    assert not checks.symmetric(2.0, 1.0, 4.0, (1, 1, 1), ratio=False)
    assert checks.symmetric(2.5, 1.0, 4.0, (1, 1, 1), ratio=False)


def test_p_from_interval_gives_the_published_example():
    """Altman & Bland 2011 (doi:10.1136/bmj.d2304): ratio 0.81, 95% CI 0.70 to 0.94 gives z = -2.80 and p = 0.005."""
    assert checks.p_from_interval(0.81, 0.70, 0.94, 0.95, ratio=True) == pytest.approx(0.005, abs=0.0005)


def test_p_from_interval_of_a_difference_on_the_border():
    assert checks.p_from_interval(1.0, 0.0, 2.0, 0.95, ratio=False) == pytest.approx(0.05, abs=1e-9)
    assert checks.p_from_interval(1.0, 1.0, 1.0, 0.95, ratio=False) is None
    assert checks.p_from_interval(1.0, 0.0, math.e, 0.95, ratio=True) is None


def test_spreads_too_small_for_the_difference_look_like_standard_errors():
    text = (
        "METHODS: Adults were randomised to training (n = 40) or to control (n = 41). RESULTS: At 12 weeks mean strength "
        "was {} kg in the training group and {} kg in the control group (p = 0.04)."
    )
    assert checks.LIKE_SE in _flags(text.format("31.2 ± 0.5", "28.4 ± 0.6"), "mean")
    assert checks.LIKE_SE not in _flags(text.format("31.2 ± 4.5", "28.4 ± 4.9"), "mean")
