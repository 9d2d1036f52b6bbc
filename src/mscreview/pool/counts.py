"""Pooling without weights that depend on each study's estimate: Mantel-Haenszel and Peto, and their tests.

Takes the counts of two-by-two tables (`ai` of `n1i` treated, `ci` of `n2i` controls) or events in person-time, gives a
`CountsFit`. Zero cells need no correction here; `add`, `to` and `drop00` of Mantel-Haenszel are pairs, first for the
studies' own estimates (on which Q rests), then for the pooled one.

Sources: Mantel & Haenszel 1959 (doi:10.1093/jnci/22.4.719); Robins, Breslow & Greenland 1986 (doi:10.2307/2531052);
Greenland & Robins 1985 (doi:10.2307/2530643); Sato 1989 (doi:10.2307/2531784); Yusuf et al. 1985
(doi:10.1016/S0033-0620(85)80003-7); Breslow & Day 1980; Tarone 1985 (doi:10.1093/biomet/72.1.91).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from mscreview.effects.columns import Columns, EffectsError
from mscreview.effects.counts import continuity, double_zero, peto_parts
from mscreview.effects.measures import compute, named, spelled_out

from . import intervals
from .algebra import Array, PoolError
from .fitted import model_name
from .models import p_value


@dataclass(frozen=True)
class ChiSquare:
    """A chi-square statistic, its degrees of freedom and p."""

    stat: float
    df: int
    p: float


@dataclass(frozen=True)
class CountsFit:
    """A Mantel-Haenszel or Peto result; `est` is on the log scale for ratios; I2 in percent, from Q."""

    method: str
    measure: str
    k: int  # studies given and not dropped
    k_q: int  # studies with an estimate of their own, on which Q rests
    est: float
    se: float
    ci_low: float
    ci_high: float
    stat: float
    p: float
    q: float
    q_df: int
    q_p: float
    i2: float
    h2: float
    tests: dict[str, ChiSquare]

    def row(self) -> dict[str, object]:
        """The statistics of a row of the table `pooled`."""
        nan = float("nan")
        names = ("est", "se", "ci_low", "ci_high", "p", "q", "q_df", "q_p", "i2")
        head = {"k": self.k, "model": model_name(self.k, "EE"), "tau2_method": None, "ci_method": self.method}
        empty = dict.fromkeys(("pi_low", "pi_high", "tau2", "tau2_low", "tau2_high", "i2_low", "i2_high"), nan)
        return head | {name: getattr(self, name) for name in names} | empty


def mantel_haenszel(
    measure: str,
    *,
    add: tuple[float, float] = (0.5, 0.0),
    to: tuple[str, str] = ("only0", "none"),
    drop00: tuple[bool, bool] = (True, False),
    correct: bool = True,
    level: float = 0.95,
    **columns: ArrayLike,
) -> CountsFit:
    """Mantel-Haenszel OR, RR, RD (`ai`, `bi` or `n1i`, `ci`, `di` or `n2i`), IRR or IRD (`x1i t1i x2i t2i`).

    Parameters
    ----------
    add, to, drop00 : pairs
        As in `effects.measures.compute`, for the studies' own estimates and for the pooled one.
    correct : bool
        Continuity correction of the tests of no effect.

    Raises
    ------
    PoolError
        An unknown measure, impossible counts, or no study that carries information.
    """
    if measure not in POOLED:
        raise PoolError(f"Mantel-Haenszel pools {', '.join(POOLED)}; got {measure!r}")
    cells, yi, vi = _studies(measure, columns, add, to, drop00)
    with np.errstate(divide="ignore", invalid="ignore"):
        est, se = POOLED[measure](cells)
    tests = _tests(cells, est, correct) if measure == "OR" and np.isfinite(est) else {}
    return _result("MH", measure, est, se, cells, yi, vi, tests, level)


def peto(
    *,
    add: float = 0.0,
    to: str = "none",
    drop00: bool = False,
    level: float = 0.95,
    **columns: ArrayLike,
) -> CountsFit:
    """Peto's one-step odds ratio: sum(O - E) / sum(V), variance 1 / sum(V); zero cells need no correction."""
    cells, _, _ = _studies("PETO", columns, (add, add), (to, to), (drop00, drop00))
    observed, expected, v = peto_parts(cells)
    total = v.sum()
    if not total > 0:
        raise PoolError("no study has both events and non-events: Peto's method has nothing to pool")
    est = float((observed - expected).sum() / total)
    # Q rests on the counts as they are: (O - E)/V needs no correction as long as V > 0
    informative = np.where(v > 0, v, np.nan)
    own, own_v = (observed - expected) / informative, 1 / informative
    return _result("Peto", "PETO", est, float(np.sqrt(1 / total)), cells, own, own_v, {}, level)


