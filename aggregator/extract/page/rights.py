"""The word in the head of a page that closes its text to AI systems. Pure; an [lxml] tree goes
in.
"""

from __future__ import annotations

from aggregator.domain.web.rights import closing_directive
from aggregator.extract.markup import Tree


def closing_tag(tree: Tree) -> str:
    """`robots: noai` or `tdm-reservation: 1`, as a meta tag says it; empty where none does."""
    for meta in tree.iter("meta"):
        name, content = (
            (meta.get("name") or "").strip().lower(),
            (meta.get("content") or "").strip(),
        )
        if name == "tdm-reservation" and content == "1":
            return "tdm-reservation: 1"
        if name == "robots" and (word := closing_directive(content)):
            return f"robots: {word}"
    return ""
