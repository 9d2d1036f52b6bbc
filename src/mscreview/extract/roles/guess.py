"""Whose count or share a number is: every quantity of a context in, its role with a probability out.

Roles: total (people in the study), group (people in an arm), events (people or things with an outcome), percent (share
of an arm with an outcome), mean, median, other. Two multinomial logistic regressions: the first looks at the words
around a number (`features`), the second at what the first thought of the number and its neighbours, so that lists
and pairs agree. Weights stand in `role_weights.json`; `benchmarks/train_roles.py` trains them and reports how well
they do on texts they have not seen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np

from mscreview.extract.logistic import Weights, softmax, weights
from mscreview.extract.model import Context
from mscreview.extract.roles.cues import CUES, printed
from mscreview.extract.roles.features import Features, as_percent, features
from mscreview.extract.roles.words import ROLES
from mscreview.text import Quantity

TOTAL, GROUP, EVENTS, PERCENT = 1, 2, 3, 4


def roles(context: Context) -> np.ndarray:
    """Probability of every role (columns as in `ROLES`) for every quantity of the context (rows)."""
    words, neighbours = _weights()
    return refine(context, first_guess(features(context), words), neighbours)


def first_guess(active: Features, words: Weights) -> np.ndarray:
    """Probabilities by the words around each number; a number without features is surely other."""
    numbers = len(active.numbers)
    sums = words.sums([*(names or () for names in active.numbers), *active.sentences.values()])
    place = {s: k for k, s in enumerate(active.sentences, numbers)}
    score = sums[:numbers] + sums[[place.get(s, 0) for s in active.sentence]]
    unread = [j for j, names in enumerate(active.numbers) if not names]
    score[unread] = 0.0
    score[unread, 0] = 30.0
    return softmax(score)


def refine(context: Context, p: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Probabilities once more, with those of the neighbours; `matrix` is (signals x kinds of number, roles)."""
    if not len(p):
        return p
    kinds = number_kinds(context)
    x = signals(context, p, kinds)
    # one block of weights for every number, and one for each kind
    scores = x @ matrix.reshape(len(KINDS) + 1, x.shape[1], len(ROLES))
    score = scores[0] + scores[kinds + 1, np.arange(len(p))]
    sure = p[:, 0] > 1 - 1e-9
    score[sure] = -30.0
    score[sure, 0] = 30.0
    return softmax(score)


KINDS = ("count", "percent", "measured")
SIGNALS = [
    f"{place}:{role}"
    for place in (
        "own", "before", "after", "two before", "two after", "same sentence", "same kind", "same value",
    )
    for role in ROLES
] + ["no likelier total", "best total", "groups", "percents", "events", "part of total", "total of parts", "any", *CUES]  # fmt: skip


def number_kinds(context: Context) -> np.ndarray:
    """Which of `KINDS` each number is."""
    shares = as_percent(context)
    return np.array(
        [1 if p else 0 if q.kind in ("int", "words") else 2 for q, p in zip(context.quantities, shares, strict=True)],
        dtype=int,
    )


