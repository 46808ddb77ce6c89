"""The anchors: what of a claim stands in the story, follows from it, or sits in the wrong slot."""

from __future__ import annotations

from datetime import date

import pytest

from aggregator.domain.claim import Rejection
from aggregator.verify.anchors.check import Objection, objections
from aggregator.verify.anchors.index import Report, story_index
from aggregator.verify.wording import casing_of

ARCHIVE = casing_of(
    ("The lab that Varland runs is large.", "It was Varland again.", "Some foreign buyers came.")
)
STORY = story_index(
    (
        Report(
            source="Northwind",
            day=date(2026, 5, 11),
            title="Northwind releases Tern 2 under an open licence",
            byline="Mara Lind",
            paragraphs=(
                "Northwind today releases Tern 2, a language model with 14 billion parameters. It"
                " reads 128,000 tokens at once; Tern 1 read 32,000 tokens.",
                "On our own test of 900 contract questions Tern 2 answers 81 percent correctly."
                " Tern 1 answered 64 percent of them.",
                "Developers have until 30 September 2026 to change the name in their calls. The"
                " old service opened in March 2014.",
                "Bench Notes has the weights. The new offices stand beside the harbour.",
            ),
        ),
        Report(
            source="Bench Notes",
            day=date(2026, 5, 12),
            title="First measurements of Tern 2",
            paragraphs=(
                "The training took 585,000 hours on 65,000 cards, Ingrid Solheim said, and cost"
                " 12 million euros. A grant paid 3 million euros. Halvor Nygaard led it.",
                "Of 200 puzzles Halden solved 58 percent, Brim only 44.",
                '"We would rather be used than admired," Solheim said.',
                "The council of Oslo pays Northwind 48,000 euros a year. The council of Bergen"
                " pays Northwind 31,000 euros a year.",
            ),
        ),
    ),
    archive=ARCHIVE,
)


def _reasons(text: str) -> list[Rejection]:
    return [objection.reason for objection in objections(text, STORY)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Tern 2 answers 81 percent of 900 questions correctly.", id="as stated"),
        pytest.param("Tern 2 has 14 billion parameters, Northwind says.", id="source that says it"),
        pytest.param("Bench Notes measured Tern 2.", id="name of a source"),
        pytest.param("Tern 2 is a model of about 130,000 tokens.", id="rounded"),
        pytest.param("Tern 2 reads four times as many tokens as Tern 1.", id="ratio"),
        pytest.param("Tern 1 reads a quarter of the tokens of Tern 2.", id="share in words"),
        pytest.param("A grant covers 25 percent of the cost in euros.", id="share in percent"),
        pytest.param("One in four of the euros comes from a grant.", id="one in so many"),
        pytest.param(
            "Tern 2 answers more than three quarters of 900 questions.", id="over a share"
        ),
        pytest.param("Tern 2 fails 19 percent of the contract questions.", id="what is left"),
        pytest.param("Tern 2 answers 17 points more than Tern 1 on contracts.", id="difference"),
        pytest.param("Together the councils pay 79,000 euros a year.", id="sum"),
        pytest.param("The training took nine hours for each of the cards.", id="quotient"),
        pytest.param("The old service ran for over a decade.", id="span between dates"),
        pytest.param("The two models differ.", id="number of a known set"),
        pytest.param("Northwind pays nothing to two councils.", id="pair that it names"),
        pytest.param("The three models differ.", id="number of another known set"),
        pytest.param("Foreign firms may use Tern 2.", id="ordinary first word"),
        pytest.param("Quantised cards run Tern 2.", id="first word that nobody writes"),
        pytest.param("Northwind released Tern 2 on Monday.", id="day of a report"),
        pytest.param("The name has to change by the end of September 2026.", id="month of a day"),
        pytest.param("The measurements appeared on 12 May 2026.", id="day of another report"),
        pytest.param("Brim managed only 44 percent.", id="unit of the figure beside it"),
        pytest.param("Halden solved 58 percent of the puzzles, Brim 44 percent.", id="two values"),
        pytest.param(
            "Tern 2 answers 81 percent correctly against 64 percent before.",
            id="value beside its rival",
        ),
        pytest.param("Our test has Tern 2 at 81 percent, Northwind says.", id="own voice"),
        pytest.param("Tern 2 has 900 questions behind it, Mara Lind writes.", id="author"),
        pytest.param("The training took 585,000 hours, says Bench Notes.", id="outlet"),
        pytest.param("Solheim put the training at 585,000 hours, she said.", id="who said it"),
        pytest.param('Solheim would "rather be used than admired".', id="quotation"),
    ],
)
def test_what_the_story_states_or_gives_passes(text: str) -> None:
    assert objections(text, STORY) == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("Tern 2 answers 86 percent correctly.", Rejection.NUMBER, id="figure"),
        pytest.param("The training cost 900 euros.", Rejection.NUMBER, id="unit"),
        pytest.param("Tern 2 reads 131,000 tokens or so.", Rejection.NUMBER, id="finer than told"),
        pytest.param("Tern 2 reads seven times as many tokens.", Rejection.NUMBER, id="ratio"),
        pytest.param("Tern 2 reads a fifth of the tokens.", Rejection.NUMBER, id="share"),
        pytest.param("The five models differ.", Rejection.NUMBER, id="number of no known set"),
        pytest.param("Tern 2 asks two questions.", Rejection.NUMBER, id="counted otherwise"),
        pytest.param("Tern 2 reads twice the tokens.", Rejection.NUMBER, id="multiple"),
        pytest.param("Oslo spends about 48,500 euros.", Rejection.NUMBER, id="no rounding"),
        pytest.param("The old service ran for two decades.", Rejection.NUMBER, id="decades"),
        pytest.param(
            "The council of Oslo pays Northwind 79,000 euros.", Rejection.NUMBER, id="sum untold"
        ),
        pytest.param(
            "Bergen pays Northwind 48,000 euros a year.", Rejection.NUMBER, id="slot of another"
        ),
        pytest.param(
            "Oslo pays Northwind 31,000 euros a year.", Rejection.NUMBER, id="slot of the next"
        ),
        pytest.param("Tern 1 answered 81 percent of them.", Rejection.NUMBER, id="other subject"),
        pytest.param("Northwind releases Tern 4.", Rejection.VERSION, id="version"),
        pytest.param(
            "The old service opened on 30 March 2014.", Rejection.DATE, id="day within a month"
        ),
        pytest.param("The name changes on 3 October 2026.", Rejection.DATE, id="date"),
        pytest.param(
            "The old service opened in September 2026.", Rejection.DATE, id="date of another event"
        ),
        pytest.param("The model beats Brackwater.", Rejection.NAME, id="name"),
        pytest.param(
            "Northwind said the training took 585,000 hours on 65,000 cards.",
            Rejection.SPEAKER,
            id="said by another",
        ),
        pytest.param(
            "Bench Notes writes that developers have until 30 September 2026 to change the name.",
            Rejection.SPEAKER,
            id="outlet that does not report it",
        ),
        pytest.param(
            "Bench Notes says the new offices stand beside the harbour.",
            Rejection.SPEAKER,
            id="outlet that another report names",
        ),
        pytest.param("Varland releases the model.", Rejection.NAME, id="first word as name"),
        pytest.param('Solheim is "glad to be used".', Rejection.QUOTATION, id="quotation"),
        pytest.param(
            'Northwind is "used rather than admired", Solheim said.',
            Rejection.QUOTATION,
            id="quotation in other words",
        ),
    ],
)
def test_what_the_story_does_not_bear_out_is_refused(text: str, reason: Rejection) -> None:
    assert _reasons(text) == [reason]