def _studies(
    measure: str,
    columns: dict[str, Any],
    add: tuple[float, float],
    to: tuple[str, str],
    drop00: tuple[bool, bool],
) -> tuple[Columns, Array, Array]:
    wanted = named(measure)
    try:
        yi, vi = compute(measure, add=add[0], to=to[0], drop00=drop00[0], on_missing="nan", **columns)
        given = spelled_out(columns, wanted.columns)
        cells = {name: np.atleast_1d(np.asarray(given[name], dtype=float)) for name in wanted.columns}
        if drop00[1] and "ai" in cells:
            kept = ~double_zero(cells)
            cells = {name: c[kept] for name, c in cells.items()}
        return continuity(cells, add[1], to[1], wanted.cells), yi, vi
    except EffectsError as error:
        raise PoolError(str(error)) from error


def _odds_ratio(c: Columns) -> tuple[float, float]:
    n = sum(c.values())
    r, s = c["ai"] * c["di"] / n, c["bi"] * c["ci"] / n
    p, q = (c["ai"] + c["di"]) / n, (c["bi"] + c["ci"]) / n
    sr, ss = r.sum(), s.sum()
    v = (p * r).sum() / (2 * sr**2) + (p * s + q * r).sum() / (2 * sr * ss) + (q * s).sum() / (2 * ss**2)
    return float(np.log(sr / ss)), float(np.sqrt(v))


def _risk_ratio(c: Columns) -> tuple[float, float]:
    n1, n2 = c["ai"] + c["bi"], c["ci"] + c["di"]
    n = n1 + n2
    r, s = (c["ai"] * n2 / n).sum(), (c["ci"] * n1 / n).sum()
    d = (n1 * n2 * (c["ai"] + c["ci"]) / n**2 - c["ai"] * c["ci"] / n).sum()
    return float(np.log(r / s)), float(np.sqrt(d / (r * s)))


def _risk_difference(c: Columns) -> tuple[float, float]:
    n1, n2, a, b = c["ai"] + c["bi"], c["ci"] + c["di"], c["ai"], c["ci"]
    n = n1 + n2
    total = (n1 * n2 / n).sum()
    est = ((a * n2 - b * n1) / n).sum() / total
    slope = ((n1**2 * b - n2**2 * a + n1 * n2 * (n2 - n1) / 2) / n**2).sum()
    fixed = ((a * (n2 - b) + b * (n1 - a)) / (2 * n)).sum()
    return float(est), float(np.sqrt(est * slope + fixed) / total)


def _rate_ratio(c: Columns) -> tuple[float, float]:
    t = c["t1i"] + c["t2i"]
    r, s = (c["x1i"] * c["t2i"] / t).sum(), (c["x2i"] * c["t1i"] / t).sum()
    d = ((c["x1i"] + c["x2i"]) * c["t1i"] * c["t2i"] / t**2).sum()
    return float(np.log(r / s)), float(np.sqrt(d / (r * s)))


