"""Saved HTML pages: what the page says of itself in its head, and its text as a reader sees it.

HTML text in, records and problems out, through `pages`: an abstract's own container is taken where the page marks
one, otherwise the page's text is read like any saved text.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree, html

from mscreview.records.fields import Parsed
from mscreview.records.markup import superscript
from mscreview.records.pages import SHORTEST_ABSTRACT, page_record, read_page, split_scripts
from mscreview.records.references import read_list, read_references

_META = {
    "title": ("citation_title", "dc.title", "og:title"),
    "authors": ("citation_author", "citation_authors", "dc.creator"),
    "date": ("citation_publication_date", "citation_date", "citation_year", "dc.date"),
    "journal": ("citation_journal_title", "prism.publicationname"),
    "doi": ("citation_doi", "dc.identifier"),
    "pmid": ("citation_pmid",),
    "id": ("citation_id",),
    "url": ("citation_abstract_html_url", "citation_public_url", "og:url"),
    "types": ("citation_article_type", "dc.type"),
}
_DROPPED = ("script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "button", "select")
_BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "br", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
))  # fmt: skip
_ABSTRACT = (
    "//*[self::div or self::section or self::article or self::p or self::td or self::span]"
    "[contains(concat(' ', translate(@class, 'A-Z', 'a-z'), ' ', @id, ' '), 'abstract')]"
)
_HEAD_WORDS = re.compile(r"(?:中文|英文)?(?:摘\s*要|abstract|summary)[:：]?(?:\s*(?:摘\s*要|abstract))?[:：]?", re.I)


def read_html(text: str) -> Parsed:
    """Records of a saved HTML page."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = html.document_fromstring(text)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        return [], [f"line 1: {error}; this is no HTML page"]
    meta = _meta(root)
    for element in list(root.iter(*_DROPPED)):
        element.drop_tree()
    article = root.find(".//article")
    page = page_text(root if article is None else article)
    references, body_end = read_references(page)
    abstract = "" if read_list(page, references, body_end) else _abstract(root)
    start = page.find(abstract) if abstract else -1
    if start < 0:
        return read_page(page, meta, "page-html")
    (first, end), *others = split_scripts(abstract)
    record = page_record(page, (start + first, start + end), meta, "page-html")
    return [replace(record, translation=abstract[slice(*others[0])] if others else "")], []


def page_text(element: html.HtmlElement) -> str:
    """Text as shown: one line a block, superscripts as `^`, blanks as HTML collapses them."""
    text = "".join(_shown(element))
    lines = (re.sub(r"[ \t\r\f\v\xa0]+", " ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _shown(element: html.HtmlElement) -> list[str]:
    if not isinstance(element.tag, str):
        return [""]
    block = "\n" if element.tag in _BLOCKS else ""
    pieces = [block, _collapsed(element.text)]
    for child in element:
        inside = "".join(_shown(child))
        pieces += [superscript(inside) if child.tag == "sup" else inside, _collapsed(child.tail)]
    return [*pieces, block]


def _abstract(root: html.HtmlElement) -> str:
    """Text of the page's first abstract container that holds an abstract, without its heading."""
    for element in root.xpath(_ABSTRACT):
        text = page_text(element)
        while _HEAD_WORDS.fullmatch(text.partition("\n")[0].strip()):
            text = text.partition("\n")[2].lstrip("\n")
        if len(text) >= SHORTEST_ABSTRACT:
            return text
    return ""


def _meta(root: html.HtmlElement) -> dict[str, list[str]]:
    pairs = [
        ((e.get("name") or e.get("property") or "").lower(), (e.get("content") or "").strip())
        for e in root.iter("meta")
    ]
    found = {}
    for key, names in _META.items():
        for name in names:
            values = [content for n, content in pairs if n == name and content]
            if values:
                found[key] = values
                break
    return found


def _collapsed(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
