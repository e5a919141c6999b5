"""The days off of a year in a real Chromium: pasted, previewed, confirmed, and the case shows its new last day."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from petitions.access.models import User
from petitions.cases.calendar import DayKind, days_of, load_calendar
from petitions.cases.clocks import notice_year
from tests.factories import matter_in
from tests.live import Live

pytestmark = pytest.mark.browser

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _prepared(live: Live) -> tuple[int, int, str, date]:
    """A case whose 60 日 end in an arrangement that makes their last day and the one after it days off."""
    with live.database.work() as session:
        people = {name: session.get_one(User, person.id) for name, person in live.world.people.items()}
        matter = matter_in(replace(live.world, people=people), "accepted")
        last = next(row.nominal_on for row in matter.deadlines if row.code == "T6")
        year, calendar = notice_year(last), load_calendar()
        days = days_of(year)
        lines = [f"{day},{'休' if one.kind is DayKind.HOLIDAY else '班'},{one.name}" for day, one in days.items()]
        off = [day for day in (last, last + timedelta(days=1)) if day not in days]
        lines += [f"{day},休,本地安排" for day in off]
        due_on = last
        while due_on in off or not calendar.is_workday(due_on):
            due_on += timedelta(days=1)
        return matter.id, year, "\n".join(lines), due_on


def test_a_year_is_pasted_previewed_and_confirmed(live: Live, page: Page) -> None:
    case_id, year, text, due_on = _prepared(live)
    live.log_in(page, live.world.administrator)
    page.goto(f"{live.url}/calendar/{year}")
    page.get_by_role("link", name="录入放假安排").click()
    page.get_by_label("放假安排", exact=True).fill(text)
    page.get_by_role("button", name="看影响哪些期限").click()
    expect(page.get_by_text("1件的1个")).to_be_visible()
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(TOO_WIDE) == 0
    page.get_by_role("button", name="确定更改日历").click()
    expect(page.get_by_text(f"已更改{year}年的日历")).to_be_visible()
    assert page.evaluate(TOO_WIDE) == 0
    page.context.clear_cookies()
    live.log_in(page, live.world.handler)
    page.goto(f"{live.url}/cases/{case_id}")
    day = f"{due_on.year}年{due_on.month}月{due_on.day}日"
    expect(page.get_by_text(f"改为{day}")).to_be_visible()
    expect(page.locator("#clocks .chip").first).to_have_attribute("aria-label", re.compile(day))
