"""A small HTTP client that logs in, keeps its cookie and times what the server takes; bounded in number."""

import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from urllib.parse import urlencode


@dataclass(frozen=True)
class Figures:
    """What was measured of one page."""

    p50: float
    """Milliseconds at one client."""
    p95: float
    per_second: float
    """At several clients at once; 0 where only one was asked."""
    bytes: int


class Client:
    """One connection to the server, with its cookies."""

    def __init__(self, port: int) -> None:
        self.connection, self.cookies = http.client.HTTPConnection("127.0.0.1", port, timeout=60), {}

    def send(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, body and Location of one request."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for value in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.split(";")[0]
        return answer.status, text, answer.headers.get("Location", "")

    def form_of(self, path: str) -> dict[str, str]:
        """The hidden fields of the page's forms."""
        _, page, _ = self.send("GET", path)
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
        return dict(hidden)

    def log_in(self, username: str, password: str) -> "Client":
        """Log in through the login page."""
        form = {**self.form_of("/login"), "username": username, "password": password}
        status, _, _ = self.send("POST", "/login", form)
        assert status == 302, f"login of {username}: {status}"
        return self


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def reachable(port: int) -> None:
    """Wait until somebody listens there, a minute at most."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)


@contextmanager
def served(which: str, url: str) -> Iterator[int]:
    """A server process on a free port; ended by its own pid."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.server", which, url, str(port)])
    try:
        reachable(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def measure(
    make: Callable[[], Client], act: Callable[[Client, int], int], count: int = 60, clients: int = 4
) -> Figures:
    """Time `act(client, n)` (it returns the size of the page): `count` times alone, then by several clients at once."""
    one, sizes, times = make(), [], []
    for n in range(5):
        act(one, n)
    for n in range(count):
        start = time.perf_counter()
        sizes.append(act(one, 1000 + n))
        times.append((time.perf_counter() - start) * 1000)
    if not clients:
        return Figures(median(times), quantiles(times, n=20)[18], 0, max(sizes))
    several, each = [make() for _ in range(clients)], count // 2
    start = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        runs = [
            pool.submit(lambda c=c, k=k: [act(c, 10_000 * (k + 1) + n) for n in range(each)])
            for k, c in enumerate(several)
        ]
        for run in runs:
            run.result()
    rate = clients * each / (time.perf_counter() - start)
    return Figures(median(times), quantiles(times, n=20)[18], rate, max(sizes))
