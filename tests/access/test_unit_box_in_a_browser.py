"""The box of the unit above, in a real Chromium: found by pinyin, and what was typed is never lost without a word."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from petitions.access.models import Unit, UnitKind
from tests.factories import make_unit
from tests.live import Live

pytestmark = pytest.mark.browser


def _new(live: Live, page: Page, name: str) -> None:
    with live.database.work() as session:
        for number in range(6):
            make_unit(session, f"青禾县第{number}中学", UnitKind.BUREAU, session.get_one(Unit, live.world.county.id))
    live.log_in(page, live.world.administrator)
    page.goto(f"{live.url}/admin/units/new")
    page.get_by_label("单位名称").fill(name)
    page.locator("#f-kind").select_option("section")


def _kept(live: Live, name: str) -> list[int | None]:
    with live.database.work(write=False) as session:
        return list(session.scalars(select(Unit.parent_id).where(Unit.name == name)))


def test_a_unit_above_is_found_by_pinyin_and_taken_on_leaving_the_box(live: Live, page: Page) -> None:
    _new(live, page, "河湾镇农技站")
    page.locator("#f-parent-filter").press_sequentially("hwz")
    page.keyboard.press("Tab")
    expect(page.locator("#f-parent-filter")).to_have_value("河湾镇")
    page.keyboard.press("Control+Enter")
    expect(page).not_to_have_url(f"{live.url}/admin/units/new")
    assert _kept(live, "河湾镇农技站") == [live.world.township.id]


def test_the_whole_name_is_no_guess_where_it_begins_others(live: Live, page: Page) -> None:
    _new(live, page, "某站")
    page.locator("#f-parent-filter").press_sequentially("青禾县")
    page.keyboard.press("Tab")
    expect(page.locator("#f-parent")).to_have_value(str(live.world.county.id))


def test_what_names_no_unit_stays_in_the_box_and_is_not_sent_as_nothing(live: Live, page: Page) -> None:
    _new(live, page, "某站")
    box = page.locator("#f-parent-filter")
    box.press_sequentially("没有")
    page.keyboard.press("Tab")
    expect(box).to_have_value("没有")
    expect(page.get_by_text("没有选中“没有”")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(box).to_be_focused()
    expect(page).to_have_url(f"{live.url}/admin/units/new")
    assert _kept(live, "某站") == []
    box.fill("")
    page.keyboard.press("Tab")
    expect(page.get_by_text("没有选中“没有”")).to_be_hidden()
