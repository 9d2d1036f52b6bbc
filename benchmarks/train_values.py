"""Train the scorer of `mscreview.extract.values.scorer`: which number is a baseline, a result, a change, a percentage ...

    python benchmarks/train_values.py SHARED/bench/extraction            cross-validation over halves, nothing written
    python benchmarks/train_values.py SHARED/bench/extraction OUT.json   train on everything and write the weights

Labels come from the entity marks of the two public corpora; only feature counts leave this script, no text.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from mscreview import extract
from mscreview.extract.values.measured import labelled_features

CLASSES = ["other", "percent", "baseline", "final", "change", "relative", "difference", "events", "dose", "median"]
CTRO = {
    "PercentageAffected": "percent",
    "Reduction": "change",
    "Increment": "change",
    "ResultMeasuredValue": "final",
    "BaseLineValue": "baseline",
    "DiffGroupAbsValue": "difference",
    "DiffGroupRelValue": "relative",
    "RelativeReduction": "relative",
    "RelativeIncrement": "relative",
    "NumberAffected": "events",
    "DoseValue": "dose",
}
PICO = {"bin-percent": "percent", "cont-mean": "mean", "cont-median": "median", "bin-abs": "events"}
L2 = 2.0
RARE = 5
# a number missed costs as much as a number too many: cross-validated F1 of both corpora is best with "other" held back
OTHER_SHIFT = 0.3
Row = tuple[list[str], str]


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0])
    ctro = [ctro_rows(r) for r in _read(folder / "ctro_dev.jsonl")]
    pico = [pico_rows(r) for r in _read(folder / "pico_dev.jsonl")]
    if len(arguments) > 1:
        Path(arguments[1]).write_text(weights(train(ctro, pico)), encoding="utf-8")
        return
    seen: Counter[tuple[str, str]] = Counter()
    for half in (0, 1):
        model = train(
            [r for i, r in enumerate(ctro) if i % 2 != half], [r for i, r in enumerate(pico) if i % 2 != half]
        )
        held = [row for i, r in enumerate(ctro) if i % 2 == half for row in r]
        seen.update((gold, model.best(f)) for f, gold in held)
    sys.stdout.write(report(seen) + "\n")


def ctro_rows(record: dict) -> list[Row]:
    """Features of each number with its class; the tokenised text is aligned by its characters other than blanks."""
    tokens, text = record["text_tokenised"], record["text"]
    place = dict(zip(_solid(tokens), _solid(text), strict=True))
    marks: dict[int, str] = {}
    for e in record["entities"]:
        digits = [i for i in range(e["start"], e["end"]) if tokens[i].isdigit()]
        if e["type"] in CTRO and digits:
            marks.setdefault(place[digits[-1]] + 1, CTRO[e["type"]])
    rows = []
    for _, end, features in labelled_features(extract.read_context(text)):
        label = marks.get(end, "other")
        rows.append((features, "median" if label == "final" and _led_by_median(features) else label))
    return rows


def pico_rows(record: dict) -> list[Row]:
    marks = [(e["start"], e["end"], PICO[e["label"][3:]]) for e in record["entities"] if e["label"][3:] in PICO]
    rows = []
    for start, end, features in labelled_features(extract.read_context(record["text"])):
        rows.append((features, next((c for a, b, c in marks if a <= start + 1 and end <= b + 1), "other")))
    return rows


class Model:
    """Feature index and weight matrix (features x classes; the last row is the intercept)."""

    def __init__(self, names: list[str], matrix: np.ndarray) -> None:
        self.names, self.matrix = names, matrix
        self.index = {f: i for i, f in enumerate(names)}

    def scores(self, features: list[str]) -> np.ndarray:
        return self.matrix[-1] + sum(self.matrix[self.index[f]] for f in features if f in self.index)

    def best(self, features: list[str]) -> str:
        return CLASSES[int(np.argmax(self.scores(features)))]


def train(ctro: list[list[Row]], pico: list[list[Row]]) -> Model:
    """C-TrO first; its model tells PICO's "mean" apart and names what PICO leaves unmarked (doses, differences)."""
    rows = [row for r in ctro for row in r]
    first = fit(rows)
    rows += [(f, _refined(first, f, label)) for r in pico for f, label in r]
    return fit(rows)


def _refined(model: Model, features: list[str], label: str) -> str:
    if label == "mean":
        scores = model.scores(features)
        return max(("final", "change", "baseline"), key=lambda c: scores[CLASSES.index(c)])
    if label == "other" and model.best(features) in ("dose", "difference", "relative"):
        return model.best(features)
    return label


def fit(rows: list[Row]) -> Model:
    """Softmax regression with a ridge penalty by L-BFGS; features seen fewer than RARE times are left out."""
    counts = Counter(f for features, _ in rows for f in features)
    names = sorted(f for f, n in counts.items() if n >= RARE)
    index = {f: i for i, f in enumerate(names)}
    cells = [(n, index[f]) for n, (features, _) in enumerate(rows) for f in features if f in index]
    at, column = zip(*cells, strict=True)
    x = csr_matrix((np.ones(len(cells)), (at, column)), (len(rows), len(names)))
    y = np.array([CLASSES.index(label) for _, label in rows])
    hot = np.eye(len(CLASSES))[y]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        w = flat.reshape(len(names) + 1, len(CLASSES))
        z = x @ w[:-1] + w[-1]
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        value = -np.log(p[np.arange(len(y)), y] + 1e-12).sum() + L2 / 2 * (w[:-1] ** 2).sum()
        slope = np.vstack([x.T @ (p - hot) + L2 * w[:-1], (p - hot).sum(axis=0)])
        return float(value), slope.ravel()

    start = np.zeros((len(names) + 1) * len(CLASSES))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    matrix = best.x.reshape(len(names) + 1, len(CLASSES))
    matrix[-1, CLASSES.index("other")] -= OTHER_SHIFT
    return Model(names, matrix)


def weights(model: Model) -> str:
    """One line per feature, weights under 0.05 left out."""
    rows = []
    for name, row in zip(model.names, model.matrix[:-1], strict=True):
        kept = {c: round(float(w), 2) for c, w in zip(CLASSES, row, strict=True) if abs(w) >= 0.05}
        rows.append(f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(kept)}")
    intercept = {c: round(float(w), 2) for c, w in zip(CLASSES, model.matrix[-1], strict=True)}
    head = f'{{"classes": {json.dumps(CLASSES)},\n"intercept": {json.dumps(intercept)},\n"weights": {{\n'
    return head + ",\n".join(rows) + "\n}}\n"


def report(seen: Counter[tuple[str, str]]) -> str:
    lines = []
    for c in CLASSES:
        hit, said, gold = (
            seen[c, c],
            sum(n for (_, b), n in seen.items() if b == c),
            sum(n for (a, _), n in seen.items() if a == c),
        )
        lines.append(f"{c:12s} gold {gold:5d}  P {hit / max(said, 1):.3f}  R {hit / max(gold, 1):.3f}")
    return "\n".join(lines)


def _led_by_median(features: list[str]) -> bool:
    return any(f in ("l0:median", "l1:median", "l2:median") for f in features)


def _solid(text: str) -> list[int]:
    return [i for i, c in enumerate(text) if c != " "]


def _read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
