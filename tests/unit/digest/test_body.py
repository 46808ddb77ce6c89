"""The mail of an edition, as HTML and as text."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from aggregator.digest.mail.letters import (
    MOST_HTML,
    Mail,
    confirmation_letter,
    confirmation_mail,
    digest_letter,
    edition_mail,
)
from aggregator.domain.claim import ClaimKind
from aggregator.domain.publishing.edition import (
    EditionPlan,
    RoleTop,
    StoredEdition,
)
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.domain.publishing.subscriber import Followed, Segment
from aggregator.domain.source import Lane
from aggregator.errors import MailError
from tests.quality.mail import (
    KEY,
    NOW,
    SUBSCRIBER,
    SigningKey,
    faults,
    part,
    read,
    report,
    signing_key,
)
from tests.requirements import OPENSSL, W3M
from tests.unit.digest.makers import (
    EMAIL,
    LINKS,
    SITE,
    Numbers,
    claim,
    edition,
    hostile_week,
    long_week,
    ordinary_week,
    quiet_week,
    stored,
    story,
)

CITED = Numbers().cite("Prices fell.", "The Next Wire")


class Links(HTMLParser):
    """The addresses that a page links to, in order."""

    def __init__(self, html: str) -> None:
        """Reads the page."""
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps the address of a link."""
        self.found += [value or "" for name, value in attrs if tag == "a" and name == "href"]


def mail(of: StoredEdition, roles: tuple[str, ...] = ()) -> Mail:
    made = edition_mail(of, LINKS, SITE, EMAIL, Segment(roles=roles))
    assert made is not None
    return made


def once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


@pytest.mark.parametrize(
    ("hook", "facts"),
    [
        pytest.param(claim("Prices fell.", CITED), "3 independent sources", id="quoted"),
        pytest.param(
            claim(
                "Prices fell, according to The Next Wire.",
                CITED,
                kind=ClaimKind.WRITTEN,
            ),
            "3 independent sources",
            id="credited",
        ),
        pytest.param(
            claim("Prices fell.", CITED, kind=ClaimKind.WRITTEN),
            "The Next Wire · 3 independent sources",
            id="not named",
        ),
    ],
)
def test_an_item_names_its_source_once(hook: PrintedClaim, facts: str) -> None:
    text = mail(stored(edition(leads=(story("Prices fall", hook=hook),)))).text
    item = text.partition("Lead story")[2].partition("Articles cited\n")[0]

    assert item.count("The Next Wire") == 1
    assert f"\n{facts}\n" in item


def test_two_quotations_of_one_source_name_it_behind_the_first() -> None:
    lead = story(
        "Prices fall", hook=claim("They fell.", CITED), changes=(claim("By half.", CITED),)
    )
    text = mail(stored(edition(leads=(lead,)))).text

    assert "“They fell.” (The Next Wire) [1]\n\n“By half.” [1]\n" in text


def test_a_lead_says_who_reports_it_and_leaves_its_rank_to_the_site() -> None:
    lead = replace(story("Prices fall"), why="2 newsletters led with it")
    text = mail(stored(edition(leads=(lead,)))).text

    assert "\nThe Next Wire · 3 independent sources\n" in text
    assert "newsletters" not in text


def test_no_line_of_a_headline_ends_inside_a_name_and_its_number() -> None:
    html = mail(stored(edition(leads=(story("Heron 3 runs on a laptop"),)))).html

    assert '<span class="whole" style="white-space: nowrap;">Heron 3</span> runs on' in html


@pytest.mark.parametrize(
    ("headline", "kept"),
    [
        ("AIUC-1 is certified", ["AIUC-1"]),
        ("Lab opens o3-mini.", ["o3-mini"]),
        ("A state-of-the-art SWE-bench score of GPT-5.1-Codex", ["SWE-bench", "GPT-5.1-Codex"]),
        ("Reinforcement-Learning-Based KI-Demokratisierung", []),
    ],
    ids=["acronym", "version", "not every compound", "long"],
)
def test_no_line_of_a_headline_ends_at_the_hyphen_of_a_short_name(
    headline: str, kept: list[str]
) -> None:
    html = mail(stored(edition(leads=(story(headline),)))).html

    assert re.findall(r'<span class="whole"[^>]*>([^<]+)</span>', html) == kept


