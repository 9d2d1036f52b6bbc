"""Funnel asymmetry, trim and fill, fail-safe N, excess significance, Henmi-Copas."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings, strategies as st
from reference_numbers import disagreements, load
from scipy import integrate, stats

from mscreview.pool import PoolError, henmi_copas, publication, small_study, trimfill

ASYMMETRY, DIAGNOSTICS, TRIMFILL = load("asymmetry"), load("diagnostics"), load("trimfill")


def diagnostics(name):
    records = [r for r in DIAGNOSTICS["records"] if r["fn"] == name]
    assert len({r["dataset"] for r in records}) == len(DIAGNOSTICS["data"])
    return [(r, DIAGNOSTICS["data"][r["dataset"]]) for r in records]


@pytest.mark.parametrize("dataset", ASYMMETRY["data"])
def test_asymmetry_tests_agree_with_the_reference(dataset):
    problems, data = [], ASYMMETRY["data"][dataset]
    for r in (r for r in ASYMMETRY["records"] if r["dataset"] == dataset):
        if r["model"] == "ranktest":
            found = small_study.ranktest(**data)
            problems += disagreements({"tau": found.tau, "pval": found.p}, r, f"{dataset} rank")
            continue
        options = {name: r[name] for name in ("method", "test") if name in r}
        t = small_study.regtest(**data, predictor=r["predictor"], model=r["model"], **options)
        ours = {"stat": t.stat, "pval": t.p, "dfs": t.df, "est": t.limit, "ci_lb": t.limit_low, "ci_ub": t.limit_high}
        if r["model"] == "rma":
            ours |= {"tau2": t.tau2, "beta": [t.limit, t.slope]}
        problems += disagreements(ours, r, f"{dataset} {r['model']} {options} {r['predictor']}")
    assert not problems, "\n".join(problems)


def test_the_grid_of_asymmetry_tests_is_complete():
    have = {(r["model"], r.get("method"), r.get("test"), r.get("predictor")) for r in ASYMMETRY["records"]}
    want = {("rma", m, t, p) for m in ("EE", "DL", "REML") for t in ("z", "knha") for p in ("sei", "vi")}
    assert have == want | {("lm", None, None, "sei"), ("lm", None, None, "vi"), ("ranktest", None, None, None)}


@pytest.mark.parametrize("predictor", ["ni", "ninv", "sqrtni", "sqrtninv"])
def test_sample_sizes_as_predictors_are_weighted_least_squares(predictor):
    rng = np.random.default_rng(8)
    y, v, n = rng.normal(size=9), rng.uniform(0.05, 0.4, 9), rng.integers(20, 300, 9)
    x = {"ni": n, "ninv": 1 / n, "sqrtni": np.sqrt(n), "sqrtninv": n**-0.5}[predictor]
    t = small_study.regtest(y, v, predictor=predictor, ni=n, model="lm")
    wls = sm.WLS(y, sm.add_constant(x), weights=1 / v).fit()
    assert (t.stat, t.p, t.slope) == pytest.approx((wls.tvalues[1], wls.pvalues[1], wls.params[1]), rel=1e-8)
    assert np.isnan(t.limit) == (predictor in ("ni", "sqrtni"))


COUNTS = {"ai": [4, 12, 0, 30, 9], "n1i": [60, 90, 25, 400, 50], "ci": [9, 14, 0, 52, 19], "n2i": [62, 88, 24, 390, 55]}


def test_harbord_and_peters_are_their_weighted_regressions():
    a, n1, c, n2 = (np.array(x, dtype=float) for x in COUNTS.values())
    n, e = n1 + n2, a + c
    some = e > 0
    a, n1, c, n2, n, e = (x[some] for x in (a, n1, c, n2, n, e))
    z, info = a - e * n1 / n, n1 * n2 * e * (n - e) / (n**2 * (n - 1))
    wls = sm.WLS(z / info, sm.add_constant(info**-0.5), weights=info).fit()
    t = small_study.harbord(**COUNTS)
    assert (t.stat, t.p, t.df) == pytest.approx((wls.tvalues[1], wls.pvalues[1], 2))
    # Harbord: an intercept of Z / sqrt(V) regressed on sqrt(V), unweighted, is that slope
    ols = sm.OLS(z / np.sqrt(info), sm.add_constant(np.sqrt(info))).fit()
    assert ols.tvalues[0] == pytest.approx(t.stat)
    yi = np.log((a + 0.5) * (n2 - c + 0.5) / ((n1 - a + 0.5) * (c + 0.5)))
    wls = sm.WLS(yi, sm.add_constant(1 / n), weights=e * (n - e) / n).fit()
    padded = np.insert(yi, 2, 0.0)  # the study without events takes no part
    assert small_study.peters(padded, **COUNTS).stat == pytest.approx(wls.tvalues[1])


def test_pet_peese_takes_peese_only_where_pet_finds_an_effect():
    rng = np.random.default_rng(0)
    v = rng.uniform(0.01, 0.3, 20)
    noise = 0.05 * rng.normal(size=20)
    effect = small_study.pet_peese(0.5 + noise, v)
    assert (effect.chosen, effect.est) == ("PEESE", effect.peese.limit)
    nothing = small_study.pet_peese(2 * np.sqrt(v) + noise, v)
    assert (nothing.chosen, nothing.est) == ("PET", nothing.pet.limit)


def test_trim_and_fill_agrees_with_the_reference():
    problems, grid = [], set()
    for r in TRIMFILL["records"]:
        options = {name: r[name] for name in ("side", "estimator", "method")}
        t = trimfill.trimfill(**TRIMFILL["data"][r["dataset"]], **options)
        grid.add(tuple(options.values()))
        ours = {"k0": t.k0, "se_k0": t.se_k0, "p_k0": t.p_k0}
        if r["dataset"] == "edge_k5_equalvar":
            del ours["se_k0"]  # one study stands exactly at the mean: which side the reference puts it on is rounding
        if r["method"] != "REML" or t.k0 == 0:  # the reference refits by REML at its loose default
            ours |= {"beta": t.fit.est, "se": t.fit.se, "tau2": t.fit.tau2}
        problems += disagreements(ours, r, f"{r['dataset']} {options}")
        theirs = {name: sorted(np.ravel(r[name])) for name in ("filled_yi", "filled_vi")}
        ours = {"filled_yi": sorted(t.filled_yi), "filled_vi": sorted(t.filled_vi)}
        problems += disagreements(ours, theirs, f"{r['dataset']} {options}")
    assert not problems, "\n".join(problems)
    assert len(grid) == 2 * 3 * 3


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from(["L0", "R0", "Q0"]), st.floats(-5, 5))
def test_trim_and_fill_mirrors_and_shifts(seed, estimator, shift):
    rng = np.random.default_rng(seed)
    y, v = rng.normal(size=9) + rng.exponential(size=9), rng.uniform(0.05, 0.5, 9)
    try:
        a = trimfill.trimfill(y, v, side="left", estimator=estimator, method="DL")
    except PoolError as error:
        assert "does not settle" in str(error)
        return
    b = trimfill.trimfill(shift - y, v, side="right", estimator=estimator, method="DL")
    assert a.k0 == b.k0
    assert b.fit.est == pytest.approx(shift - a.fit.est, abs=1e-8)
    assert a.fit.k == 9 + a.k0


def test_fail_safe_n_and_excess_significance_agree_with_the_reference():
    problems = []
    for r, data in diagnostics("fsn"):
        t = publication.fail_safe_n(**data, type=r["type"])
        ours = {"fsnum": t.n, "pval": t.p, "est": t.est, "meanes": t.est, "target": t.target}
        problems += disagreements(ours, r, f"{r['dataset']} {r['type']}")
    for r, data in diagnostics("tes"):
        t = publication.excess_significance(**data, test="exact" if r.get("X2") is None else "chi2")
        ours = {"O": t.observed, "E": t.expected, "OEratio": t.ratio, "X2": t.x2, "pval": t.p, "theta": t.theta}
        problems += disagreements(ours, r, f"{r['dataset']} tes")
        if r["theta_lim"] is not None:  # the reference's root finder stops at 1e-4
            assert t.theta_limit == pytest.approx(r["theta_lim"], abs=2e-4)
            at = publication.excess_significance(**data, theta=t.theta_limit, test="exact")
            assert r.get("X2") is not None or at.p == pytest.approx(0.1, abs=1e-9)
    assert not problems, "\n".join(problems)


def test_the_tail_of_excess_significance_is_the_poisson_binomial():
    v = np.full(8, 0.04)
    t = publication.excess_significance(np.r_[np.full(5, 1.0), np.full(3, 0.1)], v, theta=0.3)
    assert t.p == pytest.approx(stats.binom.sf(4, 8, t.power[0]), rel=1e-12)


def test_henmi_copas_agrees_with_the_reference_as_far_as_its_root_finder_goes():
    for r, data in diagnostics("hc"):
        t = henmi_copas.henmi_copas(**data)
        assert not disagreements({"beta": t.est, "se": t.se}, r, r["dataset"])
        assert (t.ci_low, t.ci_high) == pytest.approx((r["ci_lb"], r["ci_ub"]), abs=1e-4 * (t.ci_high - t.ci_low))


def test_the_interval_of_henmi_copas_leaves_its_tails():
    """The tail integral once more, by adaptive quadrature over R and scipy's gamma distribution."""
    data = DIAGNOSTICS["data"]["bcg_rr"]
    t = henmi_copas.henmi_copas(**data, level=0.9)
    w = 1 / np.array(data["vi"])
    w1, w2 = w.sum(), (w**2).sum() / w.sum()
    m = henmi_copas.moments(w, t.tau2)
    bound = (t.ci_high - t.est) / t.se

    def integrand(r):
        mean, variance = henmi_copas._q_given_r(r, m)
        largest = (w1 / w2 - 1) * ((r / bound) ** 2 - 1) + len(w) - 1
        return stats.gamma.cdf(largest, mean**2 / variance, scale=variance / mean) * stats.norm.pdf(r, 0, m.spread**0.5)

    tail = integrate.quad(integrand, bound, bound + 12 * m.spread**0.5, epsabs=1e-12, epsrel=1e-10, limit=400)[0]
    assert tail == pytest.approx(0.05, abs=1e-9)


