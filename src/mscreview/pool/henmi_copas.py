"""Henmi & Copas's interval: common-effect weights, which trust large studies, with an honest random-effects interval.

Takes vectors, gives a `HenmiCopas`. Henmi & Copas 2010 (doi:10.1002/sim.4029): the estimate keeps the weights 1 / vi;
its interval allows for heterogeneity (DerSimonian-Laird) and for the uncertainty of tau2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import gammainc, ndtri

from .algebra import Array, PoolError, check, others

NODES = 400  # Gauss-Legendre nodes of the tail integral
REACH = 10.0  # standard deviations over which it runs: what lies beyond is below 1e-20


class HenmiCopas(NamedTuple):
    est: float
    se: float
    ci_low: float
    ci_high: float
    tau2: float


def henmi_copas(yi: ArrayLike, vi: ArrayLike, *, level: float = 0.95) -> HenmiCopas:
    """Pooled estimate with common-effect weights and Henmi & Copas's interval.

    Raises
    ------
    PoolError
        Unusable rows, one study, or a level outside (0, 1).
    """
    y, v = check(yi, vi)
    if y.size < 2 or not 0 < level < 1:
        raise PoolError(f"two studies and a level between 0 and 1 are needed; got k = {y.size}, level = {level}")
    w = 1 / v
    est = float((w * y).sum() / w.sum())
    q, df = float((w * (y - est) ** 2).sum()), y.size - 1
    m = moments(w, max(0.0, (q - df) / _slope(w)))
    se = float(np.sqrt(m.spread / m.w1))
    half = _quantile(m, (1 - level) / 2) * se
    return HenmiCopas(est, se, est - half, est + half, m.tau2)


@dataclass(frozen=True)
class Moments:
    """What the distribution of Q given the estimate needs; w_j is the sum of w^j over the sum of w."""

    w1: float  # the sum itself
    w2: float
    slope: float  # w1 - w2
    a: float  # w3 - w2^2
    b: float  # w4 - 2 w2 w3 + w2^3
    c: float  # w1 w2 - 2 w3 + w2^2
    tau2: float
    df: float

    @property
    def spread(self) -> float:
        """Variance of R = sqrt(W1) (estimate - effect)."""
        return 1 + self.tau2 * self.w2


def moments(w: Array, tau2: float) -> Moments:
    """Moments of the weights, each as a sum of positive terms: one giant weight cancels nothing."""
    w1 = float(w.sum())
    w2 = float((w * w).sum() / w1)
    a = float((w * (w - w2) ** 2).sum() / w1)
    b = float((w * w * (w - w2) ** 2).sum() / w1)
    c = float(((w * others(w) / w1) ** 2).sum() + (w * w * others(w * w)).sum() / w1**2)
    return Moments(w1, w2, _slope(w), a, b, c, tau2, w.size - 1.0)


def _slope(w: Array) -> float:
    return float((w * others(w)).sum() / w.sum())


def _quantile(m: Moments, prob: float) -> float:
    high = float(ndtri(1 - prob))
    while tail(high, m) > prob:
        high *= 2
    return float(brentq(lambda t: tail(t, m) - prob, 1e-3 * high, high, xtol=1e-13, rtol=1e-13))


def tail(t: float, m: Moments) -> float:
    """P(U > t) for U = R / sqrt(1 + W2 tau2_hat(Q)): R normal, Q given R nearly gamma; U > t needs R > t."""
    sd = np.sqrt(m.spread)
    x = t / sd + 0.5 * REACH * (_NODES + 1)
    r = x * sd
    mean, variance = _q_given_r(r, m)
    largest = m.slope / m.w2 * ((r / t) ** 2 - 1) + m.df
    below = gammainc(mean**2 / variance, largest * mean / variance)
    density = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
    return float(0.5 * REACH * (_WEIGHTS * below * density).sum())


def _q_given_r(r: Array, m: Moments) -> tuple[Array, Array]:
    """Mean and variance of the quadratic form Q in normal effects, given R = r."""
    t, s = m.tau2, m.spread
    pull = (r / s) ** 2 - 1 / s
    mean = m.df + t * m.slope + t**2 * pull * m.a
    free = 2 * m.df + 4 * t * m.slope + 2 * t**2 * m.c
    bend = 2 * t**4 * m.a**2 * (1 / s**2 - 2 * r**2 / s**3)
    return mean, free + 4 * pull * (t**2 * m.a + t**3 * m.b) + bend


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(NODES)
