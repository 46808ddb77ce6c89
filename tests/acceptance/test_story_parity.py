"""One story, read back from every form in which it is published: the same sentences, citations,
sources and numbers.

Each reader turns a form into a `Reading`; a further form needs a reader and a line in `forms`.
Feeds hold the brief only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from aggregator.domain.claim import (
    Action,
    ClaimKind,
    Disagreement,
    Implication,
    Likelihood,
)
from aggregator.domain.frozen import frozen
from aggregator.domain.prediction import Prediction
from aggregator.domain.publishing.newsroom import role_names
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import PublishedStory
from aggregator.domain.wording import inner_quotation
from aggregator.site.story.insight import PageCell, PageTable
from aggregator.site.story.records import StoryPage
from tests.builders import claim, leverage_story, published_story, sample_stories
from tests.memory_site import MemoryContent, publish, site_pages
from tests.unit.site.makers import news

SITE = SiteSettings(base_url="https://news.example")
ATOM, XHTML = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/xhtml}"
SECTIONS = {
    "Updates": "updates",
    "What changed": "what_changed",
    "Key figures": "figures",
    "Why it matters": "why_it_matters",
    "What to do next": "what_to_do_next",
    "Who should care": "who_should_care",
    "Key takeaways": "takeaways",
    "How they compare": "comparison",
    "Specification": "technical",
    "How it works": "mechanism",
    "What to expect": "implications",
    "Timeline": "timeline",
    "Where reports differ": "disagreements",
    "Not yet known": "unknowns",
}
_COUNTS = re.compile(r"([\d,]+) articles?, ([\d,]+) independent sources?")
_ANNOUNCED = re.compile(r"([\d,]+) articles?, announcement and one report")
# A sentence as it is written, quoted or not, and the marks of its citations.
_IN_MARKDOWN = re.compile(
    r"(“(?:[^“”]|\\.)*”|(?:[^“”\[\\]|\\.)+?)((?: \(inference\))?(?:\[\^\d+\])+)"
)
# What stands in a line of Markdown beside its claims: whose or when, and what one follows from.
_BESIDE_CLAIMS = re.compile(r"^- (?:\*\*.*?\*\*.*?: )?| Based on: .*(?= Comes true if: |$)")
# A sentence of a feed and the addresses of its sources, which stand for their links.
_IN_FEEDS = re.compile(r"(“[^“”]*”|[^“”]+?) \((?:inference from )?((?:⟦[^⟧]*⟧(?:, )?)+)\)")
_LEAD = re.compile(  # of an action or a role
    rf"^(?:{'|'.join(map(re.escape, role_names().values()))})(?: \([^)]*\))?: "
)

Citation = tuple[str, str]
Sentence = tuple[str, tuple[Citation, ...]]


@frozen
class Reading:
    """What a reader takes from a story: its sentences by section, each with the quotes it rests on
    and where they stand.

    `numbers` are the passages as they are numbered, None in a form without numbers.
    """

    id: str
    title: str
    sections: Mapping[str, tuple[Sentence, ...]]
    sources: tuple[str, ...]
    counts: tuple[int, int]
    numbers: Mapping[int, Citation] | None


def read_record(page: StoryPage) -> Reading:
    """The record itself: what all others are compared with."""

    several = _sentences
    sections = {
        "hook": several([page.hook]),
        "updates": several(
            claim for update in page.updates for claim in (update.claim, update.before)
        ),
        "figures": several(page.figures),
        "what_changed": several(page.what_changed),
        "why_it_matters": several(page.why_it_matters),
        "what_to_do_next": several(action.claim for action in page.what_to_do_next),
        "who_should_care": several(audience.claim for audience in page.who_should_care),
        **{section.section.key: several(section.claims) for section in (*page.points, *page.depth)},
        "comparison": several(_stated(page.comparison)),
        "technical": several(_stated(page.specification)),
        "implications": several(implication.claim for implication in page.implications),
        "timeline": several(each.claim for each in page.timeline) if page.has_timeline else (),
        "disagreements": several(
            claim for disagreement in page.disagreements for claim in disagreement.claims
        ),
        "unknowns": several(page.unknowns),
    }
    return Reading(
        id=page.id,
        title=_line(page.headline.text),
        sections=_present(sections),
        sources=tuple(row.url for row in page.links_out),
        counts=(len(page.links_out), page.independent_origins),
        numbers={
            note.citation.number: (_uncut(note.citation.shown), note.citation.url)
            for note in page.citations
        },
    )


def _sentences(claims: Iterable[PrintedClaim | None]) -> tuple[Sentence, ...]:
    return tuple(
        (_line(each.shown), tuple((_uncut(cited.shown), cited.url) for cited in each.citations))
        for each in claims
        if each
    )


def _stated(table: PageTable | None) -> Iterable[PrintedClaim]:
    """What a table states, row by row; that nothing is stated rests on no passage."""
    rows = table.rows if table else ()
    return (claim for row in rows for cell in row.cells for claim in _of_cell(cell))


def _of_cell(cell: PageCell) -> Iterable[PrintedClaim]:
    """What a cell states, then what was stated later."""
    shown = (cell, cell.later) if cell.later else (cell,)
    return (claim for each in shown for claim in each.claims if claim.citations)


def _valued(table: PageTable) -> tuple[Sentence, ...]:
    """The same as the page has it, without the units that its rows name."""
    return tuple(
        (_line(row.value(claim)), *_sentences([claim])[0][1:])
        for row in table.rows
        for cell in row.cells
        for claim in _of_cell(cell)
    )


def read_html(html: str) -> Reading:
    """The page: a `.cited` a sentence, under the nearest heading; a footnote a passage, which has
    no quotation where the sentence, or the headline, is one.
    """
    tree = etree.HTML(html)
    title = _line(tree.xpath("//meta[@property='og:title']/@content")[0])
    notes = {
        note.get("id"): note for note in tree.xpath("//section[@class='footnotes']//li[@popover]")
    }
    numbers = {int(note.get("value")): _passage(note, title) for note in notes.values()}
    sections: dict[str, list[Sentence]] = {}
    for block in tree.xpath("//main//*[@class='cited']"):
        name, text = _heading(block), "".join(block.xpath("*[@class='claim'][1]")[0].itertext())
        for opened in block.xpath(".//button/@popovertarget"):
            note = notes[opened]
            if not note.xpath("blockquote"):
                numbers[int(note.get("value"))] = _passage(note, _line(text))
        if name:
            opened = block.xpath(".//button/@popovertarget")
            passages = tuple(_passage(notes[key], _line(text)) for key in opened)
            sections.setdefault(name, []).append((_line(text), passages))
    links = tree.xpath("//section[@aria-labelledby='sources']//*[@class='piece']/a/@href")
    canonical = tree.xpath("//link[@rel='canonical']/@href")[0]
    return Reading(
        id=canonical.rstrip("/").rpartition("-")[2],
        title=title,
        sections=_present(sections),
        sources=tuple(links),
        counts=_counts("".join(tree.xpath("//main")[0].itertext())),
        numbers=numbers,
    )


def _heading(block: Any) -> str:
    if block.xpath("ancestor::*[@class='hook']"):
        return "hook"
    names = (
        *block.xpath("ancestor::section[1]/h2/text()"),
        *block.xpath("(ancestor::div/dt)[last()]/text()"),
    )
    return next((SECTIONS[name.strip()] for name in names if name.strip() in SECTIONS), "")


def _uncut(quote: str) -> str:
    """The words of a quote without the marks of where its sentence is cut."""
    return _line(quote).removeprefix("… ").removesuffix(" …")


def _passage(note: Any, sentence: str) -> Citation:
    """The quotation as it is marked among the words around it, alone, or as the sentence has it."""
    quoted = note.xpath("(blockquote/mark | blockquote[not(mark)])[1]")
    quote = _uncut(inner_quotation("".join(quoted[0].itertext()))) if quoted else sentence
    links = note.xpath(".//a/@href")
    return quote, _bare(links[0] if links else "")


def read_json(text: str) -> Reading:
    """The JSON twin."""
    twin = json.loads(text)

    def several(claims: Iterable[dict[str, Any]]) -> tuple[Sentence, ...]:
        return tuple(
            (
                _line(
                    inner_quotation(each["text"]) if each["kind"] == "extracted" else each["text"]
                ),
                tuple(
                    (_line(inner_quotation(cited["quote"])), cited["url"])
                    for cited in each["citations"]
                ),
            )
            for each in claims
        )

    brief, insight = twin.get("brief", {}), twin.get("insight", {})
    compared, specified = (
        insight.get("comparison", {"rows": ()})["rows"],
        insight.get("technical", ()),
    )
    sections = {
        "hook": several([twin["hook"]] if "hook" in twin else []),
        "updates": several(
            each[key]
            for each in twin.get("updates", [])
            for key in ("claim", "before")
            if key in each
        ),
        "figures": several(twin.get("figures", [])),
        "what_changed": several(brief.get("what_changed", [])),
        "why_it_matters": several(brief.get("why_it_matters", [])),
        "what_to_do_next": several(each["claim"] for each in brief.get("what_to_do_next", [])),
        "who_should_care": several(each["claim"] for each in brief.get("who_should_care", [])),
        "takeaways": several(insight.get("takeaways", [])),
        "comparison": several(
            _cited(
                claim
                for row in compared
                for cell in row["cells"]
                for claim in (*cell["claims"], *_later(cell))
            )
        ),
        "technical": several(
            _cited(_claims_of(row for row in specified if row["attribute"] != "mechanism"))
        ),
        "mechanism": several(
            _claims_of(row for row in specified if row["attribute"] == "mechanism")
        ),
        "implications": several(each["claim"] for each in insight.get("implications", [])),
        "timeline": several(each["claim"] for each in twin.get("timeline", [])),
        "disagreements": several(
            claim for each in twin.get("disagreements", []) for claim in each["claims"]
        ),
        "unknowns": several(twin.get("unknowns", [])),
    }
    return Reading(
        id=twin["id"],
        title=_line(twin["headline"]["text"]),
        sections=_present(sections),
        sources=tuple(each["url"] for each in twin["sources"] if "url" in each),
        counts=(len(twin["sources"]), twin["independent_origins"]),
        numbers=None,
    )


def _claims_of(rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    return (
        claim for row in rows for claim in (row["claim"], *row.get("further", ()), *_later(row))
    )


def _later(cell: dict[str, Any]) -> Iterable[dict[str, Any]]:
    found: list[dict[str, Any]] = cell["later"]["claims"] if "later" in cell else []
    return found


def _cited(claims: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    return (each for each in claims if each["kind"] != "absent")


def read_markdown(text: str) -> Reading:
    """The Markdown twin: a heading a section, a line a sentence, footnotes passages."""
    noted = re.findall(r"^\[\^(\d+)\]: “(.*)” (?:\[.*\]\((.*)\)|.*)$", text, re.MULTILINE)
    numbers = {int(number): (_uncut(_unescaped(quote)), url) for number, quote, url in noted}
    sections: dict[str, list[Sentence]] = {}
    name, title, address, sources = "hook", "", "", []
    for line in text.splitlines():
        if line.startswith("# "):
            title = _unescaped(line.removeprefix("# "))
        elif line.startswith("## "):
            name = line.removeprefix("## ")
        elif found := re.search(r" · <(\S+)>$", line):
            address, name = found[1], ""
        elif name == "Sources" and (row := re.match(r"- .*?\]\((\S+)\) \(", line)):
            sources.append(row[1])
        elif name == "hook" or name in SECTIONS:
            for said, marks in _IN_MARKDOWN.findall(_BESIDE_CLAIMS.sub("", line)):
                cited = tuple(numbers[int(each)] for each in re.findall(r"\d+", marks))
                sections.setdefault(SECTIONS.get(name, name), []).append(
                    (_unescaped(said.strip("“” ")), cited)
                )
    return Reading(
        id=address.rstrip("/").rpartition("-")[2],
        title=title,
        sections=_present(sections),
        sources=tuple(sources),
        counts=_counts(text),
        numbers=numbers,
    )


def read_atom(xml: bytes, story_id: str) -> Reading:
    """The entry of the feed."""
    entries = etree.fromstring(xml).findall(f"{ATOM}entry")
    (entry,) = (entry for entry in entries if entry.findtext(f"{ATOM}id").endswith(f"-{story_id}/"))
    return _read_entry(
        entry.find(f"{ATOM}content/{XHTML}div"),
        XHTML,
        entry.findtext(f"{ATOM}id"),
        entry.findtext(f"{ATOM}title"),
        [link.get("href") for link in entry.findall(f"{ATOM}link[@rel='via']")],
    )


def read_json_feed(text: str, story_id: str) -> Reading:
    """The item of the JSON feed."""
    (item,) = (load for load in json.loads(text)["items"] if load["id"].endswith(f"-{story_id}/"))
    body = etree.HTML(item["content_html"]).find("body")
    return _read_entry(
        body, "", item["id"], item["title"], [each["url"] for each in item["_sources"]["links"]]
    )


def _read_entry(body: Any, space: str, address: str, title: str, sources: list[str]) -> Reading:
    lines: list[tuple[str, str]] = []
    name = "hook"
    counted = _counts("".join(body.itertext()))
    for link in [*body.iter(f"{space}a")]:
        link.text = f"⟦{_bare(link.get('href'))}⟧"
    for element in body:
        if element.tag == f"{space}h2":
            name = _line("".join(element.itertext()))
        elif element.tag == f"{space}ul":
            lines += [(name, _line("".join(each.itertext()))) for each in element]
        elif name == "hook":
            lines.append((name, _line("".join(element.itertext()))))
    sections: dict[str, list[Sentence]] = {}
    for name, line in lines:
        for text, links in _IN_FEEDS.findall(_LEAD.sub("", line)):
            cited = tuple(("", url) for url in re.findall("⟦([^⟧]*)⟧", links))
            sections.setdefault(SECTIONS.get(name, name), []).append((text.strip("“” "), cited))
    return Reading(
        id=address.rstrip("/").rpartition("-")[2],
        title=_line(title),
        sections=_present(sections),
        sources=tuple(sources),
        counts=counted,
        numbers=None,
    )


def forms(site: Path, of: StoryPage) -> dict[str, Reading]:
    """The readings of all forms of a story in a site folder; feeds as far as they hold it."""
    folder = site / of.path
    found = {
        "page": read_html((folder / "index.html").read_text("utf-8")),
        "JSON": read_json((folder / "index.json").read_text("utf-8")),
        "Markdown": read_markdown((folder / "index.md").read_text("utf-8")),
    }
    if of.id in (site / "feed.json").read_text("utf-8"):
        found["Atom"] = read_atom((site / "feed.xml").read_bytes(), of.id)
        found["JSON Feed"] = read_json_feed((site / "feed.json").read_text("utf-8"), of.id)
    return found


def expected(of: Reading, form: str, page: StoryPage) -> Reading:
    """What a form says of a record: a feed its brief with the sources of each sentence, a JSON twin
    no numbers.
    """
    if form == "JSON":
        own = (
            {} if page.has_timeline or not page.timeline else {"timeline": read_json_timeline(page)}
        )
        return replace(of, numbers=None, sections={**of.sections, **own})
    of = replace(of, counts=_counts(page.facts))  # JSON counts who announces it among the origins
    if form == "page":
        fresh = tuple(each for each in page.who_should_care if not each.is_repeated)
        kept = {"who_should_care": _sentences(each.claim for each in fresh)} if fresh else {}
        kept |= {
            key: _valued(table)
            for key, table in (("comparison", page.comparison), ("technical", page.specification))
            if table and key in of.sections
        }
        rest = {key: lines for key, lines in of.sections.items() if key != "who_should_care"}
        return replace(of, sections=rest | kept)
    if form in ("Atom", "JSON Feed"):
        several = {
            "hook": [page.hook],
            "updates": [
                claim for update in page.updates for claim in (update.claim, update.before)
            ],
            "figures": page.figures,
            "what_changed": page.what_changed,
            "why_it_matters": page.why_it_matters,
            "what_to_do_next": [action.claim for action in page.what_to_do_next],
            "who_should_care": [
                audience.claim for audience in page.who_should_care if not audience.is_repeated
            ],
            "takeaways": [claim for section in page.points for claim in section.claims],
        }
        sections = {
            name: tuple(
                (_line(claim.shown), tuple(("", cited.url) for cited in claim.sources))
                for claim in claims
                if claim
            )
            for name, claims in several.items()
        }
        return replace(of, sections=_present(sections), numbers=None)
    return of


def read_json_timeline(page: StoryPage) -> tuple[Sentence, ...]:
    """The timeline that says no more than the headline: data for programs, left out where people
    read.
    """
    return tuple(
        (
            _line(each.claim.shown),
            tuple((_uncut(cited.shown), cited.url) for cited in each.claim.citations),
        )
        for each in page.timeline
    )


def written() -> PublishedStory:
    """A story that a model wrote: inference, actions with terms, a sentence on two passages."""
    plain = leverage_story()
    kept, first, other = (
        plain.analysis.kept,
        *(member.article for member in plain.story.members[:2]),
    )
    both = claim("Both say: it is 5 [sic] * cards_.", first, other, kind=ClaimKind.WRITTEN)
    inferred = claim("So prices may fall.", first, kind=ClaimKind.INFERRED)
    action = Action(
        role="developers",
        claim=claim("Read the terms first.", other, kind=ClaimKind.WRITTEN),
        effort="hours",
        by="2026-08",
    )
    draft = replace(
        kept,
        figures=(claim("raised $5 million", first), claim("12B parameters", other)),
        what_changed=(both,),
        why_it_matters=(inferred,),
        what_to_do_next=(action,),
        disagreements=(
            Disagreement(
                question="Five or six wards?",
                claims=(claim("Five wards left.", first), claim("Six wards left.", other)),
            ),
        ),
        unknowns=(claim("The terms were not disclosed.", first),),
    )
    predicted = Implication(
        claim=claim("So rivals may follow by August.", first, kind=ClaimKind.INFERRED),
        horizon=date(2026, 8, 31),
        likelihood=Likelihood.EVEN,
        sign="A report that [one] did.",
    )
    noted = Prediction(
        id="predicted", story_id=plain.story.id, noted=plain.story.first_seen, implication=predicted
    )
    made = published_story(
        replace(plain.story, predictions=(noted,)), draft, engine="ollama", model="small"
    )
    return replace(made, insight=plain.insight)


HOSTILE = "<b>[x](y) *bold*</b> & # 1. \u202eevil\u2066 \U0001f680\x00\x1b"


@pytest.mark.parametrize(
    "stories",
    [
        pytest.param(sample_stories(40), id="an ordinary site"),
        pytest.param((written(), news(2)), id="written by a model"),
        pytest.param(
            (news(1, title=HOSTILE, hook=f"{HOSTILE} is.", changes=[f"{HOSTILE} was."]),),
            id="markup",
        ),
        pytest.param((news(1, title="word " * 2_000),), id="10 KB"),
    ],
)
def test_every_form_of_a_story_says_the_same(
    stories: tuple[PublishedStory, ...], tmp_path: Path
) -> None:
    content = MemoryContent(stories=stories, statuses=(), engine="extractive")
    pages = tuple(site_pages(content, SITE))
    publish(pages, tmp_path, SITE, {})
    records = [page.record for page in pages if isinstance(page.record, StoryPage)]
    different = []
    for record in records:
        for form, reading in forms(tmp_path, record).items():
            told_there = expected(read_record(record), form, record)
            if reading != told_there:
                different.append((form, told_there, reading))

    assert len(records) == sum(story.has_page for story in stories)
    assert different[:1] == []


def test_both_feeds_hold_the_newest_stories_that_were_read_in_one_order(tmp_path: Path) -> None:
    stories = sample_stories(70)
    publish(
        site_pages(MemoryContent(stories=stories, statuses=(), engine="extractive"), SITE),
        tmp_path,
        SITE,
        {},
    )
    atom = [
        each.text for each in etree.parse(tmp_path / "feed.xml").findall(f"{ATOM}entry/{ATOM}id")
    ]
    items = [load["id"] for load in json.loads((tmp_path / "feed.json").read_bytes())["items"]]
    twins = {
        path.parent.name: json.loads(path.read_bytes())
        for path in tmp_path.glob("story/*/index.json")
    }
    dates = [twins[item.rstrip("/").rpartition("/")[2]]["published"] for item in items]

    assert atom == items
    assert dates == sorted(dates, reverse=True)
    assert len(items) == 50


def _present(sections: Mapping[str, Iterable[Sentence]]) -> dict[str, tuple[Sentence, ...]]:
    return {name: tuple(sentences) for name, sentences in sections.items() if sentences}


def _counts(text: str) -> tuple[int, int]:
    found = _COUNTS.search(text)
    if not found and "single source" in text.lower():
        return 1, 1
    if announced := _ANNOUNCED.search(text):
        return int(announced[1]), 1
    assert found, text
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


def _bare(url: str) -> str:
    return url.partition("#:~:text=")[0]


def _line(text: str) -> str:
    return " ".join(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text).split())


def _unescaped(text: str) -> str:
    return _line(re.sub(r"\\(.)", r"\1", text))
