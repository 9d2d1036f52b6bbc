"""Synthesis without effect sizes: sign test, combined p-values, what takes part and what is skipped."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from mscreview import tables
from mscreview.pool import PoolError, directions

P = st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=12)


@pytest.fixture
def table():
    columns = {
        "study_id": ["a", "b", "c", "d", "e", "f", "g"],
        "outcome": ["pain"] * 6 + ["sleep"],
        "window": ["w24"] * 7,
        "contrast": ["between"] * 7,
        "direction": ["better", "better", "worse", "no difference", "better", "mixed", "better"],
        "p": [0.01, 0.05, 0.3, 0.6, np.nan, 0.2, 0.5],
        "p_operator": ["=", "<", "=", "=", None, "=", ">"],
        "n": [20.0, 30.0, np.nan, 40.0, 50.0, 60.0, 70.0],
    }
    return pd.DataFrame(columns)


@settings(deadline=None, max_examples=60)
@given(P)
def test_combined_p_agree_with_scipy(p):
    assert directions.fisher(p) == pytest.approx(stats.combine_pvalues(p, "fisher").pvalue, rel=1e-9)
    if max(p) < 1:
        assert directions.stouffer(p) == pytest.approx(stats.combine_pvalues(p, "stouffer").pvalue, rel=1e-9)
        w = np.arange(1, len(p) + 1)
        assert directions.stouffer(p, w) == pytest.approx(stats.combine_pvalues(p, "stouffer", w).pvalue, rel=1e-9)


@settings(deadline=None, max_examples=60)
@given(P)
def test_edgington_is_the_distribution_of_a_sum_of_uniforms(p):
    found = directions.edgington(p)
    assert 0 <= found <= 1
    assert found + directions.edgington([1 - x if x < 1 else 1e-300 for x in p]) == pytest.approx(1, abs=1e-9)
    if len(p) == 1:
        assert found == p[0]
    if len(p) == 2:
        s = sum(p)
        assert found == pytest.approx(s * s / 2 if s <= 1 else 1 - (2 - s) ** 2 / 2, rel=1e-12)


def test_edgington_keeps_its_digits_for_many_studies():
    assert directions.edgington(np.full(60, 0.5)) == 0.5
    draws = np.random.default_rng(1).random((200_000, 40)).sum(axis=1)
    assert directions.edgington(np.full(40, 0.45)) == pytest.approx((draws <= 18).mean(), abs=0.004)


@pytest.mark.parametrize(("better", "worse"), [(8, 2), (0, 5), (7, 0), (1, 1), (13, 4)])
def test_the_sign_test_is_exact(better, worse):
    found = directions.sign_test(better, worse, level=0.9)
    exact = stats.binomtest(better, better + worse)
    interval = exact.proportion_ci(0.9, method="exact")
    assert float(found.p) == pytest.approx(exact.pvalue, rel=1e-12)
    assert (float(found.low), float(found.high)) == pytest.approx((interval.low, interval.high), rel=1e-9)


def test_no_study_with_a_direction_makes_no_sign_test():
    assert np.isnan([float(x) for x in directions.sign_test(0, 0)]).all()


def test_who_takes_part_in_what(table):
    found = directions.synthesise(table)
    pain, sleep = (found.table[found.table["outcome"] == o].iloc[0] for o in ("pain", "sleep"))
    assert pain[["k", "better", "worse", "undirected", "k_p", "k_weighted"]].tolist() == [6, 3, 1, 2, 3, 2]
    assert pain["share"] == 0.75
    one = [0.005, 0.025, 0.85]  # p / 2, its bound / 2, 1 - p / 2
    assert pain["p_fisher"] == pytest.approx(directions.fisher(one))
    assert pain["p_edgington"] == pytest.approx(directions.edgington(one))
    assert pain["p_weighted"] == pytest.approx(directions.stouffer(one[:2], np.sqrt([20, 30])))
    assert sleep["p_stouffer"] == 0.5  # p > 0.5 says nothing
    assert dict(found.skipped[["study_id", "reason"]].to_numpy()) == {
        "d": directions.NO_SIGN,
        "e": directions.NO_P,
        "f": directions.NO_SIGN,
    }


def test_directions_turned_round_turn_the_answer(table):
    turned = table.assign(direction=table["direction"].map({"better": "worse", "worse": "better"}).fillna("mixed"))
    a, b = (directions.synthesise(t).table.iloc[0] for t in (table, turned))
    assert (a["better"], a["worse"]) == (b["worse"], b["better"])
    assert a["share"] == pytest.approx(1 - b["share"])
    assert a["share_low"] == pytest.approx(1 - b["share_high"])
    for name in ("p_stouffer", "p_edgington", "p_weighted"):
        assert a[name] + b[name] == pytest.approx(1)


def test_a_bound_is_never_stronger_than_the_p_it_bounds():
    exact = directions.one_sided([0.001], ["better"], ["="])
    bound = directions.one_sided([0.05], ["better"], ["<"])
    above = directions.one_sided([0.05], ["better"], [">"])
    assert exact[0] < bound[0] < above[0] == 0.5


def test_it_reads_a_table_of_the_contract_as_files_give_it(table, tmp_path):
    full = table.assign(significant=[True, True, False, False, None, None, False], design="rct", sources="fact:1")
    tables.write(full, tmp_path / "directions.csv", "directions")
    from_file = tables.read(tmp_path / "directions.csv", "directions")
    ours, plain = (directions.synthesise(t) for t in (from_file, table))
    pd.testing.assert_frame_equal(ours.table, plain.table, check_dtype=False)
    assert len(ours.skipped) == len(plain.skipped) == 3
    assert len(directions.albatross(from_file)) == 3
    empty = tables.check(pd.DataFrame(columns=tables.contracts()["directions"].names), "directions")
    assert directions.synthesise(empty).table.empty


def test_albatross_draws_what_has_p_n_and_direction(table):
    drawn = directions.albatross(table)
    assert drawn["study_id"].tolist() == ["a", "b", "g"]
    assert drawn["bound"].tolist() == ["", "<", ">"]
    assert (drawn["sign"] == 1).all()


def test_contours_are_sample_sizes_of_that_effect():
    p = np.array([0.05, 0.001])
    n = directions.contour(0.5, p)
    # two arms of n / 2: the standard error of a standardised difference is 2 / sqrt(n)
    assert 2 * stats.norm.sf(0.5 / (2 / np.sqrt(n))) == pytest.approx(p)
    odds = directions.contour(np.log(2), p, measure="OR", risk=0.3)
    assert 2 * stats.norm.sf(np.log(2) / np.sqrt(4 / odds / 0.21)) == pytest.approx(p)
    assert directions.contour(0.5, 0.05, ratio=3.0) > n[0]


def test_everything_wrong_is_named_at_once(table):
    bad = pd.concat([table, table.iloc[[0]]], ignore_index=True)
    bad.loc[1, "p"], bad.loc[2, "direction"] = 1.5, "upwards"
    with pytest.raises(PoolError, match=r"b: p = 1.5; c: direction 'upwards'; a: twice in one group"):
        directions.synthesise(bad)
    with pytest.raises(PoolError, match="lacks column"):
        directions.synthesise(table.drop(columns="p_operator"))
    with pytest.raises(PoolError, match=r"p-values must lie in \(0, 1\]"):
        directions.fisher([0.0, 0.5])
    with pytest.raises(PoolError, match="needs a risk"):
        directions.contour(0.5, 0.05, measure="OR")
