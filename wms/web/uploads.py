"""Files from outside: who may bring which, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage

from wms.db import Store
from wms.errors import BadInput, NotAllowed, NotFound
from wms.flows.engine import Who
from wms.operations import onboarding
from wms.operations.ledger import By
from wms.queries import office

NAME_MAX = 200


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


def take_in(store: Store, me: Who, file: File) -> dict[str, Any]:
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
    if not me.roles & {"supervisor", "admin"}:
        raise NotAllowed(what="that")
    campaign = campaign_named(store, file.campaign)
    return about | onboarding.import_report(store, by, campaign, file.content.read(), file.name)


def campaign_named(store: Store, code: str) -> int:
    """Return the id of a campaign by its code; raises BadInput, NotFound."""
    if not code:
        raise BadInput(field="campaign", why="missing")
    with store.read() as tx:
        found = office.campaign_id(tx, code)
    if found is None:
        raise NotFound(what=f"Campaign {code}")
    return found
