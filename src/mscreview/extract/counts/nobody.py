"""Nobody fell ill: "none of the patients died", "no patient had a relapse", "three on oats and none on water".

A context in, facts out. A sentence of results that says of people, in any trial's words, that something happened to none of
them is a fact of kind `safety` (value 0, `outcome` as printed): read without a protocol only, as `safety` reads a
protocol's outcomes by name. "none" right in front of an arm's name is an event count of zero in that arm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.counts.safety import EVENT
from mscreview.extract.model import ALL_ARMS, Context, Fact
from mscreview.extract.status import status_at
from mscreview.text.patterns import PEOPLE
from mscreview.text.search import beginnings, starting

_BEFELL = (
    r"(?:died|relapsed|withdrew|dropped out|developed|experienced|suffered|discontinued|stopped|required|needed|reported|showed"
    r"|had (?!received|been|previous|prior|any knowledge)|(?:was|were) (?:lost|withdrawn|admitted|readmitted|hospitali[sz]ed)"
    r"|received (?:an? |any )?)"
)
_NOBODY = re.compile(
    rf"\b(?:none of (?:the |these |those |our |all )?(?:(?P<n>\d{{1,5}}) )?(?:[\w-]+ ){{0,2}}?{PEOPLE}|no(?: \w[\w-]*){{0,2}}? {PEOPLE}|nobody|no one)"
    rf"(?: (?:in|of|on|from|given|treated|receiving)\b[^.;,]{{1,40}}?)? {_BEFELL}"
    r"|\bno (?P<event>[a-z][\w-]*(?: [\w-]+){0,3}?) (?:(?:was|were) (?:seen|observed|recorded|noted|reported|found|detected|encountered)|occurred|happened|took place)\b"
    r"|\bthere (?:was|were) no (?P<what>[a-z][\w-]*(?: [\w-]+){0,4})(?=[.;,]| in (?:either|any|both|the)\b)"
    r"|无(?:[一1]例|(?:人|患者|病人|受试者)(?=[^,。;]{0,10}(?:发生|出现|死亡|退出|跌倒|停药))|例(?:患者|病人)?(?:出现|发生|死亡|复发|退出))"
    r"|(?<=[,。;:亦且也组])未(?:再?(?:发生|出现)(?!者)|见)|[均都皆](?:未|没有)(?:再)?(?:发生|出现|观察到|报告)|(?<=[,。;:])无(?=[\u4e00-\u9fff]{2,10}(?:反应|发生|病例)(?:[,。;]|$))|[均都皆]无(?=[^,。;]{1,16}(?:发生|出现))",
    re.I,
)
_NOBODY_AT = beginnings("no none nobody there", "无均都皆未")
_NO_HARM = re.compile(
    r"\b(?:differ|chang|signific|between|associat|lower|higher|reduc|increas|predict|effect|evidence|interact|correlat|relation\b|relationship"
    r"|improv|benefit|advantage|heterogen|inferior|superior|response|data\b)"
    r"|差异|差别|变化|改变|改善|影响|升高|降低|下降|增加|减少|缓解|关系?|意义|显著|明显",
    re.I,
)
_TAIL = re.compile(r"[^.;,，。;:]{0,60}")
_EITHER = re.compile(r"\b(?:either|any|both|each) (?:of the )?(?:\w+ )?(?:groups?|arms?)\b")
_EVERY = re.compile(r"[两二三四各]组(?:患者)?$")
_NONE = re.compile(r"\bnone (?:in|on|with|among|after|for|of (?:those|the \w+) (?:in|on|with|given)) (?:the )?", re.I)
_TOLD_IN = ("results", "conclusion", "")


def read(context: Context) -> Iterator[Fact]:
    """Zero counts of an arm, and without a protocol the sentences that deny what might have happened to people."""
    yield from _zeros(context)
    yield from _zeros_elsewhere(context)
    if context.lexicon.protocol is not None:
        return
    norm = context.norm
    for m in starting(_NOBODY, _NOBODY_AT, norm):
        tail = _TAIL.match(norm, m.end())
        end = m.end() if m["event"] or m["what"] or tail is None else tail.end()
        sentence = context.sentence_at(m.start())
        if (
            sentence is None
            or sentence.section not in _TOLD_IN
            or _NO_HARM.search(norm, m.start(), end)
            or EVENT.search(norm, m.start(), end)
        ):
            continue
        status = status_at(norm, sentence, m.start())
        yield context.fact(
            "safety", m.start(), end, "nobody", measure="events", value=0.0, n=int(m["n"]) if m["n"] else None,
            outcome=m["event"] or m["what"] or norm[m.start() : end], value_text="none",
            arm=ALL_ARMS if _EITHER.search(norm, m.end(), sentence.end) or _EVERY.search(norm, m.start() - 8, m.start()) else "",
            **({"status": status} if status else {}),
        )  # fmt: skip


_ELSEWHERE = re.compile(
    r"\bnone (?:in|of|with) (?:(?:either of )?the )?others?(?: (?:two|three|2|3))?(?: (?:groups?|arms?)\b|(?=[.;,]))"
    r"|其[余他](?:[两三23] ?)?组(?:患者)?(?:均|都)?(?:无|未见|未发生|未出现)(?=[。;,)]|$)"
)


def _zeros_elsewhere(context: Context) -> Iterator[Fact]:
    """ "one patient on oats and none in the other two groups": a zero for every arm the sentence has not named."""
    if not context.arms or not ("none" in context.norm or "其余" in context.norm or "其他" in context.norm):
        return
    for m in _ELSEWHERE.finditer(context.norm):
        sentence = context.sentence_at(m.start())
        named = {k.arm for k in context.mentions_in(sentence.start, m.start())} if sentence else set()
        if named and sentence and sentence.section in _TOLD_IN:
            for k in sorted(set(range(len(context.arms))) - named):
                yield context.fact(
                    "events", m.start(), m.end(), "none elsewhere", value=0.0, arm=context.arms[k].name,
                    value_text="none", decimals=0,
                )  # fmt: skip


def _zeros(context: Context) -> Iterator[Fact]:
    """ "three on oats and none on water"."""
    for m in _NONE.finditer(context.norm) if context.arms and "none" in context.norm else ():
        arm = context.mentions_in(m.end(), m.end() + 1)
        if arm and context.section_at(m.start()) in _TOLD_IN:
            yield context.fact(
                "events", m.start(), m.start() + 4, "none in an arm", value=0.0, arm=context.arms[arm[0].arm].name,
                value_text="none", decimals=0,
            )  # fmt: skip
