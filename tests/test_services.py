"""The services that the other tests stand on do what services.py and browser.py promise."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import guardian
import pytest
import redis
from browser import Remarks
from playwright.sync_api import Page
from services import GUARDIAN, Postgres, Service, Unavailable, lacking, start_redis
from sqlalchemy import create_engine, inspect, text


def say(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def tables(url: str) -> list[str]:
    engine = create_engine(url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return names


def test_an_empty_url_names_an_empty_database_that_takes_a_table(empty_url: str) -> None:
    assert tables(empty_url) == []
    say(empty_url, "CREATE TABLE shelf (id INTEGER)")
    assert tables(empty_url) == ["shelf"]


def test_a_fresh_database_copies_the_template_it_is_given(fresh_postgres: Callable[..., str]) -> None:
    first = fresh_postgres()
    say(first, "CREATE TABLE shelf (id INTEGER)")
    assert tables(fresh_postgres(template=first)) == ["shelf"]
    assert tables(fresh_postgres()) == []


def test_a_dropped_database_goes_even_while_somebody_is_connected(postgres: Postgres) -> None:
    url = postgres.create()
    engine = create_engine(url)
    with engine.connect() as connection:
        postgres.drop(url)
        connection.invalidate()
    engine.dispose()
    with pytest.raises(Exception, match="does not exist"):
        tables(url)


def test_the_worker_keeps_one_shared_database(postgres_url: str) -> None:
    say(postgres_url, "CREATE TABLE IF NOT EXISTS shelf (id INTEGER)")
    assert "shelf" in tables(postgres_url)


def test_redis_keeps_what_it_is_told(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("bin", "A-01")
        assert client.get("bin") == b"A-01"


def test_a_stopped_redis_comes_back_empty_on_its_port(own_redis: Service) -> None:
    client = redis.Redis(port=own_redis.port)
    client.set("bin", "A-01")
    own_redis.stop()
    again = start_redis(own_redis.port)
    assert client.get("bin") is None
    client.close()
    again.stop()


def test_a_service_ends_and_its_scratch_goes_when_the_run_is_killed() -> None:
    run = subprocess.Popen(["sleep", "60"])
    scratch = Path(tempfile.mkdtemp(prefix="pickwell-guarded-"))
    watch = ["--watch", str(run.pid), "--scratch", str(scratch)]
    guard = subprocess.Popen([sys.executable, str(GUARDIAN), *watch, "--", "sleep", "61"])
    run.kill()
    assert guard.wait(20) != 0
    assert not scratch.exists()
    assert run.wait() == -9


def test_a_process_that_runs_is_not_gone() -> None:
    assert not guardian.gone(os.getpid(), 0)


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_lacking_service_fails_in_ci_and_skips_loudly_elsewhere(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="apt install redis-server"):
        lacking(Unavailable("apt install redis-server"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of a folder served over HTTP, holding one good page and two bad ones."""
    policy = '<meta http-equiv="Content-Security-Policy" content="script-src \'self\'"><link rel="icon" href="data:,">'
    (tmp_path / "good.html").write_text(f"<!doctype html>{policy}<h1>Take 2</h1>")
    (tmp_path / "inline.html").write_text(f"<!doctype html>{policy}<script>let a</script>")
    (tmp_path / "foreign.html").write_text(f'<!doctype html>{policy}<img src="http://cdn.example.test/a.png">')
    handler = partial(QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Tests read no access log."""


def test_a_good_page_is_seen_without_a_complaint(site: str, page: Page, page_errors: Remarks) -> None:
    page.goto(f"{site}/good.html")
    assert page.inner_text("h1") == "Take 2"
    assert page_errors == []


@pytest.mark.parametrize(
    "bad",
    [("inline", "console", "Content Security Policy"), ("foreign", "request", "asks http://cdn.example")],
)
def test_a_bad_page_is_complained_of(page: Page, page_errors: Remarks, bad: tuple[str, Any, str], site: str) -> None:
    name, event, complaint = bad
    with page.expect_event(event, lambda _: any(complaint in error for error in page_errors)):
        page.goto(f"{site}/{name}.html")
    page_errors.clear()
    page_errors.expected = ("",)  # more may come
