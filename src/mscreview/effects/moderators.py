"""What may explain differences: the level of each moderator for each effect, from its study and its treated arms."""

from __future__ import annotations

from bisect import bisect_right

import pandas as pd

from mscreview.project import Protocol

MIXED = "mixed"
_OF_STUDY = ("condition", "design", "country", "year", "randomised")
_OF_ARM = ("cell_source", "route", "donor")


def moderators(effects: pd.DataFrame, studies: pd.DataFrame, arms: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """`effects` with one column a moderator; missing where no source tells.

    Effects of several arms combined carry the level all arms share, or "mixed". Doses are banded at the protocol's
    cuts of cells per dose; the number of doses as "1" or "2 or more".
    """
    out = effects.copy()
    by_study = studies.set_index("study_id")
    for name in _OF_STUDY:
        out[name] = out["study_id"].map(by_study[name])
    levels = arms.assign(
        dose_band=[_band(v, protocol.pooling.dose_bands) for v in arms["cells_per_dose"]],
        n_doses_band=[None if pd.isna(v) else "1" if v == 1 else "2 or more" for v in arms["n_doses"]],
    ).set_index(["study_id", "arm_id"])
    for name in (*_OF_ARM, "dose_band", "n_doses_band"):
        column = levels[name].to_dict()
        pairs = zip(out["study_id"], out["arm_t"], strict=True)
        out[name] = [_level([column.get((study, arm)) for arm in arm_t.split("+")]) for study, arm_t in pairs]
    return out


def _level(found: list[object]) -> object:
    known = [v for v in found if v is not None and not pd.isna(v)]
    if not known or len(known) < len(found):
        return None
    return known[0] if len(set(known)) == 1 else MIXED


def _band(value: float, cuts: tuple[float, ...]) -> str | None:
    if pd.isna(value) or not cuts:
        return None
    i = bisect_right(cuts, value)
    if i == 0:
        return f"below {cuts[0]:g}"
    return f"{cuts[i - 1]:g} or more" if i == len(cuts) else f"{cuts[i - 1]:g} to {cuts[i]:g}"
