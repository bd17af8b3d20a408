"""A real SMTP server for tests, in a thread of its own: what it takes it keeps, and it misbehaves as it is told."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

Answer = Callable[[str], str | None]


class Postbox:
    """`with Postbox() as box:` listens on `box.port`.

    `box.rcpt` and `box.after_data` may hold a function address -> the answer instead of 250 (None: as usual; "BREAK":
    the connection ends without an answer). `hook` is called for each letter that is taken, before the answer.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, implicit: bool = False) -> None:
        self.taken: list[bytes] = []
        self.to: list[str] = []
        self.connections = 0
        self.rcpt: Answer = lambda address: None
        self.after_data: Answer = lambda address: None
        self.hook: Callable[[], object] = lambda: None
        self.tls, self.implicit = tls, implicit
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    @property
    def letters(self) -> list[EmailMessage]:
        """The letters that were taken, read."""
        read = (email.message_from_bytes(each, policy=email.policy.default) for each in self.taken)
        return [cast(EmailMessage, each) for each in read]

    def __enter__(self) -> Postbox:
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(20)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self.loop).result(20)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _listen(self) -> None:
        implicit = self.tls if self.implicit else None
        self.server = await self.loop.create_server(self._answerer, "127.0.0.1", 0, ssl=implicit)
        self.port = self.server.sockets[0].getsockname()[1]

    def _answerer(self) -> SMTP:
        self.connections += 1
        context = None if self.implicit else self.tls
        more: dict[str, Any] = {"tls_context": context, "require_starttls": True} if context else {}
        return SMTP(self, hostname="post.example.test", loop=self.loop, enable_SMTPUTF8=True, **more)

    async def _stop(self) -> None:
        self.server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)

    async def handle_RCPT(self, _server: SMTP, session: Session, envelope: Envelope, *rest: Any) -> str:
        address = str(rest[0])
        if said := self.rcpt(address):
            return said if said != "BREAK" else self._break(_server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = str(envelope.rcpt_tos[0])
        said = self.after_data(address)
        if said is None or said == "BREAK":
            self.to.append(address)
            self.taken.append(cast(bytes, envelope.content))
            self.hook()
        if said == "BREAK":
            return self._break(server)
        return said or "250 taken"

    def _break(self, server: SMTP) -> str:
        assert server.transport is not None
        server.transport.abort()
        return "421 gone"
