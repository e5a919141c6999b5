"""A bound on a whole conversation with another machine: a socket's own timeout bounds each wait, not how many there are."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

WAIT = 20
"""Seconds a single answer may take."""

AT_MOST = 60
"""Seconds everything said about one message may take, however slowly the other side drips its answers."""


@contextmanager
def within(socket_of: Callable[[], Any], seconds: float = AT_MOST) -> Iterator[None]:
    """Shut the socket when the time is over: whoever waits for it fails at once with OSError or an end of file."""

    def cut() -> None:
        there = socket_of()
        with suppress(OSError, AttributeError):
            there.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
