"""Office pages: few statements, names as text, what may be done and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from bench import counted
from desk import HOSTILE, PAGE, Desk

PAGES = (
    *("", "orders", "orders?state=held", "orders?hold=ADDRESS_INVALID&sort=-number", "orders/{done}", "orders/{held}"),
    *("orders/{held}/backer", "countries", "orders?q=mia&age=3"),
    *("items", "items/CORE-RED", "balances", "balances?condition=available", "moves", "moves?location=A-01-1"),
    *(
        "places",
        "places?kind=bin",
        "places/A-01-1",
        "plates",
        "plates?kind=parcel",
        "plates/{parcel}",
        "plates/{plate}",
    ),
    *("receipts", "receipts/{receipt}", "imports", "waves", "waves/1", "parcels", "trucks", "labels", "labels/1"),
    *("printers", "people", "people/badges", "replenishment", "replenishment?state=void&low=yes"),
    *("slotting", "slotting?budget=1"),
)
MOST = {"orders/{done}": 23, "orders/{held}": 23, "orders/{held}/backer": 23}  # all that is known, and who saw it
MOST |= {"orders?q=mia&age=3": 8}  # that somebody searched is written down


class Scripts(HTMLParser):
    """Everything in a page that a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep scripts that are not ours, handlers and styles."""
        names = {name: value or "" for name, value in attrs}
        ours = names.get("src", "").startswith("/static/")
        if (tag == "script" and not ours) or (tag == "img" and not names["src"].startswith("data:image/svg")):
            self.found.append(tag)
        self.found += [name for name in names if name.startswith("on") or name == "style"]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Desk]:
    """A furnished house of one's own."""
    desk = Desk(f"sqlite:///{tmp_path}/own.db").furnish()
    yield desk
    desk.close()


def address(desk: Desk, page: str) -> str:
    """Fill in what the page is about."""
    return "/office/" + page.format(
        done=desk.done, held=desk.held, parcel=desk.parcel, plate=desk.plate, receipt=desk.receipt
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_few_statements(desk: Desk, page: str) -> None:
    client = desk.as_("supervisor")
    client.get("/office/", headers=PAGE)
    with counted(desk) as statements:
        assert client.get(address(desk, page), headers=PAGE).status_code == 200
    assert len([each for each in statements if each != "BEGIN"]) <= MOST.get(page, 6)


@pytest.mark.parametrize("page", PAGES)
def test_names_from_outside_are_text(desk: Desk, page: str) -> None:
    found = Scripts()
    text = desk.as_("supervisor").get(address(desk, page), headers=PAGE).text
    found.feed(text)
    assert (found.found, HOSTILE in text) == ([], False)


def test_every_page_is_drawn_on_both_databases(database_url: str) -> None:
    desk = Desk(database_url).furnish()
    try:
        statuses = {page: desk.as_("supervisor").get(address(desk, page), headers=PAGE).status_code for page in PAGES}
        assert set(statuses.values()) == {200}, statuses
    finally:
        desk.close()


@pytest.mark.parametrize("page", [page for page in PAGES if "{" not in page and "/" not in page])
def test_an_empty_house_says_what_to_do_first(tmp_path: Path, page: str) -> None:
    desk = Desk(f"sqlite:///{tmp_path}/empty.db")
    answer = desk.as_("admin").get(f"/office/{page}", headers=PAGE)
    desk.close()
    assert answer.status_code == 200
    assert 'class="empty"' in answer.text or 'class="sheet"' in answer.text or 'class="card' in answer.text


def test_the_first_page_names_what_waits_for_a_person(desk: Desk) -> None:
    page = desk.as_("supervisor").get("/office/", headers=PAGE).text
    assert all(
        words in page
        for words in ("ADDRESS_INVALID", "Labels uncertain", "Differences in a receipt", "Places to count")
    )


def test_a_hold_is_cleared_with_a_reason(own: Desk) -> None:
    client, csrf = own.browser("supervisor")
    form = {"csrf": csrf, "order": str(own.held), "code": "ADDRESS_INVALID", "reason": "called"}
    assert client.post("/office/orders/clear", data=form, headers=PAGE).status_code == 302
    page = client.get(f"/office/orders/{own.held}", headers=PAGE).text
    assert "One ADDRESS_INVALID hold cleared." in page
    assert own.state(own.held) == "clean"


def test_a_hold_without_a_reason_stays_and_the_page_says_why(own: Desk) -> None:
    client, csrf = own.browser("supervisor")
    here = {**PAGE, "Referer": f"http://localhost/office/orders/{own.held}"}
    client.post("/office/holds/1/clear", data={"csrf": csrf, "reason": ""}, headers=here)
    assert "reason: " in client.get(f"/office/orders/{own.held}", headers=PAGE).text
    assert own.state(own.held) == "held"


def test_a_cleared_hold_is_not_swallowed_when_said_again(own: Desk) -> None:
    client = own.as_("supervisor")
    said = {"code": "DUPLICATE", "detail": "same as 10481"}
    assert client.post(f"/api/v1/orders/{own.held}/holds", json=said).status_code == 201
    hold = client.get(f"/api/v1/orders/{own.held}").json["holds"][-1]["id"]
    client.post(f"/api/v1/holds/{hold}/clear", json={"reason": "no"})
    assert client.post(f"/api/v1/orders/{own.held}/holds", json=said).json["error"]["code"] == "said_before"


def test_a_packer_sees_initials_until_the_parcel_is_open(desk: Desk) -> None:
    page = desk.as_("packer").get(f"/office/orders/{desk.done}", headers=PAGE).text
    assert ("Deich 1" in page, "25…" in page) == (False, True)


def test_a_parcels_label_is_shown_to_the_office_only(desk: Desk) -> None:
    shown = {role: desk.as_(role).get("/office/labels/1").status_code for role in ("picker", "supervisor", "admin")}
    assert shown == {"picker": 403, "supervisor": 200, "admin": 200}


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("CORE-RED", "/office/items/CORE-RED"),
        ("LO-A-01-1-", "/office/places/A-01-1"),
        ("PA-", "/office/plates/PA-"),
        ("OR-LNT1-10481-", "/office/orders/1"),
        ("MF-000001-", "/office/trucks"),
        ("Mia", "/office/orders?q=Mia"),
        ("", "/office/"),
    ],
)
def test_whatever_a_label_says_opens_its_page(desk: Desk, text: str, page: str) -> None:
    codes = {"LO-A-01-1-": desk.code("A-01-1"), "PA-": desk.parcel}
    codes |= {start: find(desk, start) for start in ("OR-LNT1-10481-", "MF-000001-")}
    answer = desk.as_("supervisor").get("/office/find", query_string={"q": codes.get(text, text)}, headers=PAGE)
    assert answer.location.startswith(page)


