"""How far the pooling engine agrees with a folder of reference results, record by record.

A folder holds `data/<id>.csv` (yi, vi), and `ref/<file>.json` (one record of reference numbers each). For every file a
handler says what the engine gives for a record, or why it does not offer it. Nothing here knows a data set by name.
To add a file: `@handles("name.json")` over a function `(record, context) -> Numbers`, raising `NotOffered(reason)`.
"""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mscreview import pool
from mscreview.clean import conversions
from mscreview.effects import measures
from mscreview.pool import algebra, correlated, counts, likelihood, regression

Record = dict[str, Any]
Numbers = dict[str, Any]  # name of a field of the reference -> what the engine gives

TOLERANCES = (1e-4, 1e-8)


class NotOffered(Exception):
    """The engine does not do what this record asks; the message says why."""


@dataclass
class Context:
    """The folder, and what earlier records of a file said once for all later ones."""

    folder: Path
    first: dict[tuple[object, ...], Record] = field(default_factory=dict)

    def effects(self, dataset: str) -> tuple[list[float], list[float]]:
        """yi and vi of a data set."""
        return _effects(self.folder / "data" / f"{dataset}.csv")

    def stated(self, record: Record, key: tuple[object, ...], name: str) -> Any:
        """A field that stands only in the first record with that key."""
        if name in record:
            self.first.setdefault((*key, name), record)
        return self.first[(*key, name)][name]


@dataclass(frozen=True)
class Outcome:
    """One record: the worst disagreement, or why it was not compared."""

    label: str
    worst: float = 0.0
    what: str = ""
    reason: str = ""


Handler = Callable[[Record, Context], Numbers]
HANDLERS: dict[str, Handler] = {}


def handles(name: str) -> Callable[[Handler], Handler]:
    """Register a handler for a reference file."""

    def register(handler: Handler) -> Handler:
        HANDLERS[name] = handler
        return handler

    return register


def compare(path: Path, context: Context) -> list[Outcome]:
    """Every record of one file."""
    handler = HANDLERS[path.name]
    return [_outcome(record, handler, context) for record in json.loads(path.read_text("utf-8"))]


def report(folder: Path) -> Iterator[str]:
    """Lines of the table: file, records, offered, agreeing; then each disagreement and each reason."""
    files = sorted((folder / "ref").glob("*.json"))
    yield f"{'file':32}{'records':>8}{'offered':>8}" + "".join(f"{f'at {t:g}':>9}" for t in TOLERANCES)
    notes: list[str] = []
    for path in files:
        if path.name not in HANDLERS:
            yield f"{path.name:32}{len(json.loads(path.read_text('utf-8'))):8}{0:8}   not offered: no handler"
            continue
        outcomes = compare(path, Context(folder))
        offered = [o for o in outcomes if not o.reason]
        agreeing = [sum(o.worst <= t for o in offered) for t in TOLERANCES]
        yield f"{path.name:32}{len(outcomes):8}{len(offered):8}" + "".join(f"{n:9}" for n in agreeing)
        notes += [f"{path.name}: {o.label}: {o.what}" for o in offered if o.worst > TOLERANCES[-1]]
        reasons = Counter(o.reason for o in outcomes if o.reason)
        notes += [f"{path.name}: not offered ({n}): {reason}" for reason, n in reasons.items()]
    yield from ["", *notes]


