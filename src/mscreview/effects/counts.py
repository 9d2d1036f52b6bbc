"""Effect sizes from counts: two-by-two tables, single proportions, event rates.

Takes checked columns under the field's names (`ai` events and `bi` non-events of the treated, `ci` and `di`
of the controls; `xi` events and `mi` non-events of one group; `x1i` events in `t1i` person-time) and gives
`yi`, `vi`. Zero cells follow `add`, `to`, `drop00`. Called by `measures`.

Sources: Fleiss & Berlin 2009, in The Handbook of Research Synthesis, ch. 13; Yusuf et al. 1985 for Peto
(doi:10.1016/S0033-0620(85)80003-7); Rucker et al. 2009 for AS (doi:10.1002/sim.3511); Freeman & Tukey 1950
(doi:10.1214/aoms/1177729756); Sanchez-Meca et al. 2003 for PBIT and OR2D (doi:10.1037/1082-989X.8.4.448);
Berkey et al. 1995 for AV (doi:10.1002/sim.4780140406).
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from .columns import Array, Columns, EffectsError, Mask

TO = ("all", "only0", "if0all", "none")

Pair = tuple[Array, Array]


def continuity(cells: Columns, add: float, to: str, zero: tuple[str, ...]) -> Columns:
    """Cells with `add` added as `to` says: to "all" studies, "only0" those with a zero in the cells `zero`, all
    studies "if0all" (if any has a zero), or "none"."""
    if to not in TO:
        raise EffectsError(f"unknown to = {to!r}; one of {', '.join(TO)}")
    empty = np.any([cells[name] == 0 for name in zero], axis=0)
    where = {"all": np.ones_like(empty), "only0": empty, "if0all": np.full_like(empty, empty.any())}
    extra = add * where.get(to, np.zeros_like(empty))
    return {name: c + extra if name in zero else c for name, c in cells.items()}


def double_zero(c: Columns) -> Mask:
    """Studies without any event, or without any non-event, in both arms."""
    return ((c["ai"] == 0) & (c["ci"] == 0)) | ((c["bi"] == 0) & (c["di"] == 0))


def log_risk_ratio(c: Columns, vtype: str) -> Pair:
    """log((a/n1) / (c/n2)); "LS" 1/a - 1/n1 + 1/c - 1/n2, "AV" with the average risks."""
    n1, n2, p1, p2 = _risks(c)
    m1, m2 = (_average(p1, n1), _average(p2, n2)) if vtype == "AV" else (p1, p2)
    return np.log(p1) - np.log(p2), (1 - m1) / (m1 * n1) + (1 - m2) / (m2 * n2)


def log_odds_ratio(c: Columns, vtype: str) -> Pair:
    """log(ad / bc); "LS" the sum of reciprocal cells, "AV" with the average risks."""
    n1, n2, p1, p2 = _risks(c)
    yi = np.log(c["ai"]) + np.log(c["di"]) - np.log(c["bi"]) - np.log(c["ci"])
    if vtype == "AV":
        m1, m2 = _average(p1, n1), _average(p2, n2)
        return yi, 1 / (n1 * m1 * (1 - m1)) + 1 / (n2 * m2 * (1 - m2))
    return yi, 1 / c["ai"] + 1 / c["bi"] + 1 / c["ci"] + 1 / c["di"]


def risk_difference(c: Columns, vtype: str) -> Pair:
    """a/n1 - c/n2; "LS" p(1 - p)/n, "UB" p(1 - p)/(n - 1), "AV" with the average risks."""
    n1, n2, p1, p2 = _risks(c)
    m1, m2 = (_average(p1, n1), _average(p2, n2)) if vtype == "AV" else (p1, p2)
    less = 1 if vtype == "UB" else 0
    return p1 - p2, m1 * (1 - m1) / (n1 - less) + m2 * (1 - m2) / (n2 - less)


def arcsine_difference(c: Columns, vtype: str) -> Pair:
    """asin(sqrt(p1)) - asin(sqrt(p2))."""
    n1, n2, p1, p2 = _risks(c)
    return np.arcsin(np.sqrt(p1)) - np.arcsin(np.sqrt(p2)), 1 / (4 * n1) + 1 / (4 * n2)


def peto(c: Columns, vtype: str) -> Pair:
    """Peto's one-step log odds ratio (O - E) / V with variance 1 / V, V hypergeometric."""
    observed, expected, v = peto_parts(c)
    return (observed - expected) / v, 1 / v


def peto_parts(c: Columns) -> tuple[Array, Array, Array]:
    """Observed and expected events of the treated, and the hypergeometric variance."""
    n1, n2, _, _ = _risks(c)
    total, events = n1 + n2, c["ai"] + c["ci"]
    v = events * (c["bi"] + c["di"]) * n1 * n2 / (total**2 * (total - 1))
    return c["ai"], events * n1 / total, v


def probit_difference(c: Columns, vtype: str) -> Pair:
    """Difference of probit-transformed risks: an SMD if a normal variable was cut in two."""
    n1, n2, p1, p2 = _risks(c)
    z1, z2 = ndtri(p1), ndtri(p2)
    return z1 - z2, _probit_variance(p1, z1, n1) + _probit_variance(p2, z2, n2)


