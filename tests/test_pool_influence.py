"""Residuals, deletion diagnostics, Baujat, best predictions."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference_numbers import disagreements, load

from mscreview import pool
from mscreview.pool import PoolError, influence

REFITS, DIAGNOSTICS = load("refits"), load("diagnostics")
COLUMNS = {"QE_del": "qe_del", "is_infl": "influential", "pred": "est", "pi_lb": "pi_low", "pi_ub": "pi_high"}
TABLES = {
    "rstandard": (influence.rstandard, ("resid", "se", "z")),
    "baujat": (influence.baujat, ("x", "y")),
    "blup": (influence.blup, ("pred", "se", "pi_lb", "pi_ub")),
    "ranef": (influence.random_effects, ("pred", "se")),
}
MEASURES = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "QE_del", "hat", "weight", "is_infl")


def fit(data, method):
    return pool.fit(**data, method=method, prediction=None, tau2_interval=None)


@pytest.mark.parametrize("dataset", REFITS["data"])
def test_influence_agrees_with_the_reference(dataset):
    problems, methods = [], set()
    for r in (r for r in REFITS["records"] if r["dataset"] == dataset and r["fn"] == "influence"):
        table, dfbetas = influence.influence(fit(REFITS["data"][dataset], r["method"]))
        ours = {name: table[COLUMNS.get(name, name)].to_numpy(float) for name in MEASURES}
        problems += disagreements(ours | {"dfbs": dfbetas.ravel()}, r, f"{dataset} {r['method']}")
        methods.add(r["method"])
    assert not problems, "\n".join(problems)
    assert methods == {"EE", "DL", "REML"}


@pytest.mark.parametrize("name", TABLES)
def test_residuals_and_predictions_agree_with_the_reference(name):
    compute, fields = TABLES[name]
    problems, compared = [], 0
    for r in (r for r in DIAGNOSTICS["records"] if r["fn"] == name):
        f = fit(DIAGNOSTICS["data"][r["dataset"]], r["method"])
        table = compute(f)
        ours = {field: table[COLUMNS.get(field, field)].to_numpy() for field in fields}
        if f.tau2 == 0 and name == "ranef":
            continue  # the reference stops at a tau2 of 1e-15 and shows its root
        problems += disagreements(ours, r, f"{r['dataset']} {r['method']} {name}")
        compared += 1
    assert not problems, "\n".join(problems)
    assert compared >= 6


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from(["EE", "DL", "REML", "PM"]), st.sampled_from(["z", "knha"]))
def test_deleted_models_are_those_fitted_without_the_study(seed, method, test):
    rng = np.random.default_rng(seed)
    k = int(rng.integers(5, 9))
    y, v = rng.normal(size=k), rng.uniform(0.05, 1, k)
    x = np.column_stack([np.ones(k), rng.normal(size=k)]) if seed % 2 else None
    f = pool.fit(y, v, X=x, method=method, test=test)
    s = influence.deleted(f).solution
    for i in range(k):
        rest = np.arange(k) != i
        alone = pool.fit(y[rest], v[rest], X=None if x is None else x[rest], method=method, test=test)
        assert s.beta[i] == pytest.approx(alone.beta, rel=1e-7, abs=1e-9)
        assert s.tau2[i] == pytest.approx(alone.tau2, rel=1e-7, abs=1e-9)
        assert s.vcov[i] == pytest.approx(alone.vcov, rel=1e-6, abs=1e-12)
    table = influence.influence(f).table
    assert (table["hat"] > 0).all()
    assert table["hat"].sum() == pytest.approx(f.beta.size)
    assert table["weight"].sum() == pytest.approx(100)


def test_a_study_alone_in_its_group_has_no_model_without_it():
    x = np.column_stack([np.ones(5), [1, 0, 0, 0, 0]])
    table, dfbetas = influence.influence(pool.fit([3.0, 0.1, 0.4, 0.2, 0.6], np.full(5, 0.1), X=x))
    assert table.loc[0, ["rstudent", "dffits", "cook_d"]].isna().all()
    assert not table.loc[0, "influential"]
    assert table.loc[1:, "rstudent"].notna().all()
    assert np.isnan(dfbetas[0]).all()


def test_refusals():
    with pytest.raises(PoolError, match="only 2 studies"):
        influence.influence(pool.fit([1, 2], [1, 1]))
    with pytest.raises(PoolError, match="no random effects"):
        influence.blup(pool.fit([1, 2, 3], [1, 1, 1], method="EE"))
    with pytest.raises(PoolError, match="one study"):
        influence.rstandard(pool.fit([1], [1]))
