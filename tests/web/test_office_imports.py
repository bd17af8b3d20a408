"""Files of orders in the office: looked at, corrected, imported by the worker, and decided about."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from desk import PAGE, Desk
from sqlalchemy import select, update

from wms.db import table_of
from wms.models.campaigns import Campaign, Import, ImportChange
from wms.models.orders import Order
from wms.operations import intake, jobs

orders, imports, changes = table_of(Order), table_of(Import), table_of(ImportChange)
HEADER = "No,Name,Street,Town,Postcode,Country,Article,Qty,Sticker"
ROWS = ("7,Pat Roe,1 Example St,Graz,8010,Austria,CORE-RED,2,1", "8,Ada May,2 Example St,Graz,8010,Austria,DICE,x,0")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    found = Desk(database_url)
    found.do(intake.add_campaign, found.owner, "NEW1", "Newcomers")
    yield found
    found.close()


def upload(desk: Desk, *rows: str) -> tuple[Any, str, str]:
    """Send a file; return the client, its CSRF token, and the address of the page that shows the file."""
    client, csrf = desk.browser("supervisor")
    text = "\n".join([HEADER, *rows]).encode()
    form = {"csrf": csrf, "kind": "orders", "campaign": "NEW1", "file": (BytesIO(text), "mine.csv")}
    answer = client.post("/office/imports", data=form, headers=PAGE)
    assert answer.status_code == 302, answer.text
    return client, csrf, answer.location


def work(desk: Desk) -> None:
    """Let the worker do what waits."""
    while jobs.run_once(desk.store, desk.settings):
        pass


def test_a_file_is_looked_at_corrected_and_imported_by_the_worker(desk: Desk) -> None:
    client, csrf, page = upload(desk, *ROWS)
    shown = client.get(page, headers=PAGE).text
    assert [each in shown for each in ("Another table", "unverified", "2 × CORE-RED", "Looks like a quantity")] == [
        True
    ] * 4
    assert "Rejected: Quantity: &#39;x&#39; is not a quantity" in shown
    client.post(f"{page}/columns", data={"csrf": csrf, "profile": "generic", "column-8": "sku"}, headers=PAGE)
    assert "1 × Sticker" in client.get(page, headers=PAGE).text
    client.post(f"{page}/start", data={"csrf": csrf, "profile": "generic", "whole": "1"}, headers=PAGE)
    work(desk)
    done = client.get(page, headers=PAGE).text
    assert ["1</span>of 2 rows accepted" in done, "Download them" in done] == [True, True]
    saved = desk.rows(select(table_of(Campaign)).where(table_of(Campaign).c.code == "NEW1"))[0]
    assert (saved.profile, '"Sticker":"sku"' in saved.mapping) == ("generic", True)


def test_the_rejected_rows_are_downloaded_with_their_reason(desk: Desk) -> None:
    client, csrf, page = upload(desk, *ROWS)
    client.post(f"{page}/start", data={"csrf": csrf, "whole": "1"}, headers=PAGE)
    work(desk)
    answer = client.get(f"{page}/rejected.csv")
    assert (answer.mimetype, "8,Ada May" in answer.text, "is not a quantity" in answer.text) == ("text/csv", True, True)


def test_a_file_that_is_thrown_away_leaves_nothing(desk: Desk) -> None:
    client, csrf, page = upload(desk, ROWS[0])
    client.post(f"{page}/discard", data={"csrf": csrf}, headers=PAGE)
    assert desk.rows(select(imports).where(imports.c.filename == "mine.csv")) == []


def test_a_way_to_read_it_that_does_not_fit_is_told_on_the_page(desk: Desk) -> None:
    client, csrf, page = upload(desk, ROWS[0])
    answer = client.post(f"{page}/columns", data={"csrf": csrf, "profile": "shopify"}, headers=PAGE)
    assert (answer.status_code, "It cannot be read that way" in answer.text) == (422, True)


def test_a_change_that_waits_is_refused_from_the_page(desk: Desk) -> None:
    for rows in (ROWS[:1], (ROWS[0].replace("1 Example", "9 Other"),)):
        client, csrf, page = upload(desk, *rows)
        client.post(f"{page}/start", data={"csrf": csrf, "whole": "1"}, headers=PAGE)
        work(desk)
        desk.do(lambda tx: tx.execute(update(orders).values(address_locked_at=tx.now)))
    shown = client.get(page, headers=PAGE).text
    assert ["1 Example St" in shown, "9 Other St" in shown, "Refuse the change" in shown] == [True] * 3
    waiting = desk.rows(select(changes).where(changes.c.kind == "changed"))[0]
    client.post(f"/office/changes/{waiting.id}/refuse", data={"csrf": csrf, "reason": "They moved back."}, headers=PAGE)
    assert "refused by Pat supervisor" in client.get(page, headers=PAGE).text


def test_the_api_tells_how_a_file_was_read_and_what_it_changed(desk: Desk) -> None:
    text = "\n".join([HEADER, *ROWS]).encode()
    form = {"kind": "orders", "campaign": "NEW1", "file": (BytesIO(text), "mine.csv")}
    made = desk.as_("supervisor").post("/api/v1/imports", data=form).json
    assert (made["accepted"], made["rejected"], made["state"]) == (1, 1, "done")
    found = desk.as_("supervisor").get(f"/api/v1/imports/{made['import_id']}").json
    assert (found["profile"], found["verified"], found["asks"]) == ("generic", False, ["Sticker"])
    assert (found["rejected"][0]["line"], found["changes"]["added"]) == (3, 1)
    listed = desk.as_("supervisor").get(f"/api/v1/imports/{made['import_id']}/changes?show=added").json
    assert [row["number"] for row in listed["items"]] == ["7"]
