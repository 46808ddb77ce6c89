"""What a house remembers of its stories over weeks: updates, editions, the operator's hand,
permalinks of merged stories.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import delete, update

from aggregator.bootstrap import open_services
from aggregator.digest.stage.edition import build_edition
from aggregator.digest.stage.release import sendable_edition
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.override import (
    Annotation,
    Drop,
    Merge,
    Overrides,
    Pin,
    Rename,
    Split,
)
from aggregator.domain.operation.report import RunReport
from aggregator.domain.publishing.edition import StoredEdition
from aggregator.domain.settings import (
    AnalysisSettings,
    DatabaseSettings,
    EngineChoice,
    Settings,
    SiteSettings,
)
from aggregator.domain.source import Source
from aggregator.domain.story import HistoryEntry
from aggregator.english.text import slug
from aggregator.pipeline import prepare, refresh
from aggregator.plugins.evaluation.explain import StoryExplanation, story_explanation
from aggregator.plugins.evaluation.why_not import AddressExplanation, address_explanation
from aggregator.ports import Response
from aggregator.services import RefreshOptions, Services
from aggregator.site.stage.publish import publish_stage
from aggregator.store.news.stories import set_storyline
from aggregator.store.schema import facts as facts_table
from aggregator.store.schema import stories as stories_table
from aggregator.store.writing import history as stored_history
from tests.fakes import FakeWeb, FixedClock
from tests.integration.newsroom import Silent
from tests.quality.citations import counted

T = TypeVar("T")
SATURDAY = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)


@frozen
class Report:
    """An article that an outlet publishes some hours after Saturday noon."""

    outlet: str
    title: str
    paragraphs: tuple[str, ...]
    hours: float = 0

    @property
    def url(self) -> str:
        return f"https://{self.outlet}.example/{slug(self.title)}"

    def item(self) -> str:
        at = format_datetime(SATURDAY + timedelta(hours=self.hours))
        told = f"<guid>{self.url}</guid><description>{self.paragraphs[0]}</description>"
        return (
            f"<item><title>{self.title}</title><link>{self.url}</link>"
            f"<pubDate>{at}</pubDate>{told}</item>"
        )

    def page(self) -> Response:
        text = "".join(f"<p>{paragraph}</p>" for paragraph in self.paragraphs)
        body = f"<article><h1>{self.title}</h1>{text}</article>"
        html = f"<html lang='en'><head><title>{self.title}</title></head><body>{body}</body></html>"
        return Response(
            url=self.url, status=200, body=html.encode(), headers={"content-type": "text/html"}
        )


FILLER = (
    (
        "The town council of Bergen met for three hours before the vote, and the mayor thanked"
        " everybody who had waited outside."
    ),
    (
        "Neighbours of the site had asked for a longer study of the noise, which the council"
        " promised to publish with the permit."
    ),
)
FIRST = Report(
    outlet="daily",
    title="Northwind gets permit for data centre in Bergen",
    paragraphs=(
        (
            "Northwind won a permit on Saturday to build a data centre in Bergen that will cost 400"
            " million dollars."
        ),
        (
            "The data centre of Northwind will draw 80 megawatts from the grid of Bergen, the town"
            " council said."
        ),
        *FILLER,
    ),
)
LATER = Report(
    outlet="ledger",
    title="Northwind data centre in Bergen gets permit and a higher price",
    paragraphs=(
        (
            "The data centre that Northwind has a permit to build in Bergen will cost 460 million"
            " dollars, its builder Tallis said."
        ),
        (
            "Northwind will hire 1,200 people for the data centre in Bergen, said Tallis, which"
            " builds it."
        ),
        (
            "Nobody at the town council of Bergen wished to comment on the price of the data centre"
            " on Monday morning."
        ),
    ),
    hours=37,
)
COPY = replace(FIRST, outlet="wire", hours=24)
OTHER = Report(
    outlet="daily",
    title="Court orders Halden to disclose its training books",
    paragraphs=(
        (
            "A judge in Oslo gave Halden 30 days on Saturday to list the books that trained its"
            " assistant."
        ),
        "Halden said that it will appeal against the order of the court in Oslo within two weeks.",
        "Publishers had sued Halden in March, and the judge heard four of them before she decided.",
    ),
    hours=37,
)


class Press:
    """Three outlets and a house that follows them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.site = folder, folder / "site"
        self.settings = Settings(
            site=SiteSettings(output=str(self.site), base_url="https://news.example"),
            database=DatabaseSettings(url=f"sqlite:///{folder / 'news.db'}"),
            analysis=AnalysisSettings(engine=EngineChoice.EXTRACTIVE),
            sources=tuple(
                Source(key=key, name=f"The {key.title()}", url=f"https://{key}.example/feed")
                for key in ("daily", "ledger", "wire")
            ),
        )

    def copied(self, folder: Path) -> Press:
        """The same house in another folder, to be changed."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Press(folder)

    def refreshed(
        self,
        *reports: Report,
        hours: float = 0,
        overrides: Overrides | None = None,
        has_pages: bool = True,
    ) -> RunReport:
        """What a refresh some hours after Saturday noon reports, with these articles on the web, or
        in feeds alone.
        """
        answers = {report.url: report.page() for report in reports if has_pages}
        for source in self.settings.sources:
            items = "".join(report.item() for report in reports if report.outlet == source.key)
            body = (
                f'<rss version="2.0"><channel><title>{source.name}</title>{items}</channel></rss>'
            )
            answers[source.url] = Response(
                url=source.url,
                status=200,
                body=body.encode(),
                headers={"content-type": "application/rss+xml"},
            )

        async def run(services: Services) -> RunReport:
            return await refresh(
                replace(services, web=FakeWeb(answers)), RefreshOptions(everything=True), Silent()
            )

        return self._served(run, hours, overrides)

    def rebuilt(self, *, hours: float = 0, overrides: Overrides | None = None) -> tuple[str, ...]:
        """What of the overrides matches nothing; the site is built again without the web."""

        async def run(services: Services) -> tuple[str, ...]:
            unmatched = await prepare(services, Silent())
            publish_stage(services, Silent(), full=False)
            return unmatched

        return self._served(run, hours, overrides)

    def never_had_a_page(self, story: str) -> None:
        """Takes from the store that a story had a page."""

        async def run(services: Services) -> None:
            of = stories_table.id == story
            with services.database.writing() as connection:
                connection.execute(update(stories_table).where(of).values(had_page=False))

        self._served(run, 3, None)

    def in_storyline(self, *stories: str) -> None:
        """Stores that these stories belong together."""

        async def run(services: Services) -> None:
            with services.database.writing() as connection:
                for story in stories:
                    set_storyline(connection, story, "line", ("affair",))

        self._served(run, 3, None)

    def edition(self, week: str, *, hours: float) -> StoredEdition:
        """The edition of a week, built some hours after Saturday noon."""

        async def run(services: Services) -> StoredEdition:
            return (await build_edition(services, week, Silent())).stored

        return self._served(run, hours, None)

    def sent(self, week: str, *, hours: float) -> StoredEdition:
        """The edition as mails are made of it."""

        async def run(services: Services) -> StoredEdition:
            return sendable_edition(
                services.database, services.settings, week, services.clock.now(), old=True
            )

        return self._served(run, hours, None)

    def explained(self, story: str, overrides: Overrides | None = None) -> StoryExplanation | None:
        async def run(services: Services) -> StoryExplanation | None:
            with services.database.reading() as connection:
                return story_explanation(
                    connection, services.settings, services.overrides, story, services.clock.now()
                )

        return self._served(run, 39, overrides)

    def why_not(self, url: str, overrides: Overrides | None = None) -> AddressExplanation:
        async def run(services: Services) -> AddressExplanation:
            with services.database.reading() as connection:
                return address_explanation(
                    connection, services.settings, services.overrides, url, services.clock.now()
                )

        return self._served(run, 39, overrides)

    def ledger(self, story: str) -> tuple[HistoryEntry, ...]:
        async def run(services: Services) -> tuple[HistoryEntry, ...]:
            with services.database.reading() as connection:
                return stored_history.history_of(connection, [story]).get(story, ())

        return self._served(run, 0, None)

    def lose_ledgers(self) -> None:
        """What a run that died before it came to the ledgers leaves: stale stories without one."""

        async def run(services: Services) -> None:
            with services.database.writing() as connection:
                connection.execute(delete(facts_table))
                connection.execute(update(stories_table).values(stale=True))

        self._served(run, 0, None)

    def _served(
        self, work: Callable[[Services], Awaitable[T]], hours: float, overrides: Overrides | None
    ) -> T:
        async def run() -> T:
            async with open_services(self.settings, None) as opened:
                clock = FixedClock(SATURDAY + timedelta(hours=hours))
                return await work(replace(opened, clock=clock, overrides=overrides or Overrides()))

        return asyncio.run(run())

    def twins(self) -> dict[str, dict[str, Any]]:
        """The JSON twin of each story that is told, by the outlets and titles of its articles."""
        found = (
            json.loads(path.read_text("utf-8"))
            for path in sorted(self.site.glob("story/*/index.json"))
        )
        return {each["id"]: each for each in found if "id" in each}

    def story(self, title: str) -> dict[str, Any]:
        """The twin of the story with an article of this title."""
        return next(
            twin for twin in self.twins().values() if title in json.dumps(twin, ensure_ascii=False)
        )

    def page(self, path: str) -> str:
        return (self.site / path).read_text("utf-8")

    def folder_of(self, story: str) -> str:
        return next(
            path.parent.relative_to(self.site).as_posix()
            for path in self.site.glob(f"story/*-{story}/index.html")
        )


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Press:
    """A house that has read one report. Tests look at it; who changes one takes a copy."""
    made = Press(tmp_path_factory.mktemp("first"))
    made.refreshed(FIRST, hours=1)
    return made


@pytest.fixture(scope="module")
def grown(first: Press, tmp_path_factory: pytest.TempPathFactory) -> Press:
    """The same after a second report; who changes it takes a copy."""
    made = first.copied(tmp_path_factory.mktemp("grown"))
    made.refreshed(FIRST, LATER, hours=38)
    return made


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Press:
    """A house with two stories; who changes it takes `pair`."""
    made = Press(tmp_path_factory.mktemp("both"))
    made.refreshed(FIRST, OTHER, hours=2)
    return made


@pytest.fixture
def pair(both: Press, tmp_path: Path) -> Press:
    return both.copied(tmp_path)


# Updates


def test_a_story_that_gains_a_report_with_news_shows_what_changed_wherever_it_stands(
    first: Press, grown: Press
) -> None:
    before = first.story(FIRST.title)
    after = grown.story(FIRST.title)
    folder = grown.folder_of(after["id"])

    assert "updates" not in before
    assert [(each["at"], each["kind"], each["claim"]["text"]) for each in after["updates"]] == [
        ("2026-07-06T02:00:00Z", "changed", LATER.paragraphs[0]),
        ("2026-07-06T02:00:00Z", "added", LATER.paragraphs[1]),
    ]
    assert after["updates"][0]["before"]["text"] == FIRST.paragraphs[0]
    for place in (
        f"{folder}/index.html",
        f"{folder}/index.md",
        "index.html",
        "week/2026-W27/index.html",
        "feed.xml",
    ):
        assert "460 million dollars" in grown.page(place), place
    page = grown.page(f"{folder}/index.html")
    assert page.index("Updates") < page.index("Sources</h2>")


def test_what_an_update_says_stands_in_the_passage_it_cites(grown: Press) -> None:
    counts = counted(grown.site, grown.folder / "news.db")

    assert counts["claims"] > 5
    assert {
        name: count for name, count in counts.items() if name.startswith("bad_") and count
    } == {}


def test_a_copy_is_no_update(first: Press, tmp_path: Path) -> None:
    press = first.copied(tmp_path)
    press.refreshed(FIRST, COPY, hours=38)
    story = press.story(FIRST.title)

    assert (len(story["sources"]), story["independent_origins"], "updates" in story) == (
        2,
        1,
        False,
    )
    assert (
        "updated"
        not in press.page(f"{press.folder_of(story['id'])}/index.html")
        .partition("<main")[2]
        .partition("</header>")[0]
    )


def test_what_we_come_to_read_in_full_only_later_is_no_update(press: Press) -> None:
    press.refreshed(FIRST, hours=1, has_pages=False)
    before = press.story(FIRST.title)["sources"][0]["read"]
    press.refreshed(FIRST, hours=180)  # a page that is missing is asked for again after a week
    story = press.story(FIRST.title)

    assert (before, story["sources"][0]["read"], "updates" in story) == ("excerpt", "full", False)
    assert len(press.ledger(story["id"])) > 1


def test_a_figure_that_the_publisher_replaces_is_an_update_of_the_same_article(
    first: Press, tmp_path: Path
) -> None:
    press = first.copied(tmp_path)
    edited = replace(
        FIRST, paragraphs=(FIRST.paragraphs[0].replace("400", "430"), *FIRST.paragraphs[1:])
    )
    press.refreshed(edited, hours=27)
    story = press.story(FIRST.title)

    assert [
        (each["kind"], "430 million" in each["claim"]["text"]) for each in story["updates"]
    ] == [("changed", True)]


def test_a_second_refresh_and_a_run_that_died_change_no_ledger(
    grown: Press, tmp_path: Path
) -> None:
    press = grown.copied(tmp_path)
    story = press.story(FIRST.title)["id"]
    once = press.ledger(story)
    press.refreshed(FIRST, LATER, hours=39)
    twice = press.ledger(story)
    press.lose_ledgers()
    press.refreshed(FIRST, LATER, hours=40)

    assert len(once) >= 3
    assert once == twice == press.ledger(story)


# Editions


def test_an_edition_tells_a_story_again_only_with_a_new_fact_and_by_it(
    first: Press, tmp_path: Path
) -> None:
    press = first.copied(tmp_path)
    one = press.edition("2026-W27", hours=37)
    press.refreshed(FIRST, LATER, hours=38)
    second = press.edition("2026-W28", hours=212)
    press.refreshed(
        FIRST, LATER, replace(LATER, outlet="wire", hours=60), replace(OTHER, hours=240), hours=241
    )
    third = press.edition("2026-W29", hours=380)
    story = press.story(FIRST.title)["id"]

    assert [story.id for story in one.edition.stories()] == [story]
    assert [
        (story.id, story.is_update, story.hook and story.hook.text)
        for story in second.edition.stories()
    ] == [(story, True, LATER.paragraphs[0])]
    assert story not in {story.id for story in third.edition.stories()}


# The operator's hand


def two_stories(press: Press) -> tuple[str, str]:
    """The ids of its two stories."""
    return press.story(FIRST.title)["id"], press.story(OTHER.title)["id"]


def test_merged_stories_are_one_and_the_old_permalink_leads_on(pair: Press) -> None:
    one, other = two_stories(pair)
    pair.edition("2026-W27", hours=43)
    old = pair.folder_of(other)
    pair.rebuilt(hours=44, overrides=Overrides(merge=(Merge(stories=(one, other)),)))
    new = pair.folder_of(one)

    assert {twin["url"] for twin in pair.twins()[one]["sources"]} == {FIRST.url, OTHER.url}
    assert pair.twins().keys() == {one}
    assert f'content="0; url=../../{new}/"' in pair.page(f"{old}/index.html")
    assert f'<link rel="canonical" href="https://news.example/{new}/">' in pair.page(
        f"{old}/index.html"
    )
    assert '<meta name="robots" content="noindex">' in pair.page(f"{old}/index.html")
    assert json.loads(pair.page(f"{old}/index.json")) == {
        "moved_to": f"https://news.example/{new}/index.json",
        "url": f"https://news.example/{new}/",
    }
    assert f"/{old}/ /{new}/ 301" in pair.page("_redirects")
    assert [
        place
        for place in ("index.html", "week/2026-W27/all/index.html", "sitemap.xml", "feed.xml")
        if old in pair.page(place)
    ] == []
    assert f'href="../../{old}/"' in pair.page("week/2026-W27/index.html")


def test_a_merged_story_that_never_had_a_page_gets_none_that_leads_on(pair: Press) -> None:
    one, other = two_stories(pair)
    old = pair.folder_of(other)

    pair.never_had_a_page(other)
    pair.rebuilt(hours=44, overrides=Overrides(merge=(Merge(stories=(one, other)),)))

    assert pair.twins().keys() == {one}
    assert old not in pair.page("_redirects")


def test_an_override_that_is_taken_out_leaves_no_trace(pair: Press) -> None:
    one, other = two_stories(pair)
    before = pair.twins()
    merged = Overrides(
        merge=(Merge(stories=(one, other)),), annotate=(Annotation(story=one, note="By hand."),)
    )
    pair.refreshed(FIRST, OTHER, hours=3, overrides=merged)
    pair.refreshed(FIRST, OTHER, hours=4, overrides=merged)
    held = pair.twins().keys()
    pair.rebuilt(hours=5)
    after = pair.twins()

    assert held == {one}
    assert {
        key: (each["url"], each["sources"], each.get("operator")) for key, each in after.items()
    } == {key: (each["url"], each["sources"], None) for key, each in before.items()}
    assert "story/" not in (pair.site / "_redirects").read_text("utf-8")


def test_a_report_that_joins_a_merged_story_goes_back_with_it(pair: Press) -> None:
    one, other = two_stories(pair)
    pair.refreshed(
        FIRST, OTHER, LATER, hours=38, overrides=Overrides(merge=(Merge(stories=(other, one)),))
    )
    together = {twin["url"] for twin in pair.twins()[other]["sources"]}
    pair.rebuilt(hours=39)

    assert together == {FIRST.url, OTHER.url, LATER.url}
    assert {twin["url"] for twin in pair.twins()[one]["sources"]} == {FIRST.url, LATER.url}


def test_a_founder_that_is_split_off_has_a_page_of_its_own_and_the_old_permalink_stays(
    press: Press,
) -> None:
    press.refreshed(FIRST, LATER, hours=38)
    story = press.story(FIRST.title)["id"]
    apart = Overrides(split=(Split(story=story, articles=(FIRST.url,)),))
    press.rebuilt(hours=39, overrides=apart)
    (new,) = press.twins().keys() - {story}
    split = press.twins()
    press.rebuilt(hours=40)

    assert (
        [each["url"] for each in split[story]["sources"]],
        [each["url"] for each in split[new]["sources"]],
    ) == (
        [LATER.url],
        [FIRST.url],
    )
    assert press.twins().keys() == {story}
    assert "moved_to" in press.page(f"{press.folder_of(new)}/index.json")


def test_a_dropped_story_leaves_the_site_its_lists_the_editions_and_the_mail(pair: Press) -> None:
    one, other = two_stories(pair)
    pair.edition("2026-W27", hours=43)
    pair.rebuilt(
        hours=44, overrides=Overrides(drop=(Drop(story=one, reason="by order of a court"),))
    )

    assert pair.twins().keys() == {other}
    assert [
        path
        for path in pair.site.rglob("*")
        if path.is_file() and b"400 million" in path.read_bytes()
    ] == []
    assert "removed 1 story" in pair.page("week/2026-W27/index.html")
    assert [story.id for story in pair.sent("2026-W27", hours=45).edition.stories()] == [other]


def test_a_dropped_article_leaves_its_story(press: Press) -> None:
    press.refreshed(FIRST, LATER, OTHER, hours=38)
    story = press.story(FIRST.title)["id"]
    press.refreshed(
        FIRST,
        LATER,
        OTHER,
        hours=39,
        overrides=Overrides(drop=(Drop(url=LATER.url, reason="not theirs"),)),
    )

    assert [twin["url"] for twin in press.twins()[story]["sources"]] == [FIRST.url]
    press.rebuilt(hours=40, overrides=Overrides(drop=(Drop(url=OTHER.url, reason="off topic"),)))
    assert {each["url"] for twin in press.twins().values() for each in twin["sources"]} == {
        FIRST.url,
        LATER.url,
    }


def test_a_name_a_note_and_a_pin_are_shown_as_the_operator_s(pair: Press) -> None:
    one, other = two_stories(pair)
    hand = Overrides(
        pin=(Pin(story=other),),
        rename=(Rename(story=one, headline="Bergen allows a data centre"),),
        annotate=(Annotation(story=one, note="The sum was <checked> by hand."),),
    )
    pair.rebuilt(hours=3, overrides=hand)
    twin, page = pair.twins()[one], pair.page(f"{pair.folder_of(one)}/index.html")

    assert (twin["headline"]["text"], twin["headline"]["kind"]) == (
        "Bergen allows a data centre",
        "written",
    )
    assert twin["operator"]["headline_as_published"]["text"] == FIRST.title
    assert twin["operator"]["note"] == "The sum was <checked> by hand."
    assert pair.twins()[other]["operator"] == {"pinned": True}
    assert [
        each
        for each in ("The sum was &lt;checked&gt; by hand.", "As published", FIRST.title)
        if each not in page
    ] == []
    assert f'<h2><a href="./{pair.folder_of(other)}/"' in pair.page("index.html")
    assert one in pair.folder_of(one)


def test_a_pin_ends_with_its_day(pair: Press) -> None:
    one, _ = two_stories(pair)
    pinned = Overrides(pin=(Pin(story=one, until=SATURDAY.date()),))
    pair.rebuilt(hours=11, overrides=pinned)
    held = "operator" in pair.twins()[one]
    pair.rebuilt(hours=13, overrides=pinned)

    assert (held, "operator" in pair.twins()[one]) == (True, False)


def test_what_matches_nothing_is_told_and_no_error(press: Press) -> None:
    unknown = Overrides(
        pin=(Pin(story="nobodyknows2"),), drop=(Drop(url="https://a.example/9", reason="x"),)
    )
    report = press.refreshed(FIRST, hours=1, overrides=unknown)

    noted = [note.text.split()[-1] for note in report.notes if note.source == "overrides"]
    assert noted == ["https://a.example/9", "nobodyknows2"]
    rebuilt = press.rebuilt(hours=2, overrides=unknown)
    assert [text.split()[-1] for text in rebuilt] == noted[::-1]


# Why


def test_a_story_is_explained_by_its_articles_its_score_and_its_editions(press: Press) -> None:
    press.refreshed(FIRST, COPY, LATER, hours=38)
    story = press.story(FIRST.title)["id"]
    told = press.explained(story)

    assert told is not None
    assert [member.url for member in told.members] == [FIRST.url, COPY.url, LATER.url]
    assert [bool(member.because) for member in told.members] == [True, True, True]
    assert told.members[1].copy_of.startswith(f"“{FIRST.title}”")
    assert (told.standing, told.independent_origins, told.telling and told.telling.engine) == (
        "published",
        2,
        "extractive",
    )
    assert sum(reason.points for reason in told.reasons) == pytest.approx(told.importance)
    assert [reason.text for reason in told.reasons if reason.name == "origins"] == [
        told.sources_counted
    ]
    assert [edition[:10] for edition in told.editions] == ["2026-W27: ", "2026-W28: "]


def test_the_others_of_its_storyline_are_told_of_a_story_and_not_itself(pair: Press) -> None:
    one, other = two_stories(pair)
    pair.in_storyline(one, other)
    told = [pair.explained(story) for story in (one, other)]

    assert [[*each.storyline] for each in told if each] == [
        [f"https://news.example/{pair.folder_of(other)}/"],
        [f"https://news.example/{pair.folder_of(one)}/"],
    ]


def test_a_merge_by_hand_is_explained(pair: Press) -> None:
    one, other = two_stories(pair)
    merged = Overrides(merge=(Merge(stories=(one, other)),))
    pair.rebuilt(hours=3, overrides=merged)
    whole, gone = pair.explained(one, merged), pair.explained(other, merged)

    assert whole is not None
    assert gone is not None
    assert [member.moved_from for member in whole.members] == ["", other]
    assert whole.overrides == (f"merged: {one}, {other}",)
    assert (gone.standing.partition(" ")[0], gone.told_in) == ("merged", one)


def test_a_story_that_nobody_knows_is_not_explained(first: Press) -> None:
    assert first.explained("nobodyknows2") is None


def test_an_address_is_explained_step_by_step(first: Press) -> None:
    told = first.why_not(FIRST.url)

    assert [step.partition(":")[0].partition(",")[0] for step in told.steps] == [
        "listed by The Daily",
        "read in full",
        f"in the story “{FIRST.title}” ({told.story.id if told.story else ''})",
    ]


def test_an_address_that_no_feed_listed_is_told_with_what_to_do(first: Press) -> None:
    told = first.why_not("https://daily.example/unheard")

    assert (told.found, [step.endswith(": The Daily") for step in told.steps]) == (False, [True])
    assert "sources add" in told.remedy


@pytest.mark.parametrize(
    ("source", "hours", "said"),
    [
        pytest.param(
            {"include": ("football",)},
            1,
            "filtered out, as it contains none of the source’s `include` words",
            id="include",
        ),
        pytest.param(
            {"exclude": ("permit",)},
            1,
            "filtered out, as it contains “permit”, one of the source’s `exclude` words",
            id="exclude",
        ),
        pytest.param({}, 24 * 60, "recorded but not read: older than fetch.max_age_days", id="old"),
    ],
)
def test_an_entry_that_a_rule_keeps_out_is_told_with_the_rule(
    press: Press, source: dict[str, Sequence[str]], hours: float, said: str
) -> None:
    first, *others = press.settings.sources
    press.settings = replace(press.settings, sources=(replace(first, **source), *others))  # type: ignore[arg-type]
    press.refreshed(FIRST, hours=hours)
    told = press.why_not(FIRST.url)

    assert (told.found, told.story) == (True, None)
    assert said in told.steps[0]


def test_an_article_that_the_operator_dropped_is_told_so(press: Press) -> None:
    dropped = Overrides(drop=(Drop(url=FIRST.url, reason="off topic"),))
    press.refreshed(FIRST, OTHER, hours=2, overrides=dropped)

    assert press.why_not(FIRST.url, dropped).steps[-1] == "overrides.toml drops it"
