"""Every address x every role: who is let in stands in one table, and nothing stands outside it."""

from __future__ import annotations

import re

import pytest
from desk import ROLES, Desk

ALL = frozenset(ROLES)
OFFICE = frozenset({"supervisor", "admin"})
ORDERS = OFFICE | {"packer"}
FILES = OFFICE | {"receiver"}
CHECKERS = frozenset({"packer", "supervisor"})
SUPERVISOR, ADMIN = frozenset({"supervisor"}), frozenset({"admin"})
OPEN = frozenset({*ROLES, "nobody"})

API = {
    "POST counts": SUPERVISOR,
    "POST holds/<hold_id>/clear": OFFICE,
    "GET imports": FILES,
    **dict.fromkeys(("GET imports/<import_id>", "GET imports/<import_id>/changes"), OFFICE),
    **dict.fromkeys((f"POST import-changes/<change_id>/{verb}" for verb in ("apply", "refuse")), OFFICE),
    "POST imports": FILES,
    **dict.fromkeys(("GET items", "GET items/<sku>", "GET stock", "GET moves"), ALL),
    **dict.fromkeys(("GET locations", "GET locations/<name>", "GET lpns/<code>"), ALL),
    **dict.fromkeys(("GET receipts", "GET receipts/<receipt_id>", "GET waves", "GET waves/<wave_id>"), ALL),
    **dict.fromkeys(("GET parcels", "GET manifests", "GET printers", "GET print-jobs"), ALL),
    **dict.fromkeys(("GET meter", "GET openapi.json"), ALL),
    "GET jobs": OFFICE,
    "GET jobs/<job_id>": OFFICE,
    "POST waves": OFFICE,
    "POST labels": OFFICE,
    "GET operators": OFFICE,
    "POST operators": ADMIN,
    "PATCH operators/<operator_id>": ADMIN,
    "POST operators/<operator_id>/pin": OFFICE,
    "GET orders": ORDERS,
    "GET orders/<order_id>": ORDERS,
    "POST orders/<order_id>/holds": OFFICE,
    **dict.fromkeys((f"POST orders/{verb}" for verb in ("clear", "cancel", "hold", "adopt", "twins")), OFFICE),
    **dict.fromkeys(("PATCH orders/<order_id>/address", "POST decisions/<decision_id>/undo"), OFFICE),
    **dict.fromkeys(("GET countries", "POST countries", "DELETE countries/<rule_id>"), OFFICE),
    **dict.fromkeys((f"POST print-jobs/<job_id>/{verb}" for verb in ("reprint", "move")), SUPERVISOR),
    "POST print-jobs/<job_id>/resolve": SUPERVISOR,
    "POST print-jobs/<job_id>/void": SUPERVISOR,
    **dict.fromkeys(("PATCH printers/<printer_id>", "POST printers", "POST printers/find"), ADMIN),
    **dict.fromkeys(("POST printers/<printer_id>/ask", "POST print-agents"), ADMIN),
    "DELETE print-agents/<agent_id>": ADMIN,
    **dict.fromkeys(("POST printers/<printer_id>/test", "GET print-agents"), OFFICE),
    **dict.fromkeys(("GET move-tasks", "GET faces", "GET waves/<wave_id>/forecast"), ALL),
    **dict.fromkeys(("POST move-tasks", "GET slotting-plans", "POST slotting-plans"), OFFICE),
    "GET slotting-plans/<plan_id>": OFFICE,
    **dict.fromkeys(("POST slotting-plans/<plan_id>/accept", "POST move-tasks/<task_id>/withdraw"), SUPERVISOR),
    **dict.fromkeys(("POST faces", "DELETE faces/<place>"), SUPERVISOR),
    **dict.fromkeys((f"{verb} campaigns/<campaign_id>/map" for verb in ("GET", "PUT")), OFFICE),
    **dict.fromkeys(("POST campaigns/<campaign_id>/map/try", "GET campaigns/<campaign_id>/configurations"), OFFICE),
    "POST campaigns/<campaign_id>/configurations/seen": OFFICE,
    **dict.fromkeys(("GET campaigns/<campaign_id>/coverage", "POST campaigns/<campaign_id>/count"), OFFICE),
    **dict.fromkeys((f"{verb} campaigns/<campaign_id>/segments" for verb in ("GET", "POST")), OFFICE),
    **dict.fromkeys(("GET segments/<segment_id>/gate", "POST locks"), OFFICE),
    **dict.fromkeys((f"POST orders/<order_id>/{verb}" for verb in ("split", "join")), OFFICE),
    **dict.fromkeys(("POST orders/<order_id>/unlock", "POST segments/<segment_id>/sign-off"), SUPERVISOR),
    "POST segments/<segment_id>/untested": SUPERVISOR,
    "POST segments/<segment_id>/size": OFFICE,
    **dict.fromkeys((f"{verb} campaigns/<campaign_id>/exports" for verb in ("GET", "POST")), OFFICE),
    **dict.fromkeys(("GET exports/<export_id>/file", "GET campaigns/<campaign_id>/tables/<table>"), OFFICE),
    "POST pilot-checks": CHECKERS,
    "GET parcels/<parcel_id>/customs": OFFICE,
}
PAGES = {
    **dict.fromkeys(("GET login", "POST login", "GET setup", "POST setup"), OPEN),
    **dict.fromkeys(("GET ", "GET find", "GET items", "GET items/<sku>", "GET balances", "GET moves"), ALL),
    **dict.fromkeys(("GET places", "GET places/<name>", "GET plates", "GET plates/<code>", "GET parcels"), ALL),
    **dict.fromkeys(("GET trucks", "GET labels", "GET printers", "GET receipts", "GET receipts/<receipt_id>"), ALL),
    **dict.fromkeys(("GET waves", "GET waves/<wave_id>", "POST logout"), ALL),
    **dict.fromkeys(("GET labels/<job_id>", "GET printers.csv"), ALL),
    "POST places/<name>/count": SUPERVISOR,
    **dict.fromkeys(("GET orders", "GET orders/<order_id>"), ORDERS),
    **dict.fromkeys(("POST orders/clear", "POST holds/<hold_id>/clear"), OFFICE),
    **dict.fromkeys((f"POST orders/<order_id>/{verb}" for verb in ("holds", "cancel", "address")), OFFICE),
    **dict.fromkeys((f"POST orders/{verb}" for verb in ("cancel", "hold", "adopt", "twins")), OFFICE),
    **dict.fromkeys(("GET orders/<order_id>/backer", "POST decisions/<decision_id>/undo"), OFFICE),
    **dict.fromkeys(("GET countries", "POST countries", "POST countries/<rule_id>/drop"), OFFICE),
    **dict.fromkeys(("GET imports", "POST imports"), FILES),
    **dict.fromkeys(("GET imports/<import_id>", "GET imports/<import_id>/rejected.csv"), OFFICE),
    **dict.fromkeys((f"POST imports/<import_id>/{verb}" for verb in ("columns", "start", "discard")), OFFICE),
    **dict.fromkeys((f"POST imports/<import_id>/{verb}" for verb in ("go-on", "give-up", "apply")), OFFICE),
    **dict.fromkeys((f"POST changes/<change_id>/{verb}" for verb in ("apply", "refuse")), OFFICE),
    **dict.fromkeys(("POST waves", "POST labels", "GET labels/templates", "GET labels/sheets"), OFFICE),
    **dict.fromkeys((f"{verb} labels/templates/<name>" for verb in ("GET", "POST")), OFFICE),
    **dict.fromkeys((f"POST labels/templates/<name>/{verb}" for verb in ("draft", "restore", "test")), OFFICE),
    **dict.fromkeys((f"POST labels/<job_id>/{verb}" for verb in ("reprint", "void", "resolve", "move")), SUPERVISOR),
    **dict.fromkeys(("POST printers/<printer_id>", "POST printers", "POST printers/find"), ADMIN),
    **dict.fromkeys(("POST printers/<printer_id>/ask", "POST printers/agents"), ADMIN),
    "POST printers/agents/<agent_id>/revoke": ADMIN,
    "POST printers/<printer_id>/test": OFFICE,
    "GET replenishment": ALL,
    **dict.fromkeys(("POST replenishment", "GET slotting", "POST slotting"), OFFICE),
    **dict.fromkeys(("POST replenishment/<task_id>/drop", "POST slotting/<plan_id>/accept"), SUPERVISOR),
    **dict.fromkeys(("POST faces", "POST faces/<place>/free"), SUPERVISOR),
    **dict.fromkeys(("GET people", "GET people/badges", "GET people/<operator_id>/badge"), OFFICE),
    "POST people/<operator_id>/pin": OFFICE,
    **dict.fromkeys(("POST people", "POST people/<operator_id>"), ADMIN),
    **dict.fromkeys(("GET release", "GET release/<campaign_id>", "GET release/<campaign_id>/count"), OFFICE),
    **dict.fromkeys((f"POST release/<campaign_id>/{verb}" for verb in ("locks", "segments", "everything")), OFFICE),
    **dict.fromkeys(("POST release/<campaign_id>/gate", "POST segments/<segment_id>/sign"), SUPERVISOR),
    "POST segments/<segment_id>/untested": SUPERVISOR,
    "POST segments/<segment_id>/size": OFFICE,
    **dict.fromkeys((f"POST segments/<segment_id>/{verb}" for verb in ("release", "priority", "remove")), OFFICE),
    **dict.fromkeys(("GET segments/<segment_id>", "POST segments/<segment_id>/split"), OFFICE),
    **{"GET pilot": ORDERS, "POST pilot": CHECKERS, "POST pilot/<order_id>/excuse": SUPERVISOR},
    **dict.fromkeys((f"GET orders/<order_id>/{what}" for what in ("parts", "slip")), ORDERS),
    **dict.fromkeys((f"POST orders/<order_id>/{verb}" for verb in ("split", "join", "lock")), OFFICE),
    "POST orders/<order_id>/unlock": SUPERVISOR,
    **dict.fromkeys(("GET surveys", "GET surveys/<campaign_id>", "POST surveys/<campaign_id>"), OFFICE),
    **dict.fromkeys((f"GET surveys/<campaign_id>/{what}" for what in ("preview", "answers.csv")), OFFICE),
    **dict.fromkeys((f"POST surveys/<campaign_id>/{verb}" for verb in ("questions", "send")), OFFICE),
    **dict.fromkeys(
        (f"POST surveys/<campaign_id>/questions/<question_id>/{verb}" for verb in ("remove", "move")), OFFICE
    ),
    **dict.fromkeys(("GET orders/<order_id>/link", "POST orders/<order_id>/link"), OFFICE),
    "POST orders/<order_id>/link/revoke": OFFICE,
    **dict.fromkeys(("GET map", "GET map/<campaign_id>.csv"), OFFICE),
    **dict.fromkeys(("GET privacy", "GET orders/<order_id>/person.json"), OFFICE),
    **dict.fromkeys((f"POST privacy/<campaign_id>/{verb}" for verb in ("close", "reopen")), OFFICE),
    **dict.fromkeys(("GET privacy/seen", "GET privacy/<campaign_id>", "POST privacy/<campaign_id>/erase"), ADMIN),
    **dict.fromkeys((f"{verb} orders/<order_id>/erase" for verb in ("GET", "POST")), ADMIN),
    "POST orders/<order_id>/readmit": ADMIN,
    **dict.fromkeys(("GET exports", "POST exports", "GET exports/<export_id>", "GET exports/tables/<table>"), OFFICE),
    **dict.fromkeys(("POST exports/numbers", "POST parcels/<parcel_id>/tracking"), OFFICE),
    **dict.fromkeys(("GET map/<campaign_id>", "POST map/<campaign_id>"), OFFICE),
    **dict.fromkeys((f"{verb} map/<campaign_id>/test-picks" for verb in ("GET", "POST")), OFFICE),
    **dict.fromkeys((f"POST map/<campaign_id>/{verb}" for verb in ("file", "restore", "again")), OFFICE),
    **dict.fromkeys(("GET backers/<campaign_id>", "GET backers/<campaign_id>/chase", "GET mails"), OFFICE),
    **dict.fromkeys(("POST backers/<campaign_id>/send", "GET mailings/<mailing_id>/list"), OFFICE),
    **dict.fromkeys((f"POST mailings/<mailing_id>/{verb}" for verb in ("went-out", "stop", "go-on", "drop")), OFFICE),
    **dict.fromkeys((f"{verb} backers/<campaign_id>/wordings/<kind>" for verb in ("GET", "POST")), OFFICE),
    **dict.fromkeys((f"POST backers/<campaign_id>/wordings/<kind>/{verb}" for verb in ("approve", "test")), OFFICE),
    **dict.fromkeys(("POST mails/stop", "POST mails/go-on"), OFFICE),
    **dict.fromkeys((f"POST mails/<mail_id>/{verb}" for verb in ("again", "arrived", "void", "bounced")), OFFICE),
}
FLOOR = {
    **dict.fromkeys(("GET /", "GET /healthz", "GET /static/<filename>", "POST /login", "POST /setup"), OPEN),
    **dict.fromkeys(("GET /scanners", "POST /scanners/try"), OPEN),
    **dict.fromkeys(("GET /c/<token>", "POST /c/<token>"), OPEN),  # the token is the key
    **dict.fromkeys(
        ("GET /<client>", "GET /<client>/", "GET /<client>/<name>", "GET /handheld/codes/<name>.svg"), OPEN
    ),
    **dict.fromkeys(
        ("POST /scan", "POST /photo", "POST /task", "GET /task", "GET /task/<task_id>", "GET /session", "POST /logout"),
        ALL,
    ),
    **dict.fromkeys(("POST /station", "GET /task/<task_id>/label"), ALL),
    **dict.fromkeys((f"POST /agent/{verb}" for verb in ("look", "claim", "begin", "settle")), frozenset()),  # by token
    **dict.fromkeys(("GET /boards/", "GET /boards/<name>", "GET /boards/<name>/fragment"), ALL),
}
TABLE = {
    **{f"{line.split(' ')[0]} /api/v1/{line.split(' ')[1]}": who for line, who in API.items()},
    **{f"{line.split(' ')[0]} /office/{line.split(' ')[1]}": who for line, who in PAGES.items()},
    **FLOOR,
}
VALUES = {"client": "handheld", "name": "A-01-1", "filename": "tokens.css", "sku": "DICE", "code": "LP-1"}
KEPT_OUT = {401, 403}


