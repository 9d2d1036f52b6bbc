"""Effects in, pooled results out: models, intervals and batches; then differences, robustness, bias, and what to do
without effect sizes."""

from . import (
    algebra,
    batch,
    bayes,
    correlated,
    counts,
    directions,
    henmi_copas,
    influence,
    intervals,
    models,
    multiverse,
    permutation,
    publication,
    regression,
    robustness,
    small_study,
    subgroup,
    tau2,
    trimfill,
)
from .algebra import PoolError
from .batch import groups
from .fitted import Fit
from .models import fit

__all__ = [
    "Fit",
    "PoolError",
    "algebra",
    "batch",
    "bayes",
    "correlated",
    "counts",
    "directions",
    "fit",
    "groups",
    "henmi_copas",
    "influence",
    "intervals",
    "models",
    "multiverse",
    "permutation",
    "publication",
    "regression",
    "robustness",
    "small_study",
    "subgroup",
    "tau2",
    "trimfill",
]
