"""Decisions by rule, by link and by hand; studies of several reports; the flow and what leaves for other tools."""

# Raw material stands here in the lines its formats print.

import csv
import io

import numpy as np
import pandas as pd
import pytest

from mscreview import records, tables
from mscreview.project import Rule
from mscreview.records import RecordError
from mscreview.records.flow import check_flow
from mscreview.records.screening import judge

RULES = (
    Rule(id="x-plan", kind="exclude", reason="protocol", where=("title", "publication_types"), any=("study protocol",)),
    Rule(
        id="x-lab", kind="exclude", reason="not in people", any=(r"\brats?\b", "大鼠"), unless=("volunteers", "志愿者")
    ),
    Rule(id="r-drug", kind="require", reason="wrong drug", any=("zinc", "锌")),
    Rule(id="r-people", kind="require", reason="nobody treated", any=("adults", "children", "患者")),
)


class Plan:
    screening = RULES


def record(key, **fields):
    blank = dict.fromkeys(tables.contracts()["records"].names)
    abstract = fields.get("abstract", "Zinc was given to adults.")
    base = {
        "record_id": key,
        "source_file": "a.ris",
        "source_row": 1,
        "format": "ris",
        "title": "A trial",
        "year": 2019,
    }
    return {**blank, **base, **fields, "abstract": abstract}


def table(*rows):
    return tables.check(pd.DataFrame(list(rows)), "records")


def screened(*rows, **extra):
    return records.screen(table(*rows), Plan, **extra).set_index("record_id")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("include", "", "r-drug; r-people", "Zinc was given to adults")),
        ({"title": "Zinc for colds: a Study Protocol"}, ("exclude", "protocol", "x-plan", "Study Protocol")),
        ({"publication_types": "Study protocol"}, ("exclude", "protocol", "x-plan", "Study protocol")),
        ({"abstract": "A study protocol of zinc in adults."}, ("include", "", "r-drug; r-people", "zinc in adults")),
        ({"abstract": "Zinc in rats."}, ("exclude", "not in people", "x-lab", "rats")),
        ({"abstract": "Zinc in rats and adults who were volunteers."}, ("include", "", "r-drug; r-people", "Zinc in rats and adults")),
        ({"abstract": "Honey for adults."}, ("exclude", "wrong drug", "r-drug", "")),
        ({"abstract": "Zinc dissolves."}, ("exclude", "nobody treated", "r-people", "")),
        ({"abstract": None, "title": "Zinc"}, ("unclear", "no abstract", "r-people", "")),
        ({"abstract": None, "title": "Zinc in children"}, ("include", "", "r-drug; r-people", "Zinc in children")),
        ({"abstract": "鋅含片給予患者。"}, ("include", "", "r-drug; r-people", "鋅含片給予患者")),
        ({"abstract": "Zinc study protocol in adults.", "title": None}, ("exclude", "protocol", "x-plan", "study protocol")),
    ],
)  # fmt: skip
def test_rules_in_order_with_the_words_that_decided(fields, expected):
    row = record("x", **fields)
    decision = judge(row, RULES)
    assert (decision.decision, decision.reason, decision.rule, decision.quote) == expected
    printed = "\n".join(str(row[c]) for c in ("title", "abstract", "publication_types"))
    assert decision.quote in printed


def test_a_quote_is_the_shortest_stretch_that_shows_all_requirements():
    text = "Zinc is a metal. It is heavy. Adults exist. Children were given zinc."
    assert judge(record("x", abstract=text), RULES).quote == "Children were given zinc"


def test_duplicates_follow_the_record_they_repeat():
    out = screened(record("a2019"), record("a2019b", duplicate_of="a2019", duplicate_reason="doi"))
    assert out.loc["a2019b", ["decision", "reason", "rule", "decided_by", "study_id"]].tolist() == [
        "exclude", "duplicate", "same doi", "link", "a2019",
    ]  # fmt: skip


def test_reports_with_one_registry_id_are_one_study_named_after_the_first():
    out = screened(
        record("late2021", year=2021, registry_ids="NCT1"),
        record("early2019", registry_ids="NCT1"),
        record("plan2017", year=2017, registry_ids="NCT1", title="Zinc: study protocol"),
        record("other2018", year=2018, registry_ids="NCT2"),
    )
    assert out["study_id"].to_dict() == {
        "late2021": "early2019", "early2019": "early2019", "plan2017": "early2019", "other2018": "other2018",
    }  # fmt: skip
    assert out.loc["late2021", ["decision", "reason"]].tolist() == ["include", "second report"]
    assert out.loc["plan2017", "decision"] == "exclude"