def test_html_and_text_tell_the_same_stories_and_citations_in_the_same_order() -> None:
    made, reported = mail(ordinary_week()), ordinary_week().edition
    ids = [item.id for item in reported.stories()]
    listed = re.findall(r"(?m)^\[(\d+)\] ", made.text)

    assert (
        re.findall(r"<h3[^>]*>(?:<span.*?</span> )?<a[^>]*/story/[a-z0-9-]+-(\w{12})/", made.html)
        == ids
    )
    assert once(re.findall(r"/story/[a-z0-9-]+-(\w{12})/", made.text)) == ids
    assert re.findall(r'class="no"[^>]*>(\d+)<', made.html) == listed


@pytest.mark.parametrize("roles", [(), ("research",)], ids=["all of it", "a part of it"])
def test_sources_are_numbered_from_one_as_the_mail_cites_them(roles: tuple[str, ...]) -> None:
    text = mail(ordinary_week(), roles).text
    cited = once(re.findall(r"\[(\d+)\]", text))

    assert len(cited) > 2
    assert cited == [str(number) for number in range(1, len(cited) + 1)]
    assert re.findall(r"(?m)^\[(\d+)\] ", text) == cited


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        pytest.param("The Lab has opened its model.", False, id="it speaks of itself"),
        pytest.param("A rival has opened its model.", True, id="it speaks of another"),
    ],
)
def test_who_speaks_of_itself_by_name_is_not_named_again(text: str, is_named: bool) -> None:
    said = claim(text, replace(CITED, source="Lab"), kind=ClaimKind.EXTRACTED)
    made = mail(stored(edition(leads=(story("A model is open", hook=said),))))

    assert (f"“{text}” (Lab)" in " ".join(made.text.split())) is is_named


def test_the_subject_is_the_news_of_the_first_story() -> None:
    assert mail(ordinary_week()).subject == "Mistral warns of dependence on closed models"


def test_an_opening_of_headlines_is_left_to_the_headlines() -> None:
    of = ordinary_week()
    headlines = tuple(claim(lead.headline, kind=ClaimKind.ABSENT) for lead in of.edition.leads)
    made = mail(replace(of, edition=replace(of.edition, opening=headlines)))

    assert " ".join(made.text.split()).count(of.edition.leads[1].headline) == 1


def test_each_role_reads_first_what_is_for_it_but_a_reader_who_chose_one_has_nothing_else() -> None:
    of = ordinary_week()
    more = tuple(story(f"More news {number}", hook=claim("It is.", CITED)) for number in range(8))
    of = replace(of, edition=replace(of.edition, further=(*of.edition.further, *more)))
    ids = tuple(story.id for story in of.edition.stories())
    minute = (
        RoleTop(role="research", stories=ids[::-1]),
        RoleTop(role="policy", stories=ids[2:3]),
    )
    several = replace(of, edition=replace(of.edition, minute=minute))
    headlines = {story.id: story.headline for story in of.edition.stories()}
    everybody = minute_of(mail(several))

    assert everybody == [
        "Researchers",
        *(headlines[story] for story in ids[:-4:-1]),
        "Policy and legal teams",
        headlines[ids[2]],
    ]
    assert "By role" not in mail(several, ("research",)).text
    assert "By role" not in mail(of).text


