"""Headlines that would get their mail classified as spam, and real headlines that look slightly
like spam.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.digest.mail.spam import HELD_FROM, spam_reason, spam_traits
from tests.unit.digest.makers import ordinary_week


@pytest.mark.parametrize(
    "headline",
    [
        "Cheap Viagra without prescription, order today",
        "V1AGRA and C1AL1S at half the price",
        "Ambien, Xanax and Tramadol overnight",
        "F R E E chips for new players",
        "m-o-r-t-g-a-g-e rates you will not believe",
        "CONGRATULATIONS!! YOU WON OUR MODEL",
        "ACT NOW: THIS OFFER ENDS TODAY",
        "Casino of the month: free spins for everybody, no obligation",
        "Make money with AI $$$ from your sofa",
        "\U0001d401\U0001d404\U0001d412\U0001d413 model of the week",
        "Northwind раys you for your prompts",
        "Open\u200bAI pays you for your prompts",
    ],
)
def test_a_headline_like_spam_holds_the_mail(headline: str) -> None:
    assert sum(spam_traits(headline).values()) >= HELD_FROM


@pytest.mark.parametrize(
    "headline",
    [
        "NVIDIA and AMD report RTX and MI300 sales",
        "OpenAI raises $6.6 billion at a $157 billion valuation",
        "Casinos let AI watch their tables",
        "GPT-4o vs. Claude 3.5: which one wins?!",
        "Free access to Llama 3.1 405B for researchers",
        "BREAKING NEWS FROM NEURIPS",
        "A specialist model for Σ-types and π0.5 robots",
        "U.S. and U.K. sign A.I. safety pact",
        "Яндекс выпустил YandexGPT 5",
        "Why the lottery ticket hypothesis still matters",
    ],
)
def test_ordinary_news_holds_nothing(headline: str) -> None:
    assert sum(spam_traits(headline).values()) < HELD_FROM


def test_any_headline_of_an_edition_may_hold_it_for_it_may_lead_a_choice() -> None:
    stored = ordinary_week()
    last = replace(stored.edition.releases[-1], headline="Cheap Viagra, act now")
    edition = replace(stored.edition, releases=(*stored.edition.releases[:-1], last))

    why = '"Cheap Viagra, act now" looks like spam (drug names, a lure)'
    assert (spam_reason(stored), spam_reason(replace(stored, edition=edition))) == ("", why)
