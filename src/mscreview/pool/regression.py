"""Meta-regression: effects and moderators in, coefficients with their joint tests and predictions out.

Takes vectors and a design matrix (or a formula over a table), gives a `Regression`: the `Fit` of `models` with
the omnibus test QM, R2 and the names of the coefficients. Stands beside `models`; `subgroup` and `small_study`
use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc, fdtrc

from . import intervals, models
from .algebra import Array, PoolError
from .fitted import COMMON, Fit


@dataclass(frozen=True)
class Regression:
    """One meta-regression. QE is `fit.q`, with `fit.q_df` and `fit.q_p`."""

    fit: Fit
    names: tuple[str, ...]
    tested: tuple[int, ...]  # coefficients in the omnibus test
    qm: float  # chi-square for test "z", F for the t tests
    qm_df: tuple[float, float | None]
    qm_p: float
    r2: float  # percent, 0 where there is nothing to explain; NaN where the design spans no intercept

    def table(self) -> pd.DataFrame:
        """Coefficients, one a row."""
        f = self.fit
        columns = {"est": f.beta, "se": f.se, "stat": f.stat, "p": f.p, "ci_low": f.ci[:, 0], "ci_high": f.ci[:, 1]}
        return pd.DataFrame({"term": self.names, **columns})


def regress(
    yi: ArrayLike,
    vi: ArrayLike,
    X: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    tested: Sequence[int] | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    tau2_interval: str | None = "QP",
    labels: Sequence[object] | None = None,
) -> Regression:
    """Fit a meta-regression.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects and sampling variances.
    X : (k, p) array_like or DataFrame
        Design matrix with its intercept; `design` makes one from a formula.
    names : sequence of str, optional
        Names of the columns of X.
    tested : sequence of int, optional
        Coefficients in the omnibus test; by default all but the intercept, or all where there is none.
    method, test, level, tau2_interval, labels
        As in `models.fit`.

    Notes
    -----
    QM = b' V^-1 b, chi-square with m degrees of freedom; for the t tests QM / m, F with m and k - p. R2 is the
    share of tau2 the moderators take away (Raudenbush 2009; not below zero); in the common-effect model the share
    of the mean squares Q / df.

    Raises
    ------
    PoolError
        As `models.fit`; and coefficients to test that do not exist.
    """
    columns = [str(c) for c in X.columns] if isinstance(X, pd.DataFrame) else None
    x = np.asarray(X, dtype=float)
    fit = _fit(yi, vi, x, method, test, level, tau2_interval, labels)
    called = tuple(names or columns or (f"x{i}" for i in range(x.shape[1])))
    chosen = _tested(x, tested)
    qm, df, p = omnibus(fit, chosen)
    return Regression(fit, called, chosen, qm, df, p, r_squared(fit))


def design(data: pd.DataFrame, formula: str) -> pd.DataFrame:
    """Design matrix of a formula such as `"~ dose + C(route)"` (patsy) over the rows of `data`.

    Raises
    ------
    PoolError
        A formula patsy cannot read, or a row with a missing moderator (named).
    """
    import patsy  # comes with statsmodels; slow to import, so only where a formula is used

    try:
        matrix = patsy.dmatrix(formula, data, return_type="dataframe", NA_action="raise")
    except patsy.PatsyError as error:
        missing = data.index[data.isna().any(axis=1)].tolist()
        where = f"; rows with missing values: {missing}" if missing else ""
        raise PoolError(f"formula {formula!r}: {error.message}{where}") from error
    return pd.DataFrame(matrix)


def omnibus(fit: Fit, tested: Sequence[int]) -> tuple[float, tuple[float, float | None], float]:
    """Joint test that the coefficients `tested` are zero: statistic, degrees of freedom, p."""
    at = list(tested)
    m = len(at)
    if m == 0 or not all(0 <= i < fit.beta.size for i in at):
        raise PoolError(f"cannot test coefficients {at}: the model has {fit.beta.size}")
    b, v = fit.beta[at], fit.vcov[np.ix_(at, at)]
    # effects that lie exactly on the model leave a t test no spread to measure by
    qm = float(b @ _solve(v, b)) if (np.diagonal(v) > 0).all() else float("nan")
    if fit.df is None:
        return qm, (float(m), None), float(chdtrc(m, qm))
    return qm / m, (float(m), fit.df), float(fdtrc(m, fit.df, qm / m))


def r_squared(fit: Fit) -> float:
    """Percent of the heterogeneity that the moderators explain, NaN where that has no meaning."""
    if fit.X is None or not _spans_intercept(fit.X) or fit.X.shape[1] < 2:
        return float("nan")
    null = models.fit(fit.yi, fit.vi, method=fit.method, prediction=None, tau2_interval=None)
    if fit.method == COMMON:
        with_, without = fit.q / fit.q_df, null.q / null.q_df
    else:
        with_, without = fit.tau2, null.tau2
    return 100 * max(0.0, 1 - with_ / without) if without > 0 else 0.0


def predict(model: Regression, X: ArrayLike, *, prediction: str = "metafor") -> pd.DataFrame:
    """Predicted mean effect at each row of X, with its interval and the interval for a new study.

    Parameters
    ----------
    X : (n, p) array_like
        Rows of a design matrix, columns as in the model.
    prediction : str
        A name in `intervals.PREDICTION`.
    """
    f, x = model.fit, np.atleast_2d(np.asarray(X, dtype=float))
    if x.shape[1] != f.beta.size:
        raise PoolError(f"X has {x.shape[1]} columns, the model {f.beta.size}")
    est = x @ f.beta
    se = np.sqrt(np.einsum("ni,ij,nj->n", x, f.vcov, x))
    df = None if f.df is None else np.array([f.df])
    half = intervals.critical(f.level, df) * se
    out = {"est": est, "se": se, "ci_low": est - half, "ci_high": est + half}
    low = high = np.full(est.size, np.nan)
    if f.method != COMMON:
        free = np.full(est.size, float(f.q_df))
        low, high = intervals.prediction(
            est, se, np.full(est.size, f.tau2), free, convention=prediction, test=f.test, level=f.level, min_k=2
        )
    return pd.DataFrame({**out, "pi_low": low, "pi_high": high})


def _fit(
    yi: ArrayLike,
    vi: ArrayLike,
    x: Array,
    method: str,
    test: str,
    level: float,
    tau2_interval: str | None,
    labels: Sequence[object] | None,
) -> Fit:
    """The model, or an error where the variances differ so much that rounding eats the coefficients."""
    options = {"method": method, "test": test, "level": level, "tau2_interval": tau2_interval, "labels": labels}
    with np.errstate(invalid="ignore"):
        try:
            fit = models.fit(yi, vi, X=x, prediction=None, **options)  # type: ignore[arg-type]
        except np.linalg.LinAlgError:
            fit = None
    if fit is None or not np.isfinite(fit.se).all():
        v = np.asarray(vi, dtype=float)
        raise PoolError(f"vi from {v.min():g} to {v.max():g}: too far apart to tell the coefficients of X")
    return fit


def _tested(x: Array, tested: Sequence[int] | None) -> tuple[int, ...]:
    if tested is not None:
        return tuple(int(i) for i in tested)
    ones = np.flatnonzero((x == 1).all(axis=0))
    every = range(x.shape[1])
    return tuple(i for i in every if i not in ones[:1]) or tuple(every)


def _spans_intercept(x: Array) -> bool:
    ones = np.ones(x.shape[0])
    coefficients = np.linalg.lstsq(x, ones, rcond=None)[0]
    return bool(np.abs(x @ coefficients - ones).max() < 1e-8)


def _solve(a: Array, b: Array) -> Array:
    """a^-1 b after scaling to unit diagonal: moderators of very different size lose no digits."""
    s = 1 / np.sqrt(np.diagonal(a))
    return np.asarray(s * np.linalg.solve(a * s[:, None] * s, s * b))
