"""Saved pages: one study with its noise, a translation, an article, and a list with numbered references."""

# Raw material stands here in the lines its formats print.

import pytest

from mscreview.records import RecordError, read
from mscreview.records.references import parse_reference

ENGLISH = (
    "Aim: To see whether zinc lozenges shorten colds. Methods: Forty-five adults took zinc and 44 took placebo. "
    "Results: Colds lasted 4.5 days with zinc and 7.6 days with placebo. Conclusion: Zinc may help."
)
CHINESE = (
    "目的:观察锌含片能否缩短感冒病程。方法:45名成人服锌,44名服安慰剂,两组均随访十天,每天由本人记录症状和体温,并由研究护士电话核对记录。"
    "结果:服锌组病程4.5天,安慰剂组7.6天,差异有统计学意义。结论:锌可能有用,但还需要人数更多、随访更久的试验来证实这一结果。"
)
JSON = '{"title":"Zinc for colds.","authors":"Ana Diaz, Bo Lind","doi":"10.1000/cold.9","publicationDate":"2018-03-01","publicationTypes":"Journal Article","journal":{"name":"Test J"},"abstract":"<p>x</p>"}'
MENU = "Home\nJournals\nSign in"
TAIL = "Cite this\nSimilar articles\nCochrane Test Rev. 2017-12-22\nJ Clin Test. 2021-8-28"

TWICE = f"Zinc for colds.\nIF 9.9\n{JSON}\nAbstract\n\n{ENGLISH}\n\nAbstract Image\n\n锌治感冒\n{CHINESE}\n本文由机器翻译。\n{TAIL}\n"
BARE = f"Some Institute of Colds, Anytown, 341000, Somewhere.\nTest J. 2018 Mar 1;4(1):30. doi: 10.1000/cold.9.\n{ENGLISH}\n{CHINESE}\n{TAIL}\n"
LABELLED = f"医学\n感冒\n作者\nAna Diaz,Bo Lind\n标识\nDOI:10.1000/cold.9\n摘要\nAbstract {ENGLISH}\n某某通强力驱动\n"

ARTICLE = """每年冬天都有许多人感冒,大家都想知道怎样才能早些痊愈。
锌治感冒:近十年试验的荟萃分析
Diaz等人把近十年的锌试验合在一起计算,看看含服锌片有没有用处。
01 怎么做的
该分析共纳入3项研究和289例患者,其中服锌组145名,安慰剂组144名,随访时间都是十天左右,病人年龄从18岁到65岁不等。
02 结果
与安慰剂相比,服锌组病程缩短(MD -2.1,95%CI -3.0- -1.2),两组都没有严重的不良反应,只有少数人觉得口苦。
参考资料:
【1】Chen Wu, Lan Diaz. Honey for cough, a long story.https://doi.org/10.1000/honey.
【2】Ana Diaz, Bo Lind and Chen Wu. Zinc for colds: ten years of trials. https://doi.org/10.1000/cold.9.
免责说明:本文仅供参考。
"""

REFERENCES = """参考资料:
[1]Diaz A, Lind B. Zinc for colds: a trial. A study protocol. Test J. 2015 Mar 2;5(3):e7. doi: 10.1000/cold.1. PMID: 21000001; PMCID: PMC1.
[2]王小明,李四,等.锌含片的观察[J].试验医学,2018,23(08):681-683.DOI:10.1000/zh.2.
[3]Wu, C., Ito, H., Park, SJ. et al. Steam for croup: one-year results. Test Int 15, 31–41 (2021). https://doi.org/10.1000/steam.3
[4]Park S, Ito H and Lind B (2023) Ways to try honey: a method. Front. Test. 11:132. doi: 10.1000/honey.4
[5]https://example.org/article/view/55
"""
LIST = f"""感冒的研究走过了许多年,本文回顾这十年中的五篇文章。

2015年进展
2015年3月2日,某大学在《Test J》上发表了一篇名为《锌治感冒:试验方案》的文章。[1]

该研究计划纳入90名成人。
只有设计,没有结果:
2018年进展
2018年8月1日,某医院在《试验医学》上发表了一篇名为《锌含片的观察》的文章。[2]
研究纳入56例患者。

- 病程缩短,差异有统计学意义(P<0.05)。
2021年进展
2021年2月,某团队在杂志上发表了一篇名为《蒸汽治喉炎》的文章。[3]
研究纳入219名患者。
2023年5月,另一团队发表了一篇名为《试用蜂蜜的办法》的文章。[4]
这是一篇综述。
2024年进展
2024年1月,某医院发布了一篇《盐水漱口》的结果。[5]
研究纳入84例患者。
相关阅读:从前的文章
十年演进:从小到大
这些文章说明研究在进步。
{REFERENCES}声明:仅供参考。
"""
HEADED = f"""五篇文章速览
2015年
1. 锌治感冒:试验方案
一份方案,计划纳入90名成人。[1]
2018年
2. 锌含片的观察
56例患者,病程缩短。
随访十天。[2]
3. 蒸汽治喉炎
219名患者。[3]
4. 试用蜂蜜
综述。[4]
2024年
5. 盐水漱口
84例患者。[5]
{REFERENCES}"""


