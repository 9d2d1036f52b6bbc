"""Measure the extraction on outside corpora: facts of `mscreview.extract` in each scorer's form.

    python benchmarks/extraction.py predict {pico|ctro|llmma|direction} GOLD [TEXTS] > PRED
    python benchmarks/extraction.py score {pico|ctro|llmma|direction} GOLD PRED        the given scorer on predictions
    python benchmarks/extraction.py score {pico|ctro|llmma|direction} GOLD [TEXTS]     predict first, then the same
    python benchmarks/extraction.py ratios TEXTS...                                      label-free self-check
    python benchmarks/extraction.py speed TEXTS...                                       abstracts/s, memory, growth

The corpora and their scorer are not part of this repository; `score` and `ratios` look for `score.py` and
`ratio_selfcheck.py` beside GOLD or in ../shared/bench/extraction.
"""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mscreview import extract

SHARED = Path(__file__).resolve().parents[2] / "shared" / "bench" / "extraction"
CORPORA = ("pico", "ctro", "llmma", "direction")


def main(arguments: list[str]) -> None:
    if len(arguments) < 2:
        sys.exit(__doc__)
    task, *rest = arguments
    if task == "ratios":
        sys.stdout.write(ratios([Path(a) for a in rest]) + "\n")
    elif task == "speed":
        sys.stdout.write(importlib.import_module("extraction_speed").report([t for a in rest for t in unique(Path(a))]))
    elif task in ("predict", "score") and rest[0] in CORPORA and len(rest) > 1:
        paths = [Path(a) for a in rest[1:3]]
        written = task == "score" and len(paths) > 1 and "abstract" not in read(paths[1])[0]
        lines = paths[1].read_text(encoding="utf-8").splitlines(True) if written else predictions(rest[0], *paths)
        sys.stdout.write("".join(lines) if task == "predict" else score(rest[0], paths[0], list(lines)))
    else:
        sys.exit(__doc__)


def predictions(corpus: str, gold: Path, texts: Path | None = None) -> Iterator[str]:
    """One JSON line per record; each corpus has a module `predict_<corpus>` with `predict(record[, text])`.

    `texts` holds the abstracts of a corpus whose gold has none, joined by `pmcid`.
    """
    predict = importlib.import_module(f"predict_{corpus}").predict
    more = {str(r["pmcid"]): r for r in read(texts)} if texts else {}
    for record in read(gold):
        extra = (more.get(str(record["pmcid"]), {}),) if texts else ()
        yield json.dumps(predict(record, *extra), ensure_ascii=False) + "\n"


def score(corpus: str, gold: Path, lines: list[str]) -> str:
    """What the corpus's scorer prints for these predictions; a corpus without one has it in its predict module."""
    own = getattr(importlib.import_module(f"predict_{corpus}"), "score", None)
    if own is not None:
        return own(read(gold), [json.loads(line) for line in lines])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predictions.jsonl"
        path.write_text("".join(lines), encoding="utf-8")
        command = [sys.executable, str(_beside(gold, "score.py")), corpus, str(gold), str(path)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def ratios(paths: list[Path]) -> str:
    """Share of the OR, RR and HR triples found that are log-symmetric, by the given check.

    Two shares: of every triple read, and of the results (status ok). The extractor calls an asymmetric ratio doubtful
    by a check of its own, so only the first share can tell a wrong reading from a misprint or an exact interval.
    """
    check = _module(_beside(paths[0], "ratio_selfcheck.py"))
    found: dict[str, list[tuple[bool, bool]]] = {}
    for path in paths:
        read = (f for r in unique(path) for f in extract.facts(r) if _is_triple(f))
        found[path.name] = [(check.ok(*_printed(f)), f.status == "ok") for f in read]
    found["all"] = [pair for pairs in found.values() for pair in pairs]
    return "\n".join(_shares(name, pairs) for name, pairs in found.items())


def _shares(name: str, pairs: list[tuple[bool, bool]]) -> str:
    fine, results = sum(good for good, _ in pairs), [good for good, ok in pairs if ok]
    return (
        f"{name}: triples read {len(pairs)} log-symmetric {fine} share {fine / max(len(pairs), 1):.3f}; "
        f"status ok {len(results)} log-symmetric {sum(results)} share {sum(results) / max(len(results), 1):.3f}"
    )


def unique(path: Path) -> list[str]:
    """Texts of a corpus, each once (a direction file repeats an abstract for every prompt)."""
    return list(dict.fromkeys(r.get("text") or r.get("abstract") or "" for r in read(path)))


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _is_triple(f: extract.Fact) -> bool:
    return f.kind == "effect" and f.measure in ("OR", "RR", "HR", "IRR") and None not in (f.value, f.low, f.high)


def _printed(f: extract.Fact) -> tuple[str, str, str]:
    """Estimate, low and high as printed (the last two numbers of the quote are the bounds)."""
    low, high = re.findall(r"\d*[.·]?\d+", re.sub(r" ?([.·]) ?(?=\d)", r"\1", f.quote))[-2:]
    return f.value_text.lstrip("-"), low.replace("·", "."), high.replace("·", ".")


def _beside(path: Path, name: str) -> Path:
    near = path.resolve().parent / name
    return near if near.exists() else SHARED / name


def _module(path: Path):
    sys.path.insert(0, str(path.parent))
    return importlib.import_module(path.stem)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    main(sys.argv[1:])