def test_a_review_that_lists_registry_ids_joins_no_studies():
    out = screened(
        record("one2019", registry_ids="NCT1"),
        record("two2020", year=2020, registry_ids="NCT2"),
        record("review2021", registry_ids="NCT1; NCT2", title="Not a study protocol"),
        record("pool2022", registry_ids="NCT1; NCT2; NCT3"),
    )
    assert out["study_id"].fillna("").to_dict() == {
        "one2019": "one2019", "two2020": "two2020", "review2021": "", "pool2022": "pool2022",
    }  # fmt: skip


def test_curation_says_which_study_a_record_reports():
    curation = pd.DataFrame(
        {"table": ["screening", "arms"], "key": ["b2020", "x|y"], "field": ["study_id", "n"], "value": ["a2019", "3"]}
    )
    out = screened(record("a2019"), record("b2020", year=2020), curation=curation)
    assert out.loc["b2020", ["study_id", "reason"]].tolist() == ["a2019", "second report"]
    curation.loc[0, ["field", "value"]] = ["decision", "nobody"]
    with pytest.raises(RecordError) as caught:
        screened(record("a2019"), record("b2020"), curation=curation)
    assert [("'decision'" in p, "'nobody'" in p) for p in caught.value.problems] == [(True, False), (False, True)]


def sheet(*rows):
    return pd.DataFrame(list(rows), columns=["record_id", "reviewer", "decision", "reason"])


def test_people_stand_above_the_rules():
    human = sheet(
        ("a2019", "ana", "exclude", "wrong dose"), ("a2019", "bo", "exclude", None),
        ("b2019", "ana", "include", None), ("b2019", "bo", "exclude", "x"),
        ("c2019", "ana", "include", None), ("c2019", "bo", "exclude", "x"), ("c2019", "consensus", "include", None),
    )  # fmt: skip
    out = screened(record("a2019"), record("b2019"), record("c2019"), record("d2019"), human=human)
    assert out["decision"].to_dict() == {"a2019": "exclude", "b2019": "unclear", "c2019": "include", "d2019": "include"}
    assert out["decided_by"].tolist() == ["human", "human", "human", "rule"]
    assert out.loc[["a2019", "b2019"], "reason"].tolist() == ["wrong dose", "reviewers disagree"]


def test_a_decision_sheet_names_every_bad_row():
    human = sheet(("a2019", "ana", "maybe", None), ("z", "ana", "include", None), ("a2019", "ana", "include", None))
    with pytest.raises(RecordError) as caught:
        screened(record("a2019"), human=human)
    assert len(caught.value.problems) == 3
    assert "row 1, column 'decision': 'maybe'" in caught.value.problems[0]
    assert "row 2, column 'record_id': 'z'" in caught.value.problems[1]
    assert "row 3: 'ana' decided 'a2019' twice" in caught.value.problems[2]


def two_reviewers(both_in, a_only, b_only, both_out):
    pairs = [("include", "include")] * both_in + [("include", "exclude")] * a_only
    pairs += [("exclude", "include")] * b_only + [("exclude", "exclude")] * both_out
    return sheet(
        *[(f"r{i}", who, said, None) for i, pair in enumerate(pairs) for who, said in zip("ab", pair, strict=True)]
    )


def test_kappa_of_two_reviewers():
    # 20, 5, 10, 15 of 50: po = 0.7, pe = 0.5, so kappa = 0.4 by hand; its standard error by the formula of
    # Fleiss, Cohen and Everitt (1969), eq. 13, worked out here from the proportions.
    (row,) = records.agreement(two_reviewers(20, 5, 10, 15)).to_dict("records")
    assert (row["n"], row["agreed"]) == (50, 35)
    assert row["kappa"] == pytest.approx(0.4, abs=1e-12)
    p = np.array([[0.4, 0.1], [0.2, 0.3]])
    rows, columns, k = p.sum(1), p.sum(0), 0.4
    a = sum(p[i, i] * (1 - (rows[i] + columns[i]) * (1 - k)) ** 2 for i in range(2))
    b = (1 - k) ** 2 * sum(p[i, j] * (columns[i] + rows[j]) ** 2 for i in range(2) for j in range(2) if i != j)
    pe = float(rows @ columns)
    se = np.sqrt((a + b - (k - pe * (1 - k)) ** 2) / (50 * (1 - pe) ** 2))
    assert row["se"] == pytest.approx(se, rel=1e-9)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((0.4 - 1.959964 * se, 0.4 + 1.959964 * se), rel=1e-6)


def test_kappa_says_why_where_there_is_none():
    (same,) = records.agreement(two_reviewers(5, 0, 0, 0)).to_dict("records")
    assert np.isnan(same["kappa"])
    assert "not defined" in same["note"]
    (constant,) = records.agreement(two_reviewers(5, 3, 0, 0)).to_dict("records")
    assert constant["kappa"] == 0
    assert np.isnan(constant["ci_low"])
    assert "decided alike throughout" in constant["note"]
    apart = sheet(("r1", "a", "include", None), ("r2", "b", "include", None))
    assert records.agreement(apart)["note"].tolist() == ["no record decided by both"]
    assert records.agreement(sheet(("r1", "a", "include", None))).empty