def test_an_objection_names_the_words_to_mend() -> None:
    assert objections("Oslo pays 52,000 euros for GPT-9.", STORY) == (
        Objection(reason=Rejection.NUMBER, words=("52,000 euros",)),
        Objection(reason=Rejection.VERSION, words=("GPT-9",)),
    )


def test_an_objection_names_the_one_who_did_not_say_it() -> None:
    text = "Halvor Nygaard said that the training took 585,000 hours on 65,000 cards."

    assert objections(text, STORY) == (
        Objection(reason=Rejection.SPEAKER, words=("Halvor Nygaard",)),
    )


def test_both_values_of_a_comparison_may_stand_but_not_the_other_way_round() -> None:
    text = "The council of Oslo pays %s euros a year, while the council of Bergen pays %s euros."

    assert _reasons(text % ("48,000", "31,000")) == []
    assert _reasons(text % ("31,000", "48,000")) == [Rejection.NUMBER]


def test_a_table_of_thousands_of_figures_is_compared_within_bounds() -> None:
    cells = " ".join(f"Model {number} said to score {number % 97} percent" for number in range(600))
    table = story_index(
        (Report(source="Bench Notes", day=date(2026, 5, 12), title="All", paragraphs=(cells,)),)
    )

    assert len(table.lines[1].figures_within(0, 100)) < 100
    assert table.lines[1].attributions == ()
    assert objections("It scored 31 percent, three times as much.", table) == ()