def page(tmp_path, text, name="page.txt"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read(path)


@pytest.mark.parametrize("text", [TWICE, BARE], ids=["headed", "bare"])
def test_an_abstract_printed_twice_is_one_record(tmp_path, text):
    (record,) = page(tmp_path, text)
    assert record.abstract == ENGLISH
    assert record.translation == CHINESE
    assert (record.doi, record.year) == ("10.1000/cold.9", 2018)
    assert record.abstract in text


def test_a_page_tells_of_itself_in_json(tmp_path):
    (record,) = page(tmp_path, TWICE)
    assert (record.title, record.authors, record.journal) == ("Zinc for colds.", ("Ana Diaz", "Bo Lind"), "Test J")
    assert record.publication_types == ("Journal Article",)


def test_a_citation_line_gives_journal_and_year_but_affiliations_give_no_title(tmp_path):
    (record,) = page(tmp_path, BARE)
    assert (record.journal, record.title) == ("Test J", "")


def test_labels_on_a_page(tmp_path):
    (record,) = page(tmp_path, LABELLED)
    assert record.abstract == ENGLISH
    assert (record.authors, record.doi, record.year) == (("Ana Diaz", "Bo Lind"), "10.1000/cold.9", None)


def test_an_article_without_an_abstract_is_read_whole_and_tied_to_what_it_names(tmp_path):
    (record,) = page(tmp_path, ARTICLE)
    assert record.title == "锌治感冒:近十年试验的荟萃分析"
    assert record.abstract.startswith("Diaz等人")
    assert record.abstract.endswith("觉得口苦。")
    assert record.abstract in ARTICLE
    assert (record.doi, record.authors[0]) == ("10.1000/cold.9", "Ana Diaz")


def test_an_article_that_names_nobody_is_tied_to_nothing(tmp_path):
    (record,) = page(tmp_path, ARTICLE.replace("Diaz等人", "有人"))
    assert (record.doi, record.authors) == ("", ())


def test_a_list_gives_a_record_for_each_numbered_reference(tmp_path):
    records = page(tmp_path, LIST)
    assert [r.row for r in records] == [1, 2, 3, 4, 5]
    assert [r.doi for r in records] == ["10.1000/cold.1", "10.1000/zh.2", "10.1000/steam.3", "10.1000/honey.4", ""]
    assert [r.pmid for r in records] == ["21000001", "", "", "", ""]
    assert [r.year for r in records] == [2015, 2018, 2021, 2023, 2024]
    assert [r.authors[:1] for r in records] == [("Diaz A",), ("王小明",), ("Wu C",), ("Park S",), ()]
    assert all(r.abstract in LIST for r in records)


def test_entries_of_a_list_end_where_the_next_heading_stands(tmp_path):
    first, second, *_, last = page(tmp_path, LIST)
    assert first.abstract.startswith("2015年3月2日")
    assert first.abstract.endswith("只有设计,没有结果:")
    assert second.abstract.endswith("(P<0.05)。")
    assert last.abstract.endswith("研究纳入84例患者。")
    assert last.title == "盐水漱口"


def test_a_list_whose_headings_stand_above_and_citations_below(tmp_path):
    records = page(tmp_path, HEADED)
    assert [r.abstract for r in records][:2] == ["一份方案,计划纳入90名成人。[1]", "56例患者,病程缩短。\n随访十天。[2]"]
    assert (records[4].title, records[4].year) == ("盐水漱口", 2024)


def test_a_page_that_cites_a_reference_twice_is_no_list(tmp_path):
    text = LIST.replace("研究在进步。", "研究在进步。[2]")
    assert len(page(tmp_path, text)) == 1


@pytest.mark.parametrize(
    ("text", "authors", "title", "journal", "year"),
    [
        ("Diaz A, Lind B. A trial: part one. A protocol. BMJ Test. 2015 Mar 20;5:1.", ("Diaz A", "Lind B"), "A trial: part one. A protocol", "BMJ Test", 2015),
        ("Wu, C., Ito, HK. et al. Steam. Test Int 15, 31–41 (2021). x", ("Wu C", "Ito HK"), "Steam", "Test Int", 2021),
        ("王小明,李四,等.锌片[J].试验医学,2018,23(08):681.", ("王小明", "李四"), "锌片", "试验医学", 2018),
        ("https://example.org/1", (), "", "", None),
    ],
)  # fmt: skip
def test_styles_of_references(text, authors, title, journal, year):
    found = parse_reference(text)
    assert (found.authors, found.title, found.journal, found.year) == (authors, title, journal, year)


HTML = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title>
<meta name="citation_title" content="Zinc for colds"><meta name="citation_author" content="Diaz, Ana">
<meta name="citation_author" content="Lind, Bo"><meta name="citation_doi" content="10.1000/Cold.9">
<meta name="citation_publication_date" content="2018/03/01"><meta name="citation_journal_title" content="Test J"></head>
<body><nav>Home | Help</nav><script>var abstract = "no";</script><h1>Zinc for colds</h1>
<div class="graphical-abstract"><img src="x.png"></div>
<section id="abstract"><h2>Abstract</h2><p><b>Aim:</b> To give 10<sup>9</sup>&nbsp;units &lt; twice a day to adults with a cold.</p>
<p>Results: Colds lasted 4.5 days with zinc and 7.6&#160;days without; nobody was harmed by the lozenges.</p>MORE</section>
<footer>Cookies</footer></body></html>"""


def test_html_by_its_meta_tags_and_its_abstract_container(tmp_path):
    (record,) = page(tmp_path, HTML.replace("MORE", ""), "page.html")
    assert record.abstract == (
        "Aim: To give 10^9 units < twice a day to adults with a cold.\n\n"
        "Results: Colds lasted 4.5 days with zinc and 7.6 days without; nobody was harmed by the lozenges."
    )
    assert (record.title, record.authors, record.year) == ("Zinc for colds", ("Diaz, Ana", "Lind, Bo"), 2018)
    assert (record.doi, record.journal, record.format) == ("10.1000/cold.9", "Test J", "page-html")


def test_html_with_both_languages_in_the_container(tmp_path):
    (record,) = page(tmp_path, HTML.replace("MORE", f"<p>{CHINESE}</p>"), "page.html")
    assert record.abstract.endswith("lozenges.")
    assert record.translation == CHINESE


def test_html_without_a_container_is_read_as_text(tmp_path):
    body = "".join(f"<p>{line}</p>" for line in TWICE.split("\n") if not line.startswith("{"))
    (record,) = page(tmp_path, f"<html><body>{body}</body></html>", "page.html")
    assert (record.abstract, record.translation) == (ENGLISH, CHINESE)


def test_html_in_the_encoding_it_declares(tmp_path):
    path = tmp_path / "page.html"
    text = HTML.replace("MORE", "").replace("utf-8", "windows-1252").replace("Lind, Bo", "Müller, Bo")
    path.write_bytes(text.encode("cp1252"))
    (record,) = read(path)
    assert record.authors == ("Diaz, Ana", "Müller, Bo")


def test_html_that_holds_no_abstract(tmp_path):
    with pytest.raises(RecordError, match=r"page.html: no abstract or article text"):
        page(tmp_path, "<html><body><p>Sign in</p></body></html>", "page.html")