def test_where_an_edition_has_no_opening_its_lead_stories_come_before_the_list_by_role() -> None:
    of = ordinary_week()
    more = tuple(story(f"More news {number}", hook=claim("It is.", CITED)) for number in range(8))
    ids = tuple(story.id for story in of.edition.stories())
    week = replace(
        of.edition,
        further=(*of.edition.further, *more),
        minute=(RoleTop(role="research", stories=ids),),
    )
    made = mail(replace(of, edition=week))
    bare = mail(replace(of, edition=replace(week, opening=())))

    for text, without_opening in ((made.text, bare.text), (made.html, bare.html)):
        assert text.index("By role") < text.index("Lead stories")
        assert without_opening.index("Lead stories") < without_opening.index("By role")
        assert without_opening.count("By role") == 1


def test_a_list_by_role_that_would_repeat_all_of_an_edition_is_left_out() -> None:
    of = ordinary_week()
    ids = tuple(story.id for story in of.edition.stories())
    minute = (RoleTop(role="research", stories=ids[:3]),)

    assert "By role" not in mail(replace(of, edition=replace(of.edition, minute=minute))).text


def minute_of(made: Mail) -> list[str]:
    """The roles and headlines of the section "By role"."""
    part = made.text.partition("By role\n-------\n")[2].partition("Lead stories")[0]
    lines = re.sub(r"\n  (?=\S)", " ", part).splitlines()
    return [line.removeprefix("- ") for line in lines if line]


def test_a_story_says_why_it_matters_rather_than_what_changed() -> None:
    lead = story(
        "Prices fall",
        hook=claim("A million tokens cost 38 % less.", kind=ClaimKind.WRITTEN),
        changes=(claim("The list price changed.", kind=ClaimKind.WRITTEN),),
    )
    matters = claim("Buyers may pay less.", kind=ClaimKind.WRITTEN)
    only = mail(stored(edition(leads=(lead,))))
    both = mail(stored(edition(leads=(replace(lead, matters=matters),))))

    assert "The list price changed." in only.text
    assert "Buyers may pay less." in both.text
    assert "The list price changed." not in both.text + both.html


def test_a_mail_has_the_figures_of_a_story_with_the_articles_that_state_them() -> None:
    lead = replace(
        story("Northwind opens a model", hook=claim("Northwind opened a second model.")),
        figures=(claim("12B parameters"), claim("$3 per million tokens")),
    )
    made = mail(stored(edition(leads=(lead,))))

    for text in (made.text, made.html):
        assert text.index("second model") < text.index("12B parameters") < text.index("$3 per")


def test_what_is_planned_of_a_story_in_the_mail_is_to_be_watched() -> None:
    of = ordinary_week()
    first = of.edition.leads[0]
    plans = tuple(
        EditionPlan(
            day=date(2026, 7, 21),
            story=story_id,
            path="",
            headline="",
            claim=claim(text, kind=ClaimKind.WRITTEN),
        )
        for story_id, text in ((first.id, "The court rules."), ("elsewhere", "Nobody is told."))
    )
    made = mail(replace(of, edition=replace(of.edition, watch=plans)))

    assert "- 21 July 2026. The court rules." in made.text
    assert "Nobody is told." not in made.text + made.html


def test_text_has_curly_marks_but_where_it_quotes() -> None:
    lead = story(
        "Tessellon's chip is late",
        hook=claim("The firm's chip isn't \"ready\" & <done>.", kind=ClaimKind.WRITTEN),
        changes=(claim("It's late"),),
    )
    text = mail(stored(edition(leads=(lead,)))).text

    assert "Tessellon’s chip is late" in text
    assert "The firm’s chip isn’t “ready” & <done>." in text
    assert "“It's late”" in text


def test_what_a_list_of_mails_shows_is_cut_between_words() -> None:
    words = [f"word{number}" for number in range(100, 140)]
    leads = (story("First"), replace(story(" ".join(words)), id="second"))
    html = mail(stored(edition(leads=leads))).html
    shown = html.partition("mso-hide: all")[2].partition(">")[2].partition("<")[0]

    assert len(shown) <= 140
    assert shown.endswith("…")
    assert shown[:-1].split()[-1] in words


def test_a_week_without_figures_says_what_was_left_out_under_no_heading() -> None:
    made = mail(ordinary_week())

    assert "The week in numbers" not in made.text + made.html
    assert "\n168 stories " in made.text