def signals(context: Context, p: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """What the first guesses say around each number, one row a number, columns as in `SIGNALS`."""
    quantities = context.quantities
    n, width = len(quantities), len(ROLES)
    sentence = np.array([s.index if (s := context.sentence_at(q.start)) else 0 for q in quantities])
    around = np.concatenate([p, np.zeros((1, width))])[_neighbours(sentence)].reshape(n, -1)
    best, (_, _, groups, events, percents, *_) = p[:, TOTAL].max(), p.sum(axis=0).tolist()
    text = np.ones((n, 8))
    text[:, 0] = p[:, TOTAL] >= best
    text[:, 1:5] = best, groups / 4, percents / 8, events / 6
    text[:, 5], text[:, 6] = _sums(quantities, p, kind)
    same = _highest_other(p, sentence), _mean_other(p, sentence * len(KINDS) + kind), _same_value(quantities, p)
    return np.concatenate([np.log(p + 1e-3), around, *same, text, printed(context, sentence.tolist())], axis=1)


# --- signals ------------------------------------------------------------------------------------------------------


_PLACES = np.array([-1, 1, -2, 2])


def _neighbours(sentence: np.ndarray) -> np.ndarray:
    """Rows of the numbers one before, one after, two before and two after each; the row behind the last where the
    sentence has none."""
    n = len(sentence)
    rows = np.arange(n)[:, None] + _PLACES
    padded = np.full(n + 4, -1)
    padded[2:-2] = sentence
    return np.where(padded[rows + 2] == sentence[:, None], rows, n)


def _highest_other(p: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Highest value of each column among the other rows of a group (rows in order); zeros where there is no other."""
    new = np.ones(len(group), dtype=bool)
    new[1:] = group[1:] != group[:-1]
    starts, member = np.flatnonzero(new), np.cumsum(new) - 1
    first = np.maximum.reduceat(p, starts)[member]
    is_first = p >= first
    ties = np.add.reduceat(is_first, starts, dtype=int)[member]
    second = np.maximum.reduceat(np.where(is_first, 0.0, p), starts)[member]
    return np.where(is_first & (ties < 2), second, first) * (np.bincount(member)[member] > 1)[:, None]


def _mean_other(p: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Mean of each column over the other rows of a group; zeros where there is no other."""
    size = np.bincount(group)[group][:, None]
    total = np.array([np.bincount(group, column) for column in p.T]).T[group]
    return (total - p) / np.maximum(size - 1, 1) * (size > 1)


def _same_value(quantities: Sequence[Quantity], p: np.ndarray) -> np.ndarray:
    """Highest probability among other places where the same value is printed."""
    out = np.zeros_like(p)
    places: dict[float | None, list[int]] = {}
    for j, q in enumerate(quantities):
        places.setdefault(q.value, []).append(j)
    for rows in places.values():
        if len(rows) == 2:
            out[rows] = p[rows[::-1]]
        elif len(rows) > 2:
            block = p[rows]
            top2 = np.sort(block, axis=0)[-2:]
            out[rows] = np.where(block >= top2[1], top2[0], top2[1])
    return out


def _sums(quantities: Sequence[Quantity], p: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How likely a count is one of two groups that make a total, and how likely it is the total of two groups."""
    part, whole = np.zeros(len(p)), np.zeros(len(p))
    counts = np.flatnonzero(kind == 0).tolist()
    groups = [j for j in counts if p[j, GROUP] > 0.1][:24]
    totals: dict[float | None, float] = {}
    for j in counts:
        totals[quantities[j].value] = max(totals.get(quantities[j].value, 0.0), p[j, TOTAL])
    made: dict[float, float] = {}
    for x, i in enumerate(groups):
        for j in groups[x + 1 :]:
            value = (quantities[i].value or 0) + (quantities[j].value or 0)
            total = totals.get(value, 0.0)
            part[i], part[j] = max(part[i], p[j, GROUP] * total), max(part[j], p[i, GROUP] * total)
            made[value] = max(made.get(value, 0.0), p[i, GROUP] * p[j, GROUP])
    for j in counts:
        whole[j] = made.get(quantities[j].value or -1.0, 0.0)
    return part, whole


@lru_cache(maxsize=1)
def _weights() -> tuple[Weights, np.ndarray]:
    return read_weights(files("mscreview.extract.roles").joinpath("role_weights.json").read_text(encoding="utf-8"))


def read_weights(text: str) -> tuple[Weights, np.ndarray]:
    """Weights of both regressions from the text of `role_weights.json`."""
    data = json.loads(text)
    if tuple(data["roles"]) != ROLES:
        raise ValueError(f"role_weights.json: roles {data['roles']} are not {list(ROLES)}")
    return weights(data["words"]), np.array(list(data["neighbours"].values()))
