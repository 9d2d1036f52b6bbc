"""Leave-one-out, cumulative, all subsets, and the multiverse."""

import itertools

import numpy as np
import pandas as pd
import pytest
from reference_numbers import disagreements, load

from mscreview import pool
from mscreview.pool import PoolError, multiverse, robustness

REFERENCE = load("refits")
NAMES = {"estimate": "est", "zval": "stat", "pval": "p", "ci_lb": "ci_low", "ci_ub": "ci_high", "Q": "q", "Qp": "q_p"}
NAMES |= {"se": "se", "tau2": "tau2", "I2": "i2", "H2": "h2"}
REFITS = {"leave1out": robustness.leave_one_out, "cumul": robustness.cumulative}


@pytest.mark.parametrize("dataset", REFERENCE["data"])
@pytest.mark.parametrize("fn", REFITS)
def test_refits_agree_with_the_reference(dataset, fn):
    problems, methods = [], set()
    for r in (r for r in REFERENCE["records"] if r["dataset"] == dataset and r["fn"] == fn):
        table = REFITS[fn](**REFERENCE["data"][dataset], method=r["method"])
        ours = {name: table[column].to_numpy() for name, column in NAMES.items()}
        problems += disagreements(ours, r, f"{dataset} {r['method']} {fn}")
        methods.add(r["method"])
    assert not problems, "\n".join(problems)
    assert methods == {"EE", "DL", "REML"}


def test_cumulative_follows_the_order_asked_for():
    table = robustness.cumulative(
        [3.0, 1.0, 2.0], [1.0, 1.0, 1.0], order=[2020, 2001, 2010], labels=["c", "a", "b"], method="EE", test="z"
    )
    assert table["label"].tolist() == ["a", "b", "c"]
    assert table["est"].tolist() == pytest.approx([1.0, 1.5, 2.0])
    assert table["k"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("method", ["EE", "DL", "REML"])
def test_gosh_is_every_subset_fitted_alone(method):
    rng = np.random.default_rng(1)
    y, v = rng.normal(size=6), rng.uniform(0.02, 0.4, 6)
    found = robustness.gosh(y, v, method=method)
    assert found.exact
    assert len(found.table) == 2**6 - 1
    assert len(np.unique(found.members, axis=0)) == 2**6 - 1
    for row, members in zip(found.table.itertuples(), found.members, strict=True):
        f = pool.fit(y[members], v[members], method=method)
        assert row.k == members.sum()
        assert row.est == pytest.approx(f.est, rel=1e-9, abs=1e-12)
        if row.k > 1:
            assert (row.tau2, row.q, row.i2) == pytest.approx((f.tau2, f.q, f.i2), rel=1e-7, abs=1e-9)


def test_gosh_samples_by_seed_above_twenty_studies():
    y, v = np.linspace(0, 1, 21), np.full(21, 0.1)
    a, b = (robustness.gosh(y, v, method="DL", subsets=500, seed=4) for _ in range(2))
    assert not a.exact
    assert len(a.table) == 500
    assert a.table["est"].equals(b.table["est"])
    assert a.members.any(axis=1).all()
    assert abs(a.table["k"].mean() - 10.5) < 0.5
    with pytest.raises(PoolError, match="give a seed"):
        robustness.gosh(y, v)


def test_one_study_is_refused():
    for call in (robustness.leave_one_out, robustness.gosh):
        with pytest.raises(PoolError, match="one study"):
            call([1.0], [1.0])


@pytest.fixture
def effects():
    rng = np.random.default_rng(5)
    cells = [(o, m, k) for o, k in (("a", 6), ("b", 3)) for m in ("MD", "SMD")]
    parts = [
        pd.DataFrame({"outcome": o, "measure": m, "yi": rng.normal(size=k), "vi": rng.uniform(0.02, 0.3, k)})
        for o, m, k in cells
    ]
    return pd.concat(parts, ignore_index=True)


def test_the_multiverse_is_every_combination_fitted_alone(effects):
    rules = {"precise": (effects["vi"] < 0.15).to_numpy(), "none": np.zeros(len(effects), dtype=bool)}
    methods, tests = ("EE", "DL", "REML"), ("z", "knha")
    table = multiverse.multiverse(effects, by=["outcome"], rules=rules, methods=methods, tests=tests)
    want = set(itertools.product("ab", ("MD", "SMD"), ("all", "precise", "none"), (*methods[1:], None), tests))
    want = {c for c in want if c[3] or c[4] == "z"}
    have = table[["outcome", "measure", "rule", "tau2_method", "ci_method"]].itertuples(index=False, name=None)
    assert {tuple(None if pd.isna(x) else x for x in row) for row in have} == want
    assert len(table) == len(want)
    masks = rules | {"all": np.ones(len(effects), dtype=bool)}
    for row in table.itertuples():
        part = effects[masks[row.rule] & effects["outcome"].eq(row.outcome) & effects["measure"].eq(row.measure)]
        assert row.k == len(part)
        if row.k < 2:
            assert row.note
            assert np.isnan(row.est) == (row.k == 0)
            continue
        f = pool.fit(part["yi"], part["vi"], method=row.tau2_method or "EE", test=row.ci_method)
        assert (row.est, row.ci_low, row.ci_high) == pytest.approx((f.est, *f.ci[0]), rel=1e-8)
        assert row.tau2 == pytest.approx(f.tau2, abs=1e-9)


def test_the_multiverse_refuses_what_it_cannot_read(effects):
    with pytest.raises(PoolError, match="lacks column"):
        multiverse.multiverse(effects.drop(columns="measure"))
    with pytest.raises(PoolError, match="rule 'few'"):
        multiverse.multiverse(effects, rules={"few": [True]})
    with pytest.raises(PoolError, match="unknown method 'XX'"):
        multiverse.multiverse(effects, methods=["XX"])
