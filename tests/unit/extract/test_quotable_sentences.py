"""Which sentences can stand alone on a page, and how a long one is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain.article import Read
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.source import Lane
from aggregator.english.presentable import is_presentable
from aggregator.extract.quotable_sentences import (
    QuotableSentence,
    extracted_claim,
    quotable_sentences,
    readable_members,
)
from tests.unit.story.makers import found_in, reported, story

WORDS = 25


def shown(*found: QuotableSentence) -> list[str]:
    """The sentences of the candidates."""
    return [candidate.sentence for candidate in found]


def cut(sentence: str, most_words: int = WORDS) -> str | None:
    """What is left of a sentence as a claim."""
    (found,) = found_in(sentence)
    claim = extracted_claim(found, most_words)
    return claim.text if claim else None


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "Northwind released the weights of its second model on Tuesday.", id="a plain report"
        ),
        pytest.param(
            "xAI released the weights of its second model on Tuesday.",
            id="a name with a small letter",
        ),
        pytest.param(
            "All three labs in Oslo were informed on Thursday.", id="a number with its noun"
        ),
        pytest.param(
            "Plans to build an oven in Oslo were dropped on Tuesday.", id="a noun like a verb"
        ),
        pytest.param(
            "60 percent of its revenue now comes from customers in Europe.", id="a figure first"
        ),
        pytest.param(
            "“We will open every model this year,” said Ada Holt of Northwind.",
            id="a quotation with its speaker",
        ),
        pytest.param(
            '"We will open every model this year," said Ada Holt of Northwind.',
            id="straight quotes",
        ),
        pytest.param(
            "Ada Holt said on Monday that she expects the price to fall.",
            id="a pronoun after its name",
        ),
        pytest.param(
            "Northwind’s model scored 71.2% on the test, up from 64.8% in March.", id="figures"
        ),
        pytest.param(
            "Northwind says this week that the weights will be opened.",
            id="this week points nowhere",
        ),
        pytest.param(
            "By Ada Byron Square, Northwind opened a shop on 4 July.", id="a place with by"
        ),
        pytest.param(
            "Northwind (which is based in Oslo) released the weights on Tuesday.",
            id="brackets in pairs",
        ),
        pytest.param(
            "In Oslo, it is not clear whether Northwind opens the weights.",
            id="an it that stands for nothing",
        ),
        pytest.param(
            "Holt’s lab opened the weights, and his rivals followed on Monday.",
            id="a name in the genitive",
        ),
        pytest.param(
            "In 2011, a lab in Oslo opened the weights of a model.",
            id="a year, no name with what explains it",
        ),
    ],
)
def test_a_sentence_that_says_who_and_what_is_presentable(sentence: str) -> None:
    assert is_presentable(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("They released the weights of the new model on Tuesday.", id="they"),
        pytest.param("75% said the oven had helped their bakery a great deal.", id="of whom"),
        pytest.param("Shows every loaf of a bakery with its day on a map.", id="no subject"),
        pytest.param(
            "Ada Byron (05:46.894) The oven of stone is an open design that stands in every hall.",
            id="time code",
        ),
        pytest.param(
            "Contents Introduction Using Ovens Using Stones Two Bakers of Oslo Special Case: Halden"
            " A Note on oven-care .",
            id="table of contents",
        ),
        pytest.param("The text of the label is fixed as ‘You are a wise baker.", id="half-quoted"),
        pytest.param(
            "Business live: latest updatesNorthwind opened a shop for weights on Tuesday.",
            id="glued headings",
        ),
        pytest.param("All three were informed on Thursday.", id="a number without its noun"),
        pytest.param("None of them scored above 40 percent on the task.", id="of them"),
        pytest.param("It costs half as much as the model before it.", id="it"),
        pytest.param("This changes what small teams can afford to run.", id="this"),
        pytest.param(
            "The move puts pressure on every rival in the market.", id="a noun that points back"
        ),
        pytest.param("However, Northwind did not say when the weights will follow.", id="however"),
        pytest.param("On Tuesday they opened the weights of the new model.", id="an early they"),
        pytest.param("Northwind says these models run on one graphics card each.", id="these"),
        pytest.param(
            "On Monday he said that the price of models would fall.",
            id="he before anybody was named",
        ),
        pytest.param(
            "The attack — LayerX found that any page could read the chat.",
            id="a run-in label with a dash",
        ),
        pytest.param(
            "Pricing: Northwind asks 2 dollars for a million tokens.",
            id="a run-in label with a colon",
        ),
        pytest.param(
            "Notably, it costs half as much as the model before it.", id="it after an adverb"
        ),
        pytest.param(
            "Since 2000, its share of the market has grown by a quarter.", id="its after a time"
        ),
        pytest.param("A solid phone with that Northwind design from 2014.", id="a noun alone"),
        pytest.param(
            "As a reminder, Northwind News is now a part of Halden Space.", id="a reminder"
        ),
        pytest.param(
            "Not taking steps to keep pupils of Oslo from the chatbot of Northwind.",
            id="an entry with not",
        ),
        pytest.param(
            "It lost to CSAM.Not taking it down was a fault of Northwind in Oslo.",
            id="glued behind capitals",
        ),
        pytest.param("The Oslo News is powered by Northwind Media.", id="who prints it"),
        pytest.param(
            "Subscribe to the Northwind letter to get the news every morning.",
            id="a call to subscribe",
        ),
        pytest.param(
            "Early bird tickets for the Northwind summit in Oslo are now on sale.", id="an advert"
        ),
        pytest.param(
            "Hi everyone, just sharing a model of Northwind that reads the books of bakers.",
            id="a greeting",
        ),
        pytest.param(
            "Merry Christmas from Northwind, which opened a model in Oslo this year.",
            id="a greeting of the season",
        ),
        pytest.param(
            "The Model - Northwind News & Views of Oslo.", id="a heading with a full stop"
        ),
        pytest.param(
            "The Model - News & Views: Northwind opened its second model.",
            id="a run-in label of a letter",
        ),
        pytest.param("Read more about the model of Northwind on its page.", id="a call to read on"),
        pytest.param("Photo by Ada Holt shows the lab of Northwind in Oslo.", id="an image credit"),
        pytest.param(
            "See https://northwind.example/2 for the weights of the second model.", id="an address"
        ),
        pytest.param(
            "“We will open every one of our models by the end of the year.”",
            id="a quotation without a speaker",
        ),
        pytest.param(
            "I tried the model of Northwind and liked what came of it.", id="the first person"
        ),
        pytest.param(
            "You can run the model of Northwind on your own laptop.", id="the second person"
        ),
        pytest.param(
            "Northwind called it “the best of its size and beat all others.", id="an open quotation"
        ),
        pytest.param(
            'Northwind called it "the best of its size and beat all others.',
            id="an open straight quotation",
        ),
        pytest.param(
            "Northwind (which is based in Oslo released the weights on Tuesday.",
            id="an open bracket",
        ),
        pytest.param(
            "Northwind has users run `pip install northwind` to fetch the weights.", id="code"
        ),
        pytest.param("Northwind | Halden | Ferrow are the names of three companies.", id="a table"),
        pytest.param(
            "NORTHWIND RELEASES WEIGHTS TODAY in the city of Oslo in Norway.",
            id="a run of capitals",
        ),
        pytest.param("Northwind opened the weights.", id="too short to say something"),
        pytest.param("What did Northwind release on Tuesday in the city of Oslo?", id="a question"),
        pytest.param(
            "Northwind released the weights of its second model on Tuesday …", id="trails off"
        ),
        pytest.param("Northwind released the weights of its second model on Tuesday", id="no end"),
        pytest.param(
            "northwind released the weights of its second model on Tuesday.",
            id="a torn-off beginning",
        ),
    ],
)
def test_a_sentence_that_a_reader_would_trip_over_is_not_presentable(sentence: str) -> None:
    assert not is_presentable(sentence)


@pytest.mark.timeout(5)
def test_a_hostile_run_of_letters_costs_no_time() -> None:
    assert is_presentable(f"{'A' * 5000} is what Northwind called the model on Tuesday.")


@pytest.mark.parametrize(
    ("lane", "is_taken"),
    [
        pytest.param(Lane.LAB, True, id="a lab speaks for itself"),
        pytest.param(Lane.RELEASE, True, id="release notes"),
        pytest.param(Lane.PAPER, True, id="a paper"),
        pytest.param(Lane.NEWS, False, id="a newspaper's we is not the story's"),
        pytest.param(Lane.LETTER, False, id="a letter"),
        pytest.param(Lane.COMMUNITY, False, id="a forum"),
    ],
)
def test_we_is_taken_only_from_those_who_are_the_news(lane: Lane, is_taken: bool) -> None:
    assert (
        bool(found_in("With Northwind 2 we release the weights of our second model.", lane=lane))
        is is_taken
    )


@pytest.mark.parametrize(
    ("sentence", "is_bare"),
    [
        pytest.param(
            "The method replaces the old layers with cheaper ones.",
            True,
            id="a method that nobody named",
        ),
        pytest.param(
            "The launch follows Halden's own figures on hospitals.",
            True,
            id="a launch, before a name",
        ),
        pytest.param(
            "The service is meant as an answer to the translator of Halden.", True, id="a service"
        ),
        pytest.param(
            "In late 2024, the lab released a tool for the command line.", True, id="after a time"
        ),
        pytest.param(
            "The policy, which was adopted in late 2023, covers all schools.",
            True,
            id="with a relative clause",
        ),
        pytest.param(
            "The models were trained in Oslo with cheaper chips.", False, id="in the headline"
        ),
        pytest.param(
            "The new models of Halden are cheaper than those of Ferrow.", False, id="whose it is"
        ),
        pytest.param(
            "The Ferrow method replaces the old layers with cheaper ones.", False, id="a name"
        ),
        pytest.param(
            "In Oslo, the lab released a tool for the command line.", False, id="after a place"
        ),
        pytest.param(
            "On 2 May, the firm said that Northwind opens its second model.",
            False,
            id="on what the headline tells",
        ),
        pytest.param(
            "The internet has changed since the first model came out.",
            False,
            id="there is one of it",
        ),
    ],
)
def test_a_noun_that_nothing_names_is_told_from_one_that_the_headline_has(
    sentence: str, is_bare: bool
) -> None:
    (found,) = quotable_sentences(
        (reported("Northwind opens second models", f"Halden sleeps. {sentence}"),)
    )

    assert (found.sentence, found.is_bare) == (sentence, is_bare)


@pytest.mark.parametrize(
    ("lane", "before", "is_taken"),
    [
        pytest.param(Lane.NEWS, (), True, id="a company's announcement"),
        pytest.param(Lane.NEWS, ("Northwind opened its second model.",), False, id="further down"),
        pytest.param(Lane.LAB, ("Northwind opened its second model.",), True, id="of a lab"),
        pytest.param(Lane.COMMUNITY, (), False, id="of a forum"),
        pytest.param(Lane.LETTER, (), False, id="of a letter"),
    ],
)
def test_an_announcement_may_open_with_we(
    lane: Lane, before: tuple[str, ...], is_taken: bool
) -> None:
    announced = "We’re releasing the weights of our second model today."

    assert (announced in shown(*found_in(*before, announced, lane=lane))) is is_taken


@pytest.mark.parametrize(
    "sentence",
    [
        "Northwind will test advertisements in its free chatbot in Norway.",
        "Northwind inadvertently published the weights of its model.",
        "Northwind limits its image tool to paying subscribers.",
        "Northwind says that a state-sponsored group used its model.",
        "Northwind raised the pass@1 rate of its largest model to 67 percent.",
        "Northwind changed its disclosure of training data on Tuesday.",
    ],
)
def test_news_on_what_pages_also_ask_for_is_no_boilerplate(sentence: str) -> None:
    assert is_presentable(sentence)


def test_the_united_states_are_not_us() -> None:
    assert found_in("US President Ada Holt announced new tariffs on chips.", lane=Lane.NEWS)


def test_we_within_a_quotation_is_the_speakers() -> None:
    (found,) = found_in(
        "“We will open every model this year,” said Ada Holt of Northwind.", lane=Lane.NEWS
    )

    assert not found.is_publishers_voice


@pytest.mark.parametrize(
    "dateline",
    [
        pytest.param("OSLO — ", id="a city"),
        pytest.param("OSLO (Reuters) - ", id="an agency"),
        pytest.param("OSLO, July 4 (Reuters) - ", id="a day"),
        pytest.param("NEW YORK, N.Y. — ", id="a state"),
    ],
)
def test_a_dateline_is_cut_and_the_quote_still_stands_in_the_passage(dateline: str) -> None:
    sentence = "Northwind released the weights of its second model on Tuesday."
    (found,) = found_in(f"{dateline}{sentence}")
    claim = extracted_claim(found, WORDS)

    assert claim == Claim(
        text=sentence,
        kind=ClaimKind.EXTRACTED,
        citations=(Citation(passage=found.passage.key, quote=sentence),),
    )
    assert sentence in found.passage.text


def test_the_headline_is_no_candidate() -> None:
    assert found_in(title="Northwind released the weights of its second model on Tuesday.") == ()


def test_a_candidate_knows_its_passage_and_its_place_in_the_article() -> None:
    first, second = (
        "Northwind released its second model on Tuesday.",
        "Halden plans to answer with a model of its own.",
    )
    found = found_in(first, f"It is free. {second}")

    assert [
        (candidate.sentence, candidate.passage.n, candidate.position) for candidate in found
    ] == [
        (first, 1, 0),
        (second, 2, 2),
    ]


def test_an_endless_transcript_is_read_only_as_far_as_news_is_told() -> None:
    assert (
        len(
            found_in(
                *(f"Northwind released version {n} of its model on Tuesday." for n in range(500))
            )
        )
        == 120
    )


def test_a_sentence_within_the_bound_is_shown_whole() -> None:
    sentence = (
        "Northwind released the weights of its second model on Tuesday, but the code stays closed."
    )

    assert cut(sentence) == sentence


def test_a_long_sentence_is_cut_at_a_clause_and_says_so() -> None:
    head = "Northwind released the weights of its second model under a free licence on Tuesday"
    found = found_in(
        f"{head}, a step that a dozen labs in Europe had asked for since the first model came out."
    )
    claim = extracted_claim(found[0], WORDS)

    assert claim == Claim(
        text=f"{head} …",
        kind=ClaimKind.EXTRACTED,
        citations=(Citation(passage=found[0].passage.key, quote=head),),
    )


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param("but the code that trains it stays closed for another year", id="but"),
        pytest.param("unless the regulator in Oslo forbids it in the next two weeks", id="unless"),
        pytest.param("except the largest one that it made for its paying customers", id="except"),
        pytest.param("though not the code that was used to train and to test it", id="not"),
        pytest.param("if the regulator in Oslo agrees to it in the next two weeks", id="if"),
        pytest.param("according to three people at the lab in Oslo on Tuesday", id="according to"),
        pytest.param(
            "pending approval by the regulator in Oslo in the next two weeks", id="pending"
        ),
        pytest.param(
            "subject to approval by the regulator in Oslo in the next two weeks", id="subject to"
        ),
        pytest.param(
            "excluding the largest one that it made for its paying customers", id="excluding"
        ),
        pytest.param("which Halden denied in a letter to the court on the same day", id="denied"),
    ],
)
def test_what_changes_the_meaning_is_never_cut_away(tail: str) -> None:
    assert (
        cut(
            "Northwind will open the weights of all of its models under a free licence in the"
            f" summer, {tail}."
        )
        is None
    )


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "Northwind, a lab in Oslo that trains small models for the hospitals and the schools"
            " and the town halls in the north of Norway, raised 90 million dollars from two funds.",
            id="an apposition that is not closed",
        ),
        pytest.param(
            "Northwind, a lab in Oslo that runs small models for hospitals, schools and town halls "
            "in the north of Norway, raised 90 million dollars from two funds this week.",
            id="an apposition that holds a list",
        ),
        pytest.param(
            "While the hospitals of Norway had asked for open weights ever since the first model"
            " came out of the lab in Oslo, Northwind kept them to itself.",
            id="a clause that only leads to it",
        ),
        pytest.param(
            "At 18, while Ada Holt was training the first of her many models on a borrowed graphics"
            " card in the cellar of her parents, she met her partner.",
            id="an adverbial and a clause",
        ),
        pytest.param(
            "In the letter to the regulators of Norway and their counterparts in the whole of"
            " Europe, first published by The Daily, Ada Holt asked for time.",
            id="an adverbial and a participle",
        ),
        pytest.param(
            "The lab in Oslo with its many models for hospitals and schools and town halls in the"
            " north of the country, which few people know by name, raised money.",
            id="a subject alone",
        ),
        pytest.param(
            "Northwind and its partners in Europe released the weights of the second model in (as"
            " they called the place, which nobody had heard of until then) Lower Bergen.",
            id="an open bracket",
        ),
    ],
)
def test_no_subject_is_left_without_its_verb(sentence: str) -> None:
    assert cut(sentence) is None


def test_a_subject_whose_apposition_is_closed_may_be_cut_after_its_verb() -> None:
    head = "Northwind, a lab in Oslo, Norway, raised 90 million dollars from two funds this week"

    assert (
        cut(
            f"{head}, money that it will put into the small models for hospitals that it is known"
            " for."
        )
        == f"{head} …"
    )


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param(
            "In the spring of 2026, Northwind released the weights of its second model under a free"
            " licence",
            id="a time",
        ),
        pytest.param(
            "In 2026 Northwind released the weights of its second model under a free licence",
            id="without a comma",
        ),
        pytest.param(
            "Joining its rivals, Northwind released the weights of its second model under a free"
            " licence",
            id="a participle",
        ),
    ],
)
def test_what_opens_a_sentence_is_not_taken_for_its_subject(opening: str) -> None:
    assert (
        cut(
            f"{opening}, a step that a dozen labs in Europe had asked for since the first model"
            " came out."
        )
        == f"{opening} …"
    )


def test_two_sentences_that_a_page_glued_are_none() -> None:
    assert not is_presentable(
        "The rollout of Northwind ends by March, the founder told the Ledger.Some wards remain"
        " without it."
    )
    assert is_presentable(
        "The rollout of Northwind ends by March, the founder told Ledger.com and the editors of"
        " Node.js."
    )


def test_a_lede_is_quoted_without_the_standfirst_that_ran_into_it() -> None:
    lede = "The UK has claimed a victory over Northwind in a court of law in London."
    (found,) = found_in(f"Ministers of the Crown call the decision to keep it ‘horrific’{lede}")

    assert found.sentence == lede


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        pytest.param(
            "In this work, we identify a gap between benchmarks and hospitals.", None, id="a verb"
        ),
        pytest.param(
            "This paper clarifies the distinction between models and weights.", None, id="a paper"
        ),
        pytest.param(
            "To close this gap, we first present NorthBench, a benchmark for hospitals.",
            "we first present NorthBench, a benchmark for hospitals.",
            id="without its aim",
        ),
    ],
)
def test_a_sentence_that_announces_a_work_is_quotable(sentence: str, shown: str | None) -> None:
    assert [found.sentence for found in found_in(sentence)] == [shown or sentence]


def test_a_sentence_is_not_cut_to_what_has_no_main_clause() -> None:
    fair = (
        "With the fair between the hospitals of Oslo and the makers of Bergen set to open in the"
        " harbour this Sunday, "
    )

    assert (
        cut(
            f"{fair}about seventy thousand visitors are on their way to see the new models of both"
            " towns.",
            25,
        )
        is None
    )


def test_a_sentence_that_would_be_cut_to_a_crumb_is_left_out() -> None:
    rest = (
        "a step that a dozen labs in Europe had asked for ever since the first one of them came out"
        " in the spring of last year"
    )

    assert cut(f"Northwind released its model, {rest}.") is None


LONG = (
    "about its second model and the hospitals that will be the first to run it on machines of"
    " their own"
)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "The new chip of Halden breaks the safety rules of the city in nine of the ten tests"
            " that were made of it, the regulator in Oslo said on Monday.",
            id="a parenthesis at the end",
        ),
        pytest.param(
            "The new chip of Halden breaks the safety rules of the city in nine of the ten tests"
            " that were made of it, said Ada Holt, who leads the office.",
            id="a verb before its speaker",
        ),
        pytest.param(
            "The new chip of Halden breaks the safety rules of the city in nine of the ten tests"
            " that were made of it, Ada Holt, who leads the office, told the Ledger.",
            id="a speaker with an apposition",
        ),
    ],
)
def test_whose_word_it_is_is_never_cut_away(sentence: str) -> None:
    assert cut(sentence) is None


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "Northwind will from this summer on share the profits of its cheap second model for"
            " schools and for the hospitals of the north between Halden and Ferrow of Hamar.",
            id="a pair",
        ),
        pytest.param(
            "Pupils of the north will from this summer on no longer be able to use apps of foreign"
            " makers like Ferrow, Halden, and Northwind as the ban of the ministry begins.",
            id="a list",
        ),
        pytest.param(
            "The labs of the north told the ministry in Oslo of a treaty with their rivals that,"
            " after long talks, Sweden and Norway have signed in the spring of this year.",
            id="a pair that is the subject of a clause",
        ),
        pytest.param(
            "The second model of Northwind beats all of its rivals by far in the tests of the"
            " ministry on knowledge, reasoning, code and mathematics at school level.",
            id="the first of a list",
        ),
        pytest.param(
            "On Thursday, Ada Holt wrote an open letter to the pupils of the north and accused"
            " Halden, Ferrow and Northwind of having kept a film that she had made to themselves.",
            id="the first of several names",
        ),
        pytest.param(
            "Northwind 2 runs fast, whereas the 27B model, meant for tasks that take a plan and for"
            " the longest of files, gave a cleaner result in the trials of Oslo.",
            id="a subject with a figure",
        ),
        pytest.param(
            "The regulator in Oslo looks into the maker after it had failed to stop its popular"
            " chatbot for pupils, Halden, from writing the homework of whole classes in Oslo.",
            id="an apposition amid a clause",
        ),
    ],
)
def test_what_a_list_or_a_pair_joins_is_never_parted(sentence: str) -> None:
    assert cut(sentence) is None


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "Halden will show the new phone at its own event in the harbour, and while nobody knows"
            " what it is called, the makers of its screen have told the Ledger a lot about it.",
            id="a while before its main clause",
        ),
        pytest.param(
            "In short, if the makers of Halden put the old screen into it and added the stereo"
            " speakers that buyers want, it would be the phone of the year.",
            id="an if before its main clause",
        ),
        pytest.param(
            "Built on the same foundations as the first model of the lab in Oslo and made for the"
            " machines of hospitals, Northwind 2 lets nurses look at all of their files.",
            id="a participle before its subject",
        ),
        pytest.param(
            "In a post published on 4 July 2026 on a page, Ada Holt said that makers of models"
            " force hospitals to take its many rules or loss of access to the files.",
            id="an adverbial with a participle",
        ),
        pytest.param(
            "The medal that was given to the maker of the first chip of all, who died long ago in"
            " the harbour of Oslo, was sold to a fund for two million kroner.",
            id="a relative clause before the verb",
        ),
        pytest.param(
            "As tariffs, export rules, and the new audits of the ministry become a part of the"
            " daily work of most of the labs, countries look for other makers of chips.",
            id="an as whose subject is a list",
        ),
        pytest.param(
            "Ada Holt was blunt about what sets the second model of the lab apart from the one of"
            ' last year: "The old one was a tricycle, and the new one is a car with four wheels."',
            id="an announcement of what is said",
        ),
        pytest.param(
            "Few are surprised, and Ada Holt said at a meeting of her party with the makers of"
            " chips in Lillehammer, Norway, on Saturday that she would be there.",
            id="said, without what",
        ),
        pytest.param(
            "The lawsuit of the family alleges that Halden kept the conversations of the pupil with"
            " the chatbot from the days before the accident in the harbour to itself.",
            id="days, without of what",
        ),
        pytest.param(
            "The opening of the fair is near, and, with it, one of the dearest habits of the town"
            " and of its visitors from the north of Norway: the parade of ships.",
            id="and, with it",
        ),
        pytest.param(
            "Buyers of models for the hospitals of the north – just what Halden offered them before"
            " it was sold to Ferrow – now face questions on who will run them.",
            id="an aside before the verb",
        ),
        pytest.param(
            "The makers of the second model claim that Halden has trained its first one on a"
            " deduplicated, many-sided set of texts that holds all of their books of last year.",
            id="an adjective before its noun",
        ),
        pytest.param(
            "Papers of the court tell of four million pupils on the app of Halden in the year of"
            " its launch; by 2018, lawyers claim, Halden knew of all of them.",
            id="claim, without what",
        ),
        pytest.param(
            "Halden, Ferrow and Lake, the makers of the cheap chips, in a letter shared after the"
            " visit of a minister from Oslo, announced that they will lower the price.",
            id="a participle in a phrase",
        ),
        pytest.param(
            "Nobody at the fair heard of it; a treaty of the labs in Oslo with most of their rivals"
            " from the north, which the ministry has signed in the spring.",
            id="a noun behind a semicolon",
        ),
    ],
)
def test_no_clause_is_left_without_what_completes_it(sentence: str) -> None:
    assert cut(sentence) is None


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        pytest.param(
            "Northwind released the weights of its second model on Tuesday",
            f"and will tell the ministry in the first days of the summer more {LONG}",
            id="a second verb of the subject",
        ),
        pytest.param(
            "Northwind released the weights of its second model on Tuesday",
            f"and the ministry has asked for a meeting to learn in time more {LONG}",
            id="another clause",
        ),
        pytest.param(
            "Halden wants to sell the chips to hospitals in the north of Norway",
            "and gain “a lasting lead” over all of its rivals in the summer, as told in a letter"
            f" {LONG}",
            id="a second verb behind a to",
        ),
        pytest.param(
            "The second model of Northwind will from this summer on run in all of the hospitals in"
            " the north of Norway",
            ", the lab in Oslo announced on Monday at a fair",
            id="who announced it",
        ),
        pytest.param(
            "Holt is set to chair the new board of the fair in Oslo this summer",
            ", while his son-in-law Jared Lake and the minister of trade will both sit on a council"
            " of it",
            id="a name that ends as verbs do",
        ),
        pytest.param(
            "Northwind said this week that Halden would choose its second model over the first",
            f", while polls show that the pupils of Oslo know little {LONG}",
            id="said, with what",
        ),
    ],
)
def test_a_clause_of_its_own_may_be_cut_away(head: str, tail: str) -> None:
    assert cut(f"{head}{'' if tail.startswith(',') else ' '}{tail}.") == f"{head} …"


_CLAUSES = st.lists(
    st.lists(
        st.sampled_from(
            "Oslo model weights released is the of but and which 90 Halden new a".split()
        ),
        min_size=1,
        max_size=12,
    ),
    min_size=1,
    max_size=6,
)


@given(_CLAUSES, st.integers(5, 60))
def test_a_quote_is_a_verbatim_beginning_and_never_over_the_bound(
    clauses: list[list[str]], most_words: int
) -> None:
    sentence = f"Northwind {', '.join(' '.join(clause) for clause in clauses)}."
    (found,) = found_in("Northwind released the weights of its second model on Tuesday.")
    claim = extracted_claim(
        QuotableSentence(found.member, found.passage, sentence, 0, 0), most_words
    )
    quote = claim.citations[0].quote if claim else ""

    assert (sentence.startswith(quote), len(quote.split()) <= most_words) == (True, True)


def test_claims_come_from_originals_announcements_first_then_full_texts_by_weight_and_date() -> (
    None
):
    text = (
        "Northwind released the weights of its second model on Tuesday, and this is the first of"
        " many."
    )
    lab = reported("Northwind 2 is here", text, key="lab", primary=True, hours=9)
    heavy = reported("Northwind opens a second model", text, key="heavy", weight=2.0, hours=3)
    early = reported("Northwind opens its second model", text, key="early", hours=1)
    late = reported("Northwind opened its second model", text, key="late", hours=2)
    teaser = reported("Northwind opens up", text, key="teaser", weight=5.0, read=Read.EXCERPT)
    copied = reported(
        "Northwind opens a second model", text, key="copied", copy_of=early.article.id
    )
    foreign = reported(
        "Northwind öffnet das zweite Modell",
        "Das ist die Nachricht und sie ist von heute.",
        key="de",
        language="de",
    )

    assert readable_members(story(copied, teaser, foreign, late, early, heavy, lab), "en") == (
        lab,
        heavy,
        early,
        late,
        teaser,
    )


def test_another_language_is_told_by_what_the_publisher_declared() -> None:
    german = reported(
        "Northwind öffnet das zweite Modell", "Das ist die Nachricht.", language="de-AT"
    )
    silent = reported("Halden öffnet das erste Modell", "Das ist die Nachricht.", language=None)

    assert readable_members(story(german, silent), "de") == (german,)


def test_candidates_come_article_by_article_in_the_order_of_trust() -> None:
    first = reported("One", "Northwind released its second model on Tuesday.", key="one")
    second = reported("Two", "Halden plans to answer with a model of its own.", key="two")

    assert [
        (candidate.member, candidate.article_rank)
        for candidate in quotable_sentences((second, first))
    ] == [
        (second, 0),
        (first, 1),
    ]


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        pytest.param(
            "But Northwind warns hospitals of Oslo that the ovens are old.",
            "Northwind warns hospitals of Oslo that the ovens are old.",
            id="a name follows",
        ),
        pytest.param(
            "But the letter is the first protest of bakers in years.", None, id="the same letter?"
        ),
    ],
)
def test_a_sentence_is_quoted_without_the_word_that_joins_it(whole: str, shown: str | None) -> None:
    assert [found.sentence for found in found_in(whole)] == ([shown] if shown else [])


def test_a_standfirst_that_speaks_to_readers_is_not_quoted() -> None:
    assert (
        found_in("Discover how the ovens of Northwind changed the bread of Oslo in a year.") == ()
    )
