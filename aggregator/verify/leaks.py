"""Leaks: a claim that talks of its own making: the prompt, the passages as such, the form of the
reply, the model itself; and a copied sentence that gives an order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from aggregator.domain.article import Passage
from aggregator.english.speech_acts import is_order
from aggregator.english.text import sentences
from aggregator.verify.quotes import without_quotations
from aggregator.verify.wording import wording

# Each is a leak unless the cited passages say it in the same words: news can be of JSON and of
# prompts.
_LEAK = re.compile(
    r"""
    # the passages as such
      \b(?:the|this|these|both|all|cited|above|provided|given)\ passages?\b(?!\ of\b)
    | \bpassages?\ \[?\d | (?<!\w)\[\d{1,2}\]
    | \((?:passage|source|citation|ref)s?\.?\ \d
    | \b(?:based\ on|from|in|using|per|according\ to)\ the\ (?:provided|given|supplied)\b
    | \bthe\ (?:provided|given|above|supplied|following)
        \ (?:text|article|context|information|evidence|sources?|excerpts?)\b
    | \b(?:the|this)\ (?:article|text|source|excerpt|snippet|context|evidence)s?
        \ (?:states?|says?|mentions?|notes?|describes?|discusses|explains?|reports?|highlights?
        |indicates?|suggests?|does\ not|doesn['’]t|do\ not|provides?|also)\b
    | \baccording\ to\ the\ (?:article|text|source|context|evidence)s?\b
    | \bnot\ (?:mentioned|specified|stated|provided)\ in\ the\b
    # the task and the form of the reply
    | </?think | \bjson\b | \bschemas?\b
    | \b(?:my|your|these|this|the\ (?:above|given|provided|system|following))
        \ (?:instructions?|prompts?)\b
    | \bsystem\ prompts?\b
    | \boutput\ format\b | \bword\ (?:limit|count)\b
    | \bthe\ user\ (?:asks?|asked|wants?|wanted|is\ asking|requests?|requested|needs?)\b
    | \bmax(?:imum)?\ \d+\ words\b
    | ^\W*(?:hook|headline|claims?|summary|answer|output|response|takeaways?|note
        |final\ answer|step\ \d+|reasoning|thought|quote)\s*:
    | ^\W*(?:sure|certainly|okay|ok|alright|of\ course|absolutely)\s*[,!:.]\s
    | ^\W*here(?:\ is|['’]s|\ are)\ (?:the|a|an|your|my|some)\b
    # the model itself
    | \bas\ an?\ (?:ai|large\ language|language)\b
        (?:\ model|\ language\ model|\ assistant)?(?=[,\ ])
    | \bmy\ training\ data\b
    | \bI['’]m\b
    | \bI(?:['’](?:ll|ve|d))?\ (?:am|can|cannot|can['’]t|could|do|don['’]t|did|have|will|would
        |should|need|must|think|believe|was|apologi[sz]e|understand|see|know|want|hope|cite|wrote
        |write|based)\b
    | \blet(?:\ me|['’]s|\ us)\b
    | \bwe\ (?:can|could|need\ to|must|should)
        \ (?:see|infer|conclude|write|cite|say|note|assume|look)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
# characters of a copied sentence by which it is found in its passage: its end may be cut
_BEGINNING = 20
_RUN = 6  # words of a prompt in a row that are no coincidence; a shorter phrase must stand whole


def has_leak(claim_text: str, evidence_texts: Sequence[str], prompts: Sequence[str] = ()) -> bool:
    """Whether a claim leaks reasoning, its prompt or its maker; what the evidence itself says so is
    none, nor are quotations.

    `prompts` are sentences of the prompt that was sent: six words of one in a row are a leak.
    """
    own = without_quotations(claim_text)
    lowered = [text.lower() for text in evidence_texts]
    leaks = (match[0].lower().removesuffix("s") for match in _LEAK.finditer(own))
    if any(not any(leak in text for text in lowered) for leak in leaks):
        return True
    words = wording(own)
    repeated = [run for run in _runs(tuple(prompts)) if run in words]
    told = [wording(text) for text in evidence_texts] if repeated else []
    return any(not any(run in text for text in told) for run in repeated)


def is_copied_order(claim_text: str, cited: Sequence[Passage]) -> bool:
    """Whether a sentence copied from a text gives an order; headlines may give orders to readers.

    A table cell may hold only part of a sentence: "offer their models through an API" is not an
    order.
    """
    if not is_order(claim_text):
        return False
    beginning = claim_text[:_BEGINNING]
    return any(
        sentence.startswith(beginning)
        for passage in cited
        if passage.n
        for sentence in sentences(passage.text)
    )


@lru_cache(maxsize=8)
def _runs(prompts: tuple[str, ...]) -> tuple[str, ...]:
    """The runs of words that no claim may share with these prompts, each once. Put together again
    for each claim they took a third of all gates' time.
    """
    found = dict[str, None]()
    for prompt in prompts:
        words = wording(prompt).split()
        for start in range(max(1, len(words) - _RUN + 1)):
            if words:
                found[f" {' '.join(words[start : start + _RUN])} "] = None
    return tuple(found)