def numbers(value: Any) -> np.ndarray:
    """A reference value or ours as a flat float vector; missing is NaN, "Inf" infinite."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, (list, tuple, np.ndarray)):
        value = [value]
    flat = [x for item in value for x in (np.ravel(item) if isinstance(item, (list, tuple, np.ndarray)) else [item])]
    return np.array([math.nan if x is None else float(x) for x in flat])


def distance(ours: Any, theirs: Any) -> float:
    """Largest |a - b| / max(1, |b|); infinite where one is missing and the other is not."""
    a, b = numbers(ours), numbers(theirs)
    if a.shape != b.shape:
        return math.inf
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        gap = np.abs(a - b) / np.maximum(1, np.abs(b))
    return float(np.max(np.where(same, 0.0, np.where(np.isnan(gap), math.inf, gap)), initial=0.0))


def _outcome(record: Record, handler: Handler, context: Context) -> Outcome:
    label = " ".join(str(record[k]) for k in _LABELS if record.get(k) not in (None, []))
    try:
        ours = handler(record, context)
    except NotOffered as no:
        return Outcome(label, reason=str(no))
    gaps = {name: distance(value, record[name]) for name, value in ours.items() if record.get(name) is not None}
    worst = max(gaps, key=lambda name: gaps[name])
    what = f"{worst} ours {_short(ours[worst])} reference {_short(record[worst])}"
    if gaps[worst] > TOLERANCES[-1] and handler in REASONS:
        what += REASONS[handler](record, context)
    return Outcome(label, gaps[worst], what)


_LABELS = ("id", "dataset", "fn", "formula", "model", "measure", "method", "test", "correct", "args", "predictor")


def _short(value: Any) -> str:
    found = numbers(value)
    return " ".join(f"{x:.10g}" for x in found[:3]) + (" ..." if found.size > 3 else "")


@cache
def _effects(path: Path) -> tuple[list[float], list[float]]:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [float(r["yi"]) for r in rows], [float(r["vi"]) for r in rows]


@handles("a_escalc.json")
def effect_sizes(record: Record, context: Context) -> Numbers:
    """Effect sizes from raw tables."""
    if record["measure"] not in measures.MEASURES:
        raise NotOffered(f"{record['measure']}: {NO_MEASURE.get(record['measure'], 'no such measure here')}")
    yi, vi = measures.compute(record["measure"], on_missing="nan", **_options(record), **record["input"])
    return {"yi": yi, "vi": vi}


@handles("b_rma_uni.json")
def models(record: Record, context: Context) -> Numbers:
    """Univariate models without moderators."""
    if record["method"] in NO_METHOD:
        raise NotOffered(f"{record['method']}: {NO_METHOD[record['method']]}")
    yi, vi = context.effects(record["dataset"])
    options = {"method": record["method"], "test": record["test"], "min_k_prediction": 2}
    f = pool.fit(yi, vi, prediction="metafor", tau2_interval="QP", **options)
    out = _fit_numbers(f) | {"beta": f.beta, "pi_lb": f.pi[0], "pi_ub": f.pi[1], "weights": f.weights}
    out |= {"logLik": f.statistics()["ll"], "fit_ML": _statistics(f, "ML"), "fit_REML": _statistics(f, "REML")}
    if f.method != "EE":
        low, high = f.tau2_low, f.tau2_high
        out |= {"ci_tau2": [low, high], "ci_tau": [math.sqrt(low), math.sqrt(high)]}
        out |= {"ci_I2": [f.i2_low, f.i2_high], "ci_H2": [f.h2_low, f.h2_high]}
    if "ci_tau2_PL" in record:
        g = pool.fit(yi, vi, prediction=None, tau2_interval="PL", **options)
        out["ci_tau2_PL"] = [g.tau2_low, g.tau2_high]
    return out


@handles("c_mh_peto.json")
def mantel_haenszel_and_peto(record: Record, context: Context) -> Numbers:
    """Pooled counts; studies with missing counts are left out, as the reference does."""
    table = {name: np.array(column, dtype=float) for name, column in record["input"].items()}
    whole = np.all([np.isfinite(c) for c in table.values()], axis=0)
    table = {name: column[whole] for name, column in table.items()}
    options = {name: tuple(value) for name, value in _options(record).items()}
    if record["fn"] == "rma.peto":
        f = counts.peto(**{name: value[1] for name, value in options.items()}, **table)
    else:
        f = counts.mantel_haenszel(record["measure"], correct=record["correct"], **options, **table)
    out = {"beta": f.est, "se": f.se, "stat": f.stat, "pval": f.p, "ci_lb": f.ci_low, "ci_ub": f.ci_high}
    out |= {"QE": f.q, "QEp": f.q_p, "I2": f.i2, "H2": f.h2, "k": f.k, "k_yi": f.k_q}
    for name, ref in (("CMH", "MH"), ("Cochran", "CO"), ("Breslow-Day", "BD"), ("Tarone", "TA")):
        if name in f.tests:
            out |= {ref: f.tests[name].stat, f"{ref}p": f.tests[name].p}
    return out


@handles("d_metareg.json")
def meta_regression(record: Record, context: Context) -> Numbers:
    """Models with any design matrix."""
    if record["method"] in NO_METHOD:
        raise NotOffered(f"{record['method']}: {NO_METHOD[record['method']]}")
    key = (record["dataset"], record["formula"])
    yi, vi, x = (context.stated(record, key, name) for name in ("yi", "vi", "X"))
    tested = [i - 1 for i in np.ravel(record["btt"])]
    m = regression.regress(yi, vi, x, tested=tested, method=record["method"], test=record["test"])
    f = m.fit
    out = _fit_numbers(f) | {"beta": f.beta, "vb": f.vcov, "ll": f.statistics()["ll"], "R2": m.r2}
    out |= {"QM": m.qm, "QMp": m.qm_p, "QMdf": m.qm_df} | _predictions(m, record)
    return out | ({} if f.method == "EE" else {"ci_tau2": [f.tau2_low, f.tau2_high]})


def _predictions(model: regression.Regression, record: Record) -> Numbers:
    """Predictions at the moderator values of the record; beside an intercept each value is a row of its own."""
    if "newmods" not in record:
        return {}
    values = np.concatenate([np.atleast_1d(value) for value in record["newmods"].values()])
    several = record["colnames"][0] == "(Intercept)"
    at = np.column_stack([np.ones(values.size), values]) if several else values[None, :]
    found = regression.predict(model, at)
    low_high = {f"pred_{name}": found[[f"{name}_low", f"{name}_high"]].to_numpy().T for name in ("ci", "pi")}
    if model.fit.method == "EE":
        del low_high["pred_pi"]
    return {"pred": found["est"].to_numpy(), "pred_se": found["se"].to_numpy(), **low_high}


@handles("i_conv.json")
def conversion(record: Record, context: Context) -> Numbers:
    """Means and SDs from medians, log ratios from intervals, one effect a study."""
    if record["fn"] not in CONVERSIONS:
        raise NotOffered(f"{record['fn']}: {NO_CONVERSION.get(record['fn'], 'no such conversion here')}")
    return {"out": record["out"] | CONVERSIONS[record["fn"]](record, context)}


def _five_numbers(record: Record, context: Context) -> Numbers:
    if record["args"]["dist"] != "norm":
        raise NotOffered("conv.fivenum on the log scale: only the normal routes are offered")
    return dict(zip(("mean", "sd"), zip(*_rows(record["input"], _five_one), strict=True), strict=True))


def _five_one(row: Record) -> tuple[float, float]:
    """Mean and SD of one group; NaN where the summary is too skewed, as the reference decides too."""
    low, q1, median, q3, high, n = (row[name] for name in ("min", "q1", "median", "q3", "max", "n"))
    outer = {} if low is None else {"low": low, "high": high}
    inner = {} if q1 is None else {"q1": q1, "q3": q3}
    if conversions.looks_skewed(median, n, **outer, **inner):
        return math.nan, math.nan
    if not inner:
        return conversions.mean_sd_from_range(low, median, high, n)
    if not outer:
        return conversions.mean_sd_from_quartiles(q1, median, q3, n)
    return conversions.mean_sd_from_five(low, q1, median, q3, high, n)


def _wald(record: Record, context: Context) -> Numbers:
    return dict(zip(("yi", "vi"), zip(*_rows(record["input"], _wald_one), strict=True), strict=True))


def _wald_one(row: Record) -> tuple[float, float]:
    if row["yi"] is not None:
        return row["yi"], row["vi"]
    if row["lb"] is not None:
        return conversions.log_ratio_from_ci(row["out"], row["lb"], row["ub"])
    return conversions.log_ratio_from_z(row["out"], row["zv"])


def _aggregate(record: Record, context: Context) -> Numbers:
    name = record["args"]["data"].removeprefix("dat.")
    with (context.folder / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    if not rows or "study" not in rows[0]:
        raise NotOffered("aggregate: the folder does not say which study an effect belongs to")
    studies = [row["study"] for row in rows]
    rho = record["args"]["rho"] if record["args"]["struct"] == "CS" else 0.0
    cov = correlated.compound([float(row["vi"]) for row in rows], studies, rho)
    _, y, v = correlated.combine([float(row["yi"]) for row in rows], cov, studies)
    return {"yi": y, "vi": v}


def _rows(columns: Record, one: Callable[[Record], Any]) -> list[Any]:
    return [one(dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)]


def _fit_numbers(f: pool.Fit) -> Numbers:
    out = {"se": f.se, "stat": f.stat, "pval": f.p, "ci_lb": f.ci[:, 0], "ci_ub": f.ci[:, 1], "tau2": f.tau2}
    return out | {"se_tau2": f.se_tau2, "I2": f.i2, "H2": f.h2, "QE": f.q, "QEp": f.q_p}


def _statistics(f: pool.Fit, kind: str) -> list[float]:
    found = f.statistics(kind)
    return [found[name] for name in ("ll", "deviance", "aic", "bic", "aicc")]


def _options(record: Record) -> dict[str, Any]:
    return dict(record["args"] or {})


def _higher(record: Record, context: Context) -> str:
    """Whether our tau2 has the higher likelihood than the reference's, for the methods that maximise one."""
    if record["method"] not in ("ML", "REML"):
        return ""
    rows = algebra.from_vectors(*algebra.check(*context.effects(record["dataset"])))
    ours = likelihood.maximise(rows, record["method"])
    theirs = np.array([record["tau2"]])
    a, b = (float(likelihood.log_likelihood(rows, t, record["method"])[0]) for t in (ours, theirs))
    return f" [log-likelihood ours {a:.6g}, reference {b:.6g}]"


