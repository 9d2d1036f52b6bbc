"""Mean and SD of an arm from what was printed, by a named route; a count from a percentage where only one fits."""

from __future__ import annotations

import math

from mscreview.clean import conversions


def mean_sd(
    value: float,
    spread: float | None,
    low: float | None,
    high: float | None,
    n: float | None,
    kind: str,
    median: bool,
) -> tuple[float, float | None, str | None]:
    """(mean, SD, `sd_from`) of an arm.

    Parameters
    ----------
    value : mean, or median when `median`.
    spread : printed SD or SE.
    low, high : printed limits: confidence interval, quartiles or range.
    n : patients, needed for every route but a reported SD.
    kind : what the spread is: sd, se, ci, iqr, range or anything else for not told.

    Notes
    -----
    Routes: SE and CI by the Cochrane Handbook 6.5.2.2-3; quartiles by Luo 2018 (doi:10.1177/0962280216669183) and
    Wan 2014 (doi:10.1186/1471-2288-14-135). Where no route applies the SD stays empty and says nothing.
    """
    limits = low is not None and high is not None and not (math.isnan(low) or math.isnan(high))
    if kind == "sd" and _known(spread):
        return value, spread, "reported"
    if n is None or math.isnan(n) or n < 2:
        return value, None, None
    if kind == "se" and _known(spread):
        return value, conversions.sd_from_se(spread, n), "se"
    if kind == "ci" and limits:
        return value, conversions.sd_from_ci(low, high, n), "ci"
    if kind == "iqr" and limits and median:
        return (*conversions.mean_sd_from_quartiles(low, value, high, n), "iqr")
    if kind == "range" and limits and median:
        return (*conversions.mean_sd_from_range(low, value, high, n), "range")
    return value, None, None


def events_from_percent(percent: float, n: float, decimals: int) -> int | None:
    """The count behind a printed percentage when exactly one whole number of `n` patients fits; else None."""
    return conversions.events_from_percent(percent, int(n), decimals)


def _known(spread: float | None) -> bool:
    return spread is not None and not math.isnan(spread)
