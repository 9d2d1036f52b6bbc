"""Effect sizes from means and standard deviations: two groups, one group, one group measured twice; correlations.

Takes checked columns under the field's names (`m1i sd1i n1i` treated, `m2i sd2i n2i` control; `mi sdi ni` one
group; `m1i m2i sd1i sd2i ni ri` after and before in one group with their correlation) and gives `yi`, `vi`.
Called by `measures`.

Sources: Hedges 1981 (doi:10.3102/10769986006002107) and 1983 (doi:10.1037/0033-2909.93.2.388) for SMD; Bonett
2008 (doi:10.1037/a0012868) and 2009 (doi:10.1037/a0014699) for SMDH, SMD1H, SMCRH; Hedges, Gurevitch & Curtis
1999 for ROM (doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2); Lajeunesse 2011 for ROMC
(doi:10.1890/11-0423.1); Nakagawa et al. 2015 for VR and CVR (doi:10.1111/2041-210X.12309); Becker 1988 for
SMCR (doi:10.1111/j.2044-8317.1988.tb00901.x).
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from .columns import Array, Columns

Pair = tuple[Array, Array]


def hedges_correction(df: Array) -> Array:
    """Hedges' exact factor J = Gamma(df/2) / (sqrt(df/2) Gamma((df - 1)/2)); 1 where df <= 1 has no correction."""
    return np.exp(gammaln(df / 2) - 0.5 * np.log(df / 2) - gammaln((df - 1) / 2))


def mean_difference(c: Columns, vtype: str, correct: bool) -> Pair:
    """m1 - m2; "LS" sd1^2/n1 + sd2^2/n2, "HO" with the pooled SD."""
    v1, v2 = _variances(c, vtype == "HO")
    return c["m1i"] - c["m2i"], v1 / c["n1i"] + v2 / c["n2i"]


def smd(c: Columns, vtype: str, correct: bool) -> Pair:
    """Hedges' g; `vtype` "LS", "LS2", "UB" or "AV"; `correct` False gives Cohen's d."""
    n1, n2 = c["n1i"], c["n2i"]
    df, total = n1 + n2 - 2, n1 + n2
    j = hedges_correction(df) if correct else np.ones_like(df)
    d = (c["m1i"] - c["m2i"]) / np.sqrt(_pooled(c))
    g, base = j * d, 1 / n1 + 1 / n2
    if vtype == "LS2":
        return g, j**2 * (base + d**2 / (2 * total))
    if vtype == "UB":
        return g, base + (1 - (df - 2) / (df * hedges_correction(df) ** 2)) * g**2
    around = (total * g).sum() / total.sum() if vtype == "AV" else g
    return g, base + around**2 / (2 * total)


def smd_heteroscedastic(c: Columns, vtype: str, correct: bool) -> Pair:
    """SMD over the root of the average variance, unequal variances allowed."""
    v1, v2, f1, f2 = c["sd1i"] ** 2, c["sd2i"] ** 2, c["n1i"] - 1, c["n2i"] - 1
    mean_v = (v1 + v2) / 2
    g = (hedges_correction(f1 + f2) if correct else 1.0) * (c["m1i"] - c["m2i"]) / np.sqrt(mean_v)
    vi = g**2 * (v1**2 / f1 + v2**2 / f2) / (8 * mean_v**2) + (v1 / f1 + v2 / f2) / mean_v
    return g, vi


def glass_delta(c: Columns, vtype: str, correct: bool) -> Pair:
    """Mean difference over the SD of the second (control) group."""
    g = _glass(c, correct)
    return g, 1 / c["n1i"] + 1 / c["n2i"] + g**2 / (2 * c["n2i"])


def glass_delta_heteroscedastic(c: Columns, vtype: str, correct: bool) -> Pair:
    """The same, unequal variances allowed."""
    g, f2 = _glass(c, correct), c["n2i"] - 1
    return g, (c["sd1i"] / c["sd2i"]) ** 2 / (c["n1i"] - 1) + 1 / f2 + g**2 / (2 * f2)


