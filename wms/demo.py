"""The demo: a small hall with goods, orders and a printer, and virtual colleagues who start their shift."""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import click
from sqlalchemy import update

from scanner_client.door import Door
from scanner_client.robot import Habits, Robot, Stuck
from wms import clock, migrations
from wms import settings as settings_module
from wms.db import Store, table_of
from wms.formats.invented import Campaign
from wms.labels.emulator import Emulator
from wms.models.printing import Printer
from wms.operations import onboarding, people
from wms.operations.ledger import By
from wms.operations.onboarding import Opened
from wms.operations.staging import Request
from wms.scratch import Server, check_port
from wms.settings import Settings

NAMES = ("Vera", "Viktor", "Viola", "Vito", "Valentina", "Vlad", "Veronika", "Vincent")
FLOOR_ROLES = ("picker", "packer", "receiver")
PACE_SECONDS = (2.0, 6.0)
MISTAKES = 0.03
HEAD_START = 0.7  # of the cartons, received and put away before the newcomer looks
FLOWS = ("putaway", "receive", "load", "pack", "sort", "replenish", "pick")
# Who is idle helps the others.
SPECIALTIES = (("receive",), ("pick",), ("pack", "sort", "load"), ("putaway", "replenish", "pick"))
RELEASE_SECONDS, RELEASE_ORDERS = 120.0, 15  # small waves: the faces are refilled between them
SLOTTING_SECONDS, SLOTTING_ROUNDS = 20, (0, 2)  # with these releases: at once, and when most goods stand in their bins


def fill(store: Store, settings: Settings, folder: Path, campaign: Campaign | None = None) -> Opened:
    """Write the demo site, its campaign, packing list and backer report (or those of an invented campaign)."""
    opened = onboarding.open_site(store, settings, folder)
    if known := onboarding.campaign_of(store, folder):
        opened.counts["orders"] = known
        return opened
    campaign_id = onboarding.open_campaign(store, folder)
    packing = campaign.packing_list if campaign else (folder / "packing_list.xlsx").read_bytes()
    report = campaign.report if campaign else (folder / "backer_report.csv").read_bytes()
    owner = onboarding.owner_of(folder)
    onboarding.import_packing_list(store, By(), owner, packing, "packing_list.xlsx")
    opened.counts |= onboarding.import_report(store, settings, By(), Request(campaign_id, "backer_report.csv", report))
    return opened


def hire(store: Store, settings: Settings, number: int) -> list[dict[str, Any]]:
    """Add virtual colleagues who can do every job, and decide for nobody else; return their badges and PINs."""
    hired = []
    for n in range(number):
        name = NAMES[n % len(NAMES)] + ("" if n < len(NAMES) else f" {n // len(NAMES) + 1}")
        pin = strong_pin()
        person = people.Person(name, pin, FLOOR_ROLES)
        badge = store.transact(partial(people.add_operator, security=settings.security, person=person))[1]
        hired.append({"name": name, "badge": badge, "pin": pin})
    return hired


def shift_leader(url: str, opened: Opened) -> Door:
    """Return the door of the site's own supervisor, logged in: who releases, while the colleagues work."""
    person = next(each for each in opened.operators if "supervisor" in each["roles"])
    door = Door(url)
    door.login(person["badge"], person["pin"], "desk of the shift leader")
    return door


def strong_pin() -> str:
    """Return a random PIN that the rules accept."""
    while True:
        pin = f"{secrets.randbelow(10**6):06d}"
        try:
            people.check_pin(pin)
        except people.WeakPin:
            continue
        return pin


def use_printer(store: Store, port: int) -> None:
    """Send all labels to the emulator on this machine."""
    printers = table_of(Printer)
    here = {"transport": "tcp", "host": "127.0.0.1", "port": port}
    store.transact(lambda tx: tx.execute(update(printers).values(**here)))


def print_people(rows: list[dict[str, Any]]) -> None:
    """Print badges and PINs as a table."""
    for row in rows:
        click.echo(f"  {row['name']:<12} {row['badge']:<24} PIN {row['pin']}   {', '.join(row['roles'])}")


def run(settings: Settings, port: int, workers: int, keep: bool) -> None:
    """Fill a fresh database, start printer, server and robots, and go on until Ctrl+C."""
    check_port(port)
    path = Path("var/demo.db")
    if not keep:
        for old in path.parent.glob("demo.db*"):
            old.unlink()
    database = settings.database.model_copy(update={"url": f"sqlite:///{path}"})
    settings = settings.model_copy(update={"database": database})
    store = Store(database)
    migrations.upgrade(store)
    opened = fill(store, settings, settings_module.share() / "config" / "demo")
    crew = hire(store, settings, workers)
    folder = Path("var")
    with Emulator(folder=folder / "labels") as printer, Server(database.url, folder, port, printer.port) as server:
        use_printer(store, printer.port)
        greet(server.url, opened, workers)
        try:
            play(server, crew, shift_leader(server.url, opened))
        except KeyboardInterrupt:
            click.echo("Good night.")
    store.close()


def greet(url: str, opened: Opened, workers: int) -> None:
    """Print where to go and who to be."""
    local = url.replace("127.0.0.1", "localhost")
    click.echo(f"\nPickwell is open. {workers} virtual colleagues start their shift; join them:\n")
    click.echo(f"  handheld   {local}/handheld/\n  station    {local}/station/\n  boards     {local}/boards/picking")
    click.echo(
        f"  office     {local}/office/\n  labels     {local}/office/labels\n\nBadges (type or scan one, then the PIN):"
    )
    print_people(opened.operators)
    click.echo("\nCtrl+C ends the demo.\n")


def play(server: Server, crew: list[dict[str, Any]], leader: Door) -> None:
    """Give the hall a head start, look where goods belong, release, and let everybody work at a human pace for ever."""
    robots = []
    for each in crew:
        door = Door(server.url)
        door.login(each["badge"], each["pin"], f"handheld of {each['name']}")
        robots.append(Robot(door, each["name"]))
    stop = threading.Event()
    head_start(robots)
    threads = [
        threading.Thread(target=shift, args=(robot, stop, SPECIALTIES[n % len(SPECIALTIES)]), daemon=True)
        for n, robot in enumerate(robots)
    ]
    for thread in threads:
        thread.start()
    try:
        for number in count():
            if number in SLOTTING_ROUNDS:
                leader.post("/api/v1/slotting-plans", {"seconds": SLOTTING_SECONDS})
            leader.post("/api/v1/waves", {"orders": RELEASE_ORDERS})
            clock.sleep(RELEASE_SECONDS)
    finally:
        stop.set()


def head_start(robots: list[Robot]) -> None:
    """Receive and put away about half of the cartons at once, so that every board has something to show."""
    if not robots:
        return
    robot = robots[0]
    before = robot.door.get("/api/v1/meter")["cartons_left"]
    robot.stop = lambda: robot.door.get("/api/v1/meter")["cartons_left"] <= before * (1 - HEAD_START)
    robot.work("receive")
    robot.stop = lambda: False
    robot.work("putaway")


def shift(robot: Robot, stop: threading.Event, specialty: tuple[str, ...]) -> None:
    """Work at a human pace, first at what this colleague does best; then help out; then look again a little later."""
    robot.habits = Habits(mistakes=MISTAKES, pace_seconds=PACE_SECONDS)
    robot.stop = stop.is_set
    while not stop.is_set():
        scans = 0
        with suppress(Stuck):  # somebody else was quicker; look for other work
            scans = sum(robot.work(flow) for flow in specialty) or robot.work(robot.random.choice(FLOWS))
        stop.wait(0.2 if scans else 2.0)
