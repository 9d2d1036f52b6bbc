"""How much each study weighs on a result: residuals, deletion diagnostics, Baujat's plot, best predictions of each study.

Takes vectors (and any design matrix), gives a table with one row a study, in the order given. All deletions are
fitted in one vectorised pass: a study left out has infinite variance, hence weight zero. Measures and cut-offs:
Viechtbauer & Cheung 2010 (doi:10.1002/jrsm.11); Baujat, Mahe, Pignon & Hill 2002 (doi:10.1002/sim.1221).
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from . import intervals, models
from .algebra import Array, PoolError, Rows, from_matrix, from_segments
from .fitted import COMMON, Fit
from .models import Solution


class Influence(NamedTuple):
    """`table`: one row a study; `dfbetas`: the same, one column a coefficient."""

    table: pd.DataFrame
    dfbetas: Array


class Deleted(NamedTuple):
    """The model without each study in turn; `estimable` is False where the rest cannot tell all coefficients."""

    solution: Solution
    estimable: Array


def rstandard(fit: Fit) -> pd.DataFrame:
    """Internally standardised residuals: resid, se, z."""
    x, resid = _design(fit), fit.yi - _design(fit) @ fit.beta
    keep = np.eye(fit.k) - x @ _projector(fit, x)
    marginal = fit.vi + _tau2(fit)
    se = np.sqrt(np.einsum("ij,j,ij->i", keep, marginal, keep))
    return pd.DataFrame({"resid": resid, "se": se, "z": resid / se})


def rstudent(fit: Fit) -> pd.DataFrame:
    """Deleted residuals, each against the model fitted without the study: resid, se, z."""
    return _rstudent(fit, deleted(fit))


def influence(fit: Fit) -> Influence:
    """Deletion diagnostics of a fitted model.

    Returns
    -------
    Influence
        Columns rstudent, dffits, cook_d, cov_r, tau2_del, qe_del, hat, weight (percent), influential. NaN for a
        study without which the model cannot be fitted.

    Notes
    -----
    A study is influential if |dffits| > 3 sqrt(p / (k - p)), if the lower tail of a chi-square(p) below Cook's
    distance exceeds 0.5, if hat > 3 p / k, or if any |dfbetas| > 1 (Viechtbauer & Cheung 2010).
    """
    gone = deleted(fit)
    s, x, p = gone.solution, _design(fit), fit.beta.size
    hat = np.einsum("ip,pi->i", x, _projector(fit, x))
    change = fit.beta - s.beta
    scale = _scale(fit, s)
    dffits = np.einsum("ip,ip->i", x, change) / np.sqrt(scale * hat * (fit.vi + s.tau2))
    cook = np.einsum("ip,pq,iq->i", change, np.linalg.inv(fit.vcov), change)
    cov_r = np.linalg.det(s.vcov) / np.linalg.det(fit.vcov)
    dfbetas = change / np.sqrt(scale[:, None] * _full_variances(fit, x, s.tau2))
    flags = (np.abs(dffits) > 3 * np.sqrt(p / (fit.k - p))) | (1 - chdtrc(p, cook) > 0.5)
    flags |= (hat > 3 * p / fit.k) | (np.abs(dfbetas) > 1).any(axis=1)
    columns = {
        "rstudent": _rstudent(fit, gone)["z"].to_numpy(),
        "dffits": dffits,
        "cook_d": cook,
        "cov_r": cov_r,
        "tau2_del": s.tau2,
        "qe_del": s.q,
    }
    table = pd.DataFrame(columns).where(pd.Series(gone.estimable), axis=0)
    dfbetas = np.where(gone.estimable[:, None], dfbetas, np.nan)
    return Influence(table.assign(hat=hat, weight=fit.weights, influential=flags & gone.estimable), dfbetas)


def baujat(fit: Fit) -> pd.DataFrame:
    """Baujat's plot: `x`, each study's part of Q; `y`, its squared standardised pull on its own fitted value."""
    s, x = deleted(fit).solution, _design(fit)
    resid = fit.yi - x @ fit.beta
    pull = np.einsum("ip,ip->i", x, fit.beta - s.beta)
    spread = np.einsum("ip,ipq,iq->i", x, s.vcov, x)
    return pd.DataFrame({"x": resid**2 / (fit.vi + _tau2(fit)), "y": pull**2 / spread})


def blup(fit: Fit) -> pd.DataFrame:
    """Best linear unbiased prediction of each study's own true effect, drawn towards the model: est, se, pi_low, pi_high.

    lambda = tau2 / (tau2 + vi); est = lambda yi + (1 - lambda) x b (Raudenbush & Bryk 1985,
    doi:10.3102/10769986010002075).
    """
    return _drawn(fit, random_part=False)


def random_effects(fit: Fit) -> pd.DataFrame:
    """Predicted deviation of each study from the model: est, se, pi_low, pi_high."""
    return _drawn(fit, random_part=True)


def deleted(fit: Fit) -> Deleted:
    """The model of `fit` without each of its studies in turn, all in one pass."""
    if fit.method == "GENQ" or fit.k - fit.beta.size < 2:
        reason = "weights of its own" if fit.method == "GENQ" else f"only {fit.k} studies"
        raise PoolError(f"leaving out one study: the model has {reason}")
    rows, estimable = (_without_mean(fit), np.ones(fit.k, dtype=bool)) if fit.X is None else _without_design(fit)
    return Deleted(models.solve(rows, fit.method, fit.test), estimable)


def _without_mean(fit: Fit) -> Rows:
    k = fit.k
    others = np.nonzero(~np.eye(k, dtype=bool))[1]
    return from_segments(fit.yi[others], fit.vi[others], np.arange(k) * (k - 1), np.full(k, k - 1))


def _without_design(fit: Fit) -> tuple[Rows, Array]:
    k = fit.k
    full = from_matrix(np.broadcast_to(fit.yi, (k, k)), fit.vi, _design(fit))
    assert full.basis is not None
    # a study alone in telling some coefficient has leverage one: without it the model has no answer
    estimable = (full.basis**2).sum(axis=1) < 1 - 1e-10
    gone = np.eye(k, dtype=bool) & estimable[:, None]
    return replace(full, v=np.where(gone, np.inf, full.v), k=full.k - 1), estimable


def _rstudent(fit: Fit, gone: Deleted) -> pd.DataFrame:
    s, x = gone.solution, _design(fit)
    resid = fit.yi - np.einsum("ip,ip->i", x, s.beta)
    se = np.sqrt(fit.vi + s.tau2 + np.einsum("ip,ipq,iq->i", x, s.vcov, x))
    table = pd.DataFrame({"resid": resid, "se": se, "z": resid / se})
    return table.where(pd.Series(gone.estimable), axis=0)


def _drawn(fit: Fit, *, random_part: bool) -> pd.DataFrame:
    if fit.method == COMMON:
        raise PoolError("the common-effect model has no random effects to predict")
    x, tau2 = _design(fit), _tau2(fit)
    share = tau2 / (tau2 + fit.vi)
    fitted = x @ fit.beta
    spread = np.einsum("ip,pq,iq->i", x, fit.vcov, x)
    est, other = share * (fit.yi - fitted), share
    if not random_part:
        est, other = fitted + est, 1 - share
    se = np.sqrt(share * fit.vi + other**2 * spread)
    half = intervals.critical(fit.level, None if fit.df is None else np.array([fit.df])) * se
    return pd.DataFrame({"est": est, "se": se, "pi_low": est - half, "pi_high": est + half})


def _design(fit: Fit) -> Array:
    return np.ones((fit.k, 1)) if fit.X is None else fit.X


def _tau2(fit: Fit) -> float:
    if fit.k == 1:
        raise PoolError("one study: it has no residual and no influence to speak of")
    return fit.tau2


def _projector(fit: Fit, x: Array) -> Array:
    """(X'WX)^-1 X'W, so that X times it is the hat matrix."""
    w = 1 / fit.vi if fit.method == "GENQ" else 1 / (fit.vi + _tau2(fit))
    basis, r = np.linalg.qr(x)
    inner = np.linalg.solve((basis * w[:, None]).T @ basis, (basis * w[:, None]).T)
    return np.asarray(np.linalg.solve(r, inner))


def _scale(fit: Fit, s: Solution) -> Array:
    """Factor on the covariance of the deleted fits: Knapp & Hartung's, or 1."""
    if fit.test not in ("knha", "adhoc"):
        return np.ones(fit.k)
    factor = s.rss / (fit.k - 1 - fit.beta.size)
    return np.maximum(factor, 1.0) if fit.test == "adhoc" else factor


def _full_variances(fit: Fit, x: Array, tau2: Array) -> Array:
    """Variances of the coefficients with all studies in, at each tau2 of the deleted fits: (k, p)."""
    w = 1 / (fit.vi + tau2[:, None])
    return np.diagonal(np.linalg.inv(np.einsum("ni,ip,iq->npq", w, x, x)), axis1=1, axis2=2)
