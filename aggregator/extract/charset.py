"""Bytes of a page to text: byte order mark, then what HTTP says, then what the page says, then a guess. Pure.

One exception, for all the servers that declare ISO 8859-1 by default: bytes that are valid UTF-8 beyond ASCII are UTF-8,
whatever is declared, as other encodings hardly ever are by accident.
"""

from __future__ import annotations

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.I)
_HEAD_BYTES = 65_536  # pages put the declaration behind long scripts, though the standard says within 1,024 bytes
# Labels that mean another encoding on the web (encoding.spec.whatwg.org); Python's codecs for the rest.
_WEB_NAMES = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "tis-620": "cp874",
}
_REFUSED = frozenset({"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})


def decoded(body: bytes, content_type: str) -> str | None:
    """The text of a page, or None where nothing declared fits and only a detector can tell."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if not body.isascii() and (text := _strictly(body, "utf-8")) is not None:
        return text
    declared = (_CHARSET.search(content_type), _CHARSET.search(body[:_HEAD_BYTES].decode("latin-1")))
    for label in (match.group(1) for match in declared if match):
        if (text := _strictly(body, _WEB_NAMES.get(label.lower(), label.lower()))) is not None:
            return text
    return _strictly(body, "ascii")


def _strictly(body: bytes, name: str) -> str | None:
    try:
        encoding = codecs.lookup(name).name
        return None if encoding in _REFUSED else body.decode(encoding)
    except (LookupError, ValueError):  # unknown, not a text encoding, or not these bytes
        return None