def test_labels_of_an_export_become_a_decision_sheet(tmp_path):
    path = tmp_path / "labelled.csv"
    path.write_text("title,abstract,doi,included\nA trial,Zinc.,10.1000/x,1\nAnother,Iron.,10.1000/y,0\n")
    known = table(record("a2019", doi="10.1000/x"), record("b2019", doi="10.1000/y"))
    out = records.labels(records.read(path), known, "labelled.csv")
    assert out[["record_id", "reviewer", "decision"]].to_numpy().tolist() == [
        ["a2019", "asreview", "include"], ["b2019", "asreview", "exclude"],
    ]  # fmt: skip
    with pytest.raises(RecordError, match="record 2: 'Another' is labelled but not in the table"):
        records.labels(records.read(path), known.iloc[:1], "labelled.csv")


ROWS = (
    record("a2019", registry_ids="NCT1"),
    record("b2020", year=2020, registry_ids="NCT1"),
    record("a2019b", duplicate_of="a2019", duplicate_reason="doi", source_file="b.ris"),
    record("c2019", title="Zinc: study protocol"),
    record("d2019", abstract="Honey for adults."),
    record("e2019", abstract="Zinc in rats."),
    record("f2019", abstract=None, title="Zinc"),
)


def counted():
    known = table(*ROWS)
    return known, records.screen(known, Plan)


def test_the_flow_counts_every_record_once():
    flow = records.flow(*counted()).set_index("box")["n"]
    assert flow.to_dict() == {
        "database_results": 7, "database_results:a.ris": 6, "database_results:b.ris": 1,
        "duplicates": 1, "duplicates:doi": 1, "records_screened": 6,
        "records_excluded": 1, "records_excluded:protocol": 1, "dbr_sought_reports": 5,
        "dbr_notretrieved_reports": 1, "dbr_notretrieved_reports:no abstract": 1, "dbr_assessed": 4,
        "dbr_excluded": 2, "dbr_excluded:not in people": 1, "dbr_excluded:wrong drug": 1,
        "new_reports": 2, "new_studies": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "box", ["records_screened", "dbr_excluded", "duplicates:doi", "new_reports", "database_results:a.ris"]
)
def test_a_flow_that_does_not_add_up_is_an_error(box):
    flow = records.flow(*counted())
    flow.loc[flow["box"] == box, "n"] += 1
    with pytest.raises(RecordError, match=box.partition(":")[0]):
        check_flow(flow)


def test_a_flow_of_tables_that_do_not_match_is_an_error():
    known, screening = counted()
    with pytest.raises(RecordError, match="'b2020' is not in both"):
        records.flow(known, screening[screening["record_id"] != "b2020"])


def test_the_flow_leaves_in_the_form_of_the_prisma_package():
    text = records.export("prisma", records.flow(*counted()))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["data", "node", "box", "description", "boxtext", "tooltips", "url", "n"]
    n = {row["data"]: row["n"] for row in rows}
    assert (n["database_results"], n["records_screened"], n["new_studies"], n["total_reports"]) == ("7", "6", "1", "2")
    assert n["dbr_excluded"] == "not in people, 1; wrong drug, 1"
    assert n["previous_studies"] == "0"


@pytest.mark.parametrize("form", ["ris", "csv"])
def test_what_leaves_for_other_tools_comes_back_the_same(tmp_path, form):
    known, screening = counted()
    known = known.assign(
        authors="Osei, Kofi; Lind A", doi="10.1000/x", pmid="77", journal="Test J", url="https://x.org/1"
    )
    path = tmp_path / f"out.{form}"
    path.write_text(records.export(form, known, screening), encoding="utf-8")
    back = records.read(path)
    for (_, row), record_ in zip(known.iterrows(), back, strict=True):
        assert (record_.title, record_.year, record_.doi, record_.pmid) == (
            row["title"],
            row["year"],
            "10.1000/x",
            "77",
        )
        assert record_.authors == ("Osei, Kofi", "Lind A")
        assert record_.abstract == ("" if pd.isna(row["abstract"]) else row["abstract"])
    decisions = {k: d for k, d in zip(screening["record_id"], screening["decision"], strict=True) if d != "unclear"}
    sheet_ = {k: r.labels[0].decision for k, r in zip(known["record_id"], back, strict=True) if r.labels}
    assert sheet_ == decisions


def test_an_unknown_form_is_refused():
    with pytest.raises(ValueError, match="no export form 'xlsx'"):
        records.export("xlsx", table(*ROWS))
