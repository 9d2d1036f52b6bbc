"""Distributions on a quadrature grid: panels of Gauss-Legendre nodes, mixtures of normals over them, quantiles, intervals.

Serves `bayes`. Every function works on many distributions at once, one a row, to near rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.polynomial import legendre
from scipy.special import ndtr, ndtri

from . import roots
from .algebra import Array

PANELS, NODES = 96, 8
GOLDEN = (np.sqrt(5.0) - 1) / 2


class Panels(NamedTuple):
    """A density on [low, high], cut into equal panels."""

    x: Array  # (n, PANELS * NODES)
    weights: Array  # (n, PANELS * NODES), sum to one
    low: Array  # (n,)
    width: Array  # (n,) of a panel


def panels(low: Array, high: Array, log_density: Callable[[Array], Array]) -> Panels:
    """Quadrature of a density known up to its constant, smooth on the scale of a panel."""
    nodes, weights = legendre.leggauss(NODES)
    width = (high - low) / PANELS
    place = (np.arange(PANELS)[:, None] + 0.5 * (nodes + 1)).ravel()
    x = low[:, None] + width[:, None] * place
    f = log_density(x)
    mass = np.exp(f - f.max(axis=1, keepdims=True)) * np.tile(weights, PANELS)
    return Panels(x, mass / mass.sum(axis=1, keepdims=True), low, width)


def panel_quantile(p: Panels, prob: Array) -> Array:
    """Where the distribution function reaches `prob` (n,): inside a panel the density is its interpolating polynomial."""
    n = p.x.shape[0]
    mass = p.weights.reshape(n, PANELS, NODES)
    upto = np.concatenate([np.zeros((n, 1)), np.cumsum(mass.sum(axis=2), axis=1)], axis=1)
    panel = np.clip((upto <= prob[:, None]).sum(axis=1) - 1, 0, PANELS - 1)
    row = np.arange(n)
    values = mass[row, panel] / _GAUSS_WEIGHTS
    antiderivative = values @ _TO_ANTIDERIVATIVE.T  # Legendre coefficients of the integral from the panel's start
    density = values @ _TO_COEFFICIENTS.T
    target = prob - upto[row, panel]

    def value_and_slope(s: Array, index: np.ndarray) -> tuple[Array, Array]:
        at = legendre.legvander(s - 1, NODES)
        total = (at * antiderivative[index]).sum(axis=1)
        return target[index] - total, -(at[:, :NODES] * density[index]).sum(axis=1)

    # s runs over [0, 2] so that the brackets of `roots` start at zero
    s = roots.falling(value_and_slope, np.zeros(n), np.full(n, 2.0), np.ones(n), np.full(n, 1.0))
    return p.low + p.width * (panel + 0.5 * s)


def density(weights: Array, mean: Array, sd: Array, at: Array) -> Array:
    """Density of one mixture of normals at the points `at`."""
    z = (at[:, None] - mean) / sd
    return np.asarray((weights * np.exp(-0.5 * z * z) / (sd * np.sqrt(2 * np.pi))).sum(axis=1))


def quantile(weights: Array, mean: Array, sd: Array, prob: Array) -> Array:
    """Quantiles (n,) of mixtures of normals (n, m), their sd in rising order.

    The widest components can be wider than all the rest by many orders: those that hold less than half the tail are
    left out of the bracket (not of the distribution), which bounds the root by quantiles of the others.
    """
    left_out = 0.5 * np.minimum(prob, 1 - prob)
    part = np.cumsum(weights, axis=1) - weights <= (1 - left_out)[:, None]
    below, above = (prob - left_out) / (1 - left_out), np.minimum(prob / (1 - left_out), 1 - 1e-16)
    low = np.where(part, mean + ndtri(below)[:, None] * sd, np.inf).min(axis=1)
    high = np.where(part, mean + ndtri(above)[:, None] * sd, -np.inf).max(axis=1)

    def value_and_slope(t: Array, index: np.ndarray) -> tuple[Array, Array]:
        z = ((low[index] + t)[:, None] - mean[index]) / sd[index]
        slope = (weights[index] * np.exp(-0.5 * z * z) / sd[index]).sum(axis=1) / np.sqrt(2 * np.pi)
        return prob[index] - (weights[index] * ndtr(z)).sum(axis=1), -slope

    width = high - low
    return low + roots.falling(value_and_slope, np.zeros(low.size), width, 0.5 * width, sd[:, 0])


def interval(curve: Callable[[Array], Array], n: int, level: float, shortest: bool) -> tuple[Array, Array]:
    """Central or shortest interval from a quantile function; the shortest by golden section, for one-peaked densities."""
    tail = np.full(n, (1 - level) / 2)
    if not shortest:
        return curve(tail), curve(tail + level)

    def width(p: Array) -> Array:
        return curve(p + level) - curve(p)

    edge = 1e-12 * (1 - level)
    a, b = np.full(n, edge), np.full(n, (1 - level) - edge)
    c, d = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
    at_c, at_d = width(c), width(d)
    for _ in range(40):
        left = at_c < at_d
        a, b = np.where(left, a, c), np.where(left, d, b)
        c, d, at_c, at_d = (
            np.where(left, b - GOLDEN * (b - a), d),
            np.where(left, c, a + GOLDEN * (b - a)),
            np.where(left, 0.0, at_d),
            np.where(left, at_c, 0.0),
        )
        new = width(np.where(left, c, d))
        at_c, at_d = np.where(left, new, at_c), np.where(left, at_d, new)
    best = 0.5 * (a + b)
    return curve(best), curve(best + level)


_GAUSS_NODES, _GAUSS_WEIGHTS = legendre.leggauss(NODES)
_TO_COEFFICIENTS = np.linalg.inv(legendre.legvander(_GAUSS_NODES, NODES - 1))
_TO_ANTIDERIVATIVE = np.stack([legendre.legint(column, lbnd=-1) for column in _TO_COEFFICIENTS.T], axis=1)
