"""The search as a reader meets it: words, filters, keyboard, no connection, no script, a site that
changes meanwhile.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from aggregator.domain.claim import Audience, Draft
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Entity, EntityKind, PublishedStory
from aggregator.site.search.terms import STOP_WORDS, terms
from tests.browser.conftest import EACH_ONCE, served
from tests.browser.test_site import HOSTILE
from tests.builders import article, claim, headline, member, published_story, sample_stories, story
from tests.memory_site import MemoryContent, publish, site_pages

STORIES = 90
NASTY = (
    "café CAFÉ cafe\u0301 Ångström naïve Ｇｅ́ＮＡＩ ﬁne straße ſs K\u212a",
    "GPT-4o GPT-5.1 v2.0.1 3.5-turbo 1.000,5 a.b c.5 .5 5. 1..2 1.2.3.4 U.S. e.g. x.1y C++ .NET",
    "OpenAI's OpenAI’s ‘quoted’s it's dogs' don't l’IA 's’s s",
    "人工智能模型 東京 a人b 日本語テキスト ガンダム・ベータ ㌀ ｱﾊﾟｰﾄ 𠀀𠀁 한국어",
    "İstanbul ΟΔΟΣ Ὀδυσσεύς ΣΑΣ",
    "हिन्दी भाषा ไทยแลนด์ שָׁלוֹם مُحَمَّد",
    "companies series status GPUs news analyses class corpus bus gas ies oies boss",
    "ß" * 50 + " " + "w" * 50 + " 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 😀5😀 co\u00adop x\u200by \ud800 a\x00b\x1fc",
)


@pytest.fixture
def first_visit(browser: Browser) -> Iterator[Page]:
    """A page of a browser that has nothing yet, also not in its cache."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the search of a site whose stories have companies and roles."""
    with served(tmp_path_factory.mktemp("searched"), stories()) as address:
        yield f"{address}search/"


def stories() -> tuple[PublishedStory, ...]:
    """The sample, every third story of Ferrow, every ninth of Querra; and one that tells of a model
    by its version.
    """
    kinds = {
        3: Entity(key="ferrow", name="Ferrow", kind=EntityKind.COMPANY),
        9: Entity(key="querra", name="Querra", kind=EntityKind.COMPANY),
    }
    made = [
        replace(
            each,
            story=replace(
                each.story,
                entities=tuple(kind for step, kind in kinds.items() if number % step == 0),
            ),
        )
        for number, each in enumerate(sample_stories(STORIES))
    ]
    return (
        *made,
        tale(
            "Northwind releases NW-5.1 with a naïve Tokenizer",
            "NW-5.1 runs on any laptop.",
            "research",
        ),
    )


def tale(title: str, hook: str, role: str = "developers") -> PublishedStory:
    first = article(title, key="tale")
    return published_story(
        story((member(first),)),
        Draft(
            headline=headline(first),
            hook=claim(hook, first),
            who_should_care=(Audience(role=role, claim=claim(hook, first)),),
        ),
    )


def ask(page: Page, query: str) -> None:
    """Types a query and presses Enter; waits until it is answered."""
    page.fill("#search-words", query)
    page.keyboard.press("Enter")
    expect(page.locator("#search-results")).not_to_have_attribute("aria-busy", "true")


def status(page: Page) -> str:
    return page.locator("#search-status").inner_text()


def headlines(page: Page) -> list[str]:
    return page.locator("#search-results h2").all_inner_texts()


def test_both_languages_fold_every_word_alike(page: Page, site: str) -> None:
    page.goto(site)
    assigned = (
        chr(code)
        for code in range(0x80, 0x3400)
        if unicodedata.category(chr(code)) not in {"Cn", "Co"}
    )
    cases = [
        *NASTY,
        *(f"ab{character}cd {character} 1{character}2 {character}s x" for character in assigned),
    ]
    folded = page.evaluate("cases => cases.map(each => words(each).map(termOf))", cases)

    differing = [
        (ascii(case), ours, theirs)
        for case, ours, theirs in zip(cases, map(terms, cases), folded, strict=True)
        if ours != theirs
    ]
    assert differing == []


def test_both_languages_leave_out_the_same_words(page: Page, site: str) -> None:
    page.goto(site)

    assert set(page.evaluate("[...STOP_WORDS]")) == STOP_WORDS


def test_a_word_finds_its_stories_and_shows_them_with_what_was_looked_for(
    page: Page, site: str
) -> None:
    page.goto(site)
    ask(page, "laptops naive")
    first = page.locator("#search-results li").first

    assert status(page).startswith("1 story ")
    assert first.locator("a").get_attribute(
        "href"
    ) == "../story/northwind-releases-nw-5-1-with-a-naive-tokenizer-" + (
        stories()[-1].story.id + "/"
    )
    assert first.locator("mark").all_inner_texts() == ["naïve", "laptop"]
    assert first.locator(".kicker").inner_text() == "4 July 2026 · single source"
    assert page.url == f"{site}?q=laptops+naive"


