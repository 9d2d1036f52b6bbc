"""Roots of many falling functions at once: brackets in, roots out.

Newton steps kept inside a bracket that always shrinks, so it cannot diverge or run out; every tolerance is relative to
the data's own scale. Serves the tau2 estimators and the intervals of `pool`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Function = Callable[[Array, NDArray[np.intp]], tuple[Array, Array]]

TOLERANCE = 1e-10  # of the step; Newton is quadratic here, so the root is then good to rounding
EVERY = 6  # one bisection in so many steps bounds the work whatever the function
MOST = 400


def falling(f: Function, low: Array, high: Array, start: Array, offset: Array) -> Array:
    """Solve f(t) = 0 in [low, high] for each element, f falling through zero there.

    Parameters
    ----------
    f : callable
        `f(t, index)` gives value and slope for the elements `index`.
    low, high, start : arrays of one length
        Brackets and first guesses.
    offset : array
        Positive scale; bisection halves log(t + offset) and the tolerance is relative to t + offset.
    """
    lo, hi = low.astype(float), high.astype(float)
    t = np.clip(start, lo, hi)
    active = np.arange(t.size)
    for step in range(1, MOST + 1):
        if active.size == 0:
            break
        here, a = t[active], offset[active]
        value, slope = f(here, active)
        up = value > 0
        lo[active], hi[active] = np.where(up, here, lo[active]), np.where(up, hi[active], here)
        left, right = lo[active], hi[active]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            new = here - value / slope
        inside = (slope < 0) & (new >= left) & (new <= right)
        middle = np.sqrt((left + a) * (right + a)) - a
        halve = ~inside | (step % EVERY == 0)
        done = (np.abs(new - here) <= TOLERANCE * (here + a)) & inside | (value == 0)
        done |= right - left <= 4e-16 * (right + a)
        moved = np.where(halve & ~done, np.clip(middle, left, right), np.where(inside, new, here))
        t[active] = np.where(value == 0, here, moved)
        active = active[~done]
    return t
