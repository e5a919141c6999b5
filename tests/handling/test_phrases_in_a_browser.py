"""`::` in a long field, in a real Chromium: the office's phrases by their pinyin initials."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from petitions.access.models import User
from tests.factories import matter_in
from tests.live import Live

pytestmark = pytest.mark.browser


def opened(live: Live, page: Page) -> None:
    """The form of the opinion, as its handler."""
    with live.database.work() as session:
        people = {name: session.get_one(User, person.id) for name, person in live.world.people.items()}
        matter = matter_in(replace(live.world, people=people), "accepted").id
    live.log_in(page, live.world.handler)
    page.goto(f"{live.url}/cases/{matter}/submit_opinion")


def test_a_phrase_is_put_in_by_its_initials(live: Live, page: Page) -> None:
    opened(live, page)
    facts = page.locator("#f-facts")
    facts.fill("到场后，")
    facts.press("End")
    page.keyboard.type("::sdck")
    expect(page.locator("#f-facts-phrases [role=option]").first).to_contain_text("实地查看")
    page.keyboard.press("Enter")
    expect(facts).to_have_value("到场后，办理人员到现场实地查看，并向有关人员核实，情况如下：")
    expect(facts).to_be_focused()
    expect(page.locator("#f-facts-phrases")).to_be_hidden()


def test_the_list_is_walked_with_the_arrows_and_left_with_escape(live: Live, page: Page) -> None:
    opened(live, page)
    facts = page.locator("#f-facts")
    facts.focus()
    page.keyboard.type("::")
    rows = page.locator("#f-facts-phrases [role=option]")
    expect(rows.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#f-facts-phrases")).to_be_hidden()
    expect(facts).to_have_value("::")


def test_the_button_opens_them_for_a_mouse(live: Live, page: Page) -> None:
    opened(live, page)
    box = page.locator("[data-field=opinion]")
    box.get_by_role("button", name="常用语").click()
    box.get_by_role("option", name="不予支持").click()
    expect(page.locator("#f-opinion")).to_have_value(
        "该项请求缺乏事实根据或者不符合法律、法规、规章或者其他有关规定，不予支持。"
    )
