"""Every effect measure by its field's name: raw columns in, effect and sampling variance out.

`compute` checks the columns a measure needs, treats zero cells, and gives `yi` and `vi`; `back_transform`
returns to the scale people read. The formulas stand in `counts` and `means`. First stage of the numbers:
`effects` -> `pool`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, ndtr, ndtri

from . import counts, means
from .columns import (
    CORRELATION,
    NOT_NEGATIVE,
    NUMBER,
    POSITIVE,
    TWO_OR_MORE,
    Array,
    Columns,
    EffectsError,
    Mask,
    Rule,
    read,
    refuse,
    row_name,
)

Pair = tuple[Array, Array]


@dataclass(frozen=True)
class Measure:
    """What a measure needs and how it is read: `scale` is "identity", "log" or a back-transform's name."""

    title: str
    columns: dict[str, Rule]
    formula: Callable[..., Pair]
    scale: str = "identity"
    vtypes: tuple[str, ...] = ("LS",)
    cells: tuple[str, ...] = ()  # columns to which `add` applies
    corrects: bool = False  # whether `correct` has a meaning
    add: float = 0.5  # default for `add`; 0 where zero cells do no harm


def compute(
    measure: str,
    *,
    vtype: str | None = None,
    correct: bool = True,
    add: float | None = None,
    to: str = "only0",
    drop00: bool = False,
    level: float = 0.95,
    on_missing: str = "raise",
    labels: Sequence[object] | None = None,
    **columns: ArrayLike,
) -> Pair:
    """Effect sizes and sampling variances.

    Parameters
    ----------
    measure : str
        A name in `MEASURES`.
    vtype : str, optional
        Which variance, a name in the measure's `vtypes`; the first is the default.
    correct : bool
        Small-sample bias correction, where the measure has one.
    add, to, drop00
        Zero cells: what to add (default: the measure's own, 1/2 or nothing), to which studies ("all",
        "only0", "if0all", "none"), and whether studies without events (or without non-events) in both arms
        are dropped, i.e. come back as NaN.
    level : float
        Of the intervals `ci_low`, `ci_high` that reported ratios come with.
    on_missing : str
        "raise" refuses studies whose effect cannot be computed; "nan" returns NaN for them.
    labels : sequence, optional
        Names of the studies, used in error messages.
    **columns : array_like
        The columns the measure needs (`MEASURES[measure].columns`), vectors of one length or single numbers.
        For counts, group sizes `n1i`, `n2i`, `ni` may stand for the non-events `bi`, `di`, `mi`; for two
        means, `ti` (Student's t) with `n1i`, `n2i` may stand for means and SDs.

    Returns
    -------
    yi, vi : (k,) arrays

    Raises
    ------
    EffectsError
        Unknown measure or option; columns missing, unknown, of unequal length or with impossible values; an
        effect without a positive finite variance. Every offending row is named.
    """
    known = named(measure)
    kind = vtype or known.vtypes[0]
    if kind not in known.vtypes or on_missing not in ("raise", "nan"):
        raise EffectsError(f"{measure}: vtype {kind!r} is not one of {known.vtypes}, or on_missing {on_missing!r}")
    values = read(spelled_out(columns, known.columns), known.columns, labels)
    values, dropped = _zero_cells(known, values, known.add if add is None else add, to, drop00)
    with np.errstate(divide="ignore", invalid="ignore"):
        yi, vi = _apply(known, values, kind, correct, level)
    return _usable(measure, yi, vi, dropped, on_missing, labels)


def named(measure: str) -> Measure:
    """The measure of that name, or an error listing the names."""
    if measure not in MEASURES:
        raise EffectsError(f"unknown measure {measure!r}; one of {', '.join(MEASURES)}")
    return MEASURES[measure]


