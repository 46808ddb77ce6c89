"""The second origin: another voice that says the same as a key statement, which then cites both.

A model names one passage and is content; who reads "according to The Register" should be right to
think that nobody else said so. A copy is no other voice, nor a sibling of a family, nor a report
that names the first one as where it has it from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from aggregator.domain.article import Passage
from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.story import Member
from aggregator.english.lexical import content_words
from aggregator.story.model.reply import quote_for

_MOST_TRIED = 3  # passages, those that share most words: a gate takes a millisecond
_LEAST_SHARED = 0.5  # of the statement's content words


def seconded(
    claim: Claim, members: Sequence[Member], stands: Callable[[Claim], bool], quote_words: int
) -> Claim:
    """The statement, with a citation of another origin that carries it alone where there is one;
    `members` are originals.
    """
    by_article = {member.article.id: member for member in members}
    cited = [by_article.get(citation.passage.partition(".")[0]) for citation in claim.citations]
    behind = [member for member in cited if member]
    if (
        claim.kind is ClaimKind.EXTRACTED
        or len(behind) < len(cited)
        or len({member.family for member in behind}) != 1
    ):
        return claim
    own = content_words(claim.text)
    among = [
        passage
        for member in members
        if _is_independent(member, behind[0])
        for passage in member.article.passages
    ]
    likely = [
        passage
        for passage in among
        if len(own & content_words(passage.text)) >= _LEAST_SHARED * len(own)
    ]
    ranked = sorted(likely, key=lambda each: (-len(own & content_words(each.text)), each.key))
    tried = (
        _citation(claim, passage, quote_words)
        for passage in ranked[:_MOST_TRIED]
        if behind[0].source_name not in passage.text
    )
    found = next(
        (citation for citation in tried if stands(replace(claim, citations=(citation,)))), None
    )
    return replace(claim, citations=(*claim.citations, found)) if found else claim


def _is_independent(member: Member, first: Member) -> bool:
    return member.family != first.family and member.copy_of is None


def _citation(claim: Claim, passage: Passage, quote_words: int) -> Citation:
    return Citation(passage=passage.key, quote=quote_for(claim.text, passage.text, quote_words))
