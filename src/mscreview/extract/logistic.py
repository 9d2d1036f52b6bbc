"""Multinomial logistic regression over named features: weights by feature name, scores to probabilities.

Shared by `roles` and `values`, whose weights stand in readable files. Deterministic, no state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Feature name -> row of `matrix` (features and a last row of zeros, x classes)."""

    index: dict[str, int]
    matrix: np.ndarray

    def sums(self, active: Sequence[Sequence[str]]) -> np.ndarray:
        """Summed weights of each number's active features: numbers x classes."""
        out = np.zeros((len(active), self.matrix.shape[1]))
        full = [j for j, names in enumerate(active) if names]
        if full:
            nothing = len(self.matrix) - 1
            flat = np.fromiter(map(self.index.get, chain.from_iterable(active), repeat(nothing)), np.intp)
            begins = [0, *accumulate(len(active[j]) for j in full[:-1])]
            out[full] = np.add.reduceat(self.matrix.take(flat, axis=0), begins, axis=0)
        return out


def weights(rows: Mapping[str, Sequence[float]]) -> Weights:
    """Weights by feature name; a last row of zeros stands for every other name."""
    width = len(next(iter(rows.values())))
    return Weights({name: i for i, name in enumerate(rows)}, np.array([*rows.values(), [0.0] * width]))


def softmax(score: np.ndarray) -> np.ndarray:
    """Probabilities of each row of scores."""
    if not len(score):
        return score
    e = np.exp(score - score.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
