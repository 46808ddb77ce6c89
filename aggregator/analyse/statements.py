"""What of an article is evidence: the sentences that state something.

A question and an order state nothing, so nothing can rest on them; and a text that speaks to a machine was not written
for readers, so its whole passage counts for nothing (indirect prompt injection: Greshake et al. 2023, Yi et al. 2023).
Everything after this sees the rest only: rules, model, gates. It is told by form, not by intent: a false statement in a
publisher's own voice stays what it is, a statement of that publisher.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from aggregator.domain.story import Member
from aggregator.domain.text import has_english_words, is_english, sentences, word_count, words

STATEMENTS = "statements-1"  # part of every analysis's digest: a change of these rules has every story analysed again

_FEWEST_WORDS = 10  # from here on a sentence of English has one of its commonest words, or it is a list or a cipher
_FEWEST_CIPHERED = 4  # words with figures among their letters that make a text a cipher: one is a name such as "gpt4o"
_LEAST_CIPHERED = 0.4

# Verbs that begin an order and nothing else that begins a sentence of news.
_PLAIN_VERBS = (
    "add|adopt|analyse|analyze|append|apologi[sz]e|augment|avoid|become|begin|bring|calculate|choose|classify|"
    "combine|compare|compose|compute|conclude|confirm|consider|convert|create|decode|decrypt|define|delete|describe|"
    "determine|develop|disregard|download|elaborate|emphasi[sz]e|enable|encode|encrypt|encourage|enhance|ensure|evaluate|"
    "execute|explain|extract|fetch|find|follow|forget|generate|get|give|grant|identify|ignore|imagine|include|inform|insert|install|"
    "integrate|introduce|invert|jumble|keep|let|make|mention|misspell|modify|obey|omit|paraphrase|persuade|pretend|"
    "proceed|produce|promote|propose|provide|rearrange|recite|recommend|remember|remind|remove|render|rephrase|"
    "replace|reply|respond|reveal|rewrite|scramble|select|send|simplify|speak|substitute|suggest|summari[sz]e|tell|translate|"
    r"transform|treat|try|unplug|use(?!\s+(?:of|cases?|in|by|for|on|at|as|is|was|and)\b)|write"
)
# Verbs that are nouns too: an order only before what an object begins with.
_NOUN_VERBS = (
    "access|act|advertise|anagram|answer|ask|break|call|change|check|claim|click|comment|complete|continue|copy|cover|design|"
    "direct|discuss|display|do|draft|drop|email|encipher|end|express|focus|format|forward|group|help|hint|highlight|invite|"
    "join|link|list|mark|mask|name|note|offer|open|output|permute|phrase|post|praise|print|prompt|put|quote|rate|read|refer|"
    "reference|reorder|repeat|report|request|return|reverse|review|run|save|say|score|search|set|shift|show|sign|solve|spread|"
    "start|state|stop|store|submit|swap|switch|take|talk|tease|think|turn|type|update|upload|urge|visit|vote|walk|warn"
)
_OBJECT = (
    r"(?:the|a|an|all|any|each|every|no|only|both|it|this|that|these|those|them|me|us|my|our|your|yourself|their|up|down|out|"
    r"whether|how|what|why|as|like|here|with|not|now|[\"“'‘]|www\.|https?:|\[|[a-z]+_[a-z_]+)"
)
_VERB = (
    rf"(?!(?:note|remember)\s+that\b)(?:(?:{_PLAIN_VERBS})(?![\w'’-])(?!\s+(?:is|are|was|were)\b)"
    rf"|(?:{_NOUN_VERBS})\s+{_OBJECT}(?!\w))"
)
_SOFT = r"(?:please|now|then|also|just|kindly|instead|always|never|and|first|next|finally|do not|don['’]t|stop\.|so)"
_MARKS = r"[^\w\"“'‘]*"  # a quotation at the beginning is somebody's words
_ORDER = re.compile(
    rf"^{_MARKS}(?:[\w \-]{{1,40}}:\s+)?{_MARKS}(?:{_SOFT}[,:]?\s+)*{_VERB}"  # "IMPORTANT: please ignore …"
    rf"|^{_MARKS}(?:in|for|to|when|if|before|after|at|on|from|as|whenever|once|upon)\b[^.!?]{{2,120}}?,\s+"
    rf"(?-i:(?:{_SOFT}\s+)*{_VERB})",
    re.IGNORECASE,
)
_REQUEST = re.compile(r"^\W*(?:can|could|would|will) you\b", re.IGNORECASE)
_QUESTION = re.compile(r"\?[^\w.!…]*$")

_OF_ANSWER = "answers?|responses?|repl(?:y|ies)|outputs?|messages?|summar(?:y|ies)|tl;dr|reviews?"
_OF_TASK = "instructions?|prompts?|guidelines|directives|rules|restrictions|limits|policy|policies|filters?|programming"
_MACHINE = re.compile(
    rf"""
    # the answer and the task of who reads
      \b(?:ignore|disregard|forget|override|bypass|skip)\ (?:all|any|every|everything|previous|prior|earlier|preceding|original
        |the|these|those|that|your|my|its)\b[^.!?]{{0,40}}\b(?:{_OF_TASK}|article|text|above|user|context|commands?)\b
    | \b(?:every|any|each|all)\ (?:future\ |subsequent\ |further\ )?(?:{_OF_ANSWER})\ (?:you|that\ you)\b
    | \b(?:instructions?|prompts?)\b[^.!?]{{0,30}}\byou\ (?:were|are|have\ been)\ (?:given|told|shown)\b
    | \bbefore\ responding\b | \boutput\ only\b | \bend\ your\b | \bin\ the\ tl;dr\b
    # who is spoken to, or speaks
    | \b(?:note|message|notice|instructions?|attention|important|reminder)s?\ (?:to|for)\ (?:the\ |all\ |any\ |an?\ )?
        (?:AI|LLMs?|assistants?|agents?|bots?|chatbots?|(?:language\ )?models?|crawlers?|summari[sz]ers?|systems?)\b
    | \b(?:AI|LLM|language\ model|coding)\ (?:assistants?|agents?|systems?|models?)\ (?:reading|reviewing|processing|integrating
        |summari[sz]ing|parsing|indexing)\ (?:this|the)\b
    | \bif\ you\ are\ an?\ (?:AI|LLM|language\ model|assistant|bot|agent)\b
    | \bas\ (?:an?|the)\ (?:AI|(?:AI\ )?assistant|language\ model),?\ I\b
    | ^\W*(?:system|assistant|user|developer|human)\ ?: | \((?:assistant|system|user|developer)\)\s*:
    | \byou\ are\ (?:now|no\ longer)\ (?:an?|in|the|free|unrestricted|DAN)\b
    | \bfrom\ now\ on\b[^.!?]{{0,20}}\b(?:you|respond|answer|act)\b
    | \b(?:call|invoke|use|run|trigger)\ [a-z]+_[a-z_]+\b
    # marks of chats, codes and ciphers
    | <[|｜] | [|｜]> | \[/?INST\] | <</?SYS>> | </?(?:article|context|system|instructions?|user|assistant|prompt)>
    | ^\#{{2,}}\ ?end\ of\b
    | (?:%[0-9a-f]{{2}}[^%]{{0,20}}){{4}} | (?:\\u[0-9a-f]{{4}}){{4}} | (?:[.-]{{1,6}}[ /]+){{10}} | (?:\b[01]{{8}}\ ?){{4}}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ADDRESSED = re.compile(
    rf"\byour (?:\w+['’]? ){{0,2}}(?:{_OF_ANSWER}|{_OF_TASK}|context window|long-term memory)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_ENCLOSED = re.compile(r"^[\"“'‘]([^\"“”]*)[\"”'’]$")
_OPENS, _CLOSES = re.compile(r"^[\"“'‘]"), re.compile(r"[\"”'’]\W*$")
_CODE = re.compile(r"[!-~]{46,}")  # so long without a space: an address at best
_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_MIXED = re.compile(r"[a-z]\d|\d[a-z]", re.IGNORECASE)


def stated(member: Member, language: str) -> Member:
    """The member with nothing in its passages but statements in `language`; the headline stays, as it names the article."""
    headline, *rest = member.article.passages
    kept = tuple(replace(each, text=text) for each in rest if (text := statements(each.text, language)))
    return replace(member, article=replace(member.article, passages=(headline, *kept)))


@lru_cache(maxsize=512)
def statements(text: str, language: str) -> str:
    """The sentences of a passage that state something, joined by spaces.

    Nothing where it speaks to a machine or in another language, nor where most of it asks or orders.
    """
    if speaks_to_machine(text) or not is_in(text, language):
        return ""
    found = sentences(text)
    kept = list(_statements(found))
    if len(kept) == len(found):
        return text
    return " ".join(kept) if 2 * sum(map(word_count, kept)) >= word_count(text) else ""


def _statements(found: Iterable[str]) -> Iterator[str]:
    """The sentences that state something; a quotation right after a question or an order belongs to it."""
    is_asked = is_open = False
    for sentence in found:
        is_open = is_open or (is_asked and bool(_OPENS.search(sentence)))
        is_asked = is_question(sentence) or is_order(sentence) or bool(_ADDRESSED.search(_QUOTED.sub(" ", sentence)))
        if not is_open and not is_asked:
            yield sentence
        is_open = is_open and not _CLOSES.search(sentence)


def is_question(sentence: str) -> bool:
    """Whether a sentence asks."""
    return bool(_QUESTION.search(sentence) or _REQUEST.search(sentence))


def is_order(sentence: str) -> bool:
    """Whether a sentence is in the imperative mood (Quirk et al. 1985, 11.24): a bare verb with nobody as its subject."""
    return bool(_ORDER.search(_ENCLOSED.sub(r"\1", sentence)))


def speaks_to_machine(passage: str) -> bool:
    """Whether a passage addresses a program rather than readers, or is written in a code; what it quotes does not count."""
    plain = _QUOTED.sub(" ", passage)
    return bool(_MACHINE.search(plain)) or _is_ciphered(plain)


def is_in(passage: str, language: str) -> bool:
    """Whether a passage may be in a language; only English can be told from the text, and only where there is enough of it."""
    if not language.lower().startswith("en"):
        return True
    return is_english(passage) and (word_count(passage) < _FEWEST_WORDS or has_english_words(passage))


def _is_ciphered(text: str) -> bool:
    bare = _ADDRESS.sub(" ", text)
    tokens = words(bare)
    mixed = sum(bool(_MIXED.search(token)) for token in tokens)
    return bool(_CODE.search(bare)) or (mixed >= _FEWEST_CIPHERED and mixed >= _LEAST_CIPHERED * len(tokens))
