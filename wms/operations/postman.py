"""One connection to the mail server, and what became of each letter that went over it. Knows no database."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal

from wms.errors import clip
from wms.formats.letters import UNSEEN
from wms.settings import Mail

WORDS_MAX = 300
DOT = re.compile(rb"(?m)^\.")
State = Literal["sent", "failed", "retry", "uncertain", "refused"]
AWAY = (OSError, smtplib.SMTPServerDisconnected)
CLOSING = 421


class Trouble(Exception):
    """No letter can be sent now; the text says why. None was."""


@dataclass(frozen=True)
class Outcome:
    """What became of a letter: sent, failed (for good), retry (not now), uncertain (perhaps it went), or refused (the
    server wants no letter of ours at all); `over`: the connection is of no more use."""

    state: State
    reason: str = ""
    over: bool = False


class Postman:
    """An open connection; `send` letters, then `close`. Nothing but `Outcome` comes out of `send`."""

    def __init__(self, smtp: smtplib.SMTP, sender: str) -> None:
        """Send over `smtp` from the address `sender`."""
        self.smtp, self.sender = smtp, sender
        self.smtputf8 = smtp.has_extn("smtputf8")

    def send(self, message: EmailMessage) -> Outcome:
        """Send one letter to the one address of its To."""
        address = message["To"].addresses[0].addr_spec
        options = [] if address.isascii() else ["SMTPUTF8"]
        if options and not self.smtputf8:
            return Outcome("failed", "The server carries no mail addresses beyond ASCII.")
        policy = message.policy if options else SMTP
        data = message.as_bytes(policy=policy)
        try:
            refused = self._envelope(address, options)
        except AWAY as error:
            return Outcome("retry", f"The connection broke before the letter went: {words(error)}", over=True)
        return refused or self._hand_over(data)

    def _envelope(self, address: str, options: list[str]) -> Outcome | None:
        """Name sender and recipient and ask to begin; return what speaks against it. Raises what AWAY names."""
        steps: tuple[tuple[Callable[[], tuple[int, bytes]], bool], ...] = (
            (lambda: self.smtp.mail(self.sender, options), True),
            (lambda: self.smtp.rcpt(address), False),
            (lambda: self.smtp.docmd("DATA"), False),
        )
        for step, ours in steps:
            code, said = step()
            if code < 400:
                continue
            if code == CLOSING:
                return Outcome("retry", told(code, said), over=True)
            if ours:
                return Outcome("refused", f"The server refuses our sender: {told(code, said)}", over=True)
            self.smtp.rset()
            return Outcome("retry" if code < 500 else "failed", told(code, said))
        return None

    def _hand_over(self, data: bytes) -> Outcome:
        """Send the letter itself: from its first byte to the server's answer nobody knows whether it went."""
        try:
            self.smtp.send(DOT.sub(b"..", data if data.endswith(b"\r\n") else data + b"\r\n") + b".\r\n")
            code, said = self.smtp.getreply()
        except AWAY as error:
            return Outcome("uncertain", f"The connection broke before the server's answer: {words(error)}", over=True)
        if code < 400:
            return Outcome("sent", over=False)
        if code == CLOSING:
            return Outcome("retry", told(code, said), over=True)
        return Outcome("retry" if code < 500 else "failed", told(code, said))

    def close(self) -> None:
        """Say goodbye; a server that is away already is left alone."""
        try:
            self.smtp.quit()
        except AWAY:
            self.smtp.close()


def connect(mail: Mail) -> Postman:
    """Return an open connection as the settings say, encrypted and logged in; raises Trouble."""
    context = None
    try:
        if mail.tls != "none":
            context = ssl.create_default_context(cafile=mail.ca or None)
        return Postman(opened(mail, context), mail.sender)
    except smtplib.SMTPResponseException as error:
        raise Trouble(f"{mail.host} refuses us: {told(error.smtp_code, error.smtp_error)}") from None
    except (*AWAY, smtplib.SMTPException, ValueError) as error:
        raise Trouble(f"{mail.host}:{mail.port} cannot be reached: {words(error)}") from None


def opened(mail: Mail, context: ssl.SSLContext | None) -> smtplib.SMTP:
    """Return a connection after its greeting; raises what smtplib raises. Never in the open where TLS is asked for."""
    here = mail.sender.rpartition("@")[2]  # asking the network for our own name may take long
    if mail.tls == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, here, timeout=mail.seconds, context=context)
    else:
        smtp = smtplib.SMTP(mail.host, mail.port, here, timeout=mail.seconds)
    try:
        smtp.ehlo_or_helo_if_needed()
        if mail.tls == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo()
        if mail.user:
            smtp.login(mail.user, mail.password)
    except Exception:
        smtp.close()
        raise
    return smtp


def told(code: int, said: bytes | str) -> str:
    """Return what a server said, on one line: "550 5.1.1 No such user"."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return clip(" ".join(UNSEEN.sub(" ", f"{code} {text}").split()), WORDS_MAX - 80)


def words(error: BaseException) -> str:
    """Return an error as a sentence."""
    return clip(" ".join(UNSEEN.sub(" ", str(error) or type(error).__name__).split()), WORDS_MAX - 80)
