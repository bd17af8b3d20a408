"""The API says what it declares, takes nothing it did not ask for, and names what is wrong."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import jsonschema
import pytest
from desk import HOSTILE, Desk
from openapi_spec_validator import validate

from wms.models.orders import Order
from wms.models.places import Location

LISTS = (
    *("orders", "items", "stock", "moves", "locations", "receipts", "imports", "waves", "jobs"),
    *("print-jobs", "operators", "parcels", "manifests", "move-tasks", "faces", "slotting-plans"),
)


def ones(desk: Desk) -> list[str]:
    """Addresses of single things."""
    things = [f"orders/{desk.done}", f"orders/{desk.held}", "items/CORE-RED", "locations/A-01-1", f"lpns/{desk.parcel}"]
    plans = [f"slotting-plans/{desk.plan}", f"slotting-plans/{desk.plan}?budget=2"]
    return [*things, *plans, f"lpns/{desk.plate}", f"receipts/{desk.receipt}", "waves/1", "printers", "meter"]


def declared(document: dict[str, Any], path: str) -> dict[str, Any]:
    """The schema of the answer of a GET, with the components it refers to."""
    paths, start = document["paths"], f"/api/v1/{path.split('/')[0]}/{{"
    single = (each for each, methods in paths.items() if each.startswith(start) and "get" in methods)
    known = f"/api/v1/{path}" if f"/api/v1/{path}" in paths else next(single)
    answer = paths[known]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return dict(answer) | {"components": document["components"]}


def test_the_description_is_valid_openapi(desk: Desk) -> None:
    document = desk.as_("picker").get("/api/v1/openapi.json").json
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_the_description_knows_every_endpoint(desk: Desk) -> None:
    described = desk.as_("picker").get("/api/v1/openapi.json").json["paths"]
    here = {
        (rule.rule.count("/"), method.lower())
        for rule in desk.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and "openapi" not in rule.rule
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(path.count("/"), method) for path, methods in described.items() for method in methods} == here


def test_the_description_is_not_public(desk: Desk) -> None:
    assert desk.app.test_client().get("/api/v1/openapi.json").status_code == 401


def test_every_answer_is_as_declared_on_both_databases(database_url: str) -> None:
    desk = Desk(database_url).furnish()
    client = desk.as_("supervisor")
    document = client.get("/api/v1/openapi.json").json
    try:
        for path in (*LISTS, *ones(desk)):
            answer = client.get(f"/api/v1/{path}")
            assert answer.status_code == 200, (path, answer.text)
            jsonschema.validate(answer.json, declared(document, path))
    finally:
        desk.close()


@pytest.mark.parametrize("name", [name for name in LISTS if name not in ("waves", "jobs")])
def test_every_list_has_pages(desk: Desk, name: str) -> None:
    first = desk.as_("supervisor").get(f"/api/v1/{name}?page=1&per_page=1").json
    assert (first["page"], first["per_page"], len(first["items"])) == (1, 1, 1)
    beyond = desk.as_("supervisor").get(f"/api/v1/{name}?page=99999&per_page=200").json
    assert (beyond["items"], beyond["total"]) == ([], first["total"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("per_page=201", "per_page"),
        ("page=x", "page"),
        ("colour=red", "colour"),
        ("sort=recipient", "sort"),
        ("sort=id;drop table item", "sort"),
        ("state=gone", "state"),
        ("q=%00", "q"),
        ("page=1&page=2", "page"),
        (f"q={'x' * 81}", "q"),
    ],
)
def test_a_query_that_was_not_asked_for_names_its_field(desk: Desk, query: str, field: str) -> None:
    answer = desk.as_("supervisor").get(f"/api/v1/orders?{query}")
    assert answer.status_code == 422
    assert field in answer.json["error"]["sentence"]


@pytest.mark.parametrize(
    "path", ["orders/0", "orders/99999999999999999999", "orders/77777", "items/none", "lpns/%00", "holds"]
)
def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    answer = desk.as_("supervisor").get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")


POSTS = (
    ("POST", "waves", {"pilot": None}),
    ("POST", "holds/1/clear", {"reason": "called"}),
    ("POST", "orders/1/holds", {"code": "DUPLICATE"}),
    ("POST", "counts", {"location": "A-01-2"}),
    ("PATCH", "printers/1", {"name": "P"}),
    ("POST", "print-jobs/1/resolve", {"printed": True}),
    ("POST", "print-jobs/1/void", {"reason": ""}),
    ("POST", "labels", {"kind": "location", "refs": ["A-01-1"]}),
    ("POST", "operators", {"name": "Eve", "pin": "864213", "roles": ["picker"]}),
    ("PATCH", "operators/1", {"active": True}),
    ("POST", "operators/1/pin", {"pin": "864213"}),
)


@pytest.mark.parametrize(("method", "path", "body"), POSTS)
@pytest.mark.parametrize("extra", ["id", "state", "pin_hash", "qty", "operator_id", "lockouts", "badge"])
def test_fields_that_were_not_asked_for_are_refused(
    desk: Desk, method: str, path: str, body: dict[str, Any], extra: str
) -> None:
    role = "admin" if "operators" in path or "printers" in path else "supervisor"
    answer = desk.as_(role).open(f"/api/v1/{path}", method=method, json=body | {extra: 1})
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, [extra])


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'"x"', b"{", b'{"reason": "\\ud800"}', b'{"reason": "a\\u0000"}']
)
def test_a_body_that_is_none_is_bad_input(desk: Desk, body: bytes) -> None:
    answer = desk.as_("supervisor").post("/api/v1/holds/1/clear", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "bad_input")


def test_a_picker_who_packs_sees_initials_and_where_about(desk: Desk) -> None:
    seen = desk.as_("packer").get(f"/api/v1/orders/{desk.done}").json["recipient"]
    assert (seen["postal_code"], seen["line1"], seen["email"]) == ("25…", None, None)
    listed = desk.as_("packer").get("/api/v1/orders").json["items"]
    assert {row["recipient"] for row in listed} == {"<. S. O."}


def test_names_are_searched_only_by_those_who_may_see_them(desk: Desk) -> None:
    found = {
        role: desk.as_(role).get("/api/v1/orders?q=mia@example").json["total"] for role in ("packer", "supervisor")
    }
    assert (found["packer"], found["supervisor"] > 0) == (0, True)


def test_a_packer_with_the_parcel_open_sees_the_address(tmp_path: Any) -> None:
    desk = Desk(f"sqlite:///{tmp_path}/open.db")
    order, tote = desk.tote_of({"DICE": 2})
    desk.worker("Jonas", frozenset({"packer"}), station="P1").start("pack").scan(tote).follow()
    assert desk.as_("packer").get(f"/api/v1/orders/{order}").json["recipient"]["line1"] == "Deich 1"
    desk.close()


def test_a_release_is_planned_in_the_background_and_once(desk: Desk) -> None:
    first, second = (desk.as_("supervisor").post("/api/v1/waves", json={}) for _ in range(2))
    assert (first.status_code, first.json["state"], first.json) == (202, "queued", second.json)
    job = desk.as_("supervisor").get(f"/api/v1/jobs/{first.json['id']}").json
    assert (job["kind"], job["state"], job["result"]) == ("release", "queued", None)


def test_a_refusal_of_a_rule_says_so_with_its_facts(desk: Desk) -> None:
    answer = desk.as_("supervisor").post("/api/v1/labels", json={"kind": "item", "refs": ["NO-SUCH"]})
    assert answer.json["error"] == {
        "code": "not_found",
        "sentence": "Item NO-SUCH not found.",
        "facts": {"what": "Item NO-SUCH"},
    }


def test_a_bad_file_is_named_by_line_and_field_and_writes_nothing(desk: Desk) -> None:
    before = desk.as_("supervisor").get("/api/v1/receipts").json["total"]
    sheet = b"C/NO,SKU,QTY/CTN,CTNS\n1,CORE-RED,many,1\n"
    form = {"kind": "packing", "owner": "LNT", "file": (BytesIO(sheet), "../../packing.csv")}
    answer = desk.as_("receiver").post("/api/v1/imports", data=form)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "bad_file")
    assert "packing.csv: line 2" in answer.json["error"]["sentence"]
    assert desk.as_("supervisor").get("/api/v1/receipts").json["total"] == before


def test_a_receiver_does_not_import_orders(desk: Desk) -> None:
    form = {"kind": "orders", "campaign": "LNT1", "file": (BytesIO(b"x"), "report.csv")}
    assert desk.as_("receiver").post("/api/v1/imports", data=form).status_code == 403


@pytest.mark.parametrize(("form", "field"), [({"kind": "packing"}, "file"), ({"kind": "soup"}, "kind"), ({}, "kind")])
def test_an_upload_without_what_it_needs_names_it(desk: Desk, form: dict[str, str], field: str) -> None:
    answer = desk.as_("supervisor").post("/api/v1/imports", data=form, content_type="multipart/form-data")
    assert (answer.status_code, field in answer.json["error"]["sentence"]) == (422, True)


def test_the_labels_list_never_holds_an_address(desk: Desk) -> None:
    assert HOSTILE not in desk.as_("picker").get("/api/v1/print-jobs").text
    assert "zpl" not in desk.as_("picker").get("/api/v1/print-jobs").text


def test_no_cell_of_a_table_is_written_by_a_query(desk: Desk) -> None:
    columns = {column.name for model in (Order, Location) for column in model.__table__.columns} - {"state", "country"}
    statuses = {desk.as_("supervisor").get(f"/api/v1/orders?{name}=1").status_code for name in columns}
    assert statuses == {422}
