"""Variances from 1e-12 to 1e12, equal effects, two studies: an answer that holds together, or one clear refusal."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from mscreview import pool
from mscreview.pool import (
    PoolError,
    bayes,
    henmi_copas,
    influence,
    permutation,
    publication,
    robustness,
    small_study,
    trimfill,
)

pytestmark = pytest.mark.filterwarnings("error")


@st.composite
def studies(draw):
    rng = np.random.default_rng(draw(st.integers(0, 100_000)))
    k, spread = int(rng.integers(2, 10)), draw(st.sampled_from([0, 2, 6, 12]))
    y = rng.normal(size=k) * 10 ** rng.uniform(-3, 3)
    return (np.full(k, y[0]) if draw(st.booleans()) and k > 3 else y), 10 ** rng.uniform(-spread, spread, k)


@settings(deadline=None, max_examples=60)
@given(studies(), st.sampled_from(["EE", "DL", "REML", "PM"]))
def test_refits_hold_together(data, method):
    y, v = data
    for table in (robustness.leave_one_out(y, v, method=method), robustness.cumulative(y, v, method=method)):
        assert np.isfinite(table.drop(columns="label").to_numpy(float)).all()
        assert (table["tau2"] >= 0).all()
        assert ((table["ci_low"] <= table["est"]) & (table["est"] <= table["ci_high"])).all()
        assert ((table["est"] >= y.min() - 1e-9 * abs(y).max()) & (table["est"] <= y.max() + 1e-9 * abs(y).max())).all()
    assert (robustness.gosh(y, v, method=method).table["tau2"] >= 0).all()


@settings(deadline=None, max_examples=60)
@given(studies())
def test_one_answer_or_one_refusal(data):
    y, v = data
    f = pool.fit(y, v)
    for call in (
        lambda: influence.influence(f),
        lambda: influence.baujat(f),
        lambda: trimfill.trimfill(y, v, side="left"),
        lambda: small_study.regtest(y, v),
        lambda: small_study.pet_peese(y, v),
        lambda: small_study.ranktest(y, v),
        lambda: publication.excess_significance(y, v),
    ):
        try:
            call()
        except PoolError as refusal:
            assert len(str(refusal)) > 10
    h = henmi_copas.henmi_copas(y, v)
    assert h.ci_low <= h.est <= h.ci_high
    assert 0 < permutation.permutation(y, v, method="DL", seed=0, most=64).p[0] <= 1
    n = publication.fail_safe_n(y, v)
    assert n.n >= 0


@settings(deadline=None, max_examples=25)
@given(studies(), st.sampled_from([1e-3, 1.0, 1e3]), st.sampled_from(["half-normal", "half-cauchy", "uniform"]))
def test_posteriors_are_finite_and_ordered(data, scale, name):
    table, _ = bayes.posterior(*data, bayes.Prior(name, scale))
    values = table[["low", "median", "high"]].to_numpy()
    assert np.isfinite(values).all()
    assert (np.diff(values, axis=1) >= 0).all()
    assert table.loc["tau", "low"] >= 0
    if name == "uniform":
        assert table.loc["tau", "high"] <= scale
