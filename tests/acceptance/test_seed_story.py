"""The golden test: the story of tests/corpus/seed-story, word for word, and what its README says a
right result shows.

`python -m tests.acceptance.test_seed_story` writes the golden file again; read the difference
before it is committed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.acceptance.house import SEED, House
from tests.servers import MiniWeb, captured_pages

GOLDEN = Path(__file__).with_name("seed-story.json")
# fixed: addresses, and so ids, are part of the golden file; 127.77.0.0/16 is nobody else's
PORT = 18377
_TURN = FileLock(
    Path(tempfile.gettempdir()) / f"seed-story-{PORT}.lock", timeout=300
)  # tests run on every core at once


def told(folder: Path) -> list[dict[str, Any]]:
    """The stories of a refresh on the capture, with the addresses as they were captured."""
    with _TURN, MiniWeb(SEED, port=PORT) as web:
        house = House.reading(folder, web)
        house.refreshed("--all")
        text = json.dumps(house.stories(), ensure_ascii=False)
        for original in captured_pages(SEED):
            host = original.split("/")[2]
            text = text.replace(
                web.url_of(f"https://{host}/").rstrip("/"), f"https://{host}"
            ).replace(
                f'"{web.url_of(f"https://{host}/").split("/")[2].partition(":")[0]}"', f'"{host}"'
            )
    stories: list[dict[str, Any]] = json.loads(text)
    return stories


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return told(tmp_path_factory.mktemp("seed"))


@pytest.fixture(scope="module")
def story(stories: list[dict[str, Any]]) -> dict[str, Any]:
    return next(each for each in stories if len(each["sources"]) > 1)


def test_the_stories_are_those_of_the_golden_file(stories: list[dict[str, Any]]) -> None:
    assert stories == json.loads(GOLDEN.read_text("utf-8")), (
        "if it should be so: where rules write something else, raise their version in"
        " aggregator/domain/operation/rules.py; then run python -m tests.acceptance.test_seed_story"
        " and read the difference"
    )


def test_four_links_are_one_story_of_three_origins(story: dict[str, Any]) -> None:
    origins = {source["name"]: source["origin"] for source in story["sources"]}

    assert (len(story["sources"]), story["independent_origins"]) == (4, 3)
    assert origins["Wire Copy"] == origins["The Next Web"]


def test_the_unrelated_articles_stay_apart(stories: list[dict[str, Any]]) -> None:
    assert sorted(len(each["sources"]) for each in stories) == [1, 1, 1, 1, 1, 1, 1, 4]


def test_the_timeline_has_the_event_its_plan_and_the_days_that_its_sources_look_back_at(
    story: dict[str, Any],
) -> None:
    rows = [(row["date"], row["precision"]) for row in story["timeline"]]

    assert rows == [
        ("2025-06-03", "day"),
        ("2025-08-02", "day"),
        ("2026-07-04", "day"),
        ("2026-08-02", "day"),
    ]
    assert [row["date"] for row in story["timeline"] if row["this_event"]] == ["2026-07-04"]
    assert [row["date"] for row in story["timeline"] if row["planned"]] == ["2026-08-02"]


def test_the_figure_on_which_two_outlets_differ_is_a_disagreement_with_both_cited(
    story: dict[str, Any],
) -> None:
    (found,) = story["disagreements"]
    hosts = [
        citation["url"].split("/")[2]
        for claim in found["claims"]
        for citation in claim["citations"]
    ]

    stated = "More than 60 percent of its enterprise revenue (The Decoder), about 55 percent"
    assert found["question"] == f"{stated} (Europe Digital)"
    assert hosts == ["the-decoder.com", "europedigital.example"]


def test_the_story_belongs_to_the_week_in_which_it_was_published(story: dict[str, Any]) -> None:
    assert story["week"] == "2026-W27"


def test_enterprise_and_security_teams_are_among_those_who_should_care(
    story: dict[str, Any],
) -> None:
    assert "security" in {audience["role"] for audience in story["brief"]["who_should_care"]}


def test_three_companies_are_compared_by_what_the_articles_state(story: dict[str, Any]) -> None:
    table = story["insight"]["comparison"]
    rows = {
        row["attribute"]: [
            " / ".join(each["text"] for each in cell["claims"]) for cell in row["cells"]
        ]
        for row in table["rows"]
    }

    assert table["products"] == ["Mistral AI", "Anthropic", "OpenAI"]
    assert rows == {
        "weights": ["not stated", "do not publish the weights", "do not publish the weights"],
        "deployment": [
            "deployments on customer infrastructure / can run on a customer's own servers",
            "offer their main models through an API and through cloud partners",
            "offer their main models through an API and through cloud partners",
        ],
        "customer_data": [
            "not stated",
            "does not train on the data of commercial customers by default",
            "not stated",
        ],
    }


def test_every_stated_cell_is_cited_and_dated_and_every_other_says_that_nothing_is_stated(
    story: dict[str, Any],
) -> None:
    cells = [cell for row in story["insight"]["comparison"]["rows"] for cell in row["cells"]]

    assert {
        (cell["state"], bool(cell.get("as_of")), all(each["citations"] for each in cell["claims"]))
        for cell in cells
    } == {
        ("stated", True, True),
        ("not_stated", False, False),
    }


@pytest.mark.parametrize(
    ("headline", "told"),
    [
        (
            "Mistral launches Mixtral 8x7B, a sparse mixture of experts",
            {
                "released": "11 December 2023",
                "weights": "weights are published",
                "licence": "Apache 2.0",
                "parameters": "46.7 billion parameters in total",
                "active_parameters": "about 12.9 billion",
                "context": "not stated",
            },
        ),
        (
            "Mistral releases Codestral, its first model for code",
            {
                "released": "29 May 2024",
                "weights": "not stated",
                "licence": "not stated",
                "parameters": "22-billion-parameter",
                "context": "32,000 tokens",
                "price": "not stated",
            },
        ),
        (
            "Mistral releases Mistral 7B, its first model",
            {
                "weights": "open-weight model",
                "licence": "Apache 2.0 licence",
                "parameters": "7.3 billion parameters",
                "context": "not stated",
            },
        ),
    ],
)
def test_a_model_is_specified_by_what_the_archive_states_with_its_gaps(
    stories: list[dict[str, Any]], headline: str, told: dict[str, str]
) -> None:
    (found,) = (each for each in stories if each["headline"]["text"] == headline)

    assert {row["attribute"]: row["claim"]["text"] for row in found["insight"]["technical"]} == told


def test_a_story_on_policy_has_no_specification(story: dict[str, Any]) -> None:
    assert "technical" not in story["insight"]


def test_nothing_is_on_the_page_that_no_article_says(story: dict[str, Any]) -> None:
    pages = " ".join(
        page.body.decode() for url, page in captured_pages(SEED).items() if not page.title
    ).replace("&#x27;", "'")
    quotes = {citation["quote"] for citation in _citations(story)}

    assert {quote for quote in quotes if quote not in pages} == set()


def _texts(claims: list[dict[str, Any]]) -> str:
    return " / ".join(claim["text"] for claim in claims)


def _citations(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        yield from value.get("citations", ())
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _citations(each)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        GOLDEN.write_text(
            json.dumps(told(Path(scratch)), ensure_ascii=False, indent=1) + "\n", "utf-8"
        )