def routes(desk: Desk) -> dict[str, str]:
    """Every address of the application, "METHOD /path/<name>" -> a path to ask for."""
    found = {}
    for rule in desk.app.url_map.iter_rules():
        plain = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"<\1>", rule.rule)
        boards = "packing" if "/boards/" in plain else None
        path = re.sub(r"<(\w+)>", lambda match: (match[1] == "name" and boards) or VALUES.get(match[1], "999"), plain)  # noqa: B023
        found |= {f"{method} {plain}": path for method in rule.methods - {"HEAD", "OPTIONS"}}
    return found


def test_every_address_stands_in_the_table(desk: Desk) -> None:
    assert set(routes(desk)) == set(TABLE)


@pytest.mark.parametrize("role", ["nobody", *ROLES])
def test_each_role_is_let_in_where_the_table_says(desk: Desk, role: str) -> None:
    wrong = []
    for line, path in routes(desk).items():
        method = line.split(" ")[0]
        client = desk.app.test_client() if role == "nobody" else desk.as_(role)
        if path.endswith("/logout") and role != "nobody":
            continue  # it ends the session; it has a test of its own
        answer = client.open(path, method=method, json={} if method != "GET" else None, buffered=True)
        told = (answer.json or {}).get("error", {}).get("code", "") if answer.is_json else ""
        inside = answer.status_code not in KEPT_OUT or told in ("wrong_pin", "bad_token", "wrong_setup_code")
        if inside != (role in TABLE[line]) or answer.status_code >= 500:
            wrong.append((line, answer.status_code))
    assert not wrong


