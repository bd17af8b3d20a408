"""People: badges, PINs, their limits, and sessions that end on the server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from warehouse import Warehouse

from wms import clock
from wms.operations import people
from wms.operations.people import Person
from wms.settings import Security

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PIN = "604182"


@pytest.fixture
def hall(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    clock.freeze(NOON)
    yield warehouse
    clock.freeze(None)
    warehouse.store.close()


@pytest.fixture
def badge(hall: Warehouse) -> str:
    return str(hall.do(people.add_operator, Security(), Person("Ana", PIN, ("picker",)))[1])


def login(hall: Warehouse, badge: str, pin: str = PIN, device: str = "h1") -> dict[str, object]:
    return people.login(hall.store, Security(), badge, pin, device)


def wrong(hall: Warehouse, badge: str, times: int, device: str = "h{n}") -> None:
    for n in range(times):
        with pytest.raises(people.WrongPin):
            login(hall, badge, "000001", device.format(n=n))


def test_a_badge_and_its_pin_open_a_session(hall: Warehouse, badge: str) -> None:
    token = str(login(hall, badge)["token"])
    with hall.store.read() as tx:
        assert people.session_of(tx, Security(), token).name == "Ana"


def test_an_unknown_badge_gets_the_same_answer_as_a_wrong_pin(hall: Warehouse, badge: str) -> None:
    wrong(hall, badge, 1)
    wrong(hall, "BD-NOBODY-0", 1)


def test_five_wrong_pins_lock_the_person_for_a_quarter_of_an_hour(hall: Warehouse, badge: str) -> None:
    wrong(hall, badge, 5)
    with pytest.raises(people.Locked, match="Wait 16 min"):
        login(hall, badge, device="other")
    clock.advance(timedelta(minutes=16))
    assert login(hall, badge, device="other")["name"] == "Ana"


def test_three_lockouts_in_a_row_need_a_supervisor(hall: Warehouse, badge: str) -> None:
    for round_ in range(3):
        wrong(hall, badge, 5, f"d{round_}-{{n}}")
        clock.advance(timedelta(minutes=16))
    with pytest.raises(people.NeedsReset):
        login(hall, badge)


def test_a_new_pin_takes_the_locks_off(hall: Warehouse, badge: str) -> None:
    wrong(hall, badge, 5)
    hall.do(people.set_pin, Security(), 1, "518203")
    assert login(hall, badge, "518203")["name"] == "Ana"


def test_ten_wrong_pins_in_an_hour_lock_the_device_whoever_tries(hall: Warehouse) -> None:
    wrong(hall, "BD-NOBODY-0", 10, "shared")
    with pytest.raises(people.DeviceLocked):
        login(hall, "BD-NOBODY-0", device="shared")


def test_a_session_ends_when_its_person_is_disabled(hall: Warehouse, badge: str) -> None:
    token = str(login(hall, badge)["token"])
    hall.do(people.set_active, 1, False)
    with hall.store.read() as tx:
        assert people.session_of(tx, Security(), token) is None


def test_a_session_ends_after_half_an_hour_of_silence(hall: Warehouse, badge: str) -> None:
    token = str(login(hall, badge)["token"])
    clock.advance(timedelta(minutes=31))
    with hall.store.read() as tx:
        assert people.session_of(tx, Security(), token) is None


def test_an_office_browser_has_an_idle_time_of_its_own(hall: Warehouse, badge: str) -> None:
    token = str(login(hall, badge, device="office 10.0.0.7")["token"])
    security = Security(office_idle_minutes=10)
    clock.advance(timedelta(minutes=9))
    with hall.store.read() as tx:
        assert people.session_of(tx, security, token)
    clock.advance(timedelta(minutes=2))
    with hall.store.read() as tx:
        assert people.session_of(tx, security, token) is None


def test_the_token_itself_is_not_in_the_database(hall: Warehouse, badge: str) -> None:
    token = str(login(hall, badge)["token"])
    rows = hall.rows(people.sessions.select())
    assert token not in str(rows)


@pytest.mark.parametrize("pin", ["123456", "111111", "454545", "987654", "123123", "12345", "12345a", "１２３４５６"])
def test_a_pin_that_guessers_try_first_is_refused(pin: str) -> None:
    with pytest.raises(people.WeakPin):
        people.check_pin(pin)


def test_the_setup_code_makes_one_administrator_and_no_second(hall: Warehouse) -> None:
    code = hall.do(people.new_setup_code)
    hall.do(people.first_admin, Security(), code, "Boss", PIN)
    with pytest.raises(people.WrongSetupCode):
        hall.do(people.first_admin, Security(), code, "Thief", PIN)


def test_the_setup_code_is_good_for_an_hour(hall: Warehouse) -> None:
    code = hall.do(people.new_setup_code)
    clock.advance(timedelta(minutes=61))
    with pytest.raises(people.WrongSetupCode):
        hall.do(people.first_admin, Security(), code, "Boss", PIN)


def test_an_administrator_does_no_floor_work(hall: Warehouse) -> None:
    with pytest.raises(people.BadInput, match="second person"):
        hall.do(people.add_operator, Security(), Person("Both", PIN, ("admin", "picker")))
