"""Files from outside: who may bring which, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage

from wms.db import Store, Tx
from wms.errors import BadInput, NotAllowed, NotFound
from wms.flows.engine import Who
from wms.operations import importing, intake, jobs, onboarding, staging
from wms.operations.ledger import By
from wms.operations.staging import Request
from wms.queries import office
from wms.settings import Settings

NAME_MAX = 200
LARGE = 1_000_000  # bytes; what is larger is left to the worker, so that scans are not kept waiting


@dataclass(frozen=True)
class File:
    """An uploaded file: `kind` packing (of an owner) or orders (of a campaign), both by code."""

    kind: str
    owner: str
    campaign: str
    content: FileStorage

    @property
    def name(self) -> str:
        """Return the file's name as it is kept and told: a name, never a path, without control characters."""
        bare = (self.content.filename or "file").replace("\\", "/").rsplit("/", 1)[-1]
        return "".join(letter for letter in bare if letter.isprintable())[:NAME_MAX] or "file"


def take_in(store: Store, settings: Settings, me: Who, file: File) -> dict[str, Any]:
    """Read a file and write what it says; return what came of it.

    Raises FormatError naming line and field, BadInput, NotFound, NotAllowed (receivers bring packing lists only).
    """
    by = By(me.operator_id)
    about = {"kind": file.kind, "filename": file.name}
    if file.kind == "packing":
        if not file.owner:
            raise BadInput(field="owner", why="missing")
        receipt = onboarding.import_packing_list(store, by, file.owner, file.content.read(), file.name)
        return about | {"receipt_id": receipt}
    request = request_of(store, me, file)
    if len(request.data) > LARGE:
        import_id = staging.draft(store, by, request)
        store.transact(lambda tx: begin(tx, import_id))
        return about | {"import_id": import_id, "state": "reading"}
    import_id = importing.take(store, settings, by, request)
    with store.read() as tx:
        return about | {"import_id": import_id} | intake.summary(tx, import_id)


def begin(tx: Tx, import_id: int, whole: bool | None = None) -> None:
    """Start an import that waits, and queue its job. Raises NotWaiting, OneAtATime."""
    staging.start(tx, import_id, whole)
    jobs.enqueue(tx, "import", {"import": import_id}, key=f"import:{import_id}")


def stage(store: Store, me: Who, file: File) -> int:
    """Keep a file of orders until somebody says how to read it; return its import's id. Raises as take_in."""
    return staging.draft(store, By(me.operator_id), request_of(store, me, file))


def request_of(store: Store, me: Who, file: File) -> Request:
    """Return what is to be imported; raises NotAllowed, BadInput, NotFound."""
    if not me.roles & {"supervisor", "admin"}:
        raise NotAllowed(what="that")
    return Request(campaign_named(store, file.campaign), file.name, file.content.read())


def campaign_named(store: Store, code: str) -> int:
    """Return the id of a campaign by its code; raises BadInput, NotFound."""
    if not code:
        raise BadInput(field="campaign", why="missing")
    with store.read() as tx:
        found = office.campaign_id(tx, code)
    if found is None:
        raise NotFound(what=f"Campaign {code}")
    return found
