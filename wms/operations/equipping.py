"""Printers and print agents of the house: what an administrator sets up, and what a printer tells of itself."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update

from wms.db import Store, Tx, table_of
from wms.errors import BadInput, NotFound, Refusal, clip
from wms.formats.equipment import Names, PrinterRow
from wms.labels import discovery
from wms.labels.discovery import Found
from wms.labels.hosts import HostRefused, check_host
from wms.labels.labels import KINDS
from wms.labels.zpl import DPMM
from wms.models.places import Location
from wms.models.printing import PrintAgent, Printer
from wms.operations import printing
from wms.queries import printing as reads
from wms.settings import Settings

printers, places, agents = table_of(Printer), table_of(Location), table_of(PrintAgent)
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
NAMES = {"station", "fallback", "agent", "labels"}  # given by name, kept by id or as a list
TOKEN = "pickwell_agent_"


class CodeTaken(Refusal):
    """Two printers or agents of one name."""

    sentence = "There is already {what}. Choose another name."


class TellsNothing(Refusal):
    """A printer that this server does not reach over the network."""

    sentence = "{name} is no network printer. It tells nothing."


class AtWork(Refusal):
    """A second connection would disturb the label that is being printed."""

    sentence = "{name} is printing. Ask again in a moment."


# -- printers ---------------------------------------------------------------------------------------------------------


def add_printer(tx: Tx, settings: Settings, code: str, facts: dict[str, Any]) -> int:
    """Add a printer and return its id; `facts` as in `change_printer`, with name and transport.

    Raises CodeTaken, and BadInput naming the field.
    """
    if not CODE.fullmatch(code):
        raise BadInput(field="code", why="capitals, digits and dashes, at most 20")
    if tx.one(select(printers.c.id).where(printers.c.code == code)):
        raise CodeTaken(what=f"a printer {code}")
    blank = {"host": "", "port": 9100, "queue": "", "dpi": 203, "agent_id": None, "fallback_id": None}
    blank |= {"station_id": None, "paused": False, "trouble": "", "labels": ""}
    values = blank | resolved(tx, facts) | {"code": code}
    check(settings, values)
    made = tx.execute(insert(printers).values(**values)).inserted_primary_key
    assert made is not None
    tx.announce("printing")
    return int(made[0])


def change_printer(tx: Tx, settings: Settings, printer_id: int, changes: dict[str, Any]) -> None:
    """Change a printer's name, address, density, or pause it; `station`, `fallback` and `agent` are given by name, an
    empty one is none; `labels` is the list of kinds that fit its paper, an empty one is all.

    Raises NotFound, and BadInput when its address is not one that labels may be sent to.
    """
    row = tx.one(select(printers).where(printers.c.id == printer_id).with_for_update(key_share=True))
    if row is None:
        raise NotFound(what=f"Printer {printer_id}")
    values = resolved(tx, changes)
    after = dict(row._mapping) | values
    if after["fallback_id"] == printer_id:
        raise BadInput(field="fallback", why="another printer, please")
    if set(values) - {"name", "paused", "station_id"}:
        check(settings, after)
    if {"host", "port", "queue", "transport"} & {name for name in values if values[name] != row._mapping[name]}:
        values |= {"trouble": "", "trouble_since": None, "model": "", "firmware": "", "told_dpi": 0}
    if values:
        tx.execute(update(printers).where(printers.c.id == printer_id).values(**values))
    tx.announce("printing")


def resolved(tx: Tx, facts: dict[str, Any]) -> dict[str, Any]:
    """Return columns for what was given by name; raises BadInput for a name that is nobody's."""
    values = {name: value for name, value in facts.items() if name not in NAMES}
    if "labels" in facts:
        if unknown := [kind for kind in facts["labels"] if kind not in KINDS]:
            raise BadInput(field="labels", why=f"no label is called {unknown[0]}; there are {', '.join(sorted(KINDS))}")
        values["labels"] = ",".join(sorted(set(facts["labels"])))
    if "station" in facts:
        here = (places.c.name == facts["station"], places.c.kind != "outside")
        values["station_id"] = named(tx, "station", facts["station"], select(places.c.id).where(*here))
    if "fallback" in facts:
        same = select(printers.c.id).where(printers.c.code == facts["fallback"])
        values["fallback_id"] = named(tx, "fallback", facts["fallback"], same)
    if "agent" in facts:
        live = select(agents.c.id).where(agents.c.name == facts["agent"], agents.c.revoked_at.is_(None))
        values["agent_id"] = named(tx, "agent", facts["agent"], live)
    return values


def named(tx: Tx, field: str, name: str, statement: Any) -> int | None:
    """Return the id of what has this name; an empty name is none. Raises BadInput."""
    if not name:
        return None
    found = tx.value(statement)
    if found is None:
        raise BadInput(field=field, why=f"there is no {name}")
    return int(found)


def check(settings: Settings, after: dict[str, Any]) -> None:
    """Raise BadInput when a printer could not work like this, naming the field."""
    kind = after["transport"]
    needed = {"tcp": "host", "spooler": "queue", "agent": "agent_id"}.get(kind)
    if needed and not after[needed]:
        raise BadInput(field=needed.removesuffix("_id"), why=f"missing, a printer of kind {kind} needs it")
    if kind == "agent" and not (after["host"] or after["queue"]):
        raise BadInput(field="host", why="where does its agent find it? A host or a queue, please")
    if after["dpi"] not in DPMM:
        raise BadInput(field="dpi", why=f"one of {', '.join(map(str, DPMM))}")
    if kind == "tcp":
        check_address(settings, after["host"], after["port"])


