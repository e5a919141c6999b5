"""The server we bring along: waitress, told to refuse what two servers in a row could read as two different requests."""

from collections.abc import Callable
from typing import Any

import waitress
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError


class _OneReading(HTTPRequestParser):  # type: ignore[misc]
    """A request that has one length.

    RFC 9112 §6.1 lets a server take a request with both lengths by its chunks, as waitress does. A proxy in front that goes
    by the other one would then pass somebody's second request on as part of the first (ASVS 4.2.1).
    """

    def parse_header(self, header_plus: bytes) -> None:
        """Raises ParsingError, which waitress answers with 400 and a closed connection."""
        super().parse_header(header_plus)
        # waitress takes the header out where it went by it: of HTTP/1.0, which has no chunks, it is left over.
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("Content-Length and Transfer-Encoding exclude each other")


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _OneReading


def listen(app: Callable[..., Any], sockets: dict[int, Any], **options: Any) -> Any:
    """A server for `app`, not yet running, with its listening sockets in `sockets`; `options` are waitress's own.

    Raises OSError where the port cannot be had.
    """
    server = waitress.create_server(app, map=sockets, ident=None, **options)
    for one in sockets.values():
        if hasattr(one, "channel_class"):
            one.channel_class = _Channel
    return server