def test_the_words_of_sources_stay_on_the_site() -> None:
    sources = mail(ordinary_week()).text.partition("\nArticles cited\n--------------\n")[2]

    assert "[3] The Next Wire\n    https://" in sources
    assert "“" not in sources


def test_both_parts_say_what_is_quoted_written_and_inferred() -> None:
    made = mail(ordinary_week())
    flat = " ".join(made.text.split())

    assert (
        "“The price of a million tokens fell by 38 % within the quarter.” (Enterprise Ledger) [2]"
        in flat
    )
    assert "likely to pay less for the next contract. (inference) [1][2]" in flat
    assert ">inference</span>" in made.html
    for stated in (
        "in quotation marks",
        "were written by a language model",
        "marked as inference",
    ):
        assert stated in made.html
        assert stated in flat


def test_an_extractive_edition_speaks_of_no_model() -> None:
    made = mail(quiet_week())

    assert "model" not in made.text
    assert "A short edition: 1 of the week’s 3 stories." in made.text
    assert "A short edition: 1 of the week’s 3 stories." in made.html


def test_the_way_out_stands_at_the_top_and_at_the_bottom() -> None:
    made = mail(ordinary_week())
    links = Links(made.html).found
    places = [place for place, link in enumerate(links) if link == LINKS.unsubscribe]

    assert (places[0] < 3, places[-1] >= len(links) - 3) == (True, True)
    assert made.text.index(LINKS.unsubscribe) < 200
    assert made.text.rindex(LINKS.unsubscribe) > len(made.text) - 400


def test_every_text_line_is_short_but_for_addresses() -> None:
    lines = mail(long_week()).text.splitlines()

    assert [line for line in lines if len(line) > 72 and len(line.split()) > 1] == []


def test_a_correction_stands_before_the_stories() -> None:
    made = mail(ordinary_week())

    assert made.text.index("Correction, 14 July 2026.") < made.text.index("Lead stories")
    assert "Correction, 14 July 2026." in made.html


def test_a_title_that_is_the_first_headline_is_not_said_twice() -> None:
    only = stored(edition(leads=(story("One thing happened"),), title="One thing happened"))

    assert mail(only).text.count("One thing happened") == 1
    assert "6–12 July 2026\n==============" in mail(only).text


def test_roles_leave_out_what_speaks_to_others_only() -> None:
    made = mail(ordinary_week(), ("research",))

    assert "Speculative decoding" in made.text
    assert "Two chip makers" in made.text  # speaks to nobody in particular
    assert "Scanner finds" not in made.html + made.text
    assert "Inference prices" in made.subject
    assert re.search(r": Researchers\. 3 ", " ".join(made.text.split()))


def test_a_mail_is_never_empty() -> None:
    only = stored(edition(leads=(story("For developers", roles=("developers",)),)))

    assert edition_mail(only, LINKS, SITE, EMAIL, Segment(roles=("policy",))) is None
    assert edition_mail(stored(edition()), LINKS, SITE, EMAIL) is None


def test_what_does_not_fit_is_cut_from_the_end_and_counted() -> None:
    made, ids = mail(long_week()), [item.id for item in long_week().edition.stories()]
    kept = [name for name in ids if name in made.html]
    unseen = re.search(r">(\d+) more stories on the web</a>", made.html)

    assert MOST_HTML - 15_000 < len(made.html.encode()) <= MOST_HTML
    assert kept == ids[: len(kept)]
    assert unseen
    assert int(unseen[1]) == len(ids) - len(kept)
    assert [name for name in ids if name in made.text] == kept
    assert f"{unseen[1]} more stories" in made.text


