"""What a site shows besides its stories."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field

from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import Calibration, JudgeRates
from aggregator.domain.operation.evaluation import Score
from aggregator.domain.operation.source_status import SourceStatus
from aggregator.domain.publishing.edition import StoredEdition
from aggregator.domain.publishing.page import CardRenderer, PagePart
from aggregator.site.cards import has_own_card
from aggregator.site.lists.entity import KnownEntity
from aggregator.site.lists.side_lists import ListNames
from aggregator.site.lists.standing import LatestRow
from aggregator.site.publish.added import added_links


@frozen
class SiteContent:
    """What the site shows besides its stories. `engine` is the one in use, `judge` that of the
    newest written sentences, `calibration` that of the next one while it is under way; editions
    come in any order.

    `edition_due` says in words when the first edition is built, `rhythm` how often mail comes;
    `subscribe` is the address of the form, or empty, `preferences` that of a subscriber's
    choices without their token. `topic_names` are the names of topics by key, `known` what the
    registry says of entities by key, `names` the topics and entities with a page, `stated`
    how things stand with them by plugins, by key. `redirects` are the paths of merged stories,
    each with the id of the story that took them; `retired` those of stories that were issues of
    newsletters, each with the key of the source; `unpaged` those of stories that had a page and
    have none, each with its id; `removed` are the paths removed at their publisher's request.
    `card_renderer` draws the cards; without one there are none. `kept` are the paths of cards and
    lists that were published, which stay, and of lists that subscribers follow. `links` are those
    to the pages of plugins at the foot of every page, `parts` those that they made from what they
    stored, by place and key.
    """

    statuses: Sequence[SourceStatus]
    engine: str
    judge: JudgeRates | None = None
    calibration: Calibration | None = None
    score: Score | None = None
    editions: Sequence[StoredEdition] = ()
    edition_due: str = ""
    subscribe: str = ""
    preferences: str = ""
    rhythm: str = ""
    redirects: Mapping[str, str] = field(default_factory=dict)
    retired: Mapping[str, str] = field(default_factory=dict)
    unpaged: Mapping[str, str] = field(default_factory=dict)
    topic_names: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, KnownEntity] = field(default_factory=dict)
    names: ListNames = field(default_factory=ListNames)
    stated: Mapping[str, tuple[LatestRow, ...]] = field(default_factory=dict)
    removed: Sequence[str] = ()
    card_renderer: CardRenderer | None = None
    kept: Collection[str] = ()
    links: tuple[tuple[str, str], ...] = field(default_factory=added_links)
    parts: Mapping[tuple[str, str], tuple[PagePart, ...]] = field(default_factory=dict)

    def has_card(self, path: str, importance: float) -> bool:
        """Whether the page of a folder has a card of its own."""
        return self.card_renderer is not None and has_own_card(path, importance, self.kept)
