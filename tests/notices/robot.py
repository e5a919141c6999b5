"""A real HTTP server in the part of a group's robot."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Group:
    """What it answers, and what it was told."""

    status: int = 200
    answer: Any = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok"})
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    port: int = 0
    heard: list[tuple[str, Any]] = field(default_factory=list)
    """Path with query, and body."""


@contextmanager
def group() -> Iterator[Group]:
    """A server that runs as long as the block."""
    there = Group()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            there.heard.append((self.path, body))
            time.sleep(there.pause)
            self.send_response(there.status)
            for name, value in there.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(there.answer if isinstance(there.answer, bytes) else json.dumps(there.answer).encode())

        def log_message(self, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
