"""Questions put to an abstract, in our own words: which way an outcome went, and the printed numbers of two arms."""

import pytest

from mscreview import text
from mscreview.extract import ask
from mscreview.extract.ask import features, pair, question as asked

TEXT = (
    "Broth or water for hiccups\n"
    "METHODS: We randomised 60 adults to broth (n = 31) or water (n = 29). "
    "RESULTS: The duration of hiccups was significantly shorter in the broth group than in the water group "
    "(12.1 ± 3.4 vs 19.8 ± 5.2 minutes, P < 0.001). Thirst was significantly higher in the water group than in the broth "
    "group (P = 0.01). Appetite did not differ between the groups (P = 0.62). Hiccups came back in 4/31 adults in the broth "
    "group and in 11/29 in the water group (P = 0.03). CONCLUSION: Broth shortens hiccups."
)


@pytest.mark.parametrize(
    ("outcome", "intervention", "comparator", "expected", "words"),
    [
        ("duration of hiccups", "broth", "water", "decreased", "significantly shorter"),
        ("duration of hiccups", "water", "broth", "increased", "significantly shorter"),
        ("thirst", "broth", "water", "decreased", "Thirst"),
        ("thirst", "water", "broth", "increased", "Thirst"),
        ("appetite", "broth", "water", "no difference", "did not differ"),
    ],
)
def test_direction_follows_the_asked_arms(
    outcome: str, intervention: str, comparator: str, expected: str, words: str
) -> None:
    answer = ask.direction(TEXT, outcome, intervention, comparator)
    assert answer.direction == expected
    assert words in answer.quote == TEXT[answer.start : answer.end]
    assert answer.score == max(answer.scores)


def test_short_forms_stand_for_what_the_text_defines() -> None:
    text = "Broth.\nWe measured length of hiccups (LOH). LOH was significantly longer with water than with broth (P = 0.02)."
    assert ask.direction(text, "length of hiccups", "broth", "water").direction == "decreased"


def test_nothing_to_read_is_no_direction() -> None:
    assert ask.direction("", "thirst", "broth", "water").direction == ""


def test_binary_cells_with_their_words() -> None:
    cells = ask.numbers(TEXT, "hiccups came back", "broth", "water", "binary")
    told = [(c.events and c.events.value, c.n and c.n.value) for c in (cells.intervention, cells.comparator)]
    assert told == [(4, 31), (11, 29)]


def test_cells_turn_with_the_arms() -> None:
    cells = ask.numbers(TEXT, "hiccups came back", "water", "broth", "binary")
    assert (cells.intervention.events and cells.intervention.events.value) == 11


def test_continuous_cells_with_their_words() -> None:
    cells = ask.numbers(TEXT, "duration of hiccups", "broth", "water", "continuous")
    told = [
        (c.mean and c.mean.value, c.sd and c.sd.value, c.n and c.n.value)
        for c in (cells.intervention, cells.comparator)
    ]
    assert told == [(12.1, 3.4, 31), (19.8, 5.2, 29)]


def test_what_is_not_printed_stays_blank() -> None:
    cells = ask.numbers(TEXT, "appetite", "broth", "water", "continuous")
    assert (cells.intervention.mean, cells.comparator.mean) == (None, None)


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="'ordinal'"):
        ask.numbers(TEXT, "appetite", "broth", "water", "ordinal")


@pytest.mark.parametrize(
    ("said", "outcome", "expected"),
    [
        ("Thirst was significantly greater with broth than with water", "thirst", "increased"),
        ("The decrease in thirst was significantly greater with broth than with water", "thirst", "decreased"),
        ("The reductions in thirst were significantly smaller with broth than with water", "thirst", "increased"),
        (
            "The reduction in thirst was significantly greater with broth than with water",
            "reduction in thirst",
            "increased",
        ),
    ],
)
def test_a_greater_fall_is_less_of_what_falls(said: str, outcome: str, expected: str) -> None:
    assert ask.direction(f"Broth.\nRESULTS: {said} (P < 0.01).", outcome, "broth", "water").direction == expected


