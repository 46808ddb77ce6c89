"""The shape of the house: few rooms, small folders, one way to the store, and a true map."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.architecture.tree import ROOT, imported, modules

HOUSE = ROOT / "aggregator"
ROOMS = (
    "crawl",
    "extract",
    "cluster",
    "verify",
    "memory",
    "story",
    "site",
    "digest",
    "plugins/questions",
)
READERS = {"stage", "agents"}  # of a room: what is given a connection to the store
MOST_ENTRIES = 27  # beside __init__ and __main__: what one person can hold in the head
MOST_MODULES = 20  # of a folder, beside __init__
MAP = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|\w+\.(?:py|toml|md))`")


def entries() -> set[str]:
    """The rooms and modules at the top of the program."""
    found = (path for path in HOUSE.iterdir() if not path.name.startswith(("__", ".")))
    return {path.name for path in found if path.suffix in ("", ".py")}


def test_the_house_has_few_entries() -> None:
    assert len(entries()) <= MOST_ENTRIES, "put what is new into a folder that is there"


def test_no_folder_has_more_modules_than_a_reader_can_scan() -> None:
    counted = Counter(
        module.path.parent for module in modules("aggregator") if module.path.stem != "__init__"
    )

    crowded = {str(folder.relative_to(ROOT)): n for folder, n in counted.items()}
    assert {folder: n for folder, n in crowded.items() if n > MOST_MODULES} == {}, (
        "move modules that belong together into a folder of their own"
    )


def test_only_the_stage_of_a_room_reaches_the_store() -> None:
    reaching = [
        module.place(node)
        for module in modules(*(f"aggregator/{room}" for room in ROOMS))
        for name, node in imported(module)
        if name.startswith("aggregator.store") and READERS.isdisjoint(module.name.split("."))
    ]

    assert reaching == [], "have its stage ask the store and hand over the records"


def test_the_picture_of_the_house_names_every_entry_once() -> None:
    picture = MAP[MAP.index("```\naggregator/") : MAP.index("```\n", MAP.index("aggregator/"))]
    named = re.findall(r"^  ([\w.]+?)/? ", picture, re.MULTILINE)

    assert sorted(named) == sorted(entries()), "correct the picture in CONTRIBUTING.md"


def rows(title: str) -> list[tuple[str, str]]:
    """The rows of the table under a heading of the map: what is changed, and what to open."""
    section = MAP[MAP.index(f"## {title}\n") :].partition("\n## ")[0]
    cells = (line.strip("|").split(" | ") for line in section.splitlines() if line[:2] == "| ")
    return [(first.strip(), last.strip()) for first, last in cells if first.strip() != "to change"]


@pytest.mark.parametrize(("change", "places"), rows("To change X, open Y"))
def test_what_is_to_be_opened_is_there(change: str, places: str) -> None:
    named = PATH.findall(places)

    assert named, change
    roots = (ROOT, HOUSE)
    assert [p for p in named if not any((root / p).exists() for root in roots)] == [], change


POINTER = re.compile(r"`((?:\w+/)+\w+\.(?:py|toml|md|html|txt))`")
DOCUMENTS = [
    path.relative_to(ROOT).as_posix()
    for path in sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
    if path.name != "CHANGELOG.md"
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_is_there(document: str) -> None:
    roots = (ROOT, HOUSE, ROOT / "templates")
    named = set(POINTER.findall((ROOT / document).read_text("utf-8")))

    assert sorted(path for path in named if not any((root / path).exists() for root in roots)) == []
