"""Mail: one conversation with the server for a batch of messages, plain text only."""

import smtplib
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from types import TracebackType
from typing import Self

from petitions import clock
from petitions.notices.bounded import AT_MOST, WAIT, within
from petitions.notices.problems import Undelivered
from petitions.settings import Settings
from petitions.web.inputs import line

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def is_on(settings: Settings) -> bool:
    """Whether mails are sent: there is a server, an address they come from, and one their links lead to."""
    return bool(settings.mail_host and settings.mail_sender and settings.public_url)


class Mailbox:
    """A conversation with the mail server. Entering it raises Undelivered when the server takes nothing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server = self._new()

    def _new(self) -> smtplib.SMTP:
        secure = self._settings.mail_tls == "tls"
        made = smtplib.SMTP_SSL(timeout=WAIT, context=_trusted()) if secure else smtplib.SMTP(timeout=WAIT)
        # The library checks certificates against the name given to its constructor, which would connect at once, unbounded.
        made._host = self._settings.mail_host  # type: ignore[attr-defined]
        return made

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def send(self, to: str, subject: str, text: str, message_id: str) -> None:
        """Hand one message over. Raises Undelivered; the conversation can go on with the next one."""
        message = self.composed(to, subject, text, message_id)
        if self._server.sock is None:
            self._connect()
        try:
            with within(lambda: self._server.sock):
                self._server.send_message(message, self._settings.mail_sender, [to])
        except smtplib.SMTPRecipientsRefused as no:
            code = next(iter(no.recipients.values()))[0]
            raise _answered("address", code) from None
        except smtplib.SMTPSenderRefused as no:
            raise Undelivered("sender", no.smtp_code, of_server=True) from None
        except smtplib.SMTPDataError as no:
            raise _answered("content", no.smtp_code) from None
        except (smtplib.SMTPException, OSError) as fault:
            # Nobody knows how far it came: the conversation is over, and the message may arrive twice.
            self._leave()
            raise Undelivered("slow" if _was_slow(fault) else "cut") from None

    def composed(self, to: str, subject: str, text: str, message_id: str) -> EmailMessage:
        """The message as it is sent. The library refuses a line break in a header; names are made one line before."""
        message = EmailMessage()
        message["From"] = Address(line(self._settings.office_name), addr_spec=self._settings.mail_sender)
        message["To"] = Address(addr_spec=to)
        message["Subject"] = line(subject)
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer of an absent reader comes back
        message.set_content(text)
        return message

    def _connect(self) -> None:
        self._server = self._new()
        settings, server = self._settings, self._server
        try:
            with within(lambda: server.sock, AT_MOST):
                server.connect(settings.mail_host, settings.mail_port or _PORTS[settings.mail_tls])
                server.ehlo()
                if settings.mail_tls == "starttls":
                    server.starttls(context=_trusted())
                    server.ehlo()
                if settings.mail_user:
                    server.login(settings.mail_user, settings.mail_secret())
        except smtplib.SMTPAuthenticationError as no:
            self._leave()
            raise Undelivered("login", no.smtp_code, of_server=True) from None
        except smtplib.SMTPNotSupportedError:
            secured = settings.mail_tls != "starttls" or isinstance(server.sock, ssl.SSLSocket)
            self._leave()
            raise Undelivered("login" if secured else "tls", of_server=True) from None
        except ssl.SSLError:
            self._leave()
            raise Undelivered("tls", of_server=True) from None
        except smtplib.SMTPResponseException as no:
            self._leave()
            raise Undelivered("later", no.smtp_code, of_server=True) from None
        except (smtplib.SMTPException, OSError, ValueError) as fault:  # ValueError: a host name that is none
            self._leave()
            raise Undelivered("slow" if _was_slow(fault) else "unreachable", of_server=True) from None

    def _leave(self) -> None:
        # Not quit(): a server that has died would be waited for.
        with suppress(smtplib.SMTPException, OSError):
            if self._server.sock is not None:
                self._server.sock.settimeout(1)
                self._server.putcmd("quit")
        self._server.close()


def _was_slow(fault: BaseException) -> bool:
    """The library says of an answer that did not come in time that the server hung up."""
    return isinstance(fault, TimeoutError) or isinstance(fault.__context__, TimeoutError)


def _answered(problem: str, code: int) -> Undelivered:
    """5xx is the server's last word about this message, 4xx is not (RFC 5321 §4.2.1)."""
    return Undelivered(problem, code, final=True) if code >= 500 else Undelivered("later", code)


def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()
