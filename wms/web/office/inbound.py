"""Office pages: receipts, and the files that come in from outside."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from werkzeug.wrappers import Response

from wms.errors import BadInput
from wms.formats.errors import FormatError
from wms.queries import inbound, office
from wms.queries.listing import page_of
from wms.web import uploads
from wms.web.api.inbound import Upload
from wms.web.auth import needs, who
from wms.web.office.core import IMPORTERS, asked, back, bp, draw, filled, there
from wms.web.openapi import PageQuery
from wms.web.parts import settings, snapshot, store


@bp.get("/receipts")
@needs()
def receipts() -> str:
    """List announced deliveries and how much of each came."""
    query = asked(PageQuery)
    with snapshot() as tx:
        found = page_of(tx, inbound.all_receipts, query.cut)
    return draw("receipts", "receipts", query=query, found=found)


@bp.get("/receipts/<id:receipt_id>")
@needs()
def receipt(receipt_id: int) -> str:
    """Show one receipt: cartons, and where it differs from its list."""
    with snapshot() as tx:
        page = there(inbound.receipt(tx, receipt_id), f"Receipt {receipt_id}")
    return draw("receipt", "receipts", page=page, receipt=page["receipt"])


@bp.get("/imports")
@needs(*IMPORTERS)
def imports() -> str:
    """Show the forms for files, and the files that came."""
    return imports_page()


@bp.post("/imports")
@needs(*IMPORTERS)
def import_file() -> Any:
    """Read a file; what is wrong with it is shown line by line, and nothing of it is written."""
    form, content = filled(Upload), request.files.get("file")
    if content is None or not content.filename:
        raise BadInput(field="file", why="choose one first")
    file = uploads.File(form.kind, form.owner, form.campaign, content)
    try:
        if form.kind == "orders":
            return redirect(f"/office/imports/{uploads.stage(store(), who(), file)}")
        made = uploads.take_in(store(), settings(), who(), file)
    except FormatError as error:
        return imports_page(failed=error), 422
    return imported(made)


def imported(made: dict[str, Any]) -> Response:
    """Go where the imported things are."""
    return back(f"{made['filename']} is announced. Receive it at a dock.", f"/office/receipts/{made['receipt_id']}")


def imports_page(failed: FormatError | None = None) -> str:
    """Draw the page, with what was wrong with a file."""
    query = asked(PageQuery)
    with snapshot() as tx:
        found = office.import_list(tx, query.cut)
        owners, campaigns = office.owner_list(tx), office.campaign_list(tx)
    return draw("imports", "imports", query=query, found=found, owners=owners, campaigns=campaigns, failed=failed)
