"""API: printers and labels."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from wms.operations import customs, equipping, labelling, stickers
from wms.operations.customs import Declaration
from wms.queries import office, printing
from wms.web.api.core import Done, Queued, api
from wms.web.openapi import Asked, Deal, Paged, PageQuery, Told
from wms.web.parts import act, by, settings, snapshot, store

OFFICE = ("supervisor", "admin")
Transport = Literal["tcp", "file", "spooler", "agent"]


def listed(labels: Any) -> Any:
    """Return kinds of labels as a list; the table keeps them with commas between."""
    return [each for each in labels.split(",") if each] if isinstance(labels, str) else labels


class PrinterRow(Told):
    """A printer, where it stands, what it takes, and what is wrong with it. `model`, `firmware` and `told_dpi` are
    what it told of itself; a `told_dpi` that is not its `dpi` prints labels of the wrong size."""

    id: int
    code: str
    name: str
    transport: str
    host: str
    port: int
    queue: str
    dpi: int
    labels: Annotated[list[str], BeforeValidator(listed)]
    fallback: str | None
    agent: str | None
    model: str
    firmware: str
    told_dpi: int
    station: str | None
    paused: bool
    trouble: str
    trouble_since: datetime | None
    waiting: int


class PrintJobRow(Told):
    """One label on its way to paper."""

    id: int
    template: str
    subject: str
    event: str
    copy_number: int
    state: str
    reason: str
    why: str
    printer: str | None
    operator: str | None
    attempts: int
    created_at: datetime
    ended_at: datetime | None


class Printers(Told):
    """All printers."""

    items: list[PrinterRow]


class PrinterChange(Asked):
    """What to change; what is left out stays. `station` is the name of a place, `fallback` the code of the printer that
    takes over, `agent` the name of a print agent, "" for none; `labels` are the kinds it takes, none for all."""

    name: str | None = Field(None, min_length=1, max_length=60)
    transport: Transport | None = None
    host: str | None = Field(None, max_length=120)
    port: int | None = Field(None, ge=1, le=65535)
    queue: str | None = Field(None, max_length=60, pattern=r"^[^\s/#-][^\s/#]*$|^$")
    dpi: int | None = Field(None, ge=100, le=1200)
    station: str | None = Field(None, max_length=30)
    labels: list[str] | None = Field(None, max_length=20)
    fallback: str | None = Field(None, max_length=20)
    agent: str | None = Field(None, max_length=60)
    paused: bool | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Return what was given."""
        return {name: value for name, value in self.model_dump(exclude_unset=True).items() if value is not None}


class NewPrinter(PrinterChange):
    """A printer to add."""

    code: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=60)
    transport: Transport


class Subnet(Asked):
    """Where to look for printers: a private subnet of at most 1024 addresses, such as 192.168.7.0/24."""

    network: str = Field(max_length=40)


class FoundRow(Told):
    """What answered on a printer's port; without a model it is no ZPL printer."""

    host: str
    port: int
    model: str
    firmware: str
    dpi: int
    fault: str


class FoundPrinters(Told):
    """What was found in a subnet and is not set up yet."""

    items: list[FoundRow]


class Answered(Told):
    """What a printer told of itself, null when nobody answers."""

    printer: FoundRow | None


class AgentRow(Told):
    """A print agent and when it last asked for work."""

    id: int
    name: str
    made_at: datetime
    seen_at: datetime | None


class Agents(Told):
    """All print agents that may ask."""

    items: list[AgentRow]


class NewAgent(Asked):
    """A print agent to add."""

    name: str = Field(min_length=1, max_length=60)


class Token(Told):
    """The token of a print agent, told once."""

    token: str


class PrintJobQuery(PageQuery):
    """Which labels; `printer` is its code, `q` a part of the code on the label."""

    state: Literal["", "queued", "claimed", "sending", "sent", "confirmed", "uncertain", "failed", "void"] = ""
    template: str = Field("", max_length=12)
    printer: str = Field("", max_length=20)
    q: str = Field("", max_length=60)


class Fate(Asked):
    """Whether the uncertain label was printed; if not, a copy is."""

    printed: bool


class CopyReason(Asked):
    """Why the label is printed once more."""

    reason: str = Field("", max_length=120)


class OtherPrinter(Asked):
    """The code of the printer that a waiting label goes to."""

    printer: str = Field(max_length=20)


class VoidReason(Asked):
    """Why the label is not wanted."""

    reason: str = Field("", max_length=200)


class CustomsLineRow(Told):
    """Goods of one kind: net weight in g, value in the declaration's currency."""

    description: str
    qty: int
    net_g: int
    value: str
    hs_code: str
    origin: str


class CustomsData(Told):
    """A parcel's declaration as data; `ioss` is empty where it does not hold, money has two decimals."""

    item_id: str
    form: Literal["cn22", "cn23"]
    country: str
    sender_eori: str
    importer_tax_id: str
    ioss: str
    currency: str
    value: str
    weight_g: int
    lines: list[CustomsLineRow]


class Declared(Asked):
    """What a person declares on a customs form beyond what is known; an IOSS number is refused, it travels as data."""

    category: Literal["gift", "documents", "sale", "sample", "returned", "other"] = "sale"
    postage: str = Field("", max_length=30)
    licence: str = Field("", max_length=40)
    certificate: str = Field("", max_length=40)
    invoice: str = Field("", max_length=40)
    importer: str = Field("", max_length=60)
    comments: str = Field("", max_length=120)

    @property
    def said(self) -> Declaration:
        """Return it as the operation takes it."""
        return Declaration(**self.model_dump(include=set(Declared.model_fields)))


