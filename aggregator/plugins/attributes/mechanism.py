"""How something works: a section of technical stories alone, by sentences on its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.domain.sections import Content, Section, SectionPlace
from aggregator.domain.story import Member
from aggregator.domain.wording import N_
from aggregator.extract.quotable_sentences import QuotableSentence
from aggregator.story.sections import Rule, StorySection, Writing

FEWEST = 2  # sentences that make a section, and terms that make a sentence: one may be met anywhere

_TERMS = re.compile(
    r"\b(?P<attention>\w*attention)\b|"
    r"\b(?P<experts>mixture[- ]of[- ]experts|MoE|experts|routing|router)\b|"
    r"\b(?P<net>transformers?|Mamba\w*|state[- ]space|diffusion|encoders?|decoders?|"
    r"convolution\w*|backbone|layers?|embeddings?)\b|"
    r"\b(?P<learning>pre-?train\w*|post-?train\w*|fine-?tun\w*|distill\w*|"
    r"reinforcement learning|RLHF|GRPO|supervised|reward model\w*)\b|"
    r"\b(?P<memory>KV cache|cache|quanti[sz]\w+|FP8|FP4|BF16|INT[48]|LoRA|adapters?)\b|"
    r"\b(?P<data>tokens|tokeni[sz]er|corpus|dataset|synthetic data|vocabulary)\b|"
    r"\b(?P<size>parameters?|context window|context length)\b|"
    r"\b(?P<parts>architecture|pipeline|module|kernel|compiler|scheduler|index|sandbox|protocol|"
    r"retriever|retrieval)\b|"
    r"\b(?P<does>uses|combines|consists of|is built on|is based on|relies on|replaces|splits|"
    r"stores|maps|processes|computes)\b",
    re.IGNORECASE,
)
_TECHNICAL = re.compile(
    r"\b(?:models?|LLMs?|open[- ](?:source|weights?)|parameters?|benchmarks?|architecture|"
    r"framework|dataset|attention|transformers?|training|inference|agents?|API|SDK|kernels?|"
    r"GPUs?|chips?|quanti[sz]\w+|retrieval|v?\d+\.\d+|\d+B)\b",
    re.IGNORECASE,
)
_PROMPT = (
    '"mechanism": up to three sentences on how it works: the parts, the steps, and what makes it'
    " faster, cheaper or safer. Empty if the facts do not say."
)


def mechanism_terms(sentence: str) -> int:
    """How many kinds of technical terms a sentence has."""
    return len({found.lastgroup for found in _TERMS.finditer(sentence)})


def _terms(candidate: QuotableSentence) -> int:
    return mechanism_terms(candidate.sentence)


def _is_technical(members: Sequence[Member], found: Sequence[QuotableSentence]) -> bool:
    """Whether a story is technical: by its headlines, and by enough sentences that describe how
    something works.
    """
    count = sum(_terms(candidate) >= FEWEST for candidate in found)
    return count >= FEWEST and any(_TECHNICAL.search(member.article.title) for member in members)


MECHANISM = StorySection(
    section=Section(
        key="mechanism",
        content=Content.CLAIMS,
        place=SectionPlace.DEPTH,
        heading=N_("How it works"),
        attribute="mechanism",
    ),
    rule=Rule(most=3, fewest=FEWEST, weigh=_terms, at_least=FEWEST, applies=_is_technical),
    writing=Writing(most=3, prompt=_PROMPT),
)
