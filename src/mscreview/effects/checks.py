"""Checks of what goes into pooling: flags, never silent repairs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from mscreview.project import Protocol

COLUMNS = ["effect_id", "check", "expected", "found", "verdict"]
LARGE_SMD = 2.5  # beyond it, a standard error was probably entered as an SD (metafor 5.1 warns alike)
BASELINE_Z = 1.959963984540054


def checks(facts: pd.DataFrame, outcomes: pd.DataFrame, effects: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """The `checks` table: flags that extraction raised, values outside the plausible, effects too large, arms unequal.

    One row a check done on an effect (`ok` or `flag`), and one a flag on a fact or value.
    """
    rows = [*_facts(facts), *_plausible(outcomes, protocol), *_effect_size(effects), *_balance(effects)]
    return pd.DataFrame(rows, columns=COLUMNS).drop_duplicates(["effect_id", "check"]).reset_index(drop=True)


def symmetry(reported: pd.DataFrame, tolerance: float = 0.05) -> pd.DataFrame:
    """Is each printed estimate in the middle of its interval (of its logs for ratios)?

    Parameters
    ----------
    reported : the table of that name.
    tolerance : share of the interval's width by which the estimate may lie off its middle; printing to two decimals
        moves it by less.

    Returns
    -------
    DataFrame
        Rows with estimate and interval, with `off` (share of the width) and `verdict` ok or flag.
    """
    rows = reported[reported[["estimate", "ci_low", "ci_high"]].notna().all(axis=1)].copy()
    three = rows[["estimate", "ci_low", "ci_high"]].astype(float)
    ratio = rows["measure"].isin(["OR", "RR", "HR"]).to_numpy()[:, None]
    values = np.where(ratio, np.log(three.where(three > 0)), three)
    off = np.abs(values[:, 0] - (values[:, 1] + values[:, 2]) / 2) / (values[:, 2] - values[:, 1])
    return rows.assign(off=off, verdict=np.where(off <= tolerance, "ok", "flag"))


def _facts(facts: pd.DataFrame) -> list[dict[str, object]]:
    raised = facts[facts["checks"].fillna("").ne("")]
    return [
        {"effect_id": f.fact_id, "check": flag, "expected": None, "found": f.quote, "verdict": "flag"}
        for f in raised.itertuples()
        for flag in f.checks.split("; ")
    ]


def _plausible(outcomes: pd.DataFrame, protocol: Protocol) -> list[dict[str, object]]:
    rows = []
    means = outcomes[outcomes["mean"].notna() & ~outcomes["value_kind"].eq("change")]
    for row in means.itertuples():
        limits = protocol.outcomes[row.outcome].plausible
        if limits and not limits[0] <= row.mean <= limits[1]:
            expected = f"{limits[0]:g} to {limits[1]:g} {row.unit}"
            found, source = f"{row.mean:g}", row.source.split("; ")[0]
            rows.append(
                {"effect_id": source, "check": "plausible", "expected": expected, "found": found, "verdict": "flag"}
            )
    return rows


def _effect_size(effects: pd.DataFrame) -> list[dict[str, object]]:
    smd = effects[effects["measure"].eq("SMD") & ~effects["effect_from"].eq("baseline")]
    return [
        {
            "effect_id": e.effect_id, "check": "SD may be a standard error", "expected": f"|SMD| <= {LARGE_SMD:g}",
            "found": f"{e.yi:.3g}", "verdict": "flag" if abs(e.yi) > LARGE_SMD else "ok",
        }
        for e in smd.itertuples()
    ]  # fmt: skip


def _balance(effects: pd.DataFrame) -> list[dict[str, object]]:
    baseline = effects[effects["measure"].eq("MD") & effects["effect_from"].eq("baseline")]
    return [
        {
            "effect_id": e.effect_id, "check": "arms alike at baseline", "expected": f"|z| <= {BASELINE_Z:.2f}",
            "found": f"z = {e.yi / math.sqrt(e.vi):.2f}",
            "verdict": "flag" if abs(e.yi) / math.sqrt(e.vi) > BASELINE_Z else "ok",
        }
        for e in baseline.itertuples()
    ]  # fmt: skip
