"""A claim before the gates, with all that they may look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from aggregator.domain.article import Passage
from aggregator.domain.claim import Claim, ClaimKind, Rejection, TimelineRow
from aggregator.verify.anchors.check import objections
from aggregator.verify.anchors.index import Report, StoryIndex, story_index


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What the claims on a story are checked against.

    `passages` is keyed as citations write it; `published` holds the day of publication of every
    article in it. `prompts` are sentences of the prompt that must not come back as claims. `index`
    gives the index of the whole story, and is called for written claims only; without it the
    passages are the story. A quote has at most `quote_words`, that of a hook `hook_words`.
    """

    passages: Mapping[str, Passage]
    published: Mapping[str, date]
    quote_words: int
    hook_words: int = 0
    prompts: Sequence[str] = ()
    index: Callable[[], StoryIndex] | None = None

    def of_hook(self) -> Grounds:
        """The same for the sentence that opens the page."""
        return replace(self, quote_words=max(self.quote_words, self.hook_words))

    def story(self) -> StoryIndex:
        """The index of the story."""
        return self.index() if self.index else story_index(self._reports())

    def _reports(self) -> list[Report]:
        texts: dict[str, dict[int, str]] = {}
        for passage in self.passages.values():
            texts.setdefault(passage.article_id, {})[passage.n] = passage.text
        return [
            Report(
                source="",
                day=self.published[article],
                title=found.pop(0, ""),
                paragraphs=tuple(text for _, text in sorted(found.items())),
            )
            for article, found in texts.items()
        ]


@dataclass(frozen=True, kw_only=True)
class CitedClaim:
    """A claim on its grounds. `row` is the timeline row that it stands in; `before` is what the
    draft says before it.
    """

    claim: Claim
    grounds: Grounds
    before: Sequence[str] = ()
    row: TimelineRow | None = None

    @property
    def text(self) -> str:
        """What the claim says."""
        return self.claim.text

    @property
    def is_copied(self) -> bool:
        """Whether code copied it from a passage."""
        return self.claim.kind is ClaimKind.EXTRACTED

    @cached_property
    def evidence(self) -> tuple[Passage, ...]:
        """The passages that it cites, each once, as far as they exist."""
        keys = dict.fromkeys(citation.passage for citation in self.claim.citations)
        known = self.grounds.passages
        return tuple(known[key] for key in keys if key in known)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of these passages."""
        return tuple(passage.text for passage in self.evidence)

    @cached_property
    def story(self) -> StoryIndex:
        """The index of its story."""
        return self.grounds.story()

    @cached_property
    def objections(self) -> Mapping[Rejection, tuple[str, ...]]:
        """The words of a claim that its story does not bear out, by reason."""
        return {found.reason: found.words for found in objections(self.text, self.story)}
