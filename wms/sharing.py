"""A page by plain HTTP on which devices load the local authority: before they trust it, HTTPS would only frighten."""

from __future__ import annotations

import plistlib
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from string import Template

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from wms import tls
from wms.settings import share

CSP = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Page:
    """Serves these files (path -> (type, content)) and nothing else. Use it as a context manager."""

    def __init__(self, files: dict[str, tuple[str, bytes]], port: int, host: str = "0.0.0.0") -> None:
        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                kind, content = files.get(self.path.partition("?")[0], ("text/plain", b""))
                self.send_response(200 if content else 404)
                facts = {"Content-Type": kind, "Content-Length": str(len(content)), "Content-Security-Policy": CSP}
                for name, value in (facts | {"X-Content-Type-Options": "nosniff"}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing: the console shows the fingerprint."""

        self._server = ThreadingHTTPServer((host, port), Handler)
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Page:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


def install_files(store: tls.Store, url: str) -> dict[str, tuple[str, bytes]]:
    """Return what devices load before they trust the server: path -> (type, content). Raises TlsError."""
    try:
        ca = x509.load_pem_x509_certificate(store.authority.read_bytes())
    except (OSError, ValueError):
        raise tls.TlsError(f"{store.folder} holds no authority: run `wms tls init` first.") from None
    page = Template((share() / "config" / "tls" / "install.html").read_text(encoding="utf-8"))
    text = page.substitute(url=url, fingerprint=tls.fingerprint(ca), until=f"{ca.not_valid_after_utc:%Y-%m-%d}")
    style = tls.PACKAGE / "web" / "static" / "tokens.css"
    return {
        "/": ("text/html; charset=utf-8", text.encode()),
        "/tokens.css": ("text/css", style.read_bytes()),
        "/pickwell-ca.crt": ("application/x-x509-ca-cert", tls.public(ca)),
        "/pickwell-ca.mobileconfig": ("application/x-apple-aspen-config", apple_profile(ca)),
    }


def apple_profile(ca: x509.Certificate) -> bytes:
    """Return the certificate as a configuration profile of iOS and macOS."""
    name = f"org.pickwell.ca.{tls.fingerprint(ca)[:11].replace(':', '').lower()}"
    common = {"PayloadVersion": 1, "PayloadOrganization": "Pickwell"}
    inner = common | {
        "PayloadType": "com.apple.security.root",
        "PayloadIdentifier": f"{name}.root",
        "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.root")),
        "PayloadDisplayName": "Pickwell authority",
        "PayloadContent": ca.public_bytes(serialization.Encoding.DER),
    }
    outer = common | {
        "PayloadType": "Configuration",
        "PayloadIdentifier": name,
        "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
        "PayloadDisplayName": "Pickwell: trust this warehouse",
        "PayloadContent": [inner],
    }
    return plistlib.dumps(outer)
