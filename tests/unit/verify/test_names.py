"""Names: what is written like one, and which of a claim's its evidence knows."""

from __future__ import annotations

import pytest

from aggregator.verify.names import missing_names, names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Orla Brandt joined Vexel.", ("Orla Brandt", "Vexel"), id="in a row"),
        pytest.param(
            "The lab and xAtlas met OpenGrid.", ("xAtlas", "OpenGrid"), id="inner capitals"
        ),
        pytest.param(
            "Vexel's Orla Brandt", ("Vexel", "Orla Brandt"), id="a possessive ends a name"
        ),
        pytest.param(
            "However, Researchers say the FTC agreed.",
            ("Researchers", "FTC"),
            id="capitals within a sentence",
        ),
        pytest.param(
            "It grew. Researchers agree. Meanwhile, Using it is easy.",
            (),
            id="ordinary words at the start",
        ),
        pytest.param(
            "“Companies will pay,” I said; I'm sure.", (), id="the start of a quotation, and I"
        ),
        pytest.param(
            "AI-powered tools by Jean-Luc Moreau", ("AI", "Jean-Luc Moreau"), id="hyphens"
        ),
        pytest.param(
            "It’s said that Vexel grew. There's more.", ("Vexel",), id="a small word and its verb"
        ),
        pytest.param("GPX-5.2-Codex", ("GPX", "Codex"), id="the letters of a version"),
    ],
)
def test_names_are_capitalised_words(text: str, found: tuple[str, ...]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("claim", "evidence", "missing"),
    [
        pytest.param("Brandt left", "Orla Brandt left", (), id="a surname for the full name"),
        pytest.param(
            "said Orla Brandt", "said Brandt", ("Orla Brandt",), id="no full name for a surname"
        ),
        pytest.param(
            "said Orla Keller",
            "Orla Brandt and Jo Keller",
            ("Orla Keller",),
            id="no name put together from two",
        ),
        pytest.param(
            "the Vexel CEO Orla Brandt", "Orla Brandt, CEO of Vexel", (), id="names side by side"
        ),
        pytest.param(
            "the Vexel CEO", "the chief executive of Vexel", (), id="a role in other words"
        ),
        pytest.param("the FTC", "the Federal Trade Commission", (), id="initials"),
        pytest.param("in the UK", "in Britain", (), id="a country in other words"),
        pytest.param("a Chinese lab", "a lab in China", (), id="of a country"),
        pytest.param("in Indonesia", "of Indonesian labs", (), id="a land of its people"),
        pytest.param(
            "a Norrlandic lab", "a lab in Norvik", ("Norrlandic",), id="another land's people"
        ),
        pytest.param("the Federal Trade Commission", "the FTC", (), id="initials written out"),
        pytest.param(
            "the Federal Court", "the FC", ("Federal Court",), id="two letters are too few"
        ),
        pytest.param("in the US", "in the U.S.", (), id="dots"),
        pytest.param("by Hewlett Packard", "by Hewlett-Packard", (), id="hyphen"),
        pytest.param("U.K. labs", "labs in Britain", (), id="initials with dots are one name"),
        pytest.param(
            "President Brandt left", "President Orla Brandt left", (), id="a title with the surname"
        ),
        pytest.param(
            "Orla Sand left",
            "Orla Brandt met Jo Sand",
            ("Orla Sand",),
            id="no first name with another's surname",
        ),
        pytest.param("many GPUs", "one GPU", (), id="plural"),
        pytest.param("Engineering teams grow", "teams grow", (), id="an ordinary start"),
        pytest.param("Norvik grows", "it grows", ("Norvik",), id="a name at the start"),
        pytest.param(
            "Vexel Launches New Chips For Labs",
            "Vexel launched a chip for a lab",
            (),
            id="a title of ordinary words",
        ),
        pytest.param(
            "Norvik Launches New Chips For Labs",
            "Vexel launched a chip",
            ("Norvik Launches", "Labs"),
            id="title",
        ),
    ],
)
def test_a_name_must_stand_in_the_evidence(
    claim: str, evidence: str, missing: tuple[str, ...]
) -> None:
    assert missing_names(claim, [evidence]) == missing
