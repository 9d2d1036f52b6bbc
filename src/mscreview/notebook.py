"""One notebook: read it, execute it by papermill, strip what changes from run to run, write it.

Takes notebook files and gives notebook JSON (dicts). Stands outside the flow; `run` uses it for whole runs.
papermill and nbformat are imported where they are needed: to say that there is nothing to do takes no second.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
RUN_METADATA = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled")


class RunError(Exception):
    """A run that could not start or finish; the message says where and why. Earlier results are unchanged."""


def read(path: Path) -> dict:
    """Notebook JSON with joined sources and cell ids that are there, distinct and the same every time.

    Raises `RunError` naming a file that is no notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["nbformat_minor"] = max(5, notebook["nbformat_minor"])
        seen: set[str] = set()
        for i, cell in enumerate(notebook["cells"]):
            cell["source"] = "".join(cell["source"])
            cell["id"] = cell.get("id") if cell.get("id") and cell["id"] not in seen else f"cell-{i:02d}"
            seen.add(cell["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path}: not a notebook ({type(error).__name__}: {error})") from None
    return notebook


def execute(notebook: dict, output: Path, parameters: dict[str, str], cwd: Path) -> dict:
    """Execute a notebook by papermill and strip what changes from run to run.

    Parameters
    ----------
    notebook : dict
        Notebook JSON, as `read` gives it.
    output : Path
        Where papermill keeps the run, cell by cell; of use when it fails.
    parameters : dict
        Values for names that stand in the notebook's `parameters` cell.
    cwd : Path
        Working folder of the kernel.

    Raises
    ------
    RunError
        For a parameter the notebook does not have, a failing cell, or a cell that writes to stderr.
    """
    import papermill

    check_parameters(notebook, parameters)
    try:
        done = papermill.execute_notebook(
            _tagged(notebook),
            output,
            parameters=parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=cwd,
            coalesce_streams=True,
            extra_arguments=["--IPKernelApp.log_level=50"],  # its warnings are not about the notebook
        )
    except papermill.PapermillExecutionError as error:
        first_line = error.source.strip().split("\n")[0]
        where = f"cell {error.cell_index + 1} (In [{error.exec_count}]): {first_line}"
        raise RunError(f"{where}\n{error.ename}: {error.evalue}") from None
    except Exception as error:  # a kernel that dies, a time-out: whatever it is, it belongs to this notebook
        raise RunError(f"{type(error).__name__}: {error}") from error
    return strip(done)


def check_parameters(notebook: dict, parameters: dict[str, str]) -> None:
    """Raise `RunError` for any parameter that no `parameters` cell sets; papermill itself would only warn."""
    from papermill.inspection import _infer_parameters

    known = {p.name for p in _infer_parameters(_tagged(notebook), name="python3", language="python")}
    unknown = sorted(set(parameters) - known)
    if unknown:
        raise RunError(f"unknown parameter {', '.join(unknown)}; the notebook has {', '.join(sorted(known)) or 'none'}")


def strip(notebook: dict) -> dict:
    """The notebook without run metadata, so that an unchanged re-run is byte-identical.

    Raises
    ------
    RunError
        When a cell wrote to stderr: warnings differ between machines, and a reader has no use for them.
    """
    notebook["metadata"] = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    for i, cell in enumerate(notebook["cells"], 1):
        kept = {k: v for k, v in cell["metadata"].items() if k not in RUN_METADATA}
        cell["metadata"] = {k: v for k, v in kept.items() if not (k == "tags" and not v)}
        for output in cell.get("outputs", ()):
            if output.get("name") == "stderr":
                raise RunError(f"cell {i} wrote to stderr: {''.join(output['text']).strip()}")
    return notebook


def write(notebook: dict, path: Path) -> None:
    """Write as Jupyter does: sorted keys, one line a source line."""
    import nbformat

    path.parent.mkdir(parents=True, exist_ok=True)
    text = nbformat.writes(nbformat.from_dict(notebook), version=4)
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def _tagged(notebook: dict) -> Any:
    """The notebook as papermill wants it: every cell with a list of tags."""
    import nbformat

    node = nbformat.from_dict(notebook)
    for cell in node.cells:
        cell.metadata.setdefault("tags", [])
    return node


@contextmanager
def environment(**values: str | None) -> Iterator[None]:
    """Set (or with None unset) what kernels started within inherit."""
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(before)


def _set(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
