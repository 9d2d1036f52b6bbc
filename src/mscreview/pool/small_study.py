"""Small-study effects: is the effect larger where studies are smaller?

Takes vectors (counts for Harbord's and Peters's tests), gives one small result a test. Regression tests stand on
`regression`. None of them is worth much below ten studies (Sterne 2011, doi:10.1136/bmj.d4002).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import intervals, models, regression
from .algebra import Array, PoolError, check, others

MODELS = ("rma", "lm")
PREDICTORS = ("sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv")
TO_ZERO = ("sei", "vi", "ninv", "sqrtninv")  # at zero the study would be infinitely large
EXACT_UP_TO = 500  # studies up to which Kendall's test is exact; beyond, exact and normal p agree to four digits


class RegTest(NamedTuple):
    """Test of the slope; `limit` is the estimate at infinite size where the predictor can reach it."""

    stat: float
    df: float | None
    p: float
    slope: float
    limit: float
    limit_low: float
    limit_high: float
    tau2: float  # NaN in the model with multiplicative dispersion


class RankTest(NamedTuple):
    tau: float
    p: float
    exact: bool


class PetPeese(NamedTuple):
    """PET and PEESE limits and the one the conditional rule takes."""

    pet: RegTest
    peese: RegTest
    chosen: str
    est: float
    ci_low: float
    ci_high: float


def regtest(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    predictor: str = "sei",
    model: str = "rma",
    ni: ArrayLike | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
) -> RegTest:
    """Regression test for funnel-plot asymmetry.

    Parameters
    ----------
    predictor : str
        Standard error "sei", variance "vi", or from the sample sizes `ni`: "ni", its inverse "ninv", its square root
        "sqrtni", or the inverse of that "sqrtninv".
    model : str
        "rma": meta-regression by `method` and `test` (Moreno 2009, doi:10.1186/1471-2288-9-2); "lm": weighted least
        squares with multiplicative dispersion and t tests, Egger's own (Egger 1997, doi:10.1136/bmj.315.7109.629).

    Raises
    ------
    PoolError
        Unusable rows, unknown names, sample sizes missing or not positive, or a predictor equal in all studies.
    """
    y, v = check(yi, vi)
    if model not in MODELS or predictor not in PREDICTORS:
        raise PoolError(f"model must be one of {MODELS}, predictor one of {PREDICTORS}; got {model!r}, {predictor!r}")
    x = _predictor(predictor, v, ni)
    if y.size < 3:
        raise PoolError(f"a regression test needs three studies, got {y.size}")
    design = np.column_stack([np.ones(y.size), x])
    if model == "lm":
        # dispersion is Knapp & Hartung's factor in the common-effect model, test t with k - 2
        method, test = "EE", "knha"
    fit = regression.regress(y, v, design, method=method, test=test, level=level, tau2_interval=None).fit
    limit, low, high = (fit.beta[0], *fit.ci[0]) if predictor in TO_ZERO else (np.nan,) * 3
    tau2 = float("nan") if model == "lm" else fit.tau2
    slope = (float(fit.stat[1]), fit.df, float(fit.p[1]), float(fit.beta[1]))
    return RegTest(*slope, float(limit), float(low), float(high), tau2)


def peters(yi: ArrayLike, ai: ArrayLike, n1i: ArrayLike, ci: ArrayLike, n2i: ArrayLike) -> RegTest:
    """Peters's test for binary outcomes: log odds ratios on 1 / n, weights from the pooled event rate.

    Weights are e (n - e) / n with e events and n patients in all (Peters 2006, doi:10.1001/jama.295.6.676).
    """
    a, n1, c, n2 = _counts(ai, n1i, ci, n2i)
    events, n = a + c, n1 + n2
    fine = (events > 0) & (events < n)
    y = np.asarray(yi, dtype=float)
    if y.shape != n.shape:
        raise PoolError(f"yi has shape {y.shape}, the counts {n.shape}")
    e, n = events[fine], n[fine]
    return regtest(y[fine], 1 / e + 1 / (n - e), model="lm", predictor="ninv", ni=n)


def harbord(ai: ArrayLike, n1i: ArrayLike, ci: ArrayLike, n2i: ArrayLike) -> RegTest:
    """Harbord's test for binary outcomes: score Z / V on 1 / sqrt(V), weights V (Harbord 2006, doi:10.1002/sim.2380)."""
    a, n1, c, n2 = _counts(ai, n1i, ci, n2i)
    n, events = n1 + n2, a + c
    score = a - events * n1 / n
    information = n1 * n2 * events * (n - events) / (n**2 * (n - 1))
    fine = information > 0
    return regtest(score[fine] / information[fine], 1 / information[fine], model="lm")


