"""Trim and fill: how many studies a funnel lacks on one side, and the result with their mirror images added.

Takes vectors, gives a `TrimFill`. Duval & Tweedie 2000 (doi:10.1111/j.0006-341X.2000.00455.x and
doi:10.1080/01621459.2000.10473905).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import models, small_study
from .algebra import Array, PoolError, check
from .fitted import Fit

SIDES = ("left", "right")
ESTIMATORS = ("L0", "R0", "Q0")
MOST = 100


class TrimFill(NamedTuple):
    """Studies missing on `side`, with a standard error (and for R0 the p-value of none missing)."""

    k0: int
    se_k0: float
    p_k0: float  # R0 only
    side: str
    fit: Fit  # with the filled studies
    filled_yi: Array
    filled_vi: Array


def trimfill(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    side: str | None = None,
    estimator: str = "L0",
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
) -> TrimFill:
    """Trim and fill.

    Parameters
    ----------
    side : str, optional
        Where studies are missing, "left" or "right"; by default "right" if Egger's slope is negative, else "left".
    estimator : str
        "L0", "R0" or "Q0".

    Raises
    ------
    PoolError
        Unusable rows, unknown names, fewer than three studies, or a count that does not settle.
    """
    y, v = check(yi, vi)
    if y.size < 3:
        raise PoolError(f"trim and fill needs three studies, got {y.size}")
    if estimator not in ESTIMATORS or side not in (None, *SIDES):
        raise PoolError(f"side must be one of {SIDES}, estimator one of {ESTIMATORS}; got {side!r}, {estimator!r}")
    side = side or _thin_side(y, v, method)
    sign = -1.0 if side == "right" else 1.0
    order = np.argsort(sign * y, kind="stable")
    y_sorted, v_sorted = (sign * y)[order], v[order]
    k0, raw, centre = _settle(y_sorted, v_sorted, estimator, method)
    extreme = np.arange(y.size - k0, y.size)
    filled_yi, filled_vi = sign * (2 * centre - y_sorted[extreme]), v_sorted[extreme]
    fit = models.fit(
        np.concatenate([y, filled_yi]), np.concatenate([v, filled_vi]), method=method, test=test, level=level
    )
    p = 0.5 ** (k0 + 1) if estimator == "R0" else float("nan")
    return TrimFill(k0, _standard_error(y.size, raw, estimator), p, side, fit, filled_yi, filled_vi)


def _thin_side(y: Array, v: Array, method: str) -> str:
    return "right" if small_study.regtest(y, v, method=method).slope < 0 else "left"


def _settle(y: Array, v: Array, estimator: str, method: str) -> tuple[int, float, float]:
    """k0, its unrounded value, and the centre of the trimmed studies; y is sorted, studies lack on the left."""
    k, k0 = y.size, 0
    for _ in range(MOST):
        if k - k0 < 1:
            break
        trimmed = models.fit(y[: k - k0], v[: k - k0], method=method, prediction=None, tau2_interval=None)
        centre = trimmed.est
        raw = _missing(y - centre, estimator)
        new = max(0, round(raw))
        if new == k0:
            return k0, raw, centre
        k0 = new
    raise PoolError(f"trim and fill ({estimator}) does not settle: the count of missing studies keeps changing")


def _missing(centred: Array, estimator: str) -> float:
    k = centred.size
    # a study at the centre up to rounding stands on neither side
    centred = np.where(np.abs(centred) > 1e-12 * np.abs(centred).max(), centred, 0.0)
    ranks = np.empty(k)
    ranks[np.argsort(np.abs(centred), kind="stable")] = np.arange(1, k + 1)
    if estimator == "R0":
        below = ranks[centred < 0]
        return k - (below.max() if below.size else 0) - 1
    s = float(ranks[centred > 0].sum())
    if estimator == "L0":
        return (4 * s - k * (k + 1)) / (2 * k - 1)
    return k - 0.5 - np.sqrt(max(0.0, 2 * k * k - 4 * s + 0.25))


def _standard_error(k: int, k0: float, estimator: str) -> float:
    """Standard error of the count at its unrounded estimate, which can lie below zero (Duval & Tweedie 2000).

    NaN where the variance formula of L0 and Q0, a cubic in k0, is not positive there.
    """
    if estimator == "R0":
        return float(np.sqrt(2 * max(0.0, k0) + 2))
    cubic = 10 * k0**3 + 27 * k0**2 + 17 * k0 - 18 * k * k0**2 - 18 * k * k0 + 6 * k * k * k0
    variance = (k * (k + 1) * (2 * k + 1) + cubic) / 24
    scale = (k - 0.5) ** 2 - (k0 * (2 * k - k0 - 1) if estimator == "Q0" else 0.0)
    return float(2 * np.sqrt(variance / scale)) if variance > 0 and scale > 0 else float("nan")
