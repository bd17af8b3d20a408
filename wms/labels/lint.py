"""A label template may place text, lines and boxes; anything else is refused when it is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes

from wms.errors import BadInput

SIZE = re.compile(r"\A\{#-? *(\d{2,3}) x (\d{2,3}) mm\b")
COMMAND = re.compile(r"~|\^(.{0,2})", re.DOTALL)
ALLOWED = frozenset({"A0", "FO", "FR", "FS", "FX", "GB", "GC", "GD"})
HINTS = {"FD": "write {{ field }}^FS", "BC": "use the code128 filter", "BQ": "use the qr filter"}
NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Tuple,
    nodes.Filter,
    nodes.If,
    nodes.For,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Slice,
    nodes.Add,
    nodes.Sub,
    nodes.Mul,
    nodes.FloorDiv,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
    nodes.Concat,
    nodes.CondExpr,
    nodes.Keyword,
)


def size_mm(source: str, name: str) -> tuple[int, int]:
    """Return width and height that the first line declares: `{#- 100 x 50 mm ... -#}`; raises BadInput without it."""
    found = SIZE.match(source)
    if not found:
        raise BadInput(field=name, why="line 1 must declare the label's size: {#- 100 x 50 mm -#}")
    return int(found[1]), int(found[2])


def check(source: str, name: str, environment: Environment) -> None:
    """Raise BadInput naming template, line and reason when `source` holds a command or a construct outside the list."""
    size_mm(source, name)
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        raise BadInput(field=f"{name}, line {error.lineno}", why=str(error.message)) from None
    for line, why in (*_commands(tree), *_constructs(tree, environment)):
        raise BadInput(field=f"{name}, line {line}", why=why)


def _commands(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the literal ZPL."""
    for data in tree.find_all(nodes.TemplateData):
        for found in COMMAND.finditer(data.data):
            line = data.lineno + data.data.count("\n", 0, found.start())
            if found[1] is None:
                yield line, "a ~ command acts at once on the printer and is not allowed"
            elif found[1].upper() not in ALLOWED:
                hint = HINTS.get(found[1].upper(), "allowed are " + " ".join(sorted(ALLOWED)))
                yield line, f"^{found[1]} is not allowed: {hint}"


def _constructs(tree: nodes.Template, environment: Environment) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the placeholders: only fields, our filters, `if` and loops, none inside another."""
    for node in tree.find_all(nodes.Node):
        line = getattr(node, "lineno", 1)
        if not isinstance(node, NODES):
            yield line, f"{type(node).__name__.lower()} is not allowed in a label"
        elif isinstance(node, nodes.Filter) and node.name not in environment.filters:
            yield line, f"there is no filter {node.name}"
        elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            yield line, f"{node.attr} is not a field"
        elif isinstance(node, nodes.For) and any(node.find_all(nodes.For)):
            yield line, "a loop inside a loop is not allowed"
