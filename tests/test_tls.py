"""The local authority: certificates that browsers take, keys that stay where they are, renewal without a visit."""

from __future__ import annotations

import plistlib
import ssl
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509

from wms import clock, settings, sharing, tls
from wms.cli import main
from wms.serving import Server
from wms.settings import Settings, SettingsError, Web
from wms.web import headers

NAMES = ("wms.example.test", "192.168.1.20", "localhost", "127.0.0.1")


@pytest.fixture
def store(tmp_path: Path) -> tls.Store:
    """An authority and a server's certificate."""
    return tls.init(tmp_path / "keys", NAMES, "Hall 1").store


@pytest.fixture
def page(store: tls.Store) -> Iterator[str]:
    """The address of the page for devices."""
    with sharing.Page(sharing.install_files(store, "https://wms.example.test"), 0, "127.0.0.1") as page:
        yield f"http://127.0.0.1:{page.port}"


def server_of(store: tls.Store) -> x509.Certificate:
    return x509.load_pem_x509_certificate(store.certificate.read_bytes())


def handshake(trusted: Path, store: tls.Store, name: str) -> None:
    """Let a client that trusts one authority meet the server under a name; raises ssl.SSLError."""
    there, here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(trusted))
    there.load_cert_chain(store.certificate, store.key)
    inbox, outbox = ssl.MemoryBIO(), ssl.MemoryBIO()
    server, client = there.wrap_bio(inbox, outbox, server_side=True), here.wrap_bio(outbox, inbox, server_hostname=name)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue


@pytest.mark.parametrize("name", NAMES)
def test_a_device_that_trusts_the_authority_meets_the_server_under_each_name(store: tls.Store, name: str) -> None:
    handshake(store.authority, store, name)


def test_another_name_and_another_authority_are_refused(store: tls.Store, tmp_path: Path) -> None:
    other = tls.init(tmp_path / "other", NAMES, "Hall 2").store
    for trusted, name in ((store.authority, "bank.example.test"), (other.authority, "localhost")):
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(trusted, store, name)


def test_keys_are_for_their_owner_alone(store: tls.Store) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in store.folder.iterdir()}
    assert modes == {"ca.crt": 0o644, "ca.key": 0o600, "server.crt": 0o644, "server.key": 0o600}
    assert store.folder.stat().st_mode & 0o077 == 0


def test_a_second_run_keeps_the_authority_and_renews_the_certificate(store: tls.Store) -> None:
    before = store.authority.read_bytes(), store.certificate.read_bytes()
    made = tls.init(store.folder, ("wms.example.test", "new.example.test"), "Hall 1")
    assert not made.new
    assert store.authority.read_bytes() == before[0]
    assert store.certificate.read_bytes() != before[1]
    handshake(store.authority, store, "new.example.test")


def test_the_certificate_lives_as_long_as_browsers_allow(store: tls.Store) -> None:
    certificate = server_of(store)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=398)
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False


def test_an_authority_that_ends_too_soon_says_to_start_anew(store: tls.Store) -> None:
    clock.freeze(clock.now() + timedelta(days=3400))
    try:
        with pytest.raises(tls.TlsError, match="The authority ends on"):
            tls.init(store.folder, NAMES, "Hall 1")
    finally:
        clock.freeze(None)


@pytest.mark.parametrize("name", ["*", "a b", "-x", "wms.example.test/path", "", "a..b"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(tls.TlsError, match="no host name"):
        tls.init(tmp_path / "keys", (name,), "Hall 1")
    assert not (tmp_path / "keys").exists()


def test_half_an_authority_is_never_replaced_in_silence(store: tls.Store) -> None:
    store.authority.unlink()
    with pytest.raises(tls.TlsError, match="half an authority"):
        tls.init(store.folder, NAMES, "Hall 1")


def test_keys_do_not_go_where_browsers_can_load_them(tmp_path: Path) -> None:
    for folder in (tls.PACKAGE / "web" / "static" / "keys", tmp_path / "static"):
        with pytest.raises(tls.TlsError, match="keys belong elsewhere"):
            tls.init(folder, NAMES, "Hall 1")


def test_the_page_gives_devices_the_authority_and_never_a_key(store: tls.Store, page: str) -> None:
    with urllib.request.urlopen(f"{page}/pickwell-ca.crt") as found:
        assert (found.headers["Content-Type"], found.read()) == (
            "application/x-x509-ca-cert",
            store.authority.read_bytes(),
        )
    with urllib.request.urlopen(f"{page}/") as found:
        assert tls.fingerprint(x509.load_pem_x509_certificate(store.authority.read_bytes())) in found.read().decode()
    for path in ("/ca.key", "/server.key", "/../ca.key"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(page + path)


def test_the_profile_for_iphones_holds_the_authority(store: tls.Store, page: str) -> None:
    with urllib.request.urlopen(f"{page}/pickwell-ca.mobileconfig") as found:
        profile = plistlib.loads(found.read())
    ca = x509.load_der_x509_certificate(profile["PayloadContent"][0]["PayloadContent"])
    assert ca == x509.load_pem_x509_certificate(store.authority.read_bytes())


def test_the_command_makes_it_and_says_how_to_use_it(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["tls", "init", "--folder", str(tmp_path / "keys"), "--name", "wms.example.test"])
    assert result.exit_code == 0, result.output
    assert "For wms.example.test" in result.output
    assert f'web.tls = "{tmp_path / "keys"}"' in result.output


def test_the_server_speaks_https_with_it_and_marks_its_cookies(store: tls.Store) -> None:
    found = Settings(web=Web(tls=str(store.folder)))
    server = Server(found)
    assert (server.cfg.certfile, server.cfg.keyfile) == (str(store.certificate), str(store.key))
    assert found.web.https
    assert "https://localhost:8000" in headers.origins(found)


def test_a_folder_without_a_certificate_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="wms tls init"):
        headers.check(settings.Settings(web=Web(tls=str(tmp_path))))
