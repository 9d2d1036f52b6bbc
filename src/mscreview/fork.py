"""Starts a new review: copies the machinery, leaves this review's material and results behind.

Takes a checkout and an empty folder; gives that folder everything but answers: notebooks without outputs, raw
sheets with headers only, a protocol to fill in. Stands outside the flow; `make new-review` is its one caller.
"""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

from mscreview import notebook
from mscreview.notebook import RunError

MACHINERY = (
    ".ci", ".gitignore", "Makefile", "pyproject.toml", "requirements.lock", "environment.yml", "conftest.py",
    "LICENSE", "CITATION.cff", "CHANGELOG.md", "src", "tests", "benchmarks",
)  # fmt: skip
# Tests that read this review's own protocol, words or numbers; the library's own tests go along.
OWN_TESTS = (
    "cases", "gold", "test_cases.py", "test_gold.py", "test_clean.py", "test_effects_build.py", "test_extract_effects.py",
    "test_lexicon.py", "test_seeds.py", "test_records_seeds.py", "test_review_tables.py",
)  # fmt: skip
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "*.egg-info", ".ipynb_checkpoints", ".benchmarks", *OWN_TESTS)
README = """# A new review

1. Write the question, vocabularies, outcomes and screening rules into [protocol.toml](data/raw/protocol.toml).
2. Put the exports of your searches into `data/raw/` and a line for each into `manifest.csv` there (`file`, `database`,
   `query`, `retrieved_on`, `n_records`; leave `sha256` empty at first: the run says what to write). To begin without,
   delete `manifest.csv`: the folder is then read as it is.
3. `make all`, then read [the first notebook](notebooks/) and on; the prose in them is yours to rewrite.
4. See what was left out and why, in `data/processed/conflicts.csv`: an arm nobody could place wants a word in `[arms]`,
   a unit one in `units`. What only a reader can settle goes into `data/raw/curation.csv`, one row a decision: table
   `facts`, key `record_id|quote`, field `arm`, `weeks`, `outcome`, `n`, `unit` or `status`. Numbers of full texts go into
   `fulltext_continuous.csv` and `fulltext_binary.csv` (arm ids as in `data/processed/arms.csv`).
5. Put your names into [CITATION.cff](CITATION.cff) and [LICENSE](LICENSE), and begin [CHANGELOG.md](CHANGELOG.md) anew.

The library in `src/` needs no change. Tests on the words and numbers of the review you came from stayed behind; the
others prove, once `make all` has run, that shown outputs and tables reproduce from raw:

```sh
make test
```
"""


def new_review(root: Path, destination: str) -> str:
    """Copy what a fork needs from checkout `root` to `destination`; gives a line that says what to do next.

    Raises
    ------
    RunError
        When no destination is named, or it holds anything already.
    """
    if not destination:
        raise RunError("say where: make new-review DEST=dir")
    target = Path(destination).resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise RunError(f"DEST={target} is not an empty folder")
    if target.is_relative_to(root):
        raise RunError(f"DEST={target} lies inside this review; name a folder outside {root}")
    target.mkdir(parents=True, exist_ok=True)
    for name in MACHINERY:
        _copy(root / name, target / name)
    for book in sorted((root / "notebooks").glob("[0-9][0-9]-*.ipynb")):
        notebook.write(_without_outputs(notebook.read(book)), target / "notebooks" / book.name)
    raw = target / "data" / "raw"
    raw.mkdir(parents=True)
    for sheet in sorted((root / "data" / "raw").glob("*.csv")):
        header = sheet.read_text(encoding="utf-8-sig").split("\n", 1)[0].rstrip("\r")
        (raw / sheet.name).write_text(header + "\n", encoding="utf-8", newline="\n")
    (raw / "protocol.toml").write_bytes(files("mscreview").joinpath("new_review.toml").read_bytes())
    from mscreview import tables  # here, since saying that nothing is to do should not wait for pandas

    (target / "data" / "README.md").write_text(tables.describe(), encoding="utf-8", newline="\n")
    (target / "README.md").write_text(README, encoding="utf-8", newline="\n")
    return f"A new review stands in {target}. Begin with data/raw/protocol.toml; README.md says what comes next."


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=LEFT_BEHIND)
    elif source.exists():
        shutil.copy2(source, target)


def _without_outputs(book: dict) -> dict:
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return book
