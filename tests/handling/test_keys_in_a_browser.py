"""Ctrl+Enter sends the form that is meant, in a real Chromium, and never another one."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from petitions.access.models import User
from petitions.matters.models import Matter
from tests.factories import matter_in
from tests.live import Live

pytestmark = pytest.mark.browser


def _matter(live: Live, state: str) -> int:
    with live.database.work() as session:
        people = {name: session.get_one(User, person.id) for name, person in live.world.people.items()}
        return matter_in(replace(live.world, people=people), state).id


def _state(live: Live, case_id: int) -> str:
    with live.database.work(write=False) as session:
        return session.get_one(Matter, case_id).state


def test_beside_an_open_reason_nothing_is_approved(live: Live, page: Page) -> None:
    case_id = _matter(live, "in_approval")
    live.log_in(page, live.world.head)
    page.goto(f"{live.url}/approvals/{case_id}")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("2")
    expect(page.locator("#f-note")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#f-note-error")).to_be_visible()
    assert _state(live, case_id) == "in_approval"
    page.locator("#f-note").fill("依据不足，请补充")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"{live.url}/approvals**")
    expect(page.locator("#f-note")).to_have_count(0)
    assert _state(live, case_id) == "accepted"


def test_serving_is_sent_by_keys_although_it_asks_for_a_method(live: Live, page: Page) -> None:
    case_id = _matter(live, "opinion_issued")
    live.log_in(page, live.world.handler)
    page.goto(f"{live.url}/cases/{case_id}/serve")
    page.locator("select[name=method]").select_option("direct")
    page.locator("#f-receiver").fill("田小禾")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(rf"/cases/{case_id}(?:[?#].*)?$"))  # not the address of the form, which begins alike
    assert _state(live, case_id) == "served"


def test_a_case_page_sends_nothing_that_nobody_has_opened(live: Live, page: Page) -> None:
    case_id = _matter(live, "accepted")
    live.log_in(page, live.world.handler)
    page.goto(f"{live.url}/cases/{case_id}")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(300)
    assert page.url == f"{live.url}/cases/{case_id}"
    assert _state(live, case_id) == "accepted"
