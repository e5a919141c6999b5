"""The sabotaged twin of the server: it answers a registration, or a session of a mediation, first and commits it a little later.

What it acknowledged in its last moments is lost when it is killed, so a checker that finds nothing here finds nothing.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import waitress
from flask import has_request_context, request
from sqlalchemy.orm import Session

from petitions import db
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings

LATELY = ("/register", "/hold_session")

LATE = 0.05
"""Seconds between the answer and the commit."""


class LateDatabase(Database):
    """Commits what such a form wrote after the answer has left."""

    @contextmanager
    def work(self, *, write: bool = True) -> Iterator[Session]:
        """As the real one, but for what is sent to one of LATELY."""
        late = has_request_context() and request.method == "POST" and request.path.endswith(LATELY)
        if not (write and late):
            with super().work(write=write) as opened:
                yield opened
            return
        opened = self.open(write=True)
        opened.commit = opened.flush  # type: ignore[method-assign]
        with db.joined(opened):
            yield opened
        threading.Timer(LATE, lambda: (Session.commit(opened), opened.close())).start()


def main() -> None:
    """`python -m tests.deep.late_server URL PORT`, with the settings of the environment."""
    (url, port), settings = sys.argv[1:], Settings()
    app = create_app(settings, LateDatabase(url, keys=settings.vault_keys))
    waitress.serve(app, host="127.0.0.1", port=int(port), threads=8, _quiet=True)


if __name__ == "__main__":
    main()
