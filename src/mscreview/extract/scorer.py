"""What a printed number measures, decided by a small learned scorer over the features of `features`.

A multinomial logistic regression; its weights stand in `value_weights.json` (one row per feature, readable) and come
from `benchmarks/train_values.py`, which also reports the cross-validation against the rules it replaced.
Deterministic, no state beyond the weights read once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

import numpy as np

from mscreview.extract.rolewords import ROLES

# what `roles` would call a number of each class; the others are "other" there
_ROLE_OF = {c: ROLES.index(r) for c, r in (
    ("baseline", "mean"), ("final", "mean"), ("change", "mean"), ("median", "median"), ("percent", "percent"),
    ("events", "events"),
)}  # fmt: skip
_ROLE_WEIGHT, _ROLE_FLOOR = 0.4, 0.02  # chosen by cross-validation over both corpora


def classify(features: Iterable[str], role: np.ndarray | None = None) -> tuple[str, float]:
    """The class with the highest score and its probability.

    Classes: other, percent (of people), baseline, final, change, relative (change in %), difference (between arms),
    events, dose, median. `role`, the number's probabilities from `roles`, has a say when given.
    """
    probability = probabilities(features)
    if role is not None:
        probability = {
            c: p * (float(role[_ROLE_OF.get(c, 0)]) + _ROLE_FLOOR) ** _ROLE_WEIGHT for c, p in probability.items()
        }
        total = sum(probability.values())
        probability = {c: p / total for c, p in probability.items()}
    best = max(probability, key=lambda k: probability[k])
    return best, probability[best]


def probabilities(features: Iterable[str]) -> dict[str, float]:
    """Probability of every class (softmax of the summed weights of the active features)."""
    classes, intercept, weights = _weights()
    rows = [row for name in features if (row := weights.get(name))]
    score = [sum(column) for column in zip(intercept, *rows, strict=True)]
    top = max(score)
    exp = [math.exp(s - top) for s in score]
    total = sum(exp)
    return {c: e / total for c, e in zip(classes, exp, strict=True)}


@lru_cache(maxsize=1)
def _weights() -> tuple[list[str], list[float], dict[str, list[float]]]:
    data = json.loads(files("mscreview.extract").joinpath("value_weights.json").read_text(encoding="utf-8"))
    classes = data["classes"]
    rows = {f: [row.get(c, 0.0) for c in classes] for f, row in data["weights"].items()}
    return classes, [data["intercept"][c] for c in classes], rows
