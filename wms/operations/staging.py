"""A file of orders waits here until somebody says how to read it, and until the worker has read it."""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update

from wms.db import Store, Tx, dumps, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.formats.csv_text import squeeze
from wms.formats.errors import FormatError
from wms.formats.orders import profiles
from wms.formats.orders.apart import Glance, Task
from wms.formats.orders.profiles import COLUMN_ROLES, ROLES, SHAPES, Profile
from wms.formats.orders.reading import PREVIEW, Choice
from wms.models.campaigns import Campaign, Import, ImportPiece
from wms.operations import master, shielding
from wms.operations.ledger import By
from wms.settings import share

campaigns, imports, pieces = table_of(Campaign), table_of(Import), table_of(ImportPiece)
LOOK = 2_000  # rows that show what the columns of a file hold
PIECE = 1_000_000  # bytes before packing
BUSY = ("reading", "applying")


class NotWaiting(Refusal):
    """What is read already cannot be read in another way."""

    sentence = "Import {id} is {state}. Send the file again."


class OneAtATime(Refusal):
    """Two files of one campaign would be compared with each other half-way."""

    sentence = "{filename} is not finished yet. Let it go on first."


@dataclass(frozen=True)
class Request:
    """A file to take in: `whole` says that whoever is not in it is gone from the campaign."""

    campaign_id: int
    filename: str
    data: bytes
    choice: Choice = field(default_factory=Choice)
    whole: bool = True


def folder() -> Path:
    """Return the folder of order profiles."""
    return share() / "config" / "order_profiles"


def known_profiles() -> tuple[Profile, ...]:
    """Return all profiles, for a list to choose from."""
    return profiles.load_profiles(folder())


def draft(store: Store, by: By, request: Request) -> int:
    """Keep a file with the best guess at how to read it; return the id of its import, which waits for `start`.

    What was saved for the campaign is tried before a guess. Raises FormatError when nothing fits, NotFound.
    """
    with store.read() as tx:
        campaign = tx.one(select(campaigns).where(campaigns.c.id == request.campaign_id))
    if campaign is None:
        raise NotFound(what=f"Campaign {request.campaign_id}")
    choice, found = guess(campaign, request)
    values = {
        "kind": "orders", "filename": request.filename[:200], "sha256": hashlib.sha256(request.data).hexdigest(),
        "campaign_id": request.campaign_id, "operator_id": by.operator_id, "state": "draft", "whole": request.whole,
        "problems": "[]", **described(found, choice),
    }  # fmt: skip
    packed = [zlib.compress(request.data[at : at + PIECE], 1) for at in range(0, len(request.data), PIECE)]

    def write(tx: Tx) -> int:
        import_id = master.add(tx, imports, at=tx.now, **values)
        tx.execute(insert(pieces), [{"import_id": import_id, "data": each} for each in packed or [zlib.compress(b"")]])
        return import_id

    return store.transact(write)


def guess(campaign: Any, request: Request) -> tuple[Choice, Glance]:
    """Return how to read a file: as was asked for, else as saved for its campaign when that fits, else by header."""
    saved = saved_choice(campaign)
    if request.choice == Choice() and saved.columns:
        with suppress(FormatError):
            found = shielding.glance(request.data, Task(request.filename, folder(), saved))
            header = {squeeze(column.name) for column in found.columns}
            if all(squeeze(name) in header for name in saved.columns):
                return saved, found
    return request.choice, shielding.glance(request.data, Task(request.filename, folder(), request.choice))


def saved_choice(campaign: Any) -> Choice:
    """Return how the last file of a campaign was read, when a person had a say in it."""
    mapping = json.loads(campaign.mapping or "{}")
    return Choice(
        campaign.profile if mapping.get("columns") else "", mapping.get("columns", {}), mapping.get("shape", "")
    )


def described(found: Glance, choice: Choice) -> dict[str, Any]:
    """Return the columns of an import that say how its file is read."""
    mapping: dict[str, Any] = {}
    if choice.columns or choice.shape:
        mapping = {"columns": dict(choice.columns), "shape": choice.shape}
    if asks := [column.name for column in found.columns if column.role == "unknown_quantity"]:
        mapping["asks"] = asks  # whole numbers under a name that nobody knows: quantities, or to be ignored?
    known = {"profile": found.profile, "platform": found.platform, "confidence": found.confidence}
    return known | {"mapping": dumps(mapping), "rows": found.size}


