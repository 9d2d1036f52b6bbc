"""Effects in, pooled results out: estimators, models, intervals and batches of analyses."""

from . import algebra, intervals, models, tau2
from .algebra import PoolError
from .models import Fit, fit

__all__ = ["Fit", "PoolError", "algebra", "fit", "intervals", "models", "tau2"]
