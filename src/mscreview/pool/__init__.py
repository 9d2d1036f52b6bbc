"""Effects in, pooled results out: estimators, models, intervals and batches of analyses."""

from . import algebra, batch, correlated, counts, intervals, models, tau2
from .algebra import PoolError
from .batch import groups
from .fitted import Fit
from .models import fit

__all__ = [
    "Fit",
    "PoolError",
    "algebra",
    "batch",
    "correlated",
    "counts",
    "fit",
    "groups",
    "intervals",
    "models",
    "tau2",
]
