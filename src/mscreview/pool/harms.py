"""Events in treated arms with exact limits: what "none was seen" still allows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

COLUMNS = "outcome arms events patients share low high".split()


def harms(outcomes: pd.DataFrame, arms: pd.DataFrame) -> pd.DataFrame:
    """Events among all treated patients, outcome by outcome, at each arm's longest follow-up.

    Parameters
    ----------
    outcomes, arms : tables of the contracts; counts of treated arms are used.

    Returns
    -------
    DataFrame
        Arms, events, patients, share and its Clopper-Pearson 95% limits (doi:10.1093/biomet/26.4.404), in percent. With
        no event among n patients the upper limit is 100 * (1 - 0.025 ** (1 / n)). Adding counts up ignores that arms
        differ: the limits say what the number of patients can rule out, not how arms vary.
    """
    roles = arms.set_index(["study_id", "arm_id"])["role"]
    counted = outcomes[outcomes["value_kind"].eq("events") & outcomes["events"].notna() & outcomes["n"].notna()]
    keys = list(zip(counted["study_id"], counted["arm_id"], strict=True))
    counted = counted[[roles.get(key) == "treated" for key in keys]]
    last = counted.sort_values("weeks", na_position="first", kind="stable")
    last = last.drop_duplicates(["study_id", "arm_id", "outcome"], keep="last")
    table = last.groupby("outcome").agg(arms=("arm_id", "size"), events=("events", "sum"), patients=("n", "sum"))
    x, n = table["events"].to_numpy(float), table["patients"].to_numpy(float)
    low, high = clopper_pearson(x, n)
    table = table.assign(share=100 * x / n, low=100 * low, high=100 * high)
    return table.reset_index().loc[:, COLUMNS]


def clopper_pearson(
    events: ArrayLike, n: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact limits of a proportion (Clopper & Pearson 1934); arrays of events and sizes in, two arrays out."""
    x, size = np.asarray(events, float), np.asarray(n, float)
    tail = (1 - level) / 2
    low = np.where(x == 0, 0.0, betaincinv(np.maximum(x, 1e-300), size - x + 1, tail))
    high = np.where(x == size, 1.0, betaincinv(x + 1, np.maximum(size - x, 1e-300), 1 - tail))
    return low, high
