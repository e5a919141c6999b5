"""我的提醒: the page, its settings, and the calendar that a program reads under a secret link."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import structlog
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.cases.models import Deadline
from petitions.deadlines import feed
from petitions.deadlines.models import Feed
from petitions.matters.models import Matter
from tests.factories import World, matter_in, new_petition
from tests.pages import Browse, Browser

NOON = clock.noon_of(date(2026, 6, 1))


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    """The clock of the test: noon of 2026-06-01."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(world: World, traveller: time_machine.Traveller) -> World:
    """The usual world, at the time of the test."""
    return world


def _clock(matter: Matter, code: str = "T6") -> Deadline:
    return next(row for row in matter.deadlines if row.code == code and row.ended_on is None)


def _link(browser: Browser) -> str:
    page = browser.post("/reminders/feed").get_data(as_text=True)
    found = re.search(r"http://localhost(/feeds/[\w-]+\.ics)", page)
    assert found
    return found[1]


def test_the_page_shows_what_presses_with_its_title_and_what_to_do(
    world: World, browser_of: Browse, traveller: time_machine.Traveller
) -> None:
    due, later = matter_in(world, "accepted", title="反映渠水被截"), matter_in(world, "accepted")
    _clock(later).due_on += timedelta(days=20)
    _clock(later).target_on += timedelta(days=20)
    traveller.move_to(clock.noon_of(_clock(due).due_on))
    page = browser_of(world.handler).get("/reminders").get_data(as_text=True)
    for words in (due.number, "反映渠水被截", "办理期限", "今天到期", "办结"):
        assert words in page
    assert later.number not in page
    assert "没有到期" in browser_of(world.clerk).get("/reminders").get_data(as_text=True)


def test_the_time_of_the_digest_is_kept_and_what_is_no_time_is_refused(
    world: World, browser_of: Browse, session: Session
) -> None:
    browser = browser_of(world.handler)
    for typed, kept in (("17:05", "17:05"), ("8:30", "08:30"), ("８：３０", "08:30"), ("23:59", "23:59"), ("", "")):
        assert browser.post("/reminders/settings", data={"digest_on": "1", "digest_at": typed}).status_code == 302
        session.refresh(world.handler)
        assert (world.handler.digest_at, world.handler.digest_on) == (kept, True), typed
    for typed in ("24:00", "08:60", "8点半", "0830", "-1:00", "08:30:00", "١٢:٠٠"):
        answer = browser.post("/reminders/settings", data={"digest_at": typed})
        assert answer.status_code == 422, typed
        assert "00:00" in answer.get_data(as_text=True)
    session.refresh(world.handler)
    assert (world.handler.digest_at, world.handler.digest_on) == ("", True), "nothing is changed by a refused form"
    browser.post("/reminders/settings", data={"digest_at": ""})
    session.refresh(world.handler)
    assert not world.handler.digest_on


def test_the_calendar_holds_every_open_duty_and_nothing_personal(world: World, browser_of: Browse, app: object) -> None:
    matter = matter_in(world, "accepted", name="璩静姝", title="反映渠水被截", phone="19900012345")
    link = _link(browser_of(world.handler))
    answer = Browser(app, None).get(link)  # type: ignore[arg-type]
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    body = answer.get_data()
    assert body.count(b"\r\n") == body.count(b"\n"), "every line ends with CRLF"
    assert max(map(len, body.split(b"\r\n"))) <= 75
    text = body.decode().replace("\r\n ", "")
    day = _clock(matter).target_on
    assert text.count("BEGIN:VEVENT") == 1
    for line in (
        f"SUMMARY:{matter.number} 办结60日", f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}", f"URL:http://localhost/cases/{matter.id}",
        f"UID:deadline-{_clock(matter).id}@localhost", f"SEQUENCE:{matter.version}", "DTSTAMP:20260601T040000Z",
    ):  # fmt: skip
        assert f"\r\n{line}\r\n" in text, line
    for secret in ("璩静姝", "渠水", "19900012345", world.handler.name):
        assert secret not in text