def find(desk: Desk, start: str) -> str:
    """Return the code on a label that begins so."""
    from wms import barcodes

    return barcodes.code(*start.strip("-").split("-", 1))


def test_an_uncertain_label_is_settled_by_a_person(own: Desk) -> None:
    client, csrf = own.browser("supervisor")
    client.post("/office/labels/1/resolve", data={"csrf": csrf, "printed": "no"}, headers=PAGE)
    assert [(row.state, row.copy) for row in own.labels()] == [("void", 1), ("queued", 2)]


def test_labels_are_printed_for_what_was_named(own: Desk) -> None:
    client, csrf = own.browser("supervisor")
    form = {"csrf": csrf, "kind": "location", "refs": "A-01-1, A-01-2\nA-01-2"}
    client.post("/office/labels", data=form, headers=PAGE)
    assert [row.subject for row in own.labels()[1:]] == [own.code("A-01-1"), own.code("A-01-2")]


def test_a_bad_file_is_shown_line_by_line(own: Desk) -> None:
    client, csrf = own.browser("supervisor")
    sheet = b"C/NO,SKU,QTY/CTN,CTNS\n1,CORE-RED,many,1\n"
    form = {"csrf": csrf, "kind": "packing", "owner": "LNT", "file": (BytesIO(sheet), "list.csv")}
    answer = client.post("/office/imports", data=form, headers=PAGE)
    assert answer.status_code == 422
    assert re.search(r"list.csv was not imported: 2 problems", answer.text)


def test_a_person_is_added_with_a_badge_to_print(own: Desk) -> None:
    client, csrf = own.browser("admin")
    form = {"csrf": csrf, "name": "Nia Fenn", "pin": "864213", "roles": ["picker", "packer"]}
    sheet = client.get(client.post("/office/people", data=form, headers=PAGE).location, headers=PAGE).text
    assert ("Nia Fenn" in sheet, "data:image/svg+xml;base64," in sheet) == (True, True)


def test_a_printer_keeps_off_this_machine_unless_allowed(own: Desk) -> None:
    answer = own.as_("admin").patch(
        "/api/v1/printers/1", json={"transport": "tcp", "host": "169.254.169.254", "port": 9100}
    )
    assert (answer.status_code, answer.json["error"]["sentence"].startswith("host: ")) == (422, True)


def test_a_release_shows_its_progress(own: Desk) -> None:
    client, csrf = own.browser("supervisor")
    answer = client.post("/office/waves", data={"csrf": csrf, "kind": "pilot", "orders": ""}, headers=PAGE)
    assert "data-job=" in client.get(answer.location, headers=PAGE).text


def test_a_place_is_counted_when_asked(own: Desk) -> None:
    client, csrf = own.browser("supervisor")
    client.post("/office/places/A-01-2/count", data={"csrf": csrf}, headers=PAGE)
    assert "asked" in client.get("/office/places/A-01-2", headers=PAGE).text
