"""Where parcels are followed: by the carrier's name, from files that are checked, and nowhere when nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from wms.formats.errors import FormatError
from wms.formats.following import load_trail

OURS = Path("config/carriers.toml")


@pytest.mark.parametrize(
    ("carrier", "number", "url"),
    [
        ("ups", "1Z999AA10123456784", "https://www.ups.com/track?tracknum=1Z999AA10123456784"),
        ("U.P.S.", "1Z 999", "https://www.ups.com/track?tracknum=1Z999"),
        ("ÖSTERREICHISCHE POST", "1019&x=1", "https://www.post.at/sv/sendungsdetails?snr=1019%26x%3D1"),
        ("UPS", " ", ""),
        ("Lamplight Parcel", "1", ""),
    ],
)
def test_a_number_leads_to_the_page_of_its_carrier_or_nowhere(carrier: str, number: str, url: str) -> None:
    assert load_trail(OURS).url("", carrier, number) == url


def test_the_sites_own_carriers_stand_over_ours(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    words = 'url = "https://follow.example.test/{number}"\nsource = "us"\nchecked_on = 2026-11-23\n'
    own.write_text(f'[[carrier]]\nnames = ["UPS", "LAMP"]\n{words}', "utf-8")
    trail = load_trail(OURS, own)
    assert trail.url("LAMP", "", "7") == trail.url("", "ups", "7") == "https://follow.example.test/7"


@pytest.mark.parametrize("url", ["http://a.test/{number}", "https://a.test/", "javascript:{number}"])
def test_an_address_that_is_none_is_refused_with_its_file(tmp_path: Path, url: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(f'[[carrier]]\nnames = ["X"]\nurl = "{url}"\nsource = "us"\nchecked_on = 2026-11-23\n', "utf-8")
    with pytest.raises(FormatError, match=r"own\.toml"):
        load_trail(own)
