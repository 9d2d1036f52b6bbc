"""Each format's reader against what the format means, and against an independent reader where there is one."""

# Raw material stands here in the lines its formats print.

import gzip
import io

import pytest
from Bio import Medline

from mscreview.records import read
from mscreview.records.fields import join_wrapped, split_names
from mscreview.records.markup import superscript
from mscreview.records.model import find_doi, find_registry_ids

NBIB = """PMID- 31000001
OWN - NLM
DP  - 2019 Mar 4
TI  - Zinc lozenges in adults with a common cold: a randomised
      trial.
LID - 10.1000/Cold.2019.1 [doi]
AB  - BACKGROUND: Zinc might shorten colds. METHODS: We gave lozenges to 45 adults
      and placebo to 44. RESULTS: Colds lasted 4.5 +/- 1.6 days with zinc.
FAU - Van Dyk, Anna B
AU  - Van Dyk AB
FAU - Osei, Kofi
AU  - Osei K
LA  - eng
SI  - ClinicalTrials.gov/NCT01234567
PT  - Journal Article
PT  - Randomized Controlled Trial
EIN - J Test Med. 2020 Jan;9(1):1
JT  - Journal of tested medicine
4099- https://example.org/cold
SO  - J Test Med. 2019 Mar 4;8(1):1-9. doi: 10.1000/Cold.2019.1.

PMID- 31000002
DP  - 2020
TI  - A letter on lozenges.
AU  - Osei K
PT  - Letter
JT  - Journal of tested medicine
SO  - J Test Med. 2020;9(2):3.
"""

RIS = """TY  - JOUR
T1  - Honey for cough in children
A1  - Mbeki, T.
A1  - Ito, Hana
Y1  - 2011/05/02/
N2  - Honey was given to 30 children
and water to 31.
JF  - Acta Testica
DO  - https://doi.org/10.1000/HONEY.7
AN  - L111
ER  -@

Link to the Ovid full text
TY  - JOUR
TI  - Steam for croup
AU  - Ito H
PY  - 2012
AB  - Steam did nothing in 20 infants.
M3  - Review
ER  -
TY  - JOUR
TI  - Third without an end mark
PY  - 2013
AB  - Nothing else was said.
""".replace("@", " ")

ENW = """%0 Journal Article
%A Okafor, Chidi
%A Lind, Åsa
%T Salt water gargles
%J Test Reports
%D 2008
%X Gargling was tried in 60 people.
%R 10.1000/gargle
%M 555001
%U https://example.org/555001

%0 Journal Article
%A Lind, Åsa
%T Salt water again
%D 2009
%X Gargling was tried once more.
%M 555002
%U https://example.org/555002
"""

ESTUDY = """DataType: 1
Title-题名: 锌含片治疗普通感冒的临床观察
Author-作者: 邓力宾;王小明;
Source-刊名: 试验医学杂志
Year-年: 2015
Keyword-关键词: 锌;感冒
Summary-摘要: 目的 观察锌含片的疗效。方法 患者45例，
分为两组。结果 病程缩短。
Period-期: 03
Page-页码: 1-3
Organ-机构: 某医院
Link-链接: https://example.cn/detail?FileName=SYYX201503001


DataType: 1
Title-题名: 蜂蜜止咳
Author-作者: 欧阳兰;
Source-刊名: 试验医学杂志
Year-年: 2016
Summary-摘要: 患者30例服用蜂蜜。
Link-链接: https://example.cn/detail?FileName=SYYX201603009
"""

REFWORKS = """RT Journal Article
SR 1
A1 王小明;李四
T1 盐水漱口的效果
JF 试验医学杂志
YR 2017
IS 02
K1 盐水
AB 60例受试者每日漱口。
LK https://example.cn/x?id=AB12

RT Journal Article
SR 1
A1 李四
T1 再论盐水漱口
YR 2018
AB 再次观察20例。
LK https://example.cn/x?id=AB13
"""

