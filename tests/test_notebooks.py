"""The form of the notebooks, checked from their JSON: short cells, prose, one question each, outputs kept."""

import ast
import io
import json
import re
import statistics
import tokenize
from pathlib import Path

import pytest

BOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
NBVAL_ESCAPE = re.compile(r"#\s*(NBVAL_|PYTEST_VALIDATE_)")
PATH_LIKE = re.compile(r"(^|\s)(\.{0,2}|~)/[A-Za-z]|\b(data|raw|processed|figures|src|notebooks|tests)/|\\\\|[A-Z]:\\")
CHANCE = re.compile(r"\bat 0x[0-9a-f]{6,}|/(home|Users|tmp|root|private)/")
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")

every_book = pytest.mark.parametrize("path", BOOKS, ids=[path.stem for path in BOOKS])


def cells(path, kind):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def problems_of_code(text):
    """What a cell of a notebook may not hold."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return [f"no plain Python (a magic?): {error.text}"]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(f"defines {node.name}")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {getattr(node, "module", None), *(alias.name for alias in node.names)}
            found += [f"imports {name}" for name in sorted(names & {"os", "pathlib", "glob"} - {None})]
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PATH_LIKE.search(node.value):
            found.append(f"holds a path: {node.value!r}")
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found += ["holds a ;" for token in tokens if token.type == tokenize.OP and token.string == ";"]
    found += ["tells nbval to look away" for _ in NBVAL_ESCAPE.findall(text)]
    return found


def test_there_are_ten_in_one_unbroken_row():
    assert [path.name[:3] for path in BOOKS] == [f"{number:02d}-" for number in range(10)]


@every_book
def test_first_cell_asks_and_answers(path):
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    assert first["cell_type"] == "markdown"
    title, *rest = source(first).split("\n")
    assert re.fullmatch(rf"# {path.name[:2]} · \S.*\?", title)
    for label in ("Reads", "Writes", "Answer"):
        assert re.search(rf"(?m)^(- )?\*+{label}\b.{{3,}}", "\n".join(rest)), f"first cell has no *{label}* line"


@every_book
def test_last_cell_says_what_was_learned(path):
    last = json.loads(path.read_text(encoding="utf-8"))["cells"][-1]
    assert last["cell_type"] == "markdown"
    assert len(WORD.findall(source(last))) >= 20


@every_book
def test_cells_are_few_and_short(path):
    code = cells(path, "code")
    lengths = [len(source(cell).strip().split("\n")) for cell in code]
    assert 8 <= len(code) <= 16
    assert max(lengths) <= 15
    assert statistics.median(lengths) <= 5
    assert len(cells(path, "markdown")) >= len(code)


@every_book
def test_prose_is_a_chapter(path):
    words = sum(len(WORD.findall(source(cell))) for cell in cells(path, "markdown"))
    assert 400 <= words <= 900


@every_book
def test_code_is_plain(path):
    found = {i: said for i, cell in enumerate(cells(path, "code")) if (said := problems_of_code(source(cell)))}
    assert found == {}


@every_book
def test_one_parameters_cell_with_defaults(path):
    code = cells(path, "code")
    tagged = [cell for cell in code if "parameters" in cell["metadata"].get("tags", [])]
    assert [source(cell).split() for cell in tagged] == [["raw_dir", "=", "None", "out_dir", "=", "None"]]
    assert tagged[0]["outputs"] == []
    other = {tag for cell in code for tag in cell["metadata"].get("tags", [])} - {"parameters"}
    assert other == set(), "no injected parameters, no tag that tells nbval to look away"


@every_book
def test_every_cell_ran_in_order_and_kept_its_outputs(path):
    code = cells(path, "code")
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell["outputs"]]
    assert outputs, "outputs are the reading copy"
    assert {output["output_type"] for output in outputs} <= {"stream", "display_data", "execute_result"}
    assert [output for output in outputs if output.get("name") == "stderr"] == []


@every_book
def test_outputs_hold_nothing_by_chance(path):
    """No memory address and no folder of one machine: they would differ on the next run."""
    shown = [
        "".join(text)
        for cell in cells(path, "code")
        for output in cell["outputs"]
        for kind, text in (output.get("data") or {"text": output.get("text", "")}).items()
        if kind.startswith("text")
    ]
    assert [match.group() for text in shown for match in CHANCE.finditer(text)] == []


@every_book
def test_run_leaves_no_trace(path):
    book = json.loads(path.read_text(encoding="utf-8"))
    assert set(book["metadata"]) == {"kernelspec", "language_info"}
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    assert "version" not in book["metadata"]["language_info"]
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids)
    assert {key for cell in book["cells"] for key in cell["metadata"]} <= {"tags"}


@every_book
def test_size(path):
    assert path.stat().st_size < 400_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f():\n    pass", "defines f"),
        ("class A: pass", "defines A"),
        ("%matplotlib inline", "no plain Python"),
        ("!ls", "no plain Python"),
        ("frame.plot();", "holds a ;"),
        ("read('../data/raw/x.csv')", "holds a path"),
        ("read('data/raw')", "holds a path"),
        ("read('/tmp/x')", "holds a path"),
        ("from pathlib import Path", "imports pathlib"),
        ("import os", "imports os"),
        ("1  # NBVAL_IGNORE_OUTPUT", "tells nbval to look away"),
    ],
)
def test_rules_for_code_bite(text, said):
    assert [problem for problem in problems_of_code(text) if said in problem]


@pytest.mark.parametrize("text", ["frame.query('unit == \"g/L\"')", "'10^9/L'", "paths.table('records')", "'a; b'"])
def test_rules_for_code_let_plain_code_pass(text):
    assert problems_of_code(text) == []
