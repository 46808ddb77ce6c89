"""The functions of Go that stand for operators and methods of Jinja in our templates."""

from __future__ import annotations

from jinja2 import nodes

_OPERATORS = {"eq": "eq", "ne": "ne", "gt": "gt", "gteq": "ge", "lt": "lt", "lteq": "le"}
_FUNCTIONS: dict[type, str] = {nodes.And: "and", nodes.Or: "or", nodes.Sub: "sub", nodes.Add: "add"}


class UnknownSyntaxError(Exception):
    """A template uses a part of Jinja that this translation does not know."""


def go_function(node: nodes.Node) -> tuple[str, *tuple[nodes.Node, ...]]:
    """The function of Go that stands for an operator of Jinja, and what it takes."""
    found: tuple[str, *tuple[nodes.Node, ...]]
    match node:
        case nodes.Getitem(arg=nodes.Slice() as part):
            found = _sliced(node, part)
        case nodes.Test(name="sameas", node=one, args=[other]):  # of claims
            found = ("eq", *(nodes.Getattr(each, "text", "load") for each in (one, other)))
        case nodes.Getitem():
            found = ("index", node.node, node.arg)
        case nodes.Not():
            found = ("not", node.node)
        case nodes.Compare(ops=[nodes.Operand(op="in", expr=within)]):
            found = (
                "isset",
                within,
                node.expr,
            )  # of mappings alone: Hugo fails where it is another
        case nodes.Compare(ops=[operand]) if operand.op in _OPERATORS:
            found = (_OPERATORS[operand.op], node.expr, operand.expr)
        case nodes.Concat():
            found = ("print", *node.nodes)
        case nodes.BinExpr() if type(node) in _FUNCTIONS:
            found = (_FUNCTIONS[type(node)], node.left, node.right)
        case nodes.Call(node=nodes.Getattr(attr="value") as values, args=[claim]):
            found = ("index", values, nodes.Getattr(claim, "text", "load"))
        case nodes.Call(node=nodes.Getattr(node=text, attr="startswith"), args=[beginning]):
            found = ("hasPrefix", text, beginning)
        case _:
            raise UnknownSyntaxError(place(node))
    return found


def _sliced(node: nodes.Getitem, part: nodes.Slice) -> tuple[str, *tuple[nodes.Node, ...]]:
    """The same of a slice: a negative end is that of a text."""
    match part:
        case nodes.Slice(start=None, stop=nodes.Neg() as stop, step=None):
            return "substr", node.node, nodes.Const(0), nodes.Const(-stop.node.as_const())
        case nodes.Slice(start=None, stop=nodes.Expr() as stop, step=None):
            return "first", stop, node.node
        case nodes.Slice(start=nodes.Expr() as start, stop=None, step=None):
            return "after", start, node.node
        case _:
            raise UnknownSyntaxError(place(node))


def place(node: nodes.Node) -> str:
    """The kind of a node and where it stands, for a message."""
    return f"{type(node).__name__} in line {node.lineno}"