def ranktest(yi: ArrayLike, vi: ArrayLike) -> RankTest:
    """Begg & Mazumdar's rank correlation of standardised effects with variances (1994, doi:10.2307/2533446).

    Kendall's tau-b; exact p without ties (up to 500 studies), normal approximation (no continuity correction) otherwise.
    """
    from scipy import stats  # slow to import, and needed here only

    y, v = check(yi, vi)
    if y.size < 3:
        raise PoolError(f"a rank test needs three studies, got {y.size}")
    common = models.fit(y, v, method="EE")
    w = 1 / v
    spread = v * others(w) / w.sum()  # vi less the variance of the mean
    _, first, same = np.unique(v, return_index=True, return_inverse=True)
    spread = spread[first][same]  # ties must stay ties, whatever the order of the sum
    z = (y - common.est) / np.sqrt(spread)
    exact = y.size <= EXACT_UP_TO and np.unique(z).size == np.unique(v).size == y.size
    found = stats.kendalltau(z, v, method="exact" if exact else "asymptotic")
    return RankTest(float(found.statistic), float(found.pvalue), exact)


def pet_peese(yi: ArrayLike, vi: ArrayLike, *, alpha: float = 0.05, level: float = 0.95) -> PetPeese:
    """Precision-effect test, and with standard error for an effect (Stanley & Doucouliagos 2014, doi:10.1002/jrsm.1095).

    Weighted least squares of yi on the standard error (PET) and on the variance (PEESE). The conditional rule takes
    PEESE where PET's limit differs from zero (two-sided at `alpha`), PET otherwise.
    """
    pet = regtest(yi, vi, predictor="sei", model="lm", level=level)
    peese = regtest(yi, vi, predictor="vi", model="lm", level=level)
    df = np.array([pet.df], dtype=float)
    se = (pet.limit_high - pet.limit_low) / (2 * float(intervals.critical(level, df)[0]))
    effect = se > 0 and float(models.p_value(np.array([pet.limit / se]), df)[0]) < alpha
    taken = peese if effect else pet
    return PetPeese(pet, peese, "PEESE" if effect else "PET", taken.limit, taken.limit_low, taken.limit_high)


def _predictor(name: str, v: Array, ni: ArrayLike | None) -> Array:
    if name in ("sei", "vi"):
        x = np.sqrt(v) if name == "sei" else v
    else:
        n = np.full(v.shape, np.nan) if ni is None else np.asarray(ni, dtype=float)
        bad = np.flatnonzero(~(np.isfinite(n) & (n > 0))) if n.shape == v.shape else np.arange(v.size)
        if bad.size:
            raise PoolError(f"predictor {name!r} needs a sample size above zero for each study; rows {bad.tolist()}")
        x = {"ni": n, "ninv": 1 / n, "sqrtni": np.sqrt(n), "sqrtninv": 1 / np.sqrt(n)}[name]
    if np.ptp(x) <= 1e-12 * np.abs(x).max():
        raise PoolError(f"predictor {name!r} is the same in all studies")
    return x


def _counts(*columns: ArrayLike) -> tuple[Array, Array, Array, Array]:
    a, n1, c, n2 = (np.atleast_1d(np.asarray(x, dtype=float)) for x in columns)
    fine = (a >= 0) & (c >= 0) & (a <= n1) & (c <= n2) & (n1 > 0) & (n2 > 0)
    if not fine.all():
        rows = "; ".join(f"row {i}: {a[i]:g}/{n1[i]:g} and {c[i]:g}/{n2[i]:g}" for i in np.flatnonzero(~fine))
        raise PoolError(f"counts that cannot be: {rows}")
    return a, n1, c, n2
