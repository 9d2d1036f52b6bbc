"""The agreement benchmark: it must catch a wrong number, and every offered cell of the reference folder must agree."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
import pooling_agree


@pytest.fixture
def folder(tmp_path):
    """A folder of two right records, one wrong one and one that is not offered."""
    (tmp_path / "data").mkdir()
    (tmp_path / "ref").mkdir()
    (tmp_path / "data" / "two.csv").write_text('"yi","vi"\n"0.1","0.5"\n"0.3","0.5"\n', "utf-8")
    base = {"dataset": "two", "k": 2, "method": "EE", "test": "z", "se": 0.5, "tau2": 0}
    records = [base | {"beta": 0.2}, base | {"beta": 0.2000001}, base | {"beta": 0.3}]
    records.append(base | {"method": "SJIT"})
    (tmp_path / "ref" / "b_rma_uni.json").write_text(json.dumps(records), "utf-8")
    (tmp_path / "ref" / "z_unknown.json").write_text("[{}]", "utf-8")
    return tmp_path


def test_wrong_numbers_are_counted_and_shown(folder):
    lines = list(pooling_agree.report(folder))
    assert lines[1].split() == ["b_rma_uni.json", "4", "3", "2", "1"]
    assert "not offered: no handler" in lines[2]
    assert sum("beta ours 0.2 reference 0.3" in line for line in lines) == 1
    assert sum("not offered (1): SJIT" in line for line in lines) == 1


@pytest.mark.parametrize(
    ("ours", "theirs", "gap"),
    [
        (1.0, 1.0, 0.0),
        (200.0, 202.0, 2 / 202),
        (0.001, 0.002, 0.001),
        ([1, None], [1, None], 0.0),
        ([1, 2], [1, None], float("inf")),
        ([1, 2], [1], float("inf")),
        (float("inf"), "Inf", 0.0),
        ({"a": 1, "b": [2, 3]}, {"a": 1, "b": [2, 4]}, 0.25),
    ],
)
def test_distance(ours, theirs, gap):
    assert pooling_agree.distance(ours, theirs) == pytest.approx(gap)


@pytest.mark.parametrize("name", ["a_escalc", "b_rma_uni", "c_mh_peto", "d_metareg", "i_conv"])
def test_every_offered_cell_of_the_reference_folder_agrees(shared, name):
    """What disagrees must carry its reason: a higher likelihood, or a model whose X spans no constant."""
    folder = shared / "bench" / "pooling"
    path = folder / "ref" / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    outcomes = pooling_agree.compare(path, pooling_agree.Context(folder))
    offered = [o for o in outcomes if not o.reason]
    assert offered
    unexplained = [o for o in offered if o.worst > 1e-7 and not o.what.endswith("]")]
    assert not unexplained, "\n".join(f"{o.label}: {o.what}" for o in unexplained)