REVIEW = story_index(
    (
        Report(
            source="Kettle Review - All content",
            day=date(2026, 5, 12),
            title="Tern cuts its experts",
            paragraphs=(
                "Tern reduces its experts from 72 to 55 and reaches 44.35 on Marsh Pro. Its macOS"
                " app waits 0.16 s or 1.12 s.",
                "The older Heron has 32 billion parameters, Tern 4 billion and 9 billion.",
            ),
        ),
        Report(
            source="Review of Kettles",
            day=date(2026, 5, 13),
            title="Tern stays warm",
            paragraphs=("Tern keeps its pots warm all night, and nobody pays for the power.",),
        ),
    ),
    archive=casing_of(("The lab has 40 GPUs in it.",)),
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Seventeen experts of Tern make way.", id="change from one to another"),
        pytest.param("Tern waits for 0.16 to 1.12 seconds.", id="unit behind a space"),
        pytest.param("Nothing in Tern is computed twice.", id="twice without a measure"),
        pytest.param("Tern spares a GPU.", id="acronym of a thing"),
        pytest.param("Tern cut 72 experts to 55, Kettle Review writes.", id="name of a feed"),
        pytest.param("Tern keeps pots warm all night, Review of Kettles writes.", id="of"),
        pytest.param("Tern helps with notes and experts.", id="noun that looks like a saying"),
    ],
)
def test_fluent_words_for_what_the_story_states_pass(text: str) -> None:
    assert objections(text, REVIEW) == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("Sixteen experts of Tern make way.", Rejection.NUMBER, id="other change"),
        pytest.param("Tern shrinks Heron from 32 billion to 5.", Rejection.NUMBER, id="magnitude"),
        pytest.param("Tern reaches on Marsh Pro 45.35.", Rejection.VERSION, id="other figure"),
        pytest.param("Tern has an app for the Nac.", Rejection.NAME, id="other name"),
        pytest.param("Tern spares an NPX.", Rejection.NAME, id="acronym that nobody writes"),
    ],
)
def test_fluent_words_for_something_else_do_not(text: str, reason: Rejection) -> None:
    assert [objection.reason for objection in objections(text, REVIEW)] == [reason]


TARIFF = story_index(
    (
        Report(
            source="kettlereview",
            day=date(2026, 5, 12),
            title="Oslo taxes kettles",
            paragraphs=(
                "The order follows a nine-month investigation under section 232 of the Kettle Act"
                " of 1962 and covers fast kettles.",
                "Oslo lets Tern sell its kettles in Bergen. However, it demanded a 25 percent cut"
                " of the receipts.",
                "Tern tried more than 1,000 promising recipes.",
                "In the end 130 dishes were kept.",
                "The staff of 40,000 works beside 20,000 robots.",
                "A lid closes after 0.240 seconds.",
                "The recordings last about 1,217 hours, 410 hours and 1,840 hours.",
                "The routine test is dear, the board of Oslo said. Wahl invoked the steam paradox.",
                "Guests try a kettle in the last round, according to Brim. People decide, Tern"
                " said.",
                "Shops must list accurate prices.",
            ),
        ),
    ),
    archive=casing_of(("A low price helps.",)),
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The order rests on an investigation under a law of 1962.", id="year"),
        pytest.param(
            "Nobody in Bergen had such kettles before; now Tern may sell them if the state gets a"
            " quarter of the money.",
            id="percentage in words",
        ),
        pytest.param(
            "Of more than 1,000 recipes 130 survived, roughly one in eight.", id="its own figures"
        ),
        pytest.param("One robot for every two members of the staff works there.", id="one for two"),
        pytest.param("A lid closes within a quarter of a second.", id="fraction of a unit"),
        pytest.param("The recordings have roughly 3,470 hours.", id="sum of a list"),
        pytest.param("Price estimates from a routine test are dear.", id="noun of saying"),
        pytest.param(
            "The routine test costs less, if the steam paradox holds as Wahl believes.",
            id="clause with as",
        ),
        pytest.param(
            "Guests try a kettle in the last round, while Tern says that people decide.",
            id="clause of its own",
        ),
        pytest.param("Shops list accurate prices, Kettle Review notes.", id="name run together"),
    ],
)
def test_what_a_compressed_sentence_joins_passes(text: str) -> None:
    assert objections(text, TARIFF) == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("The state has a fifth of the money.", Rejection.NUMBER, id="percentage"),
        pytest.param(
            "Of more than 1,000 recipes 130 survived, one in five.", Rejection.NUMBER, id="ratio"
        ),
        pytest.param(
            "One robot for every six members of the staff works there.",
            Rejection.NUMBER,
            id="one for six",
        ),
        pytest.param("A lid closes in a fifth of a second.", Rejection.NUMBER, id="unit"),
        pytest.param("The recordings have roughly 3,900 hours.", Rejection.NUMBER, id="sum"),
        pytest.param(
            "Guests leave, while Tern says that a kettle is tried in the last round.",
            Rejection.SPEAKER,
            id="clause of another",
        ),
    ],
)
def test_what_a_compressed_sentence_invents_does_not(text: str, reason: Rejection) -> None:
    assert [objection.reason for objection in objections(text, TARIFF)] == [reason]
