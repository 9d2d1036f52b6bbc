"""Readers of XML exports: PubMed (efetch and baseline files) and EndNote.

Bytes in, records and problems out. Parsed as a stream, so that a baseline file of 30,000 citations needs little
memory; entities are not expanded, nothing is fetched. `<sup>` and `<sub>` are converted before text is taken,
otherwise 10<sup>9</sup> would read 109.
"""

from __future__ import annotations

import io
import re

from lxml import etree

from mscreview.records.fields import Parsed
from mscreview.records.model import Record, find_doi, find_registry_ids, find_year

_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


def inner_text(element: etree._Element | None) -> str:
    """Text of an element with superscripts kept as `^`, runs of blanks as one."""
    return "" if element is None else re.sub(r"\s+", " ", "".join(_pieces(element))).strip()


def superscript(text: str) -> str:
    """How a superscript is printed in plain text: `^9` for powers, the bare text otherwise."""
    return f"^{text}" if re.fullmatch(r"[-−–+]?\d+(?:[.,]\d+)?", text.strip()) else text


def read_pubmed_xml(data: bytes) -> Parsed:
    """PubMed XML: one record a `PubmedArticle` or `PubmedBookArticle`."""
    records: list[Record] = []
    problems: list[str] = []
    try:
        for _, element in etree.iterparse(io.BytesIO(data), tag=("PubmedArticle", "PubmedBookArticle"), **_SAFE):
            record, wrong = _pubmed_record(element, len(records) + 1)
            records.append(record)
            problems += [f"record {record.row} (line {record.line}): {w}" for w in wrong]
            _forget(element)
    except etree.XMLSyntaxError as error:
        problems.append(_broken(records, error))
    return records, problems


def read_endnote_xml(data: bytes) -> Parsed:
    """EndNote XML: one record a `record` element."""
    records: list[Record] = []
    problems: list[str] = []
    try:
        for _, element in etree.iterparse(io.BytesIO(data), tag="record", **_SAFE):
            record, wrong = _endnote_record(element, len(records) + 1)
            records.append(record)
            problems += [f"record {record.row} (line {record.line}): {w}" for w in wrong]
            _forget(element)
    except etree.XMLSyntaxError as error:
        problems.append(_broken(records, error))
    return records, problems


def _pubmed_record(element: etree._Element, row: int) -> tuple[Record, list[str]]:
    main = element.find("MedlineCitation")
    main = element.find("BookDocument") if main is None else main
    if main is None:
        return Record("pubmed-xml", row, element.sourceline or 0), ["has no MedlineCitation; the export is damaged"]
    abstract = _sections(main.find(".//Abstract"))
    title = inner_text(main.find(".//ArticleTitle")) or inner_text(main.find(".//VernacularTitle"))
    ids = [e.text or "" for e in element.iterfind("PubmedData/ArticleIdList/ArticleId[@IdType='doi']")]
    ids += [e.text or "" for e in main.iterfind(".//ELocationID[@EIdType='doi']")]
    banks = [inner_text(e) for e in main.iterfind(".//AccessionNumber")]
    corrections = [c for c in main.iterfind(".//CommentsCorrections") if c.get("RefType") in _CORRECTIONS]
    record = Record(
        "pubmed-xml",
        row,
        element.sourceline or 0,
        title=title,
        abstract=abstract,
        translation=_sections(main.find(".//OtherAbstract")),
        authors=tuple(a for a in map(_author, main.iterfind(".//AuthorList/Author")) if a),
        year=find_year(inner_text(main.find(".//PubDate"))),
        journal=inner_text(main.find(".//Journal/Title")) or inner_text(main.find(".//Book/BookTitle")),
        doi=next((d for d in map(find_doi, ids) if d), ""),
        pmid=inner_text(main.find("PMID")),
        registry_ids=find_registry_ids(*banks, abstract),
        accession=inner_text(main.find("PMID")),
        publication_types=tuple(inner_text(e) for e in main.iterfind(".//PublicationType")),
        notes=tuple(f"{c.get('RefType')}: {inner_text(c.find('RefSource'))}" for c in corrections),
    )
    return record, _holes(record, main.find(".//Abstract"))


_CORRECTIONS = {"ErratumIn", "RetractionIn", "CommentOn", "UpdateIn", "ExpressionOfConcernIn"}


def _endnote_record(element: etree._Element, row: int) -> tuple[Record, list[str]]:
    abstract = inner_text(element.find("abstract"))
    doi = inner_text(element.find("electronic-resource-num"))
    kind = element.find("ref-type")
    record = Record(
        "endnote-xml",
        row,
        element.sourceline or 0,
        title=inner_text(element.find("titles/title")),
        abstract=abstract,
        authors=tuple(inner_text(a) for a in element.iterfind("contributors/authors/author")),
        year=find_year(inner_text(element.find("dates/year"))),
        journal=inner_text(element.find("periodical/full-title")) or inner_text(element.find("titles/secondary-title")),
        doi=find_doi(doi),
        registry_ids=find_registry_ids(abstract),
        accession=inner_text(element.find("accession-num")),
        publication_types=() if kind is None else (kind.get("name", ""),),
        url=inner_text(element.find("urls/related-urls/url")),
    )
    return record, _holes(record, element.find("abstract"))


def _holes(record: Record, abstract: etree._Element | None) -> list[str]:
    if abstract is not None and not record.abstract:
        return ["abstract element is empty: ''; leave it out where the record has none"]
    if not record.title and not record.abstract:
        return ["has neither a title nor an abstract; the export is damaged"]
    return []


def _sections(abstract: etree._Element | None) -> str:
    """Abstract sections as MEDLINE prints them in one field: `LABEL: text`, one blank between."""
    if abstract is None:
        return ""
    parts = [(e.get("Label", ""), inner_text(e)) for e in abstract.iterfind("AbstractText")]
    return " ".join(f"{label}: {text}" if label else text for label, text in parts if text)


def _author(author: etree._Element) -> str:
    last, initials = inner_text(author.find("LastName")), inner_text(author.find("Initials"))
    return f"{last} {initials}".strip()


def _pieces(element: etree._Element) -> list[str]:
    pieces = [element.text or ""] if isinstance(element.tag, str) else []
    for child in element:
        inside = "".join(_pieces(child))
        pieces += [superscript(inside) if child.tag == "sup" else inside, child.tail or ""]
    return pieces


def _forget(element: etree._Element) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _broken(records: list[Record], error: etree.XMLSyntaxError) -> str:
    return f"after record {len(records)} (line {error.lineno}): {error.msg}; the XML is cut or damaged, fetch it again"
