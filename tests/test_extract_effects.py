"""Effects and p-values: intervals in every spelling, signs settled by the estimate, ratios without units."""

import pytest

from mscreview import extract
from mscreview.extract.effects.intervals import confidence_intervals, decimals
from mscreview.extract.effects.pvalues import p_values
from mscreview.project import Paths, read_protocol


def _effects(text):
    return [(f.measure, f.value, f.low, f.high) for f in extract.facts(text) if f.kind == "effect"]


@pytest.mark.parametrize("dash", ["-", "–", "−", " to ", ", ", "; ", " – ", "~", "至"])
def test_any_separator_gives_the_same_interval(dash):
    assert _effects(f"Risk fell (OR 0.62, 95% CI 0.41{dash}0.94).") == [("OR", 0.62, 0.41, 0.94)]


@pytest.mark.parametrize(
    "label", ["95% CI", "95%CI", "95 % CI:", "95% confidence interval", "95% C.I.", "95% CI =", "95%可信区间"]
)
def test_any_label_gives_the_same_interval(label):
    assert _effects(f"Score changed (MD 2.5, {label} 1.1 to 3.9).") == [("MD", 2.5, 1.1, 3.9)]


def test_a_sign_glued_to_the_label_is_kept_when_the_estimate_lies_between():
    assert _effects("Score fell (MD-4.0,95%CI-6.5至-1.5).") == [("MD", -4.0, -6.5, -1.5)]


def test_a_hyphen_after_the_label_is_no_sign_when_the_estimate_says_so():
    assert _effects("Score rose (MD 4.0, 95% CI-1.5 to 6.5).") in (
        [("MD", 4.0, -1.5, 6.5)],
        [("MD", 4.0, 1.5, 6.5)],
    )


def test_bounds_of_a_ratio_have_no_sign():
    assert _effects("Risk fell (HR 0.70, 95% CI-0.52-0.94).") == [("HR", 0.7, 0.52, 0.94)]


def test_brackets_alone_are_no_interval():
    assert _effects("Age was 54 (18-70) years and 23 (11-40) months passed.") == []


def test_an_interval_without_a_name_is_ambiguous_not_lost():
    (fact,) = [f for f in extract.facts("Something was 3.0 (95% CI 2.0 to 4.0).") if f.low == 2.0]
    assert fact.high == 4.0
    assert fact.kind != "effect" or fact.status == "ambiguous"


def test_a_second_unit_is_marked_as_the_same_quantity():
    text = "The treatment difference was -0.9 mmol/L (95% CI -1.2 to -0.6) or -16.2 mg/dL (95% CI -21.6 to -10.8)."
    rules = [f.rule for f in extract.facts(text) if f.kind == "effect"]
    assert [r.endswith("other unit") for r in rules] == [False, True]


def test_level_is_read():
    (interval,) = confidence_intervals("difference 1.0 (90% CI 0.2 to 1.8)")
    assert (interval.level, interval.low, interval.high, interval.estimate) == (0.9, 0.2, 1.8, 1.0)


@pytest.mark.parametrize(("text", "digits"), [("12", 0), ("1.50", 2), ("-0.047", 3)])
def test_decimals_as_printed(text, digits):
    assert decimals(text) == digits


def test_p_values_keep_sign_number_and_place():
    text = "a (p<0.05), b (P = .30), c (p > 0.9), d (P=NS), page 3"
    found = p_values(text)
    assert [(p.sign, p.value) for p in found] == [("<", 0.05), ("=", 0.3), (">", 0.9), ("=", None)]
    assert all(text[p.start : p.end] == p.text for p in found)


@pytest.mark.parametrize("text", ["P 12 patients", "group p was 3", "p = 7", "Ps of 45 and 60"])
def test_no_p_value_above_one(text):
    assert not p_values(text)


def test_thirteen_estimates_of_the_seed_page(shared):
    """MD and OR of the ten-year meta-analysis page, outcome, week and sign included (facts of issue 2)."""
    page = next((shared / "seeds").glob("001_*.txt")).read_text(encoding="utf-8")
    protocol = read_protocol(Paths().raw / "protocol.toml")
    found = {
        (f.measure, f.outcome, f.weeks, f.value, f.low, f.high)
        for f in extract.facts(page, protocol)
        if f.kind == "effect"
    }
    assert found == {
        ("OR", "survival", 8, 2.47, 1.38, 4.43),
        ("OR", "survival", 12, 2.21, 1.31, 3.74),
        ("MD", "meld", 4, -2.35, -3.41, -1.29),
        ("MD", "meld", 12, -3.41, -5.41, -1.40),
        ("MD", "meld", 24, -2.55, -3.32, -1.77),
        ("MD", "albumin", 4, 2.08, 1.53, 2.63),
        ("MD", "albumin", 12, 2.05, 0.43, 3.66),
        ("MD", "albumin", 24, 4.03, 3.26, 4.81),
        ("MD", "bilirubin", 2, -16.93, -29.64, -4.21),
        ("MD", "bilirubin", 12, -10.79, -21.34, -0.25),
        ("MD", "alt", 2, -12.53, -20.56, -4.5),
        ("MD", "ast", 4, -10.77, -20.50, -1.04),
        ("MD", "ast", 12, -25.48, -48.92, -2.04),
    }


