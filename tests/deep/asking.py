"""Which parameters the views ask for, noted while they ask: a list written by hand would be stale with the next page."""

from collections import defaultdict
from typing import Any

from flask import Flask, Request, current_app, has_request_context, request
from werkzeug.datastructures import ImmutableMultiDict

from petitions.web.responses import Application

Place = tuple[str, str, str]
"""Endpoint, method, and the act where the address names one."""

_ASKED = "parameters asked"


class _Noted(ImmutableMultiDict[str, Any]):
    """What a request carries; remembers which names the program looked for, there or not."""

    def get(self, key: str, *rest: Any, **how: Any) -> Any:
        """Noted."""
        _note(self, key)
        return super().get(key, *rest, **how)

    def getlist(self, key: str, *rest: Any, **how: Any) -> Any:
        """Noted."""
        _note(self, key)
        return super().getlist(key, *rest, **how)

    def __getitem__(self, key: str) -> Any:
        _note(self, key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        _note(self, str(key))
        return super().__contains__(key)


class _Listening(Request):
    """A request whose addresses, forms and files remember what was asked of them."""

    parameter_storage_class = _Noted


def listen(app: Application) -> None:
    """From now on the application notes which parameters its views ask for."""
    app.request_class = _Listening
    app.extensions[_ASKED] = defaultdict(set)


def asked(app: Flask, place: Place) -> set[tuple[str, str]]:
    """What the view of a place has asked for so far: (`args`, `form` or `files`; name)."""
    noted: dict[Place, set[tuple[str, str]]] = app.extensions[_ASKED]
    return noted[place]


def _note(carried: _Noted, name: str) -> None:
    if has_request_context() and request.endpoint is not None and name != "csrf_token":
        held = vars(request._get_current_object())
        for part in ("args", "form", "files"):
            if held.get(part) is carried:
                place = request.endpoint, request.method, str((request.view_args or {}).get("action", ""))
                asked(current_app, place).add((part, name))
