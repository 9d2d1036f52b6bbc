"""The tables the notebooks write from raw in this run are the committed ones, byte for byte.

Pictures are left out (fonts differ between machines), also those inside the report.
"""

import re

import pytest

PICTURES = {".png", ".svg", ".pdf"}
INLINE_PICTURE = re.compile(rb"data:image/[^\"')]+|<svg\b.*?</svg>", re.DOTALL)


def tables(folder):
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {path.relative_to(folder).as_posix(): path for path in files if path.suffix not in PICTURES}


def first_difference(committed, again):
    """None where two files say the same, else the first line that differs."""
    one, two = (INLINE_PICTURE.sub(b"", path.read_bytes()) for path in (committed, again))
    if one == two:
        return None
    lines = [text.decode("utf-8", "replace").split("\n") for text in (one, two)]
    longest = max(map(len, lines))
    was, now = ([*part, *["<end of file>"] * (longest - len(part))] for part in lines)
    at = next((i for i in range(longest) if was[i] != now[i]), None)
    if at is None:
        return f"{committed.name}: line ends or bytes that are no text differ"
    return f"{committed.name}, line {at + 1}:\n  committed: {was[at][:300]}\n  from raw:  {now[at][:300]}"


def test_tables_reproduce(repo, scratch):
    committed, again = tables(repo / "data" / "processed"), tables(scratch)
    assert committed, "no committed tables; run make all"
    problems = [f"{name}: committed, but no notebook writes it" for name in sorted(set(committed) - set(again))]
    problems += [f"{name}: written from raw, but not committed" for name in sorted(set(again) - set(committed))]
    both = sorted(set(committed) & set(again))
    problems += [said for name in both if (said := first_difference(committed[name], again[name]))]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("committed", "again", "said"),
    [
        (b"a,b\n1,2\n", b"a,b\n1,2\n", None),
        (b"a,b\n1,2\n", b"a,b\n1,3\n", "t.csv, line 2:\n  committed: 1,2\n  from raw:  1,3"),
        (b"a\n", b"a\n\n", "t.csv, line 3:\n  committed: <end of file>\n  from raw:  "),
        (b'<img src="data:image/png;base64,AA">x', b'<img src="data:image/png;base64,BB">x', None),
    ],
)
def test_first_difference_is_named(tmp_path, committed, again, said):
    files = tmp_path / "t.csv", tmp_path / "again.csv"
    for path, text in zip(files, (committed, again), strict=True):
        path.write_bytes(text)
    assert first_difference(*files) == said
