"""The `wms` command: every sub-command takes --database URL and --config FILE, and --help teaches."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import click

from wms import demo as demo_module
from wms import rehearsal, serving, sharing, tls
from wms import settings as settings_module
from wms.commands.campaigns import campaign_group
from wms.commands.core import Command, command
from wms.commands.exports import export_group, import_tracking
from wms.commands.imports import import_group
from wms.commands.privacy import erase
from wms.commands.releases import release
from wms.flows import FLOWS
from wms.labels import agent, emulator, remote
from wms.operations import jobs, people, printing
from wms.planning import speed, warming
from wms.queries import invariants


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="pickwell")
def main() -> None:
    """Pickwell: from dock to parcel by scans.

    \b
    Try it:        wms demo                      a small hall with goods, orders and virtual workers
    Set it up:     wms init; wms serve           an empty site; the first administrator's code is printed
    Fill it:       wms import site|packing|orders FILE
    Run it:        wms release                   a pilot first, then waves
    Trust it:      wms check                     every rule of the ledger, as SQL
    """


@main.command()
@click.option("--demo", is_flag=True, help="Fill it with the demo site, its packing list and its backer report.")
@click.option(
    "--site", type=click.Path(path_type=Path, exists=True, file_okay=False), help="A folder like config/demo."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@command
def init(call: Command, demo: bool, site: Path | None, as_json: bool) -> None:
    """Create or upgrade the database. Without --demo or --site it is empty and has no password: a one-time code
    for the first administrator is printed instead."""
    store = call.store()
    if demo or site:
        folder = site or settings_module.share() / "config" / "demo"
        opened = demo_module.fill(store, call.settings, folder)
        rows = [{key: person[key] for key in ("badge", "pin", "roles", "name")} for person in opened.operators]
        if as_json:
            click.echo(json.dumps({"operators": rows, "counts": opened.counts}, ensure_ascii=False))
        else:
            demo_module.print_people(rows)
        return
    code = store.transact(people.new_setup_code)
    message = f"Setup code {code}, good for one hour: start `wms serve` and open /office/setup."
    click.echo(json.dumps({"operators": [], "setup_code": code}) if as_json else message)


@main.command("setup-code")
@command
def setup_code(call: Command) -> None:
    """Print a new one-time code that makes an administrator at /office/setup."""
    click.echo(call.store().transact(people.new_setup_code))


@main.command()
@click.option("--host", help="Address to listen on (web.host).")
@click.option("--port", type=int, help="Port to listen on (web.port).")
@click.option("--workers", type=int, help="Web processes; more than one needs PostgreSQL and Redis (web.workers).")
@click.option("--child", is_flag=True, hidden=True, help="End with the process that started this one.")
@command
def serve(call: Command, host: str | None, port: int | None, workers: int | None, child: bool) -> None:
    """Start the server: web and worker, until it is stopped."""
    given = {"web.host": host, "web.port": port, "web.workers": workers}
    settings_module.adopt({name: value for name, value in given.items() if value is not None})
    call.settings = settings_module.load()
    call.store().close()
    if child:
        serving.end_with_parent(partial(os.kill, os.getpid(), signal.SIGTERM))
    serving.Server(call.settings).run()


@main.group("tls")
def tls_group() -> None:
    """HTTPS for a site without a certificate: cameras and installation need it."""


FOLDER = click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="The keys (web.tls, var/tls).")


def keys_of(call: Command, folder: Path | None) -> Path:
    """Return the folder of the keys."""
    return folder or Path(call.settings.web.tls or "var/tls")


@tls_group.command("init")
@click.option("--name", "extra", multiple=True, help="A further host name or IP address of this server.")
@FOLDER
@command
def tls_init(call: Command, extra: tuple[str, ...], folder: Path | None) -> None:
    """Make a certificate for this server, and a local authority the first time. Run it again once a year: devices
    that trust the authority need nothing then."""
    made = tls.init(keys_of(call, folder), (*extra, *tls.names(call.settings)), call.settings.site.name)
    click.echo(f"For {', '.join(made.names)}, until {made.until:%Y-%m-%d}.")
    click.echo(f"The authority is {'new' if made.new else 'as before'}: SHA-256 {made.fingerprint}")
    click.echo(f'Set web.tls = "{made.store.folder}" and start the server anew; `wms tls share` shows devices the way.')


@tls_group.command("share")
@click.option("--port", default=8080, show_default=True, help="Port of the page, by plain HTTP.")
@FOLDER
@command
def tls_share(call: Command, port: int, folder: Path | None) -> None:
    """Show devices a page to install the authority, until Ctrl+C. It serves that and nothing else."""
    store, web = tls.Store(keys_of(call, folder)), call.settings.web
    host = (tls.addresses() or ["127.0.0.1"])[0]
    with sharing.Page(sharing.install_files(store, web.base_url or f"https://{host}:{web.port}"), port) as page:
        click.echo(f"Open http://{host}:{page.port} on each device. Ctrl+C ends it.")
        threading.Event().wait()


@main.command()
@click.option("--child", is_flag=True, hidden=True, help="End with the server that started this one.")
@command
def worker(call: Command, child: bool) -> None:
    """Do background work: print labels, plan waves, sweep. `wms serve` starts one by itself."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if child:
        serving.end_with_parent(stop.set)
    planners = serving.Planners(call.settings)
    jobs.work(call.store(), call.settings, stop, planners.prepare)
    planners.close()


