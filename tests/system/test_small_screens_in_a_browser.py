"""A telephone of 390 px: nothing is wider than it, no chip breaks in the middle, and a finger hits what it means."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page

from petitions.access.models import User
from tests.factories import matter_in, new_petition
from tests.live import Live

pytestmark = pytest.mark.browser

FINGER = 40
"""Pixels that a target is high at least; the page gives 44 and a border may take some."""

PAGES = ("/", "/register", "/triage", "/triage/{triage}", "/cases", "/cases/{served}", "/cases/{served}/visit", "/deadlines",
         "/followup", "/inbox")  # fmt: skip

TOO_SMALL = """least => [...document.querySelectorAll("a, button, summary, select, textarea, input:not([type=hidden])")]
  .map(one => one.matches("input") && one.closest("label") || one)
  .filter(one => one.getClientRects().length && !one.closest(".visually-hidden, .skip, .paper"))
  .filter(one => one.getBoundingClientRect().height < least)
  .map(one => one.outerHTML.slice(0, 120))"""

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

BROKEN = """() => [...document.querySelectorAll(".chip, .state")].filter(one => one.getClientRects().length > 1
  || one.getBoundingClientRect().height > 2.2 * parseFloat(getComputedStyle(one).fontSize)).map(one => one.textContent)"""


def test_a_telephone_shows_every_page_whole_and_its_targets_fit_a_finger(live: Live, page: Page) -> None:
    with live.database.work() as session:
        people = {name: session.get_one(User, person.id) for name, person in live.world.people.items()}
        world = replace(live.world, people=people)
        ids = {"triage": matter_in(world, "triage").id, "served": matter_in(world, "served").id}
        new_petition(world, title="一" * 60, phone="19900009999", name="沈玉珍")
    page.set_viewport_size({"width": 390, "height": 844})
    live.log_in(page, live.world.officer)
    faults = []
    for path in PAGES:
        page.goto(live.url + path.format(**ids))
        faults += [f"{path}: {wide} px too wide" for wide in [page.evaluate(TOO_WIDE)] if wide]
        faults += [f"{path}: {one}" for one in [*page.evaluate(BROKEN), *page.evaluate(TOO_SMALL, FINGER)]]
    assert not faults, "\n".join(faults)
