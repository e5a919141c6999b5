"""Serve the application, or a bare page over the same rows, for the benchmark's client. Loopback only."""

import argparse
import logging

import waitress
from flask import Flask, render_template_string
from sqlalchemy import text

from petitions.access import audit, vault
from petitions.app import create_app
from petitions.db import Database
from petitions.settings import Settings

KEYS = "bench001:" + "A" * 43
"""What locks the people of a benchmark, who are nobody."""


def ring() -> str:
    """The key, as a database asks for it."""
    return KEYS


BARE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>bare</title></head><body><h1>bare</h1>
<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table></body></html>"""

ROWS = text(
    "SELECT cases.id, number, title, state, received_on, matters.place, matters.class_code, units.name "
    "FROM cases JOIN matters ON matters.id = cases.id JOIN units ON units.id = cases.unit_id ORDER BY cases.id DESC LIMIT 50"
)


class Clear:
    """A cipher that is none."""

    def __init__(self, key: bytes) -> None:
        """No key is needed."""

    def encrypt(self, nonce: bytes, told: bytes, bound: bytes) -> bytes:  # noqa: ARG002 - as the real one is called
        """The words as they are."""
        return told

    decrypt = encrypt


def strip() -> None:
    """Take audit and encryption out of this process, to measure what they cost; nothing else can."""
    audit._wait = lambda row: None  # noqa: ARG005 - the one place every line of the audit passes
    audit.looked_at = lambda *case_ids, every=None: None  # noqa: ARG005
    vault.AESGCM = Clear


def bare(database: Database) -> Flask:
    """The least that could be done: one query, fifty rows, one small template."""
    app = Flask("bare")

    @app.get("/")
    def rows() -> str:
        with database.engine.connect() as connection:
            return render_template_string(BARE, rows=connection.execute(ROWS).all())

    return app


def main() -> None:
    """`python -m benchmarks.server bare|petitions|unprotected URL PORT`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("which", choices=["bare", "petitions", "unprotected"])
    parser.add_argument("url")
    parser.add_argument("port", type=int)
    given = parser.parse_args()
    if given.which == "unprotected":
        strip()
    database = Database(given.url, keys=ring)
    settings = Settings(database_url=given.url, secret_key="benchmark only", totp_roles=())  # noqa: S106 - protects nothing
    app = bare(database) if given.which == "bare" else create_app(settings, database)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # four clients wait for one another, as they should
    waitress.serve(app, host="127.0.0.1", port=given.port, threads=4, _quiet=True)


if __name__ == "__main__":
    main()
