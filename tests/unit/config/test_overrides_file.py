"""overrides.toml: what it may say, and every mistake at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aggregator.config.overrides_file import load_overrides
from aggregator.domain.operation.override import (
    Annotation,
    Drop,
    Merge,
    Overrides,
    Pin,
    Rename,
    Split,
)
from aggregator.errors import ConfigError
from tests.messages import named

ONE, TWO = "abcdefghij23", "kkkkkkkkkk22"
WHOLE = f"""
[[pin]]
story = "{ONE}"
until = 2026-11-30
[[merge]]
stories = ["https://news.example/story/a-title-{ONE}/", "{TWO}"]
[[split]]
story = "{ONE}"
articles = ["https://a.example/1"]
[[rename]]
story = "story/a-title-{TWO}/index.html"
headline = "Ours,  on one\\nline"
[[drop]]
story = "{ONE}"
reason = "off topic"
[[drop]]
url = "https://a.example/2"
reason = "by order"
[[annotate]]
story = "{ONE}"
note = "Checked by hand."
"""


def problems(tmp_path: Path, text: str) -> tuple[str, ...]:
    path = tmp_path / "overrides.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as raised:
        load_overrides(path)
    return raised.value.problems


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert load_overrides(tmp_path / "overrides.toml") == Overrides()


def test_every_table_is_read_and_a_story_may_be_named_by_its_address(tmp_path: Path) -> None:
    path = tmp_path / "overrides.toml"
    path.write_text(WHOLE, "utf-8")

    assert load_overrides(path) == Overrides(
        pin=(Pin(story=ONE, until=date(2026, 11, 30)),),
        merge=(Merge(stories=(ONE, TWO)),),
        split=(Split(story=ONE, articles=("https://a.example/1",)),),
        rename=(Rename(story=TWO, headline="Ours, on one line"),),
        drop=(
            Drop(story=ONE, reason="off topic"),
            Drop(url="https://a.example/2", reason="by order"),
        ),
        annotate=(Annotation(story=ONE, note="Checked by hand."),),
    )


def test_every_mistake_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    wrong = f"""
[[pins]]
story = "{ONE}"
[[pin]]
story = "nobody"
untill = 2026-11-30
until = "tomorrow"
[[merge]]
stories = ["{ONE}"]
[[split]]
story = "{ONE}"
articles = ["a.example/1"]
[[rename]]
story = "{ONE}"
headline = " "
[[drop]]
story = "{ONE}"
url = "https://a.example/2"
reason = "both"
[[drop]]
reason = "none"
[[annotate]]
story = 7
[rename_all]
"""

    assert [named(problem) for problem in problems(tmp_path, wrong)] == [
        ["pins", "pin"],
        ["rename_all", "rename"],
        ["pin[0].story", "nobody"],
        ["pin[0].untill", "until"],
        ["pin[0].until", "2026-11-30"],
        ["merge[0].stories", "2"],
        ["split[0].articles", "a.example/1", "http://", "https://"],
        ["rename[0].headline"],
        ["drop[0]"],
        ["drop[1]"],
        ["annotate[0].story"],
        ["annotate[0].note"],
    ]


@pytest.mark.parametrize("stories", [f'"{ONE}"', "7", "[7, 8]", f'["{ONE}", 7]'])
def test_stories_to_merge_are_a_list_of_strings_and_nothing_else(
    tmp_path: Path, stories: str
) -> None:
    (found,) = problems(tmp_path, f"[[merge]]\nstories = {stories}\n")

    assert found.startswith("merge[0].stories: must be a list of strings")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("[[pin]", "is not TOML", id="no TOML"),
        pytest.param(
            '[pin]\nstory = "abcdefghij23"',
            "pin: must be written as [[pin]] tables",
            id="a single table",
        ),
        pytest.param('pin = "abcdefghij23"', "pin: must be written as [[pin]] tables", id="a text"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    (found,) = problems(tmp_path, text)

    assert found.startswith(problem)
