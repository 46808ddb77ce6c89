"""The main text of a page from its blocks, and what feeds and pages print around a text: teasers,
credits, bylines, sign-up lines, code. Pure; works on plain paragraphs.

Lines that a publisher joined without a space are repaired: "takes notes.For the past week", "an AI
chatbotNew research". Feeds and pages lose line ends in editors and converters. A seam between two
sentences gets its space back; a seam inside a word becomes a paragraph break, which invents
nothing: both halves stay verbatim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile

from aggregator.domain.frozen import frozen
from aggregator.english.text import folded
from aggregator.extract.markup import Block

_CUT_MARK = r"(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.)"
_MORE = (
    r"(?:continue reading|keep reading|click here to read"
    r"|read (?:more|on|the rest|(?:the )?(?:full|whole|entire) (?:article|story|post|paper)))"
)
_VISIBLY_CUT = re.compile(
    rf"[\[(]\s*(?:…|\.\.\.)\s*[\])]\W*$|(?:^|[.!?…\]\s]\s*){_MORE}\b[^.:]{{0,120}}$", re.I
)
_TRAILS_OFF = re.compile(r"\w(?:…|\.\.\.)$")

# Each with words of which one stands in every text that it matches: looking for those first spares
# most texts the search.
_PARTS = (
    (("----", "====", "____", "****", "~~~~"), re.compile(r"[-=_*~]{4,}")),
    (
        ("appeared", "published"),
        re.compile(
            r"\s*(?:The|This) (?:post|article|story) .{1,300}? (?:first )?(?:appeared|was"
            r" published) (?:first )?on .{1,100}$"
        ),
    ),
    (
        ("read",),
        re.compile(
            rf"(?:(?<=[.!?…”\"\])])|^|{_CUT_MARK})\s*{_MORE}\b[^.:]{{0,120}}(?:…|\.\.\.)?\W*$", re.I
        ),
    ),
    (
        ("submitted",),
        re.compile(
            r"\s*submitted by\s+/u/\S+(?:\s+to\s+/?r/\S+)?\s*(?:\[link\])?\s*(?:\[comments\])?$",
            re.I,
        ),
    ),
    (("↩",), re.compile(r"\s*↩\ufe0e?$")),
    (
        ("arxiv:",),
        re.compile(r"^arXiv:\d{4}\.\d{4,5}(?:v\d+)? +Announce Type: *\S+\s+(?:Abstract: *)?"),
    ),
)
_WORDED_PARTS = tuple((word, part) for words, part in _PARTS for word in words)
_DATE = (
    r"(?:\w+day,?\s+)?(?:\d{1,2}(?:st|nd|rd|th)?\s+[A-Z][a-z]{2,8}\.?,?\s+\d{4}|"
    r"[A-Z][a-z]{2,8}\.?\s+\d{1,2},?\s+\d{4}|\d{4}-\d\d-\d\d|"
    r"\d{1,2}[./]\d{1,2}[./]\d{4})"
    r"(?:[,\s·|-]+(?:at\s+)?\d{1,2}[:.]\d\d(?:\s*[ap]\.?m\.?)?(?:\s*[A-Z]{2,4})?)?"
)
_BYLINE = re.compile(
    r"(?:(?:(?:Posted|Published|Updated|Last"
    rf" updated|Written)(?:\s+on)?:?\s+)?{_DATE}(?:\s*[·|•-]\s*\d+ min(?:ute)?s? read)?|"
    rf"(?:(?:Written|Posted|Story|Words)\s+)?[Bb]y:?\s+(?:[A-Z][\w.’'-]*+,?+\s*+|and\s++|"
    rf"[a-z]{{2,9}}(?=\s*[·|•,])){{1,8}}(?:(?:last )?(?:updated|published)|"
    rf"\s*[·|•,-]?\s*{_DATE})?)"
)
_WHOLE = re.compile(
    r"""(?: comments? | \[?link\]? | \[?comments\]? | advertisement | sponsored
        | share\ this:?.{0,80} | like\ this:?.{0,40}
        | loading\.* | related(?:\ (?:articles?|posts?|stories|reading))?:?
        | (?:article|comments)\ url:\ \S+ | points:\ \d+
        | \#\ comments:\ \d+ | score:\ \d+\ comments:\ .{0,200} | https?://\S+
        | (?:photo|image|picture|illustration)s?(?:\ (?:credit|courtesy|source)s?)?
            (?:\ (?:by|via|from|of)|:)\ .{1,80}
        | (?:thanks\ for\ reading|share\ this\ (?:post|article|story)|leave\ a\ comment)\b.{0,80}
        | (?:read\ (?:more|also|next)|also\ read|see\ also|related|recommended|further\ reading
            |more\ (?:from|on|in))\ ?[:|].{0,160}
        | supported\ by | originally\ published\ (?:on|at|in|by)\ .{1,80}
        | this\ (?:article|story)\ (?:was\ )?originally\ .{1,120} | our\ standards:\ .{0,80}
        | \(?(?:additional\ )?(?:reporting|writing|editing|compiled)\ by\ .{1,280}
        | \(?graphics?:\ .{1,200}
        | thank\ you\ for\ signing\ up.{0,160} | there\ was\ a\ problem\.\ .{0,80}
        | copy\ code.{0,280}
        | get\ the\ best\ of\ .{1,120} | if\ you\ buy\ something\ .{1,200}
        | your\ browser\ does\ not\ support\ .{0,60} | \[/?[a-z][\w-]*(?:\ [^\]]*)?\]
        | ©.{0,120} | all\ rights\ reserved.?
        | \W* )""",
    re.I | re.X,
)
_PROMOTION = re.compile(
    r"\b(?:sign(?:ing)? up|subscrib(?:e|ing)|newsletters?|follow us|join (?:us|our)|don.t forget"
    r" to|telegram|subreddit"
    r"|in your inbox|register (?:now|here|today)|check out (?:the|our)"
    r"|learn more about|click here|upcoming (?:enterprise )?\w* ?events?)\b",
    re.I,
)
_PROMOTING = (
    "sign",
    "subscri",
    "newsletter",
    "follow us",
    "join ",
    "forget to",
    "telegram",
    "subreddit",
    "inbox",
    "register",
    "check out",
    "learn more",
    "click here",
    "event",
)
# Share of such characters from which a paragraph is program code; prose with formulas stays under
# 0.06.
CODE_SHARE = 0.1
_CODE = re.compile(r"[{}\[\]()=_;<>|\\#$*@]")
# The word before is lower case, so that names such as System.Console and U.S. stay whole.
_SENTENCE_SEAM = re.compile(r"(?<=\s)([a-z]{2,}[.!?][”’\"]?)(?=[A-Z][a-z]*[\s,’'])")
_WORD_SEAM = re.compile(
    r"(?<!\S)([A-Za-z][a-z]+|(?:19|20)\d\d)"
    r"([A-Z](?:[a-z]*|[A-Z]{1,3}|[a-z]+[A-Z][a-z]+))(?=[\s,’'])"
)
_WORD = re.compile(r"[A-Za-z]+")
# Found in every seam; looking for it first is much cheaper, and for its rarer letter before that.
_TURN = re.compile(r"[A-Z](?<=[a-z0-9.!?”’\"].)")
_STARTERS = frozenset(
    "The This That These Those In On At By For From With When While After Before As It We You He"
    " She They Our Your His Her Its If But And Most Many Some Like Over Get Read Follow Sign How"
    " Why What Who".split()
)
_NAME_ENDS = frozenset({"OS", "AI"})  # visionOS, xAI
_HEADS = frozenset("head h1 h2 h3 h4 h5 h6".split())  # as trafilatura names them, and as HTML does
_CODE_BLOCKS = frozenset("code pre".split())
_TOP = 3  # blocks among which the headline may stand again
_CRUMB = 90  # characters; the title of a related article, in scripts with spaces or without
_MOST_CRUMBS = 8  # more of them are a list that belongs to the article
_LEAST_BEFORE = 300  # characters before the crumbs; a shorter text may be made of such lines


def is_visibly_cut(paragraph: str) -> bool:
    """Whether the last paragraph of a feed text says that the rest stands elsewhere."""
    return bool(_VISIBLY_CUT.search(paragraph))


def trails_off(paragraph: str) -> bool:
    """Whether it ends in three dots, as excerpts do, but also some essays."""
    return bool(_TRAILS_OFF.search(paragraph))


def without_boilerplate(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """The paragraphs without lines that are no part of the text: whole ones are dropped, tails and
    heads are cut off.
    """
    kept = (_trimmed(paragraph) for paragraph in paragraphs)
    return tuple(text for text in kept if text and not _is_boilerplate(text))


def _trimmed(paragraph: str) -> str:
    lower = paragraph.lower()
    for word, part in _WORDED_PARTS:
        if word in lower:
            paragraph = part.sub("", paragraph)
    return paragraph.strip()


def _is_boilerplate(text: str) -> bool:
    if len(text) < 300 and (_WHOLE.fullmatch(text) or _BYLINE.fullmatch(text)):
        return True
    if len(text) > 40 and len(_CODE.findall(text)) > CODE_SHARE * len(text):
        return True
    # Two invitations in one short paragraph: an article about newsletters has one now and then.
    return len(text) < 600 and _is_promoting(text.lower())


def _is_promoting(lower: str) -> bool:
    if not any(map(lower.__contains__, _PROMOTING)):
        return False
    return len(set(_PROMOTION.findall(lower))) >= 2


def repaired_lines(paragraphs: Iterable[str], title: str = "") -> tuple[str, ...]:
    """The paragraphs with joined lines separated.

    A word such as `chatbotNew` is a seam where it occurs once while one of its halves occurs by
    itself, here or in the title, or its paragraph joins sentences too; where the left half has a
    capital too (`SiriApple`), both halves must occur: so DeepMind and LinkedIn stay whole.
    """
    return tuple(part for parts in repaired_parts(paragraphs, title) for part in parts)


def repaired_parts(paragraphs: Iterable[str], title: str = "") -> tuple[tuple[str, ...], ...]:
    """For each paragraph its parts: itself, or what stands on both sides of its seams."""
    texts = tuple(paragraphs)
    turning = {text for text in texts if _TURN.search(text)}
    if not turning:
        return tuple((text,) for text in texts)
    spaced = [_SENTENCE_SEAM.sub(r"\1 ", text) if text in turning else text for text in texts]
    if not any(
        _WORD_SEAM.search(repaired)
        for text, repaired in zip(texts, spaced, strict=True)
        if text in turning
    ):
        return tuple((paragraph,) for paragraph in spaced)
    words = Counter(word for paragraph in (title, *spaced) for word in _WORD.findall(paragraph))
    return tuple(
        tuple(_parts(paragraph, words, joins_sentences=paragraph != text))
        for text, paragraph in zip(texts, spaced, strict=True)
    )


def _parts(paragraph: str, words: Counter[str], *, joins_sentences: bool) -> Iterator[str]:
    start = 0
    for seam in _WORD_SEAM.finditer(paragraph):
        if _is_seam(seam[1], seam[2], words, joins_sentences=joins_sentences):
            yield paragraph[start : seam.end(1)]
            start = seam.end(1)
    yield paragraph[start:]


def _is_seam(left: str, right: str, words: Counter[str], *, joins_sentences: bool) -> bool:
    if left.isdigit():
        return len(right) > 2
    if words[left + right] != 1 or right in _NAME_ENDS:
        return False
    knows_right = bool(words[right] or words[right.lower()])
    if left.islower() and not right[1:].isupper():
        knows_either = knows_right or bool(words[left])
        return joins_sentences or knows_either or right in _STARTERS
    return knows_right and bool(words[left])


@frozen
class MainText:
    """`lines` are the article as a reader sees it, with subheadings and code; `paragraphs` are what
    of it can be quoted.
    """

    lines: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()


def main_text(blocks: Iterable[Block], title: str) -> MainText:
    """The text of an article without boilerplate, the headline again, or the crumbs behind its end.

    Paragraphs have no subheadings, no code and no repetition.
    """
    kept = _without_crumbs(_without_title(tuple(_cleaned(tuple(blocks), title)), title))
    prose = dict.fromkeys(block.text for block in kept if block.name not in _HEADS | _CODE_BLOCKS)
    return MainText(
        lines=tuple(block.text for block in kept),
        paragraphs=tuple(
            text for n, text in enumerate(prose) if n > 1 or text.casefold() != title.casefold()
        ),
    )


def _cleaned(blocks: tuple[Block, ...], title: str) -> Iterator[Block]:
    prose = [block.text for block in blocks if block.name not in _HEADS | _CODE_BLOCKS]
    parts = iter(repaired_parts(prose, title))
    for block in blocks:
        if block.name in _HEADS | _CODE_BLOCKS:
            yield block
        else:
            yield from (
                Block(text=text, name=block.name) for text in without_boilerplate(next(parts))
            )


def _without_title(blocks: tuple[Block, ...], title: str) -> tuple[Block, ...]:
    headline = folded(title)
    kept = tuple(
        block for n, block in enumerate(blocks) if n >= _TOP or folded(block.text) != headline
    )
    return kept or blocks


def _without_crumbs(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Cuts off what follows the last sentence: titles of related articles, tags, the headings over
    them.
    """
    crumbs = len(list(takewhile(_is_crumb, reversed(blocks))))
    if crumbs > _MOST_CRUMBS:
        crumbs = len(list(takewhile(lambda block: block.name in _HEADS, reversed(blocks))))
    kept = blocks[: len(blocks) - crumbs]
    return kept if sum(len(block.text) for block in kept) > _LEAST_BEFORE else blocks


def _is_crumb(block: Block) -> bool:
    """Whether a last block is a link to something else rather than a sentence."""
    is_link = (
        len(block.text) <= _CRUMB and block.text[-1].isalnum() and block.name not in _CODE_BLOCKS
    )
    return is_link or block.name in _HEADS
