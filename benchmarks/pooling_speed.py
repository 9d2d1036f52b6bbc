"""How fast the pooling engine is beside its peers: one table, CPU time of one thread, seeded inputs.

Every package that is installed takes part; one that is not says so. Nothing is timed twice in two ways: each cell is
the best of a few repeats of the same call.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from mscreview import pool

Runs = dict[str, Callable[[], object]]

SIMULATED = 10_000
BIG = 100_000


def simulated(seed: int = 20261121) -> tuple[pd.DataFrame, pd.DataFrame]:
    """10,000 analyses of 5 to 30 studies, and one of 100,000."""
    rng = np.random.default_rng(seed)
    size = rng.integers(5, 31, SIMULATED)
    number = np.repeat(np.arange(SIMULATED), size)
    vi = rng.uniform(0.005, 0.3, number.size)
    tau2 = np.repeat(rng.choice([0.0, 0.02, 0.1, 0.3], SIMULATED), size)
    many = pd.DataFrame({"id": number, "yi": rng.normal(0.3, np.sqrt(vi + tau2)), "vi": vi})
    vi = rng.uniform(0.005, 0.3, BIG)
    return many, pd.DataFrame({"yi": rng.normal(0.3, np.sqrt(vi + 0.1)), "vi": vi})


def report() -> Iterator[str]:
    """Lines of the table, in milliseconds."""
    many, big = simulated()
    thirteen = many[many.groupby("id")["yi"].transform("size") == 13]
    single = thirteen[thirteen["id"] == thirteen.groupby("id")["yi"].std().idxmax()]  # tau2 is well above zero
    y, v = single["yi"].to_numpy(), single["vi"].to_numpy()
    bare = {"prediction": None, "tau2_interval": None}
    tasks: dict[str, Runs] = {
        "one REML fit, k = 13": {"ours": lambda: pool.fit(y, v, **bare), **_peers(y, v)},
        "  + HKSJ, Q-profile, prediction interval": {"ours": lambda: pool.fit(y, v, test="knha")},
        "10,000 analyses, REML": {"ours": lambda: pool.groups(many, ["id"], **bare), **_looped(many)},
        "  + HKSJ, Q-profile, prediction intervals": {"ours": lambda: pool.groups(many, ["id"], test="knha")},
        "one REML fit, k = 100,000": {"ours": lambda: pool.fit(big["yi"], big["vi"], **bare)},
    }
    columns = ("ours", "statsmodels", "PyMARE")
    yield f"{'milliseconds of CPU, best of several':44}" + "".join(f"{name:>14}" for name in columns)
    for task, runs in tasks.items():
        cells = (f"{_best(runs[name]):14.3f}" if name in runs else f"{'-':>14}" for name in columns)
        yield f"{task:44}" + "".join(cells)
    found = pool.groups(many, ["id"], **bare)
    yield f"10,000 analyses: {int(found['est'].isna().sum())} failures"
    yield "statsmodels has no REML: its Paule-Mandel fit is timed; - is not installed or not offered"
    yield from _metafor(many, single, big)


def _peers(y: np.ndarray, v: np.ndarray) -> Runs:
    from statsmodels.stats.meta_analysis import combine_effects

    runs: Runs = {"statsmodels": lambda: combine_effects(y, v, method_re="iterated", use_t=False)}
    if importlib.util.find_spec("pymare"):
        from pymare import Dataset, estimators

        runs["PyMARE"] = lambda: estimators.VarianceBasedLikelihoodEstimator(method="reml").fit_dataset(
            Dataset(y=y, v=v)
        )
    return runs


def _looped(many: pd.DataFrame) -> Runs:
    """Peers have no batch: their fits one after the other."""
    parts = [(g["yi"].to_numpy(), g["vi"].to_numpy()) for _, g in many.groupby("id")]
    names = _peers(*parts[0])
    return {name: lambda name=name: [_peers(y, v)[name]() for y, v in parts] for name in names}


def _best(run: Callable[[], object]) -> float:
    """Milliseconds of CPU, best of several; slow calls once."""
    best, total = np.inf, 0.0
    while total < 0.5:
        start = time.process_time()
        run()
        spent = time.process_time() - start
        best, total = min(best, spent), total + spent
    return 1e3 * best


def _metafor(many: pd.DataFrame, single: pd.DataFrame, big: pd.DataFrame) -> Iterator[str]:
    """metafor's own time of the same calls, when R and metafor are there."""
    program = shutil.which("Rscript")
    if program is None:
        yield "metafor: R is not installed"
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in (("many", many), ("single", single), ("big", big)):
            frame.to_csv(Path(folder) / f"{name}.csv", index=False)
        done = subprocess.run([program, "-e", METAFOR], cwd=folder, capture_output=True, text=True, check=False)
    yield from done.stdout.splitlines() or [f"metafor: {done.stderr.strip().splitlines()[-1:]}"]


METAFOR = """
suppressMessages(library(metafor)); cpu <- function(e) {t0 <- proc.time(); force(e); sum((proc.time() - t0)[1:2])}
d <- read.csv("single.csv"); m <- read.csv("many.csv"); L <- split(m, m$id); fail <- 0
a <- cpu(for (i in 1:50) rma.uni(d$yi, d$vi, method = "REML")) / 50
b <- cpu(for (i in 1:50) {f <- rma.uni(d$yi, d$vi, method = "REML", test = "knha"); confint(f); predict(f)}) / 50
s <- cpu(for (x in L) tryCatch(suppressWarnings(rma.uni(x$yi, x$vi)), error = function(e) fail <<- fail + 1))
cat(sprintf("metafor one REML fit: %.3f ms\\nmetafor full fit: %.3f ms\\n", 1e3 * a, 1e3 * b))
cat(sprintf("metafor 10,000 analyses: %.0f ms, %d failures\\n", 1e3 * s, fail))
"""
