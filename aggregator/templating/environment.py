"""The one Jinja environment: autoescape on, an undefined name is an error, templates hold no
decisions.

All outside text is escaped. The only thing marked safe here is JSON made by `_json`, with the
characters that HTML reads turned into escapes. A day that was given without a time is shown without
one.

A story's page has some 230 values, so the cost is what Jinja does around each: templates are
compiled by `_LeanGenerator`. Messages are translated when a template is compiled, so every language
costs the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import CodeType
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateAssertionError,
    nodes,
)
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import InternationalizationExtension
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

try:  # what `markupsafe.escape` calls, without the `Markup` around it: that takes ten times as long
    from markupsafe._speedups import _escape_inner as _escaped
except ImportError:  # a platform without the compiled part
    from markupsafe._native import _escape_inner as _escaped

from aggregator.domain.dates import is_day_only, local_day
from aggregator.templating.translation import ENGLISH, Translations, translations

# What XML 1.0 §2.2 has no place for; one such character makes a feed unreadable, a lone surrogate
# cannot be written.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_CONTROLS = bytes(
    set(range(32)) - set(b"\t\n\r")
)  # the same in UTF-8: looking for bytes takes a tenth of the time
_RARE = (b"\xed", b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # where surrogates begin, U+FFFE, U+FFFF
_PLACE = re.compile(r"%\((\w+)\)s")  # of a value in a message
_MOMENTS = 512  # spellings remembered: those of one page, and those that many pages share

Render = Callable[..., str]


def renderer(
    folder: Path | Sequence[Path], timezone: str, language: str = ENGLISH, **shared: object
) -> Render:
    """The function that renders a template of `folder` with values, times shown in an IANA zone.

    The first of several folders that has a template counts: one may build on another's frame and
    replace parts of it. `shared` are the names that every template may use.
    """
    environment = _environment(folder, timezone, translations(language))
    environment.globals.update(shared)

    def render(template: str, **values: object) -> str:
        return _writable(environment.get_template(template).render(values))

    return render


def plain_renderer(folder: Path, language: str = ENGLISH) -> Render:
    """The renderer for prompts and plain mails: nothing is escaped; an undefined name is an
    error.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=False,  # no HTML is made here
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    _install_translations(environment, translations(language))

    def render(template: str, **values: object) -> str:
        return environment.get_template(template).render(values)

    return render


def _environment(folder: Path | Sequence[Path], timezone: str, words: Translations) -> Environment:
    built = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=True,
        bytecode_cache=_compiled(words),
    )
    built.filters.update(_filters(ZoneInfo(timezone), words))
    _install_translations(built, words)
    built.code_generator_class = _LeanGenerator
    return built


class _Compiled(BytecodeCache):
    """The compiled templates of a process, by their text: compiling takes longer than building a
    small site.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """The code of a template, if this text of it was compiled before."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Stores the compiled code."""
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


@lru_cache
def _compiled(words: Translations) -> _Compiled:
    """The compiled templates of a language: messages are translated on compilation. Zones are
    applied on rendering.
    """
    return _Compiled()


def _install_translations(environment: Environment, words: Translations) -> None:
    """Translates `{% trans %}…{% endtrans %}` and `_("…")` of templates into a language."""
    environment.code_generator_class = _TranslatingGenerator
    environment.globals["words"] = words
    environment.add_extension(_TranslationExtension)


def _translations(environment: Environment) -> Translations:
    words = environment.globals["words"]
    assert isinstance(words, Translations)
    return words


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
        "shown": _shown,
        "number": words.number,
        "capitalize": _capital,
    }


def _capital(text: str) -> str:
    """The text with a capital first letter; Jinja's own filter lowers the others, and German nouns
    with them.
    """
    return text[:1].upper() + text[1:]


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


def _shown(value: object) -> str:
    """A value as text of a page, escaped like `markupsafe.escape` but not wrapped, as it is only
    joined.
    """
    if type(value) is str:
        return _escaped(value)
    return value if isinstance(value, Markup) else escape(value)


class _TranslationExtension(InternationalizationExtension):
    """`{% trans name=value %}Hello {{ name }}{% endtrans %}`, translated when the template is
    compiled.

    Templates have no plurals: counts come as text.
    """

    def _make_node(
        self,
        singular: str,
        plural: str | None,
        context: str | None,
        variables: dict[str, nodes.Expr],
        plural_expr: nodes.Expr | None,
        vars_referenced: bool,
        num_called_num: bool,
    ) -> nodes.Output:
        if plural is not None:
            raise TemplateAssertionError(
                "what is counted is worded before it comes to a template", 0
            )
        words = _translations(self.environment)
        message = singular if vars_referenced else singular.replace("%%", "%")
        pieces = _PLACE.split(words.pgettext(context, message) if context else words(message))
        return nodes.Output(
            [
                variables[piece] if place % 2 else nodes.TemplateData(piece.replace("%%", "%"))
                for place, piece in enumerate(pieces)
            ]
        )


class _MessageTranslator(NodeTransformer):
    """Replaces `_("…")` by its translation."""

    def __init__(self, words: Translations) -> None:
        self._translations = words

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        """A call of `_` with one constant text."""
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name == "_"):
            return node
        (message,) = node.args
        return nodes.Const(
            self._translations(message.as_const()), lineno=node.lineno, environment=node.environment
        )


class _TranslatingGenerator(CodeGenerator):
    """Compiles a template with its messages translated."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        """The template, with its messages translated first."""
        super().visit_Template(
            _MessageTranslator(_translations(self.environment)).visit(node), frame
        )


class _LeanGenerator(_TranslatingGenerator):
    """Compiles a template to less code: fields are plain attributes, and macros are called without
    the context.

    A missing field is an error all the same. Templates get records, never mappings, and call macros
    only.
    """

    def write_commons(self) -> None:
        """The names at the start of a template's functions, and one of ours."""
        super().write_commons()
        self.writeline("shown = environment.filters['shown']")

    def visit_Block(self, node: nodes.Block, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        """The block as one text: else each piece of it is passed up through the templates that
        extend each other.
        """
        if node.scoped or node.required or frame.buffer is not None or self.extends_so_far:
            super().visit_Block(node, frame)
        else:
            self.writeline(
                f"yield concat(context.blocks[{node.name!r}][0]({self.get_context_ref()}))", node
            )

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        """`record.field`."""
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 - Jinja's name
        """`macro(values)`; other calls are left to Jinja."""
        if forward_caller or node.kwargs or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        for place, argument in enumerate(node.args):
            self.write(", " if place else "(")
            self.visit(argument, frame)
        self.write(")" if node.args else "()")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: object) -> None:
        self.write("shown(")
