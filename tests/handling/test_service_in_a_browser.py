"""The form of a service on a telephone: the fields of the chosen method and no others, and nothing too wide or too small."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from petitions import clock
from petitions.access.models import User
from petitions.cases.models import Document, Service
from petitions.cases.perform import perform
from tests.factories import matter_in
from tests.live import Live
from tests.system.test_small_screens_in_a_browser import FINGER, TOO_SMALL, TOO_WIDE

pytestmark = pytest.mark.browser

VISIBLE = """() => [...document.querySelectorAll('#act [data-field]')].filter(one => one.getClientRects().length)
  .map(one => one.dataset.field)"""


def waiting(live: Live, *, tried: bool = False) -> int:
    """A matter whose answer waits to be served; with an attempt that failed."""
    with live.database.work() as session:
        people = {name: session.get_one(User, person.id) for name, person in live.world.people.items()}
        world = replace(live.world, people=people)
        matter = matter_in(world, "opinion_issued")
        if tried:
            (opinion,) = [one.id for one in matter.documents if one.kind == "opinion"]
            later = clock.today().replace(year=clock.today().year + 1)
            data = {"open_paper": opinion, "tried_by": "direct", "tried_on": clock.today().isoformat(), "failure": "absent",
                    "next_method": "post", "next_on": later.isoformat()}  # fmt: skip
            perform(matter, "attempt_service", data, world.handler)
        return matter.id


def test_a_telephone_asks_for_the_chosen_method_and_sends_it(live: Live, page: Page) -> None:
    case = waiting(live)
    page.set_viewport_size({"width": 390, "height": 844})
    live.log_in(page, live.world.handler)
    page.goto(f"{live.url}/cases/{case}/serve")
    always = ["method", "served_on"]
    last = ["note", "files"]
    assert page.evaluate(VISIBLE) == [*always, *last]
    for method, fields in (
        ("notice", ["notice_ground", "notice_place", "sent_on"]),
        ("retained", ["refuser", "refusal_ground", "left_at", "witness"]),
        ("post", ["receiver", "relation", "tracking", "sent_on"]),
    ):
        page.locator("[name=method]").select_option(method)
        assert page.evaluate(VISIBLE) == [*always, *fields, *last]
        assert page.evaluate(TOO_WIDE) == 0
        assert page.evaluate(TOO_SMALL, FINGER) == []
    page.locator("[name=tracking]").fill("XA12345678641")
    page.locator("[name=receiver]").fill("田小禾")
    page.locator("#act .button-bar .btn-primary").click()
    page.wait_for_url("**/cases/*done=*")
    with live.database.work(write=False) as session:
        (service,) = session.query(Service).join(Document).where(Document.case_id == case).all()
        assert service.proof == {"tracking": "XA12345678641"}


def test_without_script_a_button_shows_what_the_method_asks_for(live: Live, page: Page) -> None:
    case = waiting(live)
    live.log_in(page, live.world.handler)
    cookies = page.context.cookies()
    context = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    plain = context.new_page()
    plain.goto(f"{live.url}/cases/{case}/serve")
    expect(plain.locator("[name=tracking]")).to_be_hidden()
    plain.locator("[name=method]").select_option("post")
    plain.get_by_role("button", name="显示所选").click()
    expect(plain.locator("[name=tracking]")).to_be_visible()
    expect(plain.locator("[name=witness]")).to_be_hidden()
    assert plain.locator("[name=method]").input_value() == "post"
    context.close()


def test_the_list_of_what_was_tried_fits_a_telephone(live: Live, page: Page) -> None:
    waiting(live, tried=True)
    page.set_viewport_size({"width": 390, "height": 844})
    live.log_in(page, live.world.handler)
    page.goto(f"{live.url}/services")
    expect(page.get_by_text("无人在家")).to_be_visible()
    assert page.evaluate(TOO_WIDE) == 0
    assert page.evaluate(TOO_SMALL, FINGER) == []
