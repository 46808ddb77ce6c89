"""How something works: the sentences of a technical story on its parts, and whether a story is
technical.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.extract.quotable_sentences import QuotableSentence

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


def mechanism_terms(sentence: str) -> int:
    """How many kinds of technical terms a sentence has."""
    return len({found.lastgroup for found in _TERMS.finditer(sentence)})


def describes_mechanism(candidate: QuotableSentence) -> bool:
    """Whether a sentence describes how something works."""
    return mechanism_terms(candidate.sentence) >= FEWEST


def is_technical(titles: Sequence[str], found: Sequence[QuotableSentence]) -> bool:
    """Whether a story is technical: by its headlines, and by enough sentences that describe how
    something works.
    """
    count = sum(map(describes_mechanism, found))
    return count >= FEWEST and any(map(_TECHNICAL.search, titles))
