"""Read the outside corpora with weights that have not seen the abstract being read.

    python benchmarks/crossvalidate.py [FOLDER] [SEED]        default: ../shared/bench/extraction 0; takes minutes

Each quarter of the abstracts of PICO-Corpus and C-TrO is read with weights of `roles.guess` and `values.scorer` trained on the other
three, each fifth of evidence-inference with those of `ask`; everything is then scored as `extraction.py score` does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import extraction
import numpy as np
import predict_ctro
import predict_pico
import train_direction
import train_roles
import train_values

from mscreview.extract.roles import guess
from mscreview.extract.values import scorer

FOLDS = 4
CORPORA = ("pico", "ctro", "direction")


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else extraction.SHARED
    found = predictions(folder, int(arguments[1]) if len(arguments) > 1 else 0)
    for corpus, lines in found.items():
        sys.stdout.write(f"{corpus}\n{extraction.score(corpus, folder / f'{corpus}_dev.jsonl', lines)}\n")


def predictions(folder: Path, seed: int = 0) -> dict[str, list[str]]:
    """For each of `CORPORA` one JSON line per record in the order of its file, as `extraction.predictions` gives them."""
    pico, ctro, direction = (extraction.read(folder / f"{corpus}_dev.jsonl") for corpus in CORPORA)
    out: dict[str, list[str]] = {"pico": [""] * len(pico), "ctro": [""] * len(ctro)}
    for corpus, k, line in _numbers(folder, pico, ctro, seed):
        out[corpus][k] = line
    return out | {"direction": list(_directions(direction, seed))}


def _numbers(folder: Path, pico: list[dict], ctro: list[dict], seed: int) -> Iterator[tuple[str, int, str]]:
    """(corpus, place in its file, line) of every abstract, fold by fold."""
    documents = [
        *train_roles.read(folder / "pico_dev.jsonl", train_roles.pico_marks),
        *train_roles.read(folder / "ctro_dev.jsonl", train_roles.ctro_marks),
    ]
    common = train_roles.common_words(documents[: len(pico)], documents[len(pico) :])
    values = [train_values.pico_rows(r) for r in pico], [train_values.ctro_rows(r) for r in ctro]
    random = np.random.default_rng(seed)
    folds = [random.permutation(len(records)) % FOLDS for records in (pico, ctro)]
    for fold in range(FOLDS):
        sys.stderr.write(f"fold {fold + 1} of {FOLDS} ...\n")
        kept = np.concatenate(folds) != fold
        whose = train_roles.to_json(*train_roles.train([d for d, k in zip(documents, kept, strict=True) if k], common))
        seen = [[r for r, f in zip(rows, of, strict=True) if f != fold] for rows, of in zip(values, folds, strict=True)]
        what = train_values.weights(train_values.train(seen[1], seen[0]))
        with (
            patch.object(guess, "_weights", return_value=guess.read_weights(whose)),
            patch.object(scorer, "_weights", return_value=scorer.read_weights(what)),
        ):
            for corpus, module, records, of in (
                ("pico", predict_pico, pico, folds[0]),
                ("ctro", predict_ctro, ctro, folds[1]),
            ):
                for k in np.flatnonzero(of == fold).tolist():
                    yield corpus, k, json.dumps(module.predict(records[k]), ensure_ascii=False) + "\n"


def _directions(records: list[dict], seed: int) -> Iterator[str]:
    questions = [train_direction.prompts(r) for r in records]
    labels = [train_direction.LABELS.index(r["label"]) for r in records]
    chances = train_direction.cross_validate(questions, labels, [r["pmcid"] for r in records], seed)
    for record, chance in zip(records, chances, strict=True):
        best = int(chance.argmax())
        told = {"prompt_id": record["prompt_id"], "label": train_direction.LABELS[best], "score": float(chance[best])}
        yield json.dumps(told) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
