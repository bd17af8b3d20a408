"""Gunicorn as Pickwell needs it; `wms serve` starts it so. Host, port, threads and workers come from the settings."""

from __future__ import annotations

import gc
from typing import Any

from wms.settings import load

web = load().web

wsgi_app = "wms.app:create_app()"
bind = f"{web.host}:{web.port}"
worker_class = "gthread"
workers = web.workers  # SQLite: exactly 1. PostgreSQL with Redis: 2 to 4, without sticky sessions.
threads = web.threads  # an open board holds one for as long as it is open: more than sockets.max_sockets + 20
worker_connections = 2 * threads + 500  # handhelds keep their connection between scans; those wait without a thread
if web.tls:  # the folder of `wms tls init`; leave it empty behind a proxy that speaks HTTPS
    certfile, keyfile = f"{web.tls}/server.crt", f"{web.tls}/server.key"
keepalive = 75  # longer than a picker's walk, so that a scan pays for no new connection
timeout = 60
graceful_timeout = 30
preload_app = False  # threads and database connections do not survive a fork
limit_request_line = 4094
limit_request_field_size = 8190
accesslog = None  # a scan is logged once, by the application, with its id
errorlog = "-"
capture_output = False
control_socket_disable = True  # it would lie in the home directory, one for all sites of a user


def post_worker_init(worker: Any) -> None:
    """After warm-up: what was imported lives forever, so take it out of the garbage collector's rounds.

    Otherwise a full round walks all of it, about 100 ms in which every scan waits.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(1000, 20, 50)
    worker.log.info("Pickwell is ready; %d objects frozen", gc.get_freeze_count())
