"""The stage that publishes: whatever changed between, the folder is the one that a build from
nothing makes.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from aggregator.bootstrap import open_services
from aggregator.domain.claim import Audience, Citation, Draft, Implication, Likelihood, TimelineRow
from aggregator.domain.dates import Precision, week_of
from aggregator.domain.fact import Attribute
from aggregator.domain.insight import Cell, CellState, Comparison, ComparisonRow, Insight
from aggregator.domain.operation import evaluation
from aggregator.domain.prediction import Decision, Outcome, prediction_id
from aggregator.domain.publishing.page import ListId, PublishResult
from aggregator.domain.settings import DatabaseSettings, Settings, SiteSettings
from aggregator.domain.source import Source
from aggregator.domain.story import (
    Entity,
    EntityKind,
    HistoryEntry,
    HistoryKind,
    PublishedStory,
    Signals,
    Story,
    StoryOverrides,
)
from aggregator.errors import PublishError
from aggregator.plugins.attributes import store as attributes
from aggregator.plugins.evaluation.store import keep_score
from aggregator.plugins.predictions.store import decide
from aggregator.site.line_cache import ENTITY, ROLE, SOURCE, TOPIC, WEEK, LineCache
from aggregator.site.lists.lines import line_from_json, line_json
from aggregator.site.paths import path_of
from aggregator.site.stage.line_cache import StoredLineCache
from aggregator.site.stage.publish import publish_stage
from aggregator.store.database import Connection, Database
from aggregator.store.news import stories, tombstones
from aggregator.store.publishing import editions, subscribers
from aggregator.store.rows import add
from aggregator.store.schema import (
    addresses,
    lines,
    listings,
    metadata,
    owners,
    pages,
    publications,
)
from aggregator.store.writing import analyses
from aggregator.store.writing import history as stored_history
from aggregator.store.writing.predictions import add_predictions
from aggregator.story.stage.stored import shown_stories
from tests import builders
from tests.builders import files
from tests.integration.newsroom import Silent
from tests.integration.stored import NOW, analysis, article, placed
from tests.memory_site import MemoryLineCache
from tests.postroom import reader
from tests.unit.digest.makers import ordinary_week

pytestmark = pytest.mark.clock

SOURCES = tuple(
    Source(key=key, name=f"The {key.title()}", url=f"https://{key}.example/feed")
    for key in ("daily", "ledger", "wire")
)
ABOUT = (
    Entity(key="northwind", name="Northwind", kind=EntityKind.COMPANY),
    Entity(key="m-2", name="M-2", kind=EntityKind.MODEL),
)


class KilledError(Exception):
    """Stands for a kill in the middle."""


class Killing:
    """Follows a run until so many pages are done, and ends it there."""

    def __init__(self, after: int) -> None:
        self._left = after

    def stage(self, name: str, total: int) -> None:
        """Nothing."""

    def step(self, what: str) -> None:
        """Counts a page."""
        self._left -= 1
        if self._left < 0:
            raise KilledError


def save_story(connection: Connection, number: int, text: str = "") -> Story:
    """Stores the story of a number: three in an affair, on days of two weeks, by one or two
    sources.
    """
    keys = ("daily",) if number % 3 else ("daily", "ledger")
    told = [
        article(f"Northwind opens model number {number}", key=key, hours=number * 11)
        for key in keys
    ]
    of = placed(connection, *told)
    stories.save_story(
        connection,
        replace(of, score=number / 10, importance=number / 10, affairs=(f"line{number // 3}",)),
    )
    entities = ABOUT if number % 2 else ABOUT[:1]
    stories.save_tags(connection, {of.id: (("open-weights",), entities, Signals())}, digest="r")
    rewrite(connection, replace(of, entities=entities), text)
    return of


def rewrite(connection: Connection, of: Story, text: str) -> None:
    """Gives a story an analysis that says something."""
    first = of.members[0].article
    claim = builders.headline(first)
    event = TimelineRow(
        day=first.published.at.date(),
        precision=Precision.DAY,
        planned=False,
        this_event=True,
        claim=claim,
    )
    hook = builders.claim(text or f"{first.title}, the lab said on Saturday.", first)
    care = (Audience(role="developers", claim=hook),)
    draft = Draft(headline=claim, hook=hook, timeline=(event,), who_should_care=care)
    made = analysis(
        of, draft, analysed_at=NOW + timedelta(minutes=len(text)), inputs=text or "first"
    )
    analyses.save_analyses(connection, [made], "1")


class House:
    """Thirty stories in a database, and the folder that they are published to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.database = Database(f"sqlite:///{folder / 'news.db'}")
        self.database.upgrade(NOW)

    def published(
        self,
        watch: Silent | Killing | None = None,
        *,
        full: bool = False,
        force: bool = False,
        output: str = "site",
    ) -> PublishResult:
        """Publishes what is stored. The settings are the same for a house in any folder."""
        settings = Settings(
            site=SiteSettings(output=output, base_url="https://news.example", evaluation=True),
            database=DatabaseSettings(url="sqlite:///news.db"),
            sources=SOURCES,
        )

        async def run() -> PublishResult:
            async with open_services(settings, NOW) as services:
                return publish_stage(services, watch or Silent(), full=full, force=force)

        with chdir(self.folder):
            return asyncio.run(run())

    def from_nothing(self) -> dict[str, bytes]:
        """The files of a build that remembers no earlier one."""
        with self.database.writing() as connection:
            for table in (lines, listings, owners, pages, publications):
                connection.execute(delete(table))
        shutil.rmtree(self.folder / "anew", ignore_errors=True)
        self.published(output="anew")
        return files(self.folder / "anew")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house whose stories are published. Tests take a copy."""
    made = House(tmp_path_factory.mktemp("published"))
    with made.database.writing() as connection:
        for number in range(30):
            save_story(connection, number)
    made.published()
    made.database.close()
    return made.folder


@pytest.fixture
def house(published: Path, tmp_path: Path) -> Iterator[House]:
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    made = House(tmp_path)
    yield made
    made.database.close()


def a_story_is_told_anew(connection: Connection, published: Sequence[Story]) -> None:
    rewrite(connection, published[7], "Northwind opens model number 7 and closes another.")


def a_story_comes(connection: Connection, published: Sequence[Story]) -> None:
    save_story(connection, 31)


def a_late_story_comes(connection: Connection, published: Sequence[Story]) -> None:
    save_story(connection, -40)


def a_story_goes_into_another(connection: Connection, published: Sequence[Story]) -> None:
    analyses.drop_analyses(connection, [published[4].id])
    stories.merge_into(connection, published[4].id, published[5].id)


def a_story_is_dropped(connection: Connection, published: Sequence[Story]) -> None:
    stories.save_overrides(
        connection, {published[9].id: StoryOverrides(dropped="an advertisement")}
    )


def the_newest_story_is_dropped(connection: Connection, published: Sequence[Story]) -> None:
    stories.save_overrides(connection, {published[-1].id: StoryOverrides(dropped="a duplicate")})


def nothing_is_dropped(connection: Connection, published: Sequence[Story]) -> None:
    stories.save_overrides(connection, {})


def a_story_is_pinned_and_renamed(connection: Connection, published: Sequence[Story]) -> None:
    stories.save_overrides(
        connection,
        {published[2].id: StoryOverrides(pinned=True, headline="What it should be called")},
    )


def tags_change(connection: Connection, published: Sequence[Story]) -> None:
    stories.save_tags(connection, {published[11].id: ((), (), Signals())}, digest="r2")


def a_prediction_is_written_down_and_judged(
    connection: Connection, published: Sequence[Story]
) -> None:
    first, other = published[3].members[0].article, published[5].members[0].article
    predicted = Implication(
        claim=builders.claim("Northwind plans to open another by August.", first),
        horizon=date(2026, 8, 31),
        likelihood=Likelihood.LIKELY,
        sign="A report that it did.",
    )
    add_predictions(connection, [predicted, replace(predicted, horizon=date(2026, 9, 30))], NOW)
    cited = Citation(passage=f"{other.id}.1.1", quote="It did.")
    decision = Decision(outcome=Outcome.CAME_TRUE, at=NOW, citation=cited)
    decide(connection, prediction_id(predicted), decision)


def a_story_has_a_judge(connection: Connection, published: Sequence[Story]) -> None:
    """Two have, so that the page about the site names that of the newer one."""
    of = published[7:9]
    kept = analyses.analyses_of(connection, [story.id for story in of])
    for minutes, story in enumerate(of):
        judge = replace(builders.JUDGE, model=f"judge-{minutes}")
        at = NOW + timedelta(minutes=minutes)
        judged = replace(kept[story.id], model="small", judge=judge, analysed_at=at)
        analyses.save_analyses(connection, [judged], "1")


def a_fact_of_a_comparison_changes(connection: Connection, published: Sequence[Story]) -> None:
    """What another story's article states of a product that this one shows."""
    first, other = published[3].members[0].article, published[5].members[0].article
    facts = [
        builders.attribute_fact(f"N-{n}", Attribute.PRICE, f"${n} per month", of)
        for n, of in enumerate((first, other))
    ]
    cells = tuple(Cell(state=CellState.STATED, facts=(fact,)) for fact in facts)
    rows = tuple(
        ComparisonRow(attribute=attribute, qualifier="", cells=cells)
        for attribute in (Attribute.WEIGHTS, Attribute.PRICE)
    )
    insight = Insight(comparison=Comparison(products=("N-0", "N-1"), rows=rows))
    attributes.save_insight(connection, published[3].id, insight, {"n-0", "n-1"})


