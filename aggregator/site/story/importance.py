"""Why a story is as important as it is, in the words of the site."""

from __future__ import annotations

from aggregator.domain.article import Read
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import subject
from aggregator.domain.story import NAMED_KIND, RankReason, Reason, Story, without_copies
from aggregator.domain.wording import N_
from aggregator.english.amounts import PEOPLE, sums
from aggregator.english.event_kind import NO_NEWS, EventKind
from aggregator.site.labels import READ_NAMES
from aggregator.site.story.origins import sources_counted
from aggregator.templating.translation import Translations

_MOST_SHOWN = 4
_MOST_NAMED = 3  # outlets in a line; a story's page names five
_KIND_NAMES = {
    EventKind.MODEL_RELEASE: N_("model news"),
    EventKind.PRODUCT: N_("product launch"),
    EventKind.FUNDING: N_("funding"),
    EventKind.ACQUISITION: N_("acquisition"),
    EventKind.BUSINESS: N_("business"),
    EventKind.LAW: N_("law or ruling"),
    EventKind.INCIDENT: N_("incident"),
    EventKind.RESEARCH: N_("research"),
    EventKind.OUTAGE: N_("outage"),
    EventKind.PEOPLE: N_("people"),
    EventKind.LABOUR: N_("jobs"),
    EventKind.OPINION: N_("opinion"),
    EventKind.HOW_TO: N_("how-to"),
    EventKind.PROMOTION: N_("promotion"),
    EventKind.EVENT_NOTICE: N_("event notice"),
    EventKind.ROUNDUP: N_("round-up"),
    EventKind.SHOWCASE: N_("showcase"),
    EventKind.QUESTION: N_("question"),
    EventKind.OTHER: N_("other news"),
}
_ANNOUNCEMENTS = {
    "alone": N_("announcement only"),
    "covered": N_("announced, and reported by others"),
}
_NEWS = frozenset(EventKind) - NO_NEWS - {EventKind.OPINION, EventKind.OTHER}


@frozen
class ShownReason:
    """An addend of importance as pages and commands show it."""

    name: str
    points: float
    text: str


def shown_reasons(story: Story, words: Translations) -> tuple[ShownReason, ...]:
    """The addends of a story's importance in words."""
    return tuple(
        ShownReason(
            name=reason.name.value,
            points=reason.points,
            text=_text(reason, story, words),
        )
        for reason in story.reasons
    )


def why_it_leads(story: Story, words: Translations) -> str:
    """The evidence that speaks for a story, what gives the most points first, without what its
    reach says; empty where there is none but its kind of event.
    """
    evidence = [reason for reason in story.reasons if _is_evidence(reason, story)]
    if all(reason.name is Reason.EVENT for reason in evidence):
        return ""
    evidence.sort(key=lambda reason: -reason.points)  # those of the same points as they are stored
    return " · ".join(_text(reason, story, words) for reason in evidence[:_MOST_SHOWN])


def reception(story: Story, words: Translations) -> str:
    """The points and comments that communities give a story; empty where none lists it."""
    counted = (reason for reason in story.reasons if reason.name is Reason.COMMUNITY)
    return next((_text(reason, story, words) for reason in counted if reason.count), "")


def reach(story: Story, words: Translations) -> str:
    """How far a story went: how many report it, who beside its first source, and its reception."""
    names = dict.fromkeys(member.source_name for member in without_copies(story.members))
    others = [name for name in names if name != story.members[0].source_name]
    named = others[:_MOST_NAMED]
    if len(others) > len(named):
        named.append(words("%(number)s more", number=words.number(len(others) - len(named))))
    also = words("also reported by %(names)s", names=", ".join(named)) if named else ""
    return " · ".join(filter(None, (sources_counted(story, words), also, reception(story, words))))


def _is_evidence(reason: RankReason, story: Story) -> bool:
    """Whether an addend speaks for this story, and not for any on the subject, from its source or
    read in full. That a name is often in the news says nothing of this event, and one newsletter
    little.
    """
    match reason.name:
        case Reason.EVENT:
            return reason.points > 0 and _is_sure(reason) and reason.value in _NEWS
        case Reason.MAGNITUDE:
            return reason.points > 0 and _is_of_headline(reason.value, story)
        case Reason.NEWSLETTERS:
            return reason.points > 0 and (reason.count > 1 or int(reason.value or 0) > 0)
        case _:
            return False


def _is_of_headline(amount: str, story: Story) -> bool:
    """Whether a headline has an amount, and not as what something is worth."""
    return any(
        found[0].strip() == amount
        for member in story.members
        for found in (*sums(member.article.title), *PEOPLE.finditer(member.article.title))
    )


def _is_sure(reason: RankReason) -> bool:
    return reason.count >= 100 * NAMED_KIND


def _text(reason: RankReason, story: Story, words: Translations) -> str:
    value, count = reason.value, reason.count
    match reason.name:
        case Reason.EVENT:
            text = _kind(reason, words)
        case Reason.ACTOR:
            names = {entity.key: entity.name for entity in story.entities}
            text = words("%(name)s is often in the news", name=names.get(value, value))
        case Reason.MAGNITUDE:
            text = words("a figure of %(amount)s", amount=value)
        case Reason.SUBJECT:
            text = words("how much of it is about %(subject)s", **subject().worded(words))
        case Reason.ORIGINS:
            text = sources_counted(story, words)
        case Reason.NEWSLETTERS:
            text = _carried(count, int(value or 0), words)
        case Reason.COMMUNITY:
            text = words.counted(
                count, "%s vote or comment on forums", "%s votes and comments on forums"
            )
        case Reason.SOURCE:
            text = words("weight of %(source)s", source=value)
        case Reason.READ:
            text = words(READ_NAMES[Read(value)])
        case Reason.ANNOUNCEMENT:
            text = words(_ANNOUNCEMENTS[value])
    return text


def _kind(reason: RankReason, words: Translations) -> str:
    """The kind of event, with its probability where it may be another."""
    kind = words(_KIND_NAMES[EventKind(reason.value)])
    if _is_sure(reason):
        return kind
    return words(
        "by kind of event, most likely %(kind)s (%(share)s%%)", kind=kind, share=reason.count
    )


def _carried(count: int, led: int, words: Translations) -> str:
    """How many newsletters led with a story, or, where none did, have it."""
    if led:
        return words.counted(led, "%s newsletter led with it", "%s newsletters led with it")
    return words.counted(count, "%s newsletter reported it", "%s newsletters reported it")
