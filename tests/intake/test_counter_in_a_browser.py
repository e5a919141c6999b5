"""The counter as a clerk uses it, in a real Chromium: one telephone call, logged without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from petitions.intake.models import Draft
from petitions.matters import who
from petitions.matters.models import Petition
from tests.factories import new_petition
from tests.live import Live

pytestmark = pytest.mark.browser


class Keys:
    """Counts what a person does: a chord, or the filling of a field with its way there."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, chord: str) -> None:
        """One chord."""
        self.page.keyboard.press(chord)
        self.count += 1

    def fill(self, label: str, words: str) -> None:
        """Go on with Enter until the field is there, then type."""
        passed = []
        while (here := self._here()) != label:
            passed.append(here)
            assert len(passed) < 15, passed
            self.page.keyboard.press(
                "Enter" if self.page.evaluate("document.activeElement.tagName === 'INPUT'") else "Tab"
            )
        self.page.keyboard.type(words)
        self.count += 1

    def _here(self) -> str:
        """The label of what has the focus."""
        return str(
            self.page.evaluate("(document.activeElement.labels?.[0]?.textContent ?? '').replace('*', '').trim()")
        )


def test_a_call_is_logged_without_a_mouse_in_nine_interactions(live: Live, page: Page) -> None:
    """T1: six fields, the channel, the class from its pinyin, and one chord."""
    live.log_in(page, live.world.clerk)
    page.keyboard.press("n")
    expect(page.locator("#f-phone")).to_be_focused()
    keys = Keys(page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    keys.press("ArrowRight")
    expect(page.get_by_label("来电", exact=True)).to_be_checked()
    expect(page.get_by_label("来电号码")).to_be_visible()
    expect(page.get_by_label("邮戳日期")).to_be_hidden()
    page.keyboard.press("Tab")
    keys.fill("手机/座机", "１９９００００５６７８")
    keys.fill("姓名", "韩长河")
    keys.fill("诉求原文", "村口的机井坏了两个月，全村浇不上地。")
    keys.fill("问题属地", "河湾镇")
    keys.fill("内容分类", "slsd")
    keys.press("Enter")
    expect(page.locator("#f-class_code")).not_to_have_value("")
    keys.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已登记")
    assert keys.count <= 9
    number = page.locator("#number").inner_text()
    page.reload()
    expect(page.locator("#number")).to_have_text(number)
    with live.database.work(write=False) as session:
        (petition,) = session.query(Petition).all()
        assert (petition.number, petition.channel) == (number, "LD")
        assert who._known(petition.matter.petitioners[0])["phone"] == "19900005678"
        assert session.query(Draft).count() == 0


def test_the_callers_earlier_cases_appear_with_the_eleventh_digit(live: Live, page: Page) -> None:
    with live.database.work():
        earlier = new_petition(live.world)
    live.log_in(page, live.world.clerk)
    page.goto(f"{live.url}/register")
    page.keyboard.type("1990000123")
    expect(page.locator(".suspect")).to_have_count(0)
    page.keyboard.type("4")
    expect(page.locator(".suspect")).to_have_count(1)
    expect(page.locator("#f-phone")).to_be_focused()
    expect(page.locator("#found")).to_have_text("发现1件疑似重复")
    expect(page.locator(".suspect")).not_to_contain_text("19900001234")
    page.get_by_label("作为重复件并入此件").check()
    page.locator("#f-name").fill("田小禾")
    page.locator("#f-text").fill("承包地的事还没有解决。")
    page.locator("#f-place").fill("河湾镇")
    page.locator("#f-class_code-filter").fill("tdcb")
    page.keyboard.press("Enter")
    expect(page.get_by_label("作为重复件并入此件")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已登记为重复件")
    with live.database.work(write=False) as session:
        assert {petition.matter_id for petition in session.query(Petition)} == {earlier.matter_id}


def test_double_ctrl_enter_is_one_petition(live: Live, page: Page) -> None:
    live.log_in(page, live.world.clerk)
    page.goto(f"{live.url}/register")
    for name, words in (("name", "沈玉珍"), ("text", "路灯不亮。"), ("place", "西塘镇")):
        page.locator(f"#f-{name}").fill(words)
    page.locator("#f-class_code-filter").fill("tdcb")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/petitions/\d+$"))
    with live.database.work(write=False) as session:
        assert session.query(Petition).count() == 1


def test_enter_leads_on_and_never_saves_half_a_form(live: Live, page: Page) -> None:
    live.log_in(page, live.world.clerk)
    page.goto(f"{live.url}/register")
    page.keyboard.type("19900005678")
    page.keyboard.press("Enter")
    expect(page.locator("#f-name")).to_be_focused()
    page.keyboard.type("沈玉珍")
    for name in ("f-unsigned", "f-id_number", "f-headcount", "f-region"):
        page.keyboard.press("Enter")
        expect(page.locator(f"#{name}")).to_be_focused()
    assert page.url == f"{live.url}/register"


def test_an_accusation_asks_whom_it_accuses_and_says_that_it_is_kept_secret(live: Live, page: Page) -> None:
    live.log_in(page, live.world.clerk)
    page.goto(f"{live.url}/register")
    expect(page.locator("#f-respondent")).to_be_hidden()
    page.get_by_label("揭发控告").check()
    expect(page.get_by_text("按条例第三十条保密")).to_be_visible()
    expect(page.locator("#f-respondent")).to_be_visible()
    page.get_by_label("求决").check()
    expect(page.get_by_text("按条例第三十条保密")).to_be_hidden()


def test_what_is_typed_is_saved_within_seconds_and_found_again(live: Live, page: Page) -> None:
    live.log_in(page, live.world.clerk)
    page.goto(f"{live.url}/register")
    page.locator("#f-text").fill("正在记录的通话")
    expect(page.locator("[data-autosave-status]")).to_contain_text("已保存", timeout=20_000)
    page.goto(f"{live.url}/")
    page.goto(f"{live.url}/register")
    page.get_by_text("草稿 1 份").click()
    page.get_by_role("link", name=re.compile("正在记录的通话")).click()
    expect(page.locator("#f-text")).to_have_value("正在记录的通话")


def test_a_sentence_takes_the_focus_and_leads_to_its_field(live: Live, page: Page) -> None:
    live.log_in(page, live.world.clerk)
    page.goto(f"{live.url}/register")
    page.locator("#f-id_number").fill("1.1E+17")
    page.keyboard.press("Control+Enter")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^错误：登记信访件"))
    summary.get_by_text("身份证号被表格软件变成了").click()
    expect(page.locator("#f-id_number")).to_be_focused()
    expect(page.locator("#f-id_number")).to_have_value("1.1E+17")


@pytest.mark.parametrize("width", [320, 390, 768, 1366])
def test_nothing_is_wider_than_the_window(live: Live, page: Page, width: int) -> None:
    with live.database.work():
        new_petition(live.world)
    live.log_in(page, live.world.clerk)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{live.url}/register")
    page.locator("#f-phone").fill("19900001234")
    expect(page.locator(".suspect")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_receipt_and_its_notice_fit_on_half_a_sheet(live: Live, page: Page) -> None:
    """One sheet cut in two serves two people; here the name is as long as names get."""
    with live.database.work():
        petition = new_petition(live.world, name="买买提·艾力江·阿卜杜热合曼", channel="LF")
        address = f"{live.url}/petitions/{petition.id}/receipt"
    live.log_in(page, live.world.clerk)
    page.goto(address)
    page.emulate_media(media="print")
    room = page.locator(".receipt").evaluate(
        """sheet => sheet.getBoundingClientRect().bottom - parseFloat(getComputedStyle(sheet).paddingBottom)
            - sheet.querySelector(".receipt-sign").getBoundingClientRect().bottom"""
    )
    assert room >= 0, f"{-room * 25.4 / 96:.0f} mm into the margin"
    assert page.locator(".receipt-notice").is_visible()


@pytest.mark.parametrize("width", [1366, 390])
def test_the_box_of_the_identity_number_shows_every_digit(live: Live, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    live.log_in(page, live.world.clerk)
    page.goto(live.url + "/register")
    box = page.locator("#f-id_number")
    box.fill("4" * 17 + "X")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth"), "18 characters fit"
