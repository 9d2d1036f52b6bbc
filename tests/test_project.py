"""The protocol and the folders: a wrong protocol says everything that is wrong with it."""

import pytest

from mscreview.project import Paths, ProtocolError, read_protocol

MINIMAL = """
[review]
id = "x"
title = "t"
question = "q"
population = "p"
intervention = "i"
comparator = "c"
outcomes = "o"
studies = "s"
[[windows]]
id = "w1"
label = "one"
at = 1
low = 0
high = 2
[arms]
treated = ["treated"]
control = ["control"]
[outcomes.fever]
label = "Fever"
kind = "binary"
better = "lower"
synonyms = ["fever"]
"""


def written(tmp_path, text):
    path = tmp_path / "protocol.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_windows_hold_their_weeks(tmp_path):
    protocol = read_protocol(written(tmp_path, MINIMAL))
    assert [protocol.window(w) for w in (0, 1.9, 2, -1)] == ["w1", "w1", "", ""]


def test_equal_protocols_are_interchangeable_keys(tmp_path):
    one, two = (read_protocol(written(tmp_path, MINIMAL)) for _ in range(2))
    assert {one: 1}[two] == 1


@pytest.mark.parametrize(
    "change, said",
    [
        (("[arms]", "[arms]\ncolour = 1"), "arms.colour: unknown key"),
        (('kind = "binary"', 'kind = "ordinal"'), "outcomes.fever.kind.*'ordinal'"),
        (("high = 2", "high = -2"), "window w1"),
        (("[arms]", "[arms"), "not TOML"),
        (('synonyms = ["fever"]', 'synonyms = ["fever"]\ncomplement_of = "chill"'), "no outcome 'chill'"),
        (
            ("[arms]", '[[screening]]\nid="a"\nkind="exclude"\nreason="r"\nany=["("]\n[arms]'),
            "not a regular expression",
        ),
    ],
)
def test_a_wrong_protocol_is_named(tmp_path, change, said):
    path = written(tmp_path, MINIMAL.replace(*change))
    with pytest.raises(ProtocolError, match=said) as error:
        read_protocol(path)
    assert "protocol.toml" in str(error.value)


def test_all_problems_of_a_protocol_at_once(tmp_path):
    text = MINIMAL.replace('better = "lower"', 'better = "sideways"').replace("[arms]", "[arms]\nextra = 1")
    with pytest.raises(ProtocolError) as error:
        read_protocol(written(tmp_path, text))
    assert "sideways" in str(error.value) and "arms.extra" in str(error.value)


def test_a_missing_protocol_is_named(tmp_path):
    with pytest.raises(ProtocolError, match="cannot be read"):
        read_protocol(tmp_path / "none.toml")


def test_paths_come_from_parameters_then_environment_then_checkout(tmp_path, monkeypatch):
    monkeypatch.delenv("MSCREVIEW_RAW", raising=False)
    monkeypatch.setenv("MSCREVIEW_OUT", str(tmp_path / "out"))
    assert Paths.of().raw == Paths().raw
    assert Paths.of().out == (tmp_path / "out").resolve()
    assert Paths.of(out_dir=str(tmp_path / "mine")).out == (tmp_path / "mine").resolve()
    assert Paths.of(raw_dir=str(tmp_path)).protocol_file == Paths().protocol_file
    (tmp_path / "protocol.toml").write_text(MINIMAL, encoding="utf-8")
    assert Paths.of(raw_dir=str(tmp_path)).protocol_file == tmp_path.resolve() / "protocol.toml"
