"""The one Jinja environment: autoescape on, an undefined name is an error, templates hold no
decisions.

All outside text is escaped. The only thing marked safe here is JSON made by `_json`, with the
characters that HTML reads turned into escapes. A day that was given without a time is shown without
one.

Messages are translated as a template is compiled. Models and publishers write straight quotation
marks, our own words have curly ones: a page shows one kind. What is quoted from a source keeps its
characters, and so do attributes, code and data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    nodes,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from aggregator.domain.dates import is_day_only, local_day
from aggregator.domain.publishing.page import AddedPage, PagePart
from aggregator.errors import AggregatorError, ThemeError
from aggregator.hooks.plugins import plugins
from aggregator.resources import TEMPLATES
from aggregator.templating.kept import missing
from aggregator.templating.template_cache import template_cache
from aggregator.templating.theme import PLAIN, Theme
from aggregator.templating.translation import (
    ENGLISH,
    Translations,
    added_catalogues,
    closed_places,
    translations,
    unclosed,
)

# What XML 1.0 §2.2 has no place for; one such character makes a feed unreadable, a lone surrogate
# cannot be written.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_CONTROLS = bytes(
    set(range(32)) - set(b"\t\n\r")
)  # the same in UTF-8: looking for bytes takes a tenth of the time
_RARE = (b"\xed", b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # where surrogates begin, U+FFFE, U+FFFF
# a name and its number, or a number and its word: a long one would leave the line before it short
NUMBERED = re.compile(r"\b[A-Z][\w.-]* \d[\w.,]*\b|[$€£]?\b\d[\d.,]* [^\W\d_]{1,9}\b")
_FULL_STOP = re.compile(r"\.(?!\w)")
_MOMENTS = 512  # spellings remembered: those of one page, and those that many pages share

Render = Callable[..., str]
_OURS = "ours"  # in `{% extends "ours/story.html" %}`: the template that a theme's stands for
# Jinja writes a straight mark of a value as one of these; ours in templates are curly already.
_SINGLE, _DOUBLE = "&#39;", "&#34;"
_MARK = re.compile(rf"{_SINGLE}|{_DOUBLE}")
_NAME = re.compile(r"</?[a-z0-9]*")
# Of a quotation: a passage is a <blockquote>, with the quoted words in it as <mark>.
_KEPT = frozenset({"<q", "<blockquote", "<mark", "</mark", "<code", "<kbd", "<pre", "<script"})
_QUOTATION = 'class="q"'  # of mails, where programs drop the marks of <q>
_BEFORE_CLOSING = ".,;:!?…)]}’”%>"  # the last: of an element that ended


def renderer(
    folder: Path | Sequence[Path],
    timezone: str,
    language: str = ENGLISH,
    *,
    theme: Theme = PLAIN,
    is_verbatim: bool = False,
    **shared: object,
) -> Render:
    """The function that renders a template of `folder` with values, times shown in an IANA zone.

    The first of several folders that has a template counts: one may build on another's frame and
    replace parts of it. Those of the theme come first, then what plugins have in folders of these
    names, then ours, then the plugins' own. `shared` are the names that every template may use.
    HTML has curly quotation marks, unless `is_verbatim`. The function raises ThemeError for what
    the theme's templates do wrong.
    """
    words = translations(language)
    folders = [folder] if isinstance(folder, Path) else folder
    environment = _environment(folders, timezone, words, theme)
    environment.globals.update(
        _of_plugins(words) | shared, part=partial(_part, environment), theme=theme
    )

    def render(template: str, **values: object) -> str:
        text = environment.get_template(template).render(values)
        is_typographic = template.endswith(".html") and not is_verbatim
        return _writable(typographic(text) if is_typographic else text)

    if not theme.replaces(folders):
        return render
    plain = replace(theme, templates=())
    ours = renderer(folders, timezone, language, theme=plain, is_verbatim=is_verbatim, **shared)
    return partial(_compared, render, ours, theme, folders)


def _compared(
    render: Render,
    ours: Render,
    theme: Theme,
    folders: Sequence[Path],
    template: str,
    **values: object,
) -> str:
    """A page with the templates of a theme. Raises ThemeError where one fails, or leaves out what
    ours has.
    """
    try:
        text = render(template, **values)
    except AggregatorError:
        raise
    except Exception as error:
        place = _failing_line(error, theme.folder)
        if not place:
            raise  # of a plugin
        raise ThemeError(place, [f"{place}: {type(error).__name__}: {error}"]) from error
    if not template.endswith(".html"):
        return text
    named = [f"{folder.name}/{template}" for folder in folders]
    blamed = [path for path in named if path in theme.templates] or theme.templates
    where = ", ".join(f"{theme.folder.name}/{path}" for path in blamed)
    if wrong := [f"{where}: {what}" for what in missing(text, ours(template, **values))]:
        raise ThemeError(where, wrong)
    return text


def _failing_line(error: Exception, theme: Path) -> str:
    """The last line of a template of the theme, or else of ours, that led to an error."""
    places = []
    if isinstance(error, TemplateError) and (line := getattr(error, "lineno", 0)):
        places.append((Path(getattr(error, "filename", None) or ""), line))
    trace = error.__traceback__
    while trace:
        places.append((Path(trace.tb_frame.f_code.co_filename), trace.tb_lineno))
        trace = trace.tb_next
    for folder in (theme, TEMPLATES):
        lines = [(path, line) for path, line in places if path.is_relative_to(folder)]
        if lines:
            path, line = lines[-1]
            return f"{folder.name}/{path.relative_to(folder).as_posix()}:{line}"
    return ""


def plain_renderer(
    folder: Path, language: str = ENGLISH, **filters: Callable[..., object]
) -> Render:
    """The renderer for prompts, plain mails and Markdown: nothing is escaped; an undefined name is
    an error. The filter `curly` gives our own words the marks of a page; `filters` are further
    ones.
    """
    words = translations(language)
    environment = _Environment(
        words,
        loader=FileSystemLoader(folder),
        autoescape=False,  # no HTML is made here
        bytecode_cache=template_cache(words),
    )
    environment.filters |= {"curly": curly, **filters}

    def render(template: str, **values: object) -> str:
        return environment.get_template(template).render(values)

    return render


def _environment(
    folders: Sequence[Path], timezone: str, words: Translations, theme: Theme
) -> Environment:
    of_plugins = plugins().all("templates")
    names = [folder.name for folder in folders]
    ours = [*(place / name for place in of_plugins for name in names), *folders, *of_plugins]
    first = [theme.folder / name for name in names] if theme.templates else []
    built = _Environment(
        words,
        loader=ChoiceLoader(
            [FileSystemLoader([*first, *ours]), PrefixLoader({_OURS: FileSystemLoader(ours)})]
        ),
        autoescape=True,
        keep_trailing_newline=True,
        bytecode_cache=template_cache(words, added_catalogues(words.language)),
    )
    built.code_generator_class = _Code  # pages show records; prompts also have dictionaries
    built.filters.update(_filters(ZoneInfo(timezone), words))
    return built


def _of_plugins(words: Translations) -> dict[str, object]:
    """What templates know of the pages of plugins: the links at the foot, each a path and a name,
    and where a page has the entries of a kind.
    """
    pages: tuple[AddedPage, ...] = plugins().all("site_pages")
    return {
        "added_links": [(page.path, words(page.name)) for page in pages if page.name],
        "entries_at": {page.entries_of: page.path for page in pages},
    }


def _part(environment: Environment, part: PagePart, root: str) -> Markup:
    """A part of a page that a plugin adds; nothing where its template fails. `root` leads from the
    page to the top of the site.
    """
    with plugins().guarded(part.plugin, "page_parts"):
        return Markup(environment.get_template(part.template).render(shown=part.record, root=root))
    return Markup()


class _Code(CodeGenerator):
    """Writes the code of a template: an attribute is taken as Python takes it, without Jinja's
    search for an item of that name, which made a tenth of the work of a site.
    """

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's
        """The attribute of an expression."""
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")


class _Environment(Environment):
    """Jinja's environment, which puts the messages of a language (`{% trans %}…{% endtrans %}` and
    `_("…")`) into the code of a template: a story's page has seventy.

    Templates have no plurals: counts come as text.
    """

    def __init__(self, words: Translations, **options: Any) -> None:
        super().__init__(
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
            **options,
        )
        self.newstyle_gettext = True  # a message is a format, and its values are escaped
        self.filters["unclosed"] = unclosed
        self._words = words

    def compile(
        self,
        source: str | nodes.Template,
        name: str | None = None,
        filename: str | None = None,
        raw: bool = False,
        defer_init: bool = False,
    ) -> Any:
        """The code of a template with its messages in the language. Raises TemplateError."""
        tree = self.parse(source, name, filename) if isinstance(source, str) else source
        translated = _Translated(self._words, Markup if self.autoescape else str).visit(tree)
        template = translated.set_environment(self)
        return super().compile(  # type: ignore[call-overload]
            template, name, filename, raw, defer_init
        )


class _Translated(NodeTransformer):
    """Puts the text of a message in place of the call that asks for it; `text` is its type."""

    def __init__(self, words: Translations, text: type[str]) -> None:
        self._words, self._text = words, text

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - as Jinja names it
        """The output, in which what stands before a full stop has none of its own."""
        self.generic_visit(node)
        for place, part in enumerate(node.nodes[1:]):
            is_stop = isinstance(part, nodes.TemplateData) and _FULL_STOP.match(part.data)
            before = node.nodes[place]
            if is_stop and not isinstance(before, nodes.TemplateData):
                node.nodes[place] = _unclosed(before)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - as Jinja names it
        """The message with its values, or the call of something else."""
        self.generic_visit(node)
        match node:
            case nodes.Call(
                node=nodes.Name(name="_" | "gettext"), args=[nodes.Const(value=message)]
            ):
                return self._filled(self._words(message), node)
            case nodes.Call(
                node=nodes.Name(name="pgettext"),
                args=[nodes.Const(value=context), nodes.Const(value=message)],
            ):
                return self._filled(self._words.pgettext(context, message), node)
            case nodes.Call(node=nodes.Name(name="ngettext" | "npgettext")):
                raise TypeError("what is counted is worded before it comes to a template")
            case _:
                return node

    def _filled(self, message: str, call: nodes.Call) -> nodes.Node:
        form = self._text(message)
        if not call.kwargs:
            return nodes.Const(form % {}, lineno=call.lineno)
        closed = closed_places(message)
        values = [
            nodes.Pair(
                nodes.Const(each.key), _unclosed(each.value) if each.key in closed else each.value
            )
            for each in call.kwargs
        ]
        return nodes.Mod(nodes.Const(form), nodes.Dict(values), lineno=call.lineno)


def _unclosed(value: nodes.Expr) -> nodes.Expr:
    """The expression without the full stop at its end."""
    return nodes.Filter(value, "unclosed", [], [], None, None, lineno=value.lineno)


def _filters(zone: ZoneInfo, words: Translations) -> dict[str, Callable[..., object]]:
    def day(moment: datetime) -> str:
        return words.day(local_day(moment, zone))

    def day_of_year(moment: datetime) -> str:
        return words.day_of_year(local_day(moment, zone))

    def date(moment: datetime) -> str:
        return local_day(moment, zone).isoformat()

    def monthday(moment: datetime) -> str:
        return f"{local_day(moment, zone).day}"

    def clock(moment: datetime) -> str:
        return "" if is_day_only(moment) else f"{moment.astimezone(zone):%H:%M}"

    def moment(value: datetime) -> str:
        if is_day_only(value):
            return day(value)
        local = value.astimezone(zone)
        name = local.tzname() or ""
        return (
            f"{day(value)}, {local:%H:%M} {words.zone(name) if name.isalpha() else _offset(local)}"
        )

    moments = {
        "day": day,
        "day_of_year": day_of_year,
        "date": date,
        "monthday": monthday,
        "clock": clock,
        "moment": moment,
        "machine": _machine,
        "iso": _iso,
    }
    cached = {name: lru_cache(_MOMENTS)(function) for name, function in moments.items()}
    return cached | {
        "json": _json,
        "urlencode": _urlencoded,
        "number": words.number,
        "day_name": words.day,
        "capitalize": _capital,
        "whole": _whole,
    }


def _capital(text: str) -> str:
    """The text with a capital first letter; Jinja's own filter lowers the others, and German nouns
    with them.
    """
    return text[:1].upper() + text[1:]


def _whole(headline: str) -> Markup:
    """A headline in which no line ends inside "Auk 3" or "$65 billion": an element holds each
    together, as no-break spaces would make the text another than its record's.
    """
    escaped = str(escape(headline))  # of a Markup, Python 3.11 would escape the replacement, too
    return Markup(NUMBERED.sub(r'<span class="whole">\g<0></span>', escaped))


def _urlencoded(text: str) -> str:
    """The text as a part of an address; Jinja's own filter fails on half of a pair of
    surrogates.
    """
    return quote(text.encode("utf-8", "replace"))


def _offset(local: datetime) -> str:
    """`UTC+05:30`: zones without an abbreviation of letters are named by their offset."""
    digits = f"{local:%z}"
    return f"UTC{digits[:3]}:{digits[3:5]}"


def _machine(moment: datetime) -> str:
    """A moment for HTML's `datetime` attribute: the day alone if no time was given."""
    return moment.astimezone(UTC).date().isoformat() if is_day_only(moment) else _iso(moment)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def _json(value: object) -> Markup:
    """JSON for a data block: `</script>` and `<!--` cannot occur (an unescaped one ran in 1 of
    1,814 hostile pages).
    """
    text = _encoded(_writable(value) if isinstance(value, str) else value)
    for character in "<>&\u2028\u2029":
        if character in text:
            text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _writable(text: str) -> str:
    """The text of a page without characters that XML or UTF-8 cannot carry."""
    body = text.encode("utf-8", "surrogatepass")
    is_clean = len(body.translate(None, _CONTROLS)) == len(body) and not any(
        rare in body for rare in _RARE
    )
    return text if is_clean else _NOT_XML.sub("", text)


