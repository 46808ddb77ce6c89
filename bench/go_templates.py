"""Turns a Jinja template of ours into a Go template that gives the same markup: what it extends and imports is laid in.

It knows the parts of Jinja that our templates use, and refuses any other, so that a comparison cannot go astray in silence.
Names in `constants` are put in as text, moments are records of their spellings (`bench.records`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

_MOMENTS = frozenset({"iso", "machine", "day", "moment", "date", "monthday", "clock"})
_OPERATORS = {"eq": "eq", "ne": "ne", "gt": "gt", "gteq": "ge", "lt": "lt", "lteq": "le"}
_FILTERS = {"json": "jsonify {}", "capitalize": "strings.FirstUpper (lower {})", "length": "len {}", "join": "delimit {}"}
_FUNCTIONS: dict[type, str] = {nodes.And: "and", nodes.Or: "or", nodes.Sub: "sub", nodes.Add: "add"}
_IN_ADDRESS = re.compile(r'href="[^"]*$')


class UnknownSyntaxError(Exception):
    """A template uses a part of Jinja that this translation does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """Names that stand for a constant or a Go expression; `loop` is the number of the innermost loop."""

    constants: Mapping[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)
    loop: int = 0


def go_template(folder: Path, name: str, record: str, root: str, constants: Mapping[str, Any]) -> str:
    """The Go template of a page: `record` and `root` are Go expressions, macros follow as definitions."""
    return _Translation(folder).page(name, record, root, constants)


