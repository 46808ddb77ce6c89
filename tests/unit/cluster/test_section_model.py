"""Which section a report belongs in, by the shipped weights."""

from __future__ import annotations

import pytest

from aggregator.cluster.section_model import likeliest_section, section_features, section_shares
from aggregator.domain.publishing.news_section import NewsSection
from aggregator.english.event_kind import EventKind


@pytest.mark.parametrize(
    ("headline", "lede", "topic", "section"),
    [
        ("Halden releases Tessera 2", "Its weights are open.", "models", NewsSection.MODELS),
        ("Mail app gets an assistant", "It sorts letters.", "assistants", NewsSection.PRODUCTS),
        ("Kestrel raises $40 million", "Investors lead the round.", "funding", NewsSection.MONEY),
        ("Judge lets lawsuit go ahead", "The court will hear it.", "courts", NewsSection.LAW),
        ("Why networks forget: a study", "We measure it.", "training", NewsSection.RESEARCH),
        ("Hackers steal passwords", "A flaw let them in.", "security", NewsSection.SECURITY),
        ("How to build an agent in Python", "Write the code.", "coding", NewsSection.TOOLS),
        ("Teachers fear for their jobs", "Schools cut staff.", "work", NewsSection.WORK),
    ],
)
def test_a_plain_report_belongs_in_its_section(
    headline: str, lede: str, topic: str, section: NewsSection
) -> None:
    shares = section_shares(headline, lede, "", {topic: 2.0})

    assert likeliest_section([shares]) is section
    assert sum(shares.values()) == pytest.approx(1.0)


def test_what_a_report_is_about_speaks_beside_its_words() -> None:
    bare = section_shares("Northwind and the board", "They met on Monday.", "", {})
    about = section_shares("Northwind and the board", "They met on Monday.", "", {"courts": 2.0})

    assert about[NewsSection.LAW] > bare[NewsSection.LAW]


def test_a_topic_that_the_model_does_not_know_says_nothing() -> None:
    bare = section_shares("Kestrel raises $40 million", "", "", {})

    assert section_shares("Kestrel raises $40 million", "", "", {"bees": 2.0}) == bare


def test_half_a_share_says_more_than_half_of_a_whole_one() -> None:
    half, whole = (
        section_features("", "", {EventKind.LAW: share}, {"courts": 2 * share})
        for share in (0.5, 1.0)
    )

    assert half["@law"] > whole["@law"] / 2
    assert half["#courts"] > whole["#courts"] / 2


def test_a_story_belongs_where_its_reports_do_on_average() -> None:
    shares = dict.fromkeys(NewsSection, 0.0)
    unsure = shares | {NewsSection.MONEY: 0.55, NewsSection.LAW: 0.45}
    sure = shares | {NewsSection.LAW: 1.0}

    assert likeliest_section([unsure]) is NewsSection.MONEY
    assert likeliest_section([unsure, sure]) is NewsSection.LAW
    assert likeliest_section([]) is NewsSection.OTHER