def _no_constant(record: Record, context: Context) -> str:
    """The reference centres yi, which changes a model whose X spans no constant."""
    x = np.asarray(context.stated(record, (record["dataset"], record["formula"]), "X"), dtype=float)
    gap = np.ones(len(x)) - x @ np.linalg.lstsq(x, np.ones(len(x)), rcond=None)[0]
    return " [X spans no constant: the reference centres yi first]" if np.abs(gap).max() > 1e-8 else ""


REASONS: dict[Handler, Callable[[Record, Context], str]] = {models: _higher, meta_regression: _no_constant}

CONVERSIONS: dict[str, Handler] = {"conv.fivenum": _five_numbers, "conv.wald": _wald, "aggregate": _aggregate}
NO_CONVERSION = {"conv.2x2": "rebuilding a table from its margins is not offered: it rounds to a guess"}
NO_METHOD = {"SJIT": "its limit is PM; what it gives where Q < df depends on where it stops"}
NO_MEASURE = {
    **dict.fromkeys(("PHI", "ZPHI", "RTET", "ZTET"), "correlations from a 2x2 table are not offered"),
    **dict.fromkeys(("RPB", "RBIS", "ZPB", "ZBIS"), "biserial correlations are not offered"),
    **dict.fromkeys(("PCOR", "ZPCOR", "SPCOR", "ZSPCOR", "R2", "ZR2"), "partial correlations are not offered"),
    **dict.fromkeys(("CLESN", "AUCN"), "common-language effect sizes are not offered"),
}
