"""A label template may place text, lines and boxes; anything else is refused when it is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes

from wms.errors import BadInput

SOURCE_MAX = 20_000
SIDES_MAX = (220, 300)  # mm: the widest printers, and more than any label is long
NUMBER_MAX = 9_999  # dots of one command
SIZE = re.compile(r"\A\{#-? *(\d{2,3}) x (\d{2,3}) mm\b")
COMMAND = re.compile(r"~|\^(.{0,2})", re.DOTALL)
ALLOWED = frozenset({"A0", "FO", "FR", "FS", "FX", "GB", "GC", "GD"})
NUMBERS = re.compile(r"\d{5,}")
HINTS = {
    "FD": "write {{ field }}^FS",
    "BC": "use the code128 filter, or gs1_128",
    "BQ": "use the qr filter",
    "BX": "use the matrix filter, or gs1_matrix",
}
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
    for line, why in faults(source, environment):
        raise BadInput(field=f"{name}, line {line}", why=why)


def faults(source: str, environment: Environment, fields: frozenset[str] | None = None) -> list[tuple[int, str]]:
    """Return everything that is wrong with a template as (line, why), in the order of lines; nothing: it may be used.

    `fields` are the fields that its label has; without them names are not looked at.
    """
    if len(source) > SOURCE_MAX:
        return [(1, f"is longer than {SOURCE_MAX} characters")]
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        return [(error.lineno, str(error.message))]
    found = [*_size(source), *_commands(tree), *_constructs(tree, environment)]
    return sorted([*found, *(_names(tree, fields) if fields is not None else ())], key=lambda fault: fault[0])


def _size(source: str) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the size in line 1."""
    found = SIZE.match(source)
    if not found:
        yield 1, "line 1 must declare the label's size: {#- 100 x 50 mm -#}"
    elif not all(10 <= int(side) <= most for side, most in zip(found.groups(), SIDES_MAX, strict=True)):
        yield 1, f"a label here is 10 to {SIDES_MAX[0]} mm wide and 10 to {SIDES_MAX[1]} mm long"


def _names(tree: nodes.Template, fields: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Yield the names that are neither a field of the label nor made by a loop."""
    names = list(tree.find_all(nodes.Name))
    known = fields | {"loop"} | {name.name for name in names if name.ctx == "store"}
    for name in names:
        if name.name not in known:
            yield name.lineno, f"{name.name} is not a field: {', '.join(sorted(fields))}"


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
        for found in NUMBERS.finditer(data.data):
            line = data.lineno + data.data.count("\n", 0, found.start())
            yield line, f"{found[0]} is more than {NUMBER_MAX} dots"


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
        elif isinstance(node, nodes.Mul) and not (_is_number(node.left) and _is_number(node.right)):
            yield line, "only numbers may be multiplied"


def _is_number(node: nodes.Expr) -> bool:
    """Return whether a term of a product is a number for sure: text times a number can grow without end."""
    if isinstance(node, nodes.Const):
        return isinstance(node.value, int | float)
    if isinstance(node, nodes.Add | nodes.Sub | nodes.Mul | nodes.FloorDiv):
        return _is_number(node.left) and _is_number(node.right)
    return isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "loop"