def curly(text: str) -> str:
    """A text of our own, not HTML, with the marks of a page."""
    if "'" not in text and '"' not in text:
        return text
    return unescape(typographic(str(escape(text))))


def typographic(html: str) -> str:
    """The page with curly marks wherever it does not quote. A straight mark after a figure is an
    inch or a minute.
    """
    pieces: list[str] = []
    at = 0
    for mark in _MARK.finditer(html):
        start, end = mark.span()
        opening = html.rfind("<", 0, start)
        closing = html.rfind(">", 0, start)
        tag = html[max(opening, 0) : closing + 1]
        if opening <= closing and not _is_kept(tag):
            is_first = closing + 1 == start and not tag.startswith("</")
            before = "" if is_first else html[start - 1]
            pieces += html[at:start], _curly(mark[0], before, html[end : end + 1])
            at = end
    return "".join((*pieces, html[at:]))


def _is_kept(tag: str) -> bool:
    name = _NAME.match(tag)
    return _QUOTATION in tag or (name is not None and name[0] in _KEPT)


def _curly(mark: str, before: str, after: str) -> str:
    """The mark between two characters, each empty at an end of the text."""
    if before.isdigit() and not after.isalnum():
        return mark
    is_behind = before.isalnum() or (before and before in _BEFORE_CLOSING)
    opens = not is_behind and not after.isspace()
    if mark == _DOUBLE:
        return "“" if opens else "”"
    return "‘" if opens and not after.isdigit() else "’"
