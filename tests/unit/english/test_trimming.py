"""Where a sentence that is too long is not cut: amid a name, a pair or an aside."""

from __future__ import annotations

import pytest

from aggregator.english.trimming import trimmed


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "The Daily reported on Friday that Northwind is facing scrutiny from the U.S."
            " Securities and Exchange Commission over whether it violated financial rules as it"
            " sought its listing.",
            id="a name",
        ),
        pytest.param(
            "The deluge of images of partly clothed women – stripped by a tool of Northwind – on"
            " its site has raised questions.",
            id="between two dashes",
        ),
        pytest.param(
            "The release shows how quickly open models advance and how fiercely companies large and"
            " small are in competition.",
            id="two adjectives of a subject",
        ),
        pytest.param(
            "The mayor said on Monday that the search would go on and that police and firemen would"
            " continue to look for it.",
            id="a joint subject",
        ),
        pytest.param(
            "Northwind removed its overview after Halden found people were put at risk by false and"
            " misleading information.",
            id="two adjectives",
        ),
    ],
)
def test_a_sentence_is_not_cut_amid_a_name_a_pair_or_an_aside(sentence: str) -> None:
    assert trimmed(sentence, 15) is None


@pytest.mark.parametrize(
    ("sentence", "head"),
    [
        pytest.param(
            "Northwind raised the price of its ovens in Oslo on Wednesday and signaled that more"
            " such steps will follow soon.",
            "Northwind raised the price of its ovens in Oslo on Wednesday",
            id="a second verb",
        ),
        pytest.param(
            "Northwind raised the price of all of its ovens – the first such step in Oslo – on the"
            " advice of Halden.",
            "Northwind raised the price of all of its ovens",
            id="before an aside",
        ),
    ],
)
def test_a_sentence_is_cut_where_its_clause_is_whole(sentence: str, head: str) -> None:
    assert trimmed(sentence, 14) == head
