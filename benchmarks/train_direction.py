"""Train the weights of `mscreview.extract.ask.direction`: which word answers, and which way it points.

    python benchmarks/train_direction.py GOLD              accuracy by cross-validation grouped by abstract
    python benchmarks/train_direction.py GOLD OUT.json     train on everything and write the weights

A mixture over the candidate words of an abstract, fitted by maximum likelihood (L-BFGS, ridge penalty): weight of a
candidate = softmax of its `about` score; the arms differ with logistic(`apart`), then more with logistic(`way`).
Where the gold marks evidence, the candidates that stand in it share an extra likelihood term. No text leaves this
script, only weights of topic-free features.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from mscreview import text as txt
from mscreview.extract.ask import question as asked
from mscreview.extract.ask.features import Candidate, candidates

LABELS = ("significantly increased", "significantly decreased", "no significant difference")
PARTS = ("about", "apart", "way")
L2 = {"about": 4.0, "apart": 2.0, "way": 2.0}
EVIDENCE = 0.7
RARE = 12
FOLDS = 5


def prompts(record: dict) -> tuple[list[Candidate], np.ndarray]:
    """Candidates of one question and whether each stands in marked evidence."""
    passage = txt.normalise(record["abstract"])
    asks = [record[k] for k in ("outcome", "intervention", "comparator")]
    forms = asked.short_forms_of(passage, *asks)
    found = candidates(passage, txt.sentences(passage), asked.question(*asks, forms), forms)
    spans = []
    for quote in record.get("evidence", ()):
        quote = quote.strip(" .")
        at = record["abstract"].find(quote) if len(quote) > 15 else -1
        if at >= 0:
            spans.append((at, at + len(quote)))
    inside = []
    for c in found:
        a, b = passage.span(c.start, c.end)
        inside.append(any(x <= a < y or a <= x < b for x, y in spans))
    return found, np.array(inside)


class Data:
    """Questions stacked: one sparse matrix per part, candidate rows grouped by question."""

    def __init__(
        self, questions: list[tuple[list[Candidate], np.ndarray]], labels: list[int], names: dict[str, list[str]]
    ):
        self.labels = np.array(labels)
        self.owner = np.concatenate([np.full(len(c), q) for q, (c, _) in enumerate(questions)])
        self.evidence = np.concatenate([e for _, e in questions]).astype(bool)
        self.n = len(questions)
        rows = [c for cs, _ in questions for c in cs]
        self.x = {part: _matrix([getattr(c, part) for c in rows], names[part], part != "way") for part in PARTS}
        self.first = np.searchsorted(self.owner, np.arange(self.n))


def _matrix(rows: list[dict[str, float]], names: list[str], intercept: bool) -> csr_matrix:
    index = {f: i for i, f in enumerate(names)}
    at, col, val = [], [], []
    for n, row in enumerate(rows):
        for f, v in row.items():
            if f in index and v:
                at.append(n), col.append(index[f]), val.append(v)
        if intercept:
            at.append(n), col.append(len(names)), val.append(1.0)
    return csr_matrix((val, (at, col)), (len(rows), len(names) + intercept))


def feature_names(questions: list[tuple[list[Candidate], np.ndarray]]) -> dict[str, list[str]]:
    out = {}
    for part in PARTS:
        seen: Counter[str] = Counter()
        for cs, _ in questions:
            seen.update({f for c in cs for f, v in getattr(c, part).items() if v})
        out[part] = sorted(f for f, n in seen.items() if n >= RARE)
    return out


def _sizes(data: Data) -> list[int]:
    return [data.x[p].shape[1] for p in PARTS]


def split(flat: np.ndarray, sizes: list[int]) -> dict[str, np.ndarray]:
    edges = np.cumsum([0, *sizes])
    return {p: flat[a:b] for p, a, b in zip(PARTS, edges, edges[1:], strict=False)}


def _log_weights(data: Data, score: np.ndarray) -> np.ndarray:
    top = np.maximum.reduceat(score, data.first)[data.owner]
    e = np.exp(score - top)
    return score - top - np.log(np.add.reduceat(e, data.first))[data.owner]


def _classes(apart: np.ndarray, way: np.ndarray) -> np.ndarray:
    """log p of (more, less, same) for every candidate."""
    differ, same = -np.logaddexp(0, -apart), -np.logaddexp(0, apart)
    return np.stack([differ - np.logaddexp(0, -way), differ - np.logaddexp(0, way), same], 1)


def loss(flat: np.ndarray, data: Data, sizes: list[int]) -> tuple[float, np.ndarray]:
    w = split(flat, sizes)
    about, apart, way = (data.x[p] @ w[p] for p in PARTS)
    logr = _log_weights(data, about)
    logp = _classes(apart, way)
    own = logp[np.arange(len(about)), data.labels[data.owner]]
    joint = logr + own
    top = np.maximum.reduceat(joint, data.first)
    total = top + np.log(np.add.reduceat(np.exp(joint - top[data.owner]), data.first))
    h = np.exp(joint - total[data.owner])
    r = np.exp(logr)
    value = -total.sum()
    g_about = r - h
    label = data.labels[data.owner]
    p_apart = 1 / (1 + np.exp(-apart))
    p_way = 1 / (1 + np.exp(-way))
    g_apart = h * (p_apart - (label < 2))
    g_way = np.where(label < 2, h * (p_way - (label == 0)), 0.0)
    # evidence: the marked candidates share the weight
    inside = np.where(data.evidence, r, 0.0)
    mass = np.add.reduceat(inside, data.first)
    has = mass > 1e-12
    value -= EVIDENCE * np.log(mass[has]).sum()
    share = np.where(has[data.owner], inside / np.maximum(mass[data.owner], 1e-12), r)
    g_about = g_about + EVIDENCE * (r - share)
    grads = []
    for p, g in zip(PARTS, (g_about, g_apart, g_way), strict=True):
        value += L2[p] / 2 * (w[p] ** 2).sum()
        grads.append(data.x[p].T @ g + L2[p] * w[p])
    return float(value), np.concatenate(grads)


def fit(data: Data) -> np.ndarray:
    sizes = _sizes(data)
    best = minimize(loss, np.zeros(sum(sizes)), (data, sizes), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return best.x


def predict(flat: np.ndarray, data: Data) -> np.ndarray:
    w = split(flat, _sizes(data))
    about, apart, way = (data.x[p] @ w[p] for p in PARTS)
    p = np.exp(_log_weights(data, about))[:, None] * np.exp(_classes(apart, way))
    return np.add.reduceat(p, data.first, axis=0)


def cross_validate(questions, labels, groups, seed: int = 0) -> np.ndarray:
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    fold_of = {names[k]: i % FOLDS for i, k in enumerate(order)}
    folds = np.array([fold_of[g] for g in groups])
    out = np.zeros((len(labels), 3))
    for k in range(FOLDS):
        train = [q for q, f in zip(questions, folds, strict=True) if f != k]
        test = [q for q, f in zip(questions, folds, strict=True) if f == k]
        kept = feature_names(train)
        flat = fit(Data(train, [y for y, f in zip(labels, folds, strict=True) if f != k], kept))
        out[folds == k] = predict(flat, Data(test, [0] * len(test), kept))
    return out


def weights(flat: np.ndarray, names: dict[str, list[str]], sizes: list[int]) -> str:
    """One line per feature, parts in order; weights under 0.02 left out."""
    parts = []
    for p, w in split(flat, sizes).items():
        rows = [
            f"  {json.dumps(f)}: {v:.3f}" for f, v in zip([*names[p], "intercept"], w, strict=False) if abs(v) >= 0.02
        ]
        parts.append(f'"{p}": {{\n' + ",\n".join(rows) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(arguments: list[str]) -> None:
    records = [json.loads(line) for line in Path(arguments[0]).read_text(encoding="utf-8").splitlines() if line.strip()]
    questions = [prompts(r) for r in records]
    labels = [LABELS.index(r["label"]) for r in records]
    if len(arguments) > 1:
        names = feature_names(questions)
        data = Data(questions, labels, names)
        Path(arguments[1]).write_text(weights(fit(data), names, _sizes(data)), encoding="utf-8")
        return
    sys.stdout.write("".join(report(questions, labels, [r["pmcid"] for r in records], seed) for seed in (0, 1)))


def report(questions: list, labels: list[int], groups: list[str], seed: int) -> str:
    """Accuracy over held-out abstracts and the table of gold (rows) by prediction (columns)."""
    found = cross_validate(questions, labels, groups, seed).argmax(1)
    table = Counter(zip(labels, found.tolist(), strict=True))
    rows = [f"  {LABELS[y]:28s}" + "".join(f"{table[y, k]:6d}" for k in range(3)) for y in range(3)]
    return f"seed {seed}: accuracy {(found == np.array(labels)).mean():.3f}\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
