"""The sections of the news: a closed list, in the order in which an edition has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from aggregator.domain.claim import Role
from aggregator.domain.source import Lane
from aggregator.domain.wording import N_
from aggregator.english.event_kind import EventKind


class NewsSection(StrEnum):
    """Under which heading a story stands. `OTHER` is for those whose section is not known."""

    MODELS = "models"
    PRODUCTS = "products"
    MONEY = "money"
    LAW = "law"
    RESEARCH = "research"
    SECURITY = "security"
    TOOLS = "tools"
    WORK = "work"
    OTHER = "further"


SECTION_NAMES = {
    NewsSection.MODELS: N_("Models"),
    NewsSection.PRODUCTS: N_("Products"),
    NewsSection.MONEY: N_("Money"),
    NewsSection.LAW: N_("Law and policy"),
    NewsSection.RESEARCH: N_("Research"),
    NewsSection.SECURITY: N_("Security"),
    NewsSection.TOOLS: N_("Tools"),
    NewsSection.WORK: N_("Work and society"),
    NewsSection.OTHER: N_("Other news"),
}
# what stands above a headline: nothing where the section is not known
SECTION_LABELS = {
    section: name for section, name in SECTION_NAMES.items() if section is not NewsSection.OTHER
}
# the sections that a role looks at first
ROLE_SECTIONS = {
    Role.LEADERSHIP: (NewsSection.MONEY, NewsSection.PRODUCTS, NewsSection.WORK),
    Role.DEVELOPERS: (NewsSection.TOOLS, NewsSection.MODELS, NewsSection.PRODUCTS),
    Role.RESEARCH: (NewsSection.RESEARCH, NewsSection.MODELS),
    Role.POLICY: (NewsSection.LAW,),
    Role.SECURITY: (NewsSection.SECURITY,),
    Role.INVESTORS: (NewsSection.MONEY,),
}
_BY_KIND = {
    EventKind.MODEL_RELEASE: NewsSection.MODELS,
    EventKind.PRODUCT: NewsSection.PRODUCTS,
    EventKind.FUNDING: NewsSection.MONEY,
    EventKind.ACQUISITION: NewsSection.MONEY,
    EventKind.BUSINESS: NewsSection.MONEY,
    EventKind.LAW: NewsSection.LAW,
    EventKind.INCIDENT: NewsSection.SECURITY,
    EventKind.RESEARCH: NewsSection.RESEARCH,
    EventKind.OUTAGE: NewsSection.TOOLS,
    EventKind.PEOPLE: NewsSection.WORK,
    EventKind.LABOUR: NewsSection.WORK,
}
_BY_TOPIC = {
    "models": NewsSection.MODELS,
    "open-weights": NewsSection.MODELS,
    "images-video": NewsSection.PRODUCTS,
    "speech-music": NewsSection.PRODUCTS,
    "assistants": NewsSection.PRODUCTS,
    "funding": NewsSection.MONEY,
    "business": NewsSection.MONEY,
    "chips": NewsSection.PRODUCTS,
    "datacentres": NewsSection.MONEY,
    "policy": NewsSection.LAW,
    "courts": NewsSection.LAW,
    "privacy": NewsSection.LAW,
    "safety": NewsSection.RESEARCH,
    "benchmarks": NewsSection.RESEARCH,
    "training": NewsSection.RESEARCH,
    "health-science": NewsSection.RESEARCH,
    "security": NewsSection.SECURITY,
    "coding": NewsSection.TOOLS,
    "agents": NewsSection.TOOLS,
    "inference": NewsSection.TOOLS,
    "retrieval": NewsSection.TOOLS,
    "work": NewsSection.WORK,
    "education": NewsSection.WORK,
    "media": NewsSection.WORK,
    "society": NewsSection.WORK,
    "deepfakes": NewsSection.WORK,
}
_FOR_DEVELOPERS = frozenset({"coding", "inference"})
# what the first two topics weigh beside the shares of the kinds: of 0.25 to 0.45 for the first all
# place as many right within one point
_TOPIC_WEIGHTS = (0.4, 0.3)
_LEAST = 0.2  # below it neither kinds nor topics say where a story belongs


def concerned_roles(named: Iterable[Role], section: NewsSection) -> tuple[Role, ...]:
    """The roles under which a story is listed: those that its page names as those who should care
    or act; where it names none, those that look at its section first.
    """
    by_section = (role for role, sections in ROLE_SECTIONS.items() if section in sections)
    return tuple(dict.fromkeys(named)) or tuple(by_section)


def news_section(
    kinds: Sequence[tuple[EventKind, float]], lane: Lane, topics: Sequence[str]
) -> NewsSection:
    """The section of a story that the shares of its kinds of event and its first topics speak for
    most. Of 816 labelled reports of such kinds 66 % stand in that of their kind, 97 % in one.
    """
    if lane is Lane.PAPER:
        return NewsSection.RESEARCH
    points: dict[NewsSection, float] = dict.fromkeys(NewsSection, 0.0)
    points[NewsSection.OTHER] = _LEAST
    for kind, share in kinds:
        if kind in _BY_KIND:
            points[_BY_KIND[kind]] += share
    placed = (_BY_TOPIC[topic] for topic in topics if topic in _BY_TOPIC)
    for section, weight in zip(placed, _TOPIC_WEIGHTS, strict=False):
        points[section] += weight
    best = max(NewsSection, key=points.__getitem__)
    if lane is Lane.RELEASE and best is not NewsSection.MODELS:
        return NewsSection.TOOLS
    if best is NewsSection.PRODUCTS and not _FOR_DEVELOPERS.isdisjoint(topics[:2]):
        return NewsSection.TOOLS
    return best