def test_links_of_one_subscriber_do_not_reach_another() -> None:
    other = replace(LINKS, unsubscribe="https://news.example/unsubscribe/other?a=1&b=2")
    first, second = mail(ordinary_week()), edition_mail(ordinary_week(), other, SITE, EMAIL)
    assert second is not None

    assert first.html.replace(LINKS.unsubscribe, "X") == second.html.replace(
        "other?a=1&amp;b=2", "abc.0.def"
    ).replace(LINKS.unsubscribe, "X")
    assert other.unsubscribe in second.text


def test_a_link_without_end_is_refused() -> None:
    with pytest.raises(MailError, match="longer than 500"):
        edition_mail(
            quiet_week(), replace(LINKS, preferences="https://x.example/" + "a" * 500), SITE, EMAIL
        )


@pytest.mark.parametrize(
    ("periods", "words"),
    [
        ((PeriodKind.WEEK,), "the weekly edition"),
        ((PeriodKind.DAY,), "daily news"),
        ((PeriodKind.WEEK, PeriodKind.DAY), "the weekly and the daily edition"),
    ],
)
def test_a_confirmation_says_what_was_signed_up_for(
    periods: tuple[PeriodKind, ...], words: str
) -> None:
    made = confirmation_mail("https://news.example/confirm/t0k", SITE, EMAIL, periods)

    assert [
        f"signed up for {words}" in " ".join(text.split()) for text in (made.text, made.html)
    ] == [
        True,
        True,
    ]


def test_a_confirmation_holds_its_link_and_nothing_to_leave() -> None:
    made = confirmation_mail("https://news.example/confirm/t0k", SITE, EMAIL)

    assert set(Links(made.html).found) == {"https://news.example/confirm/t0k"}
    assert "https://news.example/confirm/t0k\n" in made.text
    assert made.subject.endswith(" AI news, checked")


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    """A fresh key."""
    OPENSSL.needed()
    return signing_key(tmp_path_factory.mktemp("key"))


def test_a_letter_is_signed_addressed_and_leads_to_its_own_links(key: SigningKey) -> None:
    letter = digest_letter(ordinary_week(), SUBSCRIBER, key.settings(), KEY, NOW)
    assert letter is not None
    message, links = read(letter.content), Links(part(letter.content, "html")).found
    unsubscribe = links[2]

    assert faults(letter.content, key, mail(ordinary_week()).subject) == []
    assert (letter.envelope_from, letter.envelope_to) == (
        "digest+mfrggzdfmztwq2lknnwa@news.example",
        "reader@mail.example",
    )
    assert unsubscribe.startswith("https://news.example/unsubscribe/abcdefghijkl.2.")
    assert message["List-Unsubscribe"].startswith(
        f"<{unsubscribe}>, <mailto:digest@news.example?subject=unsubscribe%20abcdef"
    )
    assert links[0] == "https://news.example/week/2026-W28/"


