"""Whole runs on two tiny notebooks: what is stale, what is moved over, what a failure leaves alone."""

import json
import os

import pytest

from mscreview import fork, notebook, run
from mscreview.notebook import RunError

PARAMETERS = "raw_dir = None\nout_dir = None"
FOLDERS = (
    "import os\n"
    "from pathlib import Path\n"
    "raw = Path(raw_dir or os.environ.get('MSCREVIEW_RAW') or '../data/raw')\n"
    "out = Path(out_dir or os.environ['MSCREVIEW_OUT'])"
)
FIRST = "text = (raw / 'sheet.csv').read_text()\n_ = (out / 'one.csv').write_text(text.upper())\nprint(text)"
SECOND = "_ = (out / 'two.csv').write_text((out / 'one.csv').read_text() * 2)"


def write_book(root, name, *sources, **metadata):
    """A notebook as an editor leaves it: an old format without cell ids, with traces of a former run."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": [f"# {name}"]}]
    for i, source in enumerate((PARAMETERS, FOLDERS, *sources)):
        tags = {"tags": ["parameters"]} if i == 0 else {"execution": {"iopub.execute_input": "noon"}, "tags": []}
        cells.append({"cell_type": "code", "metadata": tags, "source": source, "outputs": [], "execution_count": None})
    book = {"cells": cells, "metadata": {"papermill": {"duration": 3}, **metadata}, "nbformat": 4}
    path = root / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(json.dumps(book | {"nbformat_minor": 4}))
    return path


@pytest.fixture
def root(tmp_path):
    for folder in ("data/raw", "src", "data/processed"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "requirements.lock").write_text("")
    (tmp_path / "data" / "raw" / "sheet.csv").write_text("a\n")
    write_book(tmp_path, "00-first", FIRST)
    write_book(tmp_path, "01-second", SECOND)
    return tmp_path


def contents(root):
    """Every file a person would see, with its bytes."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.relative_to(root).parts[0] in ("notebooks", "data")
    }


def test_incremental_and_byte_identical(root):
    said = []
    assert run.run_all(root, said.append) == ["00-first", "01-second"]
    assert (root / "data/processed/two.csv").read_text() == "A\nA\n"
    assert "MSCREVIEW_OUT" not in os.environ
    after = contents(root)
    assert not [name for name in after if name.endswith(".part")]

    assert run.run_all(root, said.append) == []
    assert said[-1].startswith("Nothing to do")

    # Forgetting that they ran makes them run again: not one byte changes.
    (root / "build" / "state.json").unlink()
    assert run.run_all(root, said.append) == ["00-first", "01-second"]
    assert contents(root) == after
    assert b"papermill" not in after["notebooks/00-first.ipynb"]
    assert b"iopub" not in after["notebooks/00-first.ipynb"]
    assert str(root).encode() not in after["notebooks/00-first.ipynb"]

    # A changed notebook runs again with those after it, and not with those before.
    book = notebook.read(root / "notebooks" / "01-second.ipynb")
    book["cells"][-1]["source"] = SECOND.replace("two", "deux")
    notebook.write(book, root / "notebooks" / "01-second.ipynb")
    assert run.run_all(root, said.append) == ["01-second"]
    assert (root / "data/processed/deux.csv").read_text() == "A\nA\n"
    assert not (root / "data/processed/two.csv").exists(), "a table nobody writes any more must go"


def test_staleness_follows_every_input(root):
    books = run.notebooks(root)
    before = run.fingerprints(root, books)
    (root / "data/raw/extra.nbib").write_text("PMID- 1")
    with_export = run.fingerprints(root, books)
    (root / "src/new.py").write_text("x = 1")
    with_module = run.fingerprints(root, books)
    (root / "requirements.lock").write_text("numpy==2")
    with_lock = run.fingerprints(root, books)
    for name in before:
        assert len({before[name], with_export[name], with_module[name], with_lock[name]}) == 4

    write_book(root, "01-second", SECOND, kernelspec={"name": "other"})
    assert run.fingerprints(root, books) == with_lock, "metadata is no input"
    write_book(root, "00-first", FIRST + "\n1")
    assert not set(run.fingerprints(root, books).values()) & set(with_lock.values())


def test_a_failure_loses_nothing_and_says_where(root, capsys):
    (root / "data/processed/one.csv").write_text("kept\n")
    write_book(root, "01-second", "before = 1", "{}['no such outcome']")
    before = contents(root)
    with pytest.raises(RunError) as failure:
        run.run_all(root, lambda line: None)
    assert contents(root) == before
    said = str(failure.value)
    assert said.startswith("01-second: cell 5 (In [4]): {}['no such outcome']\nKeyError: 'no such outcome'")
    assert "build/failed/01-second.ipynb" in said
    assert (root / "build/failed/01-second.ipynb").exists()
    assert not (root / "build/state.json").exists()
    assert sorted(path.name for path in (root / "build").iterdir()) == ["failed"]


def test_a_warning_on_stderr_is_an_error(root):
    write_book(root, "00-first", "import warnings\nwarnings.warn('careful')")
    with pytest.raises(RunError, match=r"00-first: cell 4 wrote to stderr: .*careful"):
        run.run_all(root, lambda line: None)


def test_two_notebooks_cannot_write_one_table(root):
    write_book(root, "01-second", "_ = (out / 'one.csv').write_text('mine')")
    with pytest.raises(RunError, match=r"01-second writes what another .*one.csv \(00-first\)"):
        run.run_all(root, lambda line: None)
    assert list((root / "data/processed").iterdir()) == []


