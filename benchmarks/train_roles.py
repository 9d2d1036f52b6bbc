"""Train the scorer of `mscreview.extract.roles.guess`: which number is a total, an arm's size, events, a percentage ...

    python benchmarks/train_roles.py SHARED/bench/extraction            cross-validation by abstract, nothing written
    python benchmarks/train_roles.py SHARED/bench/extraction OUT.json   train on everything and write the weights

Labels are the entity marks of two public corpora; only weights of features leave this script, no text.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from mscreview import extract
from mscreview.extract.logistic import Weights, softmax, weights
from mscreview.extract.roles.features import Features, features
from mscreview.extract.roles.guess import KINDS, SIGNALS, first_guess, number_kinds, refine, signals
from mscreview.extract.roles.words import ROLES

CTRO = {
    "NumberPatientsCT": "total",
    "FinalNumPatientsCT": "total",
    "NumberPatientsArm": "group",
    "FinalNumPatientsArm": "group",
    "NumberAffected": "events",
    "PercentageAffected": "percent",
    "ResultMeasuredValue": "mean",
    "BaseLineValue": "mean",
    "Reduction": "mean",
    "Increment": "mean",
}
PICO = {
    "total-participants": "total",
    "intervention-participants": "group",
    "control-participants": "group",
    "iv-bin-abs": "events",
    "cv-bin-abs": "events",
    "iv-bin-percent": "percent",
    "cv-bin-percent": "percent",
    "iv-cont-mean": "mean",
    "cv-cont-mean": "mean",
    "iv-cont-median": "median",
    "cv-cont-median": "median",
}
# chosen by cross-validation: words are many and few of them tell much, sentences alone are the abstract's numbers again
RIDGE, RIDGE_WORDS, RIDGE_NEIGHBOURS, RARE, SMALL, FOLDS = 8.0, 20.0, 15.0, 8, 0.03, 5
SENTENCE_ALONE = 0.3
WORDS = ("in:", "left:", "right:")
# a word counts when so many abstracts of each corpus have it, and its share of one is no more times that of the other
COMMON, UNEVEN = 3, 8.0
Mark = tuple[int, int, str]
Document = tuple[extract.Context, Features, np.ndarray]


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0])
    corpora = read(folder / "pico_dev.jsonl", pico_marks), read(folder / "ctro_dev.jsonl", ctro_marks)
    common, documents = common_words(*corpora), [*corpora[0], *corpora[1]]
    if len(arguments) > 1:
        Path(arguments[1]).write_text(to_json(*train(documents, common)), encoding="utf-8")
        return
    folds = np.random.default_rng(0).integers(0, 4, len(documents))
    found: list[tuple[int, int]] = []
    for fold in range(4):
        words, neighbours = train([d for d, f in zip(documents, folds, strict=True) if f != fold], common)
        for (context, active, gold), *_ in (d for d, f in zip(documents, folds, strict=True) if f == fold):
            p = refine(context, first_guess(active, words), neighbours)
            found += zip(gold.tolist(), p.argmax(axis=1).tolist() if len(p) else [], strict=True)
    sys.stdout.write(report(found) + "\n")


def read(path: Path, marks_of: Callable[[dict], list[Mark]]) -> list[list[Document]]:
    """For each abstract: the whole of it, then every sentence alone, so that short texts are learned too."""
    lines = path.read_text(encoding="utf-8").splitlines()
    # the weights as they are may not fit the signals that are to be weighed
    with patch("mscreview.extract.roles.guess.refine", lambda context, p, matrix: p):
        return [list(_documents(record["text"], marks_of(record))) for record in map(json.loads, lines)]


def _documents(text: str, marks: list[Mark]) -> Iterator[Document]:
    whole = extract.read_context(text)
    yield document(whole, 0, marks)
    for s in whole.sentences if len(whole.sentences) > 1 else ():
        start, end = whole.passage.span(s.start, s.end)
        if any(c.isdigit() for c in text[start:end]):
            yield document(extract.read_context(text[start:end]), start, marks)


def document(context: extract.Context, start: int, marks: list[Mark]) -> Document:
    """Context, active features and gold role of every number of a text that begins at `start` of the marked one."""
    gold = []
    for q in context.quantities:
        a, b = (start + x for x in context.passage.span(q.start, q.end))
        gold.append(ROLES.index(next((label for s, e, label in marks if s < b and a < e), "other")))
    return context, features(context), np.array(gold, dtype=int)


def pico_marks(record: dict) -> list[Mark]:
    return [(e["start"], e["end"], PICO[e["label"]]) for e in record["entities"] if e["label"] in PICO]


def ctro_marks(record: dict) -> list[Mark]:
    """Marks stand in the tokenised text; it and the text differ in blanks only."""
    tokens, text = record["text_tokenised"], record["text"]
    place = dict(zip(_solid(tokens), _solid(text), strict=True))
    marks = []
    for e in record["entities"]:
        digits = [i for i in range(e["start"], e["end"]) if tokens[i].isalnum()]
        if e["type"] in CTRO and digits:
            marks.append((place[digits[0]], place[digits[-1]] + 1, CTRO[e["type"]]))
    return marks


def _solid(text: str) -> list[int]:
    return [i for i, c in enumerate(text) if c != " "]


def train(records: list[list[Document]], common: frozenset[str]) -> tuple[Weights, np.ndarray]:
    """Both regressions; the second learns from guesses about abstracts that the first had not seen."""
    folds = np.random.default_rng(1).integers(0, FOLDS, len(records))
    rows, gold, weight = [], [], []
    for fold in range(FOLDS):
        words = fit_words([r for r, f in zip(records, folds, strict=True) if f != fold], common)
        for record in (r for r, f in zip(records, folds, strict=True) if f == fold):
            for k, (context, active, roles) in enumerate(record):
                keep = [j for j, names in enumerate(active.numbers) if names]
                if keep:
                    kinds = number_kinds(context)
                    rows.append(_by_kind(signals(context, first_guess(active, words), kinds), kinds)[keep])
                    gold.append(roles[keep])
                    weight += [SENTENCE_ALONE if k else 1.0] * len(keep)
    x = np.vstack(rows).astype(np.float32)
    ridge = np.full(x.shape[1], RIDGE_NEIGHBOURS)
    return fit_words(records, common), fit(x, np.concatenate(gold), np.array(weight), ridge)


def _by_kind(x: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    return np.hstack([x] + [x * (kinds == k)[:, None] for k in range(len(KINDS))])


def fit_words(records: list[list[Document]], common: frozenset[str]) -> Weights:
    numbers = [
        (active.of(j), role, SENTENCE_ALONE if k else 1.0)
        for record in records
        for k, (_, active, roles) in enumerate(record)
        for j, role in enumerate(roles)
        if active.numbers[j]
    ]
    counts = Counter(f for names, _, _ in numbers for f in names)
    kept = sorted(f for f, n in counts.items() if n >= RARE and (not f.startswith(WORDS) or f.split(":")[1] in common))
    index = {f: i for i, f in enumerate(kept)}
    cells = [(n, index[f]) for n, (names, _, _) in enumerate(numbers) for f in names if f in index]
    at, column = zip(*cells, strict=True)
    x = csr_matrix((np.ones(len(cells), np.float32), (at, column)), (len(numbers), len(kept)))
    ridge = np.array([RIDGE_WORDS if f.startswith(WORDS) else RIDGE for f in kept])
    _, roles, weight = zip(*numbers, strict=True)
    matrix = fit(x, np.array(roles), np.array(weight), ridge).round(2)
    told = np.abs(matrix).max(axis=1) >= SMALL
    return weights({f: row for f, row, keep in zip(kept, matrix.tolist(), told, strict=True) if keep})


def common_words(*corpora: list[list[Document]]) -> frozenset[str]:
    """Beginnings of words that both corpora have about as often: no names of one field's drugs and diseases."""
    one, other = (Counter(w for record in corpus for w in _words(record[0][1])) for corpus in corpora)
    size = len(corpora[0]) / max(len(corpora[1]), 1)
    return frozenset(
        w
        for w in one.keys() & other.keys()
        if min(one[w], other[w]) >= COMMON and 1 / UNEVEN <= one[w] / other[w] / size <= UNEVEN
    )


