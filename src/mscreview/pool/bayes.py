"""Bayesian random effects by quadrature: effects and priors in, posteriors of mean, heterogeneity and new study out.

The normal-normal model (Roever 2020, doi:10.18637/jss.v093.i06): yi ~ N(theta_i, vi), theta_i ~ N(mu, tau2), a normal
or flat prior on mu, a named prior on tau. Given tau all is normal, so one integral over tau is left; it runs on a
grid over log tau that finds the posterior by itself. No sampler, no seed; many analyses at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtr

from . import mixture
from .algebra import Array, PoolError, Rows, check, from_segments

INTERVALS = ("central", "shortest")
BENEFITS = ("higher", "lower")
WIDE = 1024  # points of the search for the posterior
NEGLIGIBLE = 42.0  # log density below the peak at which the grid ends
BLOCK = 1 << 21


@dataclass(frozen=True)
class Prior:
    """Prior of tau: `name` in `PRIORS` with its scale (for "uniform": the upper bound, which may be infinite), and of
    mu: normal with this mean and standard deviation, or flat where `mu_sd` is infinite."""

    name: str = "half-normal"
    scale: float = 0.5
    mu_mean: float = 0.0
    mu_sd: float = np.inf


@dataclass(frozen=True)
class Grid:
    """Posterior of tau on its quadrature grid and of mu given tau; one row an analysis."""

    x: mixture.Panels  # position on the search scale, with weights that sum to one
    tau: Array  # (n, m)
    mean: Array  # (n, m) of mu given tau
    sd: Array  # (n, m)
    to_tau: Callable[[Array], Array]
    falls: Array  # (n,) power of tau by which its density falls at last; infinite where faster than any
    flat: bool  # the prior of mu

    def density(self, what: str, at: ArrayLike, row: int = 0) -> Array:
        """Density of "mu" or of "new" (the true effect of a new study) at the points `at`."""
        sd = self.sd[row] if what == "mu" else np.hypot(self.sd[row], self.tau[row])
        return mixture.density(self.x.weights[row], self.mean[row], sd, np.asarray(at, dtype=float))


def posterior(
    yi: ArrayLike,
    vi: ArrayLike,
    prior: Prior,
    *,
    level: float = 0.95,
    interval: str = "central",
    better: str | None = None,
    labels: Sequence[object] | None = None,
) -> tuple[pd.DataFrame, Grid]:
    """Posterior of one analysis.

    Parameters
    ----------
    prior : Prior
        No default: a prior is part of the question, and its scale that of the effects.
    interval : str
        "central" (equal tails) or "shortest".
    better : str, optional
        "higher" or "lower": which direction is a benefit; adds `p_benefit`.

    Returns
    -------
    DataFrame
        Rows mu, tau, new; columns mean, median, sd, low, high, p_benefit. Where heavy tails leave no variance the sd
        is infinite; where they leave no mean, that of tau is infinite and the others are NaN.
    Grid
        For densities and pictures.

    Raises
    ------
    PoolError
        Unusable rows, unknown names, or an improper posterior (uniform prior without bound and fewer than three
        studies; two where mu has a prior).
    """
    y, v = check(yi, vi, labels)
    _check_names(prior, level, interval, better)
    rows = from_segments(y, v, np.array([0]), np.array([y.size]))
    grid = _grid(rows, prior)
    wide = _summary(grid, level, interval, better)
    names = ("mean", "median", "sd", "low", "high", "p_benefit")
    table = {p: [float(wide[f"{p}_{s}"][0]) if f"{p}_{s}" in wide else np.nan for s in names] for p in PARAMETERS}
    return pd.DataFrame.from_dict(table, orient="index", columns=list(names)), grid


def groups(
    effects: pd.DataFrame,
    by: Sequence[str],
    prior: Prior,
    *,
    level: float = 0.95,
    interval: str = "central",
    better: str | None = None,
) -> pd.DataFrame:
    """Posteriors of each group of an effects table: columns of `by`, k, and `mu_mean` ... `new_p_benefit`.

    Raises
    ------
    PoolError
        As `posterior`; and a column that is missing.
    """
    missing = [c for c in ("yi", "vi", *by) if c not in effects.columns]
    if missing or not by:
        raise PoolError(f"effects lacks column(s) {', '.join(missing)}" if missing else "`by` names no column")
    _check_names(prior, level, interval, better)
    labels = effects["effect_id"].tolist() if "effect_id" in effects else None
    y, v = check(effects["yi"], effects["vi"], labels)
    code = effects.groupby(list(by), dropna=False, sort=True).ngroup().to_numpy()
    order = np.argsort(code, kind="stable")
    counts = np.bincount(code)
    starts = np.cumsum(counts) - counts
    table = effects.iloc[order[starts]][list(by)].reset_index(drop=True).assign(k=counts)
    parts = []
    for block in _blocks(counts):
        rows = from_segments(y[order], v[order], starts[block], counts[block])
        parts.append(pd.DataFrame(_summary(_grid(rows, prior), level, interval, better), index=block))
    return table.join(pd.concat(parts).sort_index())


def _check_names(prior: Prior, level: float, interval: str, better: str | None) -> None:
    problems = []
    if prior.name not in PRIORS:
        problems.append(f"unknown prior {prior.name!r}; one of {', '.join(PRIORS)}")
    if not prior.scale > 0 or (np.isinf(prior.scale) and prior.name != "uniform"):
        problems.append(f"prior scale must be positive, got {prior.scale}")
    if not prior.mu_sd > 0 or not np.isfinite(prior.mu_mean):
        problems.append(f"prior of mu needs a finite mean and a positive sd, got {prior.mu_mean}, {prior.mu_sd}")
    if not 0 < level < 1 or interval not in INTERVALS or better not in (None, *BENEFITS):
        problems.append(
            f"level in (0, 1), interval in {INTERVALS}, better in {BENEFITS}; got {level}, {interval}, {better}"
        )
    if problems:
        raise PoolError("; ".join(problems))


def _grid(rows: Rows, prior: Prior) -> Grid:
    if (_falls(rows, prior) <= 1).any():
        fewest, needed = int(rows.k.min()), 2 + np.isinf(prior.mu_sd)
        raise PoolError(f"a uniform prior without bound needs {needed} studies here, got {fewest}: bound it")
    bounded = prior.name == "uniform" and np.isfinite(prior.scale)

    def to_tau(x: Array) -> Array:
        return prior.scale * expit(x) if bounded else np.exp(x)

    def log_density(x: Array) -> Array:
        tau = to_tau(x)
        jacobian = np.log(tau) + (np.log(expit(-x)) if bounded else 0.0)
        return PRIORS[prior.name](tau, prior.scale) + jacobian + _given(rows, prior, tau)[2]

    low, high = _search_range(rows, prior, bounded)
    for _ in range(3):
        x = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, WIDE)
        f = log_density(x)
        there = f > f.max(axis=1, keepdims=True) - NEGLIGIBLE
        first = np.maximum(there.argmax(axis=1) - 1, 0)
        last = np.minimum(WIDE - there[:, ::-1].argmax(axis=1), WIDE - 1)
        row = np.arange(rows.n)
        low, high = x[row, first], x[row, last]
    panels = mixture.panels(low, high, log_density)
    tau = to_tau(panels.x)
    mean, sd, _ = _given(rows, prior, tau)
    return Grid(panels, tau, mean + rows.centre[:, None], sd, to_tau, _falls(rows, prior), bool(np.isinf(prior.mu_sd)))


def _given(rows: Rows, prior: Prior, tau: Array) -> tuple[Array, Array, Array]:
    """Mean (about the centre) and sd of mu given tau, and the log marginal likelihood of tau: (n, m) each."""
    w = 1 / (rows.v[:, None, :] + (tau * tau)[:, :, None])
    y = rows.y[:, None, :]
    own, m0 = 1 / prior.mu_sd**2, (prior.mu_mean - rows.centre)[:, None]
    precision = w.sum(axis=2) + own
    mean = ((w * y).sum(axis=2) + own * m0) / precision
    misfit = (w * (y - mean[:, :, None]) ** 2).sum(axis=2) + own * (mean - m0) ** 2
    log_w = np.log(np.where(w > 0, w, 1.0)).sum(axis=2)
    return mean, 1 / np.sqrt(precision), 0.5 * (log_w - np.log(precision) - misfit)


def _falls(rows: Rows, prior: Prior) -> Array:
    """The likelihood falls as tau^-k, or tau^-(k - 1) under a flat prior of mu; to this the prior adds its own power."""
    power = {"half-cauchy": 2.0, "uniform": 0.0 if np.isinf(prior.scale) else np.inf}.get(prior.name, np.inf)
    return rows.k - float(np.isinf(prior.mu_sd)) + power


def _search_range(rows: Rows, prior: Prior, bounded: bool) -> tuple[Array, Array]:
    """Beyond these ends the density of log tau falls at least like exp(-|x|): forty e-folds leave nothing."""
    spread = np.where(np.isfinite(rows.v), np.abs(rows.y), 0.0).max(axis=1)
    small = np.log(np.sqrt(rows.v_min))
    large = np.log(np.sqrt(rows.v_max) + spread + (prior.scale if np.isfinite(prior.scale) else 0.0))
    if bounded:
        shift = np.log(prior.scale)
        return np.minimum(small - shift, 0.0) - 45, np.maximum(large - shift, 0.0) + 45
    return np.minimum(small, np.log(prior.scale) if np.isfinite(prior.scale) else small) - 45, large + 45


def _summary(grid: Grid, level: float, interval: str, better: str | None) -> dict[str, Array]:
    w, tau = grid.x.weights, grid.tau
    both = np.hypot(grid.sd, tau)
    curves: dict[str, Callable[[Array], Array]] = {
        "mu": lambda p: mixture.quantile(w, grid.mean, grid.sd, p),
        "tau": lambda p: grid.to_tau(mixture.panel_quantile(grid.x, p)),
        "new": lambda p: mixture.quantile(w, grid.mean, both, p),
    }
    moments = _moments(grid)
    out: dict[str, Array] = {}
    for name in PARAMETERS:
        low, high = mixture.interval(curves[name], w.shape[0], level, interval == "shortest")
        half = curves[name](np.full(w.shape[0], 0.5))
        out |= {f"{name}_mean": moments[name][0], f"{name}_median": half, f"{name}_sd": moments[name][1]}
        out |= {f"{name}_low": low, f"{name}_high": high}
    if better is not None:
        sign = 1.0 if better == "higher" else -1.0
        out["mu_p_benefit"] = (w * ndtr(sign * grid.mean / grid.sd)).sum(axis=1)
        out["new_p_benefit"] = (w * ndtr(sign * grid.mean / both)).sum(axis=1)
    return out


def _moments(grid: Grid) -> dict[str, tuple[Array, Array]]:
    """Mean and sd of each parameter; infinite, or NaN for a mean with both tails, where the integral does not exist."""
    w, tau = grid.x.weights, grid.tau
    mean = (w * grid.mean).sum(axis=1)
    bend = (w * (grid.mean - mean[:, None]) ** 2).sum(axis=1)
    own, tau_mean = (w * grid.sd**2).sum(axis=1), (w * tau).sum(axis=1)
    tau_sd = np.sqrt((w * (tau - tau_mean[:, None]) ** 2).sum(axis=1))
    first, second = grid.falls > 2, grid.falls > 3
    # mu given tau is as wide as tau only where its own prior does not hold it
    mu_first, mu_second = (first, second) if grid.flat else (np.ones_like(first), np.ones_like(second))
    return {
        "mu": (np.where(mu_first, mean, np.nan), np.where(mu_second, np.sqrt(bend + own), np.inf)),
        "tau": (np.where(first, tau_mean, np.inf), np.where(second, tau_sd, np.inf)),
        "new": (
            np.where(first, mean, np.nan),
            np.where(second, np.sqrt(bend + own + (w * tau**2).sum(axis=1)), np.inf),
        ),
    }


def _blocks(counts: NDArray[np.integer]) -> Iterator[NDArray[np.intp]]:
    order = np.argsort(counts, kind="stable")
    at = 0
    while at < order.size:
        many = max(1, BLOCK // (WIDE * int(counts[order[at]]) * 2))
        here = order[at : at + many]
        here = here[counts[here] <= 2 * counts[here[0]]]
        yield here
        at += here.size


PARAMETERS = ("mu", "tau", "new")

PRIORS: dict[str, Callable[[Array, float], Array]] = {
    "half-normal": lambda tau, scale: -0.5 * (tau / scale) ** 2,
    "half-cauchy": lambda tau, scale: -np.log1p((tau / scale) ** 2),
    "uniform": lambda tau, scale: np.zeros_like(tau),
}
