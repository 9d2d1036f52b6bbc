"""Records and flow in the forms other tools read: RIS and CSV for ASReview, Rayyan and Covidence, PRISMA2020 CSV.

Tables in, text out; writing it somewhere is the caller's business.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pandas as pd

from mscreview.records.flow import LABELS
from mscreview.records.model import printed

_RIS = (
    ("TI", "title"), ("AB", "abstract"), ("PY", "year"), ("T2", "journal"), ("DO", "doi"), ("UR", "url"),
    ("AN", "record_id"),
)  # fmt: skip
_LABELS = {"include": "ASReview_relevant", "exclude": "ASReview_irrelevant", "unclear": "ASReview_not_seen"}
_INCLUDED = {"include": "1", "exclude": "0"}
# Boxes of the PRISMA2020 package: data key, node, box. Boxes this flow has no records for are written with n = 0.
_PRISMA = (
    ("NA", "node4", "prevstud", "Previous studies"),
    ("previous_studies", "node5", "box1", "Studies in an earlier version"),
    ("previous_reports", "NA", "box1", "Reports of studies in an earlier version"),
    ("NA", "node6", "newstud", "New studies from databases, registers and saved pages"),
    ("database_results", "node7", "box2", ""), ("register_results", "NA", "box2", "Registers"),
    ("NA", "node16", "othstud", "New studies by other methods"), ("website_results", "node17", "box11", "Websites"),
    ("organisation_results", "NA", "box11", "Organisations"),
    ("citations_results", "NA", "box11", "Citation searching"),
    ("duplicates", "node8", "box3", ""), ("excluded_automatic", "NA", "box3", "Ineligible by automation"),
    ("excluded_other", "NA", "box3", "Removed for other reasons"), ("records_screened", "node9", "box4", ""),
    ("records_excluded", "node10", "box5", ""), ("dbr_sought_reports", "node11", "box6", ""),
    ("dbr_notretrieved_reports", "node12", "box7", ""), ("other_sought_reports", "node18", "box12", "Reports sought"),
    ("other_notretrieved_reports", "node19", "box13", "Reports not retrieved"), ("dbr_assessed", "node13", "box8", ""),
    ("dbr_excluded", "node14", "box9", ""), ("other_assessed", "node20", "box14", "Reports assessed"),
    ("other_excluded", "node21", "box15", "Reports excluded"), ("new_studies", "node15", "box10", ""),
    ("new_reports", "NA", "box10", ""), ("total_studies", "node22", "box16", "All studies included"),
    ("total_reports", "NA", "box16", "Reports of all studies included"),
    ("identification", "node1", "identification", "Identification"), ("screening", "node2", "screening", "Screening"),
    ("included", "node3", "included", "Included"),
)  # fmt: skip


def export(form: str, *frames: pd.DataFrame) -> str:
    """Text in one of the forms: `ris` and `csv` take records (and screening), `prisma` takes the flow.

    Raises
    ------
    ValueError
        For a form nobody knows.
    """
    if form not in FORMS:
        raise ValueError(f"no export form {form!r}; there are {', '.join(FORMS)}")
    return FORMS[form](*frames)


def _ris(records: pd.DataFrame, screening: pd.DataFrame | None = None) -> str:
    decisions = _decisions(screening)
    lines = []
    for row in records.to_dict("records"):
        lines.append("TY  - JOUR")
        lines += [f"AU  - {name}" for name in printed(row["authors"]).split("; ") if name]
        lines += [f"{tag}  - {_one_line(row[column])}" for tag, column in _RIS if printed(row[column])]
        if printed(row["pmid"]):
            lines.append(f"N1  - PMID: {row['pmid']}")
        if screening is not None:
            lines.append(f"N1  - {_LABELS[decisions[row['record_id']]]}")
        lines += ["ER  - ", ""]
    return "\n".join(lines) + "\n"


def _csv(records: pd.DataFrame, screening: pd.DataFrame | None = None) -> str:
    columns = ["record_id", "title", "abstract", "authors", "year", "journal", "doi", "pmid", "url"]
    out = records[columns].copy()
    # A reader of tables takes an empty abstract for damage; this says that there is none.
    out["abstract"] = out["abstract"].fillna("[no abstract]")
    if screening is not None:
        decisions = _decisions(screening)
        out["included"] = [_INCLUDED.get(decisions[key], "") for key in out["record_id"]]
    return out.to_csv(index=False, lineterminator="\n")


def _prisma(flow: pd.DataFrame) -> str:
    n = dict(zip(flow["box"], flow["n"], strict=True))
    totals = {"total_studies": n["new_studies"], "total_reports": n["new_reports"]}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["data", "node", "box", "description", "boxtext", "tooltips", "url", "n"])
    for data, node, box, text in _PRISMA:
        text = text or LABELS[data]
        count = _by_reason(flow, data) if data == "dbr_excluded" else {**n, **totals}.get(data, 0)
        writer.writerow([data, node, box, text, text, text, f"{data if data != 'NA' else box}.html", count])
    return buffer.getvalue()


def _by_reason(flow: pd.DataFrame, box: str) -> str:
    """`Reason, n; Reason, n`, as the package wants excluded reports; commas in a reason would break it."""
    parts = flow[flow["box"].str.startswith(f"{box}:")]
    return (
        "; ".join(f"{label.replace(',', '')}, {n}" for label, n in zip(parts["label"], parts["n"], strict=True)) or "0"
    )


def _decisions(screening: pd.DataFrame | None) -> dict[str, str]:
    return {} if screening is None else dict(zip(screening["record_id"], screening["decision"], strict=True))


def _one_line(value: object) -> str:
    return " ".join(printed(value).split())


FORMS: dict[str, Callable[..., str]] = {"ris": _ris, "csv": _csv, "prisma": _prisma}
