"""Subgroups with their own and with a common tau2, and the test between them."""

import numpy as np
import pytest
from reference_numbers import disagreements, load

from mscreview import pool
from mscreview.pool import PoolError, subgroup

REFERENCE = load("subgroups")


def test_levels_and_tests_agree_with_the_reference():
    problems = []
    for r in REFERENCE["records"]:
        options = {"method": r["method"], "test": r["test"]}
        own = subgroup.subgroups(r["yi"], r["vi"], r["g"], **options)
        shared = subgroup.subgroups(r["yi"], r["vi"], r["g"], tau2="common", **options)
        assert list(own.table["level"]) == r["levels"]
        ours = {name: own.table[column].tolist() for name, column in (("beta", "est"), ("se", "se"), ("tau2", "tau2"))}
        ours |= {"Q_between": own.statistic, "Q_between_df": own.df[0], "Q_between_p": own.p}
        ours |= {"common_tau2": shared.table["tau2"].iloc[0], "common_QM": shared.statistic, "common_QMp": shared.p}
        problems += disagreements(ours, r, f"{r['dataset']} {r['group']} {r['method']} {r['test']}")
    assert not problems, "\n".join(problems)
    assert {r["method"] for r in REFERENCE["records"]} == {"EE", "DL", "PM", "REML"}


def test_q_between_of_many_analyses_is_that_of_each():
    rng = np.random.default_rng(3)
    est, se, analysis = rng.normal(size=9), rng.uniform(0.1, 1, 9), np.array(list("bbaaaccbb"))
    found = subgroup.q_between(est, se, analysis)
    for i, name in enumerate("abc"):
        alone = subgroup.q_between(est[analysis == name], se[analysis == name])
        assert (found.q[i], found.df[i], found.p[i]) == pytest.approx((alone.q[0], alone.df[0], alone.p[0]))


def test_a_level_without_a_standard_error_takes_no_part():
    with_blank = subgroup.q_between([0.1, 0.5, 9.0], [0.1, 0.2, np.nan])
    assert with_blank.df[0] == 1
    assert with_blank.q[0] == pytest.approx(0.4**2 / (0.1**2 + 0.2**2))
    assert np.isnan(subgroup.q_between([0.1], [0.1]).p[0])


def test_a_level_of_one_study_shows_that_study():
    found = subgroup.subgroups([0.1, 0.4, 0.9], [0.1, 0.1, 0.25], ["a", "a", "b"])
    assert found.table.loc[1, ["k", "est", "se"]].tolist() == [1, 0.9, 0.5]
    assert found.table.loc[0, "est"] == pool.fit([0.1, 0.4], [0.1, 0.1]).est


def test_what_makes_no_subgroups_is_refused():
    with pytest.raises(PoolError, match=r"without a level: rows \[1\]"):
        subgroup.subgroups([0.1, 0.2], [1, 1], ["a", None])
    with pytest.raises(PoolError, match="one level only: a"):
        subgroup.subgroups([0.1, 0.2], [1, 1], ["a", "a"])
    with pytest.raises(PoolError, match="tau2 must be one of"):
        subgroup.subgroups([0.1, 0.2], [1, 1], ["a", "b"], tau2="mixed")
