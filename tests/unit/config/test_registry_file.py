"""registry.toml: the operator's is laid over the shipped one, and every mistake in it is told at
once.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.config.registry_file import load_registry
from aggregator.domain.publishing.newsroom import shipped_newsroom
from aggregator.domain.story import EntityKind
from aggregator.errors import ConfigError

SHIPPED = load_registry(Path("registry.toml of nobody"))


def own(folder: Path, text: str) -> Path:
    """The operator's file."""
    path = folder / "registry.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_operators_entries_are_laid_over_the_shipped_ones(tmp_path: Path) -> None:
    path = own(
        tmp_path,
        '[company]\nnorthwind = "Northwind"\nopenai = { aliases = ["ClosedAI"] }\napple = { off ='
        " true }\n",
    )
    companies = load_registry(path).entities[EntityKind.COMPANY]

    assert (companies["northwind"].name, companies["openai"].name, companies["openai"].aliases) == (
        "Northwind",
        "OpenAI",
        ("ClosedAI",),
    )
    assert "apple" not in companies
    assert "apple" in SHIPPED.entities[EntityKind.COMPANY]


def test_a_topic_can_be_added(tmp_path: Path) -> None:
    topics = load_registry(
        own(tmp_path, '[topic]\nspace = { name = "Space", terms = ["rocket"] }\n')
    ).topic_names()

    assert list(topics) == [*SHIPPED.topic_names(), "space"]


def test_a_table_can_leave_out_all_of_ours(tmp_path: Path) -> None:
    of_nurses = load_registry(
        own(
            tmp_path,
            '[topic]\nours = false\nstaffing = { name = "Staffing", terms = ["shift"] }\n'
            '[role]\nours = false\nward = { name = "Ward managers", words = ["wards?"] }\n',
        )
    )

    assert (list(of_nurses.topic), list(of_nurses.newsroom.roles)) == (["staffing"], ["ward"])
    assert load_registry(own(tmp_path, "[role]\nours = false\n")).newsroom.roles == {}


def test_another_subject_leaves_out_what_is_ours_but_the_tables_that_it_keeps(
    tmp_path: Path,
) -> None:
    of_nurses = '[subject]\nname = "nursing"\nterms = ["nurse"]\n'
    found = load_registry(own(tmp_path, of_nurses + "[company]\nours = true\n"))

    assert (found.newsroom.subject.name, found.newsroom.subject.cased) == ("nursing", False)
    assert (found.topic, found.newsroom.roles, found.entities[EntityKind.MODEL]) == ({}, {}, {})
    assert found.entities[EntityKind.COMPANY] == SHIPPED.entities[EntityKind.COMPANY]


def test_our_subject_can_be_changed_in_part_and_keeps_the_rest(tmp_path: Path) -> None:
    found = load_registry(own(tmp_path, '[subject]\noff_topic = ["crypto"]\n'))

    assert found.newsroom.subject == replace(SHIPPED.newsroom.subject, off_topic=("crypto",))
    assert found.topic == SHIPPED.topic


def test_ours_is_the_newsroom_of_a_registry_without_roles_of_its_own(tmp_path: Path) -> None:
    assert load_registry(own(tmp_path, '[company]\nx = "X"\n')).newsroom == shipped_newsroom()


def test_the_digest_changes_with_the_operators_file(tmp_path: Path) -> None:
    one = load_registry(own(tmp_path, '[company]\nnorthwind = "Northwind"\n')).digest
    other = load_registry(own(tmp_path, '[company]\nnorthwind = "North Wind"\n')).digest

    assert len({SHIPPED.digest, one, other}) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[firm]\nx = "X"\n', "firm: unknown table"),
        (
            '[subject]\nname = "x"\nterms = ["a b c"]\n',
            "subject.terms: 'a b c' must begin with a letter or digit and have at most two words",
        ),
        ('[subject]\nnam = "x"\n', "subject.nam: unknown key; did you mean name?"),
        ('[companyy]\nx = "X"\n', "companyy: unknown table; did you mean company?"),
        (
            '[company]\n"No Key" = "X"\n',
            "company.No Key: keys may contain lower-case letters, digits and hyphens",
        ),
        (
            '[company]\nx = { name = "X", alias = ["Y"] }\n',
            "company.x.alias: unknown key; did you mean aliases?",
        ),
        ('[company]\nx = { aliases = ["Y"] }\n', "company.x.name: is missing"),
        ("[company]\nx = { name = 3 }\n", "company.x.name: input should be a valid string"),
        ('[person]\nopenai = "Open"\n', "openai: is the key of 2 entities; keys must be unique"),
        (
            '[model]\nx = { name = "X", maker = "opnai" }\n',
            "model.x.maker: unknown company opnai; did you mean openai?",
        ),
        (
            '[model]\nx = { name = "X", form = "{v}" }',
            "model.x.form: '{v}' may contain only {name}, {version} and {variant}",
        ),
        ('[company]\nx = "…"\n', "company.x: '…' contains no word"),
        (
            '[topic]\nx = { name = "X", terms = [], entities = ["amdd"] }',
            "topic.x.entities: unknown entity amdd; did you mean amd?",
        ),
        ('[topic]\nx = { name = "X", terms = ["…"] }\n', "topic.x: '…' contains no word"),
        (
            "[company\n",
            "is not TOML: Expected ']' at the end of a table declaration (at line 1, column 9)",
        ),
        (
            '[role]\nward = { name = "Ward", words = ["(ward"] }\n',
            "role.ward.words: '(ward' is not a regular expression: missing ), unterminated"
            " subpattern at position 0",
        ),
        ('acme = "Acme"\n', "acme: is not a table; entries belong under [topic] or a kind"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_registry(own(tmp_path, text))

    assert raised.value.problems == (expected,)
