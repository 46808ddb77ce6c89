"""What a model is told about its work is known, so that it does not come back as news."""

from __future__ import annotations

from aggregator.story.page.question import page_prompt
from aggregator.story.prompts import prompt_sentences, prompts_digest
from aggregator.story.sections import writing_of
from tests.unit.story import notes


def test_the_sentences_of_the_prompts_are_known_examples_included() -> None:
    told = " ".join(prompt_sentences())

    assert "Osprey Labs cut the price of its Merlin interface by 40 percent, citing" in told
    assert "You are the editor of a news digest for professionals with little time." in told
    assert not any("{" in each for each in prompt_sentences())


def test_prompts_have_one_short_digest() -> None:
    assert len(prompts_digest()) == 8


def test_every_text_of_an_answer_is_bounded() -> None:
    def texts(schema: object) -> list[dict[str, object]]:
        if isinstance(schema, list):
            return [found for each in schema for found in texts(each)]
        if not isinstance(schema, dict):
            return []
        own = [schema] if schema.get("type") == "string" else []
        return own + [found for each in schema.values() for found in texts(each)]

    prompt = page_prompt("Headline", notes.facts())

    assert len(texts(prompt.schema)) > len(writing_of())
    assert all("enum" in each or each["maxLength"] for each in texts(prompt.schema))


def test_the_roles_of_the_site_stand_once_in_a_question_and_in_none_that_has_no_use_for_them() -> (
    None
):
    whole = page_prompt("Headline", notes.facts())
    without = page_prompt("Headline", notes.facts(), ("hook", "takeaways"))

    assert whole.task.count("Roles:") == 1
    assert "Roles:" not in without.task


def test_a_question_about_a_part_has_that_part_alone_and_what_the_page_says_already() -> None:
    prompt = page_prompt("Headline", notes.facts(), ("takeaways",), ["It was opened."])

    assert list(prompt.schema["properties"]) == ["takeaways"]
    assert '"hook"' not in prompt.task
    assert "It was opened." in prompt.task


def test_every_section_that_a_model_writes_has_words_of_its_own_in_the_question() -> None:
    prompt = page_prompt("Headline", notes.facts())

    assert all(f'"{key}":' in prompt.task for key in writing_of())
    assert list(prompt.schema["properties"]) == list(writing_of())
