"""Deny by default: a view names the permission it needs, or the application does not start."""

from collections.abc import Callable, Container
from typing import TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., object])

PUBLIC = "page:public"
"""The one permission that needs no login."""


def permits(permission: str, *, reads: bool = False, passive: bool = False) -> Callable[[View], View]:
    """Name the permission a view needs; the gate asks for it before the view runs.

    `reads`: the view is posted to only because what is asked must not stand in an address; it writes nothing, and so
    never waits for a writer. `passive`: a script asks by itself, so the request is no sign that somebody is there.
    """

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        view.reads = reads  # type: ignore[attr-defined]
        view.passive = passive  # type: ignore[attr-defined]
        return view

    return mark


def is_passive(app: Flask, endpoint: str | None) -> bool:
    """Whether a request for this endpoint may come from a script that nobody watches."""
    return bool(getattr(app.view_functions.get(endpoint or ""), "passive", False))


def permission_of(app: Flask, endpoint: str) -> str | None:
    """The permission an endpoint names, or None."""
    if endpoint == "static":
        return PUBLIC
    view = app.view_functions.get(endpoint)
    named: str | None = getattr(view, "permission", None)
    return named


def insist(app: Flask, known: Container[str]) -> None:
    """Raise RuntimeError, naming every route without a known permission."""
    bare = sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if permission_of(app, rule.endpoint) not in known
    )
    if bare:
        raise RuntimeError("routes without a permission: " + ", ".join(bare))