def log_ratio_of_means(c: Columns, vtype: str, correct: bool) -> Pair:
    """log(m1/m2); "LS" own variances, "HO" pooled SD, "AV" and "AVHO" with average CVs."""
    v1, v2 = _variances(c, vtype == "HO")
    n1, n2 = c["n1i"], c["n2i"]
    yi = np.log(c["m1i"] / c["m2i"]) + (_log_mean_bias(c) if correct else 0.0)
    if vtype in ("AV", "AVHO"):
        cv1, cv2 = c["sd1i"] / c["m1i"], c["sd2i"] / c["m2i"]
        both = _weighted(np.concatenate([cv1, cv2]), np.concatenate([n1, n2]))
        a1, a2 = (_weighted(cv1, n1), _weighted(cv2, n2)) if vtype == "AV" else (both, both)
        return yi, a1**2 / n1 + a2**2 / n2
    return yi, v1 / (n1 * c["m1i"] ** 2) + v2 / (n2 * c["m2i"] ** 2)


def log_cv_ratio(c: Columns, vtype: str, correct: bool) -> Pair:
    """Log ratio of the coefficients of variation."""
    spread, spread_v = log_sd_ratio(c, vtype, correct)
    n1, n2 = c["n1i"], c["n2i"]
    vi = spread_v + c["sd1i"] ** 2 / (n1 * c["m1i"] ** 2) + c["sd2i"] ** 2 / (n2 * c["m2i"] ** 2)
    return spread - np.log(c["m1i"] / c["m2i"]) - (_log_mean_bias(c) if correct else 0.0), vi


def log_sd_ratio(c: Columns, vtype: str, correct: bool) -> Pair:
    """Log ratio of the SDs, bias corrected unless `correct` is False."""
    half1, half2 = 1 / (2 * (c["n1i"] - 1)), 1 / (2 * (c["n2i"] - 1))
    bias = half1 - half2 if correct else 0.0
    return np.log(c["sd1i"] / c["sd2i"]) + bias, half1 + half2


def log_odds_from_smd(c: Columns, vtype: str, correct: bool) -> Pair:
    """Log odds ratio pi/sqrt(3) d under a logistic variable (Chinn 2000)."""
    return _odds(c, np.pi / np.sqrt(3))


def log_odds_from_smd_normal(c: Columns, vtype: str, correct: bool) -> Pair:
    """Log odds ratio 1.65 d under a normal variable (Cox & Snell)."""
    return _odds(c, 1.65)


def mean(c: Columns, vtype: str, correct: bool) -> Pair:
    """m, variance sd^2/n."""
    return c["mi"], c["sdi"] ** 2 / c["ni"]


def log_mean(c: Columns, vtype: str, correct: bool) -> Pair:
    """log m, variance sd^2/(n m^2)."""
    return np.log(c["mi"]), c["sdi"] ** 2 / (c["ni"] * c["mi"] ** 2)


def log_sd(c: Columns, vtype: str, correct: bool) -> Pair:
    """log sd, bias corrected."""
    half = 1 / (2 * (c["ni"] - 1))
    return np.log(c["sdi"]) + half, half


def log_cv(c: Columns, vtype: str, correct: bool) -> Pair:
    """log(sd/m), bias corrected."""
    half = 1 / (2 * (c["ni"] - 1))
    return np.log(c["sdi"] / c["mi"]) + half, half + c["sdi"] ** 2 / (c["ni"] * c["mi"] ** 2)


def standardised_mean(c: Columns, vtype: str, correct: bool) -> Pair:
    """m/sd with Hedges' correction."""
    g = hedges_correction(c["ni"] - 1) * c["mi"] / c["sdi"]
    return g, 1 / c["ni"] + g**2 / (2 * c["ni"])


def mean_change(c: Columns, vtype: str, correct: bool) -> Pair:
    """m1 - m2 within one group; the variance needs the correlation of the two measurements."""
    return c["m1i"] - c["m2i"], _change_variance(c) / c["ni"]


def smd_change(c: Columns, vtype: str, correct: bool) -> Pair:
    """Mean change over the SD of the changes (SMCC)."""
    g = hedges_correction(c["ni"] - 1) * (c["m1i"] - c["m2i"]) / np.sqrt(_change_variance(c))
    return g, 1 / c["ni"] + g**2 / (2 * c["ni"])


def smd_raw(c: Columns, vtype: str, correct: bool) -> Pair:
    """Mean change over the SD of the first measurement given (SMCR)."""
    g = _raw(c)
    return g, 2 * (1 - c["ri"]) / c["ni"] + g**2 / (2 * c["ni"])


def smd_raw_heteroscedastic(c: Columns, vtype: str, correct: bool) -> Pair:
    """The same, unequal variances allowed (SMCRH)."""
    g, df = _raw(c), c["ni"] - 1
    return g, _change_variance(c) / (c["sd1i"] ** 2 * df) + g**2 / (2 * df)


