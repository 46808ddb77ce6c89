"""A claim as it is printed on pages, in lists, editions and their mail, each citation with its
number, source and address.
"""

from __future__ import annotations

from aggregator.domain.claim import ClaimKind
from aggregator.domain.frozen import frozen
from aggregator.domain.wording import inner_quotation, tied
from aggregator.english.amounts import around_number
from aggregator.english.speech_acts import is_credited


@frozen
class PrintedCitation:
    """A passage that a printed claim rests on. `number` counts through the page, edition or mail;
    `url` is empty where there is no web address. In a list there is the source alone. `notice` says
    why there is no quote where its source allows none.
    """

    number: int = 0
    passage: str = ""
    quote: str = ""
    source: str
    url: str = ""
    notice: str = ""

    @property
    def shown(self) -> str:
        """The quote for use between quotation marks."""
        return inner_quotation(self.excerpt)

    @property
    def excerpt(self) -> str:
        """The quote as it stands alone, with an ellipsis where a sentence is cut; headlines have
        none.
        """
        if not self.quote or self.passage.endswith(".0"):
            return self.quote
        before = "… " if self.quote[0].islower() else ""
        after = " …" if self.quote[-1].isalnum() or self.quote[-1] in ",;:" else ""
        return tied(f"{before}{self.quote}{after}")


@frozen
class PrintedClaim:
    """A claim that passed the gates, as it is printed. `story` is the id of the one that a sentence
    of an edition's opening is about.
    """

    text: str
    kind: ClaimKind
    citations: tuple[PrintedCitation, ...]
    story: str = ""

    @property
    def quoted(self) -> bool:
        """Whether the text is a source's sentence, which is shown between quotation marks."""
        return self.kind is ClaimKind.EXTRACTED

    @property
    def shown(self) -> str:
        """The text as pages print it, between quotation marks where it is quoted."""
        return tied(inner_quotation(self.text) if self.quoted else self.text)

    @property
    def is_headline(self) -> bool:
        """Whether the text is a source's headline."""
        return self.quoted and all(cited.passage.endswith(".0") for cited in self.citations)

    @property
    def ours(self) -> bool:
        """Whether the text is our own, in the language of the page; other texts are in the language
        of the sources.
        """
        return self.kind is ClaimKind.ABSENT

    @property
    def inferred(self) -> bool:
        """Whether the text is an inference."""
        return self.kind is ClaimKind.INFERRED

    @property
    def sources(self) -> tuple[PrintedCitation, ...]:
        """The first citation of each source, in the order cited."""
        first = {citation.source: citation for citation in reversed(self.citations)}
        return tuple(citation for citation in self.citations if first[citation.source] is citation)

    def names(self, citation: PrintedCitation) -> bool:
        """Whether the text itself says that a cited source reports it."""
        return not self.quoted and is_credited(self.text, citation.source)

    @property
    def beside(self) -> str:
        """The names that stand beside its numerals: of a quotation's sources, else of the only one
        of a statement, unless the text names it.
        """
        if self.quoted:
            return self.attribution
        several = self.sources
        is_plain = self.kind is ClaimKind.WRITTEN and len(several) == 1
        return several[0].source if is_plain and not self.names(several[0]) else ""

    @property
    def around_number(self) -> tuple[str, str, str]:
        """The words of a figure before its number, the number, and those after it."""
        return around_number(self.shown)

    @property
    def attribution(self) -> str:
        """The names of the cited sources, each once, in the order cited."""
        return ", ".join(citation.source for citation in self.sources)
