"""What the outlet of a feed is called in a sentence: "The Guardian", not "AI (artificial
intelligence) | The Guardian".
"""

from __future__ import annotations

from functools import lru_cache

from aggregator.domain.web.urls import registrable_domain


@lru_cache(maxsize=1024)
def outlet_name(source: str, url: str) -> str:
    """The words at the beginning of a source's name, or of a part of it, that the domain of its
    article is named after; the name as it is where there are none.
    """
    domain = registrable_domain(url)
    named = {_letters(domain), _letters(domain.partition(".")[0])} - {""}
    parts = source.split()
    opens = [place for place in range(len(parts)) if not place or _ends_part(parts[place - 1])]
    for start in opens:
        for end in range(start + 1, len(parts) + 1):
            if _letters("".join(parts[start:end])) in named:
                return " ".join(parts[start:end]).rstrip(":,")
    return source


def _ends_part(word: str) -> bool:
    return word.endswith(":") or not _letters(word)


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
