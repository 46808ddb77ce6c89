"""Sections of plugins: asked of a model with the page, filled by rules, checked as all are, and
without a plugin nowhere.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aggregator.domain.claim import Claim, ClaimKind, Draft
from aggregator.errors import PluginError
from aggregator.hooks.plugins import Plugins, activate, plugins
from aggregator.hooks.sections import all_sections
from aggregator.story.page.question import page_prompt
from aggregator.story.prompts import prompt_sentences, prompts_digest
from aggregator.story.rules.extractive import page_by_rules
from tests.plugged import installed, of_the_guide
from tests.unit.story import notes
from tests.unit.story.test_writer import Desk

COSTS = of_the_guide()["costs"]
SENTENCE = "Northwind's second model costs nothing to download."
WRONG = "Northwind's second model costs 99 dollars to download."
Installer = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installer]:
    """Installs plugins for this test, and switches them on."""
    monkeypatch.syspath_prepend(tmp_path)
    before = plugins()

    def install(**sources: str) -> None:
        installed(tmp_path, **sources)
        activate(Plugins())

    yield install
    activate(before)
    for name in [name for name in sys.modules if name.startswith("aggregator_")]:
        del sys.modules[name]


def costs(draft: Draft | None) -> list[tuple[ClaimKind, str]]:
    """What a draft has in the section of the plugin."""
    return [
        (item.kind, item.text)
        for section in all_sections()
        if draft and section.key == "costs"
        for item in draft.statements(section)
    ]


def test_a_model_is_asked_for_the_section_in_its_place_on_the_page(install: Installer) -> None:
    without, digest = page_prompt("Headline", notes.facts()), prompts_digest()
    install(costs=COSTS)
    asked = page_prompt("Headline", notes.facts())

    keys = list(asked.schema["properties"])
    assert [key for key in keys if key not in without.schema["properties"]] == ["costs"]
    assert keys.index("mechanism") < keys.index("costs") < keys.index("implications")
    assert '"costs": up to two sentences' in asked.task
    assert prompts_digest() != digest


def test_what_a_model_writes_there_is_a_claim_that_is_checked(install: Installer) -> None:
    install(costs=COSTS)
    page = notes.PAGE | {"costs": [notes.line(SENTENCE, 1), notes.line(WRONG, 1)]}

    draft = Desk({"page": page}).draft(notes.refusing("99"))

    assert (ClaimKind.WRITTEN, SENTENCE) in costs(draft)
    assert WRONG not in [claim.text for claim in draft.claims()]


def test_what_a_plugin_tells_a_model_is_known_as_no_news(install: Installer) -> None:
    install(costs=COSTS)
    prompt_sentences.cache_clear()

    assert any("up to two sentences on what it costs" in told for told in prompt_sentences())
    prompt_sentences.cache_clear()


def test_rules_fill_the_section_from_the_sentences_of_the_articles(install: Installer) -> None:
    install(costs=COSTS.replace(r"[$€£] ?\d", r"\bmillion\b"))

    (found,) = costs(page_by_rules(notes.STORY, language="en", quote_words=25))

    assert found[0] is ClaimKind.EXTRACTED
    assert "million" in found[1]


def test_a_rule_that_raises_costs_its_section_alone(install: Installer) -> None:
    before = page_by_rules(notes.STORY, language="en", quote_words=25)
    install(costs=COSTS.replace("candidate.sentence", "candidate.missing"))

    assert page_by_rules(notes.STORY, language="en", quote_words=25) == before
    failed = plugins().take_failures()
    assert [(each.plugin, each.hook) for each in failed] == [("costs", "section costs")]


@pytest.mark.parametrize(
    ("written", "instead"), [("Content.CLAIMS", "Content.ACTIONS"), ('"costs"', '"Costs?"')]
)
def test_a_section_that_no_page_could_show_is_recorded(
    install: Installer, written: str, instead: str
) -> None:
    before = all_sections()
    install(costs=COSTS.replace(f"{written},", f"{instead},"))

    assert all_sections() == before
    assert [each.hook for each in plugins().take_failures()] == ["sections"]


def test_the_key_of_a_section_of_ours_is_not_a_plugins(install: Installer) -> None:
    install(costs=COSTS.replace('"costs",', '"takeaways",'))

    with pytest.raises(PluginError, match="by the program itself and by the plugin costs"):
        all_sections()


def test_claims_of_a_section_stand_where_it_does(install: Installer) -> None:
    install(costs=COSTS)
    claim = partial(Claim, kind=ClaimKind.WRITTEN, citations=())
    by_key: dict[str, Any] = {section.key: section for section in all_sections()}

    draft = Draft(headline=claim(text="news")).with_items(
        {
            by_key["costs"]: [claim(text="costs")],
            by_key["unknowns"]: [],
            by_key["takeaways"]: [claim(text="point")],
            by_key["mechanism"]: [claim(text="part")],
        }
    )

    assert [each.text for each in draft.claims()] == ["news", "point", "part", "costs"]
    without = draft.with_items({by_key["costs"]: []})
    assert [each.text for each in without.claims()] == ["news", "point", "part"]
