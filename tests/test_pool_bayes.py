"""The Bayesian model by quadrature: against adaptive integration, a sampler, and what must hold for any data."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy import integrate, stats

from mscreview import pool
from mscreview.pool import PoolError, bayes

Y, V = np.array([-0.9, -0.1, 0.3]), np.array([0.1, 0.04, 0.2])
PRIORS = {
    "half-normal": (bayes.Prior("half-normal", 0.5), lambda t: np.exp(-2 * t * t), np.inf),
    "half-cauchy, mu": (bayes.Prior("half-cauchy", 0.3, 0.2, 1.5), lambda t: 1 / (1 + (t / 0.3) ** 2), np.inf),
    "uniform": (bayes.Prior("uniform", 0.8), lambda t: 1.0, 0.8),
    "uniform without bound, mu": (bayes.Prior("uniform", np.inf, 0.0, 2.0), lambda t: 1.0, np.inf),
}


def direct(prior, weight, upper, value):
    """E[value(tau, mean, variance of mu)] by scipy's adaptive integration over tau."""

    def joint(t, g):
        w = 1 / (V + t * t)
        own = 1 / prior.mu_sd**2
        p = w.sum() + own
        m = ((w * Y).sum() + own * prior.mu_mean) / p
        misfit = (w * (Y - m) ** 2).sum() + own * (m - prior.mu_mean) ** 2
        return weight(t) * np.sqrt(w.prod() / p) * np.exp(-0.5 * misfit) * g(t, m, 1 / p)

    edges = [0.0, 0.3, upper] if np.isfinite(upper) else [0.0, 0.3, 1.0, 3.0, np.inf]

    def total(g):
        pairs = itertools.pairwise(edges)
        return sum(integrate.quad(joint, a, b, (g,), epsabs=0, epsrel=1e-12, limit=200)[0] for a, b in pairs)

    return total(value) / total(lambda t, m, s2: 1.0)


@pytest.mark.parametrize("name", PRIORS)
def test_posteriors_agree_with_adaptive_integration(name):
    prior, weight, upper = PRIORS[name]
    table, _ = bayes.posterior(Y, V, prior, better="lower")
    if name != "uniform without bound, mu":  # there quad struggles with the tail
        assert table.loc["tau", "mean"] == pytest.approx(direct(prior, weight, upper, lambda t, m, s2: t), rel=1e-8)
    assert table.loc["mu", "mean"] == pytest.approx(direct(prior, weight, upper, lambda t, m, s2: m), rel=1e-8)
    for row, extra in (("mu", 0.0), ("new", 1.0)):
        for column, p in (("low", 0.025), ("median", 0.5), ("high", 0.975)):
            at = table.loc[row, column]

            def below(t, m, s2, at=at, extra=extra):
                return stats.norm.cdf(at, m, np.sqrt(s2 + extra * t * t))

            assert direct(prior, weight, upper, below) == pytest.approx(p, abs=1e-8)
        benefit = direct(prior, weight, upper, lambda t, m, s2, e=extra: stats.norm.cdf(0, m, np.sqrt(s2 + e * t * t)))
        assert table.loc[row, "p_benefit"] == pytest.approx(benefit, rel=1e-8)
    for column, p in (("low", 0.025), ("median", 0.5), ("high", 0.975)):
        edge = table.loc["tau", column]
        share = direct(prior, weight, upper, lambda t, m, s2, e=edge: float(t <= e))
        assert share == pytest.approx(p, abs=1e-5)  # a step inside the integrand costs `quad` digits


def test_shortest_intervals_hold_their_mass_and_are_shorter():
    prior = bayes.Prior("half-normal", 0.5)
    central, grid = bayes.posterior(Y, V, prior)
    shortest, _ = bayes.posterior(Y, V, prior, interval="shortest")
    for row in ("mu", "tau", "new"):
        width = [t.loc[row, "high"] - t.loc[row, "low"] for t in (central, shortest)]
        assert width[1] < width[0]
    at = np.linspace(shortest.loc["mu", "low"], shortest.loc["mu", "high"], 4001)
    height = grid.density("mu", at)
    assert integrate.simpson(height, x=at) == pytest.approx(0.95, abs=1e-8)
    assert height[0] == pytest.approx(height[-1], rel=1e-5)  # a shortest interval ends at equal heights
    assert shortest.loc["tau", "low"] == pytest.approx(0, abs=1e-9)


def test_groups_give_what_one_analysis_gives():
    rng = np.random.default_rng(6)
    sizes = {"a": 1, "b": 2, "c": 7, "d": 3, "e": 30}
    effects = pd.DataFrame({"outcome": np.repeat(list(sizes), list(sizes.values()))})
    effects["yi"], effects["vi"] = rng.normal(size=len(effects)), rng.uniform(0.01, 1, len(effects))
    prior = bayes.Prior("half-cauchy", 0.5, 0.0, 4.0)
    table = bayes.groups(effects.sample(frac=1, random_state=1), ["outcome"], prior, better="higher").set_index(
        "outcome"
    )
    for name, part in effects.groupby("outcome"):
        alone, _ = bayes.posterior(part["yi"], part["vi"], prior, better="higher")
        assert table.loc[name, "k"] == sizes[name]
        for row in ("mu", "tau", "new"):
            for column in ("mean", "median", "sd", "low", "high"):
                assert table.loc[name, f"{row}_{column}"] == pytest.approx(alone.loc[row, column], rel=1e-7, abs=1e-9)
        assert table.loc[name, "mu_p_benefit"] == pytest.approx(alone.loc["mu", "p_benefit"], rel=1e-9)


