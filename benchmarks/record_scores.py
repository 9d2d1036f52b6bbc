"""Score the extraction on the outside corpora and keep the figures where notebook 03 shows them.

    python benchmarks/record_scores.py [FOLDER]        default: ../shared/bench/extraction; takes minutes

Writes src/mscreview/extract/scores.json. Corpora that weights are trained on are scored by cross-validation.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import crossvalidate
import extraction

TARGET = Path(__file__).resolve().parents[1] / "src" / "mscreview" / "extract" / "scores.json"
LINE = re.compile(r"(\S.*?)\s+gold\s+(\d+) pred\s+\d+\s+P ([\d.]+) R ([\d.]+) F1 ([\d.]+)")
SHARE = re.compile(r"(?:ALL correct|accuracy)\D*([\d.]+) (?:of|n) *(\d+)")
NAMES = {"pico": "PICO-Corpus", "ctro": "C-TrO", "llmma": "llm-meta-analysis", "direction": "evidence-inference"}


def main(folder: Path) -> None:
    asked = list(extraction.predictions("llmma", folder / "llmma_dev.jsonl", folder / "llmma_dev_texts.jsonl"))
    found = crossvalidate.predictions(folder) | {"llmma": asked}
    rows = [
        row
        for corpus, name in NAMES.items()
        for row in figures(name, extraction.score(corpus, folder / f"{corpus}_dev.jsonl", found[corpus]))
    ]
    lines = ",\n".join(json.dumps(row) for row in rows)
    TARGET.write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")


def figures(corpus: str, said: str) -> list[dict]:
    """The scorer's lines as rows; a line without figures names what the next ones are about."""
    rows, asked = [], ""
    for line in said.splitlines():
        row = {"corpus": corpus, "asked": asked}
        if found := LINE.match(line):
            field, gold, *three = found.groups()
            row |= {"field": "all together" if field == "MICRO" else field.replace("_", " "), "gold": int(gold)}
            rows.append(row | dict(zip(("precision", "recall", "f1"), map(float, three), strict=True)))
        elif found := SHARE.search(line):
            rows.append(
                row
                | {"asked": "share right", "field": "all together", "gold": int(found[2]), "recall": float(found[1])}
            )
        else:
            asked = line.split(" (")[0].strip()
    return rows


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else extraction.SHARED)
