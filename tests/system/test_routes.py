"""The URL map is walked: every route names a permission, nothing opens without a login, every page renders for every role."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from petitions import db
from petitions.access.policy import RULES
from petitions.cases.models import Attachment, Document
from petitions.matters.models import Petition
from petitions.web.permits import PUBLIC, permission_of
from petitions.web.responses import Application
from tests.factories import World, matter_in
from tests.pages import Browser

PEOPLE = (
    "clerk", "officer", "office_head", "restricted", "receiver", "handler", "head", "section_receiver", "inspector",
    "auditor", "administrator", "other_officer", "other_receiver",
)  # fmt: skip
FINE = {200, 204, 302, 303, 304, 400, 403, 404, 405, 409, 422}


def _known(matter: Any) -> dict[str, Any]:
    session = db.session()
    petition = session.scalars(select(Petition).where(Petition.matter_id == matter.id)).first()
    document = session.scalars(select(Document).where(Document.case_id == matter.id)).first()
    attachment = session.scalars(select(Attachment)).first()
    return {
        "case_id": matter.id, "matter_id": matter.id, "action": "note", "petition_id": petition.id if petition else 1,
        "document_id": document.id if document else 1, "attachment_id": attachment.id if attachment else 1,
        "person_id": matter.petitioners[0].id, "filename": "css/petitions.css",
    }  # fmt: skip


def _urls(app: Application, matter: Any, method: str) -> list[tuple[str, str]]:
    known, found = _known(matter), []
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint != "static":
            values = {name: known.get(name, 1) for name in rule.arguments}
            for name, converter in rule._converters.items():
                if type(converter).__name__ == "UnicodeConverter" and name not in known:
                    values[name] = "nature"
                if type(converter).__name__ == "AnyConverter":
                    values[name] = sorted(converter.items)[0]
            found.append((rule.endpoint, adapter.build(rule.endpoint, values, method=method)))
    return found


def test_every_route_names_a_permission_that_exists(app: Application) -> None:
    for rule in app.url_map.iter_rules():
        assert permission_of(app, rule.endpoint) in RULES, rule.rule


def test_a_route_without_a_permission_stops_the_start(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    from petitions.access.gate import insist_on_policy  # noqa: PLC0415

    monkeypatch.setitem(app.view_functions, "cases.workbench", lambda: "")
    with pytest.raises(RuntimeError, match="without a permission"):
        insist_on_policy(app)


def test_nothing_but_the_public_pages_opens_without_a_login(app: Application, world: World) -> None:
    matter, browser = matter_in(world, "accepted"), Browser(app, None)
    db.session().commit()
    for method in ("GET", "POST"):
        for endpoint, url in _urls(app, matter, method):
            if permission_of(app, endpoint) == PUBLIC:
                continue
            answer = browser.get(url) if method == "GET" else browser.post(url)
            assert answer.status_code in (302, 303), (method, url, answer.status_code)
            assert "/login" in answer.headers["Location"], url


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_renders_for_every_role(
    app: Application, world: World, browser_of: Callable[[Any], Browser], name: str
) -> None:
    matter = matter_in(world, "accepted")
    browser = browser_of(world.people[name])
    for endpoint, url in _urls(app, matter, "GET"):
        answer = browser.get(url)
        assert answer.status_code in FINE, (endpoint, url, answer.status_code)


@pytest.mark.parametrize("name", ["officer", "receiver", "other_officer", "administrator"])
def test_an_empty_post_is_answered_with_a_sentence(
    app: Application, world: World, browser_of: Callable[[Any], Browser], name: str
) -> None:
    matter = matter_in(world, "accepted")
    browser = browser_of(world.people[name])
    for endpoint, url in _urls(app, matter, "POST"):
        if endpoint == "access.logout":
            continue
        answer = browser.post(url)
        assert answer.status_code in FINE, (endpoint, url, answer.status_code)


@pytest.mark.parametrize(
    "name", ["other_clerk", "other_officer", "other_receiver", "other_head", "administrator", "auditor"]
)
def test_no_page_shows_anything_of_another_office(
    app: Application, world: World, browser_of: Callable[[Any], Browser], name: str
) -> None:
    matter = matter_in(world, "accepted", name="璩静姝", title="反映渠水被截的独有说法", phone="19912345678")
    browser = browser_of(world.people[name])
    for _, url in _urls(app, matter, "GET"):
        page = browser.get(url).data.decode(errors="replace")  # some are files
        assert not re.search("璩静姝|璩\\*|渠水被截|19912345678", page), url
