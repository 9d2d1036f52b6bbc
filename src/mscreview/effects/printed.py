"""Effects as a trial printed them: estimates with an interval, where its arms cannot be compared here.

Takes the `reported` table with the arms; gives rows of `effects` for `build`, which prefers what it can compute itself.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import pandas as pd

from mscreview.clean.reported import RATIOS
from mscreview.effects import measures
from mscreview.project import Protocol

LONGEST = "last"  # window of a study's longest follow-up, beside the protocol's own


def estimates(reported: pd.DataFrame, arms: pd.DataFrame, protocol: Protocol) -> list[dict[str, Any]]:
    """Ratios and differences of means that a trial of two arms printed with a 95% interval.

    A hazard ratio of survival is one of death as it stands; odds and risk ratios of a complement are turned over only
    where that is exact (odds ratios), else left out. A difference of means needs a time, and a sign that can be
    trusted: a positive one of an outcome that is better when lower may be the size of a fall, and is left out.
    """
    rows = reported[reported["kind"].eq("trial") & reported["outcome"].isin(list(protocol.outcomes))]
    found = []
    for row in rows[_usable(rows, protocol)].itertuples():
        base = protocol.outcomes[row.outcome].complement_of
        treated = arms[arms["study_id"].eq(row.study_id) & arms["role"].eq("treated")]
        control = arms[arms["study_id"].eq(row.study_id) & arms["role"].eq("control")]
        window = protocol.window_of(row.outcome, row.weeks) or (LONGEST if row.measure in RATIOS else "")
        if len(treated) != 1 or len(control) != 1 or (base and row.measure == "RR") or not window:
            continue
        yi, vi = _computed(row)
        outcome = base or row.outcome
        found.append(
            {
                "effect_id": f"{row.study_id}-{treated['arm_id'].iloc[0]}-{outcome}-{window}-{row.measure}-reported",
                "study_id": row.study_id, "arm_t": treated["arm_id"].iloc[0], "arm_c": control["arm_id"].iloc[0],
                "outcome": outcome, "weeks": row.weeks, "window": window, "measure": row.measure,
                "yi": -yi if base and row.measure == "OR" else yi, "vi": vi, "n_t": treated["n"].iloc[0],
                "n_c": control["n"].iloc[0], "better_if": protocol.outcomes[outcome].better,
                "effect_from": "reported", "shared_control": None, "sources": row.source,
            }
        )  # fmt: skip
    return found


def _usable(rows: pd.DataFrame, protocol: Protocol) -> pd.Series:
    outcomes = [protocol.outcomes[key] for key in rows["outcome"]]
    measured = pd.Series([o.kind == "continuous" for o in outcomes], index=rows.index, dtype="bool")
    rises = pd.Series([o.better == "higher" for o in outcomes], index=rows.index, dtype="bool")
    ratios = rows["measure"].isin(RATIOS) & (rows[["estimate", "ci_low", "ci_high"]] > 0).all(axis=1)
    inside = rows["ci_low"].lt(rows["estimate"]) & rows["estimate"].lt(rows["ci_high"])
    return ratios | (rows["measure"].eq("MD") & measured & inside & (rises | rows["ci_low"].lt(0)))


def _computed(row: Any) -> tuple[float, float]:
    """Effect and variance; the standard error of a difference is its 95% interval's width over 3.92 (Cochrane Handbook
    6.3.1)."""
    if row.measure == "MD":
        return row.estimate, ((row.ci_high - row.ci_low) / (2 * NormalDist().inv_cdf(0.975))) ** 2
    yi, vi = measures.compute("RATIO", est=[row.estimate], ci_low=[row.ci_low], ci_high=[row.ci_high])
    return yi[0], vi[0]
