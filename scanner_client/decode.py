"""`python -m scanner_client.decode IMAGE... [--json]`: what a camera or a photo upload would read in a picture."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from scanner_client.decoding import BadPicture, BadRules, Decoder, pictures, plausible

NOTES = """\
With --json one line per file, {"file", "results"} or {"file", "results", "error"}; a result is
  bytes      base64 of what a scanner transmits behind the AIM identifier; GS (0x1D) is in it
  text       what stands below the bars (a UPC-A as 12 digits, a UPC-E as 8, a DataBar as its GTIN)
  symbology  EAN-13 EAN-8 UPC-A UPC-E Code128 Code39 ITF DataBar DataBarLtd DataBarExp DataBarExpStk QR DataMatrix
  aim        the AIM identifier, e.g. ]C1 for GS1-128; "" when the engine cannot know it
  corners    four [x, y] in pixels
  engine     zxing-cpp or zbar
  agreed     whether a second engine, or a second preparation of the picture, read the same

Exit code: 0 every picture could be opened (whether it holds a code or not), 1 at least one could not, 2 wrong options.
"""


def main(arguments: list[str] | None = None) -> int:
    """Read the options, print a line per picture, return the exit code."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "python -m scanner_client.decode", description="Read the codes in pictures.", epilog=NOTES, formatter_class=form
    )
    parser.add_argument("images", nargs="+", metavar="IMAGE")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--symbologies", type=Path, metavar="FILE", help="instead of config/symbologies.toml")
    options = parser.parse_args(arguments)
    try:
        decoder = Decoder(plausible.load(options.symbologies))
    except BadRules as error:
        parser.error(str(error))
    failed = 0
    for name in options.images:
        answer = read(decoder, name)
        failed += "error" in answer
        print(json.dumps(answer, ensure_ascii=False) if options.json else in_words(answer), flush=True)
    return 1 if failed else 0


def read(decoder: Decoder, name: str) -> dict[str, Any]:
    """Return what one file holds, or why it could not be read."""
    try:
        found = decoder.read(pictures.load(name))
    except BadPicture as error:
        return {"file": name, "results": [], "error": str(error)}
    return {"file": name, "results": [code.to_json() for code in found]}


def in_words(answer: dict[str, Any]) -> str:
    """Return an answer for people: `label.jpg  Code128  "LO-A-03-12-B-7"`."""
    if "error" in answer:
        return f"{answer['file']}  {answer['error']}"
    codes = [f"{each['symbology']}  {json.dumps(each['text'], ensure_ascii=False)}" for each in answer["results"]]
    return f"{answer['file']}  {'  '.join(codes) or 'no code'}"


if __name__ == "__main__":
    sys.exit(main())
