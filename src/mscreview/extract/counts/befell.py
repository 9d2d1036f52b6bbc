"""People something happened to, told by fixed words: "three patients died", "seen in 33 patients on oats".

A part of `people`: a context and a number in, whether it counts events out, where the learned roles are unsure. A list
that ends in "9 patients, respectively" counts them too, unless it says who received what.
"""

from __future__ import annotations

import re

from mscreview.extract.model import Context
from mscreview.text import Sentence
from mscreview.text.patterns import PEOPLE

_REACH, _LIST_REACH, _LONGEST_LIST = 70, 130, 6
_LIST = re.compile(r",? ?(?:and|or|,) ?")
# "three patients died", "14 of 24 children had less pain", "seen in 33 patients on oats"
_BEFELL = re.compile(
    rf"(?: (?:out )?of (?:the )?\d{{1,5}})? (?:[\w-]+ ){{0,2}}?{PEOPLE},? (?:respectively,? )?(?:[\w-]+ )?"
    r"(?:died|withdrew|dropped out|(?:was|were) lost to|discontinued|developed|experienced|suffered|relapsed|had (?:an?|less|more|no)\b)"
)
_OCCURRED_IN = re.compile(
    r"\b(?:occurred|observed|seen|found|noted|recorded|reached|achieved|developed|detected|needed|required|reported)"
    r"(?: only)? (?:in|by) $|\baffected $"
)
# "appeared in 3 patients receiving oats": who it was
_AROSE_IN = re.compile(r"\b(?:occurred|appeared|developed|arose)(?: only)? in $")
_SOME = re.compile(rf" (?:[\w-]+ ){{0,2}}?{PEOPLE}\b")
_LEADS = (" in ", " by ", "affected ")  # how a match of `_OCCURRED_IN` ends
_THESE = re.compile(rf" (?:[\w-]+ ){{0,2}}?{PEOPLE}\b(?! (?:receiv|assign|random|enrol|recruit))")
# "3 died", "2 were lost to follow-up"
_GONE = re.compile(r" (?:died|withdrew|dropped out|relapsed|(?:was|were) (?:lost to follow|withdrawn\b))")
_FRACTION = r"\d{1,5} ?/ ?\d{1,5}(?: ?[(\[]\d[\d.]* ?%[)\]])?"
_OTHER_FRACTION = rf",? (?:vs?\.?|versus|against|and|compared (?:with|to)) {_FRACTION}"
_FRACTIONS = re.compile(rf"{_FRACTION}{_OTHER_FRACTION}")
_FRACTION_AGAIN = re.compile(rf"{_FRACTION},? (?:vs?\.?|versus|against|and|compared (?:with|to)) $")
_ACUITY = (6, 20)  # "20/40 vs 20/30"
# "found in 21 of the A group and 22 of the B group"
_AND_OF_THE_OTHER = re.compile(
    r"\b(?:in|by) \d{1,5} (?:of|in) (?:the )?[^.;,\d]{1,40}(?:,? and|, but| vs\.?| versus) (?:in |by )?$"
)
_COUNTED_SHARE = re.compile(rf" {PEOPLE} ?[)\]]")  # "8.4% (8 patients)"
# "commoner with oats (28 people) than with rye (11 people)", "only in the oats group (3 patients)"
_IN_BRACKETS = re.compile(rf" {PEOPLE}[)\]]")
_OFTENER_WITH = re.compile(
    r"\b(?:(?:more|less) (?:common|frequent|often)(?:ly)?|only) (?:in|with|on|after|for|by|among) [^.;]{2,90}[(\[]$"
)
_OF_THE = re.compile(r" (?:of|in) the\b")
_CLAUSE = re.compile(r"(?:[.;:] |\b(?:and|but|while|whereas),? |, )$")
_DIED = re.compile(r",? (?:died|withdrew|relapsed|discontinued|dropped out)\b")
_TOLD_EACH = re.compile(
    rf"(?:,? (?:and|or) | ?, ?)(?:\d{{1,5}}(?:,? and |, ?)){{0,4}}\d{{1,5}} {PEOPLE},? respectively\b"
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
    if led and _OF_SO_MANY.match(norm, q.end) and not _DEALT_OUT.search(norm, low, q.start):
        return True
    if led and _AROSE_IN.search(norm, low, q.start) and _SOME.match(norm, q.end):
        return True
    told = _BEFELL.match(norm, q.end) or _GONE.match(norm, q.end)
    if told and (q.start == sentence.start or _CLAUSE.search(norm, low, q.start)):
        return True
    if (
        sentence.section == "results"
        and norm.endswith(("=", "= "), low, q.start)
        and _is_labelled(context, j, sentence)
    ):
        return True
    if _is_fraction(context, j) or (_OF_THE.match(norm, q.end) and _AND_OF_THE_OTHER.search(norm, low, q.start)):
        return True
    if norm.endswith(("% (", "% ["), low, q.start) and _COUNTED_SHARE.match(norm, q.end):
        return True
    if norm.endswith(("(", "["), low, q.start) and _IN_BRACKETS.match(norm, q.end):
        return _OFTENER_WITH.search(norm, max(sentence.start, q.start - _LIST_REACH), q.start) is not None
    if _one_for_each_arm(context, q.start, sentence.start) or _listed_people(norm, low, q.start):
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
    told = _TOLD_EACH.match(norm, first.end)
    led = norm.endswith((" in ", " by ", " for ", " of "), 0, first.start)
    return told is not None and (led or _DIED.match(norm, told.end()) is not None)


def _is_fraction(context: Context, j: int) -> bool:
    """ "4/33 vs 13/32": the count of either; acuities and pressures are none."""
    norm, q = context.norm, context.quantities[j]
    if norm[q.end : q.end + 2].strip()[:1] != "/" or q.value in _ACUITY or j + 1 == len(context.quantities):
        return False
    if (q.value or 0) > (context.quantities[j + 1].value or 0):
        return False
    if _FRACTIONS.match(norm, q.start) or _FRACTION_AGAIN.search(norm, max(0, q.start - 40), q.start):
        return True
    if not norm.endswith("(", 0, q.start):
        return False
    # "fatigue (3/24), fever (2/24)": of one whole
    whole = re.escape(context.quantities[j + 1].text)
    alike = re.findall(rf"[a-z] \(\d{{1,4}} ?/ ?{whole}\)", norm[max(0, q.start - _LIST_REACH) : q.end + _LIST_REACH])
    return len(alike) > 1


# "fever (n = 5) and headache (n = 2)", "fever, n = 5; rash, n = 1"
_HARM_N = re.compile(rf"(?!{PEOPLE} ?[(,])[a-z]{{4,}}(?:,| ?\() ?n ?= ?$")
_NEXT_N = re.compile(r"\)?(?:,|;|,? and) [a-z][a-z -]{2,30}(?:,| ?\() ?n ?= ?\d{1,4}\b")


def _is_labelled(context: Context, j: int, sentence: Sentence) -> bool:
    """Whether a number is one of a list of harms with "n =" that names no arm."""
    norm, q = context.norm, context.quantities[j]
    low = max(sentence.start, q.start - 40)
    if not _HARM_N.search(norm, low, q.start) or context.mentions_in(low, q.start):
        return False
    if _NEXT_N.match(norm, q.end):
        return not context.mentions_in(q.end, q.end + 40)
    return j > 0 and _NEXT_N.fullmatch(norm, context.quantities[j - 1].end, q.end) is not None


# --- one count for each arm: "Reoperation: 2 vs 3", "Fatigue affected 14, 13 and 11 patients" --------------------------

_NUMBER = r"(?:\d{1,4}(?![\d.]*\d)|zero|none|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_TAIL = rf"(?: {PEOPLE})?(?: ?[(\[]\d[\d.]* ?%[)\]])?"
_THEN = r"(?:,? (?:and|or|vs?\.?|versus) |, )"
_NO_COUNT = (
    r"(?!(?i:(?:[^.;:]* )?(?:scores?|scales?|time|times|ind(?:ex|ices)|age|means?|medians?|averages?|levels?|dos\w+|days?|hours?|weeks?"
    r"|months?|years?|length|duration|points?|rates?|ratio|pressure|volume|size|weight|results?|findings|methods|participants"
    r"|patients|measurements|setting|sex|gender|women|men|grades?|groups?|arms?|pts)\b))"
)
_LED = re.compile(
    rf"(?:(?:[.;,:] ){_NO_COUNT}[A-Za-z][^.;:,\d]{{2,40}}: |\b[Nn]umbers? of {_NO_COUNT}[^.;:\d]{{2,60}} (?:was|were) "
    rf"|\b[Nn]umbers? of {PEOPLE} (?:who|with|requiring|needing|reporting|having) [^.;:\d]{{2,60}} (?:was|were) "
    rf"|\b(?:affected|(?:reported|experienced|noted|seen|taken|used|needed|required|given|recorded|found) (?:by|in|for|to)) )(?P<run>(?:{_NUMBER}{_TAIL}{_THEN}){{0,5}})$"
)
_REST = re.compile(rf"{_NUMBER}{_TAIL}(?P<run>(?:{_THEN}{_NUMBER}{_TAIL}){{0,5}})(?= ?[.;,)]| (?:in|on|with|of)\b)")
# "improved in five of seven patients"
_OF_SO_MANY = re.compile(
    rf" (?:out )?of (?:the |our |these )?{_NUMBER} (?:[\w-]+ ){{0,2}}?{PEOPLE}\b(?! (?:receiv|assign|random|enrol|recruit))"
)
_MEMBER = re.compile(rf"\b{_NUMBER}(?! ?%)(?:{_TAIL})")
_LABELS = (":", "umber", "affected", " by ", " in ", " for ", " to ")
_BACK = 110
_COUNTED = rf"(?:{PEOPLE}|knees?|hips?|limbs?|wounds?|breasts?|lesions?|pregnancies|births)"
_OF_THEM = rf"(?: (?:pts?|{_COUNTED}))?(?: ?[(\[]\d[\d.]* ?%[)\]])?"
_LED_IN = re.compile(
    rf"\b(?!given|used|performed|done|applied|administered|started|studied|conducted|tested|carried)(?:[a-z]{{3,}}|grade \d) (?:in|by)(?: only)? (?P<run>(?:{_NUMBER}{_OF_THEM}{_THEN}){{0,5}})$"
)
_REST_PEOPLE = re.compile(
    rf"{_NUMBER}{_OF_THEM}(?P<run>(?:{_THEN}{_NUMBER}{_OF_THEM}){{0,5}})(?<=[a-z)\]])(?! (?:receiv|assign|random|enrol|recruit|allocat|treat))"
)
# "were recorded in 9 and 24 adults, falls in 22 and 71"
_ANOTHER = re.compile(rf" in {_NUMBER}{_THEN}$")
_CONTINUED = re.compile(
    rf"\b[a-z]{{3,}} (?:in|by) {_NUMBER}{_THEN}{_NUMBER}{_OF_THEM}(?:, (?:and )?[^.;\d]{{3,60}} in {_NUMBER}{_THEN}{_NUMBER}){{0,3}}"
    rf",? (?:and )?[^.;\d]{{3,60}} in (?:{_NUMBER}{_THEN})?$"
)
_ENDS_IN_PEOPLE = re.compile(rf" (?:pts?|{_COUNTED})(?: ?[(\[]\d[\d.]* ?%[)\]])?$")


def _listed_people(norm: str, low: int, start: int) -> bool:
    """ "treatment was stopped in 15 and 17 patients": a bare list of counts of people, led by "in" or "by"."""
    if (norm.endswith(" in ", low, start) or _ANOTHER.search(norm, low, start)) and _CONTINUED.search(
        norm, max(0, low - _BACK), start
    ):
        return True
    led = _LED_IN.search(norm, low, start)
    rest = _REST_PEOPLE.match(norm, start) if led else None
    if led is None or rest is None or not (led["run"] or rest["run"]):
        return False
    return bool(_ENDS_IN_PEOPLE.search(rest[0])) and not _DEALT_OUT.search(norm, low, start)


def _one_for_each_arm(context: Context, start: int, begin: int) -> bool:
    """Whether a number is one of a bare list of as many counts as there are arms."""
    arms, norm = len(context.arms), context.norm
    rest = _REST.match(norm, start) if arms > 1 else None
    words = norm[max(begin - 2, start - _BACK, 0) : start]
    if rest is None or not any(label in words for label in _LABELS) or not (led := _LED.search(words)):
        return False
    return 1 + sum(len(_MEMBER.findall(run)) for run in (led["run"], rest["run"])) == arms
