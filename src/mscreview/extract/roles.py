"""Whose count or share a number is: every quantity of a context in, its role with a probability out.

Roles: total (people in the study), group (people in an arm), events (people or things with an outcome), percent (share
of an arm with an outcome), mean, median, other. Two multinomial logistic regressions: the first looks at the words
around a number (`rolefeatures`), the second at what the first thought of the number and its neighbours, so that lists
and pairs agree. Weights stand in `role_weights.json`; `benchmarks/train_roles.py` trains them and reports how well
they do on texts they have not seen.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from mscreview.extract.model import Context
from mscreview.extract.rolefeatures import features
from mscreview.extract.rolewords import ROLES
from mscreview.text import Quantity

TOTAL, GROUP, EVENTS, PERCENT = 1, 2, 3, 4


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Feature name -> row of `matrix` (features x roles); a feature without a row counts nothing."""

    index: dict[str, int]
    matrix: np.ndarray


def roles(context: Context) -> np.ndarray:
    """Probability of every role (columns as in `ROLES`) for every quantity of the context (rows)."""
    active = features(context)
    first, second = _weights()
    return refine(context, first_guess(active, first), second.matrix)


def first_guess(active: Sequence[list[str] | None], weights: Weights) -> np.ndarray:
    """Probabilities by the words around each number; a number without features is surely other."""
    score = np.zeros((len(active), len(ROLES)))
    get = weights.index.get
    rows: list[int] = []
    flat: list[int] = []
    begins: list[int] = []
    for j, names in enumerate(active):
        known = [k for f in names if (k := get(f)) is not None] if names else []
        if known:
            rows.append(j)
            begins.append(len(flat))
            flat += known
        else:
            score[j, 0] = 30.0
    if flat:
        score[rows] = np.add.reduceat(weights.matrix[flat], begins, axis=0)
    return softmax(score)


