"""Names: capitalised words of English sentences, and those of a claim that its evidence does not
know.

There is no model and no list of names here. A name is what is written like one; ordinary words that
stand first in a sentence are told apart by a word list, by their form, and by what the evidence
writes in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aggregator.domain.frozen import frozen
from aggregator.english.lexical import stem
from aggregator.english.vocabulary import FUNCTION_WORDS
from aggregator.verify.versions import NO_PRODUCT
from aggregator.verify.wording import ACTION_VERBS, is_title_case, wording


@frozen
class Name:
    """Capitalised words in a row. `unsure` where the capital may be owed to the place: a sentence's
    start, a title.
    """

    text: str
    unsure: bool = False


def names(text: str) -> tuple[str, ...]:
    """The names of a text in order, each as written, without possessives and sentence-initial
    ordinary words.
    """
    return tuple(name.text for name in _names(text))


@lru_cache(maxsize=512)
def name_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the names of a text stand, in order, possessives left out."""
    starts = (run[0].start() for run in _runs(text))
    return tuple(
        (start, start + len(name.text)) for start, name in zip(starts, _names(text), strict=True)
    )


def missing_names(claim_text: str, evidence_texts: Sequence[str]) -> tuple[str, ...]:
    """The names of a claim that no evidence has.

    A name may be shorter than in the evidence ("Altman" for "Sam Altman"), never longer; where the
    claim sets names side by side ("OpenAI CEO Sam Altman"), each must stand in the evidence as a
    name of its own.
    """
    evidence = [_known(text) for text in evidence_texts]
    return tuple(name.text for name in _names(claim_text) if not _is_covered(name, evidence))