def _words(active: Features) -> set[str]:
    return {f.split(":")[1] for names in active.sentences.values() for f in names}


def fit(x: csr_matrix | np.ndarray, y: np.ndarray, weight: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    """Multinomial logistic regression with a ridge penalty for each feature, by L-BFGS from zero: features x roles."""
    hot, across = np.eye(len(ROLES), dtype=np.float32)[y], x.T.tocsr() if isinstance(x, csr_matrix) else x.T.copy()
    weight, ridge = weight.astype(np.float32), ridge.astype(np.float32)[:, None]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        w = flat.reshape(x.shape[1], len(ROLES)).astype(np.float32)
        p = softmax(x @ w)
        value = -(weight * np.log(p[np.arange(len(y)), y] + 1e-12)).sum() + (ridge * w**2).sum() / 2
        return float(value), (across @ (weight[:, None] * (p - hot)) + ridge * w).ravel().astype(float)

    start = np.zeros(x.shape[1] * len(ROLES))
    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100}).x.reshape(-1, len(ROLES))


def to_json(words: Weights, neighbours: np.ndarray) -> str:
    names = [f"{kind}|{signal}" for kind in ("all", *KINDS) for signal in SIGNALS]
    parts = {"words": (list(words.index), words.matrix[:-1]), "neighbours": (names, neighbours.round(2))}
    out = [f'{{"roles": {json.dumps(ROLES)}']
    for part, (keys, matrix) in parts.items():
        rows = [
            f"{json.dumps(k, ensure_ascii=False)}: {json.dumps(r.tolist())}" for k, r in zip(keys, matrix, strict=True)
        ]
        out.append(f'"{part}": {{\n' + ",\n".join(rows) + "\n}")
    return ",\n".join(out) + "}\n"


def report(found: list[tuple[int, int]]) -> str:
    """Precision and recall by number (not by distinct value, as the corpus's own scorer counts)."""
    lines = []
    for k, role in enumerate(ROLES):
        hit = sum(g == k == p for g, p in found)
        said, gold = sum(p == k for _, p in found), sum(g == k for g, _ in found)
        lines.append(f"{role:8s} gold {gold:5d}  P {hit / max(said, 1):.3f}  R {hit / max(gold, 1):.3f}")
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