def a_source_corrects_itself(connection: Connection, published: Sequence[Story]) -> None:
    first = published[6].members[0].article
    entry = HistoryEntry(
        n=1,
        article_id=first.id,
        at=NOW,
        kind=HistoryKind.ADDED,
        text="It has 12 parts.",
        passage=f"{first.id}.1.1",
    )
    later = NOW + timedelta(hours=1)
    stored_history.save_history(
        connection,
        published[6].id,
        [entry, replace(entry, n=2, at=later, kind=HistoryKind.CHANGED, text="14.", replaces=1)],
    )


def says_nothing(connection: Connection, of: Story) -> None:
    """Leaves a story its headline alone."""
    draft = Draft(headline=builders.headline(of.members[0].article))
    made = analysis(of, draft, analysed_at=NOW + timedelta(hours=1), inputs="headline")
    analyses.save_analyses(connection, [made], "1")


def a_story_has_nothing_left_to_say(connection: Connection, published: Sequence[Story]) -> None:
    says_nothing(connection, published[20])


def a_story_goes_into_one_without_a_page(
    connection: Connection, published: Sequence[Story]
) -> None:
    says_nothing(connection, published[14])
    stories.merge_into(connection, published[15].id, published[14].id)


def an_edition_comes(connection: Connection, published: Sequence[Story]) -> None:
    """That of the newest week, whose draft stands on the site."""
    week = week_of(published[-1].published.date())
    editions.save_edition(connection, replace(ordinary_week().edition, number=1, week=week))


