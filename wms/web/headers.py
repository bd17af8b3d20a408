"""What every response carries, which hosts we answer to, and which origins may open a socket."""

from __future__ import annotations

import uuid
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, g
from werkzeug.middleware.proxy_fix import ProxyFix

from wms.settings import Settings, SettingsError

CSP = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "X-Frame-Options": "DENY",
}
EVERYWHERE = ("0.0.0.0", "::")


def init_app(app: Flask) -> None:
    """Put the headers on every response, errors and static files included."""
    settings: Settings = app.extensions["wms.settings"]
    if settings.web.proxies:
        n = settings.web.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]

    @app.before_request
    def give_an_id() -> None:
        g.request_id = uuid.uuid4().hex[:12]

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        wasm = " 'wasm-unsafe-eval'" if g.get("wasm") else ""
        response.headers["Content-Security-Policy"] = CSP.format(wasm=wasm)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if settings.web.https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if response.mimetype in ("text/html", "application/json"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def hosts(settings: Settings) -> list[str]:
    """Return the host names this server answers to; anything else is a rebinding attack or a typing error."""
    base = urlsplit(settings.web.base_url).hostname
    own = settings.web.host if settings.web.host not in EVERYWHERE else None
    backers = urlsplit(settings.links.base_url).hostname
    known = ("localhost", "127.0.0.1", "[::1]", base, own, backers, *settings.web.trusted_hosts)
    return [host for host in known if host]


def origins(settings: Settings) -> list[str]:
    """Return the origins that may open a socket: never empty, never a star."""
    base = urlsplit(settings.web.base_url)
    scheme = "https" if settings.web.tls else "http"
    here = [f"{scheme}://{host}:{settings.web.port}" for host in ("localhost", "127.0.0.1")]
    return [*here, *([f"{base.scheme}://{base.netloc}"] if base.netloc else []), *settings.web.origins]


def check(settings: Settings) -> None:
    """Refuse to start with settings that would leave a door open. Raises SettingsError."""
    web = settings.web
    if any("*" in origin for origin in (*web.origins, *web.trusted_hosts)):
        raise SettingsError("web.origins and web.trusted_hosts take names, never a star.")
    if web.host in EVERYWHERE and not (web.base_url or web.trusted_hosts):
        raise SettingsError('web.host is open to the network: set web.base_url, e.g. "http://192.168.1.20:8000".')
    if web.tls and not (Path(web.tls) / "server.crt").is_file():
        raise SettingsError(f"web.tls: {web.tls} holds no certificate; `wms tls init` makes one.")
    sqlite = settings.database.url.startswith("sqlite")
    if web.workers > 1 and (sqlite or not settings.sockets.redis_url):
        raise SettingsError("web.workers above 1 needs PostgreSQL and sockets.redis_url.")
    if web.threads < settings.sockets.max_sockets + 8:
        raise SettingsError("web.threads must exceed sockets.max_sockets by 8, or scans queue behind sockets.")
