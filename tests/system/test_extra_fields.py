"""S10: a form sets what it asks for. The name of every column is added to it, and nothing else changes by that."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from petitions.db import Base
from petitions.web.responses import Application
from tests.conftest import Isolated
from tests.factories import World, new_petition, steps_to, typed
from tests.pages import Browser

COLUMNS = sorted({column.name for table in Base.metadata.tables.values() for column in table.columns})

Rows = dict[str, list[tuple[Any, ...]]]
"""Table -> its rows."""


def _rows(database: Isolated) -> Rows:
    """Everything there is but the chain of the audit, which differs from one moment to the next."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "audit"]
    return {
        table.name: [tuple(row) for row in database.connection.execute(select(table).order_by(*table.primary_key))]
        for table in tables
    }


def _differing(one: Rows, other: Rows) -> set[tuple[str, str]]:
    """Table and column of whatever is not the same in both; a row too many differs in every column."""
    found: set[tuple[str, str]] = set()
    for name, rows in one.items():
        columns = [column.name for column in Base.metadata.tables[name].columns]
        if len(rows) != len(other[name]):
            found |= {(name, column) for column in columns}
            continue
        for mine, theirs in zip(rows, other[name], strict=True):
            found |= {(name, column) for column, a, b in zip(columns, mine, theirs, strict=True) if a != b}
    return found


def _flat(data: Mapping[str, Any]) -> dict[str, Any]:
    """As a form sends it: a choice per claim is a field per claim."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        found.update({f"{name}.{key}": one for key, one in value.items()} if isinstance(value, dict) else {name: value})
    return found


class Sender:
    """Posts a form as the page offers it, and with the name of every column besides."""

    def __init__(self, database: Isolated) -> None:
        self.database, self.wrong, self.added, self.forms = database, list[str](), 0, 0

    def _sent(self, browser: Browser, url: str, form: Mapping[str, Any]) -> tuple[int, Rows]:
        point = self.database.connection.begin_nested()
        # Numbers of new rows begin where they would have begun without the tries before.
        status = browser.client.post(url, data=form).status_code
        rows = _rows(self.database)
        point.rollback()
        return status, rows

    def send(self, browser: Browser, url: str, form: Mapping[str, Any], page_url: str = "") -> None:
        """Compare two honest posts with each other, and a third one that says more with them."""
        page = browser.client.get(page_url or url).get_data(as_text=True)
        offered = {name.partition(".")[0] for name in re.findall(r'name="([^"]+)"', page)} | set(form)
        extra = {name: "1" for name in COLUMNS if name not in offered | {"version", "submission"}}
        status, first = self._sent(browser, url, form)
        _, second = self._sent(browser, url, form)
        told, third = self._sent(browser, url, {**extra, **form})
        self.forms, self.added = self.forms + 1, self.added + len(extra)
        assert status in (302, 303), (url, status)
        if told != status:
            self.wrong.append(f"{url}: {told} instead of {status}")
        changed = _differing(first, third) - _differing(first, second)
        if changed:
            self.wrong.append(f"{url}: {sorted(changed)}")


def test_no_form_sets_what_it_does_not_ask_for(
    app: Application, database: Isolated, session: Session, world: World
) -> None:
    matter = new_petition(world).matter
    session.commit()
    sender = Sender(database)
    people = (world.administrator, world.security, world.clerk, world.handler)
    desk, keeper, clerk, handler = (Browser(app, person) for person in people)
    sender.send(clerk, "/register", typed(name="甯知微", phone="19900007777"))
    sender.send(handler, "/preferences", {"language": "en", "density": "compact", "text_size": "large"})
    sender.send(handler, "/language", {"language": "en"}, "/preferences")
    unit, person = world.bureau, world.second_handler
    named = {"name": "新名称", "kind": "bureau", "parent": str(unit.parent_id), "sign": "新", "phone": ""}
    sender.send(desk, f"/admin/units/{unit.id}", named)
    sender.send(desk, "/admin/units/new", {**named, "name": "水利局"})
    account = {
        "username": person.username,
        "name": "新姓名",
        "unit": str(person.unit_id),
        "phone": "",
        "roles": "handler",
    }
    sender.send(keeper, f"/admin/users/{person.id}", account)
    for action, data, name in steps_to(world, matter)["concluded"]:
        browser, filled = Browser(app, world.people[name]), _flat(data() if callable(data) else data)
        sender.send(browser, f"/cases/{matter.id}/{action}", filled)
        assert browser.client.post(f"/cases/{matter.id}/{action}", data=filled).status_code in (302, 303), action
        session.expire_all()
    assert not sender.wrong, "\n".join(sender.wrong)
    assert sender.forms >= 15
    assert sender.added > 2000
    assert database.connection.scalar(text("SELECT state FROM cases WHERE id = :id"), {"id": matter.id}) == "concluded"
