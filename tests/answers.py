"""What every answer must be, whoever asked for what (S2, S9, S12, S21).

The headers, no number in clear, nothing written by reading, nobody called.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from werkzeug.test import TestResponse

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}

POLICY = {"default-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'",
          "frame-ancestors 'none'"}  # fmt: skip
"""What the content policy of a page says among other things."""

BY_READING = {"audit", "logins", "sqlite_sequence"}
"""Tables that a reading request may write: that somebody looked, and when a login was last used."""

_WRITES = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)


def faults(answer: TestResponse, secrets: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with an answer; `secrets` are words that stand in no answer at all."""
    found = [
        f"{name}: {answer.headers.get(name)}" for name, value in HEADERS.items() if answer.headers.get(name) != value
    ]
    policy = answer.headers.get("Content-Security-Policy", "")
    if policy.endswith("; sandbox"):
        # A file that somebody brought: it is saved, and where a browser shows it all the same nothing in it runs.
        if "default-src 'none'" not in policy or not answer.headers["Content-Disposition"].startswith("attachment"):
            found.append(f"policy: {policy}")
    elif "'unsafe" in policy or POLICY - set(policy.split("; ")):
        found.append(f"policy: {policy}")
    body = answer.get_data(as_text=True) if answer.mimetype.startswith("text/") or answer.is_json else ""
    said = body + "\n".join(f"{name}: {value}" for name, value in answer.headers)
    return found + [f"says {word}" for word in secrets if word in said]


@contextmanager
def written(connection: Connection) -> Iterator[set[str]]:
    """The tables that are written to meanwhile, whether it is kept or undone."""
    tables: set[str] = set()

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        found = _WRITES.match(statement)
        if found:
            tables.add(found[1])

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield tables
    finally:
        event.remove(connection, "before_cursor_execute", note)


_called: list[str] = []


def _hear(name: str, args: tuple[Any, ...]) -> None:
    if name in ("socket.connect", "socket.getaddrinfo"):
        _called.append(f"{name} {args[-1] if name.endswith('connect') else args[:2]}")


@contextmanager
def called() -> Iterator[list[str]]:
    """Whom the process has called meanwhile, by any library that is written in Python."""
    if not _listening:
        sys.addaudithook(_hear)  # for good: Python knows no way to take it away
        _listening.append(True)
    _called.clear()
    yield _called


_listening: list[bool] = []
