"""The contracts: every problem is named at once, and what is written reads back the same."""

import json

import pandas as pd
import pytest

from mscreview import tables


def flow(**changes):
    frame = pd.DataFrame({"box": ["b", "a"], "label": ["later", "first"], "n": [3, 10], "parent": ["a", None]})
    return frame.assign(**changes)


def test_rows_are_typed_ordered_and_sorted_by_key():
    checked = tables.check(flow()[["parent", "n", "label", "box"]], "flow")
    assert list(checked.columns) == ["box", "label", "n", "parent"]
    assert checked["box"].tolist() == ["a", "b"]
    assert str(checked["n"].dtype) == "Int64"


def test_all_problems_are_named_at_once_with_row_column_and_value():
    with pytest.raises(tables.TableError) as error:
        tables.check(flow(box=["x", "x"], n=["many", 2.5]), "flow", where="flow.csv")
    said = str(error.value)
    assert "flow.csv: row 1, column 'n': 'many' is not a whole number" in said
    assert "flow.csv: row 2, column 'n': 2.5 is not a whole number" in said
    assert "row 2: key box=x stands twice" in said


def test_unknown_and_missing_columns_are_named():
    with pytest.raises(tables.TableError, match=r"column 'n' is missing(.|\n)*'extra' is not in the contract"):
        tables.check(flow(extra=1).drop(columns="n"), "flow")


def test_a_value_that_is_not_allowed_is_refused():
    frame = pd.DataFrame({c: [None] for c in tables.contracts()["screening"].names})
    frame = frame.assign(record_id="r1", decision="perhaps", decided_by="rule")
    with pytest.raises(tables.TableError, match="'perhaps' is not one of include, exclude, unclear"):
        tables.check(frame, "screening")


def test_file_round_trip_is_exact_and_utf8_lf(tmp_path):
    path = tmp_path / "flow.csv"
    tables.write(flow(label=['中文, "quoted"\nline', "β ± 1"]), path, "flow")
    first = path.read_bytes()
    again = tables.read(path, "flow")
    tables.write(again, path, "flow")
    assert path.read_bytes() == first
    assert b"\r" not in first
    assert again["label"].tolist()[1] == '中文, "quoted"\nline'
    assert not list(tmp_path.glob(".*"))


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "flow.csv"
    tables.write(flow(), path, "flow")
    before = path.read_bytes()
    with pytest.raises(tables.TableError):
        tables.write(flow(n=["x", "y"]), path, "flow")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content, said", [(b"box,label\n\xff\xfe,1\n", "not UTF-8 at byte 10"), (b"", "not a CSV table")]
)
def test_unreadable_files_are_named(tmp_path, content, said):
    path = tmp_path / "flow.csv"
    path.write_bytes(content)
    with pytest.raises(tables.TableError, match=said) as error:
        tables.read(path, "flow")
    assert "flow.csv" in str(error.value)


def test_a_byte_order_mark_is_read_past(tmp_path):
    path = tmp_path / "flow.csv"
    path.write_bytes("\ufeffbox,label,n,parent\na,first,1,\n".encode())
    assert tables.read(path, "flow")["box"].tolist() == ["a"]


def test_every_contract_is_complete():
    for contract in tables.contracts().values():
        assert contract.key and set(contract.key) <= set(contract.names), contract.name
        assert all(column.about for column in contract.columns), contract.name


def test_datapackage_and_description_name_every_column():
    package = tables.datapackage("review", "A review", list(tables.contracts()))
    described = tables.describe()
    json.dumps(package)
    assert len(package["resources"]) == len(tables.contracts())
    for contract in tables.contracts().values():
        assert f"## {contract.name}\n" in described
        for name in contract.names:
            assert f"{name} |" in described or f"**{name}** |" in described


def test_data_readme_is_the_generated_description(repo):
    assert (repo / "data" / "README.md").read_text(encoding="utf-8") == tables.describe()