def test_a_change_of_a_list_header_breaks_the_signature(key: SigningKey) -> None:
    letter = digest_letter(ordinary_week(), SUBSCRIBER, key.settings(), KEY, NOW)
    assert letter is not None
    changed = letter.content.replace(b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click")
    added = letter.content.replace(b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:")
    subject = mail(ordinary_week()).subject

    assert "DKIM" in faults(changed, key, subject)
    assert "DKIM" in faults(added, key, subject)


def test_a_confirmation_is_signed(key: SigningKey) -> None:
    letter = confirmation_letter(SUBSCRIBER, "t0k", key.settings(), NOW)

    subject = confirmation_mail("https://news.example/confirm/t0k", SITE, EMAIL).subject
    assert set(faults(letter.content, key, subject)) == {
        "encoded words",
        "link to leave",
    }
    assert read(letter.content)["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("editions", [30, pytest.param(1_000, marks=pytest.mark.soak)])
def test_hostile_editions_become_sound_mails(key: SigningKey, editions: int) -> None:
    found = report((hostile_week(seed) for seed in range(editions)), key)

    assert (found["built"], found["failures"], found["first"]) == (editions, 0, [])


def test_a_text_browser_reads_the_html_in_order(tmp_path: Path) -> None:
    page = tmp_path / "mail.html"
    page.write_text(mail(ordinary_week()).html, encoding="utf-8")
    try:
        shown = subprocess.run(
            [
                "w3m",
                "-dump",
                "-T",
                "text/html",
                "-I",
                "UTF-8",
                "-O",
                "UTF-8",
                "-cols",
                "72",
                str(page),
            ],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
    except FileNotFoundError:
        pytest.skip(W3M.reason)
    marks = (
        "Unsubscribe",
        "Edition 12",
        "Open weights, closed",
        "Lead stories",
        "Mistral warns",
        "Papers",
        "Articles cited",
        "Unsubscribe",
    )
    places: list[int] = []
    for mark in marks:
        places.append(shown.index(mark, places[-1] + 1 if places else 0))

    assert places == sorted(places)


def test_a_subscriber_of_papers_gets_papers_only() -> None:
    of = ordinary_week()
    papers = edition_mail(of, LINKS, SITE, EMAIL, Segment(sections=("papers",)))

    assert papers is not None
    assert [story.headline in papers.text for story in of.edition.stories()] == [
        story.lane is Lane.PAPER for story in of.edition.stories()
    ]


def test_a_mail_holds_only_stories_of_the_chosen_topics_each_once() -> None:
    week = ordinary_week()
    first, second, *rest = week.edition.leads
    leads = (
        replace(first, topics=("models",)),
        replace(second, topics=("agents", "open-weights")),
        *rest,
    )
    of = replace(week, edition=replace(week.edition, leads=leads))
    segment = Segment(topics=("agents", "open-weights"), topic_names=("Agents", "Open weights"))
    made = edition_mail(of, LINKS, SITE, EMAIL, segment)

    assert made is not None
    text = " ".join(made.text.split())
    assert made.subject == second.headline.rstrip(".")
    assert text.count(second.headline) == 1
    assert [story.headline in text for story in (first, *rest, *week.edition.further)] == [
        False
    ] * (1 + len(rest) + len(week.edition.further))
    assert "You chose: Agents, Open weights." in text
    assert edition_mail(of, LINKS, SITE, EMAIL, Segment(topics=("law",))) is None


def test_the_next_letter_says_which_chosen_role_and_topic_the_site_no_longer_has(
    key: SigningKey,
) -> None:
    chosen = replace(SUBSCRIBER, roles=("security", "typists"), topics=("models", "bees"))
    week = ordinary_week()
    first, *rest = week.edition.leads
    of = replace(
        week,
        edition=replace(
            week.edition, leads=(replace(first, topics=("models",), roles=("security",)), *rest)
        ),
    )
    letter = digest_letter(of, chosen, key.settings(), KEY, NOW, topic_names={"models": "Models"})

    assert letter is not None
    text = " ".join(part(letter.content, "plain").split())
    assert "This site no longer has: typists, bees. The rest of your choice stays" in text
    assert "You chose: Enterprise and security teams, Models." in text


def test_stories_on_what_is_followed_come_first_once_and_say_why() -> None:
    week = ordinary_week()
    first, *rest = week.edition.further
    followed = replace(first, subjects=("vllm",))
    edition = replace(week.edition, further=(followed, *rest))
    vllm = Followed(path="entity/vllm", name="vLLM")
    segment = Segment(topics=("law",), follows=(vllm, Followed(path="topic/none", name="None")))
    made = edition_mail(stored(edition), LINKS, SITE, EMAIL, segment)
    everything = edition_mail(stored(edition), LINKS, SITE, EMAIL, Segment(follows=(vllm,)))

    assert made is not None
    assert everything is not None
    assert made.subject == everything.subject == followed.headline.rstrip(".")
    for text in (made.text, everything.text):
        words = " ".join(text.split())
        assert words.count(followed.headline) == 1
        assert words.index("From what you follow") < words.index(followed.headline)
        assert words.count("because you follow vLLM") == 1
    assert week.edition.leads[0].headline not in made.text
    assert week.edition.leads[0].headline in " ".join(everything.text.split())
