"""How sure a pooled result is, in GRADE's terms: one rating with every reason that lowered it.

Takes a row of `pooled` and the designs of its studies; gives the rating. The rules are fixed in advance and printed
beside each rating, so that a panel can disagree with a rule instead of with a number (Guyatt 2008,
doi:10.1136/bmj.39489.470347.AD).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

RATINGS = ("very low", "low", "moderate", "high")
OPTIMAL_N = 400  # patients below which an estimate of a mean is called imprecise (GRADE guidelines 6)
HIGH_I2 = 50.0
FEW_STUDIES = 10  # below, small-study effects cannot be judged
DOMAINS = ("risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias")


def certainty(row: pd.Series, designs: Sequence[str | None], conditions: Sequence[str | None]) -> dict[str, object]:
    """Rating of one pooled row.

    Parameters
    ----------
    row : row of `pooled`.
    designs, conditions : design and condition of each study pooled; None where nobody tells.

    Returns
    -------
    dict
        `certainty`, one column a domain with how many levels it costs, and `reasons` in words.
    """
    randomised = sum(d == "rct" for d in designs)
    start = 3 if randomised else 1
    said: list[str] = [] if randomised else ["no randomised trial"]
    cost = dict.fromkeys(DOMAINS, 0)
    if randomised:
        mixed = randomised < len(designs)
        cost["risk of bias"] = 2 if mixed else 1
        said.append(
            "non-randomised studies among them" if mixed else "open-label or unclear conduct, no domain-level appraisal"
        )
    if (pd.notna(row["i2"]) and row["i2"] > HIGH_I2) or _crosses(
        row["pi_low"], row["pi_high"], row["ci_low"], row["ci_high"]
    ):
        cost["inconsistency"] = 1
        said.append("results differ between studies")
    if len({c for c in conditions if c}) > 1:
        cost["indirectness"] = 1
        said.append("different diseases pooled")
    if row["ci_low"] <= 0 <= row["ci_high"]:
        cost["imprecision"] += 1
        said.append("interval includes no effect")
    if pd.isna(row["n"]) or row["n"] < OPTIMAL_N:
        cost["imprecision"] += 1
        said.append(f"fewer than {OPTIMAL_N} patients")
    studies = "one study" if int(row["k"]) == 1 else f"{int(row['k'])} studies"
    if int(row["k"]) < FEW_STUDIES:
        said.append(f"{studies}: small-study effects cannot be judged")
    level = max(0, start - sum(cost.values()))
    return {"certainty": RATINGS[level], **cost, "reasons": "; ".join(said)}


def _crosses(pi_low: float, pi_high: float, ci_low: float, ci_high: float) -> bool:
    """The prediction interval reaches no effect though the confidence interval does not."""
    if pd.isna(pi_low):
        return False
    return pi_low <= 0 <= pi_high and not ci_low <= 0 <= ci_high


def table(rows: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Certainty of each pooled row, keyed by `analysis_id`; `planned` carries `design` and `condition` of each effect."""
    by_analysis = dict(iter(planned.groupby("analysis_id")))
    rated = []
    for _, row in rows.iterrows():
        effects = by_analysis[row["analysis_id"]]
        designs, conditions = (
            effects[c].astype("object").where(effects[c].notna(), None) for c in ("design", "condition")
        )
        rated.append({"analysis_id": row["analysis_id"]} | certainty(row, designs.tolist(), conditions.tolist()))
    return pd.DataFrame(rated, columns=["analysis_id", "certainty", *DOMAINS, "reasons"])
