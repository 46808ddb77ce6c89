"""Editions for tests, with texts of our own: an ordinary week, a quiet one, and weeks that somebody
made to break a mail.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime

from aggregator.digest.mail.letters import MailLinks
from aggregator.domain.claim import ClaimKind
from aggregator.domain.ids import stable_id
from aggregator.domain.publishing.edition import (
    Correction,
    Edition,
    EditionNumbers,
    EditionStory,
    Omission,
    StoredEdition,
    Theme,
)
from aggregator.domain.publishing.printed import PrintedCitation, PrintedClaim
from aggregator.domain.settings import EmailSettings, SiteSettings
from aggregator.domain.source import Lane
from aggregator.english.text import slug

SITE = SiteSettings(base_url="https://news.example", contact="editor@news.example")
EMAIL = EmailSettings(
    from_="AI news, checked <digest@news.example>",
    postal_address="AI news, 1 Example Street, Exampleton",
)
LINKS = MailLinks(
    unsubscribe="https://news.example/unsubscribe/abc.0.def",
    preferences="https://news.example/preferences/abc.0.def",
    web="https://news.example/week/2026-w28/",
    one_click="https://news.example/unsubscribe/abc.0.def",
    mailto="mailto:digest@news.example?subject=unsubscribe%20abc.0.def",
)

# What titles are made of where somebody tries: see `hostile_title`.
POOLS = (
    "😀🚀👩‍💻 ", "שלום עולם ", "مرحبا ", "\x00\x1b[31m\r\nBcc: all@victim.example\x85\u2028\u2029 ",
    "\u202eevil\u2066 ", "\ud800\udfff ", "=?utf-8?q?a=0D=0AX-Evil:_1?= ",
    "<script>alert(1)</script> ", "{{ 7 * 7 }} ", "漢字かな", "e\u0301 ",
    "Mistral warns of closed models ", "x" * 200, "“quoted” \"twice\" ", "\ufeff\u200b\u00ad",
    "&amp; &lt;b&gt; ",
)  # fmt: skip

_SOURCES = (
    "The Next Wire",
    "Enterprise Ledger",
    "Model Gazette",
    "Open Weights Weekly",
    "Lab Notes",
    "Systems Review",
)


class Numbers:
    """Numbers citations through an edition."""

    def __init__(self) -> None:
        """Starts at 1."""
        self._last = 0

    def cite(self, quote: str, source: str, url: str | None = None) -> PrintedCitation:
        """The next citation."""
        self._last += 1
        address = f"https://{slug(source)}.example/{slug(quote)}" if url is None else url
        return PrintedCitation(
            number=self._last,
            passage=f"{stable_id(quote)}.1.2",
            quote=quote,
            source=source,
            url=address,
        )


def claim(
    text: str, *cited: PrintedCitation, kind: ClaimKind = ClaimKind.EXTRACTED
) -> PrintedClaim:
    """A sentence that rests on these citations."""
    return PrintedClaim(text=text, kind=kind, citations=cited)


def story(
    headline: str,
    *,
    hook: PrintedClaim | None = None,
    changes: Sequence[PrintedClaim] = (),
    lane: Lane = Lane.NEWS,
    source: str = "The Next Wire",
    lang: str = "",
    roles: tuple[str, ...] = (),
    is_update: bool = False,
) -> EditionStory:
    """A story with a page of its own."""
    name = stable_id(headline)
    return EditionStory(
        id=name,
        path=f"story/{slug(headline)}-{name}/",
        headline=headline,
        lang=lang,
        lane=lane,
        source=source,
        reach="3 independent sources" if lane is Lane.NEWS else "single source",
        hook=hook,
        changes=tuple(changes),
        roles=roles,
        is_update=is_update,
    )


def stored(edition: Edition, *corrections: str) -> StoredEdition:
    """The edition as it is kept."""
    at = datetime(2026, 7, 14, 9, tzinfo=UTC)
    return StoredEdition(
        edition=edition,
        digest=stable_id(repr(edition)),
        corrections=tuple(Correction(at=at, text=text) for text in corrections),
    )


def edition(
    *,
    opening: Sequence[PrintedClaim] = (),
    leads: Sequence[EditionStory] = (),
    further: Sequence[EditionStory] = (),
    papers: Sequence[EditionStory] = (),
    releases: Sequence[EditionStory] = (),
    themes: Sequence[Theme] = (),
    title: str = "Open weights, closed doors, and a bill for both",
    quiet: bool = False,
    engine: str = "ollama",
) -> Edition:
    """An edition of the week of 6 July 2026."""
    return Edition(
        week="2026-W28",
        number=12,
        published=datetime(2026, 7, 13, 6, tzinfo=UTC),
        title=title,
        opening=tuple(opening),
        themes=tuple(themes),
        leads=tuple(leads),
        further=tuple(further),
        papers=tuple(papers),
        releases=tuple(releases),
        numbers=EditionNumbers(
            stories=3 if quiet else 1_284,
            articles=9 if quiet else 2_417,
            sources=64,
            origins=58,
            papers=212,
            releases=37,
            days=(0, 1, 0, 2, 0, 0, 0) if quiet else (204, 231, 246, 219, 198, 96, 90),
        ),
        left_out=()
        if quiet
        else (
            Omission(reason="another story of the same source stood higher", stories=41),
            Omission(reason="in another language", stories=118),
            Omission(reason="told in an edition before, and nothing new in it", stories=9),
        ),
        minutes=1 if quiet else 7,
        quiet=quiet,
        engine=engine,
    )


def ordinary_week() -> StoredEdition:
    """Leads, further stories, papers, releases; quoted, written and inferred sentences; an update;
    a correction.
    """
    cite = Numbers().cite
    warned = cite(
        "vendors of closed models gain leverage over the firms that build on them", "The Next Wire"
    )
    costs = cite(
        "the price of a million tokens fell by 38 % within the quarter", "Enterprise Ledger"
    )
    opening = (
        claim(
            "Mistral told its customers that closed models hand leverage to their vendors.",
            warned,
            kind=ClaimKind.WRITTEN,
        ),
        claim("The price of a million tokens fell by 38 % within the quarter.", costs),
        claim(
            "Firms that can move between models are likely to pay less for the next contract.",
            warned,
            costs,
            kind=ClaimKind.INFERRED,
        ),
    )
    leads = (
        story(
            "Mistral warns of dependence on closed models",
            hook=claim(
                (
                    "“Vendors of closed models gain leverage over the firms that build "
                    "on them”, its chief told the paper."
                ),
                cite("gain leverage over the firms that build on them", "The Next Wire"),
                cite("leverage over firms", "Enterprise Ledger"),
            ),
            changes=(
                claim(
                    (
                        "The company published the weights of its 24-billion-parameter model under "
                        "Apache 2.0."
                    ),
                    cite(
                        "published the weights of its 24-billion-parameter model under Apache 2.0",
                        "Open Weights Weekly",
                    ),
                    kind=ClaimKind.WRITTEN,
                ),
                claim(
                    (
                        "Buyers with one supplier may have to renegotiate before prices "
                        "are fixed in autumn."
                    ),
                    cite("prices will be fixed in autumn", "Enterprise Ledger"),
                    kind=ClaimKind.INFERRED,
                ),
            ),
            roles=("leadership",),
        ),
        story(
            "Inference prices fall by more than a third, and the cheapest tier moves most",
            hook=claim("The price of a million tokens fell by 38 % within the quarter.", costs),
            changes=(
                claim(
                    "The cheapest tier now costs $0.04 per million input tokens.",
                    cite("$0.04 per million input tokens", "Systems Review", ""),
                    kind=ClaimKind.WRITTEN,
                ),
            ),
            is_update=True,
            source="Enterprise Ledger",
        ),
    )
    names = (
        "A court in Hamburg rules that training on licensed news is no quotation",
        "Two chip makers agree on one format for four-bit weights",
        "שחרור מודל פתוח בעברית לחוקרים",
        "Scanner finds 1,900 public endpoints without a password",
    )
    further = tuple(
        story(
            name,
            hook=claim(
                (
                    f"What was said of it stands here, word for word, in paragraph {number + 3} of "
                    f"the report."
                ),
                cite(f"word for word, paragraph {number}", _SOURCES[number]),
            ),
            source=_SOURCES[number],
            lang="he" if name[0] == "ש" else "",
            roles=("security",) if number == 3 else (),
        )
        for number, name in enumerate(names)
    )
    papers = (
        story(
            "Speculative decoding without a draft model",
            lane=Lane.PAPER,
            source="arXiv cs.CL",
            roles=("research",),
            hook=claim(
                "We reach 2.1 times the speed at equal output.",
                cite("2.1 times the speed", "arXiv cs.CL"),
            ),
        ),
        story(
            "On the half-life of benchmark results",
            lane=Lane.PAPER,
            source="arXiv cs.LG",
            roles=("research",),
        ),
    )
    releases = (
        story(
            "llama.cpp b9120",
            lane=Lane.RELEASE,
            source="llama.cpp",
            roles=("developers",),
            hook=claim(
                "The server now keeps the prompt cache across restarts.",
                cite("keeps the prompt cache", "llama.cpp"),
            ),
        ),
    )
    themes = (
        Theme(name="Open weights", stories=(leads[0].id, further[2].id)),
        Theme(name="Cost of inference", stories=(leads[1].id,)),
    )
    made = edition(
        opening=opening,
        leads=leads,
        further=further,
        papers=papers,
        releases=releases,
        themes=themes,
    )
    return stored(made, "The first version gave the price per thousand tokens; it is per million.")


def quiet_week() -> StoredEdition:
    """One story and nothing else, by the extractive engine."""
    cited = Numbers().cite("the outage lasted 40 minutes", "Systems Review")
    lead = story(
        "An outage of 40 minutes",
        hook=claim("The outage lasted 40 minutes.", cited),
        source="Systems Review",
    )
    return stored(edition(leads=(lead,), title="A quiet week", quiet=True, engine="extractive"))


def long_week(stories: int = 60, changes: int = 4) -> StoredEdition:
    """More than a mail can hold: long titles, many citations."""
    cite = Numbers().cite

    def stated(name: str) -> PrintedClaim:
        return claim(
            f"{name} " + "the words of it and more " * 12,
            cite(f"{name} " + "what was said of it " * 11, "Lab Notes"),
        )

    reported = tuple(
        story(
            f"Story {number}: " + "a title that goes on " * 6,
            hook=stated(f"Hook {number}"),
            changes=[stated(f"Change {number}.{place}") for place in range(changes)],
        )
        for number in range(stories)
    )
    return stored(
        edition(
            leads=reported[:4],
            further=reported[4 : stories - 20],
            papers=reported[-20:-10],
            releases=reported[-10:],
        )
    )


def hostile_title(chance: random.Random) -> str:
    """A title out of emoji, right-to-left, controls, surrogates and encoded words; one in twenty
    has 10 KB.
    """
    title = "".join(chance.choice(POOLS) for _ in range(chance.randint(1, 12)))
    return title * (10_000 // len(title) + 1) if chance.random() < 0.05 else title


def hostile_week(seed: int) -> StoredEdition:
    """An edition in which every text from outside is hostile."""
    chance = random.Random(seed)
    cite = Numbers().cite

    def stated() -> PrintedClaim:
        kind = chance.choice(tuple(ClaimKind))
        url = chance.choice(
            (
                None,
                "",
                "javascript:alert(1)",
                "https://x.example/" + "a" * chance.randint(0, 5_000),
                "http://[::1",
            )
        )
        return claim(
            hostile_title(chance),
            cite(hostile_title(chance), hostile_title(chance), url),
            kind=kind,
        )

    reported = tuple(
        story(
            hostile_title(chance),
            hook=stated() if chance.random() < 0.8 else None,
            changes=tuple(stated() for _ in range(chance.randint(0, 3))),
            source=hostile_title(chance),
            lang=chance.choice(("", "he", 'x"><', "zh-Hant")),
            is_update=chance.random() < 0.2,
        )
        for _ in range(chance.randint(1, 30))
    )
    themes = (Theme(name=hostile_title(chance), stories=(reported[0].id,)),)
    cut = chance.randint(1, len(reported))
    made = edition(
        opening=tuple(stated() for _ in range(chance.randint(0, 4))),
        leads=reported[:cut],
        further=reported[cut:],
        themes=themes,
        title=hostile_title(chance),
    )
    return stored(made, hostile_title(chance))
