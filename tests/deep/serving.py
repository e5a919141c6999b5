"""A real `petitions serve` that can be killed and started again, and clerks who talk to it over HTTP."""

import http.client
import os
import signal
import socket
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
            whole["files"] = [FileStorage(BytesIO(content), name) for name, content in files]
            boundary, body = encode_multipart(whole)
            headers = {
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Cookie": "; ".join(f"{name}={value}" for name, value in self.client.cookies.items()),
            }
            self.client.connection.request("POST", path, body, headers)
            answer = self.client.connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace"), answer.headers.get("Location", "")
        except CUT_OFF:
            self.client.connection.close()
            raise

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
