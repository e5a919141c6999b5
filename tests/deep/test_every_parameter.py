"""Issue 3: 1,500 hostile strings on every parameter of every route, and no 5xx, nothing come alive."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from flask import request

from petitions.access.models import User
from petitions.web.permits import PUBLIC, permits
from tests.deep.asking import listen
from tests.deep.conftest import Installation
from tests.deep.desktop import Desktop, sat_down
from tests.deep.doors import SHUT, Door, doors, furnish, ground
from tests.deep.hostile import MARK, SURROGATES, WORDS
from tests.provider import Provider, Someone, running

pytestmark = pytest.mark.deep

BODIES = [*WORDS, *SURROGATES]

STRIDE = {"sqlite": 1, "postgresql": 60}
"""Every parameter is sent every so manieth word: on SQLite all of them. PostgreSQL, whose text is stricter, gets a sample."""

PARTS = 4
"""All words on all parameters take hours; each part sends every fourth of them, and the four together all."""

RENEWED = 25
"""After so many answers at most a matter that a form has moved on is replaced by a fresh one."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The provider of the region, without which two routes are shut."""
    with running("http://localhost/login/provider/answer") as provider:
        yield provider


@pytest.fixture
def desktop(installation: Installation, provider: Provider) -> Desktop:
    """The application as it runs, which remembers what was asked for."""
    sat = sat_down(installation, provider.issuer)
    listen(sat.app)
    return sat


Dealt = Counter[tuple[str, str, str]]
"""How many words a parameter has had: by route, part of the request, name."""


def _title(door: Door, part: str, name: str) -> tuple[str, str, str]:
    """A parameter, whatever claim it speaks of."""
    return door.title, part, name.split(".", maxsplit=1)[0]


def _lacking(door: Door, dealt: Dealt, share: int) -> int:
    return sum(dealt[_title(door, part, name)] < share for part, name in door.names())


def _storm(leaves: list[Door], dealt: Dealt, every: int, first: int = 0) -> None:
    """Send to one route, by each act it knows, until every parameter has had its share of the words from the `first` on."""
    share = -(-len(BODIES) // every)
    since = 0
    for turn in count():
        door = max(leaves, key=lambda one: _lacking(one, dealt, share))
        if not _lacking(door, dealt, share):
            return
        carried = {}
        for place, (part, name) in enumerate(sorted(door.names())):
            title = _title(door, part, name)
            # Every second time half of them are left out: what is refused first hides what is read later.
            if turn % 2 and (place + turn // 2) % 2:
                continue
            carried[part, name] = BODIES[(first + dealt[title] * every + 37 * place) % len(BODIES)]
            dealt[title] += 1
        answer = door.send(carried)
        door.let_in(answer)
        since += 1
        if since >= RENEWED and (answer.status_code in SHUT or answer.status_code == 302):
            door.renew(ground(door.desktop, door.state, anew=True))
            since = 0


def _addresses(door: Door, words: Sequence[str]) -> None:
    """Every word as every part of the address. A number takes digits only: of other words a few show that it does."""
    for name in door.arguments:
        numeric = f":{name}>" in door.rule and "<path" not in door.rule
        for place, word in enumerate(words):
            if word and (not numeric or word.isdecimal() or place % 20 == 0):
                door.let_in(door.send({}, **{name: word}))


def _by_route(found: list[Door]) -> dict[str, list[Door]]:
    routes: dict[str, list[Door]] = {}
    for door in found:
        routes.setdefault(door.title, []).append(door)
    return routes


@pytest.mark.parametrize("part", range(PARTS))
def test_no_word_in_any_parameter_of_any_route_breaks_or_comes_alive(desktop: Desktop, part: int) -> None:
    began, dealt = time.monotonic(), Dealt()
    every, first = STRIDE[desktop.place.kind] * PARTS, STRIDE[desktop.place.kind] * part
    furnish(desktop)
    routes = _by_route(doors(desktop))
    shut = [title for title, leaves in routes.items() if not all(door.open() for door in leaves)]
    for leaves in routes.values():
        _storm(leaves, dealt, every, first)
    for leaves in routes.values():
        _addresses(leaves[0], BODIES[first::every])
    print(desktop.figures(f"{len(routes)} routes, {len(dealt)} parameters, {dealt.total()} words in them", began))
    del desktop.alarms["/healthz: status 503"]  # it says so itself: nobody has made a backup of this installation
    assert desktop.alarms == {}
    assert shut == [], "nobody comes in there: nothing was tried"


def test_no_word_on_the_way_to_the_provider_and_back_breaks_or_leads_away(
    on_sqlite: Installation, provider: Provider
) -> None:
    """The way back reads its words only where it knows the `state`, which no word of the test above is."""
    began, desktop = time.monotonic(), sat_down(on_sqlite, provider.issuer)
    with desktop.place.database.work() as session:
        session.get_one(User, desktop.place.world.clerk.id).subject = Someone().subject
    for word in BODIES:
        said = word.encode("utf-8", "replace").decode()  # what a provider sends back is a parameter of its own
        for answered in ({}, {"code": said}, {"error": said, "error_description": said}, {"code": said, "iss": said}):
            left = desktop.get("nobody", "/login/provider", {"next": word})
            back = dict(parse_qsl(urlsplit(left.location).query))
            real = {} if answered else _vouched_for(left.location)
            desktop.get("nobody", "/login/provider/answer", {"state": back["state"], **answered, **real})
        desktop.post("nobody", "/logout", {})
    print(desktop.figures(f"{len(BODIES)} words on the way to the provider and back", began))
    assert desktop.alarms == {}


def _vouched_for(address: str) -> dict[str, str]:
    """What the provider sends somebody back with who has logged in there."""
    sent = requests.get(address, allow_redirects=False, timeout=10)
    return dict(parse_qsl(urlsplit(sent.headers["Location"]).query))


@permits(PUBLIC)
def _trusting() -> str:
    """A view that believes what is sent."""
    day, said = request.args.get("day", ""), request.args.get("said", "")
    return f"<!doctype html><h1>{said}</h1>{date.fromisoformat(day) if day else ''}"


def test_a_view_that_trusts_what_is_sent_is_found_out(on_sqlite: Installation) -> None:
    desktop = sat_down(on_sqlite)
    desktop.app.add_url_rule("/trusting", view_func=_trusting)
    listen(desktop.app)
    door = next(door for door in doors(desktop) if door.rule == "/trusting")
    assert door.open()
    _storm([door], Dealt(), 1)
    found = " ".join(desktop.alarms)
    assert "status 500" in found, "the day that is none"
    assert f"<{MARK}>" in found, "the markup that came alive"
    print(f"\na trusting view: {desktop.alarms.total()} alarms of {len(BODIES)} words")
