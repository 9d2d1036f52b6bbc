"""From facts and sheets to tables: units, competing values, sheets with errors, curation, arms."""

import math

import pandas as pd
import pytest

from mscreview.clean import sheets as sh
from mscreview.clean.arms import rosters
from mscreview.clean.candidates import OWN_TEXT, REVIEW_TABLE, Candidate, resolve
from mscreview.clean.facts import curated
from mscreview.clean.spread import mean_sd
from mscreview.clean.units import dose, in_unit, outcome_id
from mscreview.project import Paths, read_protocol
from mscreview.tables import TableError

CURATION = ["table", "key", "field", "value", "reason", "by", "on", "source"]


@pytest.fixture(scope="module")
def protocol():
    return read_protocol(Paths().protocol_file)


def curation(*rows):
    made = [
        dict(zip(CURATION, (*row, "reason", "me", "2026-01-01", f"raw:curation.csv#{i}"), strict=True))
        for i, row in enumerate(rows, 1)
    ]
    return pd.DataFrame(made, columns=CURATION)


@pytest.mark.parametrize(
    "outcome, value, unit, expected",
    [
        ("albumin", 3.4, "g/dL", 34.0),
        ("albumin", 34.0, "g/L", 34.0),
        ("bilirubin", 2.0, "mg/dL", 34.2),
        ("bilirubin", 30.0, "μmol/L", 30.0),
        ("albumin", 3.4, None, 34.0),  # only g/dL makes it plausible
        ("albumin", 34.0, None, 34.0),
        ("bilirubin", 30.0, None, None),  # 30 umol/L or 30 mg/dL: not guessed
        ("meld", 14.0, None, 14.0),
        ("albumin", 3.4, "furlongs", None),
    ],
)
def test_values_in_the_outcomes_unit(protocol, outcome, value, unit, expected):
    found = in_unit(protocol.outcomes[outcome], value, unit)
    assert found is expected if expected is None else found == pytest.approx(expected)


@pytest.mark.parametrize(
    "name, key", [("ALB (g/L)", "albumin"), ("Serum albumin", "albumin"), ("总胆红素", "bilirubin"), ("height", "")]
)
def test_names_mean_outcomes(protocol, name, key):
    assert outcome_id(name, protocol) == key


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1e6/kg", (None, 1e6)),
        ("5e7 cells", (5e7, None)),
        ("median 1.95e8 cells (1.2e8-2.95e8)", (1.95e8, None)),
        ("0.5e6-1.0e6/kg", (None, None)),
        (">=2e7 cells", (None, None)),
        ("1.2e7-6.2e7 per mL", (None, None)),
        ("low; medium; high", (None, None)),
        ("2.5e6/kg; 5e6/kg", (None, None)),
        ("0.47e8 +/- 0.15e8/kg", (None, 0.47e8)),
        (None, (None, None)),
    ],
)
def test_doses_that_are_one_number(text, expected):
    assert dose(text) == expected


def test_the_own_text_wins_and_the_conflict_is_listed():
    found = [
        Candidate("s", "", "n_total", 40, "raw:t#1", REVIEW_TABLE),
        Candidate("s", "", "n_total", 45.0, "fact:f1", OWN_TEXT),
        Candidate("s", "", "n_total", "45", "fact:f2", OWN_TEXT),
    ]
    resolved, conflicts = resolve(found, curation(), "studies")
    assert resolved[("s", "", "n_total")].value == 45.0
    assert [c["candidates"] for c in conflicts] == ["45 | 40"]
    assert conflicts[0]["resolved_by"] == "own source before others"


def test_curation_wins_over_all_and_may_leave_blank():
    found = [Candidate("s", "a", "route", "iv", "fact:f1"), Candidate("s", "a", "route", "artery", "fact:f2")]
    settled = curation(("arms", "s|a", "route", "artery"), ("arms", "s|a", "donor", None))
    resolved, conflicts = resolve(found, settled, "arms")
    assert resolved[("s", "a", "route")].value == "artery"
    assert resolved[("s", "a", "route")].curated
    assert resolved[("s", "a", "donor")].value is None
    assert conflicts[0]["resolved_by"] == "raw:curation.csv#1"


@pytest.mark.parametrize(
    "printed, expected",
    [
        ((10, 2.0, None, None, 25, "sd", False), (10, 2.0, "reported")),
        ((10, 0.4, None, None, 25, "se", False), (10, 2.0, "se")),
        ((10, 2.0, None, None, 25, "unknown", False), (10, None, None)),
        ((10, 0.4, None, None, None, "se", False), (10, None, None)),
    ],
)
def test_spread_by_named_routes(printed, expected):
    assert mean_sd(*printed) == pytest.approx(expected) if expected[1] else mean_sd(*printed) == expected