class _Translation:
    """One page on its way: the blocks that fill its frame and the macros that it needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._jinja = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
        self._blocks: dict[str, nodes.Block] = {}
        self._macros: dict[str, nodes.Macro] = {}
        self._written = ""
        self._prefix = ""  # names of definitions are shared by all pages

    def page(self, name: str, record: str, root: str, constants: Mapping[str, Any]) -> str:
        """The whole text."""
        frame = self._frame(name)
        self._prefix = name.partition(".")[0]
        scope = _Scope(constants=constants, names={"page": "$page", "root": "$root"})
        body = self._body(frame.body, scope)
        macros = [self._definition(macro, scope) for macro in self._macros.values() if macro.args]
        return f"{{{{ $page := {record} }}}}{{{{ $root := {root} }}}}{body.lstrip()}" + "".join(macros)

    def _frame(self, name: str) -> nodes.Template:
        """The outermost template; the blocks of the inner ones win."""
        parsed = self._jinja.parse((self._folder / name).read_text("utf-8"))
        for block in parsed.find_all(nodes.Block):
            self._blocks.setdefault(block.name, block)
        for macro in parsed.find_all(nodes.Macro):
            self._macros.setdefault(macro.name, macro)
        for each in parsed.find_all(nodes.FromImport):
            self._frame(_constant(each.template))
        extended = next(iter(parsed.find_all(nodes.Extends)), None)
        return self._frame(_constant(extended.template)) if extended else parsed

    def _definition(self, macro: nodes.Macro, scope: _Scope) -> str:
        names = [each.name for each in macro.args]
        taken = "".join(f"{{{{ ${name} := {'.' if len(names) == 1 else f'.{name}'} }}}}" for name in names)
        inner = replace(scope, names={name: f"${name}" for name in names})
        self._written = ""
        return f'{{{{ define "{self._prefix}-{macro.name}" }}}}{taken}{self._body(macro.body, inner)}{{{{ end }}}}'

    def _body(self, body: Sequence[nodes.Node], scope: _Scope) -> str:
        made = []
        for node in body:
            made.append(self._node(node, scope))
            if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
                scope = replace(scope, names={**scope.names, node.target.name: f"${node.target.name}"})
        return "".join(made)

    def _node(self, node: nodes.Node, scope: _Scope) -> str:
        match node:
            case nodes.Output():
                return "".join(self._shown(each, scope) for each in node.nodes)
            case nodes.Block():
                return self._body(self._blocks[node.name].body, scope)
            case nodes.If():
                return self._branches(node, scope)
            case nodes.For():
                return self._loop(node, scope)
            case nodes.Assign(target=nodes.Name(name=name)):
                return f"{{{{ ${name} := {self._value(node.node, scope)} }}}}"
            case nodes.Extends() | nodes.FromImport() | nodes.Macro():
                return ""
            case _:
                raise UnknownSyntaxError(type(node).__name__)

    def _branches(self, node: nodes.If, scope: _Scope) -> str:
        text = f"{{{{ if {self._value(node.test, scope)} }}}}{self._body(node.body, scope)}"
        for other in node.elif_:
            text += f"{{{{ else if {self._value(other.test, scope)} }}}}{self._body(other.body, scope)}"
        return text + (f"{{{{ else }}}}{self._body(node.else_, scope)}" if node.else_ else "") + "{{ end }}"

    def _loop(self, node: nodes.For, scope: _Scope) -> str:
        if isinstance(node.iter, nodes.List):
            return "".join(self._body(node.body, _bound(node.target, each, scope)) for each in node.iter.items)
        if node.test or not isinstance(node.target, nodes.Name):
            raise UnknownSyntaxError(_place(node))
        number, value = scope.loop + 1, self._value(node.iter, scope)
        inner = replace(scope, loop=number, names={**scope.names, node.target.name: f"${node.target.name}"})
        body = self._body(node.body, inner)
        last = f"{{{{ $last{number} := sub (len {value}) 1 }}}}" if f"$last{number}" in body else ""
        rest = f"{{{{ else }}}}{self._body(node.else_, scope)}" if node.else_ else ""
        return f"{last}{{{{ range $at{number}, ${node.target.name} := {value} }}}}{body}{rest}{{{{ end }}}}"

    def _shown(self, node: nodes.Node, scope: _Scope) -> str:
        """A part of the text; what stands before decides how an address is marked."""
        match node:
            case nodes.TemplateData():
                self._written = (self._written + node.data)[-300:]
                return node.data
            case nodes.CondExpr():
                test, one = self._value(node.test, scope), self._shown(node.expr1, scope)
                other = self._shown(node.expr2, scope) if node.expr2 else ""
                return f"{{{{ if {test} }}}}{one}{{{{ else }}}}{other}{{{{ end }}}}"
            case nodes.Call(node=nodes.Name(name=called)) if called in self._macros:
                return self._called(node, self._macros[called], scope)
        known = _known(node, scope)
        if known is not None:
            return self._shown(nodes.TemplateData(str(known)), scope)
        value = self._value(node, scope)
        if isinstance(node, nodes.Filter) and node.name == "json":
            return f"{{{{ {value} | safeJS }}}}"
        return f"{{{{ {value} | safeURL }}}}" if _IN_ADDRESS.search(self._written) else f"{{{{ {value} }}}}"

    def _called(self, node: nodes.Call, macro: nodes.Macro, scope: _Scope) -> str:
        if not macro.args:
            return self._body(macro.body, scope)
        defaults = macro.defaults[len(node.args) - len(macro.args) :] if len(node.args) < len(macro.args) else []
        given = [self._value(each, scope) for each in (*node.args, *defaults)]
        named = " ".join(f'"{each.name}" {value}' for each, value in zip(macro.args, given, strict=True))
        return f'{{{{ template "{self._prefix}-{macro.name}" {given[0] if len(given) == 1 else f"(dict {named})"} }}}}'

    def _value(self, node: nodes.Node, scope: _Scope) -> str:
        """An expression of Go, in brackets where it has several words."""
        known = _known(node, scope)
        if known is not None:
            return json.dumps(known, ensure_ascii=False)
        match node:
            case nodes.Name() if node.name in scope.names:
                found = scope.names[node.name]
            case nodes.Getattr(node=nodes.Name(name="loop")):
                found = _of_loop(node.attr, scope.loop)
            case nodes.Getattr():
                found = f"{self._value(node.node, scope)}.{node.attr}"
            case nodes.Filter():
                found = self._filtered(node, scope)
            case nodes.CondExpr():
                other = self._value(node.expr2, scope) if node.expr2 else '""'
                found = f"(cond (not (not {self._value(node.test, scope)})) {self._value(node.expr1, scope)} {other})"
            case _:
                word, *operands = _function(node)
                found = f"({word} {' '.join(self._value(each, scope) for each in operands)})"
        return found

    def _filtered(self, node: nodes.Filter, scope: _Scope) -> str:
        if node.node is None:
            raise UnknownSyntaxError("filter block")
        value = self._value(node.node, scope)
        if node.name in _MOMENTS:
            return f"{value}.{node.name}"
        if node.name not in _FILTERS:
            raise UnknownSyntaxError(f"filter {node.name}")
        return f"({_FILTERS[node.name].format(' '.join([value, *(self._value(each, scope) for each in node.args)]))})"


def _function(node: nodes.Node) -> tuple[str, *tuple[nodes.Node, ...]]:
    """The function of Go that stands for an operator of Jinja, and what it takes."""
    match node:
        case nodes.Getitem():
            return ("index", node.node, node.arg)
        case nodes.Not():
            return ("not", node.node)
        case nodes.Compare(ops=[operand]):
            return (_OPERATORS[operand.op], node.expr, operand.expr)
        case nodes.Concat():
            return ("print", *node.nodes)
        case nodes.BinExpr() if type(node) in _FUNCTIONS:
            return (_FUNCTIONS[type(node)], node.left, node.right)
        case _:
            raise UnknownSyntaxError(_place(node))


def _place(node: nodes.Node) -> str:
    """The kind of a node and where it stands, for a message."""
    return f"{type(node).__name__} in line {node.lineno}"


def _of_loop(name: str, number: int) -> str:
    found = {"first": f"(eq $at{number} 0)", "last": f"(eq $at{number} $last{number})", "index": f"(add $at{number} 1)"}
    return found[name]


def _bound(target: nodes.Node, item: nodes.Node, scope: _Scope) -> _Scope:
    """The scope of one turn of a loop over constants."""
    names = [target.name] if isinstance(target, nodes.Name) else [each.name for each in target.find_all(nodes.Name)]
    values = [_constant(each) for each in item.items] if isinstance(item, nodes.Tuple) else [_constant(item)]
    return replace(scope, constants={**scope.constants, **dict(zip(names, values, strict=True))})


def _known(node: nodes.Node, scope: _Scope) -> Any:
    """The constant that a node stands for, None where it is none."""
    match node:
        case nodes.Const():
            return node.value
        case nodes.Name() if node.name in scope.constants:
            return scope.constants[node.name]
        case nodes.Getattr() | nodes.Getitem():
            of = _known(node.node, scope)
            key = node.attr if isinstance(node, nodes.Getattr) else _known(node.arg, scope)
            return of.get(key) if isinstance(of, Mapping) else None
        case _:
            return None


def _constant(node: nodes.Node) -> Any:
    if not isinstance(node, nodes.Const):
        raise UnknownSyntaxError(_place(node))
    return node.value
