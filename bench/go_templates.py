"""Turns a Jinja template of ours into a Go template that gives the same markup: what it extends and
imports is laid in.

It knows the parts of Jinja that our templates use, and refuses any other, so that a comparison
cannot go astray in silence. Names in `constants` are put in as text, moments are records of their
spellings (`bench.records`).

A macro of one value becomes a definition that is called; any other is laid in where it is called,
its defaults and constants worked out beforehand. That spares Hugo a `dict` a call, and what a page
never shows: it is faster so than as a theme has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

from aggregator.templating.filters import UNBROKEN
from bench.english import english
from bench.go_operators import UnknownSyntaxError, go_function, place

_MOMENTS = frozenset(
    {"iso", "machine", "day", "moment", "date", "monthday", "clock", "day_of_year"}
)
_WHOLE = UNBROKEN.pattern.replace("{", "{{").replace("}", "}}")
_SPAN = '<span class="whole">$0</span>'
_READY = frozenset({"shapes", "size"})  # of artwork: handed over worked out
_FILTERS = {
    "json": "jsonify {0}",
    "capitalize": "strings.FirstUpper {0}",
    "length": "len {0}",
    "map": 'apply {1} "index" "." {2}',
    "list": "{0}",
    "min": "not (in {0} false)",  # of truths
    "select": 'complement (slice "") {0}',  # of texts
    "sum": 'math.Sum 0 (apply {1} "index" "." {2})',
    "join": "delimit {0}",
    "number": "lang.FormatNumberCustom 0 {0}",
    "urlencode": "urlquery {0}",
    "whole": f"replaceRE `{_WHOLE}` `{_SPAN}` (htmlEscape {{0}}) | safeHTML",
}
_IN_ADDRESS = re.compile(r'href="[^"]*$')
_SIMPLE = re.compile(r"\$[\w.]+")
_SCRIPT = re.compile(r"<(/?)script")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """Names that stand for a constant, a Go expression or a written list (with the scope it was
    written in).

    `loop` says what the fields of `loop` are in the innermost loop; `into` is the variable that
    takes the text, if one does.
    """

    constants: Mapping[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[nodes.List, _Scope]] = field(default_factory=dict)
    loop: Mapping[str, str] = field(default_factory=dict)
    into: str = ""

    def known(self, name: str, value: Any) -> _Scope:
        """The same, and a name for a constant."""
        return replace(self, constants={**self.constants, name: value})

    def named(self, name: str, expression: str) -> _Scope:
        """The same, and a name for an expression."""
        others = {key: value for key, value in self.constants.items() if key != name}
        return replace(self, constants=others, names={**self.names, name: expression})


def go_template(
    folder: Path, name: str, record: str, root: str, constants: Mapping[str, Any]
) -> str:
    """The Go template of a page: `record` and `root` are Go expressions, macros follow as
    definitions.
    """
    return _Translation(folder, name, constants).page(record, root)


class _Translation:
    """One page on its way: the blocks that fill its frame and the macros that it needs."""

    def __init__(self, folder: Path, name: str, constants: Mapping[str, Any]) -> None:
        self._folder, self._name = folder, name
        self._jinja = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
        self._blocks: dict[str, nodes.Block] = {}
        self._macros: dict[str, nodes.Macro] = {}
        self._defined: dict[str, str] = {}
        self._laid: list[str] = []
        self._written = ""
        self._in_script = False
        self._count = 0
        self._caller: Callable[[], str] = str
        self._globals = _Scope(constants=constants)

    def page(self, record: str, root: str) -> str:
        """The whole text."""
        frame = self._frame(self._name)
        body = self._body(frame.body, self._of_page())
        while waiting := [name for name, text in self._defined.items() if not text]:
            for name in waiting:
                self._defined[name] = self._definition(self._macros[name])
        return f"{{{{ $page := {record} }}}}{{{{ $root := {root} }}}}{body.lstrip()}" + "".join(
            self._defined.values()
        )

    def _of_page(self) -> _Scope:
        """What the template of a page and its own macros see."""
        return replace(self._globals, names={"page": "$page", "root": "$root"})

    def _frame(self, name: str) -> nodes.Template:
        """The outermost template; the blocks of the inner ones win."""
        parsed = self._jinja.parse(english((self._folder / name).read_text("utf-8")))
        for block in parsed.find_all(nodes.Block):
            self._blocks.setdefault(block.name, block)
        for macro in parsed.find_all(nodes.Macro):
            self._macros.setdefault(macro.name, macro)
        for each in parsed.find_all(nodes.FromImport):
            self._frame(_constant(each.template))
        extended = next(iter(parsed.find_all(nodes.Extends)), None)
        return self._frame(_constant(extended.template)) if extended else parsed

    def _definition(self, macro: nodes.Macro) -> str:
        [name] = [arg.name for arg in macro.args]
        self._written, self._in_script = "", False
        body = self._body(macro.body, self._globals.named(name, f"${name}"))
        return (
            f'{{{{ define "{self._defined_name(macro)}" }}}}{{{{ ${name} := . }}}}{body}{{{{ end'
            " }}"
        )

    def _defined_name(self, macro: nodes.Macro) -> str:
        """All pages share the names of definitions."""
        return f"{self._name.partition('.')[0]}-{macro.name}"

    def _fresh(self, name: str) -> str:
        """A variable that no other part of the page has: what is laid in must not hide it."""
        self._count += 1
        return f"${name}{self._count}"

    def _body(self, body: Sequence[nodes.Node], scope: _Scope) -> str:
        made = []
        for node in body:
            if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
                text, scope = self._bound(node.target.name, node.node, scope, scope)
                made.append(text)
            else:
                made.append(self._node(node, scope))
        return "".join(made)

    def _node(self, node: nodes.Node, scope: _Scope) -> str:
        match node:
            case nodes.Output():
                text = "".join(self._put(expr, scope) for expr in node.nodes)
            case nodes.Block():
                text = self._body(self._blocks[node.name].body, scope)
            case nodes.If():
                text = self._branches(node, scope)
            case nodes.For(iter=nodes.List() as written):
                text = self._unrolled(node, written, scope, scope)
            case nodes.For(iter=nodes.Name(name=name)) if name in scope.lists:
                text = self._unrolled(node, *scope.lists[name], scope)
            case nodes.For():
                text = self._loop(node, scope)
            case nodes.CallBlock(call=nodes.Call(node=nodes.Name(name=called)) as call, body=body):
                self._caller = partial(self._body, body, scope)
                text = self._laid_in(
                    self._macros[called], _given(call, self._macros[called]), scope, ""
                )
            case nodes.Extends() | nodes.FromImport() | nodes.Macro():
                text = ""
            case _:
                raise UnknownSyntaxError(place(node))
        return text

    def _branches(self, node: nodes.If, scope: _Scope) -> str:
        known = _known(node.test, scope)
        if known is not None and not node.elif_:
            return self._body(node.body if known else node.else_, scope)
        text = f"{{{{ if {self._value(node.test, scope)} }}}}{self._body(node.body, scope)}"
        for other in node.elif_:
            text += (
                f"{{{{ else if {self._value(other.test, scope)} }}}}{self._body(other.body, scope)}"
            )
        return (
            text
            + (f"{{{{ else }}}}{self._body(node.else_, scope)}" if node.else_ else "")
            + "{{ end }}"
        )

    def _unrolled(self, node: nodes.For, written: nodes.List, outer: _Scope, scope: _Scope) -> str:
        """A loop over a list that stands in a template; its items are read in `outer`."""
        text = ""
        targets = (
            [node.target]
            if isinstance(node.target, nodes.Name)
            else list(node.target.find_all(nodes.Name))
        )
        for at, item in enumerate(written.items):
            turn = scope.known(
                "loop", {"index": at + 1, "first": at == 0, "last": at + 1 == len(written.items)}
            )
            for target, value in zip(
                targets, item.items if isinstance(item, nodes.Tuple) else [item], strict=True
            ):
                bound, turn = self._bound(target.name, value, outer, turn)
                text += bound
            body = self._body(node.body, turn)
            text += (
                f"{{{{ if {self._value(node.test, turn)} }}}}{body}{{{{ end }}}}"
                if node.test
                else body
            )
        return text

    def _loop(self, node: nodes.For, scope: _Scope) -> str:
        """With a condition, what is left is counted, and nobody knows which is the last."""
        if not isinstance(node.target, nodes.Name) or (node.test and node.else_):
            raise UnknownSyntaxError(place(node))
        at, variable, value = (
            self._fresh("at"),
            self._fresh(node.target.name),
            self._value(node.iter, scope),
        )
        last, count = at.replace("at", "last"), at.replace("at", "count") if node.test else at
        fields = {"first": f"(eq {count} 0)", "index": f"(add {count} 1)", "index0": count}
        inner = replace(
            scope.named("loop", ""),
            loop=fields if node.test else {**fields, "last": f"(eq {at} {last})"},
        )
        inner = inner.named(node.target.name, variable)
        if node.test and _known(node.test, inner) is False:
            return ""
        body, before = self._body(node.body, inner), ""
        if node.test:
            before = f"{{{{ {count} := 0 }}}}" if count in body else ""
            counted = f"{{{{ {count} = add {count} 1 }}}}" if count in body else ""
            body = f"{{{{ if {self._value(node.test, inner)} }}}}{body}{counted}{{{{ end }}}}"
        elif last in body:
            before = f"{{{{ {last} := sub (len {value}) 1 }}}}"
        rest = f"{{{{ else }}}}{self._body(node.else_, scope)}" if node.else_ else ""
        return f"{before}{{{{ range {at}, {variable} := {value} }}}}{body}{rest}{{{{ end }}}}"

    def _put(self, node: nodes.Node, scope: _Scope) -> str:
        """A part of the text where it belongs: on the page, or in the variable that takes it."""
        if not scope.into:
            return self._shown(node, scope)
        value = (
            json.dumps(node.data)
            if isinstance(node, nodes.TemplateData)
            else self._value(node, scope)
        )
        return f"{{{{ {scope.into} = print {scope.into} {value} }}}}"

    def _shown(self, node: nodes.Node, scope: _Scope) -> str:
        """A part of the text; what stands before decides how an address is marked."""
        match node:
            case nodes.TemplateData():
                self._written = (self._written + node.data)[-300:]
                for end in _SCRIPT.findall(node.data):
                    self._in_script = not end
                return node.data
            case nodes.CondExpr():
                test, one = self._value(node.test, scope), self._shown(node.expr1, scope)
                other = self._shown(node.expr2, scope) if node.expr2 else ""
                return f"{{{{ if {test} }}}}{one}{{{{ else }}}}{other}{{{{ end }}}}"
            case nodes.Call(node=nodes.Name(name=called)) if called in (*self._macros, "caller"):
                return self._called(node, called, scope)
        known = _known(node, scope)
        if known is not None:
            return self._shown(nodes.TemplateData(str(known)), scope)
        value = self._value(node, scope)
        if self._in_script or (isinstance(node, nodes.Filter) and node.name == "json"):
            return f"{{{{ {value} | safeJS }}}}"
        return (
            f"{{{{ {value} | safeURL }}}}"
            if _IN_ADDRESS.search(self._written)
            else f"{{{{ {value} }}}}"
        )

    def _called(self, node: nodes.Call, name: str, scope: _Scope) -> str:
        if name == "caller":
            return self._caller()
        macro = self._macros[name]
        given = _given(node, macro)
        sees_page = any(name.name in ("page", "root") for name in macro.find_all(nodes.Name))
        if len(given) != 1 or sees_page or isinstance(node.args[0], nodes.List):
            return self._laid_in(macro, given, scope, "")
        self._defined.setdefault(macro.name, "")
        return (
            f'{{{{ template "{self._defined_name(macro)}" {self._value(node.args[0], scope)} }}}}'
        )

    def _laid_in(
        self, macro: nodes.Macro, given: Mapping[str, nodes.Node], scope: _Scope, into: str
    ) -> str:
        """The body of a macro with its values bound; its text goes into a variable where one is
        given. One that calls itself is laid in twice: no record holds another of its kind deeper.
        """
        if self._laid.count(macro.name) > 1:
            return ""
        inner, text = replace(self._of_page(), into=into), ""
        for name, value in given.items():
            bound, inner = self._bound(name, value, scope, inner)
            text += bound
        self._laid.append(macro.name)
        text += self._body(macro.body, inner)
        self._laid.pop()
        return text

    def _bound(
        self, name: str, value: nodes.Node, outer: _Scope, inner: _Scope
    ) -> tuple[str, _Scope]:
        """`inner` with a name for what a node says in `outer`, and the text that must stand
        before.
        """
        known = _known(value, outer)
        if known is not None:
            return "", inner.known(name, known)
        if isinstance(value, nodes.List):
            return "", replace(inner, lists={**inner.lists, name: (value, outer)})
        variable = self._fresh(name)
        if (
            isinstance(value, nodes.Call)
            and isinstance(value.node, nodes.Name)
            and value.node.name in self._macros
        ):
            macro = self._macros[value.node.name]
            text = self._laid_in(macro, _given(value, macro), outer, variable)
            return f'{{{{ {variable} := "" }}}}{text}', inner.named(name, variable)
        expression = self._value(value, outer)
        if _SIMPLE.fullmatch(expression):
            return "", inner.named(name, expression)
        return f"{{{{ {variable} := {expression} }}}}", inner.named(name, variable)

    def _value(self, node: nodes.Node, scope: _Scope) -> str:
        """An expression of Go, in brackets where it has several words."""
        known = _known(node, scope)
        if known is not None:
            return json.dumps(known, ensure_ascii=False)
        match node:
            case nodes.Name() if node.name in scope.names:
                found = scope.names[node.name]
            case nodes.Getattr(node=nodes.Name(name="loop")) if node.attr in scope.loop:
                found = scope.loop[node.attr]
            case nodes.Getattr():
                found = f"{self._value(node.node, scope)}.{node.attr}"
            case nodes.Call(node=nodes.Getattr(attr=name) as method) if name in _READY:
                found = self._value(method, scope)
            case nodes.Filter():
                found = self._filtered(node, scope)
            case nodes.List():
                found = f"(slice {' '.join(self._value(item, scope) for item in node.items)})"
            case nodes.Dict():
                pairs = (
                    self._value(each, scope)
                    for pair in node.items
                    for each in (pair.key, pair.value)
                )
                found = f"(dict {' '.join(pairs)})"
            case nodes.CondExpr():
                other = self._value(node.expr2, scope) if node.expr2 else '""'
                found = (
                    f"(cond (not (not {self._value(node.test, scope)}))"
                    f" {self._value(node.expr1, scope)} {other})"
                )
            case _:
                word, *operands = go_function(node)
                found = f"({word} {' '.join(self._value(operand, scope) for operand in operands)})"
        return found

    def _filtered(self, node: nodes.Filter, scope: _Scope) -> str:
        if node.node is None:
            raise UnknownSyntaxError("filter block")
        value = self._value(node.node, scope)
        if node.name in _MOMENTS:
            return f"{value}.{node.name}"
        if node.name not in _FILTERS:
            raise UnknownSyntaxError(f"filter {node.name}")
        operands = [value, *(self._value(arg, scope) for arg in node.args)]
        paths = (each.value.as_const().split(".") for each in node.kwargs)  # of attributes
        operands += [" ".join(map(json.dumps, path)) for path in paths]
        return f"({_FILTERS[node.name].format(' '.join(operands), *operands)})"


def _given(node: nodes.Call, macro: nodes.Macro) -> dict[str, nodes.Node]:
    """What each name of a macro stands for in a call: given in order, given by name, or by
    default.
    """
    names = [arg.name for arg in macro.args]
    defaults = dict(zip(names[len(names) - len(macro.defaults) :], macro.defaults, strict=True))
    given = dict(zip(names, node.args, strict=False)) | {
        kwarg.key: kwarg.value for kwarg in node.kwargs
    }
    found = defaults | given
    if found.keys() != set(names) or node.dyn_args or node.dyn_kwargs:
        raise UnknownSyntaxError(place(node))
    return {name: found[name] for name in names}


def _known(node: nodes.Node, scope: _Scope) -> Any:
    """The constant that a node stands for, None where it is none; Jinja's none is as untrue as
    nothing, which Go can bind.
    """
    match node:
        case nodes.Const():
            found = "" if node.value is None else node.value
        case nodes.Dict(items=[]):
            found = {}
        case nodes.Name() if node.name in scope.constants:
            found = scope.constants[node.name]
        case nodes.Getattr() | nodes.Getitem():
            of = _known(node.node, scope)
            key = node.attr if isinstance(node, nodes.Getattr) else _known(node.arg, scope)
            found = of.get(key) if isinstance(of, Mapping) else None
        case nodes.Compare(ops=[nodes.Operand(op="in", expr=within)]):
            found = False if _known(within, scope) == {} else None
        case nodes.Compare(ops=[nodes.Operand(op="eq", expr=other)]):
            pair = (_known(node.expr, scope), _known(other, scope))
            found = None if None in pair else pair[0] == pair[1]
        case nodes.Concat():
            parts = [_known(expr, scope) for expr in node.nodes]
            found = None if None in parts else "".join(map(str, parts))
        case nodes.Add() | nodes.Sub():
            pair = (_known(node.left, scope), _known(node.right, scope))
            found = (
                None
                if None in pair
                else pair[0] + pair[1]
                if isinstance(node, nodes.Add)
                else pair[0] - pair[1]
            )
        case _:
            found = None
    return found


def _constant(node: nodes.Node) -> Any:
    if not isinstance(node, nodes.Const):
        raise UnknownSyntaxError(place(node))
    return node.value