def test_one_runs_on_tables_as_they_stand(root):
    (root / "data/processed/one.csv").write_text("by hand\n")
    said = []
    assert run.run_one(root, "01", said.append) == ["01-second"]
    assert (root / "data/processed/two.csv").read_text() == "by hand\nby hand\n"
    assert "stale" in said[0]
    # What ran on stale tables is not taken for a full run.
    plan = run._plan(root)
    assert not run._fresh(root, plan.books[1], plan)


@pytest.mark.parametrize("number", ["", "7", "42"])
def test_one_names_the_notebooks_there_are(root, number):
    with pytest.raises(RunError, match=r"there are 00, 01"):
        run.run_one(root, number, lambda line: None)


def test_other_raw_material_leaves_results_alone(root, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "exports").mkdir()
    (elsewhere / "exports" / "sheet.csv").write_text("b\n")
    before = contents(root)
    monkeypatch.chdir(elsewhere)
    run.run_elsewhere(root, run.Path("exports"), run.Path("results"), lambda line: None)
    assert contents(root) == before
    results = elsewhere / "results"
    assert (results / "two.csv").read_text() == "B\nB\n"
    book = (results / "notebooks" / "01-second.ipynb").read_text()
    assert f'out_dir = \\"{results}\\"' in book
    assert str(root) not in book


@pytest.mark.parametrize("out", ["data/processed", "data/processed/x", "data", ".", "..", "notebooks"])
def test_results_never_go_where_they_would_overwrite(root, out):
    with pytest.raises(RunError, match="OUT="):
        run.run_elsewhere(root, root / "data/raw", root / out, lambda line: None)


def test_raw_must_be_a_folder(root):
    with pytest.raises(RunError, match=r"RAW=.* is not a folder"):
        run.run_elsewhere(root, root / "nowhere", root / "results", lambda line: None)


def test_raw_alone_is_refused(capsys):
    assert run.main(["all", "--raw", "somewhere"]) == 1
    assert "RAW needs OUT" in capsys.readouterr().err


def test_unknown_parameter_is_an_error(root):
    book = notebook.read(root / "notebooks" / "00-first.ipynb")
    notebook.check_parameters(book, {"raw_dir": "x", "out_dir": "y"})
    with pytest.raises(RunError, match="unknown parameter rawdir; the notebook has out_dir, raw_dir"):
        notebook.execute(book, root / "never.ipynb", {"rawdir": "x"}, cwd=root)
    assert not (root / "never.ipynb").exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"nbformat_minor": 5, "cells": [{}]}', "<html>"])
def test_what_is_no_notebook_is_named(root, text):
    (root / "notebooks" / "01-second.ipynb").write_text(text)
    with pytest.raises(RunError, match=r"01-second\.ipynb: not a notebook"):
        run.fingerprints(root, run.notebooks(root))


def test_cell_ids_are_given_once_and_stay(root):
    path = write_book(root, "00-first", FIRST)
    ids = [cell["id"] for cell in notebook.read(path)["cells"]]
    assert ids == ["cell-00", "cell-01", "cell-02", "cell-03"]
    book = notebook.read(path)
    book["cells"][0]["id"] = book["cells"][1]["id"] = "mine"
    path.write_text(json.dumps(book))
    assert [cell["id"] for cell in notebook.read(path)["cells"]] == ["mine", "cell-01", "cell-02", "cell-03"]


def test_new_review_takes_the_machinery_and_leaves_the_answers(repo, root, tmp_path_factory):
    for name in ("Makefile", "requirements.lock", "LICENSE"):
        (root / name).write_bytes((repo / name).read_bytes())
    (root / "src/x.py").write_text("x = 1\n")
    (root / "data/raw/curation.csv").write_text("table,key\nstudies,s1\n")
    (root / "data/raw/search.nbib").write_text("PMID- 1")
    (root / "data/processed/one.csv").write_text("A\n")
    target = tmp_path_factory.mktemp("fork") / "mine"
    fork.new_review(root, str(target))
    assert (target / "Makefile").exists()
    assert (target / "src/x.py").exists()
    assert (target / "data/raw/curation.csv").read_text() == "table,key\n"
    assert not (target / "data/raw/search.nbib").exists()
    assert not (target / "data/processed").exists()
    cells = notebook.read(target / "notebooks/00-first.ipynb")["cells"]
    assert all(not cell["outputs"] for cell in cells if cell["cell_type"] == "code")
    with pytest.raises(RunError, match="not an empty folder"):
        fork.new_review(root, str(target))
    with pytest.raises(RunError, match="inside this review"):
        fork.new_review(root, str(root / "sub"))
    with pytest.raises(RunError, match="DEST"):
        fork.new_review(root, "")


def test_new_review_protocol_is_valid(repo):
    from mscreview.project import read_protocol

    protocol = read_protocol(repo / "src" / "mscreview" / "new_review.toml")
    assert protocol.review.id == "my-review"
    reasons = [rule.reason for rule in protocol.screening]
    assert "systematic review" in reasons, "the reason under which other reviews are read for their results"


def test_new_review_template_tells_every_key_of_an_outcome(repo):
    from mscreview.project import Outcome

    told = (repo / "src" / "mscreview" / "new_review.toml").read_text(encoding="utf-8")
    assert [key for key in Outcome.model_fields if key not in told] == ["tau_scale"]
