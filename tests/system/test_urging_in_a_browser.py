"""From the board to the unit: what is overdue is looked at, urged in one go, and read where it lies."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from petitions import clock
from tests.deep.conftest import present
from tests.factories import matter_in
from tests.live import Live
from tests.system.test_printing_in_a_browser import sheets

pytestmark = pytest.mark.browser


def _late(live: Live) -> list[str]:
    """Three overdue matters of the bureau; their numbers, the longest overdue first."""
    with live.database.work() as session:
        world, numbers = present(live.world, session), []
        for n, days in enumerate((31, 9, 2)):
            matter = matter_in(world, "accepted", name=f"亓{n}", phone=f"199{n:08d}")
            row = next(row for row in matter.deadlines if row.code == "T6")
            row.due_on = row.target_on = row.nominal_on = clock.today() - timedelta(days=days)
            numbers.append(matter.number)
    return numbers


def test_what_is_overdue_is_urged_from_the_board_and_seen_by_the_unit(
    live: Live, page: Page, chromium: Browser
) -> None:
    first, second, third = _late(live)
    live.log_in(page, live.world.officer)
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page.get_by_role("heading", level=1)).to_have_text("期限督办")
    assert len(sheets(page)) == 1, "one sheet of A4"
    page.get_by_role("link", name="1 超期6至15天").click()
    expect(page.locator("table.worklist tbody tr")).to_have_count(1)
    expect(page.locator("table.worklist")).to_contain_text(second)
    page.go_back()
    page.get_by_role("link", name="青禾县自然资源局已超期3件").click()
    for number in (first, second):
        page.locator("tr", has_text=number).locator("input[type=checkbox]").check()
    page.get_by_role("button", name="督促").click()
    expect(page.locator("main")).to_contain_text("青禾县自然资源局会收到2项")
    expect(page.locator("main")).to_contain_text("已超期31天")
    expect(page.locator("main")).not_to_contain_text(third)
    page.locator("textarea[name=note]").fill("请本周内办结并反馈")
    page.get_by_role("button", name="督促2件").click()
    expect(page.get_by_role("status").filter(has_text="2件全部办好")).to_be_visible()

    phone = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    live.log_in(phone, live.world.handler)
    phone.goto(f"{live.url}/inbox")
    expect(phone.locator("main")).to_contain_text(f"{first}：督促（青禾县信访局）")
    phone.get_by_text(f"{first}：督促").first.click()
    expect(phone.locator("main")).to_contain_text("请本周内办结并反馈")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.context.close()
