"""The command line of the webcam client, and where badge and PIN come from."""

from __future__ import annotations

import argparse
import getpass
import re
import socket
import sys
import tomllib
from pathlib import Path

from scanner_client.decoding import BadRules, plausible

VIEW_PORT = 8620
NOTES = """\
What to do: start it, open the live view that it names in a browser, show your badge to the camera and type the PIN
there. Then hold labels before the camera, one at a time, until the answer is heard. Take a label away for 1.5 s to have
it read again, or press Space in the live view; on screens that count units only Space (or another label) does that.
Scan a station's label while the menu is shown, or give --station, and scans act at that station from then on.

Scans are kept in a file before they are sent. When the server is away, or this program is killed, none is lost: they
are sent in order when both are back, by the next start with the same --device and the same badge.

Badge and PIN without the live view: --credentials FILE with the lines  badge = "BD-..."  and  pin = "......"
(readable by you alone), or --badge alone, which asks for the PIN. All users of the machine can see a --pin.

Exit code: 0 the film is over and every scan was answered, or Ctrl+C; 1 the server refused badge, flow or station;
2 wrong options; 3 no such camera; 4 scans cannot be kept.
"""


class BadOption(ValueError):
    """An option cannot be used; the message says why."""


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the options; leaves with 2 when they are wrong."""
    parser = argparse.ArgumentParser(
        "python -m scanner_client.webcam",
        description="A camera as a scanner.",
        epilog=NOTES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--server", required=True, metavar="URL", help="address of the Pickwell server")
    add("--camera", default="0", metavar="N|FILE|URL", help="number of a camera, a film, or a stream (default: 0)")
    add("--size", default=(1280, 720), type=size, metavar="WxH", help="to ask of a camera (default: 1280x720)")
    add("--station", default="", metavar="CODE", help="code of the pack station that the camera stands at")
    add("--flow", default="", help="get work in this flow, e.g. pack; without it the menu waits for a label")
    add("--badge", default="", help="sign in with this badge")
    add("--pin", default="", help="and this PIN; better leave it out and be asked")
    add("--credentials", type=Path, metavar="FILE", help="badge and PIN from a file")
    add("--device", default=f"webcam-{socket.gethostname()}"[:60], help="this scanner's name (default: %(default)s)")
    add("--queue", type=Path, metavar="FILE", help="keeps unsent scans (default: ~/.pickwell/DEVICE.db)")
    add("--view", type=int, default=VIEW_PORT, metavar="PORT", help="of the live view (default: %(default)s; 0: any)")
    add("--no-view", action="store_true", help="no live view; badge and PIN are asked for in the terminal")
    add("--count-by", choices=("trigger", "absence"), default="trigger", help="what counts the next unit")
    add("--symbologies", type=Path, metavar="FILE", help="which readings are believed (config/symbologies.toml)")
    options = parser.parse_args(arguments)
    try:
        options.rules = plausible.load(options.symbologies)
        options.login = credentials(options)
    except (BadOption, BadRules) as error:
        parser.error(str(error))
    options.queue = options.queue or Path.home() / ".pickwell" / f"{re.sub(r'[^A-Za-z0-9._-]', '_', options.device)}.db"
    return options


def size(text: str) -> tuple[int, int]:
    """Return 1280x720 as numbers; raises ArgumentTypeError."""
    found = re.fullmatch(r"([0-9]{2,5})x([0-9]{2,5})", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is no size such as 1280x720")
    return int(found[1]), int(found[2])


def credentials(options: argparse.Namespace) -> tuple[str, str] | None:
    """Return badge and PIN, asked for where needed; None when the live view asks. Raises BadOption."""
    if options.credentials is not None:
        return from_file(options.credentials)
    if options.pin and not options.badge:
        raise BadOption("--pin needs --badge")
    if options.badge and options.pin:
        return options.badge, options.pin
    if not options.badge and not options.no_view:
        return None
    if not sys.stdin.isatty():
        raise BadOption("there is no terminal to ask for the PIN; give --credentials FILE")
    badge = options.badge or input("Badge: ")
    return badge, getpass.getpass(f"PIN of {badge}: ")


def from_file(path: Path) -> tuple[str, str]:
    """Return badge and PIN of a file; raises BadOption naming what is wrong with it."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        if path.stat().st_mode & 0o077:
            print(f"{path} can be read by others: chmod 600 {path}", file=sys.stderr)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadOption(f"--credentials {path}: {error}") from None
    for name in ("badge", "pin"):
        if not isinstance(found.get(name), str) or not found[name]:
            raise BadOption(f'--credentials {path}: write {name} = "..." with quotes')
    return found["badge"], found["pin"]