_ORDINARY = (
    frozenset(
        "access adding additional adoption agencies agents analysts announcement anyone"
        " applications approval apps article attackers attempts authorities availability backers"
        " benchmarks businesses buyers capital cash chief chips claims clients code companies"
        " competition competitors consumers continued control coverage creators critics current"
        " customers cuts data dates deals demand deployment details developers devices different"
        " discussions documents dozens early editors efforts employees engineers enterprises"
        " evidence executives existing experts exports features figures files firms focus former"
        " founded founders free full funding funds future general global good governments group"
        " groups growth headline help here high hundreds images industry information infrastructure"
        " investment investors key large larger launch launched lawmakers lawsuits lawyers leaders"
        " licensing local low lower main major management managers market markets members messages"
        " millions models negotiations news none officials open operators organisations"
        " organizations original others output owners papers parents partners past patches payments"
        " people plans platforms players points policy potential press prices pricing prior private"
        " production products programmers projects prompts prosecutors public publishers regulators"
        " release released reporters reports research researchers results revenue revenues risks"
        " rivals rollout rules safety sales scientists scores security senior servers services"
        " several shareholders shares short similar small software someone sources spending staff"
        " startups state statements states still strong students subscribers subscriptions support"
        " supporters talks teams tech technology terms tests text thousands three traders trading"
        " traffic training trial true updates usage users value vendors versions video videos"
        " visitors voters work workers world writers years young".split()
    )
    | ACTION_VERBS
)
_SYNONYMS = (
    ("us", "usa", "united states", "america", "american", "washington"),
    ("uk", "united kingdom", "britain", "british", "london"),
    ("eu", "european union", "europe", "european", "brussels"),
    ("un", "united nations"),
    ("china", "chinese", "beijing"),
    ("france", "french"),
    ("germany", "german"),
    ("japan", "japanese"),
    ("korea", "korean", "south korea", "south korean"),
    ("india", "indian"),
    ("israel", "israeli"),
    ("canada", "canadian"),
    ("russia", "russian"),
    ("taiwan", "taiwanese"),
    ("spain", "spanish"),
    ("italy", "italian"),
    ("ireland", "irish"),
    ("netherlands", "dutch"),
    ("switzerland", "swiss"),
    ("sweden", "swedish"),
    ("australia", "australian"),
    ("brazil", "brazilian"),
    ("turkey", "turkish"),
    ("ukraine", "ukrainian"),
    ("mexico", "mexican"),
    ("poland", "polish"),
    ("saudi arabia", "saudi"),
    ("iran", "iranian"),
    ("vietnam", "vietnamese"),
    ("denmark", "danish"),
    ("norway", "norwegian"),
    ("finland", "finnish"),
    ("ceo", "chief executive", "chief executive officer"),
    ("cto", "chief technology officer"),
    ("cfo", "chief financial officer"),
    ("coo", "chief operating officer"),
    ("llm", "large language model", "large language models"),
    ("gpu", "graphics processing unit", "graphics processing units"),
    ("api", "application programming interface"),
)
_SAME = {
    f" {form} ": tuple(f" {other} " for other in group) for group in _SYNONYMS for form in group
}
_UNITS = "kb mb gb tb pb gib tib kw mw gw kwh mwh gwh twh hz khz mhz ghz ms".split()
# the subject itself; dates and units have gates
_GIVEN = frozenset(f" {word} " for word in ("ai", *NO_PRODUCT, *_UNITS))
_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:['’][^\W\d_]+)*")
_JOINTS = frozenset({" ", "-", "‑", " & "})
_STARTS = re.compile(r"""(?:^|[.!?:;…—–|•]["'”’»)\]]*\s+|\s[-–—]\s+|["“‘«(\[]\s?)["'“‘«(\[]*$""")
_POSSESSIVE = re.compile(r"['’]s$")
_DIGIT = re.compile(r"\d")
_FIRST_PERSON = re.compile(r"I(?:['’]\w+)?")
_OF_LAND = ("n", "an", "ian", "ean", "ese", "ish", "i", "ic")
_SHORTEST_LAND = 4  # letters
_ACRONYM = 3  # letters: two are the initials of too many names


@dataclass(frozen=True, slots=True)
class _Known:
    """What a text knows: its words in order, its whole names, their initials, the stems of its
    lower-case words.
    """

    words: str
    names: frozenset[str]
    initials: frozenset[str]
    acronyms: frozenset[str]
    stems: frozenset[str]


@lru_cache(maxsize=512)
def _names(text: str) -> tuple[Name, ...]:
    in_title = is_title_case(text)
    return tuple(
        Name(
            text=_POSSESSIVE.sub("", text[run[0].start() : run[-1].end()]),
            unsure=in_title or _starts_sentence(text, run[0]),
        )
        for run in _runs(text)
    )


@lru_cache(maxsize=512)
def _known(text: str) -> _Known:
    known = frozenset(wording(name.text) for name in _names(text))
    return _Known(
        words=wording(text),
        names=known,
        initials=frozenset(
            "".join(word[0] for word in name.split()) for name in known if name.count(" ") > 2
        ),
        acronyms=frozenset(
            word[0].lower()
            for word in _WORD.finditer(text)
            if word[0].isupper() and len(word[0]) >= _ACRONYM
        ),
        stems=frozenset(stem(word[0]) for word in _WORD.finditer(text) if word[0].islower()),
    )


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Words written as names, in a row: joined by a space or a hyphen, ended by a possessive, a
    figure, an ordinary word.
    """
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        if run and (
            text[run[-1].end() : word.start()] not in _JOINTS or run[-1][0].endswith(("'s", "’s"))
        ):
            yield run
            run = []
        if _is_name_word(word[0]) and not _is_ordinary_start(text, word):
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_name_word(word: str) -> bool:
    if word.islower() or _DIGIT.search(word) or _FIRST_PERSON.fullmatch(word):
        return False
    if _POSSESSIVE.sub("", word).lower() in FUNCTION_WORDS and not (
        word.isupper() and len(word) > 1
    ):
        return False
    return any(char.isupper() for char in word)


def _is_ordinary_start(text: str, word: re.Match[str]) -> bool:
    plain = word[0][1:].islower()
    ordinary = word[0].lower() in _ORDINARY or (
        len(word[0]) > 5 and word[0].endswith(("ing", "ly"))
    )
    return plain and ordinary and _starts_sentence(text, word)


def _starts_sentence(text: str, word: re.Match[str]) -> bool:
    return bool(_STARTS.search(text[max(0, word.start() - 8) : word.start()]))


def _is_covered(name: Name, evidence: Sequence[_Known]) -> bool:
    """Whether the name as a whole stands in the evidence, or can be cut into parts that each do."""
    whole = wording(name.text)
    if _stands(whole, evidence) or whole in _GIVEN:
        return True
    words = whole.split()
    reached = {0}
    for end in range(1, len(words) + 1):
        if any(_part_stands(words[start:end], name.unsure, evidence) for start in reached):
            reached.add(end)
    return len(words) in reached


def _stands(words: str, evidence: Sequence[_Known]) -> bool:
    return any(form in known.words for form in _SAME.get(words, (words,)) for known in evidence)


def _shortened(words: str, evidence: Sequence[_Known]) -> bool:
    """Whether one name of the evidence has the words in their order, from its last: "President
    Zelenskyy" of three.
    """
    return any(
        name.endswith(words[words.rstrip().rindex(" ") :])
        and _in_order(words.split(), name.split())
        for known in evidence
        for name in known.names
    )


def _in_order(words: Sequence[str], name: Sequence[str]) -> bool:
    rest = iter(name)
    return all(word in rest for word in words)


def _part_stands(part: Sequence[str], unsure: bool, evidence: Sequence[_Known]) -> bool:
    """A part of several words must stand as written; a single one must be a whole name somewhere,
    or no name at all.
    """
    words = f" {' '.join(part)} "
    if len(part) > 1 or words in _SAME:
        initials = "".join(word[0] for word in part if word not in FUNCTION_WORDS)
        return (
            _stands(words, evidence)
            or _shortened(words, evidence)
            or any(initials in known.acronyms for known in evidence)
        )
    word = part[0]
    return (
        words in _GIVEN
        or any(
            words in known.names or word in known.initials or _is_of_land(word, known.names)
            for known in evidence
        )
        or (unsure and (word in _ORDINARY or any(stem(word) in known.stems for known in evidence)))
    )


def _is_of_land(word: str, names: frozenset[str]) -> bool:
    """Whether one of two names is made of the other as those of people of a land or party are:
    "Indonesia", "Indonesian".
    """
    for name in names:
        shorter, longer = sorted((word, name.strip()), key=len)
        if len(shorter) >= _SHORTEST_LAND and any(
            longer in {shorter + end, shorter[:-1] + end} for end in _OF_LAND
        ):
            return True
    return False