def _rate_difference(c: Columns) -> tuple[float, float]:
    t = c["t1i"] + c["t2i"]
    total = (c["t1i"] * c["t2i"] / t).sum()
    est = ((c["x1i"] * c["t2i"] - c["x2i"] * c["t1i"]) / t).sum() / total
    v = ((c["x1i"] * c["t2i"] ** 2 + c["x2i"] * c["t1i"] ** 2) / t**2).sum()
    return float(est), float(np.sqrt(v) / total)


def _tests(c: Columns, log_or: float, correct: bool) -> dict[str, ChiSquare]:
    """Cochran-Mantel-Haenszel and Cochran (of no effect), Breslow-Day and Tarone (of one common odds ratio)."""
    n1, n2, events = c["ai"] + c["bi"], c["ci"] + c["di"], c["ai"] + c["ci"]
    n = n1 + n2
    use = (events > 0) & (events < n)
    a, n1, n2, events, n = c["ai"][use], n1[use], n2[use], events[use], n[use]
    gap = abs(float((a - events * n1 / n).sum()))
    product = n1 * n2 * events * (n - events)
    gap = max(gap - 0.5, 0.0) if correct else gap
    out = {
        "CMH": _test(gap**2 / float((product / (n**2 * (n - 1))).sum()), 1),
        "Cochran": _test(gap**2 / float((product / n**3).sum()), 1),
    }
    fitted = _fitted(np.exp(log_or), n1, n2, events)
    v = 1 / (1 / fitted + 1 / (events - fitted) + 1 / (n1 - fitted) + 1 / (n2 - events + fitted))
    day = float(((a - fitted) ** 2 / v).sum())
    out["Breslow-Day"] = _test(day, a.size - 1)
    out["Tarone"] = _test(max(day - float((a - fitted).sum() ** 2 / v.sum()), 0.0), a.size - 1)
    return out


def _fitted(ratio: float, n1: Array, n2: Array, events: Array) -> Array:
    """Events of the treated that give the odds ratio with the margins kept."""
    if abs(ratio - 1) < 1e-9:
        return n1 * events / (n1 + n2)
    half = (ratio * (n1 + events) + n2 - events) / 2
    # the stable form of the quadratic's root that lies between the margins
    return ratio * events * n1 / (half + np.sqrt(half**2 - ratio * (ratio - 1) * events * n1))


def _test(stat: float, df: int) -> ChiSquare:
    return ChiSquare(stat, df, float(chdtrc(df, stat)) if df > 0 else float("nan"))


def _result(
    method: str,
    measure: str,
    est: float,
    se: float,
    cells: Columns,
    yi: Array,
    vi: Array,
    tests: dict[str, ChiSquare],
    level: float,
) -> CountsFit:
    if not (np.isfinite(est) and np.isfinite(se) and se > 0):
        raise PoolError(f"{method} {measure}: the counts carry no information (estimate {est}, SE {se})")
    own = np.isfinite(yi) & (vi > 0)
    q, df = float(((yi[own] - est) ** 2 / vi[own]).sum()), int(own.sum()) - 1
    half = float(intervals.critical(level, None)) * se
    return CountsFit(
        method=method,
        measure=measure,
        k=next(iter(cells.values())).size,
        k_q=int(own.sum()),
        est=est,
        se=se,
        ci_low=est - half,
        ci_high=est + half,
        stat=est / se,
        p=float(p_value(np.asarray(est / se), None)),
        q=q,
        q_df=max(df, 0),
        q_p=float(chdtrc(df, q)) if df > 0 else float("nan"),
        i2=100 * max(q - df, 0.0) / q if q > 0 else 0.0,
        h2=q / df if df > 0 else float("nan"),
        tests=tests,
    )


POOLED: dict[str, Callable[[Columns], tuple[float, float]]] = {
    "OR": _odds_ratio,
    "RR": _risk_ratio,
    "RD": _risk_difference,
    "IRR": _rate_ratio,
    "IRD": _rate_difference,
}