def check_address(settings: Settings, host: str, port: int) -> None:
    """Raise BadInput when a printer may not have this address."""
    try:
        check_host(host, port, printing.allowed(settings))
    except HostRefused as refused:
        raise BadInput(field="host", why=str(refused)) from None


# -- as a table -------------------------------------------------------------------------------------------------------


def names(tx: Tx) -> Names:
    """Return the names that a table of printers may use."""
    here = {row.name for row in tx.all(select(places.c.name).where(places.c.kind != "outside"))}
    beside = {row.name for row in reads.agents(tx)}
    return Names(here, KINDS, beside, {row.code for row in tx.all(select(printers.c.code))})


def put_printers(tx: Tx, rows: Sequence[PrinterRow]) -> None:
    """Add the printers of a table, or change those whose code is known; their names were checked when it was read."""
    for row in rows:
        facts = {name: getattr(row, name) for name in ("name", "transport", "host", "port", "dpi", "queue")}
        values = resolved(tx, facts | {"station": row.station, "agent": row.agent, "labels": row.labels})
        if not tx.execute(update(printers).where(printers.c.code == row.code).values(**values)).rowcount:
            tx.execute(insert(printers).values(code=row.code, paused=False, trouble="", **values))
    for row in rows:
        fallback = resolved(tx, {"fallback": row.fallback})
        tx.execute(update(printers).where(printers.c.code == row.code).values(**fallback))
    tx.announce("printing")


def as_rows(found: Sequence[Any]) -> list[PrinterRow]:
    """Return printers as a table has them; `found` as the office lists them."""
    plain = ("code", "name", "transport", "host", "port", "dpi", "queue")
    return [
        PrinterRow(
            **{name: getattr(each, name) for name in plain},
            station=each.station or "",
            labels=tuple(filter(None, each.labels.split(","))),
            fallback=each.fallback or "",
            agent=each.agent or "",
        )
        for each in found
    ]


# -- what printers tell -----------------------------------------------------------------------------------------------


def find_printers(store: Store, settings: Settings, network: str) -> list[Found]:
    """Return the printers of a subnet that are not known yet; raises BadInput for a subnet that may not be scanned."""
    with store.read() as tx:
        known = frozenset(row.host for row in tx.all(select(printers.c.host).where(printers.c.transport == "tcp")))
    return discovery.scan(network, printing.allowed(settings), printing.timeouts(settings), known)


def ask_printer(store: Store, settings: Settings, printer_id: int) -> Found | None:
    """Ask a network printer who it is and how it is, and keep that; None when nobody answers at its address.

    Raises NotFound, TellsNothing, AtWork, and BadInput when its address is not allowed any more.
    """
    with store.read() as tx:
        row = tx.one(select(printers).where(printers.c.id == printer_id))
        at_rest = printer_id in {each.id for each in reads.at_rest(tx)}
    if row is None:
        raise NotFound(what=f"Printer {printer_id}")
    if row.transport != "tcp":
        raise TellsNothing(name=row.name)
    if not at_rest:
        raise AtWork(name=row.name)
    try:
        found = discovery.ask(row.host, row.port, printing.allowed(settings), printing.timeouts(settings))
    except HostRefused as refused:
        raise BadInput(field="host", why=str(refused)) from None
    store.transact(lambda tx: keep_identity(tx, row, found))
    return found


def keep_identity(tx: Tx, row: Row[Any], found: Found | None) -> None:
    """Write down what a printer told of itself, and how it is."""
    words = f"{row.name} cannot be reached." if found is None else ""
    if found and found.fault:
        words = f"{row.name} is not ready: {found.fault}."
    printing.note(tx, row.id, clip(words, 120), row.trouble)
    if found and found.speaks:
        told = {"model": clip(found.model, 60), "firmware": clip(found.firmware, 40), "told_dpi": found.dpi}
        tx.execute(update(printers).where(printers.c.id == row.id).values(**told))


# -- print agents -----------------------------------------------------------------------------------------------------


def add_agent(tx: Tx, name: str) -> str:
    """Add a print agent and return its token, which is shown once; raises CodeTaken, BadInput."""
    name = name.strip()
    if not name:
        raise BadInput(field="name", why="missing")
    if tx.one(select(agents.c.id).where(agents.c.name == name)):
        raise CodeTaken(what=f"an agent {name}")
    token = TOKEN + secrets.token_urlsafe(32)
    tx.execute(insert(agents).values(name=name, token_hash=token_hash(token), made_at=tx.now))
    return token


def revoke_agent(tx: Tx, agent_id: int) -> None:
    """Let an agent's token open nothing any more, from its next question on. Raises NotFound."""
    live = (agents.c.id == agent_id, agents.c.revoked_at.is_(None))
    fresh = {"revoked_at": tx.now, "token_hash": f"revoked {agent_id}"}
    name = tx.value(select(agents.c.name).where(*live))
    if name is None:
        raise NotFound(what=f"Print agent {agent_id}")
    retired = clip(name, 40) + f" (until {tx.now:%Y-%m-%d %H:%M:%S})"
    tx.execute(update(agents).where(*live).values(**fresh, name=retired))
    tx.announce("printing")


def agent_of(tx: Tx, token: str) -> Row[Any] | None:
    """Return the agent (id, name, seen_at) whose token this is, None for a wrong or revoked one."""
    mine = (agents.c.token_hash == token_hash(token), agents.c.revoked_at.is_(None))
    return tx.one(select(agents.c.id, agents.c.name, agents.c.seen_at).where(*mine))


def token_hash(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
