"""What a printed number measures, decided by a small learned scorer over the features of `features`.

A multinomial logistic regression; its weights stand in `value_weights.json` (one row per feature, readable) and come
from `benchmarks/train_values.py`. What `roles` thinks of the number has its say too (`with_roles`). Deterministic, no
state beyond the weights read once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np

from mscreview.extract.logistic import Weights, softmax, weights
from mscreview.extract.roles.words import ROLES

# what `roles` would call a number of each class; the others are "other" there
_ROLE_OF = {
    "baseline": "mean", "final": "mean", "change": "mean", "median": "median", "percent": "percent", "events": "events",
}  # fmt: skip
_ROLE_WEIGHT, _ROLE_FLOOR = 1.0, 0.02  # chosen by cross-validation over both corpora


Model = tuple[list[str], np.ndarray, Weights, list[int]]


def classes() -> list[str]:
    """other, percent (of people), baseline, final, change, relative (change in %), difference (between arms), events,
    dose, median."""
    return _weights()[0]


def probabilities(active: Sequence[Sequence[str]]) -> np.ndarray:
    """Probability of every class (columns as in `classes`) for each number, by the names of its active features."""
    _, intercept, known, _ = _weights()
    return softmax(known.sums(active) + intercept)


def with_roles(chances: np.ndarray, roles: Sequence[np.ndarray | None]) -> np.ndarray:
    """The probabilities again, after each number's probabilities from `roles` had their say (None: none)."""
    as_role = _weights()[3]
    told = [j for j, role in enumerate(roles) if role is not None]
    out = chances.copy()
    if told:
        say = np.array([roles[j] for j in told])[:, as_role]
        out[told] *= (say + _ROLE_FLOOR) ** _ROLE_WEIGHT
        out[told] /= out[told].sum(axis=1, keepdims=True)
    return out


@lru_cache(maxsize=1)
def _weights() -> Model:
    return read_weights(files("mscreview.extract.values").joinpath("value_weights.json").read_text(encoding="utf-8"))


def read_weights(text: str) -> Model:
    """Classes, intercepts, weights and the role each class has, from the text of `value_weights.json`."""
    data = json.loads(text)
    names = data["classes"]
    known = weights({f: [row.get(c, 0.0) for c in names] for f, row in data["weights"].items()})
    intercept = np.array([data["intercept"][c] for c in names])
    return names, intercept, known, [ROLES.index(_ROLE_OF.get(c, "other")) for c in names]