def smd_raw_pooled(c: Columns, vtype: str, correct: bool) -> Pair:
    """Mean change over the pooled SD of both measurements (SMCRP)."""
    g = _raw_pooled(c)
    return g, 2 * (1 - c["ri"]) / c["ni"] + g**2 * (1 + c["ri"] ** 2) / (4 * c["ni"])


def smd_raw_pooled_heteroscedastic(c: Columns, vtype: str, correct: bool) -> Pair:
    """The same, unequal variances allowed (SMCRPH)."""
    g = _raw_pooled(c)
    v1, v2, r, df = c["sd1i"] ** 2, c["sd2i"] ** 2, c["ri"], c["ni"] - 1
    mean_v = (v1 + v2) / 2
    spread = g**2 * (v1**2 + v2**2 + 2 * r**2 * v1 * v2) / (8 * df * mean_v**2)
    return g, _change_variance(c) / (mean_v * df) + spread


def log_ratio_change(c: Columns, vtype: str, correct: bool) -> Pair:
    """log(m1/m2) within one group (ROMC)."""
    cv1, cv2 = c["sd1i"] / c["m1i"], c["sd2i"] / c["m2i"]
    bias = (cv1**2 - cv2**2) / (2 * c["ni"]) if correct else 0.0
    return np.log(c["m1i"] / c["m2i"]) + bias, (cv1**2 + cv2**2 - 2 * c["ri"] * cv1 * cv2) / c["ni"]


def log_sd_change(c: Columns, vtype: str, correct: bool) -> Pair:
    """log(sd1/sd2) within one group (VRC)."""
    return np.log(c["sd1i"] / c["sd2i"]), (1 - c["ri"] ** 2) / (c["ni"] - 1)


def log_cv_change(c: Columns, vtype: str, correct: bool) -> Pair:
    """Log ratio of the coefficients of variation within one group (CVRC)."""
    ratio, ratio_v = log_ratio_change(c, vtype, correct)
    spread, spread_v = log_sd_change(c, vtype, correct)
    return spread - ratio, spread_v + ratio_v


def correlation(c: Columns, vtype: str, correct: bool) -> Pair:
    """r, variance (1 - r^2)^2 / (n - 1)."""
    return c["ri"], (1 - c["ri"] ** 2) ** 2 / (c["ni"] - 1)


def fisher_z(c: Columns, vtype: str, correct: bool) -> Pair:
    """atanh r, variance 1/(n - 3)."""
    return np.arctanh(c["ri"]), 1 / (c["ni"] - 3)


def _variances(c: Columns, pooled: bool) -> Pair:
    if not pooled:
        return c["sd1i"] ** 2, c["sd2i"] ** 2
    v = _pooled(c)
    return v, v


def _pooled(c: Columns) -> Array:
    f1, f2 = c["n1i"] - 1, c["n2i"] - 1
    return (f1 * c["sd1i"] ** 2 + f2 * c["sd2i"] ** 2) / (f1 + f2)


def _log_mean_bias(c: Columns) -> Array:
    return ((c["sd1i"] / c["m1i"]) ** 2 / c["n1i"] - (c["sd2i"] / c["m2i"]) ** 2 / c["n2i"]) / 2


def _weighted(x: Array, n: Array) -> float:
    return float((n * x).sum() / n.sum())


def _glass(c: Columns, correct: bool) -> Array:
    j = hedges_correction(c["n2i"] - 1) if correct else 1.0
    return j * (c["m1i"] - c["m2i"]) / c["sd2i"]


def _odds(c: Columns, factor: float) -> Pair:
    d, v = smd(c, "LS", False)
    return factor * d, factor**2 * v


def _change_variance(c: Columns) -> Array:
    return c["sd1i"] ** 2 + c["sd2i"] ** 2 - 2 * c["ri"] * c["sd1i"] * c["sd2i"]


def _raw(c: Columns) -> Array:
    return hedges_correction(c["ni"] - 1) * (c["m1i"] - c["m2i"]) / c["sd1i"]


def _raw_pooled(c: Columns) -> Array:
    df = 2 * (c["ni"] - 1) / (1 + c["ri"] ** 2)
    pooled = np.sqrt((c["sd1i"] ** 2 + c["sd2i"] ** 2) / 2)
    return hedges_correction(df) * (c["m1i"] - c["m2i"]) / pooled
