"""Roots of many falling functions at once: brackets in, roots out.

Newton steps kept inside a bracket that always shrinks, so it cannot diverge or run out; every tolerance is
relative to the data's own scale. Serves the tau2 estimators and the intervals of `pool`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .algebra import Array

Function = Callable[[Array, NDArray[np.intp]], tuple[Array, Array]]

TOLERANCE = 1e-9  # of the step; Newton is quadratic here, so the root is then good to rounding
ROUNDING = 4e-16
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
    out = np.clip(start, low, high)
    t, lo, hi, a, index = out, low, high, offset, np.arange(out.size)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for step in range(1, MOST + 1 if out.size else 1):
            value, slope = f(t, index)
            up = value > 0
            lo, hi = np.where(up, t, lo), np.where(up, hi, t)
            new = t - value / slope
            # a step uphill, or one over a flat or missing slope, lands outside the bracket and is refused
            inside = (new >= lo) & (new <= hi)
            done = (inside & (np.abs(new - t) <= TOLERANCE * (t + a))) | (hi - lo <= ROUNDING * (hi + a))
            halve = ~(inside | done) if step % EVERY else ~done
            if halve.any():
                middle = np.clip(np.sqrt((lo + a) * (hi + a)) - a, lo, hi)
                new = np.where(halve, middle, np.where(inside, new, t))
            out[index] = t = np.where(inside | halve, new, t)
            if done.any():
                left = np.flatnonzero(~done)
                if left.size == 0:
                    break
                t, lo, hi, a, index = t[left], lo[left], hi[left], a[left], index[left]
    return out
