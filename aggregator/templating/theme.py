"""Reads a theme: the folder beside config.toml that gives the site its own name, colours,
typefaces, pictures, style and templates.

A theme is taken whole or not at all: everything that is wrong with it is reported at once, with
file and line, and nothing is published. Without `theme.toml` there is no theme, and every byte is
ours. What its templates may not leave out is in `kept.py`.
"""

from __future__ import annotations

import re
import struct
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pydantic import TypeAdapter, ValidationError

from aggregator.domain.frozen import config_table, frozen
from aggregator.domain.ids import digest_of
from aggregator.domain.publishing.palette import DARK, LIGHT, Palette
from aggregator.errors import ThemeError
from aggregator.hooks.plugins import plugins
from aggregator.resources import TEMPLATES
from aggregator.templating.colours import dark_palette, light_palette

VERSION = 1  # of the blocks and variables that templates may use: docs/look.md
FILE = "theme.toml"
KINDS = ("site", "serve", "email")  # the folders of templates that a theme may replace
_TEMPLATES = (".html", ".css")
_POLICY = "policy.html"  # what a browser may load is not a matter of looks
STYLE, THEME_STYLE = "style.css", "theme.css"  # of static/: ours, and what is added to it
_FONTS = (".woff2", ".woff", ".otf", ".ttf")
_COLOUR = re.compile("#[0-9a-f]{6}", re.IGNORECASE)
_FAMILY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ADDRESS = re.compile(r"(https?://|mailto:)\S+|(?![/.])[\w./#-]*")
_URL = re.compile(r"url\(\s*[\"']?([^\"')]*)[\"']?\s*\)")
_FOREIGN = re.compile(
    r"@import|<script|\son\w+\s*=|(?:src|href)\s*=\s*[\"']?\s*(?:\w+:)?//", re.IGNORECASE
)
_EVIDENCE = r"\.(?:cite|mark|credit|said|footnotes|claim)\b|data-report|popover"
_HIDING = re.compile(
    rf"(?:{_EVIDENCE})[^{{}}]*\{{[^}}]*"
    r"(?:display:\s*none|visibility:\s*hidden|(?:opacity|font-size):\s*0[;.}\s])"
)
_LOGO = """
.masthead .logo {
  display: block;
  width: auto;
  max-width: 100%;
  height: 3rem;
}
"""
_PNG = b"\x89PNG\r\n\x1a\n"


@config_table
class FooterLink:
    """A link at the foot of pages and emails: an address, or the path of a page of the site."""

    name: str
    url: str

    @property
    def leads_out(self) -> bool:
        """Whether it has an address of its own."""
        return ":" in self.url


@config_table
class Footer:
    """`[footer]`: what stands below everything."""

    text: str = ""
    links: tuple[FooterLink, ...] = ()


@config_table
class _Colours:
    paper: str = LIGHT.paper
    accent: str = LIGHT.accent


@config_table
class _Typefaces:
    headlines: str | tuple[str, ...] = ""
    text: str | tuple[str, ...] = ""


@config_table
class _ThemeFile:
    name: str = ""
    templates: int = VERSION
    logo: str = ""
    icon: str = ""
    colours: _Colours = field(default_factory=_Colours)
    typefaces: _Typefaces = field(default_factory=_Typefaces)
    footer: Footer = field(default_factory=Footer)


@frozen
class Theme:
    """The look of a site; the default is ours.

    `templates` are those that it replaces, such as `site/story.html`, `static` its files by name.
    `headlines` and `text` are families of type, `faces` the files of those that it brings. `logo`
    and `icon` name files of `static`, `logo_size` is in pixels. `digest` is that of all its files.
    """

    folder: Path = Path()
    name: str = ""
    version: int = VERSION
    light: Palette = LIGHT
    dark: Palette = DARK
    headlines: str = ""
    text: str = ""
    faces: tuple[str, ...] = ()
    logo: str = ""
    logo_size: tuple[int, int] = (0, 0)
    icon: str = ""
    footer: Footer = field(default_factory=Footer)
    templates: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    digest: str = ""

    @property
    def has_fonts(self) -> bool:
        """Whether pages load typefaces from the site."""
        return any(name.endswith(_FONTS) for name in self.static)

    def replaces(self, folders: Sequence[Path]) -> bool:
        """Whether it has templates of one of our folders."""
        kinds = {path.partition("/")[0] for path in self.templates}
        return any(folder.name in kinds for folder in folders)


PLAIN = Theme()


def load_theme(place: str) -> Theme:
    """The theme of a folder, ours where it has none. Raises ThemeError with all problems."""
    folder = Path(place)
    if not (folder / FILE).is_file():
        return PLAIN
    files = [path for path in sorted(folder.rglob("*")) if _is_part(path, folder)]
    return _read(place, tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=2)  # each copy of an edition asks for it
