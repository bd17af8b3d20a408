"""Office pages: printers, how they are, where to find new ones, and the print agents beside far ones."""

from __future__ import annotations

from typing import Any

from flask import make_response, request
from werkzeug.wrappers import Response

from wms.formats.equipment import write_printers
from wms.labels.labels import KINDS
from wms.labels.remedies import remedy
from wms.labels.zpl import DPMM
from wms.models.printing import TRANSPORTS
from wms.operations import equipping, labelling
from wms.queries import office, printing
from wms.web.api.labels import NewAgent, NewPrinter, PrinterChange, Subnet
from wms.web.auth import needs
from wms.web.office.core import OFFICE, back, bp, draw, filled
from wms.web.openapi import Asked
from wms.web.parts import act, by, settings, snapshot, store

HERE = "/office/printers"
BOXES = ("csrf", "labels", "paused")  # fields that are not simply text


class Nothing(Asked):
    """A form that is only its button."""


@bp.get("/printers")
@needs()
def printers() -> str:
    """List printers and their troubles."""
    return page()


def page(**more: Any) -> str:
    """Return the page of printers, with what was found or a token to be shown once."""
    with snapshot() as tx:
        found, agents = office.printer_list(tx), printing.agents(tx)
    choices = {"kinds": sorted(KINDS), "densities": list(DPMM), "transports": TRANSPORTS}
    networks = settings().printing.networks
    return draw(
        "printers", "labels", printers=found, agents=agents, networks=networks, remedy=remedy, **choices, **more
    )


@bp.get("/printers.csv")
@needs()
def printer_table() -> Response:
    """Return the printers as the file that `wms import site` reads."""
    with snapshot() as tx:
        found = office.printer_list(tx)
    answer = make_response(write_printers(equipping.as_rows(found)))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = "attachment; filename=printers.csv"
    return answer


@bp.post("/printers/<id:printer_id>")
@needs("admin")
def change_printer(printer_id: int) -> Response:
    """Change a printer's address, place and paper, or pause it."""
    act(equipping.change_printer, settings(), printer_id, PrinterChange.model_validate(given()).facts)
    return back("The printer is changed.", HERE)


@bp.post("/printers")
@needs("admin")
def add_printer() -> Response:
    """Add a printer."""
    facts = NewPrinter.model_validate(given()).facts
    code = facts.pop("code")
    act(equipping.add_printer, settings(), code, facts)
    return back(f"{code} is here. Print a test label.", HERE)


def given() -> dict[str, Any]:
    """Return the form of a printer: numbers as numbers, boxes as lists; a box that is not sent is not ticked."""
    found: dict[str, Any] = {name: value.strip() for name, value in request.form.items() if name not in BOXES}
    found |= {"labels": request.form.getlist("labels"), "paused": request.form.get("paused") == "yes"}
    numbers = {name: int(found[name]) for name in ("port", "dpi") if str(found.get(name, "")).isdecimal()}
    return found | numbers


@bp.post("/printers/<id:printer_id>/test")
@needs(*OFFICE)
def test_printer(printer_id: int) -> Response:
    """Print a test label."""
    filled(Nothing)
    act(labelling.trial, by(), printer_id)
    return back("The test label is queued.", HERE)


@bp.post("/printers/<id:printer_id>/ask")
@needs("admin")
def ask_printer(printer_id: int) -> Response:
    """Ask a printer who it is and how it is."""
    filled(Nothing)
    found = equipping.ask_printer(store(), settings(), printer_id)
    if found is None:
        return back("Nobody answers at this address.", HERE)
    who = f"{found.model} {found.firmware}, {found.dpi or 'unknown'} dpi" if found.speaks else "No ZPL printer"
    return back(f"{who}: {found.fault or 'ready'}.", HERE)


@bp.post("/printers/find")
@needs("admin")
def find_printers() -> str:
    """Look for printers in a subnet and offer those that answer."""
    network = filled(Subnet).network
    return page(found=equipping.find_printers(store(), settings(), network), network=network)


@bp.post("/printers/agents")
@needs("admin")
def add_agent() -> str:
    """Add a print agent and show its token, once."""
    name = filled(NewAgent).name
    return page(token=act(equipping.add_agent, name), agent=name)


@bp.post("/printers/agents/<id:agent_id>/revoke")
@needs("admin")
def revoke_agent(agent_id: int) -> Response:
    """Revoke a print agent's token."""
    filled(Nothing)
    act(equipping.revoke_agent, agent_id)
    return back("Its token opens nothing any more.", HERE)
