"""config.local.toml as commands write it: what a person wrote stays, and nothing unsound is
written.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from aggregator.config.config_file import add_sources, set_enabled
from aggregator.config.configuration import load
from aggregator.errors import ConfigError

LAB = '[[sources]]\nkey = "lab"\nname = "Lab"\nurl = "https://lab.example/feed"\n'
BY_HAND = """\
# mine
[fetch]
per_host = 1  # slowly

[[sources]]
# the daily
key = "daily"
name = "Daily"
url = "https://daily.example/feed"   # since May

# The other one
[[sources]]
key = "other"
name = "Other"
url = "https://other.example/feed"
enabled = true # for now
"""


def house(folder: Path, local: str | None = None) -> Path:
    """A config.toml with one source, and a config.local.toml with this text beside it."""
    (folder / "config.toml").write_text(LAB, "utf-8")
    if local is not None:
        (folder / "config.local.toml").write_text(local, "utf-8")
    return folder / "config.toml"


def local_text(folder: Path) -> str:
    """What config.local.toml holds."""
    return (folder / "config.local.toml").read_text("utf-8")


def test_a_source_is_added_to_a_file_of_its_own_that_says_what_it_is(tmp_path: Path) -> None:
    path = house(tmp_path)
    new = {
        "key": "new",
        "name": "N",
        "url": "https://new.example/",
        "opml": {"a:b": "c"},
        "include": ("x", "y"),
    }

    written = add_sources(path, {}, [new])

    assert written == tmp_path / "config.local.toml"
    assert local_text(tmp_path).startswith("# Overrides config.toml")
    assert [
        (source.key, dict(source.opml), source.include) for source in load(path, {}).sources
    ] == [
        ("lab", {}, ()),
        ("new", {"a:b": "c"}, ("x", "y")),
    ]


def test_what_a_person_wrote_stays_as_it_is(tmp_path: Path) -> None:
    path = house(tmp_path, BY_HAND)

    add_sources(path, {}, [{"key": "new", "name": "N", "url": "https://new.example/"}])

    assert local_text(tmp_path).startswith(BY_HAND)
    assert len(load(path, {}).sources) == 4


def test_switching_changes_one_line_and_no_comment_moves(tmp_path: Path) -> None:
    path = house(tmp_path, BY_HAND)

    set_enabled(path, {}, ["daily"], enabled=False)
    set_enabled(path, {}, ["other"], enabled=False)

    expected = BY_HAND.replace('key = "daily"\n', 'key = "daily"\nenabled = false\n').replace(
        "enabled = true #", "enabled = false #"
    )
    assert local_text(tmp_path) == expected


def test_a_source_of_config_toml_is_switched_off_beside_it_and_on_again(tmp_path: Path) -> None:
    path = house(tmp_path)

    states = []
    for enabled in (False, True):
        set_enabled(path, {}, ["lab"], enabled=enabled)
        states.append([source.enabled for source in load(path, {}).sources])

    assert states == [[False], [True]]
    assert path.read_text("utf-8") == LAB


def test_the_table_of_a_listing_stays_below_its_source(tmp_path: Path) -> None:
    path = house(tmp_path)
    listing = {
        "key": "new",
        "name": "N",
        "url": "https://new.example/",
        "kind": "listing",
        "listing": {"format": "sitemap"},
    }

    add_sources(path, {}, [listing, {"key": "more", "name": "M", "url": "https://more.example/"}])
    set_enabled(path, {}, ["new"], enabled=False)

    first, second = tomllib.loads(local_text(tmp_path))["sources"]
    assert (first, second["key"]) == (listing | {"enabled": False}, "more")


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(
            {"key": "new", "name": "N", "url": "ftp://new.example/"}, id="address not on the web"
        ),
        pytest.param(
            {"key": "new", "name": "N", "url": "https://new.example/", "lane": "evil"},
            id="lane that is none",
        ),
        pytest.param(
            {"key": "new", "name": "N", "url": "https://new.example/", "weight": 99},
            id="weight without bounds",
        ),
        pytest.param(
            {"key": "new", "name": "N", "url": "https://new.example/", "rm": "-rf"},
            id="unknown key",
        ),
    ],
)
def test_a_table_that_is_not_sound_is_told_and_nothing_is_written(
    tmp_path: Path, table: dict[str, object]
) -> None:
    path = house(tmp_path, BY_HAND)

    with pytest.raises(ConfigError):
        add_sources(path, {}, [table])

    assert local_text(tmp_path) == BY_HAND
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.local.toml", "config.toml"]


def test_a_listing_that_says_not_how_it_is_read_cannot_be_switched_on(tmp_path: Path) -> None:
    path = house(tmp_path, '[[sources]]\nkey = "lab"\nkind = "listing"\nenabled = false\n')

    with pytest.raises(ConfigError, match="table that describes the page"):
        set_enabled(path, {}, ["lab"], enabled=True)


@pytest.mark.parametrize(
    "local", ["[fetch", "[fetch]\nper_host = 99\n", "sources = [{key = 'lab', enabled = false}]\n"]
)
def test_a_file_that_is_wrong_already_is_told_and_left(tmp_path: Path, local: str) -> None:
    path = house(tmp_path, local)

    with pytest.raises(ConfigError):
        set_enabled(path, {}, ["lab"], enabled=False)

    assert local_text(tmp_path) == local


def test_the_file_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    path = house(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "mine.toml"
    target.write_text(BY_HAND, "utf-8")
    target.chmod(0o600)
    (tmp_path / "config.local.toml").symlink_to(target)

    set_enabled(path, {}, ["lab"], enabled=False)

    assert (tmp_path / "config.local.toml").is_symlink()
    assert (target.stat().st_mode & 0o777, 'key = "lab"' in target.read_text("utf-8")) == (
        0o600,
        True,
    )
