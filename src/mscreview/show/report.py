"""One self-contained HTML file: sections of prose, tables and figures, every picture inside, nothing from outside."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from IPython.display import Image
from matplotlib.figure import Figure

from mscreview.show.style import look
from mscreview.show.words import table

STYLE = """
body{font:16px/1.55 Georgia,serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}
h1,h2,h3{font-family:Helvetica,Arial,sans-serif;line-height:1.25} h2{margin-top:2.5rem;border-bottom:1px solid #ccc}
table{border-collapse:collapse;font:13px/1.4 Helvetica,Arial,sans-serif;margin:1rem 0;display:block;overflow-x:auto}
caption{text-align:left;font-weight:bold;padding:.3rem 0} th,td{padding:.25rem .6rem;border-bottom:1px solid #e2e2e2;
text-align:left;vertical-align:top} th{background:#f3f6f8} img{max-width:100%;height:auto}
details{margin:.4rem 0} summary{cursor:pointer;color:#0072B2} nav a{margin-right:1rem} .note{color:#555;font-size:14px}
@media print{body{max-width:none} details{display:block}}
"""


@dataclass(frozen=True)
class Section:
    """A heading with its body in HTML."""

    title: str
    body: str


def png(fig: Figure, dpi: int = 110) -> bytes:
    """The figure as PNG bytes that hold no clock."""
    buffer = io.BytesIO()
    with look():
        fig.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight", metadata={"Software": None})
    return buffer.getvalue()


def picture(fig: Figure, dpi: int = 90) -> Image:
    """The figure as a picture that a notebook shows and keeps."""
    return Image(png(fig, dpi))


def embedded(fig: Figure, alt: str) -> str:
    """The figure as an HTML image with its bytes inside."""
    data = base64.b64encode(png(fig)).decode("ascii")
    return f'<img alt="{html.escape(alt, quote=True)}" src="data:image/png;base64,{data}">'


def words_behind(analysis_id: str, chain: pd.DataFrame) -> str:
    """The chain of one result as a folded table: effect, source and the very words."""
    shown = chain[["effect_id", "words", "place", "address"]].rename(columns={"effect_id": "effect"})
    return f"<details><summary>The words behind {html.escape(analysis_id)}</summary>{table(shown)}</details>"


def paragraphs(sentences: Sequence[str]) -> str:
    """Sentences as a list."""
    return "<ul>" + "".join(f"<li>{html.escape(s)}</li>" for s in sentences) + "</ul>"


def report(title: str, lead: str, sections: Sequence[Section]) -> str:
    """The whole file."""
    anchors = [f"s{i}" for i in range(1, len(sections) + 1)]
    links = "".join(f'<a href="#{a}">{html.escape(s.title)}</a> ' for a, s in zip(anchors, sections, strict=True))
    bodies = "".join(
        f'<section id="{a}"><h2>{html.escape(s.title)}</h2>{s.body}</section>'
        for a, s in zip(anchors, sections, strict=True)
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body><h1>{html.escape(title)}</h1>"
        f"<p>{html.escape(lead)}</p><nav>{links}</nav>{bodies}</body></html>\n"
    )