def spelled_out(columns: Mapping[str, ArrayLike], wanted: Mapping[str, Rule]) -> dict[str, ArrayLike]:
    """Columns in the spelling a formula wants: group sizes become non-events, a t statistic the means it implies."""
    out = dict(columns)
    for total, part, rest in (("n1i", "ai", "bi"), ("n2i", "ci", "di"), ("ni", "xi", "mi")):
        if rest in wanted and part in wanted and rest not in out and {total, part} <= set(out):
            out[rest] = np.asarray(out.pop(total), dtype=float) - np.asarray(out[part], dtype=float)
    if "ti" in out and "m1i" in wanted and "m1i" not in out and {"n1i", "n2i"} <= set(out):
        n1, n2 = np.asarray(out["n1i"], dtype=float), np.asarray(out["n2i"], dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            out["m1i"] = np.asarray(out.pop("ti"), dtype=float) * np.sqrt(1 / n1 + 1 / n2)
        out |= {"m2i": 0.0, "sd1i": 1.0, "sd2i": 1.0}
    return out


def back_transform(measure: str, value: ArrayLike, *, n: ArrayLike | None = None) -> Array:
    """Effects (or interval bounds) on the scale people read: exp for ratios, probabilities for proportions.

    Parameters
    ----------
    n : array_like, optional
        Needed for PFT and IRFT: sample size (person-time) behind the value, for a pooled PFT 1/(4 se^2) - 1/2
        or the harmonic mean; the answer depends on it (Miller 1978, doi:10.1080/00031305.1978.10479283;
        Schwarzer et al. 2019, doi:10.1002/jrsm.1348).
    """
    known, x = named(measure), np.asarray(value, dtype=float)
    if known.scale not in NEEDS_N:
        return BACK[known.scale](x)
    if n is None:
        raise EffectsError(f"{measure}: the back-transform needs n, the sample size behind the value")
    return NEEDS_N[known.scale](x, np.asarray(n, dtype=float))


def _zero_cells(known: Measure, values: Columns, add: float, to: str, drop00: bool) -> tuple[Columns, Mask]:
    """Cells after the continuity correction, NaN in studies that are dropped, and which those are."""
    dropped = np.zeros(next(iter(values.values())).size, dtype=bool)
    if not known.cells:
        return values, dropped
    if drop00 and "ai" in values:
        dropped = counts.double_zero(values)
    keep = {name: np.where(dropped, np.nan, c) for name, c in values.items()}
    return counts.continuity(keep, add, to, known.cells), dropped


def _apply(known: Measure, values: Columns, kind: str, correct: bool, level: float) -> Pair:
    if known.corrects:
        return known.formula(values, kind, correct)
    if known.formula is _reported_ratio:
        return _reported_ratio(values, level)
    return known.formula(values, kind)


def _usable(
    measure: str, yi: Array, vi: Array, dropped: Mask, on_missing: str, labels: Sequence[object] | None
) -> Pair:
    bad = ~(np.isfinite(yi) & np.isfinite(vi) & (vi > 0))
    if on_missing == "raise":
        refuse(
            [
                f"{row_name(i, labels)}: {measure} has no usable effect (yi = {yi[i]:g}, vi = {vi[i]:g})"
                for i in np.flatnonzero(bad & ~dropped)
            ]
        )
        bad = bad & dropped
    else:
        bad = ~(np.isfinite(yi) & np.isfinite(vi))
    return np.where(bad, np.nan, yi), np.where(bad, np.nan, vi)


def _reported_ratio(c: Columns, level: float) -> Pair:
    se = (np.log(c["ci_high"]) - np.log(c["ci_low"])) / (2 * ndtri(0.5 + level / 2))
    return np.log(c["est"]), np.where(se > 0, se**2, np.nan)


def _generic(c: Columns, vtype: str) -> Pair:
    return c["yi"], c["vi"]


def _freeman_tukey_back(x: Array, n: Array) -> Array:
    low, high = np.arcsin(np.sqrt(1 / (n + 1))) / 2, (np.arcsin(np.sqrt(n / (n + 1))) + np.pi / 2) / 2
    y = np.clip(x, low, high)
    root = np.maximum(1 - (np.sin(2 * y) + (np.sin(2 * y) - 1 / np.sin(2 * y)) / n) ** 2, 0.0)
    return (1 - np.sign(np.cos(2 * y)) * np.sqrt(root)) / 2


def _freeman_tukey_rate_back(x: Array, t: Array) -> Array:
    y = np.maximum(x, 0.5 * np.sqrt(1 / t))
    return np.maximum((1 / t - 8 * y**2 + 16 * t * y**4) / (16 * y**2 * t), 0.0)


BACK: dict[str, Callable[[Array], Array]] = {
    "identity": lambda x: x,
    "log": np.exp,
    "logit": expit,
    "arcsine": lambda x: np.sin(np.clip(x, 0.0, np.pi / 2)) ** 2,
    "probit": ndtr,
    "root": lambda x: np.maximum(x, 0.0) ** 2,
    "atanh": np.tanh,
}
NEEDS_N: dict[str, Callable[[Array, Array], Array]] = {
    "freeman-tukey": _freeman_tukey_back,
    "freeman-tukey rate": _freeman_tukey_rate_back,
}

_TABLE = dict.fromkeys(("ai", "bi", "ci", "di"), NOT_NEGATIVE)
_SHARE = dict.fromkeys(("xi", "mi"), NOT_NEGATIVE)
_RATES = {"x1i": NOT_NEGATIVE, "t1i": POSITIVE, "x2i": NOT_NEGATIVE, "t2i": POSITIVE}
_RATE = {"xi": NOT_NEGATIVE, "ti": POSITIVE}
_TWO = {
    "m1i": NUMBER,
    "sd1i": POSITIVE,
    "n1i": TWO_OR_MORE,
    "m2i": NUMBER,
    "sd2i": POSITIVE,
    "n2i": TWO_OR_MORE,
}
_ONE = {"mi": NUMBER, "sdi": POSITIVE, "ni": TWO_OR_MORE}
_TWICE = {
    "m1i": NUMBER,
    "m2i": NUMBER,
    "sd1i": POSITIVE,
    "sd2i": POSITIVE,
    "ni": TWO_OR_MORE,
    "ri": CORRELATION,
}
_RATIO = dict.fromkeys(("est", "ci_low", "ci_high"), POSITIVE)
_COR = {"ri": CORRELATION, "ni": TWO_OR_MORE}


def _table(title: str, formula: Callable[..., Pair], scale: str = "identity", *more: str) -> Measure:
    return Measure(title, _TABLE, formula, scale, ("LS", *more), tuple(_TABLE))


def _share(title: str, formula: Callable[..., Pair], scale: str, *more: str) -> Measure:
    return Measure(title, _SHARE, formula, scale, ("LS", *more), tuple(_SHARE))


def _mean(title: str, rules: dict[str, Rule], formula: Callable[..., Pair], scale: str, *more: str) -> Measure:
    return Measure(title, rules, formula, scale, ("LS", *more), (), True)


MEASURES: dict[str, Measure] = {
    "RR": _table("log risk ratio", counts.log_risk_ratio, "log", "AV"),
    "OR": _table("log odds ratio", counts.log_odds_ratio, "log", "AV"),
    "RD": _table("risk difference", counts.risk_difference, "identity", "UB", "AV"),
    "AS": replace(_table("arcsine difference", counts.arcsine_difference), add=0.0),
    "PETO": _table("Peto log odds ratio", counts.peto, "log"),
    "PBIT": _table("probit difference", counts.probit_difference),
    "OR2D": _table("SMD from the odds ratio (logistic)", counts.smd_logistic),
    "OR2DL": _table("SMD from the odds ratio (logistic)", counts.smd_logistic),
    "OR2DN": _table("SMD from the odds ratio (normal)", counts.smd_normal),
    "YUQ": _table("Yule's Q", counts.yule_q),
    "YUY": _table("Yule's Y", counts.yule_y),
    "IRR": Measure("log rate ratio", _RATES, counts.log_rate_ratio, "log", ("LS",), ("x1i", "x2i")),
    "IRD": Measure("rate difference", _RATES, counts.rate_difference, "identity", ("LS",), ("x1i", "x2i")),
    "IRSD": Measure("root rate difference", _RATES, counts.root_rate_difference, "identity", ("LS",), ("x1i", "x2i")),
    "HR": Measure("log hazard ratio, as reported", _RATIO, _reported_ratio, "log"),
    "RATIO": Measure("log of a reported ratio", _RATIO, _reported_ratio, "log"),
    "MD": _mean("mean difference", _TWO, means.mean_difference, "identity", "HO"),
    "SMD": _mean("standardised mean difference (Hedges' g)", _TWO, means.smd, "identity", "LS2", "UB", "AV"),
    "SMDH": _mean("SMD, unequal variances", _TWO, means.smd_heteroscedastic, "identity"),
    "SMD1": _mean("SMD over the control SD (Glass)", _TWO, means.glass_delta, "identity"),
    "SMD1H": _mean("SMD over the control SD, unequal variances", _TWO, means.glass_delta_heteroscedastic, "identity"),
    "ROM": _mean("log ratio of means", _TWO, means.log_ratio_of_means, "log", "HO", "AV", "AVHO"),
    "CVR": _mean("log ratio of coefficients of variation", _TWO, means.log_cv_ratio, "log"),
    "VR": _mean("log ratio of SDs", _TWO, means.log_sd_ratio, "log"),
    "D2OR": _mean("log odds ratio from the SMD (logistic)", _TWO, means.log_odds_from_smd, "log"),
    "D2ORL": _mean("log odds ratio from the SMD (logistic)", _TWO, means.log_odds_from_smd, "log"),
    "D2ORN": _mean("log odds ratio from the SMD (normal)", _TWO, means.log_odds_from_smd_normal, "log"),
    "MN": _mean("mean", _ONE, means.mean, "identity"),
    "MNLN": _mean("log mean", _ONE, means.log_mean, "log"),
    "CVLN": _mean("log coefficient of variation", _ONE, means.log_cv, "log"),
    "SDLN": _mean("log SD", _ONE, means.log_sd, "log"),
    "SMN": _mean("standardised mean", _ONE, means.standardised_mean, "identity"),
    "MC": _mean("mean change", _TWICE, means.mean_change, "identity"),
    "SMCC": _mean("SMD of change, SD of changes", _TWICE, means.smd_change, "identity"),
    "SMCR": _mean("SMD of change, raw SD", _TWICE, means.smd_raw, "identity"),
    "SMCRH": _mean("SMD of change, raw SD, unequal variances", _TWICE, means.smd_raw_heteroscedastic, "identity"),
    "SMCRP": _mean("SMD of change, pooled SD", _TWICE, means.smd_raw_pooled, "identity"),
    "SMCRPH": _mean(
        "SMD of change, pooled SD, unequal variances",
        _TWICE,
        means.smd_raw_pooled_heteroscedastic,
        "identity",
    ),
    "ROMC": _mean("log ratio of means, one group", _TWICE, means.log_ratio_change, "log"),
    "VRC": _mean("log ratio of SDs, one group", _TWICE, means.log_sd_change, "log"),
    "CVRC": _mean("log ratio of coefficients of variation, one group", _TWICE, means.log_cv_change, "log"),
    "PR": _share("proportion", counts.proportion, "identity", "UB"),
    "PLN": _share("log proportion", counts.log_proportion, "log"),
    "PLO": _share("logit proportion", counts.logit_proportion, "logit"),
    "PRZ": _share("probit proportion", counts.probit_proportion, "probit"),
    "PAS": replace(_share("arcsine proportion", counts.arcsine_proportion, "arcsine"), add=0.0),
    "PFT": replace(_share("Freeman-Tukey proportion", counts.freeman_tukey_proportion, "freeman-tukey"), add=0.0),
    "IR": Measure("rate", _RATE, counts.rate, "identity", ("LS",), ("xi",)),
    "IRLN": Measure("log rate", _RATE, counts.log_rate, "log", ("LS",), ("xi",)),
    "IRS": Measure("root rate", _RATE, counts.root_rate, "root", ("LS",), ("xi",), add=0.0),
    "IRFT": Measure("Freeman-Tukey rate", _RATE, counts.freeman_tukey_rate, "freeman-tukey rate", ("LS",), ("xi",)),
    "COR": _mean("correlation", _COR, means.correlation, "identity"),
    "ZCOR": _mean("Fisher's z", _COR, means.fisher_z, "atanh"),
    "GEN": Measure("generic effect", {"yi": NUMBER, "vi": POSITIVE}, _generic),
}
