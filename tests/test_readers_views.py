"""What readers are shown of the early stages: counts by file, numbers no fact holds, coverage, why sources disagree."""

import pandas as pd
import pytest

from mscreview import clean, extract, records, show, tables
from mscreview.clean import coverage, disputes
from mscreview.extract import scores, unread
from mscreview.project import read_protocol
from mscreview.records import sources
from mscreview.show import question, tallies


@pytest.fixture(scope="module")
def protocol(repo):
    return read_protocol(repo / "tests" / "bcg_review" / "protocol.toml")


def conflict(study, arm, field, candidates, resolved_by=None):
    return {"study_id": study, "arm_id": arm, "field": field, "weeks": None, "candidates": candidates,
            "sources": "raw:x.csv#1 | raw:x.csv#2", "resolved_by": resolved_by}  # fmt: skip


def explained(*rows):
    table = tables.check(pd.DataFrame(rows, columns=tables.contracts()["conflicts"].names), "conflicts")
    curation = pd.DataFrame({"source": ["raw:curation.csv#4"], "reason": ["own abstract"]})
    return disputes.explained(table, curation)


@pytest.mark.parametrize(
    ("candidates", "other", "kind", "factor"),
    [
        ("30 | 15", "15 | 30", "arms swapped", 2),
        ("30 | 15", "15 | 14", "numbers differ", 2),
        ("845000000 | 750000", "7 | 9", "far apart", 1126.7),
        ("10 | 12", "", "numbers differ", 1.2),
        ("0 | 12", "", "numbers differ", None),
        ("one | 2", "", "words differ", None),
    ],
)
def test_kind_of_a_conflict(candidates, other, kind, factor):
    row = explained(conflict("s", "a", "n", candidates), conflict("s", "b", "n", other or "1 | 2")).iloc[0]
    assert row["kind"] == kind
    assert row["factor"] == pytest.approx(factor, rel=1e-3) if factor else pd.isna(row["factor"])


def test_reason_is_the_curation_row_the_rule_or_nothing():
    rows = [
        conflict("s", str(i), "n", "1 | 2", by) for i, by in enumerate(("raw:curation.csv#4", "left out: no arm", None))
    ]
    found = explained(*rows)
    assert found["reason"].tolist() == ["own abstract", "no arm", ""]
    assert found["kind"].tolist()[1] == "value left out"


def test_an_arm_counts_once_in_a_cell_and_untold_times_stand_apart(protocol):
    values = pd.DataFrame(
        [("s", "a", 4, 10), ("s", "a", 8, 12), ("s", "b", 4, None), ("t", "a", 4, 5), ("t", "a", None, 5)],
        columns=["study_id", "arm_id", "weeks", "n"],
    ).assign(outcome="tuberculosis")
    cells = coverage.cells(values, protocol).set_index("column")
    assert cells.loc["any time", ["patients", "studies"]].tolist() == [17, 2]
    assert cells.loc[coverage.UNTOLD, ["patients", "studies"]].tolist() == [5, 1]


def test_numbers_no_fact_holds_are_listed_with_their_surroundings():
    record = pd.DataFrame(
        {
            "record_id": ["r"],
            "title": ["A trial"],
            "abstract": ["METHODS: We looked on. RESULTS: 4 of 12 died at 6 weeks."],
        }
    )
    text = "A trial\nMETHODS: We looked on. RESULTS: 4 of 12 died at 6 weeks."
    facts = pd.DataFrame({"record_id": ["r"], "start": [text.index("4 of")], "end": [text.index(" died")]})
    found = unread.printed_numbers(record, facts, width=5)
    assert found["number"].tolist() == ["4", "12", "6"]
    assert found["held"].tolist() == [True, True, False]
    assert found["section"].tolist() == ["results"] * 3
    assert found["around"].tolist()[2] == "d at ⟦6⟧ week"


def test_each_file_is_counted_and_told_of(repo, tmp_path):
    found = records.load(repo / "tests" / "bcg_review")
    listed = tmp_path / "manifest.csv"
    listed.write_text("file,how_made\nrecords.ris,by hand\n", encoding="utf-8")
    with_manifest = sources.by_file(found, listed).iloc[0]
    assert (with_manifest["records"], with_manifest["distinct"], with_manifest["repeats"]) == (14, 14, 0)
    assert with_manifest["how_made"] == "by hand"
    assert sources.by_file(found)["how_made"].isna().all()


def test_scores_name_corpus_field_and_figures():
    found = scores.recorded()
    assert len(found) > 0
    assert all(found[column].dropna().between(0, 1).all() for column in ("precision", "recall", "f1"))


def test_question_is_shown_from_the_protocol(protocol):
    assert question.picos(protocol)["asked"].tolist()[1] == "BCG vaccination"
    assert question.outcomes(protocol).iloc[0].tolist() == [
        "Tuberculosis",
        "counted",
        "patients",
        "lower",
        "RR",
        "",
        "main",
    ]
    assert "Wald" in question.plan(protocol)["made"].tolist()
    assert [t.get_text() for t in question.windows(protocol).axes[0].get_yticklabels()] == ["any time"]


def test_flow_draws_every_box_and_part(repo, protocol):
    found = records.load(repo / "tests" / "bcg_review")
    flow = records.flow(found, records.screen(found, protocol))
    said = " ".join(t.get_text() for t in show.flow(flow).axes[0].texts).replace("\xa0", " ")
    for words in ("records.ris (n = 14)", "narrative review (n = 1)", "Studies included in the review (n = 13)"):
        assert words in " ".join(said.split())


def test_bars_show_totals_and_stand_empty(protocol):
    drawn = tallies.bars(pd.DataFrame({"x": [1, None], "y": [2, 4]}, index=["a", "b"]), xlabel="n").axes[0]
    assert [t.get_text() for t in drawn.texts] == [" 3", " 4"]
    assert tallies.bars(pd.DataFrame(), xlabel="n").axes[0].texts[:] == []
    nothing = clean.Cleaned(*(tables.check(pd.DataFrame(columns=tables.contracts()[t].names), t)
                              for t in ("studies", "arms", "outcomes", "reported", "conflicts")))  # fmt: skip
    assert coverage.cells(nothing.outcomes, protocol).empty
    assert extract.table(pd.DataFrame(columns=["record_id", "title", "abstract"]), protocol).empty
    assert show.timeline(nothing.studies, "design").axes[0].patches[:] == []
