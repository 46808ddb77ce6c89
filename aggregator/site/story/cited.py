"""The claims of a page with their citations numbered, and the footnotes of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote as percent_encoded

from aggregator.domain.article import Article, Read
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.entry import DateOrigin
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.printed import PrintedCitation, PrintedClaim
from aggregator.domain.story import Member
from aggregator.domain.web.urls import fetchable_url
from aggregator.english.speech_acts import cited_by
from aggregator.english.text import is_english
from aggregator.templating.translation import ENGLISH, Translations, translations
from aggregator.verify.quoted_context import Contexts, QuotedContext

_NO_CONTEXTS: Contexts = MappingProxyType({})
_FRAGMENT_WORDS = (
    4  # words at each end of a quote that a text fragment names; browsers find the span between
)


@frozen
class Footnote:
    """What a page adds to a citation, once. `link` is the address of the passage: the article's,
    with the quote as text fragment if it can be found there.

    `context` are the words around it that may be shown, None where there are none.
    """

    citation: PrintedCitation
    link: str
    published: datetime | None = None
    lang: str = ""
    context: QuotedContext | None = None


def has_sole_source(footnotes: Iterable[Footnote]) -> bool:
    """Whether all footnotes of a page are of one source: quotations there need not name it."""
    return len({note.citation.source for note in footnotes}) == 1


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
        cited = dict.fromkeys(
            citation
            for claim in claims
            for citation in claim.citations
            if citation.article_id in members
        )
        sources = {article: _Source(member, language) for article, member in members.items()}
        self._notes = {
            citation: sources[citation.article_id].footnote(
                citation, number, contexts.get(citation)
            )
            for number, citation in enumerate(cited, start=1)
        }

    def all(self) -> tuple[Footnote, ...]:
        """The footnotes of the page by number."""
        return tuple(self._notes.values())

    def newest(self, claim: Claim) -> datetime | None:
        """When the newest article that a claim cites was published, as far as a source says."""
        dates = (note.published for note in self._footnotes(claim))
        return max(filter(None, dates), default=None)

    def claim(self, claim: Claim) -> PrintedClaim:
        """The claim with its citations numbered; the text of an absent claim is translated. In
        place of words that may not be quoted stands why; a label of ours quotes nothing.
        """
        text = self._words(claim.text) if claim.kind is ClaimKind.ABSENT else claim.text
        numbered = tuple(note.citation for note in self._footnotes(claim))
        notices = [each.notice for each in numbered if each.notice]
        is_ours = numbered and not any(each.quote for each in numbered)
        if claim.kind is ClaimKind.EXTRACTED and (notices or is_ours):
            own = (*notices, text)[0]
            return PrintedClaim(text=own, kind=ClaimKind.ABSENT, citations=numbered)
        return PrintedClaim(text=text, kind=claim.kind, citations=numbered)

    def _footnotes(self, claim: Claim) -> Iterator[Footnote]:
        return (self._notes[cited] for cited in claim.citations if cited in self._notes)

    def claims(self, claims: tuple[Claim, ...]) -> tuple[PrintedClaim, ...]:
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


def unquoted_notice(source: str, words: Translations) -> str:
    """What stands in place of a quotation of a source that may not be quoted."""
    return words("%(source)s does not allow quoting; read it at the source.", source=source)


class _Source:
    """The source fields of an article's citations, computed once."""

    def __init__(self, member: Member, language: str) -> None:
        article = member.article
        self._name, self._is_full = member.source_name, article.read is Read.FULL
        self._is_quotable, self._is_labelled = member.is_quotable, article.is_labelled
        self._url = fetchable_url(article.url) or ""
        self._published = (
            article.published.at if article.published.origin is not DateOrigin.FIRST_SEEN else None
        )
        self._lang, self._words = words_language(article, language), translations(language)

    def footnote(self, citation: Citation, number: int, context: QuotedContext | None) -> Footnote:
        is_text = not citation.passage.endswith(".0")
        is_quoted = self._is_quotable or not is_text
        is_in_place = self._url and self._is_full and is_text and is_quoted
        return Footnote(
            citation=PrintedCitation(
                number=number,
                passage=citation.passage,
                quote=citation.quote if is_quoted and (is_text or not self._is_labelled) else "",
                source=source_label(self._name, citation.quote, self._words),
                url=self._url,
                notice="" if is_quoted else unquoted_notice(self._name, self._words),
            ),
            link=self._url + _text_fragment(citation.quote) if is_in_place else self._url,
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