def test_the_calendar_says_nothing_of_accusations(world: World, browser_of: Browse, app: object) -> None:
    accusation = new_petition(world, world.restricted, purpose="accusation").matter
    link = _link(browser_of(world.restricted))
    text = Browser(app, None).get(link).get_data(as_text=True)  # type: ignore[arg-type]
    assert accusation.number not in text


def test_a_clock_that_ends_leaves_the_calendar(
    world: World, browser_of: Browse, app: object, session: Session, traveller: time_machine.Traveller
) -> None:
    matter = matter_in(world, "accepted")
    link, outside = _link(browser_of(world.handler)), Browser(app, None)  # type: ignore[arg-type]
    assert matter.number in outside.get(link).get_data(as_text=True)
    _clock(matter).ended_on = clock.today()
    session.commit()
    traveller.shift(feed.EVERY)
    assert matter.number not in outside.get(link).get_data(as_text=True)


def test_a_link_is_dead_when_it_is_renewed_or_ended_or_its_owner_has_left(
    world: World, browser_of: Browse, app: object, session: Session, traveller: time_machine.Traveller
) -> None:
    browser, outside = browser_of(world.handler), Browser(app, None)  # type: ignore[arg-type]
    first = _link(browser)
    second = _link(browser)
    assert outside.get(first).status_code == 404
    assert outside.get(second).status_code == 200
    assert "/feeds/" not in browser.get("/reminders").get_data(as_text=True), "a link is shown once"
    browser.post("/reminders/feed/end")
    assert outside.get(second).status_code == 404
    third = _link(browser)
    world.handler.active = False
    session.commit()
    assert outside.get(third).status_code == 404
    for nonsense in ("/feeds/x.ics", f"/feeds/{'a' * 500}.ics", "/feeds/.ics"):
        assert outside.get(nonsense).status_code == 404


def test_only_the_hash_of_a_link_is_kept_and_no_log_line_holds_it(
    world: World, browser_of: Browse, app: object, session: Session
) -> None:
    with structlog.testing.capture_logs() as lines:
        link = _link(browser_of(world.handler))
        Browser(app, None).get(link)  # type: ignore[arg-type]
        browser_of(world.clerk).get(link.replace("/feeds/", "/feeds/x"))
    token = link.removeprefix("/feeds/").removesuffix(".ics")
    assert len(token) == 43
    row = session.scalars(select(Feed)).one()
    assert token not in row.token_hash
    assert token not in str(lines)
    told = [
        (entry.act, str(entry.before), str(entry.after), entry.subject) for entry in session.scalars(select(AuditEntry))
    ]
    assert ("feed:make", "{}", "{}", f"users {world.handler.id}") in told
    assert token not in str(told)


def test_an_unchanged_calendar_is_not_sent_again_and_a_program_that_asks_all_the_time_waits(
    world: World, browser_of: Browse, app: object, traveller: time_machine.Traveller
) -> None:
    matter_in(world, "accepted")
    link, outside = _link(browser_of(world.handler)), Browser(app, None)  # type: ignore[arg-type]
    first = outside.get(link)
    assert outside.get(link).status_code == 429
    assert outside.get(link).headers["Retry-After"] == "10"
    traveller.shift(feed.EVERY)
    again = outside.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_a_long_line_is_folded_between_characters() -> None:
    line = "SUMMARY:" + "编号，" * 40
    folded = feed._folded(line)
    assert folded.replace(b"\r\n ", b"").decode() == line + "\r\n"
    assert max(map(len, folded.split(b"\r\n"))) <= 75
    assert [part.decode() for part in folded.split(b"\r\n")]
    assert feed._escaped("a,b;c\\d\ne") == "a\\,b\\;c\\\\d\\ne"
