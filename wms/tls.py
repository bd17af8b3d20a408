"""A local certificate authority for a site without one: phones give cameras and installation only to HTTPS pages."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wms import clock
from wms.settings import Settings

CA_DAYS = 3650
SERVER_DAYS = 397  # browsers refuse certificates that live longer than 398 days
SKEW = timedelta(days=1)  # the clocks of phones are not ours
EVERYWHERE = ("", "0.0.0.0", "::")
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
PACKAGE = Path(__file__).resolve().parent


class TlsError(ValueError):
    """The certificates cannot be made or used; the message says what to do."""


@dataclass(frozen=True)
class Store:
    """The folder with the keys and certificates."""

    folder: Path

    @property
    def authority(self) -> Path:
        """Return the file of the authority's certificate, the one that devices install."""
        return self.folder / "ca.crt"

    @property
    def certificate(self) -> Path:
        """Return the file of the server's certificate, the authority's behind it."""
        return self.folder / "server.crt"

    @property
    def key(self) -> Path:
        """Return the file of the server's key."""
        return self.folder / "server.key"

    @property
    def authority_key(self) -> Path:
        """Return the file of the authority's key: who has it can pretend to be any site on these devices."""
        return self.folder / "ca.key"


@dataclass(frozen=True)
class Made:
    """What `init` did: until when the certificate holds, for which names; `new`: the authority was made as well."""

    store: Store
    names: tuple[str, ...]
    until: datetime
    fingerprint: str
    new: bool


def init(folder: Path, names: Iterable[str], site: str) -> Made:
    """Make the server's certificate, and the authority the first time; raises TlsError."""
    if folder.resolve().is_relative_to(PACKAGE) or "static" in folder.resolve().parts:
        raise TlsError(f"{folder} is served to browsers or replaced by updates; keys belong elsewhere, e.g. var/tls.")
    wanted = tuple(dict.fromkeys(checked(name) for name in names))
    store = Store(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = not store.authority_key.exists()
    ca, ca_key = make_authority(store, site) if new else read_authority(store)
    until = clock.now() + timedelta(days=SERVER_DAYS)
    if until > ca.not_valid_after_utc:
        raise TlsError(f"The authority ends on {ca.not_valid_after_utc:%Y-%m-%d}: take {folder} away and start anew.")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = signed(server_builder(wanted, key, ca), until, ca.subject, ca_key)
    write(store.key, private(key), 0o600)
    write(store.certificate, public(certificate) + public(ca), 0o644)
    return Made(store, wanted, until, fingerprint(ca), new)


def names(settings: Settings) -> list[str]:
    """Return the names and addresses by which devices may call this server."""
    web = settings.web
    base = urlsplit(web.base_url).hostname
    own = [] if web.host in EVERYWHERE else [web.host]
    found = [base, *web.trusted_hosts, *own, socket.gethostname().lower(), "localhost", "127.0.0.1", *addresses()]
    return [name for name in dict.fromkeys(found) if name and (is_address(name) or HOST.fullmatch(name.lower()))]


def addresses() -> list[str]:
    """Return this machine's address on its network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return [str(probe.getsockname()[0])]
        except OSError:
            return []


def is_address(name: str) -> bool:
    """Return whether a name is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def checked(name: str) -> str:
    """Return a name in lower case; raises TlsError when it is none that a certificate can carry."""
    lower = name.lower().rstrip(".")
    if not is_address(lower) and not HOST.fullmatch(lower):
        raise TlsError(f"{name[:60]!r} is no host name and no IP address.")
    return lower


def make_authority(store: Store, site: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Make an authority that can sign servers and nothing else, and keep its key for this user alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Pickwell authority of {site}"[:64])])
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    builder = (
        x509.CertificateBuilder(subject_name=subject, public_key=key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    certificate = signed(builder, clock.now() + timedelta(days=CA_DAYS), subject, key)
    write(store.authority, public(certificate), 0o644)
    write(store.authority_key, private(key), 0o600)
    return certificate, key


def read_authority(store: Store) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Return the authority that was made before; raises TlsError."""
    try:
        certificate = x509.load_pem_x509_certificate(store.authority.read_bytes())
        key = serialization.load_pem_private_key(store.authority_key.read_bytes(), None)
    except (OSError, ValueError) as error:
        raise TlsError(
            f"{store.folder} holds half an authority ({error}); put both files back or start anew."
        ) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise TlsError(f"{store.authority_key} is not the key of {store.authority}.")
    return certificate, key


def server_builder(
    wanted: tuple[str, ...], key: ec.EllipticCurvePrivateKey, ca: x509.Certificate
) -> x509.CertificateBuilder:
    """Return a server's certificate for these names, not yet signed."""
    known = [x509.IPAddress(ipaddress.ip_address(name)) if is_address(name) else x509.DNSName(name) for name in wanted]
    issuer = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    return (
        x509.CertificateBuilder(public_key=key.public_key())
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wanted[0][:64])]))
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
    )


def signed(
    builder: x509.CertificateBuilder, until: datetime, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """Return a certificate that holds from yesterday until then."""
    dated = builder.issuer_name(issuer).serial_number(x509.random_serial_number())
    return dated.not_valid_before(clock.now() - SKEW).not_valid_after(until).sign(key, hashes.SHA256())


def public(certificate: x509.Certificate) -> bytes:
    """Return a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def private(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a key as PEM, without a passphrase: the server starts without a person."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def write(path: Path, content: bytes, mode: int) -> None:
    """Put a file in place whole, with its mode from the first byte on."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    draft.replace(path)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return what people compare before they trust a certificate."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
