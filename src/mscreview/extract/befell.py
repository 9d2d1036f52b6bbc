"""People something happened to, told by fixed words: "three patients died", "seen in 33 patients on oats".

A part of `counts`: a context and a number in, whether it counts events out, where the learned roles are unsure. A list
that ends in "9 patients, respectively" counts them too, unless it says who received what.
"""

from __future__ import annotations

import re

from mscreview.extract.model import Context
from mscreview.text import Sentence

_REACH, _LIST_REACH, _LONGEST_LIST = 70, 130, 6
_LIST = re.compile(r",? ?(?:and|or|,) ?")
_PEOPLE = r"(?:patients?|subjects?|participants?|people|persons?|women|men|children|infants?|adults|adolescents|volunteers|individuals|cases|eyes)"
# "three patients died", "14 of 24 children had less pain", "seen in 33 patients on oats"
_BEFELL = re.compile(
    rf"(?: (?:out )?of (?:the )?\d{{1,5}})? (?:[\w-]+ ){{0,2}}?{_PEOPLE} (?:[\w-]+ )?"
    r"(?:died|withdrew|dropped out|(?:was|were) lost to|discontinued|developed|experienced|suffered|relapsed|had (?:an?|less|more|no)\b)"
)
_OCCURRED_IN = re.compile(
    r"\b(?:occurred|observed|seen|found|noted|recorded|reached|achieved|developed|detected|needed|required|reported)"
    r"(?: only)? (?:in|by) $|\baffected $"
)
_LEADS = (" in ", " by ", "affected ")  # how a match of `_OCCURRED_IN` ends
_THESE = re.compile(rf" (?:[\w-]+ ){{0,2}}?{_PEOPLE}\b(?! (?:receiv|assign|random|enrol|recruit))")
_CLAUSE = re.compile(r"(?:[.;:] |\b(?:and|but|while|whereas),? |, )$")
_TOLD_EACH = re.compile(
    rf"(?:,? (?:and|or) | ?, ?)(?:\d{{1,5}}(?:,? and |, ?)){{0,4}}\d{{1,5}} {_PEOPLE},? respectively\b"
)
_DEALT_OUT = re.compile(
    r"\b(?:receiv|assign|random|allocat|enrol|recruit|includ|compris|consist|divid|treated)\w*\b[^.;]{0,60}$"
)


def befell(context: Context, j: int, sentence: Sentence) -> bool:
    """Whether fixed words say that a number counts people something happened to."""
    q, norm = context.quantities[j], context.norm
    if q.percent or q.kind not in ("int", "words") or sentence.section in ("methods", "title"):
        return False
    low = max(sentence.start, q.start - _REACH)
    led = norm.endswith(_LEADS, low, q.start)
    if led and _OCCURRED_IN.search(norm, low, q.start) and _THESE.match(norm, q.end):
        return True
    if _BEFELL.match(norm, q.end) and (q.start == sentence.start or _CLAUSE.search(norm, low, q.start)):
        return True
    listed = norm.find("respectively", q.end, q.end + _LIST_REACH) >= 0
    return listed and _one_of_a_list(context, j) and not _DEALT_OUT.search(norm, low, q.start)


def _one_of_a_list(context: Context, j: int) -> bool:
    """ "by 3, 5 and 9 patients, respectively": any number of such a list."""
    norm, first = context.norm, context.quantities[j]
    for before in reversed(context.quantities[max(0, j - _LONGEST_LIST) : j]):
        if before.kind != "int" or not _LIST.fullmatch(norm, before.end, first.start):
            break
        first = before
    led = norm.endswith((" in ", " by ", " for ", " of "), 0, first.start)
    return led and _TOLD_EACH.match(norm, first.end) is not None
