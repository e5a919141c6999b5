"""A real `petitions serve` that can be killed and started again, and clerks who talk to it over HTTP."""

import http.client
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from benchmarks.client import Client
from tests.deep.conftest import Installation
from tests.keys import KEYS
from tests.live import PASSWORD

PETITIONS = str(Path(sys.executable).with_name("petitions"))
PATIENCE = 300
"""Seconds to wait for a server: a busy machine starts slowly."""

CUT_OFF = (OSError, http.client.HTTPException)
"""What a client sees of a server that dies under it: whether the request was carried out, it cannot know."""


class Server:
    """One server process on a port of its own; what it writes is kept, so that a fault in its log is found."""

    def __init__(self, place: Installation, port: int, command: Sequence[str] = ()) -> None:
        self.port, self.log = port, place.folder.with_name(f"serve-{port}.log")
        self.command = [*command, place.url, str(port)] if command else [
            PETITIONS, "serve", "--database", place.url, "--port", str(port), "--yes",
        ]  # fmt: skip
        own = {name: value for name, value in os.environ.items() if not name.startswith("PETITIONS_")}
        self.environment = {
            **own, "PETITIONS_DATA_DIR": str(place.folder), "PETITIONS_SECRET_KEY": "of this test only",
            "PETITIONS_IDENTITY_KEYS": KEYS, "PETITIONS_TOTP_ROLES": "[]", "PETITIONS_PASSWORD_DAYS": "0",
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> None:
        """Start it; with `wait`, until it takes connections."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while wait and not self._listens():
            assert self.process.poll() is None, self.log.read_text(errors="replace")[-2000:]
            assert time.monotonic() < deadline, "the server does not come up"
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(PATIENCE) == -signal.SIGKILL
        self.process = None

    def stop(self) -> None:
        """End it as an administrator does."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)
            self.process = None

    def faults(self) -> list[str]:
        """Lines of its log that no administrator should ever see."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if "Traceback" in line or "fault" in line or "error" in line.lower()]

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


class Clerk:
    """Somebody who is logged in. The login and the token of their forms outlive the server that gave them."""

    def __init__(self, port: int, username: str) -> None:
        self.client = Client(port).log_in(username, PASSWORD)
        self.token = self.client.form_of("/preferences")["csrf_token"]

    def second(self) -> "Clerk":
        """The same person on a second connection: the other half of a double click."""
        twin = object.__new__(Clerk)
        twin.client, twin.token = Client(self.client.connection.port), self.token
        twin.client.cookies = dict(self.client.cookies)
        return twin

    def post(self, path: str, form: Mapping[str, Any], files: Sequence[tuple[str, bytes]] = ()) -> tuple[int, str, str]:
        """Status, body and Location. Raises one of CUT_OFF when the server goes away before it has answered."""
        whole = {**form, "csrf_token": self.token}
        try:
            if not files:
                return self.client.send("POST", path, whole)
            headers, body = self._packed(whole, files)
            self.client.connection.request("POST", path, body, headers)
            answer = self.client.connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace"), answer.headers.get("Location", "")
        except CUT_OFF:
            self.client.connection.close()
            raise

    def _packed(self, form: Mapping[str, Any], files: Sequence[tuple[str, bytes]]) -> tuple[dict[str, str], bytes]:
        """Headers and body of a form with files."""
        whole = {**form, "files": [FileStorage(BytesIO(content), name) for name, content in files]}
        boundary, body = encode_multipart(whole)
        cookies = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())
        return {"Content-Type": f"multipart/form-data; boundary={boundary}", "Cookie": cookies}, body

    def begin(self, path: str, form: Mapping[str, Any], files: Sequence[tuple[str, bytes]]) -> "Arriving":
        """A form with files over a connection of its own, of which nothing has been sent yet."""
        headers, body = self._packed({**form, "csrf_token": self.token}, files)
        return Arriving(self.client.connection.port, path, headers, body)

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, body and Location."""
        try:
            return self.client.send("GET", path)
        except CUT_OFF:
            self.client.connection.close()
            raise

    def close(self) -> None:
        """Give the connection back."""
        self.client.connection.close()


class Arriving:
    """A request over a poor line: it comes in pieces, and perhaps never to its end."""

    def __init__(self, port: int, path: str, headers: Mapping[str, str], body: bytes) -> None:
        lines = {"Host": f"127.0.0.1:{port}", "Content-Length": str(len(body)), "Connection": "close", **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._left = f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body
        self._line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)

    def send(self, count: int) -> None:
        """So many bytes more."""
        piece, self._left = self._left[:count], self._left[count:]
        self._line.sendall(piece)

    def break_off(self) -> None:
        """Reset the line in the middle, as a telephone in a tunnel does."""
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._line.close()

    def finish(self) -> int:
        """Send the rest; the status of the answer."""
        self.send(len(self._left))
        with self._line, self._line.makefile("rb") as answer:
            status = int(answer.readline().split()[1])
            answer.read()
        return status
