"""One fitted model and what can be read from it: coefficients, heterogeneity, fit statistics, a row of `pooled`.

Made by `models.fit`; nothing is estimated here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .algebra import Array, PoolError, from_vectors
from .likelihood import log_likelihood_at

COMMON = "EE"  # the common- (equal-) effects model, in the place of a tau2 method


@dataclass(frozen=True)
class Fit:
    """One fitted model. I2 in percent; intervals at `level`; NaN only where `note` says why."""

    method: str
    test: str
    level: float
    k: int
    beta: Array
    se: Array
    ci: Array  # (p, 2)
    stat: Array
    p: Array
    df: float | None  # of the t distribution; None for the normal
    vcov: Array
    tau2: float
    se_tau2: float
    tau2_low: float
    tau2_high: float
    q: float
    q_df: int
    q_p: float
    i2: float  # from tau2 and the typical variance; from Q in the common-effect model
    i2_low: float
    i2_high: float
    i2_q: float  # (Q - df) / Q
    h2: float
    h2_low: float
    h2_high: float
    pi: Array  # (2,), intercept-only models
    rss: float  # weighted residual sum of squares of the model itself
    note: str
    yi: Array = field(repr=False)
    vi: Array = field(repr=False)
    X: Array | None = field(repr=False)
    own_weights: Array | None = field(default=None, repr=False)

    @property
    def est(self) -> float:
        """The pooled effect of a model with one coefficient."""
        return float(_single(self.beta))

    @property
    def weights(self) -> Array:
        """Weight of each study in percent, in the order given: inverse of vi + tau2, or your own."""
        if self.own_weights is not None:
            return 100 * self.own_weights / self.own_weights.sum()
        w = 1 / self.vi if self.method == "GENQ" or np.isnan(self.tau2) else 1 / (self.vi + self.tau2)
        return 100 * w / w.sum()

    def statistics(self, kind: str | None = None) -> dict[str, float]:
        """Log-likelihood, deviance, AIC, BIC, AICc of "ML" or "REML" (default: REML for REML, else ML)."""
        return _statistics(self, kind or ("REML" if self.method == "REML" else "ML"))

    def row(self) -> dict[str, object]:
        """The statistics of a row of the table `pooled` (models with one coefficient)."""
        return _row(self)


def _statistics(f: Fit, kind: str) -> dict[str, float]:
    if f.k == 1:
        raise PoolError("one study has no fit statistics: nothing is pooled")
    p = f.beta.size
    free = p + (f.method != COMMON)
    rows = from_vectors(f.yi, f.vi, f.X)
    ll = float(log_likelihood_at(rows, np.array([f.tau2]), kind, np.array([f.rss]))[0])
    n, perfect = f.k - p, 0.0
    if kind == "ML":
        n, perfect = f.k, -0.5 * float(np.log(2 * np.pi * f.vi).sum())
    many = max(n, free + 2)
    return {
        "ll": ll,
        "deviance": -2 * (ll - perfect),
        "aic": -2 * ll + 2 * free,
        "bic": -2 * ll + free * float(np.log(n)),
        "aicc": -2 * ll + 2 * free * many / (many - free - 1),
    }


def _row(f: Fit) -> dict[str, object]:
    est = f.est
    return {
        "k": f.k,
        "model": model_name(f.k, f.method),
        "tau2_method": None if f.method == COMMON or f.k == 1 else f.method,
        "ci_method": f.test,
        "est": est,
        "se": float(f.se[0]),
        "ci_low": float(f.ci[0, 0]),
        "ci_high": float(f.ci[0, 1]),
        "p": float(f.p[0]),
        "pi_low": float(f.pi[0]),
        "pi_high": float(f.pi[1]),
        "tau2": f.tau2,
        "tau2_low": f.tau2_low,
        "tau2_high": f.tau2_high,
        "q": f.q,
        "q_df": f.q_df,
        "q_p": f.q_p,
        "i2": f.i2,
        "i2_low": f.i2_low,
        "i2_high": f.i2_high,
    }


def model_name(k: int, method: str) -> str:
    """How the column `model` names it."""
    return "single study" if k == 1 else "common" if method == COMMON else "random"


def _single(beta: Array) -> float:
    if beta.size != 1:
        raise PoolError(f"this model has {beta.size} coefficients; read `beta`")
    return beta[0]
