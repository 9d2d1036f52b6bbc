"""One self-contained HTML file: sections of prose, tables and figures, every picture inside, nothing from outside."""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from IPython.display import Image
from matplotlib.figure import Figure

from mscreview.show.style import look
from mscreview.show.words import CJK, linked

STYLE = """
:root{--ink:#1f2429;--quiet:#58626b;--line:#dfe4e8;--blue:#005a91;--wash:#f3f6f8}
*{box-sizing:border-box} html{scroll-behavior:smooth}
body{font:17px/1.6 Charter,Georgia,"Noto Serif","Noto Serif CJK SC","Songti SC",SimSun,serif;max-width:60rem;margin:0 auto;
padding:2.5rem 1.2rem 4rem;color:var(--ink);background:#fff}
h1,h2,h3,nav,table,summary,figcaption,.note{font-family:"Helvetica Neue",Helvetica,Arial,"Noto Sans","Noto Sans CJK SC",
"PingFang SC","Microsoft YaHei",sans-serif}
h1{font-size:2rem;line-height:1.2;margin:0 0 .6rem} h2{font-size:1.35rem;margin:3rem 0 .8rem;padding-bottom:.3rem;
border-bottom:2px solid var(--blue)} h3{font-size:1.05rem;margin:1.8rem 0 .4rem}
a{color:var(--blue)} nav{background:var(--wash);padding:.8rem 1.2rem;border-radius:6px;font-size:14px;margin:1.5rem 0}
nav ol{columns:2;margin:0;padding-left:1.4rem} nav li{margin:0 0 .3rem;break-inside:avoid} .lead{font-size:1.08rem} .note,figcaption{color:var(--quiet);font-size:14px}
.wide{overflow-x:auto;margin:1rem 0} table{border-collapse:collapse;font-size:13px;line-height:1.4;width:100%}
caption{text-align:left;font-weight:bold;padding:.3rem 0} th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);
text-align:left;vertical-align:top;overflow-wrap:break-word} thead th{background:var(--wash)}
tr.group th{background:#fff;padding-top:1rem;font-size:14px;border-bottom:1px solid var(--ink)} td.keep{white-space:nowrap}
figure{margin:1.2rem 0 2rem} img{max-width:100%;height:auto} li{margin:.35rem 0}
details{margin:.5rem 0;border-left:3px solid var(--line);padding-left:.8rem} summary{cursor:pointer;color:var(--blue);
font-size:15px} details[open]{border-left-color:var(--blue)}
@media (max-width:40rem){nav ol{columns:1}}
@media print{body{font-size:11pt;max-width:none;padding:0} nav{display:none} h2,h3{break-after:avoid}
tr,figure,li{break-inside:avoid} .wide{overflow:visible} a{color:inherit;text-decoration:none}}
"""

CONTEXT = 60  # characters shown on either side of the words behind a number


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


def embedded(fig: Figure, alt: str, caption: str = "") -> str:
    """The figure as an HTML figure with its bytes inside; `alt` says it to who cannot see it."""
    data = base64.b64encode(png(fig)).decode("ascii")
    said = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return f'<figure><img alt="{html.escape(alt, quote=True)}" src="data:image/png;base64,{data}">{said}</figure>'


def folded(title: str, body: str) -> str:
    """A body that opens when somebody asks."""
    return f"<details><summary>{html.escape(title)}</summary>{body}</details>"


def words_behind(title: str, chain: pd.DataFrame, texts: Mapping[str, str] | None = None) -> str:
    """The chain of one result as a folded table: effect, the very words, where they stand, a link to the source.

    Parameters
    ----------
    chain : `trace` of one result.
    texts : record_id -> text the offsets point into; with it the words stand marked in what surrounds them.
    """
    rows = []
    for r in chain.itertuples():
        words = "" if pd.isna(r.words) else str(r.words)
        zh = ' lang="zh"' if CJK.search(words) else ""
        link = linked("" if pd.isna(r.address) else str(r.address))
        around = _around((texts or {}).get(str(r.record_id), ""), r.start, r.end, words)
        cells = f"<td>{html.escape(str(r.effect_id))}</td><td{zh}>{around}</td>"
        rows.append(f"<tr>{cells}<td>{html.escape(str(r.place))}</td><td>{link}</td></tr>")
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("effect", "words", "where", "source"))
    return folded(title, f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>")


def _around(text: str, start: float, end: float, words: str) -> str:
    """The words marked in the text around them; alone where they are no part of a text (cells of a sheet)."""
    if pd.isna(start) or text[int(start) : int(end)] != words:
        return html.escape(words)
    before, after = text[max(0, int(start) - CONTEXT) : int(start)], text[int(end) : int(end) + CONTEXT]
    return f"…{html.escape(before)}<mark>{html.escape(words)}</mark>{html.escape(after)}…"


def paragraphs(sentences: Sequence[str]) -> str:
    """Sentences as a list."""
    return "<ul>" + "".join(f"<li>{html.escape(s)}</li>" for s in sentences) + "</ul>"


def citation(cff: str) -> str:
    """How to cite, from the text of a CITATION.cff: authors, year, title, version, licence; empty parts are left out."""
    fields = dict(re.findall(r'^([a-z-]+): *"?([^"\n>]+?)"? *$', cff, re.MULTILINE))
    names = re.findall(r'^ *(?:- )?(?:name|family-names): *"?([^"\n]+?)"? *$', cff, re.MULTILINE)
    year = fields.get("date-released", "")[:4]
    parts = [", ".join(names) + (f" ({year})" if year else ""), fields.get("title", "")]
    parts += [
        f"{word} {fields[key]}" for key, word in (("version", "Version"), ("license", "Licence")) if key in fields
    ]
    return "".join(f"{part}. " for part in parts if part).strip()


def report(title: str, lead: str, sections: Sequence[Section]) -> str:
    """The whole file."""
    anchors = [f"s{i}" for i in range(1, len(sections) + 1)]
    pairs = list(zip(anchors, sections, strict=True))
    links = "".join(f'<li><a href="#{a}">{html.escape(s.title)}</a></li>' for a, s in pairs)
    bodies = "".join(
        f'<section id="{a}" aria-labelledby="{a}h"><h2 id="{a}h">{html.escape(s.title)}</h2>{s.body}</section>'
        for a, s in pairs
    )
    bodies = bodies.replace("<table>", '<div class="wide"><table>').replace("</table>", "</table></div>")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>\n<body><header><h1>{html.escape(title)}</h1>"
        f'<p class="lead">{html.escape(lead)}</p></header><nav aria-label="Contents"><ol>{links}</ol></nav>\n'
        f"<main>{bodies}</main></body></html>\n"
    )
