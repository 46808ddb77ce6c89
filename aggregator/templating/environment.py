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

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
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
from markupsafe import Markup

from aggregator.domain.publishing.page import AddedPage, PagePart
from aggregator.errors import AggregatorError, ThemeError
from aggregator.hooks.plugins import plugins
from aggregator.resources import TEMPLATES
from aggregator.templating.filters import page_filters, writable
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
from aggregator.templating.typography import curly, typographic

_FULL_STOP = re.compile(r"\.(?!\w)")
Render = Callable[..., str]
_OURS = "ours"  # in `{% extends "ours/story.html" %}`: the template that a theme's stands for


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
        is_typographic = template.endswith("html") and not is_verbatim
        return writable(typographic(text) if is_typographic else text)

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
    built.filters.update(page_filters(ZoneInfo(timezone), words))
    return built


def _of_plugins(words: Translations) -> dict[str, object]:
    """What templates know of the pages of plugins: the links at the foot, each a path and a name,
    to pages that are there with or without stories, and where a page has the entries of a kind.
    """
    pages: tuple[AddedPage, ...] = plugins().all("site_pages")
    return {
        "added_links": [
            (page.path, words(page.name)) for page in pages if page.name and not page.is_there
        ],
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
