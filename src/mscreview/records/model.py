"""What every reader gives: `Record`, one bibliographic record as its file prints it, before anybody judges it.

The first types of the records stage. Readers make records, `collect` turns them into the `records` table. Also here:
the one error of this stage, and how identifiers are recognised wherever they are printed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd


class RecordError(ValueError):
    """Raw records that cannot be used; the message lists file, record, line and value of every problem."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Label:
    """A screening decision that came inside an export."""

    reviewer: str
    decision: str
    reason: str = ""


@dataclass(frozen=True)
class Record:
    """One record of one file.

    `abstract` is the text facts will be quoted from; `translation` is the same abstract printed in a second
    language, kept beside it so that no fact is counted twice. `notes` says what the reader left out, and why.
    """

    format: str
    row: int
    line: int = 0
    title: str = ""
    abstract: str = ""
    translation: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    registry_ids: tuple[str, ...] = ()
    accession: str = ""
    publication_types: tuple[str, ...] = ()
    url: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()


# No CJK character or full-width stop belongs to a DOI: Chinese references run on without a blank.
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>{}\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
_PMID = re.compile(r"\bPMID[:： ]*(\d{1,8})\b")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
# Primary registries of the WHO network, as printed in abstracts and databank fields.
_REGISTRY = re.compile(
    r"(?<![A-Za-z])(?:NCT ?\d{8}|ChiCTR[-A-Za-z]*-?\d{8,10}|ISRCTN ?\d{8}|EudraCT[^\d]{0,12}\d{4}-\d{6}-\d{2}"
    r"|ACTRN ?\d{14}|IRCT ?\d{8,}N?\d*|UMIN ?\d{9}|JPRN-[A-Za-z]+\d+|jRCT[a-z]?\d{9,}|CTRI/\d{4}/\d{2,3}/\d{6}"
    r"|KCT\d{7}|DRKS\d{8}|NTR ?\d{3,5}|PACTR\d{12,}|TCTR\d{11}|RBR-[0-9a-z]{6,8}|SLCTR/\d{4}/\d{3})(?!\d)",
    re.IGNORECASE,
)


def printed(value: object) -> str:
    """A table cell as text; a missing one as the empty text."""
    return "" if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) else str(value)


def find_doi(text: str) -> str:
    """The first DOI printed in `text`, lower case; empty where there is none."""
    match = _DOI.search(text)
    return _trimmed(match.group()).lower() if match else ""


def find_pmid(text: str) -> str:
    """The first PubMed id that is called so in `text`."""
    match = _PMID.search(text)
    return match.group(1).lstrip("0") if match else ""


def find_year(text: str) -> int | None:
    """The first year from 1800 to 2099 in `text`."""
    match = _YEAR.search(text)
    return int(match.group(1)) if match else None


def find_registry_ids(*texts: str) -> tuple[str, ...]:
    """Trial registry ids in `texts`, in order, each once, upper case and without blanks."""
    found = [re.sub(r"\s", "", m.group()).upper() for text in texts for m in _REGISTRY.finditer(text)]
    return tuple(dict.fromkeys(re.sub(r"^EUDRACT\D*", "EUDRACT", f) for f in found))


def _trimmed(doi: str) -> str:
    doi = doi.rstrip(".,;:")
    while doi and doi[-1] in ")]" and doi.count(doi[-1]) > doi.count({")": "(", "]": "["}[doi[-1]]):
        doi = doi[:-1].rstrip(".,;:")
    return doi
