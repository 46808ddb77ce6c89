"""One edition, read back from every form in which it is published: the same stories, order, numbers
and citations.

Each reader turns a form into a `Reading`; a further form needs a reader and a line in `forms`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree

from aggregator.domain.claim import Claim
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.edition import Edition, StoredEdition
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.domain.wording import inner_quotation
from tests.builders import news_story, sample_stories
from tests.memory_site import MemoryContent, publish, site_pages
from tests.unit.site.makers import WEEK, edition, news

SITE = SiteSettings(base_url="https://news.example")
ATOM, XHTML = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/xhtml}"
_STORY = re.compile(r"story/[^\s\"')#]*?-?([a-z2-7]{12})/")
_CREDIT = re.compile(r" \([^()]+\)$")


@frozen
class Passage:
    """A cited passage: its number, its words as they stand between quotation marks, and the way to
    it.
    """

    number: int
    quote: str
    url: str


@frozen
class Reading:
    """What a reader takes from an edition: of each sentence the numbers of its citations, the
    passages by number.
    """

    number: int
    title: str
    opening: tuple[tuple[int, ...], ...]
    stories: tuple[tuple[str, tuple[tuple[int, ...], ...]], ...]
    passages: tuple[Passage, ...]


class Notebook:
    """A reading as it is taken: sentences belong to the story that was met last, to the opening
    before the first.
    """

    def __init__(self) -> None:
        self.opening: list[tuple[int, ...]] = []
        self.stories: list[tuple[str, list[tuple[int, ...]]]] = []
        self.passages: set[Passage] = set()

    def story(self, address: str) -> None:
        """A story begins; one without a page is known by the address of its source."""
        found = _STORY.search(address)
        self.stories.append((found[1] if found else address, []))

    def sentence(self, numbers: Iterable[int]) -> None:
        """A sentence that cites these; one that cites nothing is not compared."""
        if not (numbers := tuple(numbers)):
            return
        (self.stories[-1][1] if self.stories else self.opening).append(numbers)

    def credited(self) -> None:
        """A sentence whose sources have names and no numbers."""
        (self.stories[-1][1] if self.stories else self.opening).append(())

    def passage(self, number: int, quote: str, url: str) -> None:
        """A passage that is cited."""
        uncut = " ".join(quote.split()).removeprefix("… ").removesuffix(" …")
        self.passages.add(Passage(number=number, quote=uncut, url=url))

    def reading(self, number: int, title: str) -> Reading:
        """What was taken."""
        return Reading(
            number=number,
            title=title,
            opening=tuple(self.opening),
            stories=tuple((story, tuple(sentences)) for story, sentences in self.stories),
            passages=tuple(sorted(self.passages, key=lambda each: each.number)),
        )


def read_record(of: Edition) -> Reading:
    """The record itself: what all others are compared with."""
    notebook = Notebook()

    def note(claims: Iterable[PrintedClaim]) -> None:
        for claim in claims:
            notebook.sentence(citation.number for citation in claim.citations)
            for citation in claim.citations:
                notebook.passage(citation.number, inner_quotation(citation.quote), citation.url)

    note(of.opening)
    for story in of.stories():
        notebook.story(story.url or story.path)
        note(of.below(story))
    return notebook.reading(of.number, of.title)


def read_html(html: str) -> Reading:
    """The page: a link in a third-level heading is a story, a `.cited` a sentence, whose buttons
    open footnotes: its passages. A footnote does not repeat a quotation that is the sentence.
    """
    tree = etree.HTML(html)
    notes = {note.get("id"): note for note in tree.xpath("//section[@class='footnotes']//li")}
    notebook = Notebook()
    for node in tree.xpath("//article//h3/a | //main//*[@class='cited']"):
        if node.tag == "a":
            notebook.story(node.get("href"))
            continue
        text = "".join(node.xpath("*[@class='claim'][1]")[0].itertext())
        opened = [notes[key] for key in node.xpath(".//button/@popovertarget")]
        notebook.sentence(int(note.get("value")) for note in opened)
        for note in opened:
            quoted = note.xpath("(blockquote/mark | blockquote[not(mark)])[1]")
            quote = inner_quotation("".join(quoted[0].itertext())) if quoted else text
            url = next(iter(note.xpath(".//a/@href")), "").partition("#:~:text=")[0]
            notebook.passage(int(note.get("value")), quote, url)
    number = re.search(r"Edition (\d+)", "".join(tree.xpath("//p[@class='kicker']//text()")))
    assert number
    return notebook.reading(int(number[1]), tree.xpath("//meta[@property='og:title']/@content")[0])


def read_feed(xml: str, place: int = 0) -> Reading:
    """An entry of the feed: a heading of the third level a story, a paragraph that ends in the
    names of its sources a sentence.
    """
    entry = ElementTree.fromstring(xml).findall(f"{ATOM}entry")[place]
    notebook, number = Notebook(), 0
    for element in entry.iter():
        text = "".join(element.itertext()).strip()
        if element.tag == f"{XHTML}h3":
            (link,) = element.findall(f"{XHTML}a")
            notebook.story(link.attrib["href"])
        elif element.tag == f"{XHTML}p" and _CREDIT.search(text):
            notebook.credited()
        elif element.tag == f"{XHTML}p" and not number:
            number = int(re.findall(r"\d+", text)[0])
    return notebook.reading(number, entry.findtext(f"{ATOM}title") or "")


def read_json(text: str) -> Reading:
    """The JSON twin."""
    told = json.loads(text)
    notebook = Notebook()

    def note(claims: Iterable[dict[str, list[dict[str, str]]]]) -> None:
        for claim in claims:
            notebook.sentence(int(each["number"]) for each in claim["citations"])
            for each in claim["citations"]:
                notebook.passage(int(each["number"]), inner_quotation(each["quote"]), each["url"])

    note(told["opening"])
    for story in (story for section in told["sections"] for story in section["stories"]):
        notebook.story(story["url"])
        assert story["url"].endswith(f"-{story['id']}/") or story["hook"] is None
        # people do not read what opens the edition twice
        hook = None if story["hook"] in told["opening"] else story["hook"]
        several = (hook, *story.get("figures", ()), *story["changes"], story["matters"])
        note(claim for claim in several if claim)
    return notebook.reading(told["number"], told["title"])


def read_markdown(text: str) -> Reading:
    """The Markdown twin: a heading of the third level a story, footnotes citations."""
    notebook, number, title = Notebook(), 0, ""
    for line in text.splitlines():
        if line.startswith("# "):
            title = _unescaped(line.removeprefix("# "))
        elif line.startswith("### "):
            notebook.story(line.rpartition("](")[2].removesuffix(")"))
        elif note := re.fullmatch(r"\[\^(\d+)\]: “(.*)” (?:\[.*\]\((.*)\)|.*)", line):
            notebook.passage(int(note[1]), _unescaped(note[2]), note[3] or "")
        elif line.startswith("Edition ") and not number:
            number = int(re.findall(r"\d+", line)[0])
        elif marks := re.search(r"(?:\[\^\d+\])+$", line):
            notebook.sentence(map(int, re.findall(r"\d+", marks[0])))
    return notebook.reading(number, title)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def without_numbers(of: Reading) -> Reading:
    """What a feed says of an edition: the sentences of each story, without numbers and passages."""
    return replace(
        of,
        opening=((),) * len(of.opening),
        stories=tuple((story, ((),) * len(sentences)) for story, sentences in of.stories),
        passages=(),
    )


def forms(site: Path, week: str) -> dict[str, Reading]:
    """The readings of all forms of an edition in a site folder."""
    folder = site / "week" / week
    return {
        "page": read_html((folder / "index.html").read_text("utf-8")),
        "feed": read_feed((site / "week/feed.xml").read_text("utf-8")),
        "JSON": read_json((folder / "index.json").read_text("utf-8")),
        "Markdown": read_markdown((folder / "index.md").read_text("utf-8")),
    }


def titled(title: str) -> tuple[PublishedStory, ...]:
    """Stories with a hostile headline, and quotes that look like marks."""
    several = []
    for number in range(4):
        plain = news(
            number,
            hook=f'The [1] "{number}" * cards_ <b>&amp;</b> cost 3" each [2].',
            changes=["Now [3]."],
        )
        kept = plain.analysis.kept
        headline = replace(kept.headline, text=f"{title} {number}")
        several.append(
            replace(plain, analysis=replace(plain.analysis, kept=replace(kept, headline=headline)))
        )
    return tuple(several)


def unlinked() -> tuple[PublishedStory, ...]:
    """Stories of which one article has no web address."""
    plain = news_story(0)
    first = plain.story.members[0]
    member = replace(first, article=replace(first.article, url="urn:x-y:1"))
    return (
        replace(plain, story=replace(plain.story, members=(member, *plain.story.members[1:]))),
        news_story(1),
        news(3),
    )


def several_citations() -> tuple[PublishedStory, ...]:
    """A story whose sentences cite two passages, one of them twice."""
    plain = news(1, changes=["New is one.", "New is two."])
    kept = plain.analysis.kept
    assert kept.hook
    both = Claim(
        text="Both.",
        kind=kept.hook.kind,
        citations=(*kept.hook.citations, *kept.what_changed[1].citations),
    )
    kept = replace(kept, what_changed=(both, *kept.what_changed[:1]))
    return (replace(plain, analysis=replace(plain.analysis, kept=kept)), news(2))


WEEKS = [
    pytest.param(sample_stories(200), id="an ordinary week"),
    pytest.param((news(1),), id="a quiet week"),
    pytest.param(titled("<b>[x](y) *bold*</b> & # 1."), id="markup"),
    pytest.param(titled("שלום \u202eevil\u2066 🚀\x00\x1b"), id="right to left, emoji, controls"),
    pytest.param(titled("word " * 2_000), id="10 KB"),
    pytest.param(unlinked(), id="a passage without an address"),
    pytest.param(several_citations(), id="a sentence on two passages"),
]


@pytest.mark.parametrize("stories", WEEKS)
def test_every_form_of_an_edition_tells_the_same(
    stories: tuple[PublishedStory, ...], tmp_path: Path
) -> None:
    of = replace(
        edition(stories, number=3, site=SITE), watch=()
    )  # the readings have no place for it
    content = MemoryContent(
        stories=stories,
        statuses=(),
        engine="extractive",
        editions=(StoredEdition(edition=of, digest="d" * 64),),
    )
    publish(site_pages(content, SITE), tmp_path, SITE, {})
    expected = read_record(of)

    assert expected.stories
    assert {
        name: reading == (without_numbers(expected) if name == "feed" else expected)
        for name, reading in forms(tmp_path, WEEK).items()
    } == dict.fromkeys(("page", "feed", "JSON", "Markdown"), True), _first_difference(
        expected, forms(tmp_path, WEEK)
    )


def _first_difference(expected: Reading, readings: dict[str, Reading]) -> str:
    different = [f"{name}: {reading}" for name, reading in readings.items() if reading != expected]
    return "\n".join((f"record: {expected}", *different[:1]))