def smd_logistic(c: Columns, vtype: str) -> Pair:
    """Log odds ratio times sqrt(3)/pi: an SMD if a logistic variable was cut in two."""
    return _scaled(log_odds_ratio(c, "LS"), np.sqrt(3) / np.pi)


def smd_normal(c: Columns, vtype: str) -> Pair:
    """Log odds ratio over 1.65 (Cox & Snell): an SMD if a normal variable was cut in two."""
    return _scaled(log_odds_ratio(c, "LS"), 1 / 1.65)


def yule_q(c: Columns, vtype: str) -> Pair:
    """(OR - 1) / (OR + 1)."""
    yi, vi = log_odds_ratio(c, "LS")
    q = np.tanh(yi / 2)
    return q, (1 - q * q) ** 2 * vi / 4


def yule_y(c: Columns, vtype: str) -> Pair:
    """(sqrt(OR) - 1) / (sqrt(OR) + 1)."""
    yi, vi = log_odds_ratio(c, "LS")
    y = np.tanh(yi / 4)
    return y, (1 - y * y) ** 2 * vi / 16


def proportion(c: Columns, vtype: str) -> Pair:
    """p = x/n, variance p(1 - p)/n ("UB": n - 1)."""
    n, p = _share(c)
    return p, p * (1 - p) / (n - (vtype == "UB"))


def log_proportion(c: Columns, vtype: str) -> Pair:
    """log p, variance 1/x - 1/n."""
    n, p = _share(c)
    return np.log(p), 1 / c["xi"] - 1 / n


def logit_proportion(c: Columns, vtype: str) -> Pair:
    """log(x / (n - x)), variance 1/x + 1/(n - x)."""
    return np.log(c["xi"] / c["mi"]), 1 / c["xi"] + 1 / c["mi"]


def arcsine_proportion(c: Columns, vtype: str) -> Pair:
    """asin(sqrt(p)), variance 1/(4n)."""
    n, p = _share(c)
    return np.arcsin(np.sqrt(p)), 1 / (4 * n)


def freeman_tukey_proportion(c: Columns, vtype: str) -> Pair:
    """Half the sum of asin(sqrt(x/(n+1))) and asin(sqrt((x+1)/(n+1))), variance 1/(4n + 2)."""
    n, _ = _share(c)
    x = c["xi"]
    return (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))) / 2, 1 / (4 * n + 2)


def probit_proportion(c: Columns, vtype: str) -> Pair:
    """Normal quantile of p, variance by the delta method."""
    n, p = _share(c)
    z = ndtri(p)
    return z, _probit_variance(p, z, n)


def log_rate_ratio(c: Columns, vtype: str) -> Pair:
    """log((x1/t1) / (x2/t2)), variance 1/x1 + 1/x2."""
    x1, t1, x2, t2 = c["x1i"], c["t1i"], c["x2i"], c["t2i"]
    return np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2


def rate_difference(c: Columns, vtype: str) -> Pair:
    """x1/t1 - x2/t2, variance x1/t1^2 + x2/t2^2."""
    x1, t1, x2, t2 = c["x1i"], c["t1i"], c["x2i"], c["t2i"]
    return x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2


def root_rate_difference(c: Columns, vtype: str) -> Pair:
    """sqrt(x1/t1) - sqrt(x2/t2), variance 1/(4 t1) + 1/(4 t2)."""
    x1, t1, x2, t2 = c["x1i"], c["t1i"], c["x2i"], c["t2i"]
    return np.sqrt(x1 / t1) - np.sqrt(x2 / t2), 1 / (4 * t1) + 1 / (4 * t2)


def rate(c: Columns, vtype: str) -> Pair:
    """x/t, variance x/t^2."""
    return c["xi"] / c["ti"], c["xi"] / c["ti"] ** 2


def log_rate(c: Columns, vtype: str) -> Pair:
    """log(x/t), variance 1/x."""
    return np.log(c["xi"] / c["ti"]), 1 / c["xi"]


def root_rate(c: Columns, vtype: str) -> Pair:
    """sqrt(x/t), variance 1/(4t)."""
    return np.sqrt(c["xi"] / c["ti"]), 1 / (4 * c["ti"])


def freeman_tukey_rate(c: Columns, vtype: str) -> Pair:
    """Half the sum of sqrt(x/t) and sqrt((x+1)/t), variance 1/(4t)."""
    return (np.sqrt(c["xi"] / c["ti"]) + np.sqrt((c["xi"] + 1) / c["ti"])) / 2, 1 / (4 * c["ti"])


def _risks(c: Columns) -> tuple[Array, Array, Array, Array]:
    n1, n2 = c["ai"] + c["bi"], c["ci"] + c["di"]
    return n1, n2, c["ai"] / n1, c["ci"] / n2


def _share(c: Columns) -> Pair:
    n = c["xi"] + c["mi"]
    return n, c["xi"] / n


def _average(p: Array, n: Array) -> float:
    use = np.isfinite(p)
    return float((n[use] * p[use]).sum() / n[use].sum())


def _probit_variance(p: Array, z: Array, n: Array) -> Array:
    return 2 * np.pi * p * (1 - p) * np.exp(z * z) / n


def _scaled(effect: Pair, factor: float) -> Pair:
    return effect[0] * factor, effect[1] * factor**2