def test_one_study_leaves_tau_at_its_prior():
    table, _ = bayes.posterior([0.4], [0.09], bayes.Prior("half-normal", 0.5))
    assert table.loc["tau", "median"] == pytest.approx(0.5 * stats.norm.ppf(0.75), rel=1e-9)
    assert table.loc["mu", "mean"] == pytest.approx(0.4)


def test_moments_that_do_not_exist_are_not_numbers():
    """Posterior tails of tau: power k - 1 of the likelihood under a flat prior of mu, 2 of the half-Cauchy."""
    two, _ = bayes.posterior(Y[:2], V[:2], bayes.Prior("half-cauchy", 0.5))
    assert np.isfinite(two["mean"]).all()
    assert np.isinf(two["sd"]).all()
    one, _ = bayes.posterior(Y[:1], V[:1], bayes.Prior("half-cauchy", 0.5))
    assert np.isinf(one.loc["tau", "mean"])
    assert one.loc[["mu", "new"], "mean"].isna().all()
    held, _ = bayes.posterior(Y[:1], V[:1], bayes.Prior("half-cauchy", 0.5, 0.0, 1.0))
    assert np.isfinite(held.loc["mu", ["mean", "sd"]].to_numpy(float)).all()
    assert np.isinf(held.loc["tau", "sd"])
    three, _ = bayes.posterior(Y, V, bayes.Prior("uniform", np.inf))
    assert np.isinf(three.loc["tau", "mean"])
    four, _ = bayes.posterior(Y[:2], V[:2], bayes.Prior("half-normal", 0.5))
    assert np.isfinite(four[["mean", "sd"]].to_numpy()).all()


def test_many_studies_bring_the_likelihood_to_rule():
    rng = np.random.default_rng(2)
    y, v = rng.normal(0.3, 0.5, 3000), rng.uniform(0.01, 0.1, 3000)
    table, _ = bayes.posterior(y, v, bayes.Prior("half-cauchy", 1.0))
    f = pool.fit(y, v)
    assert table.loc["mu", "median"] == pytest.approx(f.est, abs=1e-4)
    assert table.loc["tau", "median"] == pytest.approx(np.sqrt(f.tau2), rel=2e-3)
    assert (table.loc["mu", "low"], table.loc["mu", "high"]) == pytest.approx(tuple(f.ci[0]), abs=1e-3)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.floats(-3, 3), st.sampled_from([1e-6, 1e-2, 1e3, 1e6]), st.integers(2, 6))
def test_shift_scale_and_order(seed, shift, scale, k):
    rng = np.random.default_rng(seed)
    y, v = rng.normal(size=k), 10 ** rng.uniform(-3, 1, k)
    a, _ = bayes.posterior(y, v, bayes.Prior("half-normal", 0.5))
    order = rng.permutation(k)
    moved = (scale * (y + shift))[order]
    b, _ = bayes.posterior(moved, (scale**2 * v)[order], bayes.Prior("half-normal", 0.5 * scale))
    for column in ("median", "low", "high"):
        assert b.loc["tau", column] / scale == pytest.approx(a.loc["tau", column], rel=1e-6, abs=1e-9)
        for row in ("mu", "new"):
            assert b.loc[row, column] / scale == pytest.approx(a.loc[row, column] + shift, rel=1e-7, abs=1e-7)
    for t in (a, b):
        assert (t["low"] <= t["median"]).all()
        assert (t["median"] <= t["high"]).all()
        assert t.loc["new", "high"] - t.loc["new", "low"] > t.loc["mu", "high"] - t.loc["mu", "low"]


def test_everything_wrong_is_named_at_once():
    with pytest.raises(PoolError, match=r"unknown prior 'flat'.*positive, got -1.*positive sd.*level in"):
        bayes.posterior(Y, V, bayes.Prior("flat", -1.0, 0.0, 0.0), level=2)
    with pytest.raises(PoolError, match="needs 3 studies here, got 2"):
        bayes.posterior(Y[:2], V[:2], bayes.Prior("uniform", np.inf))
    with pytest.raises(PoolError, match="row 1"):
        bayes.posterior(Y, [0.1, 0.0, 0.2], bayes.Prior())


def test_a_sampler_finds_the_same():
    """PyMC (extra `bayes`): within five Monte Carlo standard errors."""
    pm = pytest.importorskip("pymc")
    with pm.Model():
        mu, tau = pm.Normal("mu", 0.2, 1.5), pm.HalfNormal("tau", 0.5)
        z = pm.Normal("z", 0, 1, shape=3)
        pm.Normal("y", mu + tau * z, np.sqrt(V), observed=Y)
        draws = pm.sample(4000, chains=2, cores=1, random_seed=1, progressbar=False, target_accept=0.99)
    table, _ = bayes.posterior(Y, V, bayes.Prior("half-normal", 0.5, 0.2, 1.5))
    for name in ("mu", "tau"):
        sample = draws.posterior[name].to_numpy().ravel()
        error = 5 * sample.std() / np.sqrt(1500)  # draws are worth less than their number
        assert table.loc[name, "mean"] == pytest.approx(sample.mean(), abs=error)
        assert table.loc[name, "sd"] == pytest.approx(sample.std(), rel=0.1)
