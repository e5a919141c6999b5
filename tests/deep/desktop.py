"""People in front of the application who send it anything, and everything alarming they are shown."""

import logging
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from petitions.access.models import User
from petitions.app import create_app
from petitions.intake.ledger import worker
from petitions.settings import Settings
from petitions.web import logs
from petitions.web.responses import Application
from tests.deep.conftest import Installation
from tests.deep.reading import alarming
from tests.deep.stock import NOBODY_THERE
from tests.pages import Browser
from tests.provider import CLIENT_ID, CLIENT_SECRET

File = tuple[str, str, bytes]
"""Parameter, name and content of a file."""


@dataclass
class Desktop:
    """The people of one installation, each with a browser of their own."""

    place: Installation
    app: Application
    alarms: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    browsers: dict[str, Browser] = field(default_factory=dict)

    def as_(self, name: str) -> Browser:
        """A person of the world by name; anybody else is nobody, who is not logged in."""
        if name not in self.browsers:
            self.browsers[name] = Browser(self.app, self.place.world.people.get(name))
        return self.browsers[name]

    def again(self, name: str) -> None:
        """Let somebody in anew whom a form has logged out or locked out."""
        del self.browsers[name]
        with self.place.database.work() as session:
            session.get_one(User, self.place.world.people[name].id).active = True

    def post(self, name: str, path: str, form: Mapping[str, Any], files: Sequence[File] = ()) -> TestResponse:
        """Send a form as bytes, halves of characters and all."""
        pairs = [(key, one) for key, value in form.items() for one in (value if isinstance(value, list) else [value])]
        sent = [(key, str(value).encode("utf-8", "surrogatepass")) for key, value in pairs]
        if files:
            boundary = uuid.uuid4().hex
            body, kind = _multipart(sent, files, boundary), f"multipart/form-data; boundary={boundary}"
        else:
            body, kind = urlencode(sent).encode(), "application/x-www-form-urlencoded"
        answer = self.as_(name).client.post(path, data=body, content_type=kind)
        return self.seen(answer, path, [*(str(value) for _, value in pairs), *(file[1] for file in files)])

    def get(self, name: str, path: str, args: Mapping[str, str] | None = None) -> TestResponse:
        """Go to an address."""
        query = urlencode({key: value.encode("utf-8", "surrogatepass") for key, value in (args or {}).items()})
        address = f"{path}?{query}" if query else path
        return self.seen(self.as_(name).client.get(address), path, list((args or {}).values()))

    def seen(self, answer: TestResponse, path: str, sent: Sequence[str]) -> TestResponse:
        """Look at an answer."""
        self.answers[answer.status_code] += 1
        for alarm in alarming(answer, sent, self.app.config["SETTINGS"].oidc_issuer):
            self.alarms[f"{path[:80]}: {alarm}"] += 1
        answer.close()  # of a file that is handed out only the head was read
        return answer

    def figures(self, what: str, began: float) -> str:
        """One line."""
        statuses = ", ".join(f"{status} {count}" for status, count in sorted(self.answers.items()))
        return f"\n{self.place.kind}, {what}: {self.answers.total()} answers ({statuses}), {time.monotonic() - began:.0f} s"


def sat_down(place: Installation, issuer: str = "") -> Desktop:
    """The application as it runs: a fault becomes a page, and so is counted. A ledger is brought in at once.

    `issuer`: the identity provider (`tests/provider.py`) that it names.
    """
    named = {"oidc_issuer": issuer, "oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET} if issuer else {}
    # Who must set up a second step is led there from every page: to administrators nothing at all would open.
    settings = Settings(
        data_dir=place.folder, secret_key="of this test only", totp_roles=(), robot_hosts=(NOBODY_THERE,), **named
    )
    app = create_app(settings, place.database)
    logs.configure(logging.ERROR)  # thousands of lines of what was administered would bury the figures
    app.config.update(WTF_CSRF_ENABLED=False, **{worker.STARTER: worker.at_once})
    return Desktop(place, app)


def _multipart(pairs: Sequence[tuple[str, bytes]], files: Sequence[File], boundary: str) -> bytes:
    """A form with files as browsers send it; only quotes and ends of lines are escaped in a name."""
    parts = [(f'name="{key}"', b"", value) for key, value in pairs]
    for key, name, content in files:
        escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        parts.append((f'name="{key}"; filename="{escaped}"', b"Content-Type: text/plain\r\n", content))
    return (
        b"".join(
            b"--%s\r\nContent-Disposition: form-data; %s\r\n%s\r\n%s\r\n"
            % (boundary.encode(), head.encode("utf-8", "surrogatepass"), kind, content)
            for head, kind, content in parts
        )
        + b"--%s--\r\n" % boundary.encode()
    )
