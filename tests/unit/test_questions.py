"""What a question asks for, and which sentences state it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from aggregator.domain.article import Passage
from aggregator.errors import ArgumentError
from aggregator.plugins.questions.asked import Asked, interrogative
from aggregator.plugins.questions.matching import values
from aggregator.plugins.questions.question import (
    Evidence,
    FoundPassage,
    Question,
    named_in,
    question_of,
)
from aggregator.plugins.questions.ranking import answers, contradicted_by, ranked, stated_in

_TODAY = date(2026, 7, 6)


def question(text: str) -> Question:
    """A question as it is read."""
    return question_of(text, _TODAY)


def evidence_of(text: str, *before: str, title: str = "News of the day") -> Evidence:
    """A sentence behind others in an article of 4 July 2026, a Saturday."""
    passage = Passage(article_id="a" * 12, version=1, n=1, text=" ".join((*before, text)))
    found = FoundPassage(
        passage=passage,
        story_id="s" * 12,
        source_key="daily",
        url="https://daily.example/1",
        title=title,
        published=datetime(2026, 7, 4, tzinfo=UTC),
    )
    return Evidence(text=text, before=before, found=found, article=passage.text)


def is_answer(question: str, evidence: Evidence) -> bool:
    read = question_of(question, _TODAY)
    return answers(read, evidence, {word.stem: 1.0 for word in read.words})


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How many people work at Halden?", Asked.COUNT),
        ("How much did Halden pay?", Asked.AMOUNT),
        ("What does the F40 cost?", Asked.MONEY),
        ("When does the act take effect?", Asked.DAY),
        ("In what share of trials did it fail?", Asked.SHARE),
        ("Who led the round?", Asked.NAME),
        ("How long does a letter take?", Asked.DURATION),
        ("How large is the fine?", Asked.FIGURE),
        ("Which version fixes it?", Asked.NEW),
        ("Why is the chip late?", Asked.REASON),
        ("Did the authors win?", Asked.ANY),
    ],
)
def test_what_a_question_asks_for_is_read_from_its_interrogative(
    question: str, asked: Asked
) -> None:
    assert interrogative(question).asked is asked


def test_a_product_is_named_whole() -> None:
    assert question_of("What is the context window of Auk 4 Mini?", _TODAY).names == ("Auk 4 Mini",)


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("Heron 3 has 96 billion parameters.", True),
        ("Heron 3 Small has 7 billion parameters.", False),
        ("Heron 3.1 has 98 billion parameters.", False),
        ("The price of Heron 3. It fell.", True),
    ],
)
def test_a_version_is_not_named_by_its_sibling(text: str, *, is_named: bool) -> None:
    assert named_in("Heron 3", text) is is_named


def test_a_name_is_not_meant_where_a_longer_known_name_has_it() -> None:
    text = "ChatGPT Health has a waitlist."

    assert (named_in("ChatGPT", text), named_in("ChatGPT", text, longer=["ChatGPT Health"])) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Who bought Q.AI?", ("Q.AI",)),
        ("Did Auk.ai, maker of Wren.js, win?", ("Auk.ai", "Wren.js")),
        ("Did Auk like it.Lark did?", ("Auk", "Lark")),
    ],
)
def test_a_name_with_dots_is_one_name(text: str, names: tuple[str, ...]) -> None:
    assert question(text).names == names


@pytest.mark.parametrize(
    ("asked", "text", "given"),
    [
        (
            "How much did Auk raise?",
            "Cairn and Pennant pledged $15 billion to Auk, which also raised $13 billion.",
            ["$13 billion"],
        ),
        (
            "How much did Auk raise?",
            "Auk, valued at $6 billion after raising $750 million in May, leads the field.",
            ["$750 million"],
        ),
        (
            "What was Auk valued at?",
            "Auk raised $330 million at a valuation of $6.6 billion.",
            ["$6.6 billion"],
        ),
        ("For how much did Cairn buy Auk?", "Cairn bought Auk for $9 million.", ["$9 million"]),
        ("What is Auk-OCR 2?", "Auk-OCR 2 reads 385 pages a minute.", []),
    ],
)
def test_an_amount_is_said_of_the_act_in_its_clause(
    asked: str, text: str, given: list[str]
) -> None:
    assert [value for value, _ in values(question(asked), [evidence_of(text)])] == given


@pytest.mark.parametrize(
    ("story", "text", "given"),
    [
        ("s", "Auk 4 reads 20 times as fast.", ["16×", "20 times"]),
        ("s", "Auk 4 reads 385 pages as fast.", ["16×"]),
        ("t", "Auk 4 reads 20 times as fast.", ["16×"]),
    ],
    ids=["another figure", "another unit", "another event"],
)
def test_figures_differ_in_one_unit_and_in_reports_of_one_event(
    story: str, text: str, given: list[str]
) -> None:
    first, other = evidence_of("Auk 4 reads 16× as fast."), evidence_of(text)
    other = replace(other, found=replace(other.found, story_id=story * 12))

    found = values(question("How fast does Auk 4 read?"), [first, other])

    assert [value for value, _ in found] == given


@pytest.mark.parametrize(
    ("other", "given"),
    [
        (
            "Cairn Cloud will buy Pennant for $700 million in cash.",
            ["$640 million", "$700 million"],
        ),
        ("Cairn Cloud bought Pennant for $641 million, it says.", ["$640 million", "$641 million"]),
        ("Cairn Cloud is buying Pennant: $640 million.", ["$640 million"]),
        ("The round valued Pennant at $400 million.", ["$640 million"]),
    ],
)
def test_sentences_on_the_same_that_give_other_values_differ(other: str, given: list[str]) -> None:
    read = question_of("For how much is Cairn Cloud buying Pennant?", _TODAY)
    stated = [evidence_of("Cairn Cloud is buying Pennant for $640 million."), evidence_of(other)]

    assert [text for text, _ in values(read, stated)] == given


def test_a_day_is_told_by_its_date() -> None:
    read = question_of("When was Heron 3 released?", _TODAY)
    stated = [evidence_of("Saltmarsh today publishes Heron 3, a model.")]

    assert [text for text, _ in values(read, stated)] == ["4 July 2026"]


@pytest.mark.parametrize(
    ("question", "evidence"),
    [
        pytest.param(
            "How many parameters does Heron 3 have?",
            evidence_of("Heron 3 has 96 billion parameters."),
            id="stated",
        ),
        pytest.param(
            "Who led GrowthPal's funding round?",
            evidence_of(
                "The funding round was led by Ideaspring Capital.", title="GrowthPal raises money"
            ),
            id="its headline names whom it is about",
        ),
        pytest.param(
            "What does a Spark cost?",
            evidence_of("The system is priced at $3,999.", "The Spark was announced in June."),
            id="the sentence before names it",
        ),
        pytest.param(
            "How many complaints about Pennant did the Oversight Office receive?",
            evidence_of(
                "The office received 63 complaints between January and May.",
                "Pennant is in the sights of the Oversight Office.",
            ),
            id="it means whom it does not name",
        ),
        pytest.param(
            "By how many votes was the Transparency Act adopted?",
            evidence_of("Parliament adopted the Transparency Act with 212 votes to 141."),
            id="what is done to it",
        ),
        pytest.param(
            "When was Heron 3 released?",
            evidence_of("Saltmarsh today publishes Heron 3, a model."),
            id="another verb for the same act, and a day without a date",
        ),
        pytest.param(
            "How many of the five agents forwarded the messages?",
            evidence_of("Three of five did it.", "The text told agents to forward the messages."),
            id="how many of how many",
        ),
        pytest.param(
            "When does the Model Act take effect?",
            evidence_of("For any model maker the Model Act takes effect on 1 May."),
            id="an ordinary word is no sibling",
        ),
        pytest.param(
            "Who bought Q.AI?",
            evidence_of("Pennant buys the start-up Q.AI."),
            id="a name with dots",
        ),
        pytest.param(
            "Who is the CEO of Noetix?",
            evidence_of("“Robots look like us,” Noetix CEO Jiang Zheyuan said."),
            id="of names alone",
        ),
        pytest.param(
            "How many employees did Halden have in May?",
            evidence_of("Headcount stood at 4,100 in May.", title="Halden reports"),
            id="what is counted stands before the figure",
        ),
    ],
)
def test_a_sentence_that_states_what_is_asked_is_an_answer(
    question: str, evidence: Evidence
) -> None:
    assert is_answer(question, evidence)


@pytest.mark.parametrize(
    ("question", "evidence"),
    [
        pytest.param(
            "How many parameters does Auk 4 have?",
            evidence_of("Quillmere did not say how many parameters Auk 4 has."),
            id="the figure is not given",
        ),
        pytest.param(
            "How many parameters does Heron 3 have?",
            evidence_of("Heron 2 has 90 billion parameters.", title="Heron 3 is here"),
            id="of the version before, under its headline",
        ),
        pytest.param(
            "How many parameters does Heron 2 have?",
            evidence_of("Heron 3 has 96 billion parameters."),
            id="of another version",
        ),
        pytest.param(
            "What is the context window of Heron 2?",
            evidence_of(
                "Heron 3 has a context window of 256,000 tokens, four times that of Heron 2."
            ),
            id="of what it is compared with",
        ),
        pytest.param(
            "How many parameters does Heron 3 have?",
            evidence_of("Heron 3 Small, with 7 billion parameters, is licensed like Heron 3."),
            id="of a sibling that is named before it",
        ),
        pytest.param(
            "How many tokens was Auk 4 trained on?",
            replace(
                evidence_of("Auk 4 has a context window of 400,000 tokens."),
                article="Auk 4 has a context window. Nobody knows what its training cost.",
            ),
            id="another thing was done",
        ),
        pytest.param(
            "When did Quillmere publish the safety report?",
            evidence_of("Quillmere released a model on Tuesday without the safety report."),
            id="what was left out",
        ),
        pytest.param(
            "How many of the five agents forwarded the messages?",
            evidence_of("The text told the agents to forward the last ten messages."),
            id="a number of something else than of the five",
        ),
        pytest.param(
            "Why is the T9 late?",
            evidence_of("Tessellon will deliver the T9 half a year late."),
            id="no reason given",
        ),
        pytest.param(
            "Who led the round of Halden?",
            evidence_of("The round of Halden was joined by Greyharbour."),
            id="who did something else",
        ),
        pytest.param(
            "What was Mahindra's profit in the March quarter?",
            evidence_of("Mahindra reported a profit of $12 million in the December quarter."),
            id="of another quarter",
        ),
        pytest.param(
            "How many employees did Halden hire in 2024?",
            evidence_of("Halden hired 400 employees in 2025."),
            id="of another year",
        ),
        pytest.param(
            "How many employees does Halden have?",
            evidence_of("Halden has 12 offices, where employees may bring dogs."),
            id="a figure of something else",
        ),
        pytest.param(
            "Who is the chief executive of Cairn Cloud?",
            evidence_of(
                "“We chose annoying,” said Ines Okoro, the chief executive.",
                title="Tessellon’s chip is late, and Cairn Cloud has a hall full of empty racks",
            ),
            id="of somebody else",
        ),
        pytest.param(
            "How much did Greyharbour raise?",
            evidence_of("Tessellon raised $900 million in a round led by Greyharbour."),
            id="the name is not whose act it was",
        ),
        pytest.param(
            "What fine did Quillmere pay?",
            evidence_of("For Quillmere the fine to pay would be about $60 million."),
            id="what would be",
        ),
        pytest.param(
            "What does a Spark of Nordic cost?",
            evidence_of("Nordic and Spark are worth $4 trillion together."),
            id="a sum that is no price",
        ),
        pytest.param(
            "Who founded the company Halden?",
            evidence_of("Halden was praised by Mara Lind."),
            id="another deed",
        ),
        pytest.param(
            "How much did Pennant raise?",
            evidence_of(
                "Cairn and Pennant pledged $15 billion to Auk, which also raised $13 billion."
            ),
            id="another raised it",
        ),
        pytest.param(
            "How much did Auk raise?",
            evidence_of("Auk raises a Series E at a $61 billion valuation."),
            id="what it is worth",
        ),
        pytest.param(
            "Who bought Pennant?",
            evidence_of("Pennant buys the start-up Q.AI from Cairn."),
            id="it is the one who bought",
        ),
    ],
)
def test_a_near_miss_is_no_answer(question: str, evidence: Evidence) -> None:
    assert not is_answer(question, evidence)


def test_an_answer_of_which_the_day_fits_is_told_from_one_of_another_day() -> None:
    asked = "How many servers answered on 8 June?"
    stated = evidence_of("A scan on 8 June found that 6,200 servers answered.")
    other = replace(stated, text="A scan on 9 June found that 1,900 servers answered.")

    assert (is_answer(asked, stated), is_answer(asked, other)) == (True, False)


def test_of_sentences_that_match_alike_the_newest_comes_first() -> None:
    old = evidence_of("Auk raised $13 million, its records show.").found
    passage = replace(
        old.passage, article_id="b" * 12, text="Auk raised $65 million, it announced."
    )
    new = replace(old, passage=passage, published=datetime(2026, 7, 5, tzinfo=UTC))

    found = ranked(question("How much did Auk raise?"), [old, new], {"auk": 1.0, "rais": 1.0}, "en")

    assert [each.found for each in found] == [new, old]


@pytest.mark.parametrize("text", ["", "???", "how of the", "x" * 501])
def test_a_question_without_words_or_too_long_is_turned_away(text: str) -> None:
    with pytest.raises(ArgumentError):
        question_of(text, _TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x1b[31mWho leads Halden?\x07",
        "Halden\ud800 \u202eevil",
        '" OR 1=1; DROP TABLE passages; -- Halden% _',
        "NEAR(Halden AND *) NOT ^",
    ],
)
def test_a_hostile_question_is_read_as_words(text: str) -> None:
    read: Question = question_of(text, _TODAY)

    assert read.text.isprintable()
    assert read.words


def _found(text: str) -> list[Evidence]:
    return [evidence_of(text, title="Heron 3 is here")]


@pytest.mark.parametrize(
    ("stated", "is_said"),
    [
        ("Heron 3 has 96 billion parameters.", True),
        ("Heron 3 has 96 billion parameters, of which 12 billion are active for each token.", True),
        ("Heron 3 has 96 billion parameters, but not yet.", False),
        ("Heron 3 has 96 billion parameters, analysts say.", False),
        ("Heron 3 has 96 billion parameters or more.", False),
    ],
)
def test_a_claim_is_said_where_nothing_behind_it_takes_it_back(
    stated: str, *, is_said: bool
) -> None:
    claim = question_of("Heron 3 has 96 billion parameters.", _TODAY)

    assert (stated_in(claim, _found(stated)) is not None) is is_said


@pytest.mark.parametrize(
    ("stated", "is_contradicted"),
    [
        ("Heron 3 has 90 billion parameters.", True),
        ("Heron 3 has 96 billion parameters.", False),
        ("Heron 2 has 90 billion parameters.", False),
        ("Heron 3 writes 90 billion tokens.", False),
    ],
)
def test_another_figure_for_the_same_contradicts_a_claim(
    stated: str, *, is_contradicted: bool
) -> None:
    claim = question_of("Heron 3 has 96 billion parameters.", _TODAY)

    assert (contradicted_by(claim, _found(stated)) is not None) is is_contradicted