TESTED = [
    ("Baseline scores were similar (A: 6.1; B: 6.0; P = .85).", "at baseline"),
    ("The arms did not differ in age at baseline (P = .31).", "at baseline"),
    ("治疗前两组评分差异无统计学意义(P>0.05)。", "at baseline"),
    ("Scores fell from baseline in both arms (P < .01).", "baseline"),
    ("Scores were lower than in the control group (P = .04).", "between"),
    ("Body mass changed the effect (P for interaction = .03).", "interaction"),
    ("More use went with fewer events (P for trend = .01).", "trend"),
    ("The two markers were correlated (r = 0.52, P = .003).", "correlation"),
    ("In the subgroup of older people the score fell more (P = .02).", "subgroup"),
    ("Scores similar in all, and in those with low mass at baseline (HR 0.44, P = .002).", ""),
]


@pytest.mark.parametrize(("text", "tested"), TESTED)
def test_a_p_value_says_what_it_tests(text, tested):
    found = [f for f in extract.facts(text) if f.kind == "p_value"]
    assert [f.comparator for f in found] == [tested]
    assert found[0].weeks == (0.0 if tested == "at baseline" else None)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("P < .05 was considered statistically significant.", "background"),
        ("Significance was set at P < .05.", "background"),
        ("以P<0.05为差异有统计学意义。", "background"),
        ("The fall was significant (P < .05).", "ok"),
        ("两组差异有统计学意义(P<0.05)。", "ok"),
    ],
)
def test_the_level_of_significance_is_no_result(text, status):
    assert [f.status for f in extract.facts(text) if f.kind == "p_value"] == [status]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The number needed to treat was 16.1 (95% CI 9.2-66.6).", ("NNT", 16.1, 9.2, 66.6)),
        ("The ratio of geometric means was 1.20 (95% CI 1.05 to 1.37).", ("ROM", 1.20, 1.05, 1.37)),
        ("Treatment effect ratio 1.02 (95% CI 0.93 to 1.13).", ("ROM", 1.02, 0.93, 1.13)),
    ],
)
def test_ratios_of_means_and_numbers_needed_are_no_differences(text, read):
    assert _effects(text) == [read]


@pytest.mark.parametrize(
    ("text", "estimate"),
    [
        ("The score was 14.8 ± 3.3 points (95% CI 14.1 to 15.3).", 14.8),
        ("The score was 14.8 +/- 3.3 (95% CI 14.1 to 15.3).", 14.8),
        ("Filtration changed by -17 mL/min/1.73 m2 (95% CI -61 to 26).", -17.0),
        ("Filtration changed by -17 mL/min per 1.73 m2 (95% CI -61 to 26).", -17.0),
    ],
)
def test_a_spread_or_a_unit_is_no_estimate(text, estimate):
    assert [i.estimate for i in confidence_intervals(text)] == [estimate]


def test_a_misprinted_interval_of_a_list_is_read_and_doubted():
    text = "Falls: hazard ratio 0.75 (95% CI 0.50 to 1.10) and relative risk 1.24 (1.02-1.1)."
    found = [(f.measure, f.value, f.low, f.high, f.status) for f in extract.facts(text) if f.kind == "effect"]
    assert found == [("HR", 0.75, 0.5, 1.1, "ok"), ("RR", 1.24, 1.02, 1.1, "ambiguous")]


def test_bounds_around_the_exact_middle_follow_a_labelled_interval():
    far = "Nothing else was seen in the people who took part in it. " * 5
    listed = [
        (i.estimate, i.low, i.high) for i in confidence_intervals(f"Fall 2 kg (95% CI 1 to 3). {far}Rise 9 cm (4-14).")
    ]
    assert listed == [(2.0, 1.0, 3.0), (9.0, 4.0, 14.0)]
    assert [i.estimate for i in confidence_intervals(f"Fall 2 kg (95% CI 1 to 3). {far}Rise 9 cm (4-19).")] == [2.0]