def refine(context: Context, p: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Probabilities once more, with those of the neighbours; `matrix` is (signals x kinds of number, roles)."""
    if not len(p):
        return p
    x = signals(context, p)
    kinds = np.array([number_kind(q) for q in context.quantities])
    blocks = matrix.reshape(len(KINDS) + 1, x.shape[1], len(ROLES))
    score = x @ blocks[0]
    for k in range(len(KINDS)):
        mine = kinds == k
        score[mine] += x[mine] @ blocks[k + 1]
    sure = p[:, 0] > 1 - 1e-9
    score[sure] = -30.0
    score[sure, 0] = 30.0
    return softmax(score)


KINDS = ("count", "percent", "measured")
SIGNALS = [
    f"{place}:{role}"
    for place in (
        "own", "before", "after", "two before", "two after", "linked before", "linked after", "same sentence",
        "same kind", "same value", "same kind before", "same kind after",
    )
    for role in ROLES
] + ["no likelier total", "best total", "groups", "percents", "events", "part of total", "total of parts", "any"]  # fmt: skip


def number_kind(q: Quantity) -> int:
    return 1 if q.percent else 0 if q.kind in ("int", "words") else 2


def signals(context: Context, p: np.ndarray) -> np.ndarray:
    """What the first guesses say around each number, one row a number, columns as in `SIGNALS`."""
    quantities = context.quantities
    n = len(quantities)
    sentence = np.array([s.index if (s := context.sentence_at(q.start)) else 0 for q in quantities])
    kind = np.array([number_kind(q) for q in quantities])
    linked = np.array([False] + [_linked(context, a, b) for a, b in itertools.pairwise(quantities)])
    before, after = _shift(p, sentence, 1), _shift(p, sentence, -1)
    after_linked = np.append(linked[1:], False)
    same, same_kind = _in_sentence(p, sentence, kind)
    kind_before, kind_after = _same_kind_neighbours(p, sentence, kind)
    best = p[:, TOTAL].max()
    text = [p[:, TOTAL] >= best, best, p[:, GROUP].sum() / 4, p[:, PERCENT].sum() / 8, p[:, EVENTS].sum() / 6]
    part, whole = _sums(quantities, p, kind)
    columns = [
        np.log(p + 1e-3), before, after, _shift(p, sentence, 2), _shift(p, sentence, -2),
        before * linked[:, None], after * after_linked[:, None], same, same_kind,
        _same_value(quantities, p), kind_before, kind_after,
        *(np.full(n, t)[:, None] if np.ndim(t) == 0 else t[:, None] for t in text),
        part[:, None], whole[:, None], np.ones((n, 1)),
    ]  # fmt: skip
    return np.hstack(columns)


def softmax(score: np.ndarray) -> np.ndarray:
    e = np.exp(score - score.max(axis=1, keepdims=True)) if len(score) else score
    return e / e.sum(axis=1, keepdims=True) if len(score) else e


# --- signals ------------------------------------------------------------------------------------------------------

_JOINING = frozenset((" ", "/", " / ", ", ", " (", "(", " vs ", " and ", " to ", " or "))
_JOINING_WORDS = (" vs", " versus ", " and ", " or ", " to ", ", ", " compared with ", " compared to ", " v ")


def _linked(context: Context, a: Quantity, b: Quantity) -> bool:
    """Whether two numbers stand in one list or pair ("12 vs 9", "5/45", "44 (32%)")."""
    gap = context.norm[a.end : b.start]
    if len(gap) > 28 or "; " in gap or ". " in gap:
        return False
    return gap in _JOINING or any(w in gap for w in _JOINING_WORDS)


def _shift(p: np.ndarray, sentence: np.ndarray, by: int) -> np.ndarray:
    """Row `by` places before each row (after, when negative) within one sentence, else zeros."""
    out = np.zeros_like(p)
    if abs(by) >= len(p):
        return out
    to, of = (slice(by, None), slice(None, -by)) if by > 0 else (slice(None, by), slice(-by, None))
    out[to] = p[of] * (sentence[to] == sentence[of])[:, None]
    return out


def _in_sentence(p: np.ndarray, sentence: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Highest probability among the sentence's other numbers, mean among those of the same kind."""
    highest, mean = np.zeros_like(p), np.zeros_like(p)
    edges = np.flatnonzero(np.diff(sentence)) + 1
    for rows in np.split(np.arange(len(p)), edges):
        if len(rows) < 2:
            continue
        block = p[rows]
        top2 = np.sort(block, axis=0)[-2:]
        highest[rows] = np.where(block >= top2[1], top2[0], top2[1])
        for k in range(len(KINDS)):
            mine = rows[kind[rows] == k]
            if len(mine) > 1:
                mean[mine] = (p[mine].sum(axis=0) - p[mine]) / (len(mine) - 1)
    return highest, mean


def _same_kind_neighbours(p: np.ndarray, sentence: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    before, after = np.zeros_like(p), np.zeros_like(p)
    for k in range(len(KINDS)):
        rows = np.flatnonzero(kind == k)
        before[rows] = _shift(p[rows], sentence[rows], 1)
        after[rows] = _shift(p[rows], sentence[rows], -1)
    return before, after


def _same_value(quantities: Sequence[Quantity], p: np.ndarray) -> np.ndarray:
    """Highest probability among other places where the same value is printed."""
    out = np.zeros_like(p)
    places: dict[float | None, list[int]] = {}
    for j, q in enumerate(quantities):
        places.setdefault(q.value, []).append(j)
    for rows in places.values():
        if len(rows) > 1:
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
def _weights() -> tuple[Weights, Weights]:
    data = json.loads(files("mscreview.extract").joinpath("role_weights.json").read_text(encoding="utf-8"))
    if tuple(data["roles"]) != ROLES:
        raise ValueError(f"role_weights.json: roles {data['roles']} are not {list(ROLES)}")
    return tuple(  # type: ignore[return-value]
        Weights({f: i for i, f in enumerate(data[part])}, np.array(list(data[part].values())))
        for part in ("words", "neighbours")
    )