class NewLabels(Asked):
    """Which labels: names of places, SKUs, codes of totes, ids of people (badges), codes of plates (GS1 labels with an
    SSCC) or of parcels (customs forms). Those of places can show an arrow."""

    kind: Literal["location", "item", "tote", "badge", "logistic", "customs"]
    refs: list[str] = Field(min_length=1, max_length=stickers.REFS_MAX)
    arrow: Literal["", "up", "down", "left", "right"] = ""
    customs: Declared = Declared()


@api.route("GET /printers", Deal(Printers))
def printers() -> Any:
    """List printers with their troubles."""
    with snapshot() as tx:
        return {"items": office.printer_list(tx)}


@api.route("POST /printers", Deal(Queued, body=NewPrinter, status=201), "admin")
def add_printer(body: NewPrinter) -> Any:
    """Add a printer."""
    facts = body.facts
    return {"ids": [act(equipping.add_printer, settings(), facts.pop("code"), facts)]}


@api.route("PATCH /printers/<id:printer_id>", Deal(Done, body=PrinterChange), "admin")
def change_printer(printer_id: int, body: PrinterChange) -> Any:
    """Change a printer, or pause it."""
    act(equipping.change_printer, settings(), printer_id, body.facts)
    return {"done": True}


@api.route("POST /printers/<id:printer_id>/ask", Deal(Answered), "admin")
def ask_printer(printer_id: int) -> Any:
    """Ask a printer who it is and how it is."""
    return {"printer": equipping.ask_printer(store(), settings(), printer_id)}


@api.route("POST /printers/<id:printer_id>/test", Deal(Queued, status=201), *OFFICE)
def test_printer(printer_id: int) -> Any:
    """Print a test label."""
    return {"ids": [act(labelling.trial, by(), printer_id)]}


@api.route("POST /printers/find", Deal(FoundPrinters, body=Subnet), "admin")
def find_printers(body: Subnet) -> Any:
    """Look for printers in a subnet."""
    return {"items": equipping.find_printers(store(), settings(), body.network)}


@api.route("GET /print-agents", Deal(Agents), *OFFICE)
def print_agents() -> Any:
    """List print agents."""
    with snapshot() as tx:
        return {"items": printing.agents(tx)}


@api.route("POST /print-agents", Deal(Token, body=NewAgent, status=201), "admin")
def add_agent(body: NewAgent) -> Any:
    """Add a print agent; its token is told here and nowhere else."""
    return {"token": act(equipping.add_agent, body.name)}


@api.route("DELETE /print-agents/<id:agent_id>", Deal(Done), "admin")
def revoke_agent(agent_id: int) -> Any:
    """Revoke the token of a print agent."""
    act(equipping.revoke_agent, agent_id)
    return {"done": True}


@api.route("GET /print-jobs", Deal(Paged[PrintJobRow], query=PrintJobQuery))
def print_jobs(query: PrintJobQuery) -> Any:
    """List labels, the newest first; never their content."""
    filters = {"state": query.state, "template": query.template, "printer": query.printer, "text": query.q}
    with snapshot() as tx:
        return office.print_job_list(tx, filters, query.cut)


@api.route("POST /print-jobs/<id:job_id>/reprint", Deal(Queued, body=CopyReason, status=201), "supervisor")
def reprint(job_id: int, body: CopyReason) -> Any:
    """Print a label once more, marked as a copy; not while it waits to be printed."""
    return {"ids": [act(labelling.reprint, settings(), by(), job_id, body.reason)]}


@api.route("POST /print-jobs/<id:job_id>/move", Deal(Done, body=OtherPrinter), "supervisor")
def move_label(job_id: int, body: OtherPrinter) -> Any:
    """Give a label of which nothing was sent to another printer."""
    act(labelling.move_to, settings(), job_id, body.printer)
    return {"done": True}


@api.route("POST /print-jobs/<id:job_id>/void", Deal(Done, body=VoidReason), "supervisor")
def void_label(job_id: int, body: VoidReason) -> Any:
    """Give up a label that is not printed."""
    act(labelling.void, by(), job_id, body.reason)
    return {"done": True}


@api.route("POST /print-jobs/<id:job_id>/resolve", Deal(Queued, body=Fate), "supervisor")
def resolve_label(job_id: int, body: Fate) -> Any:
    """Say what became of an uncertain label."""
    made = act(labelling.resolve, settings(), by(), job_id, body.printed)
    return {"ids": [made] if made else []}


@api.route("GET /parcels/<id:parcel_id>/customs", Deal(CustomsData), *OFFICE)
def customs_data(parcel_id: int) -> Any:
    """Return what travels to carrier and customs as data; the IOSS number stands here and on no paper."""
    with snapshot() as tx:
        return customs.data_of(tx, settings(), parcel_id)


@api.route("POST /labels", Deal(Queued, body=NewLabels, status=202), *OFFICE)
def print_labels(body: NewLabels) -> Any:
    """Print labels of places, items, totes or badges."""
    made = act(stickers.print_for, settings(), by(), stickers.Wish(body.kind, body.refs, body.arrow, body.customs.said))
    return {"ids": made}
