"""Records for tests, with texts of our own: stories as the pipeline tells them, from a word to a
whole site; and the files of a folder.

Nothing here was published by anyone; companies with invented names do invented things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from aggregator.domain.article import Article, Read
from aggregator.domain.claim import (
    Action,
    Analysis,
    Audience,
    Citation,
    Claim,
    ClaimKind,
    Disagreement,
    Draft,
    Rejection,
    TimelineRow,
)
from aggregator.domain.dates import Precision
from aggregator.domain.entry import DateOrigin, EntryDate
from aggregator.domain.fact import Attribute, AttributeFact, SubjectKind
from aggregator.domain.fetch_state import SourceDay
from aggregator.domain.ids import stable_id
from aggregator.domain.insight import (
    Cell,
    CellState,
    Comparison,
    ComparisonRow,
    Insight,
    Specification,
    SpecificationRow,
)
from aggregator.domain.operation.calibration import JudgeRates
from aggregator.domain.operation.source_status import HealthStatus, SourceHealth, SourceStatus
from aggregator.domain.sections import Section
from aggregator.domain.source import Lane, Source
from aggregator.domain.story import (
    Entity,
    EntityKind,
    HistoryEntry,
    HistoryKind,
    Member,
    PublishedStory,
    Story,
    StoryOverrides,
)
from aggregator.english.text import slug
from aggregator.hooks.sections import all_sections

NOON = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)


def article(
    title: str = "Mistral warns of dependence on closed models",
    *,
    key: str = "daily",
    at: datetime = NOON,
    read: Read = Read.FULL,
    url: str | None = None,
    language: str | None = "en",
    origin: DateOrigin = DateOrigin.FEED,
    shortfall: str | None = None,
) -> Article:
    """An article without passages, as the store hands it to pages."""
    address = url or f"https://{key}.example/{slug(title)}"
    return Article(
        id=stable_id(address),
        version=1,
        source_key=key,
        url=address,
        canonical_url=address,
        title=title,
        published=EntryDate(at=at, origin=origin),
        first_seen=at + timedelta(minutes=11),
        read=read,
        passages=(),
        language=language,
        shortfall=shortfall,
    )


def member(
    of: Article | None = None,
    *,
    name: str = "The Daily Model",
    family: str = "",
    lane: Lane = Lane.NEWS,
    copy_of: str | None = None,
    primary: bool = False,
) -> Member:
    """A member of a story; its family is its source unless said otherwise."""
    of = of or article()
    return Member(
        article=of,
        family=family or of.source_key,
        source_name=name,
        lane=lane,
        weight=1.0,
        copy_of=copy_of,
        primary=primary,
    )


def claim(
    text: str, *of: Article, kind: ClaimKind = ClaimKind.EXTRACTED, n: int = 1, quote: str = ""
) -> Claim:
    """A claim that cites passage `n` of each article with its own text, or with `quote`."""
    cited = of or (article(),)
    citations = tuple(
        Citation(passage=f"{each.id}.{each.version}.{n}", quote=quote or text) for each in cited
    )
    return Claim(text=text, kind=kind, citations=citations)


def headline(of: Article) -> Claim:
    """The headline as published, cited as passage 0."""
    return claim(of.title, of, n=0)


def story(members: Sequence[Member] = (), *, score: float = 1.0, week: str = "") -> Story:
    """The story of these members, the first its founder."""
    members = tuple(members) or (member(),)
    first = members[0].article
    calendar = first.published.at.isocalendar()
    return Story(
        id=first.id,
        slug=slug(first.title),
        week=week or f"{calendar.year}-W{calendar.week:02}",
        published=first.published.at,
        updated=max(each.article.published.at for each in members),
        first_seen=first.first_seen,
        members=members,
        score=score,
        importance=score,
    )


def published_story(
    of: Story | None = None,
    draft: Draft | None = None,
    *,
    engine: str = "extractive",
    model: str | None = None,
    rejected: tuple[tuple[Rejection, int], ...] = (),
) -> PublishedStory:
    """A story with its analysis; without a draft it has its headline alone."""
    of = of or story()
    analysis = Analysis(
        story_id=of.id,
        engine=engine,
        model=model,
        analysed_at=of.first_seen + timedelta(minutes=6),
        inputs=stable_id("inputs", of.id),
        kept=draft or Draft(headline=headline(of.members[0].article)),
        rejected=rejected,
    )
    return PublishedStory(story=of, analysis=analysis)


JUDGE = JudgeRates(
    model="guardian:8b",
    digest="sha256:abc",
    threshold=0.912345,
    false_passed=0.0402,
    true_refused=0.118,
)


def judged_story() -> PublishedStory:
    """A story whose sentences a model wrote and a judge judged: one is quoted, one written, and one
    inferred.
    """
    first = article("Northwind opens its model")
    draft = Draft(
        headline=headline(first),
        hook=claim("Northwind opened it.", first, kind=ClaimKind.WRITTEN, quote="is open now"),
        why_it_matters=(
            claim("Rivals may follow.", first, kind=ClaimKind.INFERRED, quote="is open now"),
        ),
    )
    of = published_story(story((member(first),)), draft, engine="ollama", model="small:4b")
    return replace(of, analysis=replace(of.analysis, judge=JUDGE))


def source(key: str = "daily", name: str = "The Daily Model", *, lane: Lane = Lane.NEWS) -> Source:
    """A source that is followed."""
    return Source(key=key, name=name, url=f"https://{key}.example/feed.xml", lane=lane)


def standing(
    of: Source | None = None, *, articles: int = 3, reason: str | None = None
) -> SourceStatus:
    """The standing of a source that brought three entries at `NOON`; with a reason it fails since
    two days before.
    """
    since, followed = (NOON - timedelta(days=2) if reason else None), of or source()
    failing = SourceHealth(
        verdict=HealthStatus.UNREACHABLE, why=f"The last attempt failed: {reason}.", since=since
    )
    brought = SourceDay(
        source_key=followed.key, day=NOON.date(), asked=24, read=2, not_modified=22, new=3, items=20
    )
    return SourceStatus(
        source=followed,
        health=(
            failing
            if reason
            else SourceHealth(verdict=HealthStatus.OK, why="Seldom quiet for more than 3 days.")
        ),
        articles=articles,
        full=max(0, articles - 1),
        newest=NOON if articles else None,
        failing_since=since,
        reason=reason,
        pages=articles,
        walled=min(articles, 1),
        rhythm="seldom quiet for more than 3 days",
        days=(
            (replace(brought, day=NOON.date() + timedelta(days=1), new=0, failed=3), brought)
            if reason
            else (brought,)
        ),
    )


def leverage_story() -> PublishedStory:
    """A story with every section: four links, three origins, one copy, a vendor's post, planned and
    past dates.
    """
    post = article(
        "Why open weights are a matter of sovereignty", key="mistral", at=NOON - timedelta(hours=5)
    )
    wire = article(
        "Mistral CEO: closed AI labs could use your own data against you", key="tnw", at=NOON
    )
    copy = article(
        "Mistral CEO: closed AI labs could use your own data against you – and that's a problem",
        key="wirecopy",
        at=NOON + timedelta(hours=2),
        read=Read.EXCERPT,
        shortfall="http 403",
    )
    other = article(
        "Mensch says vendors hold leverage over firms", key="ledger", at=NOON + timedelta(hours=3)
    )
    members = (
        member(post, name="Mistral AI", lane=Lane.LAB, primary=True),
        member(wire, name="The Next Wire"),
        member(copy, name="Wire Copy", family="wirecopy", copy_of=wire.id),
        member(other, name="Enterprise Ledger"),
    )
    draft = Draft(
        headline=headline(other),
        hook=claim(
            (
                "Arthur Mensch said on Saturday that vendors of closed models gain "
                "leverage over the firms whose data they see."
            ),
            wire,
            quote="vendors of closed models gain leverage over the firms whose data they see",
        ),
        what_changed=(
            claim(
                (
                    "Mistral told its customers on 4 July 2026 to keep prompts and "
                    "weights on their own machines."
                ),
                post,
            ),
            claim(
                (
                    "Sixty percent of its revenue now comes from deployments that customers run "
                    "themselves."
                ),
                wire,
                other,
            ),
        ),
        why_it_matters=(
            claim(
                (
                    "Data seen by a vendor can improve the product of a competitor, he said; he "
                    "named no case."
                ),
                wire,
            ),
        ),
        who_should_care=(
            Audience(
                role="security",
                claim=claim("Security teams should know which prompts leave the company.", other),
            ),
            Audience(
                role="policy",
                claim=claim(
                    "The duties for general-purpose models are enforced from August.", post
                ),
            ),
        ),
        takeaways=(
            claim("OpenAI declined to comment.", other),
            claim(
                "Anthropic said it does not train on commercial data unless a customer opts in.",
                other,
            ),
            claim("Mistral publishes the weights of its smaller models under Apache 2.0.", post),
            claim(
                "The first model, of 7.3 billion parameters, was released on 27 September 2023.",
                post,
            ),
        ),
        added=_mechanism(post, wire),
        timeline=(
            _row(
                date(2023, 4, 1), Precision.MONTH, claim("Mistral was founded in April 2023.", wire)
            ),
            _row(
                date(2023, 9, 27),
                Precision.DAY,
                claim("Mistral 7B was released under Apache 2.0.", post),
            ),
            _row(
                date(2024, 2, 26),
                Precision.DAY,
                claim("Mistral Large appeared, its weights unpublished.", other),
            ),
            _row(
                date(2026, 7, 4),
                Precision.DAY,
                claim("Mensch published his post on leverage.", wire),
                this_event=True,
            ),
            _row(
                date(2026, 8, 2),
                Precision.DAY,
                claim("Enforcement of the duties begins.", post),
                planned=True,
            ),
        ),
        disagreements=(
            Disagreement(
                question="More than 60 percent or 55 percent of its revenue?",
                claims=(
                    claim("More than 60 percent of its revenue is on-premises.", wire),
                    claim("It is 55 percent.", other),
                ),
            ),
        ),
    )
    of = replace(
        story(members, score=9.5),
        history=(
            _fact(
                1,
                "Sixty percent of its revenue comes from deployments of customers.",
                wire,
                hours=0,
            ),
            _fact(
                2,
                "Sixty-two percent of its revenue comes from deployments of customers.",
                other,
                hours=27,
                changes=1,
            ),
            _fact(3, "Three ministries asked Mistral for weights on Sunday.", other, hours=27),
        ),
        operator=StoryOverrides(note="The share of revenue was asked for again on Sunday."),
    )
    return replace(
        published_story(of, draft, rejected=((Rejection.NUMBER, 1), (Rejection.QUOTE_TOO_LONG, 2))),
        insight=_insight(post, wire, other),
    )


def _mechanism(post: Article, wire: Article) -> tuple[tuple[Section, tuple[Claim, ...]], ...]:
    """How it works; nothing where the plugin of this section is off."""
    found = (
        claim("The model uses sliding-window attention over 32 layers.", post),
        claim("A router sends each token to two of eight experts.", wire),
    )
    return tuple((section, found) for section in all_sections() if section.key == "mechanism")


def _insight(post: Article, wire: Article, other: Article) -> Insight:
    """A comparison with a cell of every kind, and a specification with a gap."""
    absent = Cell(state=CellState.NOT_STATED)

    def stated(
        *facts: AttributeFact, is_old: bool = False, later: AttributeFact | None = None
    ) -> Cell:
        state = CellState.STATED if len(facts) == 1 else CellState.DISPUTED
        return Cell(state=state, facts=facts, is_old=is_old, later=later)

    weights = stated(attribute_fact("Mistral 7B", Attribute.WEIGHTS, "weights are published", post))
    price = attribute_fact(
        "Mistral 7B", Attribute.PRICE, "$0.25 per million tokens", wire, qualifier="million tokens"
    )
    dearer = attribute_fact(
        "Mistral 7B", Attribute.PRICE, "$0.30 per million tokens", other, qualifier="million tokens"
    )
    context = attribute_fact("GPT-5.2", Attribute.CONTEXT, "400,000 tokens", wire)
    longer = attribute_fact("GPT-5.2", Attribute.CONTEXT, "1,000,000 tokens", other)
    rows = (
        (Attribute.WEIGHTS, "", weights, absent),
        (Attribute.CONTEXT, "", absent, stated(context, later=longer)),
        (
            Attribute.PRICE,
            "million tokens",
            stated(price, dearer),
            stated(replace(price, name="GPT-5.2"), is_old=True),
        ),
    )
    return Insight(
        comparison=Comparison(
            products=("Mistral 7B", "GPT-5.2"),
            rows=tuple(
                ComparisonRow(attribute=row[0], qualifier=row[1], cells=row[2:]) for row in rows
            ),
        ),
        specification=Specification(
            product="Mistral 7B",
            rows=(
                SpecificationRow(attribute=Attribute.WEIGHTS, qualifier="", cell=weights),
                SpecificationRow(attribute=Attribute.PARAMETERS, qualifier="", cell=absent),
                SpecificationRow(
                    attribute=Attribute.PRICE,
                    qualifier="million tokens",
                    cell=stated(price, dearer),
                ),
            ),
        ),
    )


def attribute_fact(
    name: str, attribute: Attribute, text: str, of: Article, *, qualifier: str = ""
) -> AttributeFact:
    """What an article states of a model on the day it appeared."""
    return AttributeFact(
        subject=slug(name),
        name=name,
        kind=SubjectKind.MODEL,
        attribute=attribute,
        qualifier=qualifier,
        value=text,
        text=text,
        as_of=of.published.at.date(),
        passage=f"{of.id}.{of.version}.1",
        quote=f"{name}: {text}",
    )


def _fact(
    n: int, text: str, of: Article, *, hours: float, changes: int | None = None
) -> HistoryEntry:
    """An entry of a ledger, learnt so many hours after noon."""
    kind = HistoryKind.CHANGED if changes else HistoryKind.ADDED
    at = NOON + timedelta(hours=hours - 5)
    return HistoryEntry(
        n=n, article_id=of.id, at=at, kind=kind, text=text, passage=f"{of.id}.1.2", replaces=changes
    )


def _row(
    day: date, precision: Precision, of: Claim, *, planned: bool = False, this_event: bool = False
) -> TimelineRow:
    return TimelineRow(
        day=day, precision=precision, planned=planned, this_event=this_event, claim=of
    )


_NEWS = (
    (
        "Northwind opens a second model under Apache 2.0",
        "The new model has 12 billion parameters and runs on one graphics card.",
        "Labs may use the weights in products without asking.",
    ),
    (
        "Court orders Halden to disclose its training data",
        "A judge in Oslo gave the company 30 days to list the books it used.",
        "The order is the first of its kind in the country, and others may follow it.",
    ),
    (
        "Chip maker Ferrow cuts prices of inference cards by a third",
        "The F40 now costs 2,100 dollars, a third less than in March.",
        "Running a mid-size model at home becomes cheaper than a year of subscriptions.",
    ),
    (
        "Hospital network stops pilot of diagnostic assistant",
        "Nine of 40 wards had already left the trial when it was ended.",
        "Regulators had warned that nobody could say who answers for an error.",
    ),
    (
        "Open speech model reads 98 languages aloud",
        "Samples in 98 languages were published with the code on Tuesday.",
        "Small languages get a voice that needs no cloud service.",
    ),
    (
        "Parliament agrees on labels for generated pictures",
        "The labels must be readable by machines from February.",
        "Platforms that strip them could be fined up to two percent of revenue.",
    ),
    (
        "Search engine Querra adds answers with sources",
        "Each answer names at least two pages, and a click opens the passage.",
        "Publishers had complained that their readers never arrived.",
    ),
    (
        "Researchers find memorised code in three assistants",
        "In 4,100 tries, the assistants repeated licensed files 212 times.",
        "Firms that ship such code could breach licences without knowing it.",
    ),
    (
        "Robot maker Tallis recalls 1,800 warehouse arms",
        "A faulty sensor let the arms move while people stood beside them.",
        "Insurers raise the question whether learned controllers can be certified.",
    ),
    (
        "City of Bruges publishes all prompts of its chatbot",
        "The list of 63 prompts is updated whenever one changes.",
        "Other councils asked for the tool within days.",
    ),
    (
        "Evaluation group finds leaks in a popular benchmark",
        "One question in eight stood word for word in public training sets.",
        "Rankings that rest on it mean less than they seemed to.",
    ),
    (
        "Start-up Lumen raises 90 million for small models",
        "Its largest model has 3 billion parameters and runs on phones.",
        "Investors bet that most work needs no giant model.",
    ),
)

_SOURCES = (
    ("tnw", "The Next Wire", Lane.NEWS),
    ("ledger", "Enterprise Ledger", Lane.NEWS),
    ("daily", "The Daily Model", Lane.NEWS),
    ("register", "Open Register", Lane.NEWS),
    ("mistral", "Mistral AI", Lane.LAB),
    ("northwind", "Northwind Research", Lane.LAB),
    ("letter", "Letters on Learning", Lane.LETTER),
    ("commons", "The Commons Forum", Lane.COMMUNITY),
    ("preprints", "Preprints in Machine Learning", Lane.PAPER),
    ("forge", "Forge releases", Lane.RELEASE),
)


SAMPLE_TOPICS = {
    "models": "Models",
    "policy": "Law and policy",
    "chips": "Chips",
    "robots": "Robots",
    "quiet": "Quiet topic",
}

_TAGS = (
    ("models", Entity(key="northwind", name="Northwind", kind=EntityKind.COMPANY)),
    ("policy", Entity(key="halden", name="Halden", kind=EntityKind.COMPANY)),
    ("chips", Entity(key="ferrow", name="Ferrow", kind=EntityKind.COMPANY)),
    ("models", Entity(key="tallis", name="Tallis", kind=EntityKind.COMPANY)),
    ("policy", Entity(key="label-act", name="Label Act", kind=EntityKind.REGULATION)),
    ("robots", Entity(key="northwind-2", name="Northwind 2", kind=EntityKind.MODEL)),
)


def news_story(number: int) -> PublishedStory:
    """One of any number of stories: titles repeat with a number, sources, days, sizes and lanes
    vary.
    """
    title, hook, why = _NEWS[number % len(_NEWS)]
    key, name, lane = _SOURCES[(number * 7 + number // 12) % len(_SOURCES)]
    at = NOON - timedelta(hours=5 * (number % 160), minutes=number)
    title = title if number < len(_NEWS) else f"{title}, part {number // len(_NEWS) + 1}"
    first = article(title, key=key, at=at, url=f"https://{key}.example/{number}")
    others = [
        member(
            article(
                f"{title}, says {_SOURCES[place][1]}",
                key=_SOURCES[place][0],
                at=at + timedelta(hours=place + 1),
                url=f"https://{_SOURCES[place][0]}.example/{number}",
            ),
            name=_SOURCES[place][1],
        )
        for place in range(number % 4)
        if _SOURCES[place][0] != key
    ]
    of = story(
        (member(first, name=name, lane=lane), *others), score=2.0 + number % 4 - number / 400
    )
    (topic, entity), (_, second) = (
        _TAGS[number % len(_TAGS)],
        _TAGS[(number + number // 6) % len(_TAGS)],
    )
    of = replace(of, topics=(topic,), entities=(entity,) if entity == second else (entity, second))
    if number % 9 == 8:
        bare = replace(first, read=Read.HEADLINE, shortfall="robots.txt")
        return published_story(replace(of, members=(member(bare, name=name, lane=lane),)))
    draft = Draft(
        headline=headline(first),
        hook=claim(hook, first),
        what_changed=(
            claim(f"{title}: {hook[0].lower()}{hook[1:]}", first),
            *(claim(why, other.article) for other in others[:1]),
        ),
        why_it_matters=(claim(why, first),),
        what_to_do_next=tuple(
            Action(
                role="policy",
                claim=claim("Read what follows.", first, kind=ClaimKind.INFERRED, quote=hook),
                by=by,
            )
            for by in (("",), ("2059-12",), (), ())[number % 4]
        ),
        who_should_care=(
            Audience(role="developers", claim=claim(f"Developers read it first: {hook}", first)),
        ),
        takeaways=tuple(
            claim(f"Point {place}: {text}", first, n=place)
            for place, (_, text, _) in enumerate(_NEWS[:5], start=1)
        ),
        timeline=(_row(at.date(), Precision.DAY, claim(hook, first), this_event=True),),
    )
    return published_story(of, draft, rejected=((Rejection.DATE, number % 3),))


def sample_stories(number: int = 90) -> tuple[PublishedStory, ...]:
    """A site's worth of stories: the leverage story, long and right-to-left titles, and ordinary
    news.
    """
    long_title = article(
        "The Committee on the Internal Market and Consumer Protection adopts its position on the "
        "simplification of conformity assessments for high-risk systems placed on the market "
        "before the date of application of the "
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
        key="register",
        at=NOON - timedelta(hours=3),
    )
    hebrew = article(
        "מודל שפה פתוח חדש מתרגם בין שמונים שפות",
        key="commons",
        at=NOON - timedelta(hours=6),
        language="he",
    )
    return (
        leverage_story(),
        published_story(
            story((member(long_title, name="Open Register"),)),
            Draft(
                headline=headline(long_title),
                hook=claim("The committee adopted the text with 61 votes to 14.", long_title),
            ),
        ),
        published_story(story((member(hebrew, name="The Commons Forum", lane=Lane.COMMUNITY),))),
        *(news_story(each) for each in range(number)),
    )


def sample_standings() -> tuple[SourceStatus, ...]:
    """The standings of the sample's sources, one of them failing."""
    known = tuple(
        standing(
            source(key, name, lane=lane),
            reason="http 503 for two days" if key == "letter" else None,
        )
        for key, name, lane in _SOURCES
    )
    return (*known, standing(source("wirecopy", "Wire Copy"), articles=1))


def files(folder: Path) -> dict[str, bytes]:
    """All files of a folder by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
