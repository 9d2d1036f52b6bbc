"""From a relative effect to what it means for a thousand people: assumed and corresponding risk."""

from __future__ import annotations

import math

import pandas as pd

COLUMNS = "analysis_id assumed corresponding corresponding_low corresponding_high".split()


def risks(rows: pd.DataFrame, planned: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Risks per person under control and under treatment for pooled odds and risk ratios.

    Parameters
    ----------
    rows : rows of `pooled` with measure OR or RR; others are skipped.
    planned : effects with `analysis_id`.
    outcomes : the table of that name, for the counts of the control arms.

    Returns
    -------
    DataFrame
        The assumed risk is events over patients in the control arms of the studies pooled; the corresponding risk
        follows from it and the ratio with its limits (Cochrane Handbook 14.1.5.4).
    """
    counts = _control_counts(outcomes)
    found = []
    for row in rows[rows["measure"].isin(["OR", "RR"])].itertuples():
        effects = planned[planned["analysis_id"] == row.analysis_id]
        keys = list(
            zip(effects["study_id"], effects["arm_c"], effects["outcome"], effects["weeks"].fillna(-1), strict=True)
        )
        cells = [counts[key] for key in keys if key in counts]
        if len(cells) < len(keys) or not sum(n for _, n in cells):
            continue
        assumed = sum(e for e, _ in cells) / sum(n for _, n in cells)
        three = [_corresponding(assumed, math.exp(v), row.measure) for v in (row.est, row.ci_low, row.ci_high)]
        found.append(dict(zip(COLUMNS, [row.analysis_id, assumed, *three], strict=True)))
    return pd.DataFrame(found, columns=COLUMNS)


def _control_counts(outcomes: pd.DataFrame) -> dict[tuple, tuple[float, float]]:
    counted = outcomes[outcomes["events"].notna() & outcomes["n"].notna()]
    keys = zip(counted["study_id"], counted["arm_id"], counted["outcome"], counted["weeks"].fillna(-1), strict=True)
    return dict(zip(keys, zip(counted["events"], counted["n"], strict=True), strict=True))


def _corresponding(assumed: float, ratio: float, measure: str) -> float:
    if measure == "RR":
        return min(1.0, assumed * ratio)
    return assumed * ratio / (1 - assumed + assumed * ratio)
