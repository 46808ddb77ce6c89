"""The mail of an edition tells what its page tells: the same stories in the same order and the same
sources behind each sentence, numbered as the mail cites them.

A mail is cut from its end where it grows too large; what it has must be the beginning of what the
edition has.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from aggregator.digest.mail.letters import Mail, MailLinks, edition_mail
from aggregator.domain.publishing.edition import Edition, StoredEdition
from aggregator.domain.settings import EmailSettings
from aggregator.domain.story import PublishedStory
from tests.acceptance.test_edition_parity import (
    SITE,
    WEEKS,
    Notebook,
    Passage,
    Reading,
    read_record,
)
from tests.unit.site.makers import edition

LINKS = MailLinks(
    unsubscribe="https://mail.example/u",
    preferences="https://mail.example/p",
    web="https://mail.example/w",
    one_click="https://mail.example/u",
    mailto="mailto:digest@mail.example",
)


class _Letter(HTMLParser):
    """The HTML part: a heading of the third level a story, a run of numerals the end of a
    sentence.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.notebook = Notebook()
        self._within: list[tuple[str, str]] = []
        self._numbers: list[int] = []
        self._row: list[str] = []
        self._url = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in {"meta", "link", "br", "img"}:
            return
        self._within.append((tag, values.get("class", "")))
        if tag == "a" and any(each == "h3" for each, _ in self._within):
            self.notebook.story(values["href"])
        elif tag == "a" and ("table", "sources") in self._within:
            self._url = values["href"]
        elif tag == "td" and values.get("class") == "no":
            self._row, self._url = [], ""

    def handle_data(self, data: str) -> None:
        if not data.replace("\xa0", " ").strip() or not self._within:
            return
        if self._within[-1][1] == "n":
            self._numbers.append(int(data.strip("[]")))
            return
        self._flush()
        if ("table", "sources") in self._within:
            self._row.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop()[0] != tag:
            pass
        if tag in {"p", "li"}:
            self._flush()
        elif tag == "tr" and self._row:
            self.notebook.passage(int(self._row[0]), "", self._url)
            self._row = []

    def _flush(self) -> None:
        if self._numbers:
            self.notebook.sentence(self._numbers)
        self._numbers = []


def read_html_part(mail: Mail, of: Edition) -> Reading:
    """What a reader takes from the HTML part; number and title are checked apart."""
    return _Letter(mail.html).notebook.reading(of.number, of.title)


def read_text_part(mail: Mail, of: Edition) -> Reading:
    """What a reader takes from the text part; its opening is one paragraph, whose sentences are not
    told apart.
    """
    notebook = Notebook()
    head, _, rest = mail.text.partition("\nArticles cited\n--------------\n")
    sentences: list[list[int]] = []
    for block in re.split(r"\n\s*\n|\n(?=- )", head):
        plain = " ".join(block.split())
        if re.search(r"\n-{3,}$", block.strip()):
            sentences = []  # of the opening, which stands before the first heading
        if marks := re.search(r"(?:\[\d+\])+$", plain):
            sentences.append([int(number) for number in re.findall(r"\d+", marks[0])])
        elif found := re.search(r"(?<!: )https://\S+$", plain):
            notebook.story(found[0])
            for numbers in sentences:
                notebook.sentence(numbers)
            sentences = []
    for number, url in re.findall(r"(?m)^\[(\d+)\] [^\n]*\n(?:    (\S+)\n)?", rest):
        notebook.passage(int(number), "", url)
    return notebook.reading(of.number, of.title)


def beginning(of: Edition, shown: int) -> Reading:
    """What a mail takes from an edition and its first stories: an opening with citations, of each
    story what happened and either why it matters or what changed, and no words of the passages.
    """
    stories = tuple(
        replace(story, changes=() if story.matters else story.changes[:1])
        for story in of.stories()[:shown]
    )
    part = read_record(replace(of, leads=stories, further=(), papers=(), releases=()))
    return renumbered(part)


def renumbered(part: Reading) -> Reading:
    """A reading with one number for each article, in the order in which they are cited."""
    article = {passage.number: passage.url or passage.number for passage in part.passages}
    told = (*part.opening, *(numbers for _, sentences in part.stories for numbers in sentences))
    order = list(dict.fromkeys(article[number] for numbers in told for number in numbers))

    def again(numbers: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted({1 + order.index(article[number]) for number in numbers}))

    return replace(
        part,
        opening=tuple(map(again, part.opening)),
        stories=tuple((story, tuple(map(again, sentences))) for story, sentences in part.stories),
        passages=tuple(
            Passage(number=number, quote="", url=url if isinstance(url, str) else "")
            for number, url in enumerate(order, 1)
        ),
    )


@pytest.mark.parametrize("stories", WEEKS)
def test_the_mail_tells_what_the_edition_tells(stories: tuple[PublishedStory, ...]) -> None:
    of = replace(
        edition(stories, number=3, site=SITE), watch=()
    )  # the readings have no place for it
    mail = edition_mail(
        StoredEdition(edition=of, digest="d" * 64),
        LINKS,
        SITE,
        EmailSettings(from_="digest@mail.example"),
    )
    assert mail is not None
    html, text = read_html_part(mail, of), read_text_part(mail, of)

    assert len(html.stories) == len(of.stories()) or "more stor" in mail.html
    assert html == beginning(of, len(html.stories))
    assert text == replace(html, opening=())
    assert ["Edition 3" in part for part in (mail.html, mail.text)] == [True, True]