PAIRS = (
    ("Hiccups lasted 12 ± 3 minutes in the broth group and 19 ± 5 in the water group.", "hiccups", -1.0),
    ("Compared with water, broth gave longer naps (46 vs. 31 minutes, P = 0.02).", "naps", 1.0),
    ("Naps were longer in the water group than in the broth group (46 vs 31 minutes).", "naps", -1.0),
    ("Hiccups came back in 11/40 (27.5%) with water versus 4/40 (10.0%) with broth.", "hiccups", -1.0),
    ("Thirst was reported by 30% and 20% in the broth and water groups, respectively.", "thirst", 1.0),
    ("Naps lengthened at 4 and 8 weeks with broth (P = 0.03, 95% CI 2 to 9) and not with water.", "naps", 0.0),
    ("Thirst rose from 20 to 35 points with broth and from 21 to 25 points with water.", "thirst", 1.0),
)


@pytest.mark.parametrize(("sentence", "outcome", "sign"), PAIRS)
def test_two_printed_numbers_are_laid_to_their_arms(sentence: str, outcome: str, sign: float) -> None:
    passage = text.normalise(sentence)
    question = asked.question(outcome, "broth", "water", {})
    place = features._place(passage.norm, text.sentences(passage)[0], asked.tokens(passage.norm, {}), (), question, "")
    assert pair.larger(passage.norm, place, 0, len(passage.norm), question)[0] == sign


def test_capitals_that_spell_an_asked_phrase_stand_for_it() -> None:
    passage = text.normalise("Hiccups were rarer after WBS than after water.")
    assert asked.short_forms_of(passage, "hiccups", "warm broth slowly", "water")["wbs"] == {
        asked.stem(w) for w in ("warm", "broth", "slowly")
    }


def test_another_outcomes_numbers_do_not_fill_a_half_printed_one() -> None:
    told = (
        "METHODS: Sixty adults were given broth or water. RESULTS: The mean body weight gain was greater with broth "
        "(50.7 ± 11.2 g). The mean body warmth was 37.5 ± 8.9 and 26.5 ± 7.4 with broth and water, respectively."
    )
    cells = ask.numbers(told, "mean body weight gain", "broth", "water", "continuous")
    assert (cells.intervention.mean, cells.comparator.mean) == (None, None)
    warmth = ask.numbers(told, "mean body warmth", "broth", "water", "continuous")
    assert [c.mean and c.mean.value for c in (warmth.intervention, warmth.comparator)] == [37.5, 26.5]


ORDER = "METHODS: Adults were given broth or water. RESULTS: "
FOUR = "METHODS: Adults were given broth, tea or water. RESULTS: "
UNNAMED = [
    (ORDER + "Thirst was seen in 11 (22.4%) versus 20 (42.6%) adults (P = 0.03).", "thirst", "broth", "water", -1.0),
    (ORDER + "Thirst was seen in 11 (22.4%) versus 20 (42.6%) adults (P = 0.03).", "thirst", "water", "broth", 1.0),
    (ORDER + "Thirst at 12 months was 112 (SD 11) mm and 108 (SD 12) mm (P = 0.007).", "thirst", "broth", "water", 1.0),
    (FOUR + "Thirst was seen in 7 (13%), 19 (35%) and 15 (28%) adults with broth, tea and water, respectively.",
     "thirst", "tea", "broth", 1.0),
    (FOUR + "Thirst in the broth, tea and water groups was (33.4±3.6), (35.2±3.9) and (30.9±3.5) mm, respectively.",
     "thirst", "water", "tea", -1.0),
]  # fmt: skip


@pytest.mark.parametrize(("said", "outcome", "intervention", "comparator", "sign"), UNNAMED)
def test_numbers_without_names_go_in_the_order_told_before(said, outcome, intervention, comparator, sign) -> None:
    passage = text.normalise(said)
    wanted = asked.question(outcome, intervention, comparator, {})
    last = features.candidates(passage, text.sentences(passage), wanted, {})[-1]
    assert last.way.get("numbers", 0.0) == sign


def test_to_control_is_no_control_group() -> None:
    norm = "Failure to control hiccups was rarer, and control of thirst was better, than in the control group."
    question = asked.question("hiccups", "broth", "water", {})
    _, right = asked.arm_places(norm, asked.tokens(norm, {}), question)
    assert [norm[a:b] for a, b, _ in right] == ["control"]
    assert right[0][0] > norm.index("than")