def the_next_week_begins(connection: Connection, published: Sequence[Story]) -> None:
    save_story(connection, 31 + 7 * 24 // 11)


CHANGES = (
    a_story_has_nothing_left_to_say,
    a_story_goes_into_one_without_a_page,
    a_source_corrects_itself,
    a_fact_of_a_comparison_changes,
    a_story_is_told_anew,
    a_story_comes,
    a_late_story_comes,
    a_story_goes_into_another,
    a_story_is_dropped,
    a_story_is_pinned_and_renamed,
    tags_change,
    a_prediction_is_written_down_and_judged,
    a_story_has_a_judge,
    an_edition_comes,
)


def published_now(database: Database) -> list[Story]:
    """The stories that are told, oldest first."""
    with database.reading() as connection:
        published = shown_stories(connection, Settings(sources=SOURCES))
    return sorted(
        (story.story for story in published), key=lambda story: (story.published, story.id)
    )


def changed(house: House, *changes: Callable[[Connection, Sequence[Story]], None]) -> None:
    """Applies changes to what is stored."""
    published = published_now(house.database)
    with house.database.writing() as connection:
        for change in changes:
            change(connection, published)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_changes_gives_the_folder_of_a_build_from_nothing(
    house: House, change: Callable[[Connection, Sequence[Story]], None]
) -> None:
    before = files(house.folder / "site")
    changed(house, change)
    house.published()
    after = files(house.folder / "site")

    assert after != before
    assert after == house.from_nothing()


def emptied(house: House) -> None:
    """Puts an empty database in the place of a house's own."""
    house.database.close()
    (house.folder / "news.db").unlink()
    house.database.upgrade(NOW)


def loses_its_stories(house: House) -> None:
    with house.database.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            if table.name not in ("pages", "publications", "alembic_version"):
                connection.execute(delete(table))


def has_other_stories(house: House) -> None:
    emptied(house)
    with house.database.writing() as connection:
        save_story(connection, 50)


@pytest.mark.parametrize("loss", [emptied, loses_its_stories, has_other_stories])
def test_a_site_is_not_replaced_by_a_database_that_lost_its_stories(
    house: House, loss: Callable[[House], None]
) -> None:
    before = files(house.folder / "site")
    loss(house)
    with pytest.raises(PublishError, match="shows 30 stories that the database"):
        house.published(full=True)

    assert files(house.folder / "site") == before


def test_a_database_that_lost_its_stories_is_published_by_force_and_then_as_ever(
    house: House,
) -> None:
    emptied(house)
    house.published(force=True)
    changed(house, a_story_comes)
    house.published()

    assert b"number 31" in files(house.folder / "site")["index.html"]


def test_an_operator_may_empty_the_site(house: House) -> None:
    of = published_now(house.database)
    dropped = {story.id: StoryOverrides(dropped="an advertisement") for story in of[1:]}

    def change(connection: Connection, _: Sequence[Story]) -> None:
        stories.save_overrides(connection, dropped)
        analyses.drop_analyses(connection, [of[0].id])
        tombstones.mark_removed(connection, of[0].id)

    changed(house, change)
    house.published()
    front = files(house.folder / "site")["index.html"]

    assert b"Northwind opens" not in front


def test_a_folder_that_is_a_link_is_replaced_and_nothing_is_written_through_it(
    house: House, tmp_path: Path
) -> None:
    elsewhere, folder = tmp_path / "elsewhere", house.folder / "site" / "topic"
    before = files(house.folder / "site")
    folder.rename(elsewhere)
    next(elsewhere.rglob("*.html")).write_text("theirs", "utf-8")
    theirs = files(elsewhere)
    folder.symlink_to(elsewhere)
    house.published(full=True)

    assert files(elsewhere) == theirs
    assert not folder.is_symlink()
    assert files(house.folder / "site") == before


def test_the_newest_edition_is_this_week_until_the_next_week_has_a_story(house: House) -> None:
    changed(house, an_edition_comes)
    house.published()
    before = files(house.folder / "site")
    changed(house, the_next_week_begins)
    house.published()
    after = files(house.folder / "site")

    shown = [built["week/index.html"] for built in (before, after)]
    assert [b"edition-page" in page for page in shown] == [True, False]
    assert ["week/index.json" in built for built in (before, after)] == [True, False]
    assert after == house.from_nothing()


def test_the_page_about_the_site_names_the_judge_of_the_newest_story(house: House) -> None:
    changed(house, a_story_has_a_judge)
    house.published()
    about = (house.folder / "site" / "about" / "index.html").read_text(encoding="utf-8")

    assert ("judge-0" in about, "judge-1" in about) == (False, True)


def test_a_new_score_of_the_model_is_on_the_site_after_the_next_build(house: House) -> None:
    changed(house, a_story_has_a_judge)
    house.published()
    outcome = evaluation.Outcome(facts_written=60, facts_reported=70)
    score = evaluation.Score(
        engine="ollama", model="small", digest="m", prompts="p", judge="", cases="c", stories=12,
        form="whole", calls=24, unusable=0, proposed=90, refused=9, judged_false=2, facts=91,
        falsehoods=72, sections=96, anchors=outcome, printed=outcome, read_tokens=1,
        written_tokens=1, judged_tokens=1, seconds=1.0,
    )  # fmt: skip
    with house.database.writing() as connection:
        keep_score(connection, score, NOW)
    house.published()
    about = (house.folder / "site" / "about" / "index.html").read_text(encoding="utf-8")

    assert "60 of 91 facts" in about


def test_a_removed_story_that_has_articles_again_is_told_again(house: House) -> None:
    def changes(connection: Connection, published: Sequence[Story]) -> None:
        tombstones.mark_removed(connection, published[8].id)
        stories.save_story(connection, published[8])
        rewrite(connection, published[8], "Northwind opens model number 8 and closes another.")

    changed(house, changes)
    house.published()
    page = next((house.folder / "site" / "story").glob("*number-8-*/index.html"))

    assert "closes another" in page.read_text(encoding="utf-8")


def test_an_address_leads_to_the_source_while_nothing_is_left_to_say(house: House) -> None:
    of = published_now(house.database)[20]
    site = house.folder / "site"
    page, path = site / "story" / f"{of.slug}-{of.id}", f"story/{of.slug}-{of.id}/"
    before = files(page)
    changed(house, a_story_has_nothing_left_to_say)
    house.published()
    key, linked = of.members[0].article.source_key, f"https://news.example/{path}"

    assert f"url=../../source/{key}/" in (page / "index.html").read_text("utf-8")
    assert f"/{path} /source/{key}/ 301" in (site / "_redirects").read_text("utf-8")
    assert linked not in (site / "sitemap.xml").read_text("utf-8")
    lists = [p for p in site.rglob("*.html") if f'{path}"' in p.read_text("utf-8")]
    assert lists == []

    changed(house, lambda connection, _: rewrite(connection, of, ""))
    house.published()

    assert files(page).keys() == before.keys()
    assert 'rel="canonical" href="' + linked in (page / "index.html").read_text("utf-8")


def test_a_story_that_never_had_a_page_has_no_file(house: House) -> None:
    def changes(connection: Connection, published: Sequence[Story]) -> None:
        says_nothing(connection, save_story(connection, 40))

    before = {path for path in files(house.folder / "site") if path.startswith("story/")}
    changed(house, changes)
    house.published()
    after = files(house.folder / "site")

    assert {path for path in after if path.startswith("story/")} == before
    assert b'href="https://daily.example/' in after["week/index.html"]


def test_every_address_that_was_published_answers_for_ever(house: House) -> None:
    def almost_all_goes(connection: Connection, published: Sequence[Story]) -> None:
        """One story in two weeks is left; a topic and, as in a later release, a role are none."""
        stories.save_overrides(
            connection, {of.id: StoryOverrides(dropped="an advertisement") for of in published[1:]}
        )
        stories.save_tags(connection, {published[0].id: ((), ABOUT[:1], Signals())}, digest="r2")
        add(connection, addresses, [{"path": "role/typists/index.html"}])
        (house.folder / "registry.toml").write_text("[topic]\nopen-weights = { off = true }\n")

    left, *gone = published_now(house.database)
    before = files(house.folder / "site")
    changed(house, almost_all_goes)
    house.published()
    after = files(house.folder / "site")

    pages_before = {path for path in before if path.endswith("/index.html")}
    assert pages_before - after.keys() == set()
    story, week = path_of(left.id, left.slug), gone[-1].week
    assert f'href="../../{story}"' in after["entity/northwind/index.html"].decode()
    leads_to = {
        "entity/m-2/": "entity/",
        "topic/open-weights/": "topic/",
        "role/typists/": "role/",
        f"week/{week}/": "archive/",
    }
    listed = after["_redirects"].decode()
    for path, to in leads_to.items():
        assert f"url=../../{to}" in after[f"{path}index.html"].decode()
        assert f"/{path} /{to} 302\n" in listed
    removed = after[f"{path_of(gone[-1].id, gone[-1].slug)}index.html"].decode()
    assert "This page was removed." in removed
    assert gone[-1].members[0].article.title not in removed
    assert after == house.from_nothing()

    changed(house, a_story_comes, nothing_is_dropped)
    house.published()

    again = files(house.folder / "site")
    assert b"no longer exists" not in again["entity/m-2/index.html"]
    assert again == house.from_nothing()


def test_a_list_without_a_story_has_a_page_once_a_subscriber_chose_it(house: House) -> None:
    def somebody_subscribes(connection: Connection, published: Sequence[Story]) -> None:
        chosen = replace(reader(0), roles=("investors",), topics=("defence",))
        subscribers.save(connection, chosen, "key")

    def lists() -> dict[str, bool]:
        found = files(house.folder / "site")
        return {
            path: f"{path}index.html" in found for path in ("topic/defence/", "role/investors/")
        }

    before = lists()
    index = (house.folder / "site" / "topic" / "index.html").read_text("utf-8")
    changed(house, somebody_subscribes, a_story_comes)
    house.published()

    assert "Defence" in index
    assert "topic/defence/" not in index
    assert (set(before.values()), set(lists().values())) == ({False}, {True})
    assert files(house.folder / "site") == house.from_nothing()


def test_a_list_of_headlines_links_a_name_from_when_its_page_appears(house: House) -> None:
    marrow, quill = (
        Entity(key=name.lower(), name=name, kind=EntityKind.PERSON) for name in ("Marrow", "Quill")
    )

    def headlines_name_them(connection: Connection, published: Sequence[Story]) -> None:
        of_names = {20: (marrow, quill), 22: (marrow, quill), 23: (marrow,)}
        for of, named in ((published[number], names) for number, names in of_names.items()):
            stories.save_tags(connection, {of.id: ((), named, Signals())}, digest="r2")
            says_nothing(connection, of)

    def another_names_one(connection: Connection, published: Sequence[Story]) -> None:
        of = save_story(connection, 40)
        stories.save_tags(connection, {of.id: ((), (quill,), Signals())}, digest="r2")

    links = []
    for change in (headlines_name_them, another_names_one, the_newest_story_is_dropped):
        changed(house, change)
        house.published()
        page = house.folder / "site" / "entity" / "marrow" / "index.html"
        links.append("entity/quill/" in page.read_text("utf-8"))

    assert links == [False, True, True]
    assert files(house.folder / "site") == house.from_nothing()


def test_a_story_told_anew_writes_its_pages_and_what_leads_to_it_alone(house: House) -> None:
    before = files(house.folder / "site")
    changed(house, a_story_is_told_anew)
    result = house.published()
    written = {
        path for path, body in files(house.folder / "site").items() if before.get(path) != body
    }

    assert len([path for path in written if path.startswith("story/")]) == 3
    assert result.written == len(written)


def test_with_nothing_new_nothing_is_composed(house: House) -> None:
    second = house.published(Killing(0))  # the first page that is looked at would end it

    assert (second.written, second.removed, second.unchanged) == (
        0,
        0,
        len(files(house.folder / "site")),
    )


@pytest.mark.parametrize("after", [0, 20, 55])
def test_a_build_that_was_killed_ends_like_one_that_was_not(house: House, after: int) -> None:
    changed(house, *CHANGES)
    with pytest.raises(KilledError):
        house.published(Killing(after))
    house.published()

    assert files(house.folder / "site") == house.from_nothing()


def test_damaged_and_missing_files_are_made_again(house: House) -> None:
    before = files(house.folder / "site")
    chance = random.Random(7)
    for path in chance.sample(sorted(before), 25):
        (house.folder / "site" / path).write_bytes(b"") if chance.random() < 0.5 else (
            house.folder / "site" / path
        ).unlink()
    house.published()

    assert files(house.folder / "site") == before


def test_what_was_published_by_a_version_that_kept_no_owners_is_taken_over(house: House) -> None:
    before = files(house.folder / "site")
    with house.database.writing() as connection:
        connection.execute(update(pages).values(owner=""))
        for table in (lines, listings, owners, publications):
            connection.execute(delete(table))
    (house.folder / "site" / "mine.txt").write_text("the operator's")
    again = house.published()

    assert (again.written, again.removed) == (0, 0)
    assert files(house.folder / "site") == before | {"mine.txt": b"the operator's"}


def test_a_stored_shelf_holds_what_one_in_memory_holds(house: House) -> None:
    changed(house, *CHANGES)
    house.published()
    settings = Settings(site=SiteSettings(base_url="https://news.example"), sources=SOURCES)
    with house.database.reading() as connection:
        memory = MemoryLineCache(shown_stories(connection, settings), {}, settings.site)
        stored = StoredLineCache(
            connection, lambda within, ids: shown_stories(within, settings, ids)
        )

        assert held(stored) == held(memory)


def test_the_coverage_of_topics_counts_what_a_source_dates(house: House) -> None:
    house.published()

    def unread(_: Connection, ids: Sequence[str]) -> Sequence[PublishedStory]:
        raise AssertionError(ids)

    def counted() -> int:
        with house.database.reading() as connection:
            return sum(StoredLineCache(connection, unread).coverage().values())

    before = counted()
    with house.database.writing() as connection:
        row = connection.execute(select(lines.story_id, lines.line)).first()
        assert row
        undated = line_json(replace(line_from_json(row.line), is_dated=False))
        connection.execute(update(lines).where(lines.story_id == row.story_id).values(line=undated))

    assert before - counted() == 1


def test_the_page_of_corrections_reads_no_story_whole(house: House) -> None:
    changed(house, *CHANGES)
    house.published()

    def told(_: Connection, ids: Sequence[str]) -> Sequence[PublishedStory]:
        raise AssertionError(ids)

    with house.database.reading() as connection:
        assert [erratum.title for erratum in StoredLineCache(connection, told).errata()] == [
            "Northwind opens model number 6"
        ]


def held(cache: LineCache) -> list[object]:
    """All that a shelf tells."""
    kinds = (WEEK, TOPIC, ROLE, ENTITY, SOURCE)
    which = [ListId(kind=kind, key=key) for kind in kinds for key in cache.counts(kind)]
    ids = [line.id for each in which for line in cache.lines(each)]
    some = [
        (list(cache.lines(each)), list(cache.lines(each, 2)), list(cache.best(each, 3)))
        for each in which
    ]
    rest = (
        list(cache.pinned()),
        cache.lines_of(ids),
        list(cache.newest(5)),
        list(cache.addresses()),
        list(cache.errata()),
        cache.coverage(),
        len(list(cache.documents())),
        cache.numbers(),
        list(cache.stories(ids[:3])),
    )
    return [which, [cache.counts(kind) for kind in kinds], some, *rest]
