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

from .algebra import Array, PoolError, check

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
    w1 = float(w.sum())
    w2, w3, w4 = (float((w**i).sum()) / w1 for i in (2, 3, 4))
    est = float((w * y).sum()) / w1
    q, df = float((w * (y - est) ** 2).sum()), y.size - 1
    tau2 = max(0.0, (q - df) / (w1 - w2))
    m = Moments(w1, w2, w3, w4, tau2, float(df))
    se = float(np.sqrt(m.spread / w1))
    half = _quantile(m, (1 - level) / 2) * se
    return HenmiCopas(est, se, est - half, est + half, tau2)


@dataclass(frozen=True)
class Moments:
    """Sums of powers of the weights divided by their sum (the first: the sum), tau2 and degrees of freedom."""

    w1: float
    w2: float
    w3: float
    w4: float
    tau2: float
    df: float

    @property
    def spread(self) -> float:
        """Variance of R = sqrt(W1) (estimate - effect)."""
        return 1 + self.tau2 * self.w2


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
    largest = (m.w1 / m.w2 - 1) * ((r / t) ** 2 - 1) + m.df
    below = gammainc(mean**2 / variance, largest * mean / variance)
    density = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
    return float(0.5 * REACH * (_WEIGHTS * below * density).sum())


def _q_given_r(r: Array, m: Moments) -> tuple[Array, Array]:
    """Mean and variance of the quadratic form Q in normal effects, given R = r."""
    t, s = m.tau2, m.spread
    pull = (r / s) ** 2 - 1 / s
    a = m.w3 - m.w2**2
    b = m.w4 - 2 * m.w2 * m.w3 + m.w2**3
    mean = m.df + t * (m.w1 - m.w2) + t**2 * pull * a
    free = 2 * m.df + 4 * t * (m.w1 - m.w2) + 2 * t**2 * (m.w1 * m.w2 - 2 * m.w3 + m.w2**2)
    return mean, free + 4 * pull * (t**2 * a + t**3 * b) + 2 * t**4 * a**2 * (1 / s**2 - 2 * r**2 / s**3)


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(NODES)
