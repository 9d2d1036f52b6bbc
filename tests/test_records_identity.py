"""Readable ids, duplicates linked with their reason, and which record of several is kept."""

# Raw material stands here in the lines its formats print.

import pandas as pd
import pytest

from mscreview import records, tables
from mscreview.records.identify import identified, same_work
from mscreview.records.names import author_key
from mscreview.records.script import language, simplified

COLUMNS = ["source_file", "source_row", "format", "pmid", "doi", "registry_ids", "authors", "title", "abstract", "year", "accession"]  # fmt: skip
LONG = "Zinc lozenges for the common cold in adults: a randomised trial"


def frame(*rows):
    rows = [
        {"source_file": "a.ris", "source_row": i, "format": "ris", "year": 2019, **row} for i, row in enumerate(rows, 1)
    ]
    return pd.DataFrame(rows).reindex(columns=COLUMNS).astype({"year": "Int64"}).astype(object)


def links(*rows):
    out = identified(frame(*rows))
    return [(k, d if isinstance(d, str) else None, r if isinstance(r, str) else None) for k, d, r in
            zip(out["record_id"], out["duplicate_of"], out["duplicate_reason"], strict=True)]  # fmt: skip


@pytest.mark.parametrize(
    ("author", "key"),
    [
        ("Osei KB", "oseikb"),
        ("Osei, Kofi B", "oseikb"),
        ("Osei, K.B.", "oseikb"),
        ("Kofi Osei", "oseik"),
        ("El-Sayed M", "elsayedm"),
        ("van der Berg A", "vanderberga"),
        ("Ørsted HC", "orstedhc"),
        ("Müller-Łuk Ö", "mullerluko"),
        ("Lin, Bing-liang", "linbl"),
        ("OSEI Kofi", "oseik"),
        ("Osei", "osei"),
        ("邓力宾", "denglb"),
        ("欧阳兰", "ouyangl"),
        ("曾国", "zengg"),
        ("单一", "shany"),
        ("", ""),
    ],
)
def test_author_keys(author, key):
    assert author_key(author) == key


def test_ids_are_author_and_year_and_suffixes_follow_the_order():
    rows = [{"authors": "Osei KB", "title": f"{n} quite another matter altogether"} for n in ("One", "Two", "Three")]
    assert [k for k, _, _ in links(*rows)] == ["oseikb2019", "oseikb2019b", "oseikb2019c"]


def test_without_an_author_the_accession_then_file_and_row():
    rows = [{"accession": "L77", "title": "Alpha beta"}, {"title": "Gamma delta"}, {"authors": "Osei K", "year": None}]
    assert [k for k, _, _ in links(*rows)] == ["L77", "a-2", "oseik"]


def test_the_kept_record_has_the_plain_id_whatever_the_order():
    ris = {"authors": "Osei K", "doi": "10.1/x", "title": LONG, "abstract": "much longer than the other"}
    nbib = {"authors": "Osei K", "doi": "10.1/x", "title": LONG, "abstract": "short", "format": "nbib"}
    assert links(ris, nbib) == [("oseik2019b", "oseik2019", "doi"), ("oseik2019", None, None)]


def test_outside_pubmed_the_longest_abstract_is_kept():
    rows = [{"authors": "Osei K", "doi": "10.1/x", "title": LONG, "abstract": a} for a in ("ab", "abc", "abc")]
    assert [d for _, d, _ in links(*rows)] == ["oseik2019", None, "oseik2019"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pmid": "7", "doi": "10.1/other"}, "pmid"),
        ({"doi": "10.1/x"}, "doi"),
        ({"title": "Zinc lozenges for colds in adults: a randomised trial", "registry_ids": "NCT01234567"}, "registry"),
        ({"title": LONG.upper() + "."}, "title"),
        ({"title": LONG.replace("randomised", "randomized"), "year": 2020}, "title"),
        ({"title": "Zinc for a cold", "registry_ids": "NCT01234567"}, None),
        ({"title": LONG.replace("Zinc", "Iron")}, None),
        ({"title": LONG.replace("trial", "trial 2")}, None),
        ({"title": LONG, "year": 2015}, None),
        ({"title": LONG, "authors": "Lind A"}, None),
        ({"title": LONG, "doi": "10.1/preprint"}, None),
        ({"title": LONG, "pmid": "8"}, None),
    ],
)
def test_what_makes_a_duplicate(change, reason):
    first = {"authors": "Osei K", "title": LONG, "pmid": "7", "doi": "10.1/x", "registry_ids": "NCT01234567"}
    first |= {"format": "nbib"}
    second = {"authors": "Osei K", "title": "Something else was studied here"} | change
    assert links(first, second)[1][2] == reason