def _read(place: str, changed: tuple[tuple[Path, int], ...]) -> Theme:
    """The theme of a folder with these files, as they were when they were last changed."""
    folder, files = Path(place), [path for path, _ in changed]
    text = (folder / FILE).read_text("utf-8", "replace")
    problems = [problem for path in files for problem in _file_problems(path, folder)]
    try:
        found = TypeAdapter(_ThemeFile).validate_python(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = line[1] if line else "1"
        raise ThemeError(place, [f"{folder.name}/{FILE}:{where}: {error}", *problems]) from error
    except ValidationError as error:
        wrong = ((each["loc"], _mistake(each)) for each in error.errors())
        problems += [_at(folder, text, [str(part) for part in loc], what) for loc, what in wrong]
        raise ThemeError(place, problems) from error
    static = {path.name: path for path in files if path.parent == folder / "static"}
    problems += [
        _at(folder, text, key.split("."), what) for key, what in _value_problems(found, static)
    ]
    if problems:
        raise ThemeError(place, problems)
    pair, is_ours = (found.colours.paper, found.colours.accent), found.colours == _Colours()
    headlines, body = _listed(found.typefaces.headlines), _listed(found.typefaces.text)
    return Theme(
        folder=folder,
        name=found.name,
        version=found.templates,
        light=LIGHT if is_ours else light_palette(*pair),
        dark=DARK if is_ours else dark_palette(*pair),
        headlines=_family("".join(headlines[:1])),
        text=_family("".join(body[:1])),
        faces=tuple(name for name in headlines + body if name in static),
        logo=found.logo,
        logo_size=(_size(static[found.logo]) if found.logo else None) or (0, 0),
        icon=found.icon,
        footer=found.footer,
        templates=tuple(_templates(files, folder)),
        static=tuple(static),
        digest=digest_of(
            *(f"{path.relative_to(folder)} {path.read_bytes().hex()}" for path in files)
        ),
    )


def themed_style(theme: Theme, css: str) -> str:
    """A style sheet of ours with the colours and typefaces of a theme, then its own rules, in which
    files are still named as the theme names them.
    """

    def coloured(found: re.Match[str]) -> str:
        name = found[1].replace("-", "_")
        pair = (getattr(palette, name, "") for palette in (theme.light, theme.dark))
        return f"--{found[1]}: light-dark({', '.join(pair)})" if hasattr(LIGHT, name) else found[0]

    if theme == PLAIN:
        return css
    css = re.sub(r"--([\w-]+): light-dark\([^)]*\)", coloured, css)
    for variable, family in (("serif", theme.headlines), ("sans", theme.text)):
        css = css.replace(f"--{variable}: ", f'--{variable}: "{family}", ') if family else css
    faces = "".join(
        f'\n@font-face {{\n  font-family: "{_family(file)}";\n  src: url({file});\n'
        f"  font-weight: {_weight(file)};\n  font-display: swap;\n"
        f"  font-style: {'italic' if 'italic' in file.lower() else 'normal'};\n}}\n"
        for file in theme.faces
    )
    own = theme.folder / "static" / THEME_STYLE
    faces += _LOGO if theme.logo else ""
    return css + faces + (f"\n{own.read_text('utf-8')}" if own.is_file() else "")


def with_file_names(css: str, paths: dict[str, str]) -> str:
    """A style sheet that names each file as it is published, which the path says."""
    return _URL.sub(
        lambda found: (
            f"url({paths[found[1]].rpartition('/')[2]})" if found[1] in paths else found[0]
        ),
        css,
    )


def originals() -> dict[str, Path]:
    """The templates, of ours and of plugins, that a theme may replace, by their paths in it."""
    return {
        f"{kind}/{path.name}": path
        for kind in KINDS
        for folder in (*plugins().all("templates"), TEMPLATES / kind)
        for path in folder.iterdir()
        if path.suffix in _TEMPLATES and path.name != _POLICY
    }


def _is_part(path: Path, folder: Path) -> bool:
    """Whether a file is one that the theme uses; others, such as a README, may lie beside them."""
    parts = path.relative_to(folder).parts
    is_hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
    is_used = path.name == FILE or parts[0] == "static" or path.suffix == ".html"
    return path.is_file() and not is_hidden and (is_used or parts[0] in KINDS)


def _templates(files: Sequence[Path], folder: Path) -> Iterator[str]:
    paths = (path.relative_to(folder).as_posix() for path in files)
    return (path for path in paths if path != FILE and not path.startswith("static/"))


def _file_problems(path: Path, folder: Path) -> Iterator[str]:
    """What is wrong with a file of the theme by itself."""
    name = path.relative_to(folder).as_posix()
    if name == FILE:
        return
    if not name.startswith("static/"):
        known = originals()
        # one that begins with _ is for the theme's own templates to include
        if not path.name.startswith("_") and name not in known:
            near = "".join(f"; did you mean {each}?" for each in get_close_matches(name, known, 1))
            yield f"{folder.name}/{name}:1: there is no such template to replace{near}"
        return
    if path.parent != folder / "static" or not _NAME.fullmatch(path.name):
        yield (
            f"{folder.name}/{name}:1: put it into static/ itself, under a name of letters, digits,"
            " dots and dashes"
        )
    if path.suffix in (".css", ".svg"):
        text = path.read_text("utf-8", "replace")
        others = {other.name for other in path.parent.iterdir()} | {"data:"}
        for found in _URL.finditer(text):
            if found[1].partition("image/")[0] not in others and not found[1].startswith("#"):
                yield _in_text(folder, name, text, found, "is not a file of static/")
        for found in _FOREIGN.finditer(text):
            yield _in_text(folder, name, text, found, "loads or runs something: leave it out")
        for found in _HIDING.finditer(text) if path.suffix == ".css" else ():
            yield _in_text(
                folder, name, text, found, "hides what every page must show: leave the rule out"
            )


def _in_text(folder: Path, name: str, text: str, found: re.Match[str], what: str) -> str:
    shown = " ".join(found[0].split())
    return f"{folder.name}/{name}:{text.count(chr(10), 0, found.start()) + 1}: {shown!r} {what}"


def _at(folder: Path, text: str, keys: Sequence[str], what: str) -> str:
    """The problem of a key, with the line of theme.toml that it is in."""
    start = 0
    for key in keys:
        found = re.compile(rf"^\s*(?:\[+{key}\b|{key}\s*=)", re.MULTILINE).search(text, start)
        start = found.end() if found else start
    line = text.count("\n", 0, start) + 1
    return f"{folder.name}/{FILE}:{line}: {what}"


def _mistake(error: Any) -> str:
    key = ".".join(map(str, error["loc"]))
    if error["type"] == "unexpected_keyword_argument":
        return f"unknown key {key}"
    return f"{key}: {error['msg']}"


def _value_problems(found: _ThemeFile, static: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """The keys whose values cannot be used, each with the reason."""
    yield from _colour_problems(found.colours)
    for key in ("logo", "icon"):
        name = getattr(found, key)
        if name and not (name in static and _size(static[name])):
            yield key, f"{key}: static/{name} cannot be read as an SVG or PNG picture"
    for key in ("headlines", "text"):
        for name in _listed(getattr(found.typefaces, key)):
            if name not in static and (name.endswith(_FONTS) or not _FAMILY.fullmatch(name)):
                yield f"typefaces.{key}", f"{key}: {name} is neither a family nor a file of static/"
    for link in found.footer.links:
        if not _ADDRESS.fullmatch(link.url):
            yield "footer.links", f"{link.url} is not an address; write https://… or about/"


def _colour_problems(colours: _Colours) -> Iterator[tuple[str, str]]:
    named = {name: getattr(colours, name) for name in ("paper", "accent")}
    wrong = {name: value for name, value in named.items() if not _COLOUR.fullmatch(value)}
    for name, value in wrong.items():
        yield f"colours.{name}", f"{name} = {value} is not a colour; write it as #0b5a61"
    if not wrong and colours != _Colours():
        try:
            light_palette(colours.paper, colours.accent)
        except ValueError as error:
            yield f"colours.{str(error).partition(' ')[0]}", str(error)


def _listed(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else tuple(value)


def _family(name: str) -> str:
    """The family of a typeface that is named by it, or by a file."""
    return re.split(r"[-._]", name)[0] if name.endswith(_FONTS) else name


def _weight(file: str) -> str:
    """The weights that a file has, by its name."""
    name = file.lower()
    return "100 900" if "variable" in name else "700" if "bold" in name else "400"


def _size(path: Path) -> tuple[int, int] | None:
    """The size of a picture in pixels; None where it cannot be read."""
    body = path.read_bytes()
    if body.startswith(_PNG) and b"IEND" in body[-12:]:
        width, height = struct.unpack(">II", body[16:24])
        return width, height
    try:
        root = ElementTree.fromstring(body)
        numbers = [float(part) for part in root.get("viewBox", "").replace(",", " ").split()]
    except (ElementTree.ParseError, ValueError):
        return None
    is_picture = root.tag.endswith("svg") and len(numbers) == 4 and min(numbers[2:]) > 0
    return (round(numbers[2]), round(numbers[3])) if is_picture else None
