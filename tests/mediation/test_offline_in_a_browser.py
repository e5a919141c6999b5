"""A session is written in a village without a network: kept, encrypted, sent once and in order, gone with the logout (ux.md M3)."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from petitions import clock
from petitions.cases.models import Attachment, Case, Event
from petitions.cases.perform import perform
from petitions.mediation.models import Mediation
from tests.live import Live
from tests.mediation.phones import Phone, begun_at, committee_of, kept, phone_of, ready, records, sessions_of, wait_for
from tests.mediations import Mediators

pytestmark = pytest.mark.browser


def _write(page: Page, words: str, began: str = "09:30", day: str = "") -> None:
    page.locator("[name=began_at]").fill(began)
    if day:
        page.locator("[name=held_on]").fill(day)
    page.locator("textarea[name=record]").fill(words)
    page.locator("[name=session_outcome][value=again]").check()


def _open(live: Live, phone: Phone) -> tuple[Mediators, int]:
    mediators = committee_of(live)
    case_id = begun_at(live, mediators)
    phone.held_by(mediators.mediator, f"/cases/{case_id}/hold_session")
    ready(phone.page)
    return mediators, case_id


def _photo() -> bytes:
    """Larger than anybody sends: noise does not compress."""
    picture, out = Image.effect_noise((1000, 900), 90).convert("RGB"), BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_a_killed_browser_reopens_with_what_was_written_and_sends_it_once(live: Live, chromium: Browser) -> None:
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    with phone_of(live, chromium) as phone:
        _, case_id = _open(live, phone)
        page, photo = phone.page, _photo()
        assert len(photo) > 1024 * 1024
        phone.context.set_offline(True)
        _write(page, "在晒谷场谈了一个小时。", day=yesterday)
        page.locator("input[type=file]").set_input_files([
            {"name": f"现场{n}.png", "mimeType": "image/png", "buffer": photo} for n in range(3)
        ])  # fmt: skip
        expect(page.locator(".drop-files li")).to_have_count(3)
        expect(page.locator(".kept-state")).to_have_text("网络断开，内容已存在本机，联网后自动提交")
        page.wait_for_timeout(1200)
        (lying,) = records(page)
        assert "晒谷场" not in str(lying), "what lies there is encrypted"
        # The browser dies, and is opened where there is still no network.
        page.close(run_before_unload=False)
        phone.page = page = phone.context.new_page()
        page.goto(f"{live.url}/cases/{case_id}/hold_session")
        expect(page.locator("textarea[name=record]")).to_have_value("在晒谷场谈了一个小时。")
        expect(page.locator("[name=held_on]")).to_have_value(yesterday)
        expect(page.locator(".drop-files li")).to_have_count(3)
        phone.main_button("记录调解")
        page.locator("form[data-kept] .button-bar button[type=submit]").first.click()
        expect(page.locator(".note-box", has_text="网络断开，内容已存在本机，联网后自动提交")).to_be_visible()
        kept(page, 1)
        assert sessions_of(live, case_id) == []
        phone.context.set_offline(False)
        wait_for(live, page, case_id, 1)
        page.wait_for_timeout(800)
        page.goto(f"{live.url}/cases/{case_id}")
        page.wait_for_timeout(800)
        assert sessions_of(live, case_id) == [("在晒谷场谈了一个小时。", yesterday)]
        assert records(page) == []
        with live.database.work(write=False) as session:
            sent = select(Attachment).where(Attachment.case_id == case_id, Attachment.name.startswith("现场"))
            files = session.scalars(sent).all()
            assert len(files) == 3
            assert max(one.size for one in files) <= 1024 * 1024


def test_two_sessions_go_in_order_and_an_expired_login_only_delays_them(live: Live, chromium: Browser) -> None:
    with phone_of(live, chromium) as phone:
        mediators, case_id = _open(live, phone)
        page = phone.page
        phone.context.set_offline(True)
        _write(page, "第一次。")
        page.locator(".button-bar button[type=submit]").first.click()
        page.get_by_role("button", name="再记录一次调解").click()
        _write(page, "第二次。", began="14:30")
        page.locator("form[data-kept] .button-bar button[type=submit]").first.click()
        kept(page, 2)
        phone.context.clear_cookies()  # the login is over meanwhile
        phone.context.set_offline(False)
        page.wait_for_timeout(1500)
        assert sessions_of(live, case_id) == []
        phone.held_by(mediators.mediator, "/mediations")
        wait_for(live, page, case_id, 2)
        page.wait_for_timeout(800)
        assert [text for text, _ in sessions_of(live, case_id)] == ["第一次。", "第二次。"]
        assert records(page) == []


def test_a_case_that_moved_on_is_shown_with_the_text_and_nothing_is_lost(live: Live, chromium: Browser) -> None:
    with phone_of(live, chromium) as phone:
        mediators, case_id = _open(live, phone)
        page = phone.page
        phone.context.set_offline(True)
        _write(page, "路上写下的话。")
        page.locator(".button-bar button[type=submit]").first.click()
        kept(page, 1)
        with live.database.work() as session:
            chair = session.get_one(type(mediators.chair), mediators.chair.id)
            perform(
                session.get_one(Case, case_id),
                "fail",
                {"failure_ground": "other", "ways_told": ["court"], "note": "外出"},
                chair,
            )
        phone.context.set_offline(False)
        page.reload()
        expect(page.locator("#kept-records")).to_contain_text("此件在这段时间里已有变动")
        page.locator("#kept-records").get_by_role("button", name="打开").click()
        expect(page.locator("h1")).to_contain_text("此件已有变动")
        expect(page.locator("main")).to_contain_text("路上写下的话。")
        page.goto(f"{live.url}/mediations")
        expect(page.locator("#kept-records")).to_be_visible()
        assert len(records(page)) == 1
        assert sessions_of(live, case_id) == []


def test_a_closed_session_leaves_nothing_and_a_logout_takes_everything(live: Live, chromium: Browser) -> None:
    with phone_of(live, chromium) as phone:
        mediators, case_id = _open(live, phone)
        page = phone.page
        _write(page, "谈到家里的事。")
        page.wait_for_timeout(900)
        assert len(records(page)) == 1
        page.locator("[name=open_session][value=closed]").check()
        expect(page.locator(".kept-state")).to_contain_text("不公开的调解不在本机保存")
        page.wait_for_timeout(900)
        assert records(page) == []
        page.locator("[name=open_session][value=open]").check()
        page.wait_for_timeout(900)
        assert len(records(page)) == 1
        page.on("dialog", lambda asked: asked.accept())
        page.locator("form[action$='/logout'] button").first.evaluate("(button) => button.click()")
        page.wait_for_url("**/login*")
        assert records(page) == []
        assert page.evaluate("caches.keys()") == []
        phone.held_by(mediators.mediator, f"/cases/{case_id}")
        assert "谈到家里的事" not in page.content()


def test_what_the_server_wants_changed_comes_back_to_be_changed(live: Live, chromium: Browser) -> None:
    with phone_of(live, chromium) as phone:
        _, case_id = _open(live, phone)
        page = phone.page
        phone.context.set_offline(True)
        _write(page, "时间写错了。", began="九点半")
        page.locator(".button-bar button[type=submit]").first.click()
        kept(page, 1)
        phone.context.set_offline(False)
        page.reload()
        page.goto(f"{live.url}/mediations")
        page.locator("#kept-records").get_by_role("button", name="打开").click()
        expect(page.locator(".error-summary")).to_be_visible()
        expect(page.locator("textarea[name=record]")).to_have_value("时间写错了。")
        page.locator("[name=began_at]").fill("09:30")
        page.locator(".button-bar button[type=submit]").first.click()
        page.wait_for_url("**/cases/*?done=*")
        page.wait_for_timeout(800)
        assert len(sessions_of(live, case_id)) == 1
        assert records(page) == []
        with live.database.work(write=False) as session:
            held = select(Event).where(Event.case_id == case_id, Event.action == "hold_session")
            assert len(session.scalars(held).all()) == 1
            assert session.get_one(Mediation, case_id)


def test_a_clock_that_was_set_back_changes_no_order(live: Live, chromium: Browser) -> None:
    with phone_of(live, chromium) as phone:
        _, case_id = _open(live, phone)
        page = phone.page
        phone.context.set_offline(True)
        _write(page, "第一次。")
        page.locator(".button-bar button[type=submit]").first.click()
        page.get_by_role("button", name="再记录一次调解").click()
        page.evaluate("() => { const now = Date.now; Date.now = () => now() - 3600000; }")
        _write(page, "第二次。", began="14:30")
        page.locator("form[data-kept] .button-bar button[type=submit]").first.click()
        kept(page, 2)
        phone.context.set_offline(False)
        wait_for(live, page, case_id, 2)
        assert [text for text, _ in sessions_of(live, case_id)] == ["第一次。", "第二次。"]


def test_two_tabs_do_not_write_over_each_other(live: Live, chromium: Browser) -> None:
    with phone_of(live, chromium) as phone:
        _, case_id = _open(live, phone)
        page = phone.page
        _write(page, "先开的一页。")
        page.wait_for_timeout(900)
        second = phone.context.new_page()
        second.goto(f"{live.url}/cases/{case_id}/hold_session")
        ready(second)
        expect(second.locator("form[data-kept]")).to_have_count(1)
        _write(second, "后开的一页。", began="14:30")
        second.wait_for_timeout(900)
        assert len(records(page)) == 2
        for one in (second, page):
            one.locator(".button-bar button[type=submit]").first.click()
            one.wait_for_url("**/cases/*?done=*")
        wait_for(live, page, case_id, 2)
        assert {text for text, _ in sessions_of(live, case_id)} == {"先开的一页。", "后开的一页。"}


def test_nobody_logs_out_over_what_somebody_else_has_not_sent(live: Live, chromium: Browser) -> None:
    with phone_of(live, chromium) as phone:
        mediators, case_id = _open(live, phone)
        phone.context.set_offline(True)
        _write(phone.page, "还没有提交的话。")
        phone.page.locator(".button-bar button[type=submit]").first.click()
        kept(phone.page, 1)
        phone.context.clear_cookies()  # the login is over, and a colleague takes the telephone
        phone.context.set_offline(False)
        phone.held_by(mediators.second, "/mediations")
        asked: list[str] = []
        phone.page.on("dialog", lambda one: (asked.append(one.message), one.dismiss()))
        phone.page.locator("form[action$='/logout'] button").first.evaluate("(button) => button.click()")
        phone.page.wait_for_timeout(600)
        assert len(asked) == 1
        assert len(records(phone.page)) == 1
        assert sessions_of(live, case_id) == []
