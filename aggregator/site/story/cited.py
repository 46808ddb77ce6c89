"""Claims as pages show them: every citation with its number on the page, its source and a link to
the passage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote as percent_encoded

from aggregator.domain.article import Article, Read
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.entry import DateOrigin
from aggregator.domain.frozen import frozen
from aggregator.domain.story import Member
from aggregator.domain.web.urls import fetchable_url
from aggregator.domain.wording import inner_quotation, tied
from aggregator.english.speech_acts import cited_by, is_credited
from aggregator.english.text import is_english
from aggregator.templating.translation import ENGLISH, Translations, translations
from aggregator.verify.quoted_context import Contexts, QuotedContext

_NO_CONTEXTS: Contexts = MappingProxyType({})
_FRAGMENT_WORDS = (
    4  # words at each end of a quote that a text fragment names; browsers find the span between
)


@frozen
class PageCitation:
    """A citation with its number. `url` is empty where the article has no web address.

    `in_place`: the quote is in the article on the web, as far as we read it there. `in_text`: every
    sentence that cites it is the quote itself, so that the page has it already. `context` are the
    words around it that may be shown, None where there are none.
    """

    number: int
    passage: str
    quote: str
    source: str
    url: str
    in_place: bool
    in_text: bool
    published: datetime | None
    lang: str
    context: QuotedContext | None = None

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

    @property
    def link(self) -> str:
        """The address of the passage: the article's, with the quote as text fragment if it can be
        found.
        """
        return self.url + _text_fragment(self.quote) if self.url and self.in_place else self.url


@frozen
class PageClaim:
    """A claim that passed the gates. `quoted`: the text is a source's own and is shown as a
    quotation. `is_sole`: its source is the only one quoted on the page, or in its story of an
    edition, and named there: quotations need not name it.
    """

    text: str
    kind: ClaimKind
    citations: tuple[PageCitation, ...]
    is_sole: bool = False

    @property
    def quoted(self) -> bool:
        """Whether the text is a source's sentence."""
        return self.kind is ClaimKind.EXTRACTED

    @property
    def shown(self) -> str:
        """The text as pages print it, between quotation marks where it is quoted."""
        return tied(inner_quotation(self.text) if self.quoted else self.text)

    @property
    def is_headline(self) -> bool:
        """Whether the text is a source's headline."""
        return self.quoted and all(each.passage.endswith(".0") for each in self.citations)

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
    def sources(self) -> tuple[PageCitation, ...]:
        """The first citation of each source, in the order cited."""
        first = {citation.source: citation for citation in reversed(self.citations)}
        return tuple(citation for citation in self.citations if first[citation.source] is citation)

    def names(self, citation: PageCitation) -> bool:
        """Whether the text itself says that a cited source reports it."""
        return not self.quoted and is_credited(self.text, citation.source)

    @property
    def attribution(self) -> str:
        """The names of the cited sources, each once, in the order cited."""
        return ", ".join(citation.source for citation in self.sources)


class Citations:
    """The numbered citations of one page: the same passage and quote have the same number
    throughout.
    """

    def __init__(
        self,
        claims: Iterable[Claim],
        members: Mapping[str, Member],
        language: str,
        contexts: Contexts = _NO_CONTEXTS,
    ) -> None:
        """Numbers the citations of claims given in the order of the page; those into unknown
        articles get none.
        """
        self._words = translations(language)
        in_text: dict[Citation, bool] = {}
        for claim in claims:
            for citation in claim.citations:
                if citation.article_id in members:
                    is_quote = claim.kind is ClaimKind.EXTRACTED and claim.text == citation.quote
                    in_text[citation] = in_text.get(citation, True) and is_quote
        sources = {article: _Source(member, language) for article, member in members.items()}
        self._numbered = {
            citation: sources[citation.article_id].cited(
                citation, number, in_text[citation], contexts.get(citation)
            )
            for number, citation in enumerate(in_text, start=1)
        }
        self._is_sole = len({citation.source for citation in self._numbered.values()}) == 1

    def all(self) -> tuple[PageCitation, ...]:
        """Every citation of the page by number."""
        return tuple(self._numbered.values())

    def claim(self, claim: Claim) -> PageClaim:
        """The claim with its citations numbered; the text of an absent claim is translated."""
        numbered = tuple(
            self._numbered[citation] for citation in claim.citations if citation in self._numbered
        )
        text = self._words(claim.text) if claim.kind is ClaimKind.ABSENT else claim.text
        return PageClaim(text=text, kind=claim.kind, citations=numbered, is_sole=self._is_sole)

    def claims(self, claims: tuple[Claim, ...]) -> tuple[PageClaim, ...]:
        """The claims that cite an article of the story, and absent claims; others are not
        printed.
        """
        return tuple(
            shown
            for shown in map(self.claim, claims)
            if shown.citations or shown.kind is ClaimKind.ABSENT
        )


@lru_cache(maxsize=256)  # a site declares a handful, and every article is asked about
def foreign_language(declared: str | None, own: str) -> str:
    """The language to mark a text with, empty where it is the page's own or not a language tag."""
    tag = (declared or "").strip().lower().replace("_", "-")
    primary = tag.partition("-")[0]
    is_tag = (
        2 <= len(primary) <= 3
        and primary.isascii()
        and primary.isalpha()
        and tag.replace("-", "").isalnum()
    )
    return primary if is_tag and primary != own.lower().partition("-")[0] else ""


def words_language(article: Article, own: str) -> str:
    """The language to mark an article's words with: English if its headline reads so, else the
    declared one.

    Many feeds declare none, or a wrong one; published articles read as English.
    """
    return foreign_language(
        ENGLISH if is_english(article.title, article.language) else article.language, own
    )


def source_label(source: str, quote: str, words: Translations) -> str:
    """The name of a source, with the source that it cites for hearsay: "The Daily, citing
    Reuters".
    """
    other = cited_by(quote, source)
    return words("%(source)s, citing %(other)s", source=source, other=other) if other else source


class _Source:
    """The source fields of an article's citations, computed once."""

    def __init__(self, member: Member, language: str) -> None:
        article = member.article
        self._name, self._is_full = member.source_name, article.read is Read.FULL
        self._url = fetchable_url(article.url) or ""
        self._published = (
            article.published.at if article.published.origin is not DateOrigin.FIRST_SEEN else None
        )
        self._lang, self._words = words_language(article, language), translations(language)

    def cited(
        self, citation: Citation, number: int, in_text: bool, context: QuotedContext | None
    ) -> PageCitation:
        return PageCitation(
            number=number,
            passage=citation.passage,
            quote=citation.quote,
            source=source_label(self._name, citation.quote, self._words),
            url=self._url,
            in_place=self._is_full and not citation.passage.endswith(".0"),
            in_text=in_text,
            published=self._published,
            lang=self._lang,
            context=context,
        )


@lru_cache(maxsize=64)  # a page asks for the same link several times in a row
def _text_fragment(quote: str) -> str:
    """`#:~:text=` (WICG Scroll to Text Fragment): the browser opens the article at the quoted
    words, or at its top.
    """
    words = quote.split()
    ends = (
        [" ".join(words)]
        if len(words) <= 2 * _FRAGMENT_WORDS
        else [" ".join(words[:_FRAGMENT_WORDS]), " ".join(words[-_FRAGMENT_WORDS:])]
    )
    return "#:~:text=" + ",".join(
        percent_encoded(end, safe="", errors="replace").replace("-", "%2D") for end in ends
    )
