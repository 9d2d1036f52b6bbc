"""Runs the notebooks in order, aside, and moves what they made into place only when all of them succeeded.

Takes a checkout's `notebooks/`, `data/raw/` and `src/`; gives executed notebooks and the files they wrote.
Stands outside the flow: no stage imports it. The Makefile calls it as `python -m mscreview.run`; the one
module that prints and reads a clock (progress, on stderr).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mscreview import fork, notebook, project
from mscreview.notebook import RunError, environment

Say = Callable[[str], None]
State = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class _Plan:
    """The notebooks in order, what each depends on now (hashed), and what the last run recorded of each."""

    books: list[Path]
    keys: dict[str, str]
    state: State


def run_all(root: Path, say: Say) -> list[str]:
    """Execute every stale notebook of the checkout and all after it.

    Parameters
    ----------
    root : Path
        Checkout with `notebooks/`, `data/raw/`, `src/` and `requirements.lock`.
    say : callable
        Receives progress lines.

    Returns
    -------
    list of str
        Names of the notebooks that ran; empty when everything was up to date.

    Raises
    ------
    RunError
        When a notebook fails; nothing in `notebooks/` or `data/processed/` has changed then.
    """
    plan = _plan(root)
    first = next((i for i, book in enumerate(plan.books) if not _fresh(root, book, plan)), None)
    if first is None:
        say(f"Nothing to do: {len(plan.books)} notebooks and their results are up to date.")
        return []
    # Only what fresh notebooks wrote is there to read: no stale table can feed a notebook.
    inputs = [root / file for book in plan.books[:first] for file in plan.state[book.stem]["files"]]
    return _rebuild(root, plan, plan.books[first:], inputs, say)


def run_one(root: Path, number: str, say: Say) -> list[str]:
    """Execute one notebook on the tables as they stand; later ones become stale where its source changed."""
    plan = _plan(root)
    book = next((book for book in plan.books if number and book.name.startswith(f"{number}-")), None)
    if book is None:
        numbers = ", ".join(book.name[:2] for book in plan.books)
        raise RunError(f"no notebook numbered {number!r}; say which: make one NB=06 (there are {numbers})")
    if not all(_fresh(root, earlier, plan) for earlier in plan.books[: plan.books.index(book)]):
        say("Earlier notebooks are stale; this one runs on the tables as they stand.")
        plan.keys[book.stem] = "ran on stale tables"
    former = {root / file for file in plan.state.get(book.stem, {}).get("files", {})}
    inputs = [path for path in _files(root / "data" / "processed") if path not in former]
    return _rebuild(root, plan, [book], inputs, say)


def run_elsewhere(root: Path, raw: Path | None, out: Path, say: Say) -> list[str]:
    """Execute all notebooks over another raw folder, writing tables, figures and notebooks into `out` only.

    Raises
    ------
    RunError
        When `raw` is no folder, when `out` would overwrite the project's own files, or when a notebook fails.
    """
    books = notebooks(root)
    raw, out = raw and raw.resolve(), out.resolve()
    _check_folders(root, raw, out)
    with _aside(root) as aside, environment(MSCREVIEW_RAW=None, MSCREVIEW_OUT=None):
        given = {"raw_dir": str(raw), "out_dir": str(aside / "out")} if raw else {"out_dir": str(aside / "out")}
        for i, book in enumerate(books, 1):
            done = _timed(root, book, f"[{i}/{len(books)}]", aside, given, say)
            # The reader of the copy runs it where its results are, not where they were made.
            for cell in done["cells"]:
                if "injected-parameters" in cell["metadata"].get("tags", ()):
                    cell["source"] = cell["source"].replace(str(aside / "out"), str(out))
            notebook.write(done, aside / "notebooks" / book.name)
        _publish({path: out / path.relative_to(aside / "out") for path in _files(aside / "out")})
        _publish({aside / "notebooks" / book.name: out / "notebooks" / book.name for book in books})
    say(f"Done: tables, figures and executed notebooks are in {out}")
    return [book.stem for book in books]


def notebooks(root: Path) -> list[Path]:
    """The numbered notebooks in order."""
    books = sorted((root / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    if not books:
        raise RunError(f"no numbered notebooks in {root / 'notebooks'}")
    return books


def fingerprints(root: Path, books: list[Path]) -> dict[str, str]:
    """What each notebook's results depend on, hashed: lock, library, raw material, cells up to its last."""
    chain = hashlib.sha256()
    for path in [
        root / "requirements.lock",
        *_files(root / "src", ".py", ".toml"),
        *_files(root / "data" / "raw"),
    ]:
        chain.update(f"{path.relative_to(root).as_posix()} {_sha256(path)}\n".encode())
    keys = {}
    for book in books:
        cells = [(cell["cell_type"], cell["source"]) for cell in notebook.read(book)["cells"]]
        chain.update(json.dumps([book.name, cells]).encode())
        keys[book.stem] = chain.hexdigest()
    return keys


def main(arguments: list[str] | None = None) -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mscreview.run", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    everything = commands.add_parser("all", help="rebuild what is stale, or run over another raw folder")
    everything.add_argument("--raw", default="", help="another raw folder; needs --out")
    everything.add_argument("--out", default="", help="where its results go")
    commands.add_parser("one", help="run one notebook").add_argument("number")
    commands.add_parser("new-review", help="start a new review").add_argument("destination")
    given = parser.parse_args(arguments)
    try:
        if given.command == "one":
            run_one(project.REPO, given.number, _say)
        elif given.command == "new-review":
            _say(fork.new_review(project.REPO, given.destination))
        elif given.out:
            run_elsewhere(project.REPO, Path(given.raw) if given.raw else None, Path(given.out), _say)
        elif given.raw:
            raise RunError("RAW needs OUT, so that the committed results stay: make all RAW=dir OUT=dir")
        else:
            run_all(project.REPO, _say)
    except RunError as error:
        _say(f"Error: {error}")
        return 1
    except KeyboardInterrupt:
        _say("Interrupted; results already there are unchanged.")
        return 130
    return 0


