"""Effect sizes against reference numbers, their refusals and their way back."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference_numbers import disagreements, load

from mscreview.effects import measures
from mscreview.effects.columns import EffectsError

REFERENCE = load("effect_sizes")
COMPARED = {r["measure"] for r in REFERENCE["records"]}

# formulas without reference numbers at hand: each has a test of its own below
OWN_TEST = {"IRR", "IRD", "IRSD", "IR", "IRLN", "IRS", "IRFT", "HR", "RATIO", "COR", "ZCOR", "GEN"}


@pytest.mark.parametrize("measure", sorted(COMPARED))
def test_measures_agree_with_the_reference(measure):
    problems = []
    for record in (r for r in REFERENCE["records"] if r["measure"] == measure):
        columns = REFERENCE["data"][record["input"]]
        yi, vi = measures.compute(measure, on_missing="nan", **record["args"], **columns)
        problems += disagreements({"yi": yi, "vi": vi}, record, f"{record['input']} {record['args']}")
    assert not problems, "\n".join(problems)


def test_every_measure_and_variance_is_compared_or_tested_here():
    assert set(measures.MEASURES) == COMPARED | OWN_TEST
    for measure in COMPARED:
        tried = {r["args"].get("vtype", "LS") for r in REFERENCE["records"] if r["measure"] == measure}
        left = set(measures.MEASURES[measure].vtypes) - tried - {"UB"}
        assert not left, (measure, left)


def test_unbiased_variance_of_proportions_divides_by_n_minus_one():
    _, vi = measures.compute("PR", vtype="UB", xi=[3], mi=[7])
    assert vi[0] == pytest.approx(0.3 * 0.7 / 9)
    _, vi = measures.compute("RD", vtype="UB", ai=[3], bi=[7], ci=[5], di=[5])
    assert vi[0] == pytest.approx(0.21 / 9 + 0.25 / 9)


def test_rates():
    pair = {"x1i": [12], "t1i": [100.0], "x2i": [20], "t2i": [110.0]}
    yi, vi = measures.compute("IRR", **pair)
    assert (yi[0], vi[0]) == (pytest.approx(np.log(0.12 * 110 / 20)), pytest.approx(1 / 12 + 1 / 20))
    yi, vi = measures.compute("IRD", **pair)
    assert (yi[0], vi[0]) == (pytest.approx(0.12 - 20 / 110), pytest.approx(12 / 1e4 + 20 / 110**2))
    yi, vi = measures.compute("IRSD", **pair)
    assert (yi[0], vi[0]) == (pytest.approx(0.12**0.5 - (20 / 110) ** 0.5), pytest.approx(1 / 400 + 1 / 440))
    one = {"xi": [12], "ti": [100.0]}
    expected = {
        "IR": (0.12, 0.0012),
        "IRLN": (np.log(0.12), 1 / 12),
        "IRS": (0.12**0.5, 1 / 400),
        "IRFT": ((0.12**0.5 + 0.13**0.5) / 2, 1 / 400),
    }
    for measure, numbers in expected.items():
        assert [x[0] for x in measures.compute(measure, **one)] == pytest.approx(list(numbers))
    yi, vi = measures.compute("IRR", **(pair | {"x1i": [0]}))
    assert vi[0] == pytest.approx(1 / 0.5 + 1 / 20.5)


def test_reported_ratios():
    yi, vi = measures.compute("HR", est=[0.5], ci_low=[0.25], ci_high=[1.0])
    assert yi[0] == pytest.approx(np.log(0.5))
    assert np.sqrt(vi[0]) == pytest.approx(np.log(4) / (2 * 1.959963985))
    assert measures.compute("RATIO", est=[0.5], ci_low=[0.25], ci_high=[1.0], level=0.9)[1] > vi
    with pytest.raises(EffectsError, match="row 0: HR has no usable effect"):
        measures.compute("HR", est=[0.5], ci_low=[1.0], ci_high=[0.25])


def test_correlations_and_generic():
    yi, vi = measures.compute("ZCOR", ri=[0.5], ni=[28])
    assert (yi[0], vi[0]) == (pytest.approx(np.arctanh(0.5)), pytest.approx(1 / 25))
    yi, vi = measures.compute("COR", ri=[0.5], ni=[28])
    assert (yi[0], vi[0]) == (0.5, pytest.approx(0.75**2 / 27))
    assert [x[0] for x in measures.compute("GEN", yi=[0.3], vi=[0.1])] == [0.3, 0.1]


def test_zero_cells_follow_add_to_and_drop00():
    table = {"ai": [0, 5, 0], "bi": [10, 5, 10], "ci": [3, 4, 0], "di": [7, 6, 10]}
    plain, _ = measures.compute("OR", on_missing="nan", to="none", **table)
    assert np.isnan(plain).tolist() == [True, False, True]
    only0, _ = measures.compute("OR", **table)
    assert only0[1] == plain[1]
    assert only0[0] == pytest.approx(np.log(0.5 * 7.5 / (10.5 * 3.5)))
    every, _ = measures.compute("OR", to="all", **table)
    assert every[1] == pytest.approx(np.log(5.5 * 6.5 / (5.5 * 4.5)))
    assert (measures.compute("OR", to="if0all", **table)[0] == every).all()
    dropped, _ = measures.compute("OR", drop00=True, **table)
    assert np.isnan(dropped).tolist() == [False, False, True]
    with pytest.raises(EffectsError, match="unknown to = 'some'"):
        measures.compute("OR", to="some", **table)


def test_group_sizes_stand_for_non_events():
    a = measures.compute("RR", ai=[4], bi=[119], ci=[11], di=[128])
    b = measures.compute("RR", ai=[4], n1i=[123], ci=[11], n2i=[139])
    assert a == b
    with pytest.raises(EffectsError, match=r"row 0 \(wang2018\): bi = -1 is not zero or more"):
        measures.compute("RR", ai=[4], n1i=[3], ci=[11], n2i=[139], labels=["wang2018"])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"sd1i": [2, 0, 2]}, "row 1: sd1i = 0 is not positive"),
        ({"m2i": [1, 1, np.nan], "n1i": [1, 9, 9]}, "row 0: n1i = 1 is not 2 or more; row 2: m2i = nan"),
        ({"n2i": [9, 9]}, "one length"),
        ({"extra": [1, 1, 1]}, "not known: extra"),
    ],
)
def test_impossible_columns_are_refused_all_at_once(columns, message):
    good = {"m1i": [1, 2, 3], "sd1i": [1, 1, 1], "n1i": [9, 9, 9], "m2i": [1, 1, 1], "sd2i": [1, 1, 1]}
    with pytest.raises(EffectsError, match=message):
        measures.compute("MD", **(good | {"n2i": [9, 9, 9]} | columns))


def test_unknown_names_are_refused():
    with pytest.raises(EffectsError, match="unknown measure 'XX'"):
        measures.compute("XX")
    with pytest.raises(EffectsError, match="vtype 'ZZ'"):
        measures.compute("MD", vtype="ZZ")
    with pytest.raises(EffectsError, match="missing: bi, ci, di"):
        measures.compute("OR", ai=[1])


def test_no_variance_no_effect():
    """Both arms without spread on this scale: refused by name, or NaN where that is asked for."""
    table = {"ai": [10], "bi": [0], "ci": [10], "di": [0]}
    with pytest.raises(EffectsError, match="row 0: RD has no usable effect"):
        measures.compute("RD", to="none", **table)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 40), st.integers(1, 60))
def test_proportions_come_back(x, more):
    n = x + more
    for measure in ("PR", "PAS", "PFT"):
        yi, _ = measures.compute(measure, on_missing="nan", add=0.0, to="none", xi=[x], mi=[more])
        back = measures.back_transform(measure, yi, n=[n])
        assert back[0] == pytest.approx(x / n, abs=1e-9)
    if x:
        for measure in ("PLN", "PLO", "PRZ"):
            yi, _ = measures.compute(measure, xi=[x], mi=[more])
            assert measures.back_transform(measure, yi)[0] == pytest.approx(x / n)


def test_back_transforms_stay_inside_the_scale():
    assert measures.back_transform("PAS", [-0.2, 2.0]).tolist() == [0.0, 1.0]
    assert measures.back_transform("PFT", [-0.2, 2.0], n=20) == pytest.approx([0.0, 1.0], abs=1e-12)
    assert measures.back_transform("ZCOR", [0.0])[0] == 0
    assert measures.back_transform("MD", [-3.0])[0] == -3
    yi, _ = measures.compute("IRFT", xi=[7], ti=[50.0])
    assert measures.back_transform("IRFT", yi, n=[50.0])[0] == pytest.approx(7 / 50)
    assert measures.back_transform("IRS", [0.3])[0] == pytest.approx(0.09)
    with pytest.raises(EffectsError, match="PFT: the back-transform needs n"):
        measures.back_transform("PFT", [0.5])
