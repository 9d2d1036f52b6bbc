"""The listing tells the way: folders of extraction name their rooms, data flows one way, no room is much too large."""

import ast
from pathlib import Path

import pytest

import mscreview

ROOT = Path(mscreview.__file__).parent
FOLDERS = sorted(path.parent for path in (ROOT / "extract").glob("*/__init__.py"))
LARGEST = 330  # lines: a room is split by concept, about 300 is where one looks for the seam


def _imported(path):
    """Modules of the library that a file imports, as paths of names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mscreview"):
            yield from ((*node.module.split("."), alias.name) for alias in node.names)


def _places(depth):
    """Which stage (or folder of one) needs which others."""
    needs = {}
    for path in ROOT.rglob("*.py"):
        own = ("mscreview", *path.relative_to(ROOT).with_suffix("").parts)[:depth]
        needs.setdefault(own, set()).update(name[:depth] for name in _imported(path) if len(name) >= depth)
    return {own: others - {own} for own, others in needs.items()}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_folder_of_extraction_names_its_rooms(folder):
    told = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    rooms = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert rooms == {room for room in rooms if f"`{room}`" in told}


@pytest.mark.parametrize("depth", [2, 3], ids=["stages", "folders"])
def test_no_place_reaches_back(depth):
    needs = _places(depth)
    while free := {place for place, others in needs.items() if not others & needs.keys()}:
        needs = {place: others for place, others in needs.items() if place not in free}
    assert needs == {}


def test_no_room_is_much_too_large():
    sizes = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in ROOT.rglob("*.py")}
    assert {name: lines for name, lines in sizes.items() if lines > LARGEST} == {}