def row_of(tx: Tx, import_id: int) -> Any:
    """Return an import's row; raises NotFound."""
    row = tx.one(select(imports).where(imports.c.id == import_id, imports.c.kind == "orders"))
    if row is None:
        raise NotFound(what=f"Import {import_id}")
    return row


def content(tx: Tx, import_id: int) -> bytes:
    """Return the bytes of a file that waits."""
    whole = io.BytesIO()  # joined, they would be there twice
    for row in tx.all(select(pieces.c.data).where(pieces.c.import_id == import_id).order_by(pieces.c.id)):
        whole.write(zlib.decompress(row.data))
    return whole.getvalue()


def choice_of(row: Any) -> Choice:
    """Return how the file of an import is to be read."""
    mapping = json.loads(row.mapping or "{}")
    return Choice(row.profile, mapping.get("columns", {}), mapping.get("shape", ""))


def opened(tx: Tx, import_id: int, numbered: int = 0) -> Glance:
    """Return the file of a waiting import at first sight, its first orders, and all their numbers when it has no more
    than `numbered` rows. Raises NotWaiting, FormatError."""
    row = row_of(tx, import_id)
    must_wait(row)
    task = Task(row.filename, folder(), choice_of(row), LOOK, PREVIEW, row.rows <= numbered)
    return shielding.glance(content(tx, import_id), task)


def correct(store: Store, import_id: int, choice: Choice) -> None:
    """Read a waiting file in another way from now on; raises NotWaiting, BadInput, FormatError when that cannot be."""
    strange = sorted(set(choice.columns.values()) - {*ROLES, *COLUMN_ROLES})
    if strange or choice.shape not in ("", *SHAPES):
        raise BadInput(field="columns", why=f"no such meaning: {', '.join(strange) or choice.shape}")
    with store.read() as tx:
        row, data = row_of(tx, import_id), content(tx, import_id)
    must_wait(row)
    values = described(shielding.glance(data, Task(row.filename, folder(), choice)), choice)
    store.transact(lambda tx: tx.execute(update(imports).where(imports.c.id == import_id).values(values)))


def must_wait(row: Any) -> None:
    """Raise NotWaiting unless a file still waits."""
    if row.state != "draft":
        raise NotWaiting(id=row.id, state=row.state)


def start(tx: Tx, import_id: int, whole: bool | None = None) -> None:
    """Let a waiting file be read (see importing.run), and remember how. Raises NotWaiting, OneAtATime."""
    row = row_of(tx, import_id)
    must_wait(row)
    busy = tx.one(unfinished(row.campaign_id))
    if busy is not None:
        raise OneAtATime(filename=busy.filename)
    values = {"state": "reading"} | ({} if whole is None else {"whole": whole})
    tx.execute(update(imports).where(imports.c.id == import_id, imports.c.state == "draft").values(**values))
    mapping = {"profile": row.profile, "mapping": row.mapping}
    tx.execute(update(campaigns).where(campaigns.c.id == row.campaign_id).values(mapping))
    tx.announce("imports")


def unfinished(campaign_id: int) -> Any:
    """Return the statement for an import of a campaign that has begun and not ended."""
    return select(imports).where(imports.c.campaign_id == campaign_id, imports.c.state.in_(BUSY)).order_by(imports.c.id)


def discard(tx: Tx, import_id: int) -> None:
    """Throw a waiting file away; nothing of it stays. Raises NotWaiting."""
    must_wait(row_of(tx, import_id))
    forget(tx, import_id)
    tx.execute(delete(imports).where(imports.c.id == import_id, imports.c.state == "draft"))


def give_up(tx: Tx, import_id: int) -> None:
    """End an import whose file was never read to its end; nothing of it was written. Raises NotWaiting."""
    row = row_of(tx, import_id)
    if row.state != "reading":
        raise NotWaiting(id=row.id, state=row.state)
    forget(tx, import_id)
    values = {"state": "failed", "error": "Given up before it was read.", "ended_at": tx.now, "rows": 0}
    tx.execute(update(imports).where(imports.c.id == import_id).values(values))


def forget(tx: Tx, import_id: int) -> None:
    """Remove the bytes of a file that nobody needs any more."""
    tx.execute(delete(pieces).where(pieces.c.import_id == import_id))
