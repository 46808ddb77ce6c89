"""What the extractive engine makes of a story: chosen sentences, none told twice, the same from any
order of articles.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest

from aggregator.domain.article import Read
from aggregator.domain.claim import Citation, Draft
from aggregator.domain.entry import DateOrigin
from aggregator.domain.settings import AnalysisSettings
from aggregator.domain.source import Lane
from aggregator.domain.story import Member
from aggregator.extract.quotable_sentences import quotable_sentences
from aggregator.story.rules.choosing import CHANGE, Choice
from aggregator.story.rules.extractive import page_by_rules
from aggregator.story.rules.story_headline import headline_of
from aggregator.story.stage.engine import extractive_engine
from aggregator.verify.cited import Grounds
from aggregator.verify.verdict import survivors
from tests.unit.story.makers import found_in, reported, story

DAILY = reported(
    "Northwind opens its second model under a free licence",
    "Northwind released the weights of its second model under a free licence on Saturday.",
    "The second model has 12 billion parameters and runs on one graphics card, Northwind says.",
    "Ada Holt, who leads research at Northwind, told The Daily that hospitals in Norway asked"
    " for it.",
    "Northwind opened its first model in 2024 under a licence that barred commercial use.",
    "The licence means that developers in small companies could help themselves without a"
    " contract.",
    "Northwind plans to publish the training code on 1 September 2026.",
    "Halden, a rival in Bergen, sells access to its 70 billion parameter model through an API.",
    key="daily",
)
HYPE = reported(
    "You won't BELIEVE how Northwind's insane second model changes this game!",
    "Northwind has opened its second model, and it has 12 billion parameters.",
    "Developers found the weights on GitHub on Saturday with 300 pages of notes.",
    key="hype",
    hours=2,
    weight=3.0,
)
LEDGER = reported(
    "Northwind opens second model, undercuts Halden https://t.example/x1",
    "Northwind opened the weights of its second model on Saturday, undercutting Halden.",
    "Analysts at Ferrow Research estimate that Halden earned 40 million dollars from its API in"
    " 2025.",
    key="ledger",
    hours=4,
)
OWN_WORK = "We propose a cache that halves the cost of long requests."
RESULT = "Memory use fell by a third in tests with long requests at Halden."
ASIDE = "Halden, a rival in Bergen, sells access to its large model through an API."


def drafted(*members: Member, quote_words: int = 25) -> Draft:
    """The draft of the story of these members."""
    made = page_by_rules(story(*members), language="en", quote_words=quote_words)
    assert made is not None
    return made


def texts(made: Draft) -> list[str]:
    """The sentences of the sections that a reader reads one after the other."""
    hook = (made.hook,) if made.hook else ()
    return [
        claim.text for claim in (*hook, *made.what_changed, *made.why_it_matters, *made.takeaways)
    ]


def test_each_section_takes_the_sentence_that_is_fit_for_it() -> None:
    made = drafted(DAILY, HYPE, LEDGER)

    assert texts(made) == [
        "Northwind released the weights of its second model under a free licence on Saturday.",
        "Northwind has opened its second model, and it has 12 billion parameters.",
        "Developers found the weights on GitHub on Saturday with 300 pages of notes.",
        (
            "Ada Holt, who leads research at Northwind, told The Daily that hospitals in Norway"
            " asked for it."
        ),
        "Northwind opened its first model in 2024 under a licence that barred commercial use.",
        "Halden, a rival in Bergen, sells access to its 70 billion parameter model through an API.",
    ]


def test_no_sentence_stands_in_two_sections() -> None:
    made = drafted(DAILY, HYPE, LEDGER)
    counts = Counter([*texts(made), *(implication.claim.text for implication in made.implications)])

    assert (len(counts) >= 3, counts.most_common(1)[0][1]) == (True, 1)


FIGURES = [
    "Halden, a rival in Bergen, sells access to its 70 billion parameter model through an API.",
    "Analysts at Ferrow Research estimate that Ferrow earned 40 million dollars in Norway.",
]


@pytest.mark.parametrize(
    ("text", "hook"),
    [
        pytest.param(
            [
                "Northwind has its office with the bakers in Bergen.",
                "Northwind has opened a second model for hospitals in Oslo.",
            ],
            "Northwind has opened a second model for hospitals in Oslo.",
            id="the lead has one word of it",
        ),
        pytest.param(
            [
                "In 2019 Northwind opened a first model in Oslo.",
                "Northwind opened a second model to hospitals in Norway on Saturday.",
            ],
            "Northwind opened a second model to hospitals in Norway on Saturday.",
            id="background comes first",
        ),
        pytest.param(
            [
                *["They talked for hours about it."] * 9,
                "Hospitals in Norway asked Northwind for help.",
            ],
            None,
            id="late, with one word of it",
        ),
        pytest.param(
            ["Ada Holt was running out of money in Oslo.", "Her friends in Bergen had 40 euros."],
            None,
            id="a scene",
        ),
    ],
)
def test_the_hook_reports_what_the_headline_tells(text: list[str], hook: str | None) -> None:
    made = drafted(reported("Northwind opens a second model", *text))

    assert (made.hook.text if made.hook else None) == hook


def test_the_sentence_that_stands_for_a_headline_is_not_its_hook_as_well() -> None:
    sentence = "Northwind opened its second model to hospitals in Norway on Saturday."
    made = drafted(reported("northwind/second", sentence, "It is warm in Oslo."))

    assert (made.headline.text, made.hook) == (sentence.rstrip("."), None)


LEAD = "Northwind released the weights of its second model on Saturday."


@pytest.mark.parametrize(
    "restated",
    [
        pytest.param(
            "The weights of the second model were released by Northwind on Saturday in Oslo.",
            id="in other words",
        ),
        pytest.param(
            "Saturday saw Northwind released from a duty as the weights of Oslo, Bergen, Tromsø and"
            " Bodø fell by 40 stone.",
            id="with the same words and many others",
        ),
    ],
)
def test_what_was_told_is_not_told_again(restated: str) -> None:
    assert texts(drafted(reported("Northwind opens a second model", LEAD, restated))) == [LEAD]


def test_a_sentence_made_of_what_others_said_is_not_repeated() -> None:
    price = "Halden has announced a cut of its API price in Oslo on Saturday."
    mixture = "Northwind has launched the weights in Oslo after Halden cut its API price."
    title = "Northwind opens a second model as Halden cuts its API price"

    assert texts(drafted(reported(title, LEAD, mixture))) == [LEAD, mixture]
    assert texts(drafted(reported(title, LEAD, price, mixture))) == [LEAD, price]


def test_a_standfirst_that_reports_the_event_is_the_hook_though_it_has_no_point() -> None:
    line = "Northwind releases the weights of a second model to hospitals in Oslo"
    made = drafted(reported("Northwind opens a second model", line, "They talked for hours."))

    assert made.hook is not None
    assert made.hook.text == line


def test_the_title_again_after_its_day_and_label_is_no_hook() -> None:
    line = "Jul 6, 2026ResearchHow Northwind opens the weights of a model to hospitals"
    title = "Research: How Northwind opens the weights of a model to hospitals"

    hook = drafted(reported(title, line, LEAD)).hook

    assert (hook.text if hook else "") == LEAD


def test_a_long_lede_is_the_hook_up_to_where_it_may_be_cut_and_says_so() -> None:
    lede = (
        "Northwind released the weights of its second model on Saturday in the harbour of Oslo,"
        " alleging that its rival Halden had never meant to open anything at all to the hospitals."
    )
    made = drafted(reported("Northwind opens a second model", lede))

    assert made.hook is not None
    assert made.hook.text == (
        "Northwind released the weights of its second model on Saturday in the harbour of Oslo …"
    )


def test_a_lede_that_is_cut_before_the_news_is_the_hook_only_where_no_other_has_it() -> None:
    lede = (
        "Northwind announced this week that it has added a hundred new ovens in its halls at the"
        " harbour of Oslo, and it has also opened a model of cakes called Tern for the ferries."
    )
    whole = "Northwind has opened Tern, a model that bakes cakes for ferries."

    hooks = [drafted(reported("Northwind opens Tern", lede, *more)).hook for more in ((whole,), ())]

    shown, alone = [hook.text if hook else "" for hook in hooks]
    assert shown == whole
    assert alone.endswith(" …")


def test_what_the_engine_chooses_passes_the_gates() -> None:
    made, of = drafted(DAILY, HYPE, LEDGER), story(DAILY, HYPE, LEDGER)
    passages = {
        passage.key: passage for member in of.members for passage in member.article.passages
    }
    published = {member.article.id: member.article.published.at.date() for member in of.members}

    grounds = Grounds(passages=passages, published=published, quote_words=25)

    assert survivors(made, grounds) == (made, ())


@pytest.mark.parametrize("members", list(permutations((DAILY, HYPE, LEDGER))))
def test_the_order_in_which_members_come_does_not_matter(members: tuple[Member, ...]) -> None:
    assert drafted(*members) == drafted(DAILY, HYPE, LEDGER)


def test_the_headline_is_one_as_published_and_cited_as_such() -> None:
    headline = drafted(DAILY, HYPE, LEDGER).headline

    assert (headline.text, headline.citations) == (
        DAILY.article.title,
        (Citation(passage=DAILY.article.passages[0].key, quote=DAILY.article.title),),
    )


def test_of_two_headlines_the_one_that_sells_less_is_taken_though_its_source_weighs_less() -> None:
    assert drafted(HYPE, DAILY).headline.text == DAILY.article.title


def test_of_three_headlines_the_one_that_says_what_the_others_say_is_taken() -> None:
    text = "Northwind released the weights of its second model on Saturday."
    odd = reported("Small models for northern hospitals come of age", text, key="odd", weight=2.0)
    plain = reported("Northwind opens second model to all", text, key="plain")
    other = reported("Second model opened by Northwind", text, key="other")

    assert drafted(odd, plain, other).headline.text in {plain.article.title, other.article.title}


def test_a_headline_that_opens_with_a_name_that_no_other_has_is_not_taken() -> None:
    others = (
        "Oslo threatens Northwind over fake pictures",
        "Oslo media watchdog asks Northwind about its fake pictures",
    )
    titles = (
        "Bergen blocks Northwind over fake pictures",
        *others,
        "Will Oslo ban Northwind over those pictures it made of all?",
    )
    members = tuple(
        reported(
            title, "Bergen and Oslo have asked Northwind to stop.", key=f"k{n}", weight=2 - n / 10
        )
        for n, title in enumerate(titles)
    )

    assert headline_of(members).text == others[0]


def test_a_link_in_a_title_is_neither_shown_nor_quoted() -> None:
    headline = drafted(LEDGER).headline

    assert headline.text == headline.citations[0].quote
    assert headline.text == "Northwind opens second model, undercuts Halden"


def test_a_title_that_is_only_a_link_stays() -> None:
    bare = reported(
        "https://t.example/x1", "Northwind released the weights of its second model on Saturday."
    )

    assert drafted(bare).headline.text == "https://t.example/x1"


@pytest.mark.parametrize(
    "background",
    [
        pytest.param(
            "Northwind launched its first chatbot in 2024 under a name that few recall.",
            id="a year gone by",
        ),
        pytest.param(
            "Northwind announced its first fund on 3 May 2025 in the city of Bergen.",
            id="a day of a year gone by",
        ),
    ],
)
def test_what_changed_ignores_what_happened_in_years_gone_by(background: str) -> None:
    made = drafted(reported("Northwind opens a second model", LEAD, background))

    assert (made.hook.text if made.hook else None, made.what_changed) == (LEAD, ())


@pytest.mark.parametrize(
    "reason",
    [
        "The licence of the second model means that hospitals could help themselves for less.",
        "The flaw of the second model could lead to the loss of data of 900 hospitals.",
    ],
)
def test_rules_leave_out_why_news_matters(reason: str) -> None:
    assert drafted(reported("Northwind opens its second model", LEAD, reason)).why_it_matters == ()


@pytest.mark.parametrize(
    "first",
    ["Holt also unveiled a plan for Northwind models.", "Holt, however, opens Northwind models."],
)
def test_a_hook_does_not_lead_on(first: str) -> None:
    made = drafted(reported("Northwind opens its model", first, LEAD))

    assert made.hook is not None
    assert made.hook.text == LEAD


def test_what_nothing_names_is_told_after_all_else() -> None:
    bare = "The method needs 12 of the 72 Ferrow layers and 55 cheaper ones."
    plain = [
        "Halden of Bergen trains its chips on ice.",
        "Ferrow sends ships with cables to Tromsø.",
        "Ada Holt lives above a bakery in Oslo.",
        "Lakes in Finland cool computers of Kemi.",
        "Hamar has a museum for Norse railways.",
    ]

    assert bare not in [
        takeaway.text
        for takeaway in drafted(reported("Northwind opens it", LEAD, bare, *plain)).takeaways
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "Clients range from 40 banks in Oslo to 300 shops in Bergen and Tromsø.",
            id="whose clients",
        ),
        pytest.param(
            "“The second model of Northwind costs 40 percent less,” a colleague of Holt’s said.",
            id="named by a speaker alone",
        ),
        pytest.param(
            "Northwind is a maker of open models with an office beside the bakers of Bergen.",
            id="a definition",
        ),
    ],
)
def test_a_takeaway_names_its_matter_and_is_no_definition(sentence: str) -> None:
    found = found_in(LEAD, sentence, title="Northwind opens a second model")

    choice = Choice(found, "Northwind opens a second model", 25)
    assert choice.suits("takeaways", found[1]) == 0.0


def test_one_lone_takeaway_is_none() -> None:
    made = drafted(
        reported(
            "Northwind opens a second model",
            LEAD,
            "The 12 cards in the lab of Ada Holt cost 4,000 kroner each.",
        )
    )

    assert texts(made) == [LEAD]


def test_a_headline_alone_gives_a_headline_and_the_day_of_its_report() -> None:
    made = drafted(reported("Northwind opens a second model", read=Read.HEADLINE))

    assert (list(made.claims()), [row.day.isoformat() for row in made.timeline]) == (
        [made.headline, made.headline],
        ["2026-07-04"],
    )


def test_a_story_without_an_article_in_the_language_has_no_draft() -> None:
    foreign = reported(
        "Northwind öffnet das zweite Modell",
        "Das ist die Nachricht und sie ist von heute.",
        language="de",
    )

    assert page_by_rules(story(foreign), language="en", quote_words=25) is None


def test_a_copy_is_not_quoted() -> None:
    copied = reported(
        DAILY.article.title,
        "Wire Copy sold 90 copies of it on Saturday.",
        key="wire",
        copy_of=DAILY.article.id,
    )

    cited = {
        citation.passage.partition(".")[0]
        for claim in drafted(DAILY, copied).claims()
        for citation in claim.citations
    }
    assert cited == {DAILY.article.id}


def test_an_audience_has_the_sentence_that_states_the_change_for_it() -> None:
    change = "Northwind released the weights of its second model to developers on Saturday."
    others = ["Developers like to sit in Oslo.", "An API is a door with a key for developers."]
    made = drafted(reported("Northwind releases a second model to developers", change, *others))

    assert {each.role: each.claim.text for each in made.who_should_care}["developers"] == change


def test_a_paper_is_for_research_by_the_sentence_that_announces_it() -> None:
    own = "In this work, we introduce NorthBench, a benchmark of 900 questions from hospitals."
    background = (
        "Halden has released a benchmark that Norwegian researchers trained on datasets of Oslo."
    )
    made = drafted(
        reported("NorthBench: A Benchmark for Hospitals", own, background, lane=Lane.PAPER)
    )

    assert [(each.role, each.claim.text) for each in made.who_should_care] == [("research", own)]


def test_an_event_of_no_kind_for_a_role_concerns_nobody() -> None:
    change = "Northwind moved its office from Bergen to Oslo on Saturday."
    made = drafted(reported("Northwind moves to Oslo", change))

    assert (made.hook is not None, made.who_should_care) == (True, ())


LEDE = (
    "Northwind, a maker of ovens from Bergen that 40,000 bakeries use, opened the weights of its"
    " second model on Saturday, after two years of work with Halden, and said that every version"
    " after it would be open, too."
)
TITLE_AGAIN = "Northwind has opened a second model."


def opened(title: str, *paragraphs: str) -> str:
    """The hook of a story of one article, in at most 45 words."""
    told = story(reported(title, *paragraphs))
    made = page_by_rules(told, language="en", quote_words=25, hook_words=45)
    assert made is not None
    return made.hook.text if made.hook else ""


def test_the_first_sentence_on_the_matter_of_the_headline_opens_the_page_whole() -> None:
    later = "Northwind released its second model under an open licence in Bergen on Saturday."

    assert opened("Northwind opens second model", LEDE, later) == LEDE


def test_a_lede_that_is_too_long_is_cut_where_a_clause_ends() -> None:
    long = LEDE.replace("it would be open, too", "it would be " + "open and free and " * 8 + "kept")

    assert opened("Northwind opens second model", long).startswith(LEDE.partition(", after")[0])


def test_who_should_care_has_the_whole_hook_and_no_shorter_cut_of_it() -> None:
    lede = (
        "Northwind released the weights of its second model to developers on Saturday, after two"
        " years of work with Halden, and said that every version of it for the API would be open,"
        " too."
    )
    told = story(reported("Northwind releases a second model to developers", lede))
    made = page_by_rules(told, language="en", quote_words=25, hook_words=45)

    assert made is not None
    assert made.hook is not None
    assert made.hook.text == lede
    assert [each.claim is made.hook for each in made.who_should_care] == [True]


def test_the_figures_of_the_event_stand_beside_the_hook_in_the_words_of_its_sentences() -> None:
    lede = "Northwind raised $300 million for its second model on Saturday, up from $20 million."
    more = (
        "The second model of Northwind has 12 billion parameters and opened to 40,000 developers."
    )
    far = "Halden, a rival in Bergen, sold 90,000 ovens in 2025."
    made = drafted(reported("Northwind raises money for a second model", lede, more, far))

    assert [(each.text, each.citations[0].quote) for each in made.figures] == [
        ("raised $300 million", "raised $300 million"),
        ("12 billion parameters", "12 billion parameters"),
    ]


def test_a_sentence_that_only_repeats_the_headline_gives_way_to_the_next() -> None:
    more = "The second model of Northwind reads a page in 3 seconds on a laptop of 2019."

    assert opened("Northwind opens a second model", TITLE_AGAIN, more) == more
    assert opened("Northwind opens a second model", TITLE_AGAIN) == ""


@pytest.mark.parametrize("most_words", [10, 25, 60])
def test_no_quote_is_longer_than_allowed(most_words: int) -> None:
    made = drafted(DAILY, HYPE, LEDGER, quote_words=most_words)
    quotes = [
        citation.quote
        for claim in made.claims()
        if claim != made.headline
        for citation in claim.citations
    ]

    assert max(len(quote.split()) for quote in quotes) <= most_words


def test_rules_quote_the_others_where_a_source_allows_no_quoting() -> None:
    made = drafted(replace(DAILY, is_quotable=False), HYPE, LEDGER)
    cited = {citation.article_id for claim in made.claims() for citation in claim.citations}

    assert (len(texts(made)) >= 2, DAILY.article.id in cited - _headline_articles(made)) == (
        True,
        False,
    )


def _headline_articles(made: Draft) -> set[str]:
    return {citation.article_id for citation in made.headline.citations}


def test_the_settings_of_the_engine_are_part_of_its_rules() -> None:
    rules = {
        extractive_engine(settings).rules
        for settings in (
            AnalysisSettings(),
            AnalysisSettings(quote_words=20),
            AnalysisSettings(language="de"),
        )
    }

    assert len(rules) == 3


def test_an_event_whose_day_nobody_states_is_that_of_the_first_report_under_its_headline() -> None:
    first = reported(
        "Northwind opens a model",
        "Northwind has opened its second model to all.",
        key="first",
        hours=-24,
    )
    later = reported(
        "Northwind opens second model to all",
        "Northwind has opened a model to all.",
        key="later",
        weight=3.0,
    )
    (row,) = drafted(first, later).timeline

    assert (row.day.isoformat(), row.claim.text) == ("2026-07-03", "Northwind opens a model")


def test_an_article_that_nobody_dated_is_not_the_first_report() -> None:
    undated = reported(
        "Northwind opens a model",
        "Northwind has opened its second model to all.",
        key="first",
        hours=-24,
    )
    published = replace(undated.article.published, origin=DateOrigin.FIRST_SEEN)
    later = reported(
        "Northwind opens second model to all", "Northwind has opened a model to all.", key="later"
    )
    (row,) = drafted(
        replace(undated, article=replace(undated.article, published=published)), later
    ).timeline

    assert row.day.isoformat() == "2026-07-04"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(
            (OWN_WORK, RESULT, ASIDE), (ASIDE, RESULT, OWN_WORK), id="after the authors' own work"
        ),
        pytest.param(
            (ASIDE, "Halden raised 40 million dollars on 2 July for its memory."),
            (ASIDE, "Halden raised 40 million dollars on 2 June for its memory."),
            id="with a day of its report",
        ),
        pytest.param(
            (ASIDE, "Halden raised 40 million dollars for its memory."),
            (ASIDE, "Halden raised 40 million dollars for its data centre."),
            id="with more than the name of the headline",
        ),
    ],
)
def test_what_changed_is_rather_a_sentence(better: tuple[str, ...], worse: tuple[str, ...]) -> None:
    assert suits_change(*better) > suits_change(*worse)


def suits_change(*paragraphs: str) -> float:
    """How well the second sentence of a report suits "what changed"."""
    found = quotable_sentences((reported("Halden and its memory", *paragraphs),))
    return Choice(found, "Halden and its memory", 25).suits(CHANGE, found[1])


def test_what_a_newsletter_goes_on_to_is_not_of_the_story() -> None:
    near = "Hospitals run the model of Northwind on one graphics card for a third of the price."
    cut = "Ferrow cut 40 jobs at its office in Bergen on 2 July 2026, its third cut in a year."
    raised = (
        "Halden raised 300 million dollars from two funds on 3 July 2026 to build data centres."
    )
    bought = "Oslo bought 12 robots for its hospitals, twice as many as it bought two years ago."

    def shown(headline: str) -> set[str]:
        made = drafted(reported(headline, LEAD, near, cut, raised, bought))
        return {*texts(made), *(row.claim.text for row in made.timeline)}

    assert shown("Northwind opens a second model") & {raised, bought} == set()
    assert shown("Northwind opens a model, Halden raises money, Oslo buys robots") >= {
        raised,
        bought,
    }
