"""Handlers of `pooling_agree` for what stands on the models: subgroups, permutations, refits, small-study tests.

Importing this module registers them.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from pooling_agree import REASONS, Context, Handler, NotOffered, Numbers, Record, _no_constant, handles, meta_regression

from mscreview import pool
from mscreview.pool import (
    algebra,
    henmi_copas as hc,
    influence,
    likelihood,
    permutation,
    publication,
    robustness,
    small_study,
    subgroup,
    tau2,
    trimfill as tf,
)


@handles("d_subgroup.json")
def subgroups(record: Record, context: Context) -> Numbers:
    """Levels with their own tau2, and with a common one."""
    options = {"method": record["method"], "test": record["test"]}
    own = subgroup.subgroups(record["yi"], record["vi"], record["g"], **options)
    shared = subgroup.subgroups(record["yi"], record["vi"], record["g"], tau2="common", **options)
    table = own.table.set_index("level").loc[record["levels"]]
    out = {"beta": table["est"].tolist(), "se": table["se"].tolist(), "tau2": table["tau2"].tolist()}
    out |= {"Q_between": own.statistic, "Q_between_df": own.df[0], "Q_between_p": own.p}
    out |= {"common_tau2": shared.table["tau2"].iloc[0], "common_QM": shared.statistic}
    return out | {"common_QMp": shared.p}


@handles("d_permutest.json")
def permutations(record: Record, context: Context) -> Numbers:
    """Exact sign flips of an intercept-only model."""
    if not record["model"].startswith("intercept, ") or "exact" not in record["model"]:
        raise NotOffered(f"{record['model']}: a sampled reference cannot agree to rounding")
    method, test = record["model"].split(", ")[1:3]
    yi, vi = context.effects(record["dataset"])
    found = permutation.permutation(yi, vi, method=method, test=test, seed=1, most=record["iter"])
    return {"pval": found.p[0], "iter": found.arrangements}


@handles("e_loo_cumul_influence.json")
def refits(record: Record, context: Context) -> Numbers:
    """Leave-one-out, cumulative, and deletion diagnostics."""
    yi, vi = context.effects(record["dataset"])
    if record["fn"] == "influence":
        return _influence(_fit(record, context))
    run = {"leave1out": robustness.leave_one_out, "cumul": robustness.cumulative}
    if record["fn"] not in run:
        raise NotOffered(f"{record['fn']}: no such refit here")
    table = run[record["fn"]](yi, vi, method=record["method"])
    names = {"estimate": "est", "zval": "stat", "pval": "p", "ci_lb": "ci_low", "ci_ub": "ci_high"}
    names |= {"se": "se", "Q": "q", "Qp": "q_p", "tau2": "tau2", "I2": "i2", "H2": "h2"}
    return {name: table[column].to_numpy() for name, column in names.items()}


@handles("e_misc.json")
def diagnostics(record: Record, context: Context) -> Numbers:
    """Residuals, best predictions, Baujat, Henmi-Copas, excess significance, fail-safe N."""
    name = record["fn"]
    if name in TABLES:
        table = TABLES[name](_fit(record, context))
        columns = {"pred": "est", "pi_lb": "pi_low", "pi_ub": "pi_high"}
        return {field: table[columns.get(field, field)].to_numpy() for field in FIELDS[name]}
    if name not in SINGLE:
        raise NotOffered(f"{name}: no such diagnostic here")
    return SINGLE[name](record, context)


@handles("e_regtest_ranktest.json")
def asymmetry(record: Record, context: Context) -> Numbers:
    """Regression and rank tests of the funnel."""
    yi, vi = context.effects(record["dataset"])
    if record["model"] == "ranktest":
        if record["tau"] is None:
            raise NotOffered("rank test: the reference has no number (all variances are equal)")
        found = small_study.ranktest(yi, vi)
        return {"tau": found.tau, "pval": found.p}
    options = {name: record[name] for name in ("method", "test") if name in record}
    t = small_study.regtest(yi, vi, predictor=record["predictor"], model=record["model"], **options)
    out = {"stat": t.stat, "pval": t.p, "dfs": t.df, "est": t.limit, "ci_lb": t.limit_low, "ci_ub": t.limit_high}
    return out | ({} if record["model"] == "lm" else {"tau2": t.tau2, "beta": [t.limit, t.slope]})


@handles("e_trimfill.json")
def trim_and_fill(record: Record, context: Context) -> Numbers:
    """Missing studies and the filled model; the order of filled studies is not compared."""
    t = _trimfill(record, context)
    f = t.fit
    out = {"k0": t.k0, "se_k0": t.se_k0, "p_k0": t.p_k0, "beta": f.est, "se": f.se, "tau2": f.tau2}
    out |= {"ci_lb": f.ci[:, 0], "ci_ub": f.ci[:, 1]}
    return out | {
        "filled_yi": _as_ordered(t.filled_yi, record["filled_yi"]),
        "filled_vi": _as_ordered(t.filled_vi, record["filled_vi"]),
    }


def _later(reason: str) -> Handler:
    def handler(record: Record, context: Context) -> Numbers:
        raise NotOffered(reason)

    return handler


for _name, _reason in (
    ("f_rma_mv.json", "multilevel and robust-variance models come later, as a module of their own"),
    ("g_glmm.json", "binomial-normal models come later; counts are pooled by Mantel-Haenszel, Peto or log ratios"),
    ("h_selmodel.json", "selection models come later; small-study effects are tested and adjusted by other means"),
):
    handles(_name)(_later(_reason))


def _influence(f: pool.Fit) -> Numbers:
    if f.k - f.beta.size < 2:
        raise NotOffered("fewer than three studies: none can be left out")
    table, dfbetas = influence.influence(f)
    names = {"QE_del": "qe_del", "is_infl": "influential"}
    same = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "hat", "weight")
    out = {name: table[column].to_numpy(float) for name, column in (names | {n: n for n in same}).items()}
    return out | {"dfbs": dfbetas.ravel()}


def _henmi_copas(record: Record, context: Context) -> Numbers:
    t = hc.henmi_copas(*context.effects(record["dataset"]))
    return {"beta": t.est, "se": t.se, "ci_lb": t.ci_low, "ci_ub": t.ci_high}


def _excess(record: Record, context: Context) -> Numbers:
    t = _tes(record, context)
    out = {"O": t.observed, "E": t.expected, "OEratio": t.ratio, "X2": t.x2, "pval": t.p, "theta": t.theta}
    return out | {"theta_lim": t.theta_limit}


def _fail_safe(record: Record, context: Context) -> Numbers:
    if record["type"] not in publication.TYPES:
        raise NotOffered(f"fail-safe N, type {record['type']}: how unpublished studies vary is not settled anywhere")
    t = publication.fail_safe_n(*context.effects(record["dataset"]), type=record["type"])
    return {"fsnum": t.n, "pval": t.p, "est": t.est, "meanes": t.est, "target": t.target}


def _fit(record: Record, context: Context) -> pool.Fit:
    return pool.fit(*context.effects(record["dataset"]), method=record["method"], prediction=None, tau2_interval=None)


def _tes(record: Record, context: Context) -> publication.Excess:
    test = "exact" if record.get("X2") is None else "chi2"
    return publication.excess_significance(*context.effects(record["dataset"]), test=test)


def _trimfill(record: Record, context: Context) -> tf.TrimFill:
    options = {name: record[name] for name in ("side", "estimator", "method")}
    return tf.trimfill(*context.effects(record["dataset"]), **options)


def _as_ordered(ours: np.ndarray, theirs: Any) -> np.ndarray:
    """Ours, in the order in which the reference lists its own (both sets are compared sorted)."""
    rank = np.argsort(np.argsort(np.ravel(theirs), kind="stable"), kind="stable")
    return np.sort(ours)[rank] if rank.size == ours.size else ours


def _not_converged(record: Record, context: Context) -> str:
    holes = any(None in value for value in record.values() if isinstance(value, list))
    return " [the reference did not converge there]" if holes else ""


def _zero_tau2(record: Record, context: Context) -> str:
    if record["fn"] == "hc":
        return _tail_there(record, context)
    if record["fn"] == "tes":
        return _p_there(record, context)
    f = _fit(record, context) if "method" in record else None
    zero = f is not None and f.tau2 == 0
    return " [tau2 is zero, so these are zero; the reference stops just above it]" if zero else ""


def _tail_there(record: Record, context: Context) -> str:
    """Our tail probability beyond both limits: 0.025 is asked for."""
    yi, vi = context.effects(record["dataset"])
    ours = hc.henmi_copas(yi, vi)
    m = hc.moments(1 / np.asarray(vi), ours.tau2)
    a, b = (hc.tail((x - ours.est) / ours.se, m) for x in (ours.ci_high, record["ci_ub"]))
    return f" [tail beyond the limit: ours {a:.12g}, reference {b:.12g}]"


def _p_there(record: Record, context: Context) -> str:
    """p of the test at both limits: 0.1 is asked for."""
    test = "exact" if record.get("X2") is None else "chi2"
    yi, vi = context.effects(record["dataset"])
    limits = (_tes(record, context).theta_limit, record["theta_lim"])
    a, b = (publication.excess_significance(yi, vi, theta=x, test=test).p for x in limits)
    return f" [p at the limit: ours {a:.12g}, reference {b:.12g}]"


def _loose(record: Record, context: Context) -> str:
    """For models refitted by likelihood: its slope at both tau2; for counts: a study exactly at the centre."""
    t = _trimfill(record, context)
    gap = np.abs(np.asarray(record["beta"]) - t.fit.est)
    if record["method"] == "REML" and (gap > 0 or not math.isclose(record["tau2"], t.fit.tau2, rel_tol=1e-12)):
        rows = algebra.from_vectors(t.fit.yi, t.fit.vi)
        slopes = [float(likelihood.score(rows, np.array([x]), "REML")[0]) for x in (t.fit.tau2, record["tau2"])]
        if abs(slopes[0]) < abs(slopes[1]) or t.fit.tau2 == 0:
            return f" [slope of the likelihood at tau2: ours {slopes[0]:.2g}, reference {slopes[1]:.2g}]"
    yi = np.asarray(context.effects(record["dataset"])[0])
    centred = np.abs(yi - t.fit.est) if t.k0 == 0 else np.ones(1)
    at_centre = centred.min() < 1e-12 * max(1e-300, np.abs(yi).max())
    return " [a study stands at the centre: its side is rounding in the reference]" if at_centre else ""


def _exactly(record: Record, context: Context) -> str:
    """What `pooling_agree` says of the record; else tau2 in rational arithmetic beside both, where it has a formula."""
    said = _no_constant(record, context)
    if said or record["method"] not in ("HS", "DL", "GENQ"):
        return said
    key = (record["dataset"], record["formula"])
    yi, vi, x = (context.stated(record, key, name) for name in ("yi", "vi", "X"))
    exact = _rational_tau2(yi, vi, x, record["method"])
    ours, _ = tau2.estimate(yi, vi, x, record["method"])
    if abs(ours - exact) >= abs(record["tau2"] - exact):
        return ""
    return f" [tau2 in exact arithmetic {exact:.15g}: ours off by {ours - exact:.1g}, reference {record['tau2'] - exact:.1g}]"


def _rational_tau2(yi: Any, vi: Any, x: Any, method: str) -> float:
    y, w = [Fraction(a) for a in yi], [1 / Fraction(a) for a in vi]
    columns = [[Fraction(a) for a in column] for column in zip(*x, strict=True)]
    basis: list[list[Fraction]] = []
    for column in columns:  # Gram-Schmidt in the inner product of the weights: no rounding, no matrix to invert
        for b in basis:
            column = _without(column, b, w)
        basis.append(column)
    resid, size = y, sum(w)
    trace = size
    for b in basis:
        resid = _without(resid, b, w)
        trace -= _inner(b, b, [v * v for v in w]) / _inner(b, b, w)
    q, k, p = _inner(resid, resid, w), len(y), len(basis)
    return float(max(Fraction(0), (q - k) / size if method == "HS" else (q - (k - p)) / trace))


def _without(a: list[Fraction], b: list[Fraction], w: list[Fraction]) -> list[Fraction]:
    share = _inner(a, b, w) / _inner(b, b, w)
    return [u - share * v for u, v in zip(a, b, strict=True)]


def _inner(a: list[Fraction], b: list[Fraction], w: list[Fraction]) -> Fraction:
    return sum((u * v * z for u, v, z in zip(a, b, w, strict=True)), Fraction(0))


TABLES = {
    "rstandard": influence.rstandard,
    "blup": influence.blup,
    "ranef": influence.random_effects,
    "baujat": influence.baujat,
}
FIELDS = {
    "rstandard": ("resid", "se", "z"),
    "blup": ("pred", "se", "pi_lb", "pi_ub"),
    "ranef": ("pred", "se"),
    "baujat": ("x", "y"),
}
SINGLE = {"hc": _henmi_copas, "tes": _excess, "fsn": _fail_safe}

REASONS |= {meta_regression: _exactly, refits: _not_converged, diagnostics: _zero_tau2, trim_and_fill: _loose}