def test_quartiles_give_a_mean_and_an_sd_that_say_so():
    mean, sd, route = mean_sd(12.0, None, 10.0, 14.0, 50, "iqr", True)
    assert route == "iqr"
    assert mean == pytest.approx(12.0)
    assert sd == pytest.approx(4 / 1.35, rel=0.05)


def test_a_sheet_names_every_bad_cell_at_once(tmp_path):
    header = "row,study_id,arm_id,outcome,weeks,events,n,how,source_url,place\n"
    path = tmp_path / "fulltext_binary.csv"
    path.write_text(header + "1,s,a,death,many,1,30,counted,u,p\n2,s,a,death,4,two,x,counted,u,p\n", encoding="utf-8")
    with pytest.raises(TableError) as error:
        sh.sheet(path, "fulltext_binary")
    said = str(error.value)
    for part in ("row 1, column 'weeks': 'many'", "row 2, column 'events': 'two'", "row 2, column 'n': 'x'"):
        assert part in said
    assert "fulltext_binary.csv" in said


def test_a_sheet_refuses_words_that_are_not_allowed(tmp_path):
    path = tmp_path / "curation.csv"
    path.write_text("table,key,field,value,reason,by,on\nfoo,k,f,v,r,b,o\n", encoding="utf-8")
    with pytest.raises(TableError, match="row 1, column 'table': 'foo' is not one of"):
        sh.load(tmp_path)


def test_absent_sheets_are_empty(tmp_path):
    loaded = sh.load(tmp_path)
    assert loaded.published.empty and "source" in loaded.published


def facts(**columns):
    frame = pd.DataFrame({"record_id": ["r", "r"], "quote": ["5 of 9", "5 of 9"], "start": [3, 30], "arm": ["", ""]})
    return frame.assign(weeks=math.nan, outcome="", **{"kind": "events"} | columns)


def test_a_reviewer_settles_one_of_two_equal_quotes():
    settled = curated(facts(), curation(("facts", "r|5 of 9|2", "arm", "cells"), ("facts", "r|5 of 9", "weeks", "12")))
    assert settled["arm"].tolist() == ["", "cells"]
    assert settled["weeks"].tolist() == [12.0, 12.0]


def test_a_settled_name_of_an_arm_holds_for_every_value_under_it():
    told = facts(kind=["arm", "mean"]).assign(quote=["the A group", "5.1"], arm="A group")
    settled = curated(told, curation(("facts", "r|the A group", "arm", "cells")))
    assert settled["arm"].tolist() == ["cells", "cells"]


def test_curation_that_points_nowhere_is_named():
    with pytest.raises(TableError, match=r"curation.csv#1.*points to no fact"):
        curated(facts(), curation(("facts", "r|6 of 9", "arm", "cells")))


def named(*arms):
    rows = [
        {"study_id": "s", "record_id": "s", "kind": "arm", "arm": name, "value_text": role, "fact_id": f"f{i}"}
        for i, (name, role) in enumerate(arms)
    ]
    return pd.DataFrame(rows, columns=["study_id", "record_id", "kind", "arm", "value_text", "fact_id"])


def test_arms_take_the_ids_of_the_sheets(protocol, tmp_path):
    empty = sh.load(tmp_path)
    roster = rosters(named(("MSC group", "treated"), ("controls", "control")), empty, ["s"], protocol)["s"]
    assert roster.roles == {"treated": "treated", "control": "control"}
    assert roster.arm_of("MSC group") == "treated"
    assert roster.arm_of("") == ""


def test_a_study_with_one_arm_owns_every_value(protocol, tmp_path):
    roster = rosters(named(), sh.load(tmp_path), ["s"], protocol)["s"]
    assert roster.arm_of("") == "treated"


def test_an_arm_name_nobody_can_place_is_kept_for_the_conflicts(protocol, tmp_path):
    both = named(("MSC group", "treated"), ("physiotherapy", ""), ("controls", "control"))
    roster = rosters(both, sh.load(tmp_path), ["s"], protocol)["s"]
    assert [name for name, _ in roster.unplaced] == ["physiotherapy"]


def test_several_dose_levels_are_not_one_dose():
    found = [Candidate("s", "a", "cells_per_dose", v, f"fact:f{v:g}") for v in (5e7, 1e8)]
    resolved, conflicts = resolve(found, curation(), "arms", single=("cells_per_dose",))
    assert resolved[("s", "a", "cells_per_dose")].value is None
    assert conflicts[0]["candidates"] == "50000000 | 100000000"
    assert conflicts[0]["resolved_by"] is None
