"""Files that cannot be used: one error each, naming file, record, line and value, all problems at once."""

# Raw material stands here in the lines its formats print.

import gzip

import pytest
from hypothesis import given, settings, strategies as st

from mscreview.records import RecordError, load, manifest, read
from mscreview.records.collect import MANIFEST, sha256
from mscreview.records.readers import read_bytes

HEAD = "PMID- {0}\nDP  - 2019\nTI  - Zinc, part {0}.\nAB  - Zinc was given to {0} adults.\nAU  - Osei K\nSO  - J Test. 2019.\n\n"
NBIB = "".join(HEAD.format(n) for n in (11, 12, 13))
RIS = "".join(
    f"TY  - JOUR\nTI  - Honey {n}\nAB  - Honey for {n} children.\nPY  - 2011\nER  - \n\n" for n in (21, 22, 23)
)
ESTUDY = "".join(
    f"DataType: 1\nTitle-题名: 锌含片{n}\nAuthor-作者: 王小明;\nYear-年: 2015\nSummary-摘要: 患者{n}例服药。\nLink-链接: https://x.cn/{n}\n\n"
    for n in (31, 32, 33)
)
XML = "<PubmedArticleSet>" + "".join(
    f"<PubmedArticle><MedlineCitation><PMID>{n}</PMID><Article><ArticleTitle>Zinc {n}</ArticleTitle><Abstract>"
    f"<AbstractText>Given to {n}.</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\n"
    for n in (41, 42)
)


def failing(tmp_path, data, name):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(RecordError) as caught:
        read(path)
    assert all(p.startswith(f"{name}: ") for p in caught.value.problems)
    return caught.value.problems


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (NBIB[: NBIB.index("AU  - Osei", NBIB.index("PMID- 13"))], "a.nbib", ["record 3 (line 15)", "'SO'", "cut short"]),
        (RIS[: RIS.index("23 children") + 5], "a.ris", ["record 3 (line 13)", "stops before ER", "Honey for 23 ch"]),
        (ESTUDY[: ESTUDY.index("患者33") + 4], "a.txt", ["record 3 (line 15)", "Link-链接", "cut short"]),
        (XML, "a.xml", ["after record 2 (line 3)", "cut or damaged"]),
        (gzip.compress((XML + "</PubmedArticleSet>").encode() * 50)[:-30], "a.xml.gz", ["gzip archive is cut"]),
        ('title,abstract\nZinc,"given to 4 ad', "a.csv", ["record 1 (line 2)", "quote is not closed"]),
        ("title,abstract,year\nZinc,Given.,2019\nHoney,Given.\n", "a.csv", ["record 2 (line 3)", "2 cells under 3", "'Honey'"]),
    ],
    ids=["nbib", "ris", "estudy", "xml", "gz", "open quote", "short row"],
)  # fmt: skip
def test_a_cut_export_says_where_it_stops(tmp_path, data, name, words):
    problems = failing(tmp_path, data, name)
    assert len(problems) == 1
    assert all(word in problems[0] for word in words), problems


def test_whole_exports_are_no_errors(tmp_path):
    for name, text in {"a.nbib": NBIB, "a.ris": RIS, "a.txt": ESTUDY}.items():
        path = tmp_path / name
        path.write_text(text.rstrip("\n"), encoding="utf-8")
        assert len(read(path)) == 3


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (NBIB.replace("AB  - Zinc was given to 12 adults.", "AB  -"), "a.nbib", ["record 2 (line 8)", "abstract (AB) is empty"]),
        (RIS.replace("AB  - Honey for 21 children.", "AB  - "), "a.ris", ["record 1 (line 1)", "abstract (AB/N2) is empty"]),
        (ESTUDY.replace("患者32例服药。", ""), "a.txt", ["record 2 (line 8)", "abstract (Summary-摘要) is empty"]),
        ("title,abstract,year\nZinc,,2019\n", "a.csv", ["record 1 (line 2)", "is empty"]),
        (XML.replace("Given to 42.", " ") + "</PubmedArticleSet>", "a.xml", ["record 2 (line 2)", "is empty"]),
    ],
    ids=["nbib", "ris", "estudy", "csv", "xml"],
)  # fmt: skip
def test_an_empty_abstract_is_damage_where_its_field_stands(tmp_path, text, name, words):
    problems = failing(tmp_path, text, name)
    assert len(problems) == 1
    assert all(word in problems[0] for word in words), problems


@pytest.mark.parametrize("text", [NBIB.replace("AB  - Zinc was given to 12 adults.\n", ""), NBIB.replace("Zinc was given to 12 adults.", "[No abstract available]")])  # fmt: skip
def test_a_record_may_say_that_it_has_no_abstract(tmp_path, text):
    path = tmp_path / "a.nbib"
    path.write_text(text)
    assert [bool(r.abstract) for r in read(path)] == [True, False, True]