def _rebuild(root: Path, plan: _Plan, stale: list[Path], inputs: list[Path], say: Say) -> list[str]:
    """Execute `stale` aside on `inputs`; when all succeed, move over what they wrote."""
    processed, names = root / "data" / "processed", {book.stem for book in stale}
    gone = set(plan.state) - {book.stem for book in plan.books}
    former = {file for name in names | gone for file in plan.state.get(name, {}).get("files", {})}
    renewed: State = {name: entry for name, entry in plan.state.items() if name not in names | gone}
    owner = {file: name for name, entry in renewed.items() for file in entry["files"]}
    with _aside(root) as aside, environment(MSCREVIEW_RAW=None, MSCREVIEW_OUT=str(aside / "out")):
        _seed([path for path in inputs if path.is_relative_to(processed)], processed, aside / "out")
        moves: dict[Path, Path] = {}
        for i, book in enumerate(stale, 1):
            copy = aside / "notebooks" / book.name
            notebook.write(_timed(root, book, f"[{i}/{len(stale)}]", aside, {}, say), copy)
            made = {copy: book} | {
                path: processed / path.relative_to(aside / "out") for path in _written(aside / "out")
            }
            files = {target.relative_to(root).as_posix(): _sha256(source) for source, target in made.items()}
            twice = [f"{file} ({owner[file]})" for file in files if file in owner]
            if twice:
                raise RunError(f"{book.stem} writes what another notebook wrote: {', '.join(twice)}")
            owner |= dict.fromkeys(files, book.stem)
            renewed[book.stem] = {"key": plan.keys[book.stem], "files": files}
            moves |= made
        _publish(moves)
    # A table that is no longer written would pass for a result.
    for file in former - set(owner):
        (root / file).unlink(missing_ok=True)
    _write_state(root, renewed)
    return [book.stem for book in stale]


def _timed(root: Path, book: Path, count: str, aside: Path, parameters: dict[str, str], say: Say) -> dict:
    say(f"{count} {book.stem} ...")
    start, output = time.monotonic(), aside / f"run-{book.name}"
    try:
        done = notebook.execute(notebook.read(book), output, parameters, cwd=book.parent)
    except RunError as error:
        kept = ""
        if output.exists():
            failed = root / "build" / "failed" / book.name
            failed.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(output, failed)
            kept = f"\nThe run as far as it came: {failed.relative_to(root).as_posix()}."
        raise RunError(f"{book.stem}: {error}{kept}\nResults already there are unchanged.") from error
    say(f"{count} {book.stem} {time.monotonic() - start:.1f} s")
    return done


def _check_folders(root: Path, raw: Path | None, out: Path) -> None:
    own = [root / "data", root / "notebooks", root / "src", root / "tests", *([raw] if raw else [])]
    if raw and not raw.is_dir():
        raise RunError(f"RAW={raw} is not a folder")
    if out.exists() and not out.is_dir():
        raise RunError(f"OUT={out} is not a folder")
    if root.is_relative_to(out) or any(out.is_relative_to(folder) or folder.is_relative_to(out) for folder in own):
        raise RunError(f"OUT={out} would mix results into raw material or the project; name a folder apart")


@contextmanager
def _aside(root: Path) -> Iterator[Path]:
    build = root / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=build) as folder:
        (Path(folder) / "out").mkdir()
        yield Path(folder)


def _seed(inputs: list[Path], source: Path, target: Path) -> None:
    """Copy results with time 0, so that whatever a notebook writes is told from what was there."""
    for path in inputs:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        os.utime(copy, (0, 0))


def _written(folder: Path) -> list[Path]:
    """Files written since they were last asked for."""
    fresh = [path for path in _files(folder) if path.stat().st_mtime != 0]
    for path in fresh:
        os.utime(path, (0, 0))
    return fresh


def _publish(moves: dict[Path, Path]) -> None:
    """Put each file into place in one step; a file that says the same stays untouched."""
    for source, target in moves.items():
        if target.exists() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, part)
        part.replace(target)


def _files(folder: Path, *suffixes: str) -> list[Path]:
    found = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.startswith(".")]
    return [p for p in found if not suffixes or p.suffix in suffixes]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _plan(root: Path) -> _Plan:
    books = notebooks(root)
    return _Plan(books, fingerprints(root, books), _read_state(root))


def _fresh(root: Path, book: Path, plan: _Plan) -> bool:
    entry = plan.state.get(book.stem)
    if entry is None or entry["key"] != plan.keys[book.stem]:
        return False
    return all((root / file).is_file() and _sha256(root / file) == sha for file, sha in entry["files"].items())


def _read_state(root: Path) -> State:
    try:
        return json.loads((root / "build" / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # no record of a run: everything is stale


def _write_state(root: Path, state: State) -> None:
    part = root / "build" / ".state.json.part"
    part.write_text(json.dumps(state, indent=1, sort_keys=True), encoding="utf-8")
    part.replace(root / "build" / "state.json")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