def test_similar_words_that_mean_another_thing_are_no_duplicate():
    words = "bone transfusion for iron overload in decompensated anaemia of adults"
    rows = [{"title": f"{word} {words}", "authors": "Osei K"} for word in ("autologous", "allogeneic")]
    assert [d for _, d, _ in links(*rows)] == [None, None]


def test_chinese_titles_match_across_scripts_but_not_across_languages():
    rows = [
        {"title": "锌含片治疗普通感冒患者的临床疗效观察", "authors": "王小明"},
        {"title": "鋅含片治療普通感冒患者的臨床療效觀察", "authors": "王小明"},
        {"title": "锌含片治疗流行性感冒儿童的临床疗效观察", "authors": "王小明"},
        {"title": "Clinical observation of zinc lozenges for the common cold", "authors": "Wang XM"},
    ]
    assert [d for _, d, _ in links(*rows)] == [None, "wangxm2019", None, None]


def test_chains_lead_to_one_kept_record():
    a = {"title": LONG, "authors": "Osei K", "pmid": "7", "format": "nbib"}
    b = {"title": LONG, "authors": "Osei K", "pmid": "7", "doi": "10.1/x"}
    c = {"title": "Zink gegen Schnupfen, eine Studie", "authors": "Osei K", "doi": "10.1/x"}
    assert links(a, b, c) == [
        ("oseik2019", None, None),
        ("oseik2019b", "oseik2019", "pmid"),
        ("oseik2019c", "oseik2019", "doi"),
    ]


def test_a_preprint_and_its_paper_are_two_reports_of_one_work():
    rows = frame(
        {"title": LONG, "authors": "Osei K", "doi": "10.1/a"}, {"title": LONG, "authors": "Osei K", "doi": "10.1/b"}
    )
    assert same_work(rows) == [(0, 1)]


def test_scripts_keep_their_length():
    assert simplified("鋅含片治療顯效") == "锌含片治疗显效"
    assert [language(t) for t in ("Zinc was given", "锌含片治疗感冒", "鋅含片治療感冒", "", "锌片 (zinc)")] == [
        "en", "zh-hans", "zh-hant", "", "zh-hans",
    ]  # fmt: skip


RIS = 'TY  - JOUR\r\nAU  - Osei K\r\nTI  - Zinc, "old" and new\r\nAB  -  Given,\r\nthen\ttaken; 5\u00a0mg. \r\nPY  - 2019\r\nER  - \r\n'


def test_a_table_read_back_holds_the_very_characters(tmp_path):
    (tmp_path / "a.ris").write_bytes(RIS.encode())
    table = records.load(tmp_path)
    tables.write(table, tmp_path / "out" / "records.csv", "records")
    again = tables.read(tmp_path / "out" / "records.csv", "records")
    pd.testing.assert_frame_equal(again, table)
    assert again["abstract"].iloc[0] == "Given, then\ttaken; 5\u00a0mg."
    assert again["title"].iloc[0] == 'Zinc, "old" and new'


CURATION = "table,key,field,value,reason,by,on\n"


def test_curation_links_what_no_rule_can_see(tmp_path):
    second = RIS.replace('Zinc, "old" and new', "锌含片").replace("Osei K", "王小明").replace("Given", "服药")
    (tmp_path / "a.ris").write_bytes((RIS + second).encode())
    (tmp_path / "curation.csv").write_text(
        CURATION + "records,wangxm2019,duplicate_of,oseik2019,same paper,us,2020-01-01\n"
    )
    table = records.load(tmp_path).set_index("record_id")
    assert table.loc["wangxm2019", ["duplicate_of", "duplicate_reason"]].tolist() == ["oseik2019", "curation"]


def test_curation_rows_that_fit_nothing_are_named(tmp_path):
    (tmp_path / "a.ris").write_bytes(RIS.encode())
    rows = [
        "records,nobody2019,year,soon,r,us,d",
        "records,oseik2019,abstract,x,r,us,d",
        "records,oseik2019,duplicate_of,no,r,us,d",
    ]
    (tmp_path / "curation.csv").write_text(CURATION + "\n".join(rows) + "\n")
    with pytest.raises(records.RecordError) as caught:
        records.load(tmp_path)
    said = "\n".join(caught.value.problems)
    for words in ("row 1, column 'key': 'nobody2019'", "'soon' is not a year", "row 2, column 'field': 'abstract'", "row 3, column 'value': 'no'"):  # fmt: skip
        assert words in said
