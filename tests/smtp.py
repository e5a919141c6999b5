"""A real mail server for tests: it keeps what it takes, and can be told to refuse, to be slow, and to hang up."""

import asyncio
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from petitions.settings import Settings

OK = "250 taken"


@dataclass
class Post:
    """What the server does, and what it has taken."""

    port: int = 0
    recipient: Callable[[str], str] = lambda _: OK
    """The answer to an address."""
    data: Callable[[str], str] = lambda _: OK
    """The answer to a whole message; `cut` hangs up instead."""
    tls: ssl.SSLContext | None = None
    """Its side of TLS, if it can."""
    at_once: bool = False
    """TLS from the first word, not after STARTTLS."""
    password: str = ""
    """What it wants to hear of the account `xf` before it takes anything."""
    pause: float = 0.0
    """Seconds before that answer."""
    taken: list[EmailMessage] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    """How often each address was named."""

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: ARG002, N802
        """See aiosmtpd."""
        self.asked[address] += 1
        answer = self.recipient(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        """See aiosmtpd."""
        if self.pause:
            await asyncio.sleep(self.pause)
        answer = self.data(envelope.rcpt_tos[0])
        if answer == "cut":
            server.transport.abort()
        elif answer == OK:
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return answer

    def knows(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:  # noqa: ARG002
        """Whether name and password are right."""
        return AuthResult(handled=False, success=(data.login, data.password) == (b"xf", self.password.encode()))

    @property
    def addresses(self) -> list[str]:
        """To whom it has taken something, in the order it came."""
        return [message["To"].addresses[0].addr_spec for message in self.taken]

    def text(self, number: int = 0) -> str:
        """What one message says, with its headers."""
        message = self.taken[number]
        return "\n".join([*(f"{name}: {value}" for name, value in message.items()), message.get_content()])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def post_office(post: Post | None = None, port: int = 0) -> Iterator[Post]:
    """A server that runs as long as the block."""
    post = post or Post()
    post.port = port or post.port or _free_port()
    controller = Controller(
        post, hostname="127.0.0.1", port=post.port, tls_context=None if post.at_once else post.tls,
        ssl_context=post.tls if post.at_once else None, auth_required=bool(post.password),
        authenticator=post.knows,
    )  # fmt: skip
    for patience in range(20):
        try:
            controller.start()
            break
        except OSError:
            if patience == 19:
                raise
            time.sleep(0.1)
    try:
        yield post
    finally:
        controller.stop()


def by_mail(settings: Settings, port: int, **changes: Any) -> Settings:
    """The settings of an installation that sends its mails there."""
    return settings.model_copy(
        update={
            "mail_host": "127.0.0.1", "mail_port": port, "mail_tls": "none", "mail_from": "xf@office.example",
            "public_url": "https://xf.example", "digest_at": "00:00", **changes,
        }
    )  # fmt: skip
