"""How the application answers: one unit of work a request, refusals as pages, security headers on everything."""

import secrets
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import IntegerConverter, Map

from petitions.db import Database

_UNTOUCHED = 400
"""From this status on nothing of the request is kept."""

_LARGEST_ID = 2**31 - 1
"""What an INTEGER of PostgreSQL holds."""

READING = ("GET", "HEAD", "OPTIONS")
"""Methods whose unit of work never writes."""


class RowId(IntegerConverter):
    """A number in an address that names a row. A larger one than any row has is no address of ours: not found."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:  # noqa: A002 - werkzeug's own name
        super().__init__(map, *args, **{"max": _LARGEST_ID, **options})


class Application(Flask):
    """Flask with a unit of work around every view: the acknowledgement is the commit."""

    database: Database

    def full_dispatch_request(self) -> Response:
        """Open the unit of work before the first hook; reading requests never wait for a writer."""
        if request.endpoint == "static":
            return super().full_dispatch_request()
        with self.database.work(write=not self.only_reads()) as session:
            g.session = session
            response = super().full_dispatch_request()
            if response.status_code >= _UNTOUCHED:
                session.rollback()
            return response

    def only_reads(self) -> bool:
        """Whether the unit of work of the present request may write nothing, whatever the method is."""
        view = self.view_functions.get(request.endpoint or "")
        return request.method in READING or bool(getattr(view, "reads", False))

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view and send its changes to the database, so that a conflict is still answered as a page."""
        answer: Any = super().dispatch_request()
        if not self.only_reads() and "session" in g:
            response = self.make_response(answer)
            if response.status_code < _UNTOUCHED:
                g.session.commit()
            return response
        return answer  # type: ignore[no-any-return]


def nonce() -> str:
    """The nonce of this response's own script tags."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    value: str = g.nonce
    return value


def harden(response: Response) -> Response:
    """Nothing inline, nothing from elsewhere, nothing kept by the browser: pages hold people's names."""
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self' 'nonce-{nonce()}'; style-src 'self'; img-src 'self' data: blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), payment=(), usb=()")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    return response