def test_the_best_match_stands_first_and_more_can_be_shown(page: Page, site: str) -> None:
    page.goto(site)
    ask(page, "NW-5.1")
    best = headlines(page)[0]
    ask(page, "assistants licensed files")
    before = page.locator("#search-results li").count()
    page.click("#search-more")
    expect(page.locator("#search-more")).to_be_hidden()

    assert best == "Northwind releases NW-5.1 with a naïve Tokenizer"
    assert before == 10
    assert page.locator("#search-results li").count() > 10
    assert (
        page.evaluate(
            "[...document.querySelectorAll('#search-results a')].indexOf(document.activeElement)"
        )
        == 10
    )


def test_an_address_with_a_question_is_answered(page: Page, site: str) -> None:
    page.goto(f"{site}?q=weights&company=ferrow&order=newest")
    expect(page.locator("#search-results li").first).to_be_visible()

    assert page.input_value("#search-words") == "weights"
    assert page.input_value("#search-company") == "ferrow"
    assert page.input_value("#search-order") == "newest"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("laptops", 1), ("lap", 1), ("tokeni", 1), ("xylophone", 0), ("the", 0), ("to", 0)],
)
def test_the_last_word_may_be_a_beginning(page: Page, site: str, typed: str, found: int) -> None:
    page.goto(site)
    ask(page, typed)

    assert page.locator("#search-results li").count() == found


def test_what_nothing_is_found_for_is_told(page: Page, site: str) -> None:
    page.goto(site)
    ask(page, "xylophone")
    nothing = status(page)
    ask(page, "xylophone laptop")

    assert nothing.startswith("No story ")
    assert "; 1 story " in status(page)
    assert len(headlines(page)) == 1


def test_filters_narrow_the_stories_with_words_and_without(page: Page, site: str) -> None:
    page.goto(site)
    page.select_option("#search-company", "ferrow")
    expect(page.locator("#search-status")).to_have_text("31 stories")
    page.select_option("#search-company", "querra")
    expect(page.locator("#search-status")).to_have_text("11 stories")
    ask(page, "model")
    with_words = status(page)
    page.select_option("#search-role", "research")
    expect(page.locator("#search-status")).not_to_have_text(with_words)
    page.click("button[type=reset]")
    expect(page.locator("#search-status")).to_have_text("")

    assert with_words.endswith("with this word")
    assert page.url == site
    assert page.locator("#search-results li").count() == 0


def test_the_newest_first_where_the_reader_wants_it(page: Page, site: str) -> None:
    page.goto(f"{site}?company=ferrow&order=newest")
    expect(page.locator("#search-results li").first).to_be_visible()
    days = page.eval_on_selector_all(
        "#search-results time", "all => all.map(each => each.dateTime)"
    )

    assert days == sorted(days, reverse=True)
    assert len(set(days)) > 1