def test_strangers_are_told_to_log_in_and_others_that_they_may_not(desk: Desk) -> None:
    assert desk.app.test_client().get("/api/v1/orders").json["error"]["code"] == "not_logged_in"
    assert desk.as_("picker").get("/api/v1/orders").json["error"]["code"] == "not_allowed"


def test_a_supervisor_does_not_set_an_admins_pin_nor_see_the_badge(desk: Desk) -> None:
    desk.hire("admin")
    people = desk.as_("supervisor").get("/api/v1/operators").json["items"]
    admin = next(row for row in people if row["roles"] == ["admin"])
    assert admin["badge"] is None
    assert (
        desk.as_("supervisor").post(f"/api/v1/operators/{admin['id']}/pin", json={"pin": "951753"}).status_code == 403
    )
    wish = {"kind": "badge", "refs": [str(admin["id"])]}
    assert desk.as_("supervisor").post("/api/v1/labels", json=wish).status_code == 403
    assert desk.as_("supervisor").get(f"/office/people/{admin['id']}/badge").status_code == 403


def test_the_last_admin_stays_and_nobody_changes_themselves(desk: Desk) -> None:
    people = desk.as_("admin").get("/api/v1/operators").json["items"]
    me = next(row["id"] for row in people if row["roles"] == ["admin"])
    assert (
        desk.as_("admin").patch(f"/api/v1/operators/{me}", json={"active": False}).json["error"]["code"] == "own_access"
    )


def test_roles_that_are_taken_away_end_the_session(desk: Desk) -> None:
    desk.as_("receiver")
    people = desk.as_("admin").get("/api/v1/operators").json["items"]
    receiver = next(row["id"] for row in people if row["roles"] == ["receiver"])
    assert desk.as_("admin").patch(f"/api/v1/operators/{receiver}", json={"roles": ["picker"]}).status_code == 200
    assert desk.clients.pop("receiver").get("/api/v1/items").status_code == 401
