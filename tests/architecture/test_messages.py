"""Every word of ours that a reader meets goes through the catalogues: templates hold messages, and
no text beside them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from jinja2.ext import InternationalizationExtension

from tests.architecture.tree import ROOT

TEMPLATES = ROOT / "templates"
FOLDERS = [TEMPLATES / name for name in ("site", "serve", "email")]
PAGES = sorted(
    Path(os.path.relpath(path, TEMPLATES))
    for folder in (*FOLDERS, *(ROOT / "aggregator" / "plugins").glob("*/templates"))
    for path in folder.iterdir()
    if path.is_file()
)
NOT_READ = {
    *(
        "email/style.css",
        "email/media.css",
        "serve/policy.html",
        "site/policy.html",
        "site/_headers",
        "site/_redirects",
    ),
    *("site/robots.txt", "site/worker.js", "site/linked-data.html", "site/feed.json"),
}
CLASSES = {"kind", "dir"}  # blocks that are part of an attribute
NAMES = {"JSON", "Markdown", "Atom", "UTC"}  # the same in every language
SPOKEN = {"aria-label", "title", "alt", "placeholder"}  # attributes that are read
LITERAL = {"script", "style", "code", "kbd"}


class Texts(HTMLParser):
    """The texts of a page that somebody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._literal = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._literal += tag in LITERAL
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._literal -= tag in LITERAL

    def handle_data(self, data: str) -> None:
        if not self._literal:
            self.found.append(data)


def plain_parts(node: nodes.Node) -> Iterator[str]:
    """What a template writes as it stands, and a mark for each value and message."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.data
        elif isinstance(node, nodes.Output):
            yield "\x00"
        elif not (isinstance(child, nodes.Block) and child.name in CLASSES):
            yield from plain_parts(child)


def raw_texts(template: str) -> list[str]:
    """The words that a template says without a message."""
    environment = Environment(
        extensions=[InternationalizationExtension],
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    texts = Texts()
    texts.feed("".join(plain_parts(environment.parse(template))))
    texts.close()
    words = (re.sub(r"[\s\x00]+", " ", text).strip() for text in texts.found)
    return [word for word in words if re.search(r"[^\W\d_]", word) and word not in NAMES]


@pytest.mark.parametrize("page", [path for path in map(str, PAGES) if path not in NOT_READ])
def test_a_template_says_nothing_without_a_message(page: str) -> None:
    assert raw_texts((TEMPLATES / page).read_text("utf-8")) == [], (
        'write {{ _("…") }} around them, then run: python -m tools.catalogue'
    )


def test_a_text_without_a_message_is_found() -> None:
    template = (
        '<p title="Here">{% if x %}{% trans %}said{% endtrans %}{{ _("so") }}{% else %}not'
        " <b>said</b>{% endif %}</p>"
    )

    assert raw_texts(template) == ["Here", "not", "said"]
