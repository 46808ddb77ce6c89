"""Our templates without their messages: the English that stands in them, for generators that know
no gettext.
"""

from __future__ import annotations

import re
from html import escape

from aggregator.resources import TEMPLATES

_TRANS = re.compile(r"\{% trans( [^%]*?)? %\}(.*?)\{% endtrans \+?%\}", re.DOTALL)
_VALUES = re.compile(r", (?=\w+=)")
_ALONE = re.compile(r'\{\{ _\("((?:[^"\\]|\\.)*)"\) \}\}')
_WITHIN = re.compile(r'\b_\(("(?:[^"\\]|\\.)*")\)')


def english_template(name: str) -> str:
    """A template of the site as it would be without messages."""
    return english((TEMPLATES / "site" / name).read_text("utf-8"))


def english(template: str) -> str:
    """The template with what its messages say in their place."""
    text = _ALONE.sub(lambda found: escape(found[1], quote=False), _TRANS.sub(_laid_in, template))
    return _WITHIN.sub(r"\1", text)


def _laid_in(found: re.Match[str]) -> str:
    pairs = (value.partition("=") for value in _VALUES.split((found[1] or "").strip()) if value)
    values = {name: value for name, _, value in pairs}
    return re.sub(
        r"\{\{ (\w+) \}\}", lambda place: f"{{{{ {values.get(place[1], place[1])} }}}}", found[2]
    )
