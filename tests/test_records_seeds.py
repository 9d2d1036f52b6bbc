"""The five real pages beside the checkout, read as they are."""

import pytest

from mscreview import project, records


@pytest.fixture(scope="module")
def seeds(shared):
    folder = shared / "seeds"
    return folder, records.load(folder)


def pages(seeds, number):
    _, table = seeds
    return table[table["source_file"].str.startswith(number)].sort_values("source_row")


def test_every_page_is_read_and_every_abstract_stands_in_its_page(seeds):
    folder, table = seeds
    assert len(table) == 24
    assert table["duplicate_of"].isna().all()
    for name, abstract in zip(table["source_file"], table["abstract"], strict=True):
        assert abstract in (folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "doi", "language", "words"),
    [
        (
            "000",
            "10.1186/s13287-023-03518-x",
            "en",
            ["11 clinical trials", "Review Manager 5.4", "random-effects model"],
        ),
        (
            "001",
            "10.1186/s13287-023-03494-2",
            "zh-hant",
            ["95%C-48.92- -2.04", "13項研究和854例", "403", "451", "OR 2.47"],
        ),
        ("002", "10.1111/1756-185x.13015", "en", ["26 patients", "23 patients", "two received cord blood"]),
        ("003", "10.4240/wjgs.v17.i9.109980", "en", ["Twenty-four participants", "66.7%", "87.5%"]),
    ],
)
def test_pages_of_one_record(seeds, number, doi, language, words):
    (row,) = pages(seeds, number).to_dict("records")
    assert (row["doi"], row["language"]) == (doi, language)
    assert all(word in row["abstract"] for word in words)


@pytest.mark.parametrize(("number", "words"), [("000", "11 项临床试验"), ("003", "选取24例")])
def test_translations_stand_beside_the_abstract_and_not_in_it(seeds, number, words):
    (row,) = pages(seeds, number).to_dict("records")
    assert words in row["translation"]
    assert words not in row["abstract"]


def test_the_list_gives_twenty_records_each_with_its_reference(seeds):
    rows = pages(seeds, "004")
    assert rows["source_row"].tolist() == list(range(1, 21))
    assert rows["pmid"].tolist()[:5] == ["25795699", "26659833", "27339398", "30271839", "30483553"]
    assert rows["doi"].isna().tolist() == [n in {7, 11, 17, 18} for n in range(1, 21)]
    assert rows["title"].notna().all()
    sizes = {2: "27名", 3: "72例", 4: "4名", 6: "56例", 7: "60例", 8: "467例", 9: "86例", 10: "513例", 12: "219名"}
    sizes |= {14: "108例", 15: "64例ACLF患者和59例", 17: "84例", 18: "64例"}
    abstracts = dict(zip(rows["source_row"], rows["abstract"], strict=True))
    assert {n: words for n, words in sizes.items() if words not in abstracts[n]} == {}
    assert all(abstracts[n].count(f"[{n}]") == 1 and f"[{n + 1}]" not in abstracts[n] for n in range(1, 21))


def test_reviews_protocols_and_case_reports_among_them_are_turned_away(seeds, repo):
    _, table = seeds
    protocol = project.read_protocol(repo / "data" / "raw" / "protocol.toml")
    screening = records.screen(table, protocol)
    merged = table.merge(screening, on="record_id").sort_values(["source_file", "source_row"])
    turned_away = merged[merged["decision"] == "exclude"]
    found = {(f[:3], n): r for f, n, r in turned_away[["source_file", "source_row", "reason"]].to_numpy()}
    assert found == {
        ("000", 1): "systematic review", ("001", 1): "systematic review", ("004", 1): "protocol",
        ("004", 5): "case report", ("004", 8): "systematic review", ("004", 13): "narrative review",
        ("004", 16): "narrative review", ("004", 19): "narrative review",
    }  # fmt: skip
    assert (merged["decision"] == "include").sum() == 16
    assert records.flow(table, screening).set_index("box")["n"]["new_studies"] == 16
