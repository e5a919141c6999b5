"""Requests whose length two servers could read in two ways, sent as bytes to the server we bring along (ASVS 4.2.1).

A proxy and the service behind it that disagree where a request ends let a stranger put the beginning of a request before
somebody else's. So the service reads each of these in one way or closes the connection.
"""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue

from tests.live import listening

HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: office\r\nConnection: close\r\n\r\n"
"""What must never be taken for a request of its own."""


@pytest.fixture(scope="module")
def heard() -> list[tuple[str, bytes]]:
    """The requests that arrived: path and body."""
    return []


@pytest.fixture(scope="module")
def port(heard: list[tuple[str, bytes]]) -> Iterator[int]:
    """Where an application listens that writes down what it is asked."""
    app = Flask(__name__)

    @app.route("/<path>", methods=["GET", "POST"])
    def hear(path: str) -> ResponseReturnValue:
        heard.append((path, request.get_data()))
        return "heard\r\n"

    with listening(app) as url:
        yield urlsplit(url).port or 0


def _send(port: int, sent: bytes) -> list[bytes]:
    """The status lines of everything that is answered until the connection ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        opened.sendall(sent)
        answer = b"".join(iter(lambda: opened.recv(65536), b""))
    return [line for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.")]


def _post(*headers: bytes, body: bytes = b"", version: bytes = b"1.1") -> bytes:
    lines = (b"POST /first HTTP/" + version, b"Host: office", *headers)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


LAST = HIDDEN.replace(b"hidden", b"last")
"""A request of its own, after which the connection ends."""

ENDED = b"0\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked"
LONG = b"Content-Length: %d" % len(ENDED + HIDDEN)

REFUSED = {
    "both lengths": _post(LONG, CHUNKED, body=ENDED + HIDDEN),
    "both lengths, the other first": _post(CHUNKED, LONG, body=ENDED + HIDDEN),
    "both lengths, by HTTP/1.0": _post(LONG, CHUNKED, b"Connection: keep-alive", body=ENDED + HIDDEN, version=b"1.0"),
    "chunks by HTTP/1.0": _post(CHUNKED, b"Connection: keep-alive", body=ENDED + HIDDEN, version=b"1.0"),
    "two lengths": _post(b"Content-Length: 0", LONG, body=ENDED + HIDDEN),
    "the same length twice": _post(b"Content-Length: 4", b"Content-Length: 4", body=b"abcd" + HIDDEN),
    "a list of lengths": _post(b"Content-Length: 0, %d" % len(HIDDEN), body=HIDDEN),
    "a length with a sign": _post(b"Content-Length: +4", body=b"abcd" + HIDDEN),
    "a length in hexadecimal": _post(b"Content-Length: 0x4", body=b"abcd" + HIDDEN),
    "a length in other digits": _post("Content-Length: ４".encode(), body=b"abcd" + HIDDEN),
    "a length of less than nothing": _post(b"Content-Length: -1", body=HIDDEN),
    "a blank before the colon": _post(b"Content-Length : 4", body=b"abcd" + HIDDEN),
    "another coding": _post(b"Transfer-Encoding: xchunked", body=ENDED + HIDDEN),
    "two codings": _post(b"Transfer-Encoding: chunked, identity", body=ENDED + HIDDEN),
    "a coding that is cut off": _post(b"Transfer-Encoding: chunked\x0b", body=ENDED + HIDDEN),
    "a line feed alone between headers": _post(b"X: y\nTransfer-Encoding: chunked", body=ENDED + HIDDEN),
    "a chunk that ends with a line feed alone": _post(CHUNKED, body=b"4\nabcd\r\n0\r\n\r\n" + HIDDEN),
    "data of a chunk that end with a line feed alone": _post(CHUNKED, body=b"4\r\nabcd\n0\r\n\r\n" + HIDDEN),
    "a chunk of a size with a sign": _post(CHUNKED, body=b"+4\r\nabcd\r\n0\r\n\r\n" + HIDDEN),
    "a chunk that is longer than it says": _post(CHUNKED, body=b"2\r\nabcd\r\n0\r\n\r\n" + HIDDEN),
    "a chunk with a line feed in its extension": _post(CHUNKED, body=b"4;a\nb\r\nabcd\r\n0\r\n\r\n" + HIDDEN),
}


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED.keys())
def test_a_request_of_two_lengths_is_refused_and_hides_no_other(
    port: int, heard: list[tuple[str, bytes]], sent: bytes
) -> None:
    heard.clear()
    statuses = _send(port, sent)
    assert heard == []
    assert [status.split()[1] for status in statuses] in ([b"400"], [b"501"])


FOLDED = {
    "a folded header": (
        _post(b"X: y", b" Content-Length: 4", b"Content-Length: %d" % len(HIDDEN), body=HIDDEN),
        HIDDEN,
    ),
    "a folded coding": (_post(b"X: y", b"\tTransfer-Encoding: chunked", b"Content-Length: 5", body=ENDED), ENDED),
    "a name with a low line": (_post(b"Transfer_Encoding: chunked", b"Content-Length: 5", body=ENDED), ENDED),
    "chunks alone": (_post(CHUNKED, body=b"4\r\nabcd\r\n2;x=y\r\nef\r\n0\r\n\r\n"), b"abcdef"),
    "a length alone": (_post(b"Content-Length: %d" % len(HIDDEN), body=HIDDEN), HIDDEN),
}


@pytest.mark.parametrize(("sent", "body"), FOLDED.values(), ids=FOLDED.keys())
def test_a_request_of_one_length_is_read_by_it(
    port: int, heard: list[tuple[str, bytes]], sent: bytes, body: bytes
) -> None:
    heard.clear()
    assert [status.split()[1] for status in _send(port, sent + LAST)] == [b"200", b"200"]
    assert heard == [("first", body), ("last", b"")]