def test_all_problems_of_a_file_come_at_once(tmp_path):
    text = NBIB.replace("PMID- 11", "PMID- eleven").replace("DP  - 2019", "DP  - soon", 2).replace("to 13 adults.", "")
    text = text.replace("AB  - Zinc was given \n", "AB  - \n")
    problems = failing(tmp_path, text, "a.nbib")
    assert len(problems) == 4
    assert any("record 1" in p and "'eleven' is not a number" in p for p in problems)
    assert sum("'soon' holds no year" in p for p in problems) == 2
    assert any("record 3" in p and "is empty" in p for p in problems)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("TY  - JOUR\nTI  - Müller".encode("latin-1"), ["line 2", "b'\\xfc'", "save it as UTF-8"]),
        ("TY  - JOUR\nTI  - 鋅含片治療普通感冒的臨床觀察與討論".encode("big5"), ["line 2", "save it as UTF-8"]),
        (b"TY  - JOUR\nTI  - " + b"Zinc " * 20 + b"\x00", ["NUL"]),
        ("TY  - JOUR\nTI  - Zinc\n".encode("utf-16") + b"\x00", ["is not utf-16"]),
        (b"", ["is empty"]),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", ["save it as UTF-8"]),
    ],
    ids=["latin-1", "big5", "nul", "odd utf-16", "empty", "picture"],
)
def test_a_wrong_encoding_is_one_error(tmp_path, data, words):
    (problem,) = failing(tmp_path, data, "a.ris")
    assert all(word in problem for word in words), problem


def test_a_file_of_no_known_format(tmp_path):
    (problem,) = failing(tmp_path, "just some words\n", "notes.docx")
    assert "no known format" in problem
    assert "just some words" in problem


def test_a_page_without_text_to_read(tmp_path):
    (problem,) = failing(tmp_path, "Home\nSign in\nHelp\n", "page.txt")
    assert "no abstract or article text" in problem


def test_fields_outside_a_ris_record_are_not_lost_silently(tmp_path):
    problems = failing(tmp_path, RIS + "AB  - Whose is this?\n", "a.ris")
    assert len(problems) == 1
    assert "outside a record" in problems[0]


def manifested(folder, files, **changes):
    lines = ["file,database,query,retrieved_on,n_records,sha256,licence,how_made"]
    for name, (text, n) in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        row = {"n": n, "sha": sha256(text)} | changes.get(name.partition(".")[0], {})
        lines.append(f"{name},PubMed,zinc,2020-01-02,{row['n']},{row['sha']},own,by hand")
    (folder / MANIFEST).write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_manifest_that_holds(tmp_path):
    manifested(tmp_path, {"a.nbib": (NBIB, 3), "b.ris": (RIS, 3), "curation.csv": ("table,key,field,value\n", 0)})
    assert list(manifest(tmp_path)["file"]) == ["a.nbib", "b.ris", "curation.csv"]
    assert len(load(tmp_path)) == 6


def test_a_manifest_names_every_difference(tmp_path):
    manifested(tmp_path, {"a.nbib": (NBIB, 4), "b.ris": (RIS, 3)}, b={"sha": "0" * 64})
    (tmp_path / "c.ris").write_text(RIS)
    with pytest.raises(RecordError) as caught:
        manifest(tmp_path)
    said = caught.value.problems
    assert any("row 1" in p and "holds 3 records, listed are '4'" in p for p in said)
    assert any("row 2" in p and "b.ris has" in p and "was changed" in p for p in said)
    assert any("'c.ris' stands in the folder but is not listed" in p for p in said)
    assert len(said) == 3
    with pytest.raises(RecordError):
        load(tmp_path)


def test_a_listed_file_that_is_gone(tmp_path):
    manifested(tmp_path, {"a.nbib": (NBIB, 3), "b.ris": (RIS, 3)})
    (tmp_path / "b.ris").unlink()
    with pytest.raises(RecordError, match=r"row 2, column 'file': 'b.ris' is not in the folder"):
        load(tmp_path)


def test_problems_of_all_files_come_together(tmp_path):
    (tmp_path / "a.nbib").write_text(NBIB.replace("PMID- 11", "PMID- x1"))
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "p.txt").write_text("Home\n")
    with pytest.raises(RecordError) as caught:
        load(tmp_path)
    assert [p.partition(":")[0] for p in caught.value.problems] == ["a.nbib", "pages/p.txt"]


def test_a_folder_without_records(tmp_path):
    (tmp_path / "published.csv").write_text("row,review_id\n")
    with pytest.raises(RecordError, match="holds no export"):
        load(tmp_path)
    with pytest.raises(RecordError, match="no such folder"):
        load(tmp_path / "none")


FILES = (
    (NBIB, "a.nbib"),
    (RIS, "a.ris"),
    (ESTUDY, "a.txt"),
    (XML, "a.xml"),
    ("title,abstract\nZinc,Given.\n", "a.csv"),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(FILES), st.integers(0, 500), st.integers(0, 60), st.binary(max_size=12))
def test_damage_of_any_kind_is_an_error_of_this_stage_or_none(file, at, cut, put):
    data = file[0].encode()
    damaged = data[:at] + put + data[at + cut :]
    try:
        found = read_bytes(damaged, file[1])
    except RecordError as error:
        assert error.problems
        assert all(problem.startswith(file[1]) for problem in error.problems)
    else:
        assert found
        assert [record.row for record in found] == list(range(1, len(found) + 1))
