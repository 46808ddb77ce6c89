"""How a sentence that is too long to be quoted is cut: at the end of a clause, where what is left
is true and whole by itself.

What is cut away must neither change what stays ("unless …", "…, the company said") nor complete it:
the rest of a list, the verb of a subject, the main clause of an "if". Where no such end is found
the sentence is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from aggregator.english.text import word_count, words
from aggregator.english.vocabulary import SAYING, VOICE

_SHORTEST_CUT = 9  # words that a trimmed sentence must keep to say something

_CLAUSE_END = re.compile(
    r"[,;:]\s|\s[–—-]\s|(?<=\w)—(?=\w)|\s(?=(?:and|which|who|where|while|after|before)\b)"
)
_PHRASE_END = re.compile(
    r",?\s(?=(?:in|on|at|during|amid|over|after|before|since|by|with|through|across|under|"
    r"within|following|as|while|from|for|into|ahead of|including|such as|despite|amidst|via|"
    r"using|alongside|because of|due to|(?<=, )[a-z]{3,}ing|based on|built on|designed to|"
    r"derived from|aimed at|intended to|trained on|developed by|backed by|powered by|led by|"
    r"that (?:has|have|had|will|would|could|is|are|was|were|(?:\w+ly )?[a-z]+s)|which|whose|where|"
    r"to (?:help|allow|let|make|build|create|support|improve)|arguing|citing|making|giving|"
    r"allowing|helping)\s)"
)
_THAT_DOES = re.compile(r"that (?:\w+ly )?(?!has\b|is\b|was\b)[a-z]+s\b")
_APPOSITION = re.compile(r"an?(?:\s[^\s,]+){2}")  # "NorthOven, a small oven"
_LED_NOUN = re.compile(r"based|built|designed|derived|aimed|intended|trained|\w+ by\b")
_NEW_NOUN = re.compile(r"(?:^|\s)an?\s(?:[\w-]+\s){0,5}[\w-]+$")  # "an oven", before "built on …"
_WANTS_MORE = re.compile(
    r"\b(?:\w+(?:ed|ing|ly|ive|ous|able|est)|\d+|due|part|number|set|able|it|one|well|but|best|"
    r"according|other|same|to \w+(?: (?:it|them|him|her))?|put|struck|built|made|given|known|seen|"
    r"driven|drawn|held|taken|shown|set|left)$",
    re.IGNORECASE,
)
VERB = (
    r"(?:is|are|was|were|has|have|had|does|did|do|will|would|can|could|may|might|must|should|"
    r"says?|said|told|gave|made|won|cut|put|set|hit|let|built|found|began|took|held|led|met|sold|"
    r"bought|sent|kept|came|went|saw|ran|fell|rose|grew|lets?|makes?|gives?|takes?|means?|needs?|"
    r"uses?|runs?|shows?|plans?|wants?|offers?|warns?|aims?|allows?|adds?|brings?|claims?|comes?|"
    r"becomes?|launches|releases|(?<!-)[a-z]\w+ed|(?<=[Ww]e )[a-z]+)"
)
_FINITE = re.compile(rf"\b{VERB}\b")
# "It published a study", before "with …"
_BARE_OBJECT = re.compile(rf"\b{VERB}\san?\s(?:[\w-]+\s)?[\w-]+$")
_SUBORDINATE = re.compile(
    (
        r"^as\b|\b(?:that|which|who|whose|where|while|when|because|although|though|after|before|"
        r"since|until)\b"
    ),
    re.I,
)
_UNMARKED = (
    r"built|made|given|known|seen|led|driven|written|drawn|born|held|found|taken|shown|set|left|"
    r"sold|bought|sent|kept"
)
_PARTICIPLE = re.compile(  # "In a letter, first disclosed by the court, …"
    rf"(?:first |\w+ly )?(?:\w+(?:ed|ing)|{_UNMARKED})\b", re.IGNORECASE
)
_ADVERBIAL = re.compile(  # what opens a sentence before its subject
    r"(?:in|on|at|by|for|from|with|without|within|after|before|since|during|until|under|over|as|"
    r"while|when|where|despite|because|although|though|last|just|inside|outside|amid|among|"
    r"across|like|unlike|to|of|due|once|earlier|later|\w+ing|\w+ed|"
    rf"{_UNMARKED})\b",
    re.IGNORECASE,
)
_SUBORDINATOR = re.compile(
    r"(?:with|as|while|when|although|though|because|since|once)\b", re.IGNORECASE
)  # and no main clause
_CHANGES_MEANING = re.compile(
    r"\b(?:but|although|though|unless|except|only|if|not|no|never|without|however|until|provided|"
    r"assuming|rather|instead|deni\w+|alleg(?!ing)\w+|according|claims?|false\w*|than|or|exclud\w+|"
    r"barring|pending|subject to|apart from|once|as long as|so long as|reportedly|rumou?r\w*|"
    r"suppos\w+)\b",
    re.IGNORECASE,
)
_REVERSES = re.compile(  # a clause before it, wherever it stands
    r"\b(?:but|although|though|unless|except|if|however|until|provided|assuming|deni\w+|according|"
    r"barring|pending|subject to|apart from|once|as long as|so long as|reportedly|rumou?r\w*|"
    r"suppos\w+|alleg(?:e|es|ed))\b",
    re.IGNORECASE,
)
_PARTED = re.compile(  # "as many ovens", before "as they need"; "blamed the fire", before "on Oslo"
    r"\bas \w+\b[^,]*\nas\b|\bblam\w+\b.*\n(?:on|for)\b|:\s.*\n"
)
_HEDGED = 4  # words of a phrase among which "no", "only" or "than" is about what stands before it
_BAD_LAST_WORD = frozenset(
    "a an the of to in on at by for with from and or as that which who is are was were "
    "be its their his her our into over about than this these those has have had will "
    "would could can may should not most more very such both between including said says saying "
    "also where when why how whether what whose claim claims claimed allege alleges "
    "alleged argue argues argued told".split()
)
_SAYS_WHO = re.compile(rf"\b(?!(?:believed|estimated) (?:to|at)\b){SAYING}\b(?! that\b)")
_ATTRIBUTIVE = re.compile(  # "the firm's renewed push": no verb
    r"(?:\b(?:the|an?|its|their|his|her|of|in|for|by|with|on|over)|['’]s)\s(?:\w+ly\s)?\w+ed\b"
)
_REPORTS = re.compile(rf"\b(?:{SAYING}|that|whether|how)\b")
_SAYS_THAT = re.compile(rf"\b(?:{SAYING}|claims|found|finds|shows?) (?:that|whether|how)\b")
# whose word it is: ", the firm said on Monday.", ", said Ada Holt, who …", ", told TIME."
_ATTRIBUTION = re.compile(
    rf"^{VOICE}\b(?! that\b)|"
    rf"(?:^|,\s)(?!(?:and|but|which|who|while|as|after|before|where|when|that)\b)"
    rf"[^,;:“”\"]{{1,60}}\s{VOICE}(?:\s(?!that\b)[^,;:“”\"]{{0,60}})?(?:,|[.!]?[”\"]?$)|"
    rf",\s{VOICE}\b(?!\sthat\b)[^,;:“”\"]{{0,120}}$"
)
_JOINS = re.compile(r"^(?:and|or)\s+(?P<rest>[^,;:–—]*)")
_BASE_VERB = re.compile(  # "to sell it and gain “leverage”"
    r"(?!(?:for|of|in|on|at|by|with|to|from|as|all|not|even|both|into|over|under|about|between)\b)"
    r"[a-z]+\s(?:[“\"]|(?:the|an?|its|their|his|her|it|them|all|more|new|both)\b)"
)
_GOVERNS = re.compile(r"\b(?:to|will|would|can|could|may|might|should|must)\s(?:\w+ly\s)?[a-z]+\b")
# and its verb, after an adverbial that no comma parts from it: "In 2026 Northwind released …"
_SUBJECT = re.compile(r"(?:[A-Z]\w*|\b(?:it|they|he|she))\s(?:\w+ly\s)?\w{2,}ed\b")
# "between Halden", before its "and"
_PAIRED = re.compile(r"\b(?:both|between|either)\b(?:(?!\band\b)[^,;])*$")
_LISTED = re.compile(
    r"^(?!(?:while|as|which|who|when|where|after|before|because|although|though|with|\w+ing)\b)"
    r"[^,;]{1,40}(?:,\s[^,;]{1,40})*,?\s(?:and|or)\s"
)
_NAME_ENDS = re.compile(r"(?:^|\s)(?:[A-Z][\w.’'&-]*|[a-z]{1,3}[A-Z]\w*)$")
# "the Securities", before "and Exchange Commission"
_NAME_GOES_ON = re.compile(r"(?:and|or)\s(?:the\s)?(?:[A-Z]|[a-z]{1,3}[A-Z])")
# "by false", before "and misleading information"; "gleefully", before "and dangerously"
_HALF_PAIR = re.compile(
    r"\b(?:of|in|by|for|with|from|on|to|about)\s[a-z][\w-]*\n(?:and|or)\s\w+ing\b|"
    r"\w{2}ly\n(?:and|or)\s\w+ly\b"
)
_GOES_ON_AS_VERB = re.compile(
    rf"(?:and|or)\s(?:\w+ly\s|then\s|now\s)?(?:{VERB}|\w+ing|\w+ed|[a-z]{{3,}}s"
    r" (?:the|an?|its|their|his|her))\b"
)
# "found that users", before "who stopped …"
_SUBJECT_ONLY = re.compile(r"\b(?:that|how|whether)\s(?P<rest>[\w-]+)$")
_OPENS_CLAUSE = re.compile(
    (
        r"\b(?:that|which|who|whose|where|while|when|because|although|though|after|before|since|"
        r"how|whether|said|says)\b"
    ),
    re.IGNORECASE,
)
_DASH = re.compile(r"(?<=\s)[–—-](?=\s)|[–—]")
_ITEM_END = re.compile(r",|\s(?:and|or)\s")
# the verb of a subject that an apposition or a relative clause parts from it
_PREDICATE = re.compile(
    rf"^(?:also\s|then\s|now\s|later\s|\w+ly\s)?{VERB}\b(?<!\bset)(?!\s(?:by|in|on|at|for|from|"
    rf"with)\b)"
)
_ADJUNCT = re.compile(
    r"(?:including|such as|with|without|from|to|for|in|at|by|on|under|over|\w+ing)\b", re.IGNORECASE
)
_OPEN_SUBORDINATE = re.compile(  # "…, and while nobody knows why", before what happens meanwhile
    r"(?:[:;–—]\s|\b(?:and|but|or|that|said|says|told),?\s)"
    r"(?:just )?(?:while|although|though|as|if|when|because|since|once|unless|after|before)\b[^,]*$"
    r"|(?:^|[,:;–—]\s|\b(?:and|but|that)\s)if\b"
    r"|\bthat,?\s(?:on|in|by|from|at|for|with|starting|beginning|despite|during)\b[^,]*$",
    re.IGNORECASE,
)
_NAMED_AGAIN = re.compile(
    r"[A-Z][\w’'-]*(?: [A-Z][\w’'-]*){0,3}, (?!(?:and|which|who|said|says)\b)"
)  # ", Halden, from …"
_ASIDE = re.compile(r"\s[–—-]\s")
_OPENING_QUOTE = re.compile(r"(?<!\w)‘(?!\d|s\b)")  # what closes it may be an apostrophe
_LED_ON = re.compile(r"\b(?:and|but|or), (?P<rest>[^,]*)$")  # "…, and, with it"
# "a cheap", before ", fast model"
_ADJECTIVE = re.compile(r"\ban?\s[\w-]*(?:ed|ive|ous|ful|able|ible|ic)$")
# "from days", before "before the fair"
_SPAN = re.compile(r"\b(?:minutes|hours|days|weeks|months|years)$")


def trimmed(sentence: str, most_words: int) -> str | None:
    """The sentence, or its longest leading clauses within `most_words`, where what is cut away does
    not change their meaning.
    """
    if word_count(sentence) <= most_words:
        return sentence
    return _head(sentence, most_words, _CLAUSE_END, _is_cut_well)


def shortened(sentence: str, most_words: int) -> str | None:
    """The same, or where no clause ends well its longest head before a phrase that says when,
    where, how or why.
    """
    return trimmed(sentence, most_words) or _head(sentence, most_words, _PHRASE_END, _is_phrase_off)


def _head(
    sentence: str, most_words: int, ends: re.Pattern[str], is_whole: Callable[[str, str, str], bool]
) -> str | None:
    """The longest head within `most_words` that ends where one may and is whole by itself."""
    for end in reversed(list(ends.finditer(sentence))):
        head, tail = sentence[: end.start()].rstrip(" ,;:–—-"), sentence[end.end() :]
        is_half_list = ": " in head  # "four tasks: retrieval", without the others
        if word_count(head) > most_words or is_half_list:
            continue
        if word_count(head) < _SHORTEST_CUT:
            return None
        if is_whole(head, tail, end[0].strip()):
            return head
    return None


def _is_phrase_off(head: str, tail: str, mark: str) -> bool:
    """Whether a head is a clause by itself that neither a verb nor the rest of a list behind the
    phrase has to complete.
    """
    *before, last = head.split(", ")
    is_crumb = bool(before) and not (
        _FINITE.search(last) or _ADJUNCT.match(last) or _APPOSITION.match(last)
    )
    follows = re.split(r"[,;:—–]", tail)[0]
    is_verb_ahead = bool(_FINITE.search(_ATTRIBUTIVE.sub("", _SUBORDINATE.split(follows)[0])))
    if _LED_NOUN.match(tail) or _THAT_DOES.match(tail):
        is_verb_ahead = not _NEW_NOUN.search(head) or bool(_REPORTS.search(head))
    is_open = not _FINITE.search(_SAYS_THAT.split(head)[-1])
    is_aside = head.count("—") % 2 == 1 or _ASIDE.search(head)
    is_led_on = _WANTS_MORE.search(head) or _PARTED.search(f"{head}\n{tail}")
    is_needed = is_open or is_aside or is_crumb or is_verb_ahead or is_led_on
    hedge = " ".join(tail.split()[:_HEDGED])
    return (
        not is_needed
        and _is_clause(head)
        and not _CHANGES_MEANING.search(hedge)
        and not any(pattern.search(tail) for pattern in (_REVERSES, _ATTRIBUTION, _SAYS_WHO))
    )


def _is_cut_well(head: str, tail: str, mark: str) -> bool:
    """Whether a head stands by itself."""
    return (
        _is_clause(head) and not _is_in_aside(head, tail, mark) and not _is_needed(tail, head, mark)
    )


def is_balanced(sentence: str) -> bool:
    """Whether every bracket and quotation mark has its partner."""
    pairs = (("(", ")"), ("[", "]"), ("“", "”"), ("{", "}"))
    is_closed = len(_OPENING_QUOTE.findall(sentence)) <= sentence.count("’")
    return (
        is_closed
        and sentence.count('"') % 2 == 0
        and all(sentence.count(left) == sentence.count(right) for left, right in pairs)
    )


def may_be_cut(tail: str) -> bool:
    """Whether words behind a cut neither change what stays nor name the speaker."""
    return not any(pattern.search(tail) for pattern in (_CHANGES_MEANING, _ATTRIBUTION, _SAYS_WHO))


def ends_loose(head: str) -> bool:
    """Whether the last word of a cut sentence asks for more."""
    last = words(head)[-1:] or ("",)
    return last[0].lower() in _BAD_LAST_WORD


def _is_clause(head: str) -> bool:
    """Whether a cut sentence still says something: a verb, no loose end, no subject whose
    apposition was never closed.
    """
    is_loose = any((ends_loose(head), _OPEN_SUBORDINATE.search(head), _BARE_OBJECT.search(head)))
    led_on = _LED_ON.search(head)
    is_loose = is_loose or bool(led_on and not _FINITE.search(led_on["rest"]))
    is_told = _FINITE.search(head.rpartition("; ")[2])
    return (
        bool(is_told)
        and not is_loose
        and is_balanced(head)
        and _has_main_verb(_ASIDE.split(head)[0])
    )


def _is_in_aside(head: str, tail: str, mark: str) -> bool:
    """Whether it is cut between two dashes, or before two dashes behind which the verb of its
    subject may stand.
    """
    is_dash = bool(_DASH.fullmatch(mark))
    closing = _DASH.search(tail)
    if len(_DASH.findall(head)) % 2:
        return is_dash or closing is not None
    after = tail[closing.end() :].strip() if is_dash and closing else ""
    return bool(after.startswith("to ") or _PREDICATE.search(after))


def _is_half_pair(tail: str, head: str) -> bool:
    """Whether "and" joins two names, two adjectives, or two nouns that are the subject of one verb:
    "police and firemen came".
    """
    if (_NAME_ENDS.search(head) and _NAME_GOES_ON.match(tail)) or _HALF_PAIR.search(
        f"{head}\n{tail}"
    ):
        return True
    opened = _OPENS_CLAUSE.split(head)[1:]
    return bool(opened) and not _FINITE.search(opened[-1]) and not _GOES_ON_AS_VERB.match(tail)


def _is_needed(tail: str, head: str, mark: str) -> bool:
    """Whether what follows a clause changes what it says, names the speaker, or completes
    it.
    """
    if mark == ":" or _CHANGES_MEANING.search(tail) or _ATTRIBUTION.search(tail):
        return True
    subject = _SUBJECT_ONLY.search(head)
    if (
        subject
        and not _FINITE.search(subject["rest"])
        and tail.startswith(("who ", "which ", "where "))
    ):
        return True
    is_span = _SPAN.search(head) and tail.startswith(("before ", "after "))
    is_subject_open = not _says_something(head.partition(", ")[0]) and any(
        _PREDICATE.search(part) for part in tail.split(", ")[1:]
    )
    is_led_on = _PREDICATE.search(tail) or _NAMED_AGAIN.match(tail) or _ADJECTIVE.search(head)
    goes_on = is_subject_open or (mark == "," and is_led_on)
    return bool(is_span or goes_on) or _is_amid_list(tail, head, mark)


def _is_amid_list(tail: str, head: str, mark: str) -> bool:
    """Whether a cut parts what a list or a pair joins, or stands where an apposition ends and its
    clause goes on.
    """
    *before, last = head.split(", ")
    is_crumb = bool(before) and not (_FINITE.search(last) or _ADJUNCT.match(last))
    if joined := _JOINS.search(tail):
        rest = joined["rest"]
        is_verb = rest.split(" ")[0].endswith("ing") or (
            _BASE_VERB.match(rest) and _GOVERNS.search(head)
        )
        is_told_on = bool(is_verb) or _says_something(rest)
        return (
            not is_told_on
            or is_crumb
            or (not mark and (bool(_PAIRED.search(head)) or _is_half_pair(tail, head)))
        )
    return mark == "," and (
        is_crumb or (bool(_LISTED.search(tail)) and not _says_something(_ITEM_END.split(tail)[0]))
    )


def _has_main_verb(head: str) -> bool:
    """Whether a verb stands in the main clause: before the first comma, or after the apposition or
    adverbial that it closes.
    """
    first, *parts = head.split(", ")
    if not parts and _SUBORDINATOR.match(first):
        return False
    if _SUBORDINATOR.match(first) and not _FINITE.search(
        first
    ):  # a clause whose own subject is a list
        return sum(map(_says_something, parts)) > 1
    if not _ADVERBIAL.match(first):
        return _has_own_verb(first) or any(
            _says_something(part) for part in parts[1:] if not _ADJUNCT.match(part)
        )
    is_stated = (
        _states_first(first)
        if not parts
        else _says_something(first) and not _PARTICIPLE.match(first)
    )
    return is_stated or any(_says_something(part) for part in parts if not _PARTICIPLE.match(part))


def _states_first(clause: str) -> bool:
    """Whether an adverbial without a comma behind it holds the clause: "In a post published on 4
    July" does not.
    """
    plain = "" if _PARTICIPLE.match(clause) else _SUBORDINATE.split(clause)[0]
    return any(not match[0].endswith("ed") for match in _FINITE.finditer(plain)) or bool(
        _SUBJECT.search(plain)
    )


def _has_own_verb(clause: str) -> bool:
    """Whether a subject has a verb beside that of its relative clause: "a lab that trains models"
    has none.
    """
    return _says_something(clause) or (
        _SUBORDINATE.search(clause) is not None and len(_FINITE.findall(clause)) > 1
    )


def _says_something(part: str) -> bool:
    """Whether a verb stands in it before any "that", "which" or "while"."""
    return bool(_FINITE.search(_SUBORDINATE.split(part)[0]))