def test_the_keyboard_leads_to_the_field_and_along_the_results(page: Page, site: str) -> None:
    page.goto(site)
    page.keyboard.press("/")
    page.keyboard.type("model")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results li").first).to_be_visible()
    stops = []
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowDown", "Escape"):
        page.keyboard.press(key)
        stops.append(
            page.evaluate(
                "[...document.querySelectorAll('#search-results"
                " a')].indexOf(document.activeElement)"
            )
        )

    assert stops == [0, 1, 0, -1, 0, -1]
    assert page.evaluate("document.activeElement.id") == "search-words"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/story/**")


def test_the_count_is_announced(page: Page, site: str) -> None:
    page.goto(site)

    assert page.get_attribute("#search-status", "role") == "status"
    assert page.get_attribute("#search-kept", "role") == "status"


def test_what_was_loaded_is_found_without_a_connection_and_the_rest_is_told(
    first_visit: Page, site: str
) -> None:
    page = first_visit
    page.goto(site)
    ask(page, "laptop")
    page.context.set_offline(True)
    ask(page, "laptops")
    again = headlines(page)
    page.fill("#search-words", "parliament")
    expect(page.locator("#search-status")).to_contain_text("You are offline")
    page.context.set_offline(False)
    ask(page, "parliament ")
    expect(page.locator("#search-results li").first).to_be_visible()

    assert again == ["Northwind releases NW-5.1 with a naïve Tokenizer"]


def test_a_kept_index_searches_anything_without_a_connection_even_when_opened_anew(
    first_visit: Page, site: str
) -> None:
    page = first_visit
    page.goto(site)
    page.click("#search-keep")
    expect(page.locator("#search-kept")).to_contain_text("Search now works offline")
    page.context.set_offline(True)
    page.goto(f"{site}?q=parliament")
    expect(page.locator("#search-results li").first).to_be_visible()
    labels = page.locator("mark").first.inner_text(), page.locator("#search-keep").inner_text()
    styled = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.context.set_offline(False)
    page.click("#search-keep")
    expect(page.locator("#search-kept")).to_contain_text("No search data is saved")

    assert labels == ("Parliament", "Remove offline search data")
    assert styled == "rgb(250, 248, 243)"
    assert page.evaluate("caches.keys()") == []


def test_without_script_the_page_says_so_and_leads_on(
    open_page: Callable[..., Page], site: str
) -> None:
    page = open_page(runs_scripts=False)
    page.goto(site)
    form, notice = page.locator("#search-form").is_visible(), page.locator("noscript").inner_text()
    leading = page.eval_on_selector_all(
        ".browse a", "all => all.map(each => each.getAttribute('href'))"
    )
    buttons = [locator for locator in page.locator("button").all() if locator.is_visible()]

    assert (form, buttons) == (False, [])
    assert "needs JavaScript" in notice
    assert leading[:2] == ["../archive/", "../source/"]
    assert {"../topic/chips/", "../week/2026-W27/"} <= set(leading)


def test_hostile_texts_stay_texts(open_page: Callable[..., Page], tmp_path: Path) -> None:
    made = tuple(
        tale(f"{text} {number} quirk", f"quirk {text}") for number, text in enumerate(HOSTILE)
    )
    page = open_page(bypasses_policy=True)  # text must stay text without the policy
    with served(tmp_path, made) as address:
        page.goto(f"{address}search/?q={HOSTILE[0]}+quirk")
        expect(page.locator("#search-results li").first).to_be_visible()
        page.click("#search-more")
        expect(page.locator("#search-results li")).to_have_count(len(HOSTILE))
        hit = page.evaluate("window.hit")
        tags = set(
            page.eval_on_selector_all("#search-results *", "all => all.map(each => each.localName)")
        )
        shown = " ".join(page.locator("#search-results").all_inner_texts())

    assert hit is None
    assert tags == {"li", "h2", "a", "mark", "p", "time"}
    assert "<img src=x onerror='window.hit = 1'>" in shown


def publish_again(folder: Path, address: str, told_stories: tuple[PublishedStory, ...]) -> None:
    """Publishes other stories over those in the folder; the volumes of the old ones go."""
    site = SiteSettings(base_url=address.rstrip("/"))
    publish(
        site_pages(MemoryContent(stories=told_stories, statuses=(), engine="extractive"), site),
        folder,
        site,
        {},
    )
    manifest = (folder / "search" / "manifest.json").read_text()
    for volume in (folder / "search" / "volume").iterdir():
        if volume.name not in manifest:
            for file in volume.iterdir():
                file.unlink()


def test_a_reader_between_two_publications_gets_the_new_stories(page: Page, tmp_path: Path) -> None:
    with served(tmp_path, stories()) as address:
        page.goto(f"{address}search/")
        ask(page, "apache")
        publish_again(
            tmp_path, address, (*stories(), tale("A quokka learns to code", "It types slowly."))
        )
        ask(page, "quokka")

        assert headlines(page) == ["A quokka learns to code"]


def test_a_part_that_is_lost_is_told_and_nothing_half_is_shown(page: Page, tmp_path: Path) -> None:
    with served(tmp_path, stories()[:20]) as address:
        page.goto(f"{address}search/")
        for shard in tmp_path.glob("search/volume/*/t*.bin"):
            shard.unlink()
        ask(page, "mistral")
        expect(page.locator("#search-status")).to_contain_text(
            "Part of the search index could not be loaded"
        )

        assert headlines(page) == []


@pytest.mark.parametrize(("width", "scheme"), EACH_ONCE)
def test_nothing_bars_a_reader(
    open_page: Callable[..., Page], site: str, width: int, scheme: str
) -> None:
    axe = find_spec("axe_playwright_python")
    if axe is None or axe.origin is None:
        pytest.skip("axe-core is not here: pip install axe-playwright-python")
    page = open_page(width, scheme)
    page.goto(f"{site}?q=model+weights")
    expect(page.locator("#search-results li").first).to_be_visible()
    page.evaluate(Path(axe.origin).with_name("axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth")
    small = page.eval_on_selector_all(
        ".ask input, .ask select, .ask button, .found button, .browse .links a",
        "all => all.filter(each => each.offsetHeight < 24).length",
    )

    assert [
        (violation["id"], [node["html"] for node in violation["nodes"]][:2]) for violation in found
    ] == []
    assert (wide, small) == (width, 0)


def test_the_search_speaks_the_language_of_the_site(page: Page, tmp_path: Path) -> None:
    with served(tmp_path, stories(), "de") as address:
        page.goto(f"{address}search/")
        ask(page, "laptops naive")

        assert status(page).startswith("1 Meldung ")
        kicker = page.locator("#search-results .kicker").inner_text()
        assert kicker.startswith("4. Juli 2026 · ")
