"""Leaks: a claim speaks of the news, never of its own making."""

from __future__ import annotations

import pytest

from aggregator.verify.form import has_leak

NEWS = (
    "The server answers in JSON and checks replies against a schema. Attackers hid instructions in"
    " the prompt. It takes a system prompt of 200 words."
)
RULES = ("Every statement names the numbers of the passages it rests on.", "Answer briefly.")


@pytest.mark.parametrize(
    "claim",
    [
        "The server answers in JSON.",
        "Replies are checked against a schema.",
        "Attackers hid instructions in the prompt.",
        "The system prompt has 200 words.",
        "The passage of the bill took two years.",
        "“I think we were wrong,” Solano said.",
        "The tool lets us regulators see the logs.",
        "World War I archives are searchable now.",
        "Quillon sells articles to publishers.",
        "The article was withdrawn.",
        "As an AI lab, Halden sells models.",
        "The library supports Type I errors.",
        "Here, the model fails.",
        "Users asked for a refund.",
        "Each statement was checked by hand.",
        "Given the outage, customers left.",
        "Note-taking apps gain summaries.",
    ],
)
def test_news_is_no_leak(claim: str) -> None:
    assert not has_leak(claim, [NEWS, "As an AI lab, Halden sells models."], RULES)


@pytest.mark.parametrize(
    "claim",
    [
        "As an AI language model, I cannot judge the merger.",
        "As an AI, this is hard to say.",
        "The passage says Vexel will cut jobs.",
        "Passage 3 reports the outage.",
        "Passages [2] and [4] agree on the price.",
        "Vexel will cut jobs [1]",
        "Based on the provided text, Vexel will cut jobs.",
        "The article states that Vexel will cut jobs.",
        "According to the text, Vexel will cut jobs.",
        "The price is not mentioned in the sources.",
        "<think>Vexel cuts jobs</think>",
        "The system instructions ask for plain words.",
        "The output format asks for one sentence.",
        "The user wants a short hook.",
        "Sure, Vexel will cut jobs.",
        "Here is a summary of the cuts at Vexel.",
        "Hook: Vexel will cut jobs.",
        "I'm not able to say who wrote it.",
        "Let me see what changed at Vexel.",
        "We can infer that Vexel will cut jobs.",
        "Every statement names the numbers of the passages.",
        "Answer briefly.",
    ],
)
def test_talk_of_the_task_is(claim: str) -> None:
    assert has_leak(claim, ["Vexel will cut jobs."], RULES)


@pytest.mark.parametrize("word", ["JSON", "schema"])
def test_a_word_of_the_task_needs_a_passage_that_has_it(word: str) -> None:
    assert has_leak(f"The tool has a {word}.", ["The tool is new."])
    assert not has_leak(f"The tool has a {word}.", [f"It has a {word}."])
    assert not has_leak(f"The tool has {word}s.", [f"It reads {word} after {word}."])


@pytest.mark.parametrize("word", ["instructions", "prompts"])
def test_a_word_that_news_uses_is_a_leak_only_of_ones_own(word: str) -> None:
    assert has_leak(f"My {word} name a tool.", ["The tool is new."])
    assert has_leak(f"The tool follows the above {word}.", ["The tool is new."])
    assert not has_leak(f"The tool answers longer {word}.", ["The tool is new."])


def test_what_a_passage_and_the_prompt_share_is_no_leak() -> None:
    assert not has_leak(
        RULES[0],
        [f"Their rules say: {RULES[0]}"],
        (RULES[0].replace("passages", "pages"), RULES[1]),
    )
