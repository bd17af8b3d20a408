"""Reads the house's own source: what a module imports, calls and spells, with every name traced to where it is from."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_OURS = {"node_modules", "vendor", "__pycache__", ".venv"}
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def files(*patterns: str, under: tuple[str, ...] = ("wms", "scanner_client")) -> list[Path]:
    """Our own files below the folders `under` that match a glob pattern, without what was fetched."""
    found = (path for folder in under for pattern in patterns for path in (ROOT / folder).rglob(pattern))
    return sorted(path for path in found if not NOT_OURS.intersection(path.relative_to(ROOT).parts))


def written(paths: list[Path]) -> list[Path]:
    """Without the migrations: Alembic prints them, and a schema is as long as it is."""
    return [path for path in paths if "versions" not in path.parts]


def short(path: Path) -> str:
    """A path as written in messages and rules: from the top of the project."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


@dataclass
class Module:
    """One Python file, parsed. `names` maps a local name to the dotted name it stands for."""

    path: str
    tree: ast.Module
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nodes = list(ast.walk(self.tree))  # once for all rules: there are half a million of them
        for node in self.nodes:
            self.names.update(_imported(node))
        for node in self.nodes:
            if isinstance(node, ast.Assign):
                self._alias(node.targets[0], node.value)

    def _alias(self, target: ast.expr, value: ast.expr) -> None:
        """Follow `a = B`, `a = B.c`, `a = table_of(B)` and tuples of these."""
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, its_value in zip(target.elts, value.elts, strict=False):
                self._alias(one, its_value)
        elif isinstance(target, ast.Name) and (origin := self.origin(value)).partition(".")[2]:
            self.names.setdefault(target.id, origin)

    def origin(self, node: ast.expr) -> str:
        """The dotted name of an expression, traced through imports: `dt.now` is datetime.datetime.now; else ''."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.origin(node.value)}.{node.attr}"
        if isinstance(node, ast.Call) and self.origin(node.func).endswith("table_of") and node.args:
            return self.origin(node.args[0])
        return ""

    @cached_property
    def calls(self) -> list[tuple[ast.Call, str]]:
        """Every call with the dotted name of what is called."""
        return [(node, self.origin(node.func)) for node in self.nodes if isinstance(node, ast.Call)]

    @cached_property
    def spelled(self) -> list[tuple[ast.AST, str]]:
        """Every name and attribute with its dotted name."""
        return [(node, self.origin(node)) for node in self.nodes if isinstance(node, ast.Attribute | ast.Name)]

    def mentions(self, names: set[str]) -> list[str]:
        """Where one of the dotted `names` is used, called or not, as path:line."""
        return [f"{self.at(node)} {name}" for node, name in self.spelled if name in names]

    @cached_property
    def texts(self) -> list[ast.Constant]:
        """Every string that is not a docstring."""
        prose = {id(node.value) for node in self.nodes if isinstance(node, ast.Expr)}
        constants = (node for node in self.nodes if isinstance(node, ast.Constant) and id(node) not in prose)
        return [node for node in constants if isinstance(node.value, str)]

    def at(self, node: ast.AST) -> str:
        """path:line of a node."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def _imported(node: ast.AST) -> dict[str, str]:
    if isinstance(node, ast.ImportFrom):
        return {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
    if isinstance(node, ast.Import):
        return {name.asname: name.name for name in node.names if name.asname}
    return {}


def parse(source: str, path: str = "planted.py") -> Module:
    """A Module from text."""
    return Module(path, ast.parse(source))


@cache
def modules() -> list[Module]:
    """Every Python module of wms and scanner_client."""
    return [parse(path.read_text(encoding="utf-8"), short(path)) for path in files("*.py")]


# --- what the rules look for: each finder takes a module and returns where it breaks the rule ------------------------

STOCK = re.compile(
    r"^wms\.models(\.stock)?\.(Stock|StockMove)(\.__table__)?$|^wms\.operations\.ledger\.(stock|stock_move|moves?)$"
)
STOCK_SQL = re.compile(
    r"\b((insert\s+(or\s+\w+\s+)?into|delete\s+from)\s+stock(_move)?\b|update\s+stock(_move)?\s+set\b)", re.IGNORECASE
)
WRITERS = {"insert", "update", "delete", "insert_or_add", "bulk_insert_mappings", "bulk_save_objects"}
CLOCKS = {"datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"}
CLOCKS |= {"time.time", "time.time_ns", "time.localtime", "time.gmtime"}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv"}


def stock_writes(module: Module) -> list[str]:
    """INSERT, UPDATE or DELETE of the tables stock and stock_move, by statement, by ORM object or by SQL text."""
    found = [module.at(call) for call, name in module.calls if _writes_stock(module, call, name)]
    return found + [module.at(node) for node in module.texts if STOCK_SQL.search(str(node.value))]


def _writes_stock(module: Module, call: ast.Call, name: str) -> bool:
    owner, _, verb = name.rpartition(".")
    given = any(STOCK.match(module.origin(argument)) for argument in call.args)
    return bool(STOCK.match(name) or (verb in WRITERS and (given or STOCK.match(owner))))


def commits(module: Module) -> list[str]:
    """Calls of anything named commit."""
    return [module.at(call) for call, name in module.calls if name.rpartition(".")[2] == "commit"]


def selects(module: Module) -> list[str]:
    """Calls of anything named select."""
    return [module.at(call) for call, name in module.calls if name.rpartition(".")[2] == "select"]


def long_functions(module: Module, lines_max: int) -> list[str]:
    """Functions of more than `lines_max` lines, docstring included."""
    found = (node for node in module.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    sizes = ((node, (node.end_lineno or node.lineno) - node.lineno + 1) for node in found)
    return [f"{module.at(node)} {node.name}: {size} lines" for node, size in sizes if size > lines_max]


BLANK = {"strip", "lstrip", "rstrip", "split", "rsplit"}  # without an argument they cut at GS (0x1D), which is data


def blank_cuts(module: Module) -> list[str]:
    """Cuts at whatever Python takes for white space: strip(), split(), splitlines(), a backslash and s in a pattern."""
    found = [module.at(call) for call, name in module.calls if _cuts_blanks(call, name)]
    return found + [module.at(node) for node in module.texts if "\\s" in str(node.value)]


def _cuts_blanks(call: ast.Call, name: str) -> bool:
    verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return verb in ("splitlines", "isspace") or (verb in BLANK and not call.args)


class _Page(HTMLParser):
    """Collects what a content security policy without 'unsafe-inline' would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        bad = sorted(name for name in names if name == "style" or name.startswith("on"))
        if tag == "style" or (tag == "script" and "src" not in names):
            bad.append("inline code")
        self.found += [f"line {self.getpos()[0]}: <{tag}> {what}" for what in bad]


def inline_code(html: str) -> list[str]:
    """Inline scripts, styles and on... attributes in a page or a Jinja template, with their lines."""
    page = _Page()
    page.feed(JINJA.sub(lambda found: " " + "\n" * found[0].count("\n"), html))
    return page.found


ADDRESS = re.compile(r"(?:https?|wss?)://([a-z0-9.-]+)|[\"'(]//([a-z0-9-]+\.[a-z0-9.-]+)", re.IGNORECASE)
ALLOWED_HOSTS = {"localhost", "127.0.0.1", "www.w3.org"}


def foreign_addresses(text: str) -> list[str]:
    """Hosts on other machines that a page, script or style names; XML namespaces of w3.org are no addresses."""
    return [host for pair in ADDRESS.findall(text) if (host := pair[0] or pair[1]) not in ALLOWED_HOSTS]
