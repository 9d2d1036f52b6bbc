"""Numbered references at the foot of a page, and the list of studies that such a page may be.

Text in; references by number, and the entries that cite them, out. A page is a list when every reference is cited
exactly once, in order, at the end of a line: then each citation ties one entry to one reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mscreview.records.fields import split_names
from mscreview.records.model import find_doi, find_pmid

SMALLEST_LIST = 3

_SECTION = re.compile(r"^\s*(?:参考资料|參考資料|参考文献|參考文獻|references?|bibliography)\s*[:：]?\s*$", re.I | re.M)
_NUMBERED = re.compile(r"^\s*(?:\[(\d{1,3})\]|【(\d{1,3})】|(\d{1,3})[.、)])\s*(\S.*)$", re.M)
_CITED = re.compile(r"(?:\[(\d{1,3})\]|【(\d{1,3})】)[。.]?\s*$", re.M)
_HEADING = re.compile(r"^\s*(\d{1,3})[.、)．]\s*(\S.*)$")
_SENTENCE_END = re.compile(r"[.。!！?？;；:：…]$|\[\d+\]$|【\d+】$")
# Vancouver: the journal is the last sentence before the year; Springer: after "et al."; Chinese (GB/T 7714): [J].
_VANCOUVER = re.compile(
    r"(?P<authors>.+?)\. (?P<title>.+?[.?]) (?P<journal>[^.]+(?:\. [A-Z][^. ]*)*?)\. (?P<year>(?:19|20)\d\d)\b"
)
_SPRINGER = re.compile(
    r"(?P<authors>.+?) et al\. (?P<title>.+)\. (?P<journal>[^.\d]+) \d+, [\w–-]+ \((?P<year>(?:19|20)\d\d)\)"
)
_FRONTIERS = re.compile(
    r"(?P<authors>[^()]+?) \((?P<year>(?:19|20)\d\d)\)\.? (?P<title>[^.]+)\. (?P<journal>.+?)\.? \d+:"
)
_GBT = re.compile(r"(?P<authors>[^.]+)\.(?P<title>.+?)\[[A-Z]\]\.(?P<journal>[^,，]+)[,，](?P<year>(?:19|20)\d\d)")


@dataclass(frozen=True)
class Reference:
    """One numbered reference, as far as its print can be told apart."""

    text: str
    authors: tuple[str, ...] = ()
    title: str = ""
    journal: str = ""
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    url: str = ""


Listed = tuple[tuple[int, str, str, int], Reference]


def read_references(text: str) -> tuple[dict[int, Reference], int]:
    """References by number, and where the page's body ends (its length where there are none)."""
    sections = [m for m in _SECTION.finditer(text) if _NUMBERED.match(text, m.end() + 1)]
    if not sections:
        return {}, len(text)
    section = sections[-1]
    found: dict[int, Reference] = {}
    for match in _NUMBERED.finditer(text, section.end()):
        number = next(int(g) for g in match.groups()[:3] if g)
        found.setdefault(number, parse_reference(match.group(4).strip()))
    return found, section.start()


def parse_reference(text: str) -> Reference:
    """Authors, title, journal and year of a printed reference; what cannot be told stays empty."""
    url = re.search(r"https?://\S+", text)
    known = Reference(text, doi=find_doi(text), pmid=find_pmid(text), url=url.group().rstrip(".,;") if url else "")
    for form in (_GBT, _SPRINGER, _FRONTIERS, _VANCOUVER):
        match = form.match(text)
        if match and not match["authors"].startswith("http"):
            return replace(
                known,
                authors=tuple(split_names(_plain_names(match["authors"]))),
                title=match["title"].strip().rstrip("."),
                journal=match["journal"].strip(),
                year=int(match["year"]),
            )
    names = re.match(r"(?:[A-Z][\w'-]+(?: [A-Z][\w'-]*)+(?:,+ (?:and )?| and |(?=\.)))+", text)
    return replace(known, authors=tuple(split_names(names.group())) if names else ())


def read_list(text: str, references: dict[int, Reference], body_end: int) -> list[Listed]:
    """Entries (line, heading, text, year) of a page that is a list of studies, each with its reference.

    Empty where the page is no such list. An entry runs from the line that cites its reference to the next heading;
    or, where numbered headings stand above, from below its heading to the line that cites.
    """
    cited = [(m, int(m.group(1) or m.group(2))) for m in _CITED.finditer(text, 0, body_end)]
    if len(references) < SMALLEST_LIST or [n for _, n in cited] != sorted(references):
        return []
    lines = text[:body_end].split("\n")
    marks = [text.count("\n", 0, m.start()) for m, _ in cited]
    spans = _under_headings(lines, marks) or _from_marks(lines, marks)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    listed = []
    for (first, last, heading), (_, number) in zip(spans, cited, strict=True):
        entry = text[starts[first] : starts[last] + len(lines[last])]
        heading = heading or _quoted_title(lines[first])
        listed.append(((first + 1, heading, entry, _dated(lines[: first + 1])), references[number]))
    return listed


def _dated(lines: list[str]) -> int:
    """The year that opens the entry's first line, else the nearest line above that opens with one."""
    dated = (re.match(r"\s*((?:19|20)\d\d) ?(?:年|$)", line) for line in reversed(lines))
    return next((int(match.group(1)) for match in dated if match), 0)


def _under_headings(lines: list[str], marks: list[int]) -> list[tuple[int, int, str]]:
    spans, above = [], -1
    for number, mark in enumerate(marks, 1):
        headings = [
            (at, match.group(2))
            for at in range(above + 1, mark)
            if (match := _HEADING.match(lines[at])) and int(match.group(1)) == number
        ]
        if not headings:
            return []
        at, heading = headings[-1]
        first = next(i for i in range(at + 1, mark + 1) if lines[i].strip())
        spans.append((first, mark, heading.strip()))
        above = mark
    return spans


def _from_marks(lines: list[str], marks: list[int]) -> list[tuple[int, int, str]]:
    spans = []
    for mark, following in zip(marks, [*marks[1:], len(lines)], strict=True):
        last = mark
        for at in range(mark + 1, following):
            text = lines[at].strip()
            if text and not _SENTENCE_END.search(text):
                break
            last = at if text else last
        spans.append((mark, last, ""))
    return spans


def _quoted_title(line: str) -> str:
    """The work an entry's first line announces: its last 《…》, for a journal named so comes first."""
    titles = re.findall(r"《([^《》]+)》", line)
    return titles[-1] if titles else ""


def _plain_names(authors: str) -> str:
    """`Shi, M., Li, YY.` as `Shi M, Li YY`: surname and initials stand in one piece in the other styles."""
    return re.sub(r"([A-Z][\w'-]+), ([A-Z]{1,3})\.(?=,|$)", r"\1 \2", authors)