@main.command()
@click.option("--child", is_flag=True, hidden=True, help="End with the worker that started this one.")
@command
def warm(call: Command, child: bool) -> None:
    """Compile the planning code ahead. The worker does it by itself, and plans more slowly until it is done."""
    if child:
        serving.end_with_parent(partial(os._exit, 1))
    kernels = Path(call.settings.planning.kernels)
    if not speed.compile_kernels(kernels):
        raise click.ClickException(f"numba is not installed, or {kernels} cannot be written: plans are made without.")
    warming.warm()
    speed.say_warm(kernels)
    click.echo(f"The planning code is compiled and kept in {kernels}.")


@main.command()
@click.option("--port", type=int, help="Port of the server (web.port).")
@click.option("--workers", default=4, show_default=True, help="Virtual workers that start their shift.")
@click.option("--keep", is_flag=True, help="Go on with the database of the last demo instead of a fresh one.")
@command
def demo(call: Command, port: int | None, workers: int, keep: bool) -> None:
    """Start the demo: a small hall, its goods and orders, a printer emulator, and people who work."""
    if call.named:  # it starts with an empty one: nobody's database may be emptied by a wrong word
        raise click.UsageError("The demo makes its own database. Leave --database out; --keep goes on with the last.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # however it is ended, server and printer end with it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    demo_module.run(call.settings, port or call.settings.web.port, workers, keep)


@main.command()
@click.option("--orders", default=120, show_default=True, help="Orders in the invented campaign.")
@click.option("--workers", default=4, show_default=True, help="Virtual workers, over HTTP.")
@click.option("--seed", default=2026, show_default=True, help="Same seed, same campaign.")
@click.option("--duplicates", default=0.0, show_default=True, help="Share of scans delivered twice, their answer lost.")
@click.option("--kill", is_flag=True, help="Kill -9 the server in the middle and start it again.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@command
def rehearse(call: Command, as_json: bool, **options: Any) -> None:
    """Play a whole shift on a scratch database against a real server, then check every rule.

    --database names a PostgreSQL server to make the scratch database on; without it a SQLite file is used.
    Exits 1 when a clean order was not shipped, a rule is broken or the server failed.
    """
    result = rehearsal.rehearse(call.settings, rehearsal.Plan(**options))
    click.echo(json.dumps(result.as_dict()) if as_json else result.in_words())
    sys.exit(0 if result.good else 1)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the broken rules as JSON.")
@command
def check(call: Command, as_json: bool) -> None:
    """Evaluate every rule of the ledger; print what is broken and exit 1."""
    with call.store().read() as tx:
        broken = invariants.check(tx)
    if as_json:
        click.echo(json.dumps({"rules": len(invariants.RULES), "broken": broken}, default=str))
    for rule in [] if as_json else broken:
        click.echo(f"{rule['rule']}: {rule['sentence']} {rule['rows'][:3]}")
    if not as_json and not broken:
        click.echo(f"All {len(invariants.RULES)} rules hold.")
    sys.exit(1 if broken else 0)


@main.command()
@click.argument("flow", type=click.Choice(sorted(FLOWS)))
@command
def diagram(_call: Command, flow: str) -> None:
    """Print a flow's table as a Mermaid state diagram."""
    click.echo(FLOWS[flow].diagram())


@main.group("people")
def people_group() -> None:
    """Add people and set PINs."""


@people_group.command("add")
@click.argument("name")
@click.option("--roles", required=True, help="Comma list of picker, packer, receiver, supervisor, admin.")
@click.option("--pin", prompt=True, hide_input=True, confirmation_prompt=True, help="Six digits.")
@command
def people_add(call: Command, name: str, roles: str, pin: str) -> None:
    """Add a person and print the badge code."""
    security, wanted = call.settings.security, tuple(role.strip() for role in roles.split(","))
    click.echo(call.store().transact(lambda tx: people.add_operator(tx, security, people.Person(name, pin, wanted)))[1])


main.add_command(campaign_group)
main.add_command(import_group)
import_group.add_command(import_tracking)
main.add_command(export_group)
main.add_command(release)
main.add_command(erase)


@main.command("printer-emulator")
@click.option("--port", default=9100, show_default=True, help="TCP port, 0 for a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the labels are left as .zpl files.")
@click.option("--control", type=int, help="A port on this machine that takes the same lines as standard input.")
@click.option("--say", multiple=True, metavar="LINE", help="How it behaves from the start, e.g. --say 'paper 3'.")
@command
def printer_emulator(_call: Command, port: int, host: str, folder: Path | None, **more: Any) -> None:
    """Be a label printer on a TCP port, until Ctrl+C: for trying things out without paper.

    It answers ~HS and ~HI, keeps what it printed, and does as the lines say that it reads from standard input:
    "mode paused", "paper 3", "reset_after 200", "printed"; "help" names them all.
    """
    printer = emulator.Emulator(port, folder)
    printer.host = host
    if wrong := [line for line in more["say"] if remote.obey(printer, line).startswith("error")]:
        raise click.UsageError(f"--say {wrong[0]!r}: {remote.HELP}")
    with ExitStack() as stack:
        stack.enter_context(printer)
        click.echo(f"A printer listens on port {printer.port}.")
        if more["control"] is not None:
            click.echo(f"Its control port is {stack.enter_context(remote.Control(printer, more['control'])).port}.")
        for line in sys.stdin:
            click.echo(remote.obey(printer, line))
        threading.Event().wait()


@main.command("print-agent")
@click.option("--server", required=True, metavar="URL", help="The server, https://; plain http only on this machine.")
@click.option(
    "--token-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A file that holds it."
)
@click.option("--token", envvar="WMS_PRINT_TOKEN", hidden=True)
@click.option("--ca", type=click.Path(exists=True, dir_okay=False), help="The certificate of your own authority.")
@command
def print_agent(call: Command, server: str, token_file: Path | None, token: str | None, ca: str | None) -> None:
    """Print for a server that cannot reach these printers: fetch their labels and say what became of them.

    The office makes its token (Labels, Printers, Print agents); give it in a file or in WMS_PRINT_TOKEN. Which
    addresses printers may have here stands in this machine's own settings, section printing.
    """
    secret = token_file.read_text().strip() if token_file else token
    if not secret:
        raise click.UsageError("Give the agent's token: --token-file FILE, or WMS_PRINT_TOKEN in the environment.")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    there = agent.Server(server, secret, ca)
    click.echo(f"Printing for {server}.")
    agent.Agent(there, printing.allowed(call.settings), printing.timeouts(call.settings)).run(stop)
