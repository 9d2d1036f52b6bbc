"""What a paper prints instead of mean and SD, count or log hazard ratio, turned into them by named routes.

Takes numbers or arrays of numbers, gives the same; every route is a plain function with its source, and
`ROUTES` holds them by name. The outcomes table says in `sd_from` which one was taken. Nothing is guessed:
skewed quartiles can be told with `looks_skewed`, and a percentage that several counts could give stays one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtri, stdtrit

Numbers = Any  # a float, or an array of floats; results are of the kind that was given


class ConversionError(ValueError):
    """Numbers that no route can turn into a mean, an SD or a count; the message names the value."""


def sd_from_se(se: Numbers, n: Numbers) -> Numbers:
    """SD of a group from the standard error of its mean: se sqrt(n) (Cochrane Handbook 6.5.2.2)."""
    return _positive("se", se) * np.sqrt(_sizes(n))


def sd_from_ci(low: Numbers, high: Numbers, n: Numbers, level: float = 0.95, dist: str = "t") -> Numbers:
    """SD of a group from the interval of its mean: sqrt(n) width / (2 crit), crit from t(n - 1) or, for `dist` "z",
    the normal distribution that papers use in large groups (Cochrane Handbook 6.5.2.2)."""
    size = _sizes(n)
    if dist not in ("t", "z"):
        raise ConversionError(f"dist must be 't' or 'z', got {dist!r}")
    crit = stdtrit(size - 1, 0.5 + level / 2) if dist == "t" else ndtri(0.5 + level / 2)
    return np.sqrt(size) * _width(low, high) / (2 * crit)


def sd_from_difference_se(se: Numbers, n1: Numbers, n2: Numbers) -> Numbers:
    """Average SD of two groups from the SE of their mean difference (Cochrane Handbook 6.5.2.3)."""
    return _positive("se", se) / np.sqrt(1 / _sizes(n1) + 1 / _sizes(n2))


def sd_from_difference_ci(low: Numbers, high: Numbers, n1: Numbers, n2: Numbers, level: float = 0.95) -> Numbers:
    """Average SD of two groups from the interval of their mean difference, t with n1 + n2 - 2 degrees of freedom
    (Cochrane Handbook 6.5.2.3)."""
    crit = stdtrit(_sizes(n1) + _sizes(n2) - 2, 0.5 + level / 2)
    return sd_from_difference_se(_width(low, high) / (2 * crit), n1, n2)


def sd_from_t(difference: Numbers, t: Numbers, n1: Numbers, n2: Numbers) -> Numbers:
    """Average SD of two groups from their mean difference and its t statistic (Cochrane Handbook 6.5.2.3)."""
    return sd_from_difference_se(np.abs(difference) / _positive("|t|", np.abs(t)), n1, n2)


def sd_from_p(difference: Numbers, p: Numbers, n1: Numbers, n2: Numbers) -> Numbers:
    """Average SD of two groups from their mean difference and its exact two-sided P (Cochrane Handbook 6.5.2.3)."""
    return sd_from_t(difference, -stdtrit(_sizes(n1) + _sizes(n2) - 2, _probability(p) / 2), n1, n2)


def sd_from_iqr(q1: Numbers, q3: Numbers, n: Numbers) -> Numbers:
    """(q3 - q1) / (2 z((0.75 n - 0.125)/(n + 0.25))) (Wan 2014, doi:10.1186/1471-2288-14-135)."""
    return _width(q1, q3) / (2 * _quartile_z(n))


def sd_from_range(low: Numbers, high: Numbers, n: Numbers) -> Numbers:
    """(max - min) / (2 z((n - 0.375)/(n + 0.25))) (Wan 2014, doi:10.1186/1471-2288-14-135)."""
    return _width(low, high) / (2 * _range_z(n))


def sd_from_five(low: Numbers, q1: Numbers, q3: Numbers, high: Numbers, n: Numbers) -> Numbers:
    """Optimally weighted range and quartiles (Shi 2020, doi:10.1002/jrsm.1429)."""
    size = _sizes(n)
    by_range = _width(low, high) / ((2 + 0.14 * size**0.6) * _range_z(n))
    return by_range + _width(q1, q3) / ((2 + 2 / (0.07 * size**0.6)) * _quartile_z(n))


def mean_sd_from_quartiles(q1: Numbers, median: Numbers, q3: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    """Mean by Luo 2018 (doi:10.1177/0962280216669183), weight 0.7 + 0.39/n on the quartiles; SD by Wan 2014."""
    weight = 0.7 + 0.39 / _sizes(n)
    return weight * _middle(q1, q3) + (1 - weight) * np.asarray(median)[()], sd_from_iqr(q1, q3, n)


def mean_sd_from_range(low: Numbers, median: Numbers, high: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    """Mean by Luo 2018 (doi:10.1177/0962280216669183), weight 4/(4 + n^0.75) on the limits; SD by Wan 2014."""
    weight = 4 / (4 + _sizes(n) ** 0.75)
    return weight * _middle(low, high) + (1 - weight) * np.asarray(median)[()], sd_from_range(low, high, n)


def mean_sd_from_five(
    low: Numbers, q1: Numbers, median: Numbers, q3: Numbers, high: Numbers, n: Numbers
) -> tuple[Numbers, Numbers]:
    """Mean by Luo 2018 (doi:10.1177/0962280216669183), SD by Shi 2020 (doi:10.1002/jrsm.1429)."""
    size = _sizes(n)
    w1, w2 = 2.2 / (2.2 + size**0.75), 0.7 - 0.72 / size**0.55
    mean = w1 * _middle(low, high) + w2 * _middle(q1, q3) + (1 - w1 - w2) * np.asarray(median)[()]
    return mean, sd_from_five(low, q1, q3, high, n)


def mean_sd_from_quantiles(values: Sequence[float], probabilities: Sequence[float]) -> tuple[float, float]:
    """Normal quantile estimation: least squares of the printed quantiles on normal ones (McGrath 2020,
    doi:10.1177/0962280219889080, the normal family, where the fit has a closed form).

    Quartiles stand at 0.25, 0.5, 0.75; a minimum and maximum of n values at 1/n and 1 - 1/n.
    """
    y, z = np.asarray(values, dtype=float), ndtri(np.asarray(probabilities, dtype=float))
    if y.size < 2 or y.shape != z.shape or not np.isfinite(z).all():
        raise ConversionError(f"need as many values as probabilities between 0 and 1: {values}, {probabilities}")
    spread = z - z.mean()
    sd = float((spread * y).sum() / (spread * spread).sum())
    if not sd > 0:
        raise ConversionError(f"quantiles do not rise: {list(values)}")
    return float(y.mean() - sd * z.mean()), sd


def looks_skewed(
    median: Numbers,
    n: Numbers,
    *,
    low: Numbers = None,
    high: Numbers = None,
    q1: Numbers = None,
    q3: Numbers = None,
) -> Numbers:
    """Whether limits or quartiles are too lopsided for a normal variable (5% test of Shi et al. 2023,
    doi:10.1177/09622802231172043); means from such a summary should not be trusted."""
    size = _sizes(n)
    if low is None and q1 is None:
        raise ConversionError("looks_skewed needs the range, the quartiles, or both")
    if q1 is None:
        return _lopsided(low, median, high) > 1.01 / np.log(size + 9) + 2.43 / (size + 1)
    if low is None:
        return _lopsided(q1, median, q3) > 2.65 / np.sqrt(size) - 6 / size**2
    outer = 2.65 * np.log(0.6 * size) / np.sqrt(size) * _lopsided(low, median, high)
    return np.maximum(outer, _lopsided(q1, median, q3)) > 2.97 / np.sqrt(size) - 39.1 / size**3


def change_sd(sd_before: Numbers, sd_after: Numbers, r: Numbers) -> Numbers:
    """SD of changes from both SDs and their correlation (Cochrane Handbook 6.5.2.8)."""
    if np.any(np.abs(r) > 1):
        raise ConversionError(f"a correlation lies between -1 and 1, got {r}")
    before, after = _positive("sd_before", sd_before), _positive("sd_after", sd_after)
    return np.sqrt(before**2 + after**2 - 2 * np.asarray(r)[()] * before * after)


def correlation_from_sds(sd_before: Numbers, sd_after: Numbers, sd_change: Numbers) -> Numbers:
    """The correlation that three printed SDs imply (Cochrane Handbook 6.5.2.8)."""
    before, after = _positive("sd_before", sd_before), _positive("sd_after", sd_after)
    return (before**2 + after**2 - _positive("sd_change", sd_change) ** 2) / (2 * before * after)


def combine_arms(n: Sequence[float], mean: Sequence[float], sd: Sequence[float]) -> tuple[float, float, float]:
    """n, mean and SD of several arms taken as one group (Cochrane Handbook 6.5.2.10)."""
    sizes, means, sds = (np.asarray(x, dtype=float) for x in (n, mean, sd))
    if sizes.size == 0 or not sizes.shape == means.shape == sds.shape:
        raise ConversionError(f"need n, mean and sd of every arm, got {sizes.size}, {means.size}, {sds.size}")
    if not (np.isfinite(means).all() and (sds >= 0).all() and (sizes >= 1).all() and sizes.sum() > 1):
        raise ConversionError(f"arms cannot be combined: n = {list(n)}, mean = {list(mean)}, sd = {list(sd)}")
    total = sizes.sum()
    middle = (sizes * means).sum() / total
    squares = ((sizes - 1) * sds**2).sum() + (sizes * (means - middle) ** 2).sum()
    return float(total), float(middle), float(np.sqrt(squares / (total - 1)))


def events_from_percent(percent: float, n: int, decimals: int = 0) -> int | None:
    """The number of events when exactly one whole number of `n` rounds to the printed percentage; else None."""
    if n < 1 or not 0 <= percent <= 100 or decimals < 0:
        return None
    half = 0.5 * 10.0**-decimals + 1e-9  # a printed 12.5 may have been rounded up or to even: both fit
    first, last = np.ceil((percent - half) * n / 100), np.floor((percent + half) * n / 100)
    first, last = max(first, 0.0), min(last, float(n))
    return int(first) if first == last else None


def log_ratio_from_ci(ratio: Numbers, low: Numbers, high: Numbers, level: float = 0.95) -> tuple[Numbers, Numbers]:
    """Log of a reported ratio (HR, OR, RR) and its variance from the interval (Parmar 1998, eqs 7-8; Tierney 2007)."""
    width = np.log(_positive("high", high)) - np.log(_positive("low", low))
    return np.log(_positive("ratio", ratio)), (_positive("interval width", width) / (2 * ndtri(0.5 + level / 2))) ** 2


def log_ratio_from_z(ratio: Numbers, z: Numbers) -> tuple[Numbers, Numbers]:
    """Log of a reported ratio and its variance from its z statistic: (log ratio / z)^2."""
    yi = np.log(_positive("ratio", ratio))
    return yi, (yi / np.where(np.asarray(z) == 0, np.nan, z)[()]) ** 2


def log_ratio_from_p(ratio: Numbers, p: Numbers) -> tuple[Numbers, Numbers]:
    """Log of a reported ratio and its variance from its exact two-sided P."""
    return log_ratio_from_z(ratio, ndtri(_probability(p) / 2))


def log_hr_from_logrank(observed_minus_expected: Numbers, v: Numbers) -> tuple[Numbers, Numbers]:
    """log HR = (O - E)/V, variance 1/V (Tierney 2007, doi:10.1186/1745-6215-8-16, method 1)."""
    variance = _positive("V", v)
    return np.asarray(observed_minus_expected)[()] / variance, 1 / variance


def log_hr_from_logrank_p(
    p: Numbers, events: Numbers, n_t: Numbers, n_c: Numbers, favours_treated: bool
) -> tuple[Numbers, Numbers]:
    """log HR from the logrank P, the total of events and the arm sizes, V = events n_t n_c / (n_t + n_c)^2
    (Parmar 1998, doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8; Tierney 2007)."""
    treated, control = _sizes(n_t), _sizes(n_c)
    v = _positive("events", events) * treated * control / (treated + control) ** 2
    z = -ndtri(_probability(p) / 2)
    return (-z if favours_treated else z) / np.sqrt(v), 1 / v


def _sizes(n: Numbers) -> Numbers:
    sizes = np.asarray(n, dtype=float)
    if not np.all(sizes >= 2):
        raise ConversionError(f"a group needs at least 2 patients, got n = {n}")
    return sizes[()]


def _positive(name: str, value: Numbers) -> Numbers:
    number = np.asarray(value, dtype=float)
    if not np.all(number > 0):
        raise ConversionError(f"{name} must be positive, got {value}")
    return number[()]


def _probability(p: Numbers) -> Numbers:
    number = np.asarray(p, dtype=float)
    if not np.all((number > 0) & (number < 1)):
        raise ConversionError(f"P must lie between 0 and 1, got {p}")
    return number[()]


def _width(low: Numbers, high: Numbers) -> Numbers:
    width = np.asarray(high, dtype=float) - np.asarray(low, dtype=float)
    if not np.all(width > 0):
        raise ConversionError(f"lower limit {low} is not below upper limit {high}")
    return width[()]


def _middle(low: Numbers, high: Numbers) -> Numbers:
    return ((np.asarray(low, dtype=float) + np.asarray(high, dtype=float)) / 2)[()]


def _quartile_z(n: Numbers) -> Numbers:
    size = _sizes(n)
    return ndtri((0.75 * size - 0.125) / (size + 0.25))


def _range_z(n: Numbers) -> Numbers:
    size = _sizes(n)
    return ndtri((size - 0.375) / (size + 0.25))


def _lopsided(low: Numbers, median: Numbers, high: Numbers) -> Numbers:
    return np.abs(2 * (_middle(low, high) - np.asarray(median, dtype=float))) / _width(low, high)


ROUTES: dict[str, Callable[..., Any]] = {
    "se": sd_from_se,
    "ci": sd_from_ci,
    "se of difference": sd_from_difference_se,
    "ci of difference": sd_from_difference_ci,
    "t": sd_from_t,
    "p": sd_from_p,
    "iqr": mean_sd_from_quartiles,
    "range": mean_sd_from_range,
    "five numbers": mean_sd_from_five,
    "quantiles": mean_sd_from_quantiles,
    "change": change_sd,
    "combined arms": combine_arms,
    "percent": events_from_percent,
    "ratio and ci": log_ratio_from_ci,
    "ratio and z": log_ratio_from_z,
    "ratio and p": log_ratio_from_p,
    "logrank": log_hr_from_logrank,
    "logrank p": log_hr_from_logrank_p,
}
