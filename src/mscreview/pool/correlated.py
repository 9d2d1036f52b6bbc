"""Effects that are not independent: two treated arms against one control, several outcomes of the same patients.

Takes effects with the covariance of their sampling errors, gives a generalised least-squares fit with or without
between-study variance. The other two ways out, combining the arms or splitting the control group, are named choices
beside it. Most reviews need one of the three wherever `shared_control` is filled in.

Sources: Gleser & Olkin 2009, in The Handbook of Research Synthesis, ch. 19 (shared control); Cochrane Handbook
23.3.4 (combine, split); Harville 1977 (doi:10.1080/01621459.1977.10480998) for ML and REML with any V.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve, eigh
from scipy.special import chdtrc

from . import intervals, roots
from .algebra import Array, PoolError, check
from .fitted import COMMON
from .models import p_value

METHODS = (COMMON, "ML", "REML")
TESTS = ("z", "t")


@dataclass(frozen=True)
class CorrelatedFit:
    """A generalised least-squares fit; `q` is the residual sum of squares under V alone."""

    method: str
    test: str
    level: float
    k: int
    beta: Array
    se: Array
    ci: Array  # (p, 2)
    stat: Array
    p: Array
    vcov: Array
    tau2: float
    q: float
    q_df: int
    q_p: float


def shared_control(
    measure: str, vi: ArrayLike, shared: Sequence[object], control: ArrayLike, effects: ArrayLike | None = None
) -> Array:
    """Covariance matrix V of effects of which some share a control group.

    Parameters
    ----------
    measure : str
        "MD", "RR", "OR", "RD", "ROM", "HR" or "SMD".
    vi : (k,) array_like
        Sampling variances.
    shared : sequence
        Name of the control group behind each effect; an empty name or None shares with nobody.
    control : (k,) array_like
        What the control group adds to the variance: sd2^2/n2 (MD), 1/c - 1/n2 (RR), 1/c + 1/d (OR), p2(1-p2)/n2 (RD),
        sd2^2/(n2 m2^2) (ROM), 1/events of the control (HR); for SMD its size n2.
    effects : (k,) array_like, optional
        The SMDs themselves, needed for SMD only: cov = 1/n2 + d_i d_j / (2 N), N the patients of all arms of that
        trial, given by vi and n2 (Gleser & Olkin 2009, eq. 19.19).

    Raises
    ------
    PoolError
        Unequal lengths, unusable numbers, or a V that is not positive definite.
    """
    part = np.asarray(control, dtype=float)
    dummy = np.zeros(part.size) if effects is None else effects
    y, v = check(dummy, vi)
    if len(shared) != v.size or part.shape != v.shape or not (np.isfinite(part) & (part > 0)).all():
        raise PoolError("vi, shared and control must have one length, and control must be positive")
    if measure == "SMD" and effects is None:
        raise PoolError("SMD: the covariance of effects that share a control needs the effects themselves")
    out = np.diag(v)
    for name in dict.fromkeys(s for s in shared if s not in (None, "")):
        at = np.flatnonzero([s == name for s in shared])
        total = part[at[0]] + sum(_treated_size(v[i], part[i], y[i]) for i in at) if measure == "SMD" else 0.0
        for i in at:
            for j in at[at > i]:
                both = float(np.sqrt(part[i] * part[j]))  # one control: the two parts are equal
                out[i, j] = out[j, i] = 1 / both + y[i] * y[j] / (2 * total) if measure == "SMD" else both
    _definite(out)
    return out


def compound(vi: ArrayLike, groups: Sequence[object], rho: float) -> Array:
    """V with one correlation `rho` between all effects of the same group, none between groups."""
    _, v = check(np.zeros(np.size(vi)), vi)
    if len(groups) != v.size or not -1 < rho < 1:
        raise PoolError(f"one group a variance and -1 < rho < 1, got {len(groups)} for {v.size}, rho = {rho}")
    codes = {name: i for i, name in enumerate(dict.fromkeys(groups))}
    code = np.array([codes[g] for g in groups])
    out = np.where(code[:, None] == code, rho, 0.0) * np.sqrt(np.outer(v, v))
    np.fill_diagonal(out, v)
    _definite(out)
    return out


def fit(
    yi: ArrayLike,
    V: ArrayLike,
    *,
    X: ArrayLike | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
) -> CorrelatedFit:
    """Generalised least squares with known V and, for "ML" and "REML", one tau2 for every effect: V + tau2 I.

    Parameters
    ----------
    yi : (k,) array_like
    V : (k, k) array_like
        Covariance of the sampling errors (`shared_control`, `compound`, or your own).
    X : (k, p) array_like, optional
    method : "EE", "ML" or "REML"
    test : "z" or "t" (k - p degrees of freedom)

    Raises
    ------
    PoolError
        A V that is not symmetric and positive definite, an unknown name, no more effects than coefficients.
    """
    cov = np.asarray(V, dtype=float)
    y, _ = check(yi, np.diagonal(cov))
    if cov.shape != (y.size, y.size) or not np.allclose(cov, cov.T, rtol=1e-12, atol=0):
        raise PoolError(f"V must be a symmetric {y.size} x {y.size} matrix, got shape {cov.shape}")
    if method not in METHODS or test not in TESTS:
        raise PoolError(f"method is one of {METHODS}, test one of {TESTS}; got {method!r}, {test!r}")
    _definite(cov)
    x = np.ones((y.size, 1)) if X is None else np.asarray(X, dtype=float)
    df = y.size - x.shape[1]
    if x.shape[0] != y.size or df < 1:
        raise PoolError(f"X must have {y.size} rows and fewer columns, got shape {x.shape}")
    tau2 = 0.0 if method == COMMON else _maximise(y, cov, x, method)
    beta, vcov, _ = _gls(y, cov + tau2 * np.eye(y.size), x)
    q = _gls(y, cov, x)[2]
    freedom = None if test == "z" else np.array(float(df))
    se = np.sqrt(np.diagonal(vcov))
    half = intervals.critical(level, freedom) * se
    return CorrelatedFit(
        method=method,
        test=test,
        level=level,
        k=y.size,
        beta=beta,
        se=se,
        ci=np.stack([beta - half, beta + half], axis=1),
        stat=beta / se,
        p=p_value(beta / se, freedom),
        vcov=vcov,
        tau2=tau2,
        q=q,
        q_df=df,
        q_p=float(chdtrc(df, q)),
    )


def combine(yi: ArrayLike, V: ArrayLike, groups: Sequence[object]) -> tuple[list[object], Array, Array]:
    """One effect a group by generalised least squares within it: group names, yi, vi.

    Raises
    ------
    PoolError
        As `fit`, and where V has covariances between groups, which this would ignore.
    """
    cov = np.asarray(V, dtype=float)
    y, _ = check(yi, np.diagonal(cov))
    names = list(dict.fromkeys(groups))
    code = np.array([names.index(g) for g in groups])
    if np.any(cov[code[:, None] != code] != 0):
        raise PoolError("V has covariances between groups; combining within groups would ignore them")
    parts = [np.flatnonzero(code == i) for i in range(len(names))]
    fits = [_gls(y[at], cov[np.ix_(at, at)], np.ones((at.size, 1))) for at in parts]
    return names, np.array([b[0] for b, _, _ in fits]), np.array([v[0, 0] for _, v, _ in fits])


def split_control(n: ArrayLike, events: ArrayLike | None, shares: int) -> tuple[Array, Array | None]:
    """A control group divided over `shares` comparisons: size, and events where given (Cochrane Handbook 23.3.4).

    Mean and SD stay as they are; the comparisons are then treated as independent, which is approximate.
    """
    if shares < 1:
        raise PoolError(f"shares must be 1 or more, got {shares}")
    counts = None if events is None else np.asarray(events, dtype=float) / shares
    return np.asarray(n, dtype=float) / shares, counts


def _treated_size(v: float, n2: float, d: float) -> float:
    """The n1 that solves v = 1/n1 + 1/n2 + d^2 / (2 (n1 + n2))."""
    a, half = v - 1 / n2, d * d / 2
    # a n1^2 + (a n2 - 1 - half) n1 - n2 = 0
    b = a * n2 - 1 - half
    if a <= 0:
        raise PoolError(f"an SMD with vi = {v} cannot rest on a control group of {n2}: vi must exceed 1/n2")
    return float((-b + np.sqrt(b * b + 4 * a * n2)) / (2 * a))


def _gls(y: Array, cov: Array, x: Array) -> tuple[Array, Array, float]:
    factor = cho_factor(cov, lower=True)
    solved = cho_solve(factor, np.column_stack([x, y]))
    inner = x.T @ solved[:, :-1]
    vcov = np.linalg.inv(inner)
    beta = vcov @ (x.T @ solved[:, -1])
    resid = y - x @ beta
    return beta, vcov, float(resid @ cho_solve(factor, resid))


def _maximise(y: Array, cov: Array, x: Array, method: str) -> float:
    """Highest point of the (restricted) likelihood: falls of the score between grid points, refined, and zero."""
    values, vectors = eigh(cov)  # V + tau2 I keeps these vectors: each evaluation is then cheap
    u, a = vectors.T @ y, vectors.T @ x
    resid = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    s, low = float(resid @ resid) / (y.size if method == "ML" else y.size - x.shape[1]), float(values[0])
    # the bound of `likelihood._bound`, with the eigenvalues of V for the variances
    top = 0.5 * (s - 2 * low + np.sqrt(s * (s + 4 * (float(values[-1]) - low)))) * (1 + 1e-6)
    if top <= 0:
        return 0.0
    grid = low * np.expm1(np.linspace(0, np.log1p(top / low), 2 + int(2 * np.log1p(top / low))))
    score = np.array([_score(t, values, u, a, method)[0] for t in grid])
    falls = np.flatnonzero((score[:-1] > 0) & (score[1:] <= 0))

    def value_and_slope(t: Array, index: NDArray[np.intp]) -> tuple[Array, Array]:
        found = np.array([_score(float(one), values, u, a, method) for one in t])
        return found[:, 0], found[:, 1]

    tops = roots.falling(
        value_and_slope, grid[falls], grid[falls + 1], (grid[falls] + grid[falls + 1]) / 2, np.full(falls.size, low)
    )
    rivals = [0.0, *(float(t) for t in tops)]
    return max(rivals, key=lambda t: _log_likelihood(t, values, u, a, method))


def _score(t: float, values: Array, u: Array, a: Array, method: str) -> tuple[float, float]:
    w = 1 / (values + t)
    wa = w[:, None] * a
    inverse = np.linalg.inv(a.T @ wa)
    z = w * (u - a @ (inverse @ (wa.T @ u)))  # Py in the basis of the eigenvectors
    pz = w * (z - a @ (inverse @ (wa.T @ z)))
    if method == "ML":
        return float(z @ z - w.sum()), float((w * w).sum() - 2 * z @ pz)
    p = np.diag(w) - wa @ inverse @ wa.T
    return float(z @ z - np.trace(p)), float((p * p).sum() - 2 * z @ pz)


def _log_likelihood(t: float, values: Array, u: Array, a: Array, method: str) -> float:
    w = 1 / (values + t)
    inner = a.T @ (w[:, None] * a)
    r = u - a @ np.linalg.solve(inner, a.T @ (w * u))
    ll = 0.5 * (np.log(w).sum() - (w * r * r).sum())
    return float(ll if method == "ML" else ll - 0.5 * np.linalg.slogdet(inner)[1])


def _definite(cov: Array) -> None:
    lowest = float(np.linalg.eigvalsh(cov)[0])
    if not lowest > 0:
        raise PoolError(f"V is not positive definite (smallest eigenvalue {lowest:g}): check the shared variances")
