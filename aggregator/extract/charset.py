"""Bytes of a page to text: byte order mark, then what HTTP says, then what the page says, then a
guess. [charset-normalizer]

Two exceptions, for all the servers that declare ISO 8859-1 by default: bytes that are valid UTF-8
beyond ASCII are UTF-8, whatever is declared, as other encodings hardly ever are by accident; and a
text said to be of the West of which a quarter is beyond ASCII is none.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),  # without a mark, but no other encoding begins so
    (b"\0<", "utf-16-be"),
)
_FIRST_OF_MARKS = tuple(mark for mark, _ in _MARKS)
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.I)
_IN_PAGE = re.compile(
    rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)"""
    rb"""|^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)""",
    re.I,
)
# pages put the declaration behind long scripts, though the standard says within 1,024 bytes
_HEAD_BYTES = 65_536
# Labels that mean another encoding on the web (encoding.spec.whatwg.org); Python's codecs for the
# rest.
_WEB_NAMES = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "tis-620": "cp874",
    "utf-16": "utf-8",  # a page in which this can be read is not
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
}
_REFUSED = frozenset(
    {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
)
_WESTERN = frozenset({"cp1252", "iso8859-1", "iso8859-15"})
_MOST_ACCENTS = 0.25  # of the letters of a Western text; French has one in 25
_CENTRAL = frozenset({"cp1250", "iso8859_2"})  # the guess confuses them
_ON_THE_WEB = (
    "big5 cp866 cp874 cp932 cp949 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258"
    " euc_jp gb18030 iso2022_jp iso8859_2 iso8859_4 iso8859_5 iso8859_6 iso8859_7 koi8_r koi8_u"
    " mac_cyrillic"
).split()

_TAGS = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.I | re.S)
_GUESSED_FROM = 300_000  # bytes of a page
_SAMPLE = 20_000  # bytes of its text
_LEAST_BEYOND = 30  # bytes beyond ASCII that show an encoding
_BEYOND = re.compile(rb"[^\n]*[\x80-\xff\x1b][^\n]*")
_MOST_BROKEN = 0.05  # of what is beyond ASCII: a UTF-8 page that was cut or pasted together
_MOST_UNDECODED = 0.001  # replacement characters in a text that is shown

_HIGH = (  # what Windows 1252 makes of the bytes 0x80 to 0x9F
    "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f"
    "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178"
)
_BYTE_OF = {char: 0x80 + n for n, char in enumerate(_HIGH)} | {
    chr(byte): byte for byte in range(0xA0, 0x100)
}
_REST = f"[{re.escape(_HIGH)}\xa0-\xbf]"
# UTF-8 that was read as Windows 1252 and written down so: "itâ€™s", "cafÃ©".
_TWICE = re.compile(f"(?:[\xc2-\xdf]{_REST}|[\xe0-\xef]{_REST}{{2}}|[\xf0-\xf4]{_REST}{{3}})+")
_SURELY_TWICE = re.compile(f"\xe2\u20ac{_REST}|[\xc2\xc3]{_REST}")
# one of them begins each; looking for them first spares a page 5 ms
_SIGNS = ("\xe2\u20ac", "\xc2", "\xc3")
_MAYBE_TWICE = re.compile(rb"\xc3[\x82\x83\xa2]")  # the signs, in UTF-8
_LEAST_TWICE = 2


def decoded(body: bytes, content_type: str) -> str:
    """The text of a page; letters that cannot be decoded are replacement characters."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    if body.isascii() and b"\x1b" not in body:
        return body.decode("ascii")
    if not body.isascii() and (text := _strictly(body, "utf-8")) is not None:
        return _read_once(text)
    declared = _declared(body, content_type)
    for name in declared:
        text = _strictly(body, name)
        if text is not None and not (_name(name) in _WESTERN and _is_foreign(body)):
            return text
    return _nearly_utf8(body) or body.decode(_guessed(body, declared), "replace")


def in_utf_8(body: bytes, content_type: str) -> bytes:
    """`decoded`, in UTF-8: the same bytes where they are that already, as those of most pages."""
    if not body.startswith(_FIRST_OF_MARKS) and b"\x1b" not in body and _is_written_once(body):
        return body
    return decoded(body, content_type).encode("utf-8", "ignore")


def _is_written_once(body: bytes) -> bool:
    """Whether bytes are UTF-8, and no letter may have been encoded twice."""
    if body.isascii():
        return True
    return not _MAYBE_TWICE.search(body) and _strictly(body, "utf-8") is not None


def is_garbled(text: str) -> bool:
    """Whether so many letters of a text could not be decoded that it is not to be cited."""
    return text.count("\ufffd") > _MOST_UNDECODED * len(text)


def _declared(body: bytes, content_type: str) -> tuple[str, ...]:
    header, head = _IN_HEADER.search(content_type), _IN_PAGE.search(body[:_HEAD_BYTES])
    labels = (header[1] if header else "", (head[1] or head[2]).decode("ascii") if head else "")
    return tuple(_WEB_NAMES.get(label.lower(), label.lower()) for label in labels if label)


def _strictly(body: bytes, name: str) -> str | None:
    encoding = _name(name)
    try:
        return body.decode(encoding) if encoding else None
    except ValueError:  # not these bytes
        return None


def _name(label: str) -> str | None:
    """The codec of a label; None where we know none, or none that pages are written in."""
    try:
        found = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    return found.name if found._is_text_encoding and found.name not in _REFUSED else None


def _nearly_utf8(body: bytes) -> str | None:
    text = body.decode("utf-8", "replace")
    beyond = sum(map(len, re.findall(r"[^\x00-\x7f]+", text)))
    return text if text.count("\ufffd") <= _MOST_BROKEN * beyond else None


def _guessed(body: bytes, declared: Sequence[str]) -> str:
    """The encoding that the text of the page looks like; what is declared, or the West's, where it
    is too short to decide.
    """
    sample = b" ".join(_BEYOND.findall(_TAGS.sub(b"\n", body[:_GUESSED_FROM])))[:_SAMPLE]
    is_enough = len(re.findall(rb"[\x80-\xff\x1b]", sample)) >= _LEAST_BEYOND
    found = from_bytes(sample, cp_isolation=_ON_THE_WEB).best() if is_enough else None
    if found is None:
        return next((name for name in declared if _name(name)), "cp1252")
    if found.encoding in _CENTRAL:
        return "cp1250" if re.search(rb"[\x80-\x9f]", sample) else "iso8859_2"
    return found.encoding


def _is_foreign(body: bytes) -> bool:
    """Whether too much of a page's text is beyond ASCII for a language of the West."""
    text = _TAGS.sub(b" ", body[:_GUESSED_FROM])
    beyond, plain = len(re.findall(rb"[\x80-\xff]", text)), len(re.findall(rb"[A-Za-z]", text))
    return beyond >= _LEAST_BEYOND and beyond > _MOST_ACCENTS * (beyond + plain)


def _read_once(text: str) -> str:
    """The text without letters that were encoded twice, if there are any."""
    if not any(sign in text for sign in _SIGNS) or len(_SURELY_TWICE.findall(text)) < _LEAST_TWICE:
        return text
    return _TWICE.sub(_undone, text)


def _undone(found: re.Match[str]) -> str:
    try:
        return bytes(_BYTE_OF[char] for char in found[0]).decode("utf-8")
    except ValueError:
        return found[0]
