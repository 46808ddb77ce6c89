"""What a message names, apart from its wording: tests compare that, so words can be improved
without them.
"""

from __future__ import annotations

import re

_NAMED = re.compile(
    r"""
      `(?P<command>[^`]+)`
    | "(?P<value>[^"]*)" | '(?P<quoted>[^']*)'
    | ^(?P<place>[\w.\[\]]+)(?=:\s)                      # what the message is about
    | (?P<meant>\w[\w.]*)(?=\?)                          # what is suggested instead
    | (?P<token>(?=\S*\w)[^\s,;()`"'?]*(?:[\d_/\[]|\.(?=\w))[^\s,;()`"'?]*)  # setting, file, number
    """,
    re.VERBOSE,
)


def named(message: str) -> list[str]:
    """The place, commands, quoted values, settings, files, addresses, numbers and suggestion of a
    message, in their order.
    """
    return [
        (found["token"] or "").rstrip(".:") or next(text for text in found.groups() if text)
        for found in _NAMED.finditer(message)
        if any(found.groups())
    ]
