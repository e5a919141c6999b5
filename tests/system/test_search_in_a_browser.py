"""Searching with the keyboard, in a real Chromium: the name is in the box, and not in the address."""

from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from tests.factories import new_petition
from tests.live import Live

NAME = "欧阳禾苗"


@pytest.mark.browser
def test_without_a_mouse_a_name_is_found_and_the_address_bar_does_not_show_it(live: Live, page: Page) -> None:
    with live.database.work():
        number = new_petition(live.world, name=NAME, channel="LF").matter.number
    live.log_in(page, live.world.clerk)
    page.keyboard.press("/")
    page.keyboard.type(NAME)
    page.keyboard.press("Enter")
    expect(page.get_by_text(number).first).to_be_visible()
    assert "/search?q=~" in page.url
    assert NAME not in unquote(page.url)
    page.goto(f"{live.url}/cases")
    page.locator(".search-form input[name=q]").fill(NAME)
    page.keyboard.press("Enter")
    expect(page.get_by_text(number).first).to_be_visible()
    assert "/cases?q=~" in page.url
    page.reload()
    expect(page.locator(".search-form input[name=q]")).to_have_value(NAME)
