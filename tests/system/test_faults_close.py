"""S24: a fault at any point closes the door. Nothing is shown, nothing is kept, and the page says a number only."""

import re
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from petitions.access import audit, gate, login, vault
from petitions.access.passwords import hash_password
from petitions.cases import cleaning, history, perform, queries, search, timing
from petitions.documents import numbering, render
from petitions.matters import identity, who
from petitions.notices import outbox
from petitions.web.responses import Application
from tests.conftest import Isolated
from tests.factories import World, matter_in, per_claim
from tests.live import PASSWORD
from tests.pages import Browser

INSIDE = "璩静姝的独有说法"
"""What stands in the fault: a trace that reached a page would show it."""

POINTS: dict[str, tuple[Any, str]] = {
    "the gate's question": (gate, "in_whose_name"),
    "the door's question": (perform, "may"),
    "the login behind a cookie": (login, "_hashed"),
    "the beginning of a login": (login, "begin"),
    "what somebody sees": (queries, "visible_to"),
    "a line of the audit": (audit, "_noted"),
    "a line of a look": (audit, "record"),
    "the chain of the audit": (audit, "chained"),
    "the fields that were typed": (cleaning, "clean"),
    "the clocks": (timing, "follow"),
    "the history": (history, "forget"),
    "the number of a paper": (numbering, "next_number"),
    "the words of a paper": (render, "text_of"),
    "the search index": (search, "later"),
    "the messages": (outbox, "tell"),
    "a locked cell": (vault, "unlock"),
    "the masks": (who, "masked"),
    "the reveal": (identity, "revealed"),
}
"""Where a fault is put: a module and a name in it."""


class UnforeseenError(Exception):
    """One that nobody foresaw."""


@pytest.fixture
def served(app: Application) -> Application:
    """The application as it is served: a fault becomes a page."""
    app.config.update(PROPAGATE=False, TESTING=False)
    return app


def _kept(database: Isolated) -> dict[str, int]:
    """How much lies in every table that a request could add to, and the versions of the cases."""
    tables = ("events", "documents", "deadlines", "notices", "logins", "attachments", "audit", "act_drafts")
    found = {name: database.connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in tables}  # noqa: S608
    return {**found, "versions": database.connection.scalar(text("SELECT sum(version) FROM cases"))}


def test_a_fault_at_any_point_shows_nothing_and_keeps_nothing(
    served: Application, database: Isolated, session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = matter_in(world, "signed", name="甯知微", phone="19912345678")
    world.handler.password_hash = hash_password(PASSWORD)
    session.commit()
    person, routes = matter.petitioners[0], per_claim(matter, "R6")
    at = f"/cases/{matter.id}"
    asked = [
        ("see", world.handler, at, None),
        ("find", world.handler, "/search?q=承包地", None),
        ("reveal", world.handler, f"{at}/people/{person.id}/reveal", {"reason": "contact"}),
        ("note", world.handler, f"{at}/note", {"note": "写了一句"}),
        ("accept", world.handler, f"{at}/accept", {f"routes.{claim}": route for claim, route in routes.items()}),
        ("log in", None, "/login", {"username": world.handler.username, "password": PASSWORD}),
        ("guess", None, "/login", {"username": world.handler.username, "password": "wrong"}),
    ]
    browsers = {name: Browser(served, whom) for name, whom, _, _ in asked}
    honest, reached, wrong = {}, Counter[str](), []
    for point, (module, name) in {"": (None, ""), **POINTS}.items():
        for request, _, url, form in asked:
            hit: list[int] = []

            def fail(*_: Any, hit: list[int] = hit, **__: Any) -> Any:
                hit.append(1)
                raise UnforeseenError(INSIDE)

            undo = database.connection.begin_nested()
            before = _kept(database)
            with monkeypatch.context() as patch:
                if point:
                    patch.setattr(module, name, fail)
                client = browsers[request].client
                answer = client.get(url) if form is None else client.post(url, data=form)
            after, page = _kept(database), answer.get_data(as_text=True)
            undo.rollback()
            if not point:
                honest[request] = answer.status_code
            if not hit:
                continue
            reached[point] += 1
            said = f"{point}, {request}: {answer.status_code}"
            if answer.status_code != 500 or not re.search("错误编号 [0-9A-F]{4}", page):
                wrong.append(f"{said}, not a page with a number")
            if re.search(f"{INSIDE}|Traceback|甯|19912345678|UnforeseenError", page):
                wrong.append(f"{said} shows what is inside")
            if after != before:
                changed = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
                wrong.append(f"{said} has kept {changed}")
    assert honest == {"see": 200, "find": 200, "reveal": 200, "note": 302, "accept": 302, "log in": 302, "guess": 200}
    assert not wrong, "\n".join(wrong)
    assert set(POINTS) == set(reached)
    assert sum(reached.values()) >= 50
