from __future__ import annotations

import pytest

from aggregator.cluster.similarity.terms import is_other_version, title_versions


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Introducing GPT-5.1", "Introducing GPT-5.2"),
        ("Llama 3 is out", "Meta's Llama 4 is out"),
        ("v0.5.1", "v0.5.2"),
        ("vLLM v0.5.1 released", "vLLM v0.5.2 released"),
        ("Opus 4.5 is now available", "Claude Opus 4.6 is now available"),
        ("Qwen3 technical report", "Qwen2.5 technical report"),
        ("Introducing Claude Opus 4.5", "Introducing Claude Sonnet 4.5"),
        ("GPT-4o is retired", "GPT-4.1 is retired"),
        ("iOS 7.1 brings fixes", "iOS 7.2 brings fixes"),
    ],
)
def test_titles_of_other_versions_are_told_apart(one: str, other: str) -> None:
    assert [
        is_other_version(title_versions(one), title_versions(other)),
        is_other_version(title_versions(other), title_versions(one)),
    ] == [True, True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "OpenAI releases GPT-5.1", "GPT-5.1 is here: what is new", id="the same version"
        ),
        pytest.param("GPT-5.2 against GPT-5.1", "GPT-5.1 benchmarks", id="one version in common"),
        pytest.param(
            "Cerebras wins a $10B deal",
            "Cerebras wins a $10 Bn deal",
            id="money written in two ways",
        ),
        pytest.param(
            "Nvidia takes 25% of sales",
            "Nvidia takes 15 percent of sales",
            id="shares are not versions",
        ),
        pytest.param(
            "Claude Opus 4.5 is out", "Anthropic's new model is out", id="only one names a version"
        ),
        pytest.param(
            "OpenAI hires 30 people", "OpenAI hires 40 people", id="counts are not versions"
        ),
        pytest.param(
            "Judge rules on January 8", "Judge rules on January 9", id="dates are not versions"
        ),
        pytest.param("Claude Opus 4.5 is out", "Claude 4.5 Opus is out", id="word order"),
        pytest.param("Siri", "Gemini 3", id="a title of one word"),
    ],
)
def test_other_numbers_are_no_veto(one: str, other: str) -> None:
    assert not is_other_version(title_versions(one), title_versions(other))
