"""The end of a login as people see it, in a real Chromium: said in time, put off, or with everything saved."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from petitions import clock
from petitions.access.models import Login
from petitions.intake import drafts
from tests.live import Live

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("chromium")]


def _ago(live: Live, **columns: timedelta) -> None:
    """Make the login of the test older than it is."""
    with live.database.work() as session:
        session.execute(update(Login).values(**{name: clock.now() - age for name, age in columns.items()}))


def _opened(live: Live, page: Page, path: str) -> None:
    page.clock.install()
    live.log_in(page, live.world.clerk)
    page.goto(live.url + path)


def test_the_end_is_said_counted_down_and_put_off_without_a_reload(live: Live, page: Page) -> None:
    _opened(live, page, "/register")
    page.locator("textarea[name=text]").fill("渠水被截断，写到一半")
    dialog = page.locator("#session-end")
    expect(dialog).to_be_hidden()
    # What is still being saved when the clock jumps would be a sign of life after it, and put the end off by itself.
    page.clock.run_for(5_000)
    expect(page.locator("[data-autosave-status]")).to_contain_text("已保存")
    _ago(live, seen_at=timedelta(minutes=26))
    page.clock.fast_forward("26:00")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("后将退出登录")
    expect(dialog).to_contain_text("已保存为草稿")
    expect(dialog.locator("[data-session-spoken]")).to_have_attribute("aria-live", "assertive")
    expect(dialog.locator("[data-session-spoken]")).to_contain_text("后将退出登录")
    expect(dialog.get_by_role("button", name="继续使用")).to_be_focused()
    before = dialog.locator("[data-session-words]").inner_text()
    page.clock.run_for(7_000)
    expect(dialog.locator("[data-session-words]")).not_to_have_text(before)
    with live.database.work(write=False) as session:
        assert [one.data["text"] for one in drafts.mine(session.merge(live.world.clerk))] == ["渠水被截断，写到一半"]
    dialog.get_by_role("button", name="继续使用").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("textarea[name=text]")).to_have_value("渠水被截断，写到一半")
    with live.database.work(write=False) as session:
        assert clock.now() - session.scalars(select(Login.seen_at)).one() < timedelta(minutes=1)


def test_who_does_not_answer_finds_the_login_page_and_comes_back_to_where_they_were(live: Live, page: Page) -> None:
    _opened(live, page, "/inbox?show=all")
    _ago(live, seen_at=timedelta(minutes=27))
    page.clock.fast_forward("27:00")
    expect(page.locator("#session-end")).to_be_visible()
    _ago(live, seen_at=timedelta(minutes=31))
    page.clock.fast_forward("04:00")
    page.wait_for_url(re.compile(r"/login\?next="))
    assert "inbox" in page.url


def test_another_window_that_is_used_puts_it_off_here_too(live: Live, page: Page) -> None:
    _opened(live, page, "/inbox")
    _ago(live, seen_at=timedelta(minutes=26))
    page.clock.fast_forward("26:00")
    expect(page.locator("#session-end")).to_be_visible()
    _ago(live, seen_at=timedelta(seconds=1))
    page.clock.run_for(45_000)
    expect(page.locator("#session-end")).to_be_hidden()


def test_the_end_of_the_working_day_is_said_and_not_put_off(live: Live, page: Page) -> None:
    _opened(live, page, "/inbox")
    _ago(live, started_at=timedelta(hours=11, minutes=56))
    page.reload()
    dialog = page.locator("#session-end")
    page.clock.run_for(2_000)
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("今天的登录时间到了")
    expect(dialog.get_by_role("button", name="继续使用")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.clock.run_for(5_000)
    expect(dialog).to_be_hidden()
