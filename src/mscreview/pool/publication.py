"""Publication bias by counting: fail-safe N, and too many significant results.

Takes vectors, gives one small result a method. A fail-safe N says how many studies without effect would undo a
result; it says nothing about whether such studies exist.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from .algebra import Array, PoolError, check

TYPES = ("Rosenthal", "Orwin", "Rosenberg")
TES_TESTS = ("exact", "chi2")


class FailSafe(NamedTuple):
    """Studies needed; `p` of the observed result (Rosenthal one-sided, Rosenberg two-sided), `target` of Orwin's."""

    n: int
    type: str
    est: float
    p: float
    target: float


class Excess(NamedTuple):
    """Observed and expected number of significant studies, and the test of an excess."""

    observed: int
    expected: float
    ratio: float
    x2: float  # chi2 test only
    p: float
    theta: float
    theta_limit: float  # true effect at which the excess is just not significant; NaN where there is none
    power: Array


def fail_safe_n(
    yi: ArrayLike, vi: ArrayLike, *, type: str = "Rosenthal", alpha: float = 0.05, target: float | None = None
) -> FailSafe:
    """How many unpublished studies averaging no effect would undo the result.

    Parameters
    ----------
    type : str
        "Rosenthal": Stouffer's combined one-sided p rises to `alpha` (1979, doi:10.1037/0033-2909.86.3.638).
        "Rosenberg": the same for the two-sided test of the common effect, unpublished studies of average weight
        (2005, doi:10.1111/j.0014-3820.2005.tb01004.x). "Orwin": the common effect falls to `target`, by default
        half of it (1983, doi:10.3102/10769986008002157).
    """
    y, v = check(yi, vi)
    if type not in TYPES or not 0 < alpha < 1:
        raise PoolError(f"type must be one of {', '.join(TYPES)} and 0 < alpha < 1; got {type!r}, {alpha}")
    k, total = y.size, float((1 / v).sum())
    mean, nan = float((y / v).sum()) / total, float("nan")
    if type == "Rosenthal":
        z = float(abs((y / np.sqrt(v)).sum())) / np.sqrt(k)
        return FailSafe(_up(k * ((z / ndtri(1 - alpha)) ** 2 - 1)), type, nan, float(ndtr(-z)), nan)
    if type == "Rosenberg":
        z = abs(mean) * np.sqrt(total)
        return FailSafe(_up(k * ((z / ndtri(1 - alpha / 2)) ** 2 - 1)), type, mean, float(2 * ndtr(-z)), nan)
    goal = mean / 2 if target is None else float(target)
    if goal == 0 or goal * mean < 0:
        raise PoolError(f"Orwin's target must have the sign of the estimate {mean:g} and not be zero, got {goal:g}")
    return FailSafe(_up(k * (mean - goal) / goal), type, mean, nan, goal)


def excess_significance(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    theta: float | None = None,
    tau2: float = 0.0,
    alpha: float = 0.05,
    test: str = "exact",
    test_alpha: float = 0.10,
) -> Excess:
    """Test of excess significance (Ioannidis & Trikalinos 2007, doi:10.1177/1740774507079441).

    Parameters
    ----------
    theta, tau2 : float
        True mean effect (by default the common-effect estimate) and heterogeneity behind the power of each study.
    alpha : float
        Two-sided level at which a study counts as significant.
    test : str
        "exact" (one-sided tail of the Poisson-binomial) or "chi2" (its one-sided normal form).
    test_alpha : float
        Level of the test of excess, for `theta_limit`.
    """
    y, v = check(yi, vi)
    if test not in TES_TESTS or not 0 < alpha < 1 or not 0 < test_alpha < 1 or tau2 < 0:
        raise PoolError(f"test must be one of {', '.join(TES_TESTS)}, levels in (0, 1), tau2 >= 0; got {test!r}")
    mean = float((y / v).sum() / (1 / v).sum()) if theta is None else float(theta)
    critical = float(ndtri(1 - alpha / 2))
    observed = int((np.abs(y) / np.sqrt(v) >= critical).sum())

    def p_at(true: float) -> float:
        return _excess_p(observed, _power(true, v, tau2, critical), test)

    power = _power(mean, v, tau2, critical)
    expected = float(power.sum())
    x2 = _x2(observed, power) if test == "chi2" else float("nan")
    limit = _limit(p_at, np.copysign(1.0, mean), float(np.sqrt(v.max() + tau2)), test_alpha)
    ratio = observed / expected
    return Excess(observed, expected, ratio, x2, p_at(mean), mean, limit, power)


def _up(n: float) -> int:
    """The next whole number, zero at least; a value whole up to rounding is taken as whole."""
    return max(0, int(np.ceil(n * (1 - 1e-12) if n > 0 else n)))


def _power(theta: float, v: Array, tau2: float, critical: float) -> Array:
    edge, spread = critical * np.sqrt(v), np.sqrt(v + tau2)
    return np.asarray(ndtr((theta - edge) / spread) + ndtr((-theta - edge) / spread))


def _excess_p(observed: int, power: Array, test: str) -> float:
    if test == "chi2":
        sign = np.sign(observed - power.sum())
        return float(ndtr(-sign * np.sqrt(_x2(observed, power))))
    # distribution of the number of successes, one study at a time
    count = np.array([1.0])
    for p in power:
        count = np.append(count * (1 - p), 0.0) + np.append(0.0, count * p)
    return min(1.0, float(count[observed:].sum()))


def _x2(observed: int, power: Array) -> float:
    expected, k = float(power.sum()), power.size
    gap = (observed - expected) ** 2
    return gap / expected + (gap / (k - expected) if k > expected else (0.0 if gap == 0 else np.inf))


def _limit(p_at: Callable[[float], float], sign: float, scale: float, alpha: float) -> float:
    """Where p reaches `alpha` going out from zero on the side of the estimate; p grows with the effect."""
    if p_at(0.0) >= alpha:
        return float("nan")
    high = scale
    while p_at(sign * high) < alpha:
        high *= 2
        if high > 1e8 * scale:
            return float("nan")
    return float(brentq(lambda t: p_at(t) - alpha, 0.0, sign * high, xtol=1e-14 * scale, rtol=1e-14))
