"""The sections of the news: a closed list, in the order in which an edition has them."""

from __future__ import annotations

from enum import StrEnum

from aggregator.domain.source import Lane
from aggregator.domain.wording import N_


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
# where the page of a topic belongs; a story's section also depends on its words and kind of event
_OF_TOPIC = {
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


def news_section(likeliest: NewsSection, lane: Lane) -> NewsSection:
    """The section of a story that by its reports belongs in the likeliest one: papers are research,
    releases of software tools.
    """
    if lane is Lane.PAPER:
        return NewsSection.RESEARCH
    if lane is Lane.RELEASE and likeliest is not NewsSection.MODELS:
        return NewsSection.TOOLS
    return likeliest


def topic_section(topic: str) -> NewsSection:
    """The section of a topic's page; that of an operator's own topic is not known."""
    return _OF_TOPIC.get(topic, NewsSection.OTHER)
