"""Office pages: a file of orders before it is read, while it is applied, and what it changed."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response as Plain
from flask import request
from pydantic import Field
from werkzeug.wrappers import Response

from wms.db import Tx
from wms.errors import BadInput
from wms.formats.errors import FormatError
from wms.formats.orders.apart import Glance
from wms.formats.orders.profiles import COLUMN_ROLES, ROLES
from wms.formats.orders.reading import Choice
from wms.formats.orders.rows import ExportOrder
from wms.operations import amending, auditing, importing, jobs, staging
from wms.queries import imports as reads
from wms.web import uploads
from wms.web.auth import needs
from wms.web.meanings import GROUPS, WORDS, meaning
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled, there
from wms.web.openapi import Asked, PageQuery
from wms.web.parts import act, by, settings, snapshot, store

COUNTED = 50_000  # rows up to which the page says who is missing in a file


class ImportQuery(PageQuery):
    """Which changes of an import."""

    show: Literal["", "waiting", "changed", "added", "gone", "back"] = ""


class Refusing(Asked):
    """Why an order stays as it is."""

    reason: str = Field(min_length=1, max_length=200)


@bp.get("/imports/<id:import_id>")
@needs(*OFFICE)
def import_page(import_id: int) -> Any:
    """Show a file that waits with the way it is understood, or what came of it."""
    query = asked(ImportQuery)
    with snapshot() as tx:
        row = there(reads.one(tx, import_id), f"Import {import_id}")
        if row.state == "draft":
            return draft_page(tx, row)
        told, found = importing.told(tx, import_id), reads.change_list(tx, import_id, query.show, query.cut)
        bad = reads.rejected(tx, import_id, 50)
    profile = profile_of(row.profile)
    return draw("import", "imports", query=query, row=row, told=told, found=found, bad=bad, profile=profile)


def profile_of(name: str) -> Any:
    """Return a profile by its name, or None."""
    return next((each for each in staging.known_profiles() if each.id == name), None)


def draft_page(tx: Tx, row: Any, failed: FormatError | None = None) -> str:
    """Draw how a file is understood: its columns, and its first orders."""
    found = staging.opened(tx, row.id, COUNTED)
    orders = [each for each in found.first if isinstance(each, ExportOrder)]
    counts = reads.compared(tx, row.campaign_id, set(found.numbers)) if row.rows <= COUNTED else None
    profile = profile_of(found.profile)
    facts = {"row": row, "profile": profile, "columns": columns_of(found), "orders": orders, "counts": counts}
    rejected = [each for each in found.first if not isinstance(each, ExportOrder)]
    again = reads.earlier(tx, row)
    words = {"groups": GROUPS, "words": WORDS, "profiles": staging.known_profiles(), "failed": failed, "again": again}
    return draw("import_draft", "imports", rejected=rejected, **facts, **words)


def columns_of(found: Glance) -> list[dict[str, Any]]:
    """Return the columns of a file with what each is taken for and what stands in it."""
    return [
        {
            "name": column.name,
            "meaning": meaning(column),
            "examples": found.examples.get(column.name, ()),
            "asks": column.role == "unknown_quantity",
        }
        for column in found.columns
    ]


def corrected(import_id: int) -> Choice:
    """Return how the form wants the file read: only columns that it says otherwise than the profile count."""
    with snapshot() as tx:
        there(reads.one(tx, import_id), f"Import {import_id}")
        row = staging.row_of(tx, import_id)
        columns_now = staging.opened(tx, import_id).columns
    form = request.form
    profile = form.get("profile", row.profile)
    if profile != row.profile:
        return Choice(profile)
    before = staging.choice_of(row)
    columns = dict(before.columns)
    for number, column in enumerate(columns_now):
        wanted = form.get(f"column-{number}", "")
        if wanted and wanted != meaning(column):
            if wanted not in (*ROLES, *COLUMN_ROLES):
                raise BadInput(field=column.name, why="choose what it means")
            columns[column.name] = wanted
    return Choice(profile, columns, form.get("shape", "") or before.shape)


@bp.post("/imports/<id:import_id>/columns")
@needs(*OFFICE)
def correct_import(import_id: int) -> Any:
    """Read a waiting file another way, and show it."""
    try:
        staging.correct(store(), import_id, corrected(import_id))
    except FormatError as error:
        with snapshot() as tx:
            row = there(reads.one(tx, import_id), f"Import {import_id}")
            return draft_page(tx, row, error), 422
    return back("This is how it reads now.", f"/office/imports/{import_id}")


@bp.post("/imports/<id:import_id>/start")
@needs(*OFFICE)
def start_import(import_id: int) -> Any:
    """Let the worker read the file as the form says; the campaign remembers how."""
    whole = request.form.get("whole", "") == "1"
    try:
        choice = corrected(import_id)
        with snapshot() as tx:
            same = choice == staging.choice_of(staging.row_of(tx, import_id))
        if not same:
            staging.correct(store(), import_id, choice)
    except FormatError as error:
        with snapshot() as tx:
            return draft_page(tx, there(reads.one(tx, import_id), f"Import {import_id}"), error), 422
    act(uploads.begin, import_id, whole)
    return back("The file is being read.", f"/office/imports/{import_id}")


@bp.post("/imports/<id:import_id>/go-on")
@needs(*OFFICE)
def resume_import(import_id: int) -> Response:
    """Queue the job of an import again that was left half-way."""
    act(jobs.enqueue, "import", {"import": import_id}, key=f"import:{import_id}")
    return back("It goes on.", f"/office/imports/{import_id}")


@bp.post("/imports/<id:import_id>/discard")
@needs(*OFFICE)
def discard_import(import_id: int) -> Response:
    """Throw a waiting file away."""
    act(staging.discard, import_id)
    return back("The file is thrown away. Nothing was written.", "/office/imports")


@bp.post("/imports/<id:import_id>/give-up")
@needs(*OFFICE)
def give_up_import(import_id: int) -> Response:
    """End an import whose file was never read."""
    act(staging.give_up, import_id)
    return back("It is given up. Nothing was written.", f"/office/imports/{import_id}")


@bp.get("/imports/<id:import_id>/rejected.csv")
@needs(*OFFICE)
def rejected_rows(import_id: int) -> Plain:
    """Give the rejected rows back as a file: the same columns, and why."""
    with snapshot() as tx:
        row = there(reads.one(tx, import_id), f"Import {import_id}")
        text = reads.rejected_file(reads.rejected(tx, import_id))
    act(auditing.note, by(), "file", "rejected rows", campaign_id=row.campaign_id, rows=row.rejected)
    headers = {"Content-Disposition": f"attachment; filename=rejected-{import_id}.csv"}
    return Plain("\ufeff" + text, mimetype="text/csv", headers=headers)


@bp.post("/changes/<id:change_id>/apply")
@needs(*OFFICE)
def apply_change(change_id: int) -> Response:
    """Write a change into a locked order."""
    act(amending.apply_change, settings(), by(), change_id)
    return back("The change is applied.")


@bp.post("/imports/<id:import_id>/apply")
@needs(*OFFICE)
def apply_changes(import_id: int) -> Response:
    """Write all changes of an import that wait into their locked orders, as far as each may be written."""
    done, stay = amending.apply_waiting(store(), settings(), by(), import_id)
    left = f" {len(stay)} stay: {' '.join(dict.fromkeys(stay))[:300]}" if stay else ""
    return back(f"{done} {'change is' if done == 1 else 'changes are'} applied.{left}", f"/office/imports/{import_id}")


@bp.post("/changes/<id:change_id>/refuse")
@needs(*OFFICE)
def refuse_change(change_id: int) -> Response:
    """Let a locked order stay as it is."""
    act(amending.refuse_change, by(), change_id, filled(Refusing).reason)
    return back("The order stays as it is.")