NOTEEXPRESS = """{Reference Type}: Journal Article
{Title}: 锌含片的系统观察
{Translated Title}: Zinc lozenges observed
{Author}: 王小明
{Author}: 李四
{Journal}: 试验医学
{Year}: 2014
{Keywords}: 锌;感冒
{Abstract}: 目的:观察疗效.方法:患者20例,
随机分为两组.
{DOI}: 10.1000/wf.2014.1
{Language}: chi

{Reference Type}: Journal Article
{Title}: 又一项观察
{Author}: 李四
{Year}: 2015
{Abstract}: 患者10例.
{Language}: chi
"""

PUBMED_XML = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "http://127.0.0.1:9/none.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>31000003</PMID><Article>
<Journal><JournalIssue><PubDate><Year>2021</Year></PubDate></JournalIssue><Title>Tested medicine</Title></Journal>
<ArticleTitle>Vitamin C at 10<sup>3</sup> mg in <i>adults</i></ArticleTitle>
<Abstract><AbstractText Label="AIM">To try CO<sub>2</sub>.</AbstractText>
<AbstractText Label="RESULTS">Counts were 4 x 10<sup>9</sup>/L (NCT07654321).</AbstractText></Abstract>
<AuthorList><Author><LastName>Ørsted</LastName><Initials>HC</Initials></Author></AuthorList>
<PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList></Article>
<OtherAbstract><AbstractText>Ziel war ein Versuch.</AbstractText></OtherAbstract></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="doi">10.1000/VitC</ArticleId></ArticleIdList></PubmedData>
</PubmedArticle></PubmedArticleSet>
"""

ENDNOTE_XML = """<?xml version="1.0" encoding="UTF-8"?><xml><records><record><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style>Okafor, Chidi</style></author></authors></contributors>
<titles><title><style>Salt <style face="italic">water</style></style></title><secondary-title>Test Reports</secondary-title>
</titles><dates><year>2008</year></dates><abstract>Tried in 60.</abstract>
<electronic-resource-num>10.1000/GARGLE</electronic-resource-num></record></records></xml>
"""

SHEET = """title,abstract,authors,year,doi,included,notes
"Zinc, again","Forty adults
took zinc.",Osei K; Lind A,2019,10.1000/z1,1,
Honey,Honey was given.,"Mbeki T, Ito H",2011,,0,"RAYYAN-INCLUSION: {""Ana""=>""Excluded""} | RAYYAN-EXCLUSION-REASONS: wrong drug"
Steam,[no abstract],Ito H,2012,,,ASReview_relevant
"""


@pytest.fixture
def parse(tmp_path):
    def parsed(text, name, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read(path)

    return parsed


def test_nbib_agrees_with_biopython(parse):
    ours = parse(NBIB, "a.nbib")
    theirs = list(Medline.parse(io.StringIO(NBIB)))
    assert len(ours) == len(theirs) == 2
    for record, oracle in zip(ours, theirs, strict=True):
        assert record.title == oracle["TI"]
        assert record.abstract == oracle.get("AB", "")
        assert record.pmid == oracle["PMID"]
        assert list(record.authors) == oracle["AU"]
        assert list(record.publication_types) == oracle["PT"]
        assert record.journal == oracle["JT"]


def test_nbib_takes_the_doi_from_lid_and_the_registry_from_si(parse):
    first, second = parse(NBIB, "a.nbib")
    assert (first.doi, first.year, first.registry_ids) == ("10.1000/cold.2019.1", 2019, ("NCT01234567",))
    assert first.url == "https://example.org/cold"
    assert first.notes == ("EIN: J Test Med. 2020 Jan;9(1):1",)
    assert (second.abstract, second.year) == ("", 2020)


def test_ris_survives_what_real_files_do(parse):
    records = parse(RIS, "a.ris")
    assert [r.title for r in records] == ["Honey for cough in children", "Steam for croup", "Third without an end mark"]
    assert records[0].abstract == "Honey was given to 30 children and water to 31."
    assert (records[0].doi, records[0].year, records[0].accession) == ("10.1000/honey.7", 2011, "L111")
    assert records[0].authors == ("Mbeki, T", "Ito, Hana")
    assert records[1].publication_types == ("Review",)
    assert [r.row for r in records] == [1, 2, 3]


@pytest.mark.parametrize(
    "change",
    [
        lambda t: "\ufeff" + t,
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.replace("  - ", " - "),
        lambda t: t.replace("ER  - \n", "").replace("ER  -\n", ""),
        lambda t: t.replace("ER  - \n", "ER\n"),
    ],
    ids=["bom", "crlf", "one-space tags", "no end marks", "bare end mark"],
)
def test_ris_variants_read_the_same(parse, change):
    plain = [(r.title, r.abstract, r.year, r.doi, r.authors) for r in parse(RIS, "a.ris")]
    changed = [(r.title, r.abstract, r.year, r.doi, r.authors) for r in parse(change(RIS), "b.ris")]
    assert changed == plain


def test_ris_passes_over_a_stray_line_and_says_so(parse):
    text = "TY  - JOUR\nTI  - Zinc\nLink to the Ovid record\nAB  - Zinc was given.\nER  - \n"
    (record,) = parse(text, "a.ris")
    assert record.abstract == "Zinc was given."
    assert record.notes == ("??: Link to the Ovid record",)


def test_endnote_tagged(parse):
    first, second = parse(ENW, "a.enw")
    assert (first.authors, first.year, first.doi) == (("Okafor, Chidi", "Lind, Åsa"), 2008, "10.1000/gargle")
    assert second.accession == "555002"


def test_cnki_estudy_joins_wrapped_chinese_without_a_blank(parse):
    first, second = parse(ESTUDY, "a.txt")
    assert first.format == "cnki-estudy"
    assert first.abstract == "目的 观察锌含片的疗效。方法 患者45例，分为两组。结果 病程缩短。"
    assert (first.authors, first.year, first.accession) == (("邓力宾", "王小明"), 2015, "SYYX201503001")
    assert second.title == "蜂蜜止咳"


def test_cnki_refworks(parse):
    first, second = parse(REFWORKS, "a.txt")
    assert (first.format, first.title, first.year) == ("cnki-refworks", "盐水漱口的效果", 2017)
    assert first.authors == ("王小明", "李四")
    assert second.abstract == "再次观察20例。"


def test_wanfang_noteexpress(parse):
    first, second = parse(NOTEEXPRESS, "a.txt")
    assert (first.format, first.doi, first.authors) == ("noteexpress", "10.1000/wf.2014.1", ("王小明", "李四"))
    assert first.abstract == "目的:观察疗效.方法:患者20例,随机分为两组."
    assert second.year == 2015


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [ESTUDY, NOTEEXPRESS, REFWORKS], ids=["estudy", "noteexpress", "refworks"])
def test_chinese_exports_in_every_encoding(parse, text, encoding):
    assert parse(text, "a.txt", encoding) == parse(text, "b.txt")


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
def test_pubmed_xml_keeps_powers_and_fetches_nothing(parse, pack):
    (record,) = parse(pack(PUBMED_XML.encode()), "a.xml" + (".gz" if pack is gzip.compress else ""))
    assert record.abstract == "AIM: To try CO2. RESULTS: Counts were 4 x 10^9/L (NCT07654321)."
    assert record.title == "Vitamin C at 10^3 mg in adults"
    assert record.translation == "Ziel war ein Versuch."
    assert (record.pmid, record.doi, record.year, record.registry_ids) == (
        "31000003",
        "10.1000/vitc",
        2021,
        ("NCT07654321",),
    )
    assert record.authors == ("Ørsted HC",)


def test_xml_entities_are_not_expanded(parse):
    bomb = '<!DOCTYPE PubmedArticleSet [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;">]>'
    text = PUBMED_XML[PUBMED_XML.index("<PubmedArticleSet") :].replace("To try", "&b; To try")
    (record,) = parse(bomb + text, "a.xml")
    assert "haha" not in record.abstract
    assert "To try CO2" in record.abstract


def test_endnote_xml(parse):
    (record,) = parse(ENDNOTE_XML, "a.xml")
    assert (record.format, record.title, record.doi, record.year) == (
        "endnote-xml",
        "Salt water",
        "10.1000/gargle",
        2008,
    )


def test_tables_with_asreview_and_rayyan_columns(parse):
    zinc, honey, steam = parse(SHEET, "a.csv")
    assert zinc.abstract == "Forty adults\ntook zinc."
    assert zinc.authors == ("Osei K", "Lind A")
    assert [(x.reviewer, x.decision) for x in zinc.labels] == [("asreview", "include")]
    assert [(x.reviewer, x.decision, x.reason) for x in honey.labels] == [
        ("Ana", "exclude", "wrong drug"),
        ("asreview", "exclude", ""),
    ]
    assert (steam.abstract, [x.decision for x in steam.labels]) == ("", ["include"])


def test_tables_by_tabs_and_rayyan_names(parse):
    text = "key\ttitle\tabstract\tpubmed_id\tyear\n r-1\tZinc\tGiven to 4.\t31000001\t2019\n"
    (record,) = parse(text, "a.tsv")
    assert (record.title, record.pmid, record.accession) == ("Zinc", "31000001", "r-1")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (NBIB, "nbib"),
        (RIS, "ris"),
        (ENW, "enw"),
        (ESTUDY, "cnki-estudy"),
        (NOTEEXPRESS, "noteexpress"),
        (SHEET, "table"),
    ],
)
def test_content_tells_the_format_whatever_the_name(parse, text, form):
    assert {r.format for r in parse(text, "export.txt")} == {form}
    assert {r.format for r in parse("\n\n" + text, "export")} == {form}


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Osei K; Lind A", ["Osei K", "Lind A"]),
        ("Osei K, Lind A and Ito H", ["Osei K", "Lind A", "Ito H"]),
        ("Osei, Kofi", ["Osei, Kofi"]),
        ("Jun Liang,Ana Lopez", ["Jun Liang", "Ana Lopez"]),
        ("王小明,李四,等", ["王小明", "李四"]),
    ],
)
def test_names_of_a_printed_list(printed, names):
    assert split_names(printed) == names


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("doi: 10.1000/abc.1. Epub", "10.1000/abc.1"),
        ("https://doi.org/10.1016/S1000-2000(17)30326-6", "10.1016/s1000-2000(17)30326-6"),
        ("(see 10.1000/x)", "10.1000/x"),
        ("DOI:10.1000/z。后文", "10.1000/z"),
        ("no identifier", ""),
    ],
)
def test_dois(text, doi):
    assert find_doi(text) == doi


def test_registry_ids_are_of_many_registers_and_stand_once():
    text = (
        "NCT01234567, nct 01234567, ChiCTR-TRC-12345678, ISRCTN 12345678, EudraCT number 2010-123456-12, UMIN000012345"
    )
    assert find_registry_ids(text) == (
        "NCT01234567",
        "CHICTR-TRC-12345678",
        "ISRCTN12345678",
        "EUDRACT2010-123456-12",
        "UMIN000012345",
    )
    assert find_registry_ids("NCT0123456") == ()


@pytest.mark.parametrize(("inside", "shown"), [("9", "^9"), ("-3", "^-3"), ("+", "+"), ("a", "a")])
def test_superscripts(inside, shown):
    assert superscript(inside) == shown


def test_wrapped_lines():
    assert join_wrapped("zinc was", "given") == "zinc was given"
    assert join_wrapped("患者", "十例") == "患者十例"