def test_the_moments_of_q_given_the_estimate_are_those_of_simulated_data():
    rng = np.random.default_rng(12)
    v, tau2 = np.array([0.05, 0.2, 0.1, 0.4, 0.3]), 0.25
    w = 1 / v
    m = henmi_copas.moments(w, tau2)
    y = rng.normal(size=(400_000, 5)) * np.sqrt(v + tau2)
    mean = (y * w).sum(axis=1) / w.sum()
    q, r = (w * (y - mean[:, None]) ** 2).sum(axis=1), np.sqrt(w.sum()) * mean
    for at in (0.0, 1.5):
        near = np.abs(np.abs(r) - at) < 0.1
        expected = henmi_copas._q_given_r(np.array([at]), m)
        assert q[near].mean() == pytest.approx(expected[0][0], rel=0.03)
        assert q[near].var() == pytest.approx(expected[1][0], rel=0.1)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: small_study.regtest([1, 2, 3], [1, 1, 1]), "same in all studies"),
        (lambda: small_study.regtest([1, 2], [1, 2]), "three studies"),
        (lambda: small_study.regtest([1, 2, 3], [1, 2, 3], predictor="ni"), "needs a sample size"),
        (lambda: small_study.regtest([1, 2, 3], [1, 2, 3], model="egger"), "model must be"),
        (lambda: small_study.harbord([5], [4], [1], [4]), "row 0: 5/4"),
        (lambda: trimfill.trimfill([1, 2, 3], [1, 2, 3], side="up"), "side must be"),
        (lambda: publication.fail_safe_n([1, 2], [1, 1], type="Orwin", target=-1), "Orwin's target"),
        (lambda: publication.excess_significance([1, 2], [1, 1], test="binom"), "test must be"),
        (lambda: henmi_copas.henmi_copas([1], [1]), "two studies"),
    ],
)
def test_refusals(call, match):
    with pytest.raises(PoolError, match=match):
        call()
