"""Harm that did not happen: "no serious adverse event in any of the 26 patients" is a count of zero with its denominator.

A context in, facts of kind `safety` out: `value` 0 events, `n` the patients named in the clause (None where none is),
`outcome` the protocol's, or without a protocol the event as printed. Denials of death or of a complication count in the
same way; one that is planned or another study's carries that status.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.lexicon import OUTCOME, Term
from mscreview.extract.model import ALL_ARMS, Context, Fact
from mscreview.extract.status import status_at
from mscreview.text.patterns import PEOPLE
from mscreview.text.search import beginnings, starting

# what a count of zero can stand for: outcomes that are events and better when fewer
_DENIAL_BEFORE = re.compile(
    r"(?:\b(?:no|not|without|none of[^.;]{0,60}|neither|nor|absence of|free of|zero)\b(?: \w[-\w]*| ?,){0,5}|"
    r"(?:未|没有|无|均无|未见|未发生|未出现|未发现|未观察到|未报告|未记录|并未)[^,。;]{0,24})[ ]?$",
    re.I,
)
_DENYING = ("no", "without", "neither", "absence", "free", "zero", "未", "没有", "无")
_DENIAL_AFTER = re.compile(
    r"[^.;,]{0,30}?\b(?:were|was|did|has|have)(?: been)? (?:not|never) (?:observed|occur|seen|reported|noted|found|detected|recorded)|"
    r"[^。;,]{0,6}(?:未发生|未出现|未见(?!明显|显著|差)|为0例?|0例)",
    re.I,
)
_DIFFERENCE = re.compile(
    r"(?:differ\w*|change|significant|between|associat\w*|lower|higher|reduc\w*|increas\w*|risk of|predict\w*|effects? (?:on|of)|prevent\w*|decreas\w*"
    r"|affect\w*|alter\w*|influenc\w*|protect\w*|attenuat\w*|差异|差别|意义|关系|降低|减少|预防|增加|升高|影响|改善)",
    re.I,
)
_DENOMINATOR = re.compile(
    rf"(?:any|all|none|each|one) (?:\w+ )?of (?:the |these |our )?(?P<a>\d{{1,4}}) (?:\w+ ){{0,2}}{PEOPLE}\b|"
    rf"\bin (?:the |all |all the )?(?P<b>\d{{1,4}}) (?:\w+ ){{0,2}}{PEOPLE}\b|(?:全部|所有|共)?(?P<c>\d{{1,4}}) ?(?:例|名|位)(?:患者|病人|受试者)?(?:均|中|都)",
    re.I,
)
_REACH = 70


# events that any trial reports, whatever its topic
EVENT = re.compile(
    r"\b(?:adverse (?:drug )?(?:events?|reactions?|effects?)|side[- ]effects?|complications?|toxicit(?:y|ies)|deaths?|mortality|SAEs?)(?![A-Za-z])|"
    r"不良(?:反应|事件)|毒副(?:反应|作用)|副(?:作用|反应)|并发症|死亡",
    re.I,
)
_EVENT_AT = beginnings("adverse side complication toxicit death mortality sae", "不毒副并死")
_KIND = re.compile(
    r"(?<![A-Za-z])(?:(?:serious|severe|major|treatment-related|procedure-related|drug-related|infusion-related|related|acute|"
    r"other|obvious|local|systemic|unexpected) ){1,3}$|(?:严重|明显|相关|任何|其他|重大|急性){1,2}的?$",
    re.I,
)


def read(context: Context) -> Iterator[Fact]:
    """One fact for each denied event: the protocol's outcomes, or without a protocol the events as printed."""
    if context.lexicon.protocol is None:
        terms = _printed_events(context.norm)
        found = [(t, span) for t in terms if (span := _denied(context, t))]
    else:
        found = [(t, span) for t in context.terms.get(OUTCOME, ()) if (span := denied_event(context, t))]
    for term, (start, stop) in found:
        n, end = _denominator(context, term, stop)
        sentence = context.sentence_at(start)
        status = status_at(context.norm, sentence, start) if sentence else ""
        if context.lexicon.protocol and _OTHER.search(context.norm, start, stop):
            status = "ambiguous"  # "no other adverse event": some there were
        yield context.fact(
            "safety", start, end, "denied_event", measure="events", outcome=term.name, value=0.0, n=n,
            value_text="none", arm=ALL_ARMS if _of_every_arm(context, start, end) else "",
            **({"status": status} if status else {}),
        )  # fmt: skip


# "in either group", 两组均未见
_ALIKE = re.compile(
    r"[^.;,]{0,30}?\b(?:in|among|between) (?:either|both|any|each)(?: of the)?(?: \w+)? (?:groups?|arms?)\b", re.I
)
_OTHER = re.compile(r"\b(?:other|further|additional)\b|其[他它]", re.I)
_ALIKE_ZH = re.compile(r"[两三各]组[^,。;]{0,8}$")
_NOBODY = re.compile(rf"\b(?:no|none of the) (?:[a-z]+ )?{PEOPLE}\b", re.I)  # "no patient died"


def _of_every_arm(context: Context, start: int, end: int) -> bool:
    norm, sentence = context.norm, context.sentence_at(start)
    if _ALIKE.match(norm, end) or _ALIKE_ZH.search(norm, max(0, start - 14), start):
        return True
    alone = sentence is not None and not context.mentions_in(sentence.start, sentence.end)
    return alone and _NOBODY.match(norm, start) is not None


def _printed_events(norm: str) -> list[Term]:
    out = []
    for m in starting(EVENT, _EVENT_AT, norm):
        kind = _KIND.search(norm, max(0, m.start() - 50), m.start())
        start = kind.start() if kind else m.start()
        out.append(Term(start, m.end(), OUTCOME, norm[start : m.end()]))
    return out


def denied_event(context: Context, term: Term) -> tuple[int, int] | None:
    """The words of the denial with the harm they deny; None where the term is no harm or is not denied."""
    protocol = context.lexicon.protocol
    outcome = protocol.outcomes.get(term.name) if protocol else None
    if outcome is None or outcome.kind != "binary" or outcome.better != "lower":
        return None
    return _denied(context, term)


def _denied(context: Context, term: Term) -> tuple[int, int] | None:
    sentence = context.sentence_at(term.start)
    if sentence is None:
        return None
    norm = context.norm
    low = max(sentence.start, term.start - _REACH)
    words = norm[low : term.start].lower()
    before = _DENIAL_BEFORE.search(norm, low, term.start) if any(word in words for word in _DENYING) else None
    if before and not _DIFFERENCE.search(before[0]) and not _difference_follows(norm, term, sentence.end):
        return before.start(), term.end
    after = _DENIAL_AFTER.match(norm, term.end, min(sentence.end, term.end + _REACH))
    return (term.start, after.end()) if after else None


def _difference_follows(norm: str, term: Term, end: int) -> bool:
    """ "no complication rate differed": the denial is of a difference."""
    return bool(_DIFFERENCE.search(norm[term.end : min(end, term.end + 16)]))


def _denominator(context: Context, term: Term, end: int) -> tuple[int | None, int]:
    sentence = context.sentence_at(term.start)
    assert sentence is not None
    m = _DENOMINATOR.search(context.norm, sentence.start, sentence.end)
    if not m:
        return None, end
    return int(m["a"] or m["b"] or m["c"]), max(end, m.end()) if m.start() >= term.start else end
