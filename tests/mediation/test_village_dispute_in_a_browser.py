"""A village dispute on a telephone: from the application to the archive, one that is refused, and one that a petition becomes."""

import os
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from petitions import clock, jobs
from petitions.cases.models import Case
from petitions.mediation.models import Mediation
from tests.deep.conftest import present
from tests.live import Live
from tests.mediation.phones import Phone, choose, committee_of, phone_of, ready, sessions_of, wait_for

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("SHOTS")


def _shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def _newest(live: Live) -> tuple[int, str]:
    with live.database.work(write=False) as session:
        found = session.scalars(select(Mediation).order_by(Mediation.id.desc())).first()
        assert found is not None
        return found.id, found.number


def _register(phone: Phone) -> None:
    page = phone.page
    phone.go("/mediations/new")
    _shot(page, "new")
    page.get_by_label("登记调解申请").check()
    choose(page, "dispute_type", "neighbour")
    page.locator("[name=dispute_title]").fill("田小禾与麦有根排水纠纷")
    page.locator("[name=dispute_facts]").fill("后院排水沟被堵，雨水倒灌。")
    page.locator("[name=people-0-name]").fill("田小禾")
    page.locator("[name=people-0-phone]").fill("199 0000 1234")
    page.locator("[name=people-1-name]").fill("麦有根")
    page.locator("[data-repeat-add]").click()
    third = page.locator(".repeat-item").nth(2)
    third.locator("select[name$=side]").select_option("respondent")
    third.locator("select[name$=part]").select_option("agent")
    third.locator("input[name$=name]").fill("麦青")
    phone.fits()
    phone.main_button("登记")
    page.locator(".button-bar button", has_text="登记").click()
    page.wait_for_url(re.compile(r"/cases/\d+$"))
    _shot(page, "requested")


def _begin(phone: Phone, mediators_chair: object, case_id: int) -> None:
    """Everybody agrees, it is accepted, a mediator is chosen, and the parties are told their rights."""
    page = phone.page
    for _ in range(2):
        phone.act(case_id, "record_consent")
        phone.send("登记同意调解")
    phone.act(case_id, "accept")
    phone.send("受理")
    phone.act(case_id, "appoint")
    page.get_by_label("没有").first.check()
    phone.send("确定调解员")
    phone.act(case_id, "notify_rights")
    phone.send("告知权利义务，开始调解")


def test_a_dispute_is_registered_agreed_overdue_reminded_paid_visited_and_archived(
    live: Live, chromium: Browser
) -> None:
    mediators = committee_of(live)
    with phone_of(live, chromium) as phone:
        page = phone.page
        phone.held_by(mediators.mediator, "/mediations")
        _shot(page, "desk-empty")
        _register(phone)
        case_id, number = _newest(live)
        expect(page.locator("#parties")).to_contain_text("199****1234")
        expect(page.locator("#parties")).to_contain_text("还没有登记是否同意")
        phone.main_button("登记同意调解")
        phone.fits()
        _begin(phone, mediators.chair, case_id)

        _talk_in_the_village(live, phone, case_id)
        _agree(phone, case_id)
        _shot(page, "agreed")
        expect(page.locator("#agreement")).to_contain_text("第一期赔偿款")

        later = clock.now() + timedelta(days=12)
        with time_machine.travel(later):
            _tick(live)
            phone.held_by(mediators.mediator, "/inbox")
            phone.go("/mediations?stage=overdue")
            _shot(page, "desk-overdue")
            expect(page.locator("main")).to_contain_text(number)
            expect(page.locator("main")).to_contain_text("督促履行")
            _reminded(phone, number)
            for _ in range(2):
                phone.act(case_id, "record_performance")
                page.locator("textarea[name=proof]").fill("收条一张")
                phone.send("登记履行")
            phone.act(case_id, "visit")
            page.locator("textarea[name=visit_record]").fill("水已排出，双方没有新的矛盾。")
            page.locator("[name=satisfaction]").first.check()
            phone.send("回访")
            phone.act(case_id, "conclude_performance")
            phone.send("履行完毕")
            _bring(phone, case_id, "identity", "身份证明.png")
            _bring(phone, case_id, "power", "授权委托书.png")
            phone.act(case_id, "archive")
            if page.locator("[name=waives_confirmation]").count():
                page.locator("[name=waives_confirmation]").check()
            _shot(page, "archive")
            phone.send("立卷归档")
            expect(page.locator(".identity")).to_contain_text("调解卷宗已归档")


def _talk_in_the_village(live: Live, phone: Phone, case_id: int) -> None:
    """The first session, where there is no network: it is sent once when it is back."""
    page = phone.page
    phone.act(case_id, "hold_session")
    ready(page)
    phone.context.set_offline(True)
    _shot(page, "session")
    page.locator("[name=began_at]").fill("09:30")
    page.locator("textarea[name^='statements.']").first.fill("沟被堵了三年。")
    page.locator("textarea[name=record]").fill("讲解了相邻关系的规定。")
    page.locator("[name=session_outcome][value=again]").check()
    phone.main_button("记录调解")
    page.locator("form[data-kept] .button-bar button[type=submit]").first.click()
    expect(page.locator(".note-box", has_text="网络断开，内容已存在本机，联网后自动提交")).to_be_visible()
    assert sessions_of(live, case_id) == []
    phone.context.set_offline(False)
    wait_for(live, page, case_id, 1)
    page.wait_for_timeout(800)
    phone.go(f"/cases/{case_id}")
    expect(page.locator("#sessions")).to_contain_text("讲解了相邻关系的规定。")
    assert len(sessions_of(live, case_id)) == 1


def _bring(phone: Phone, case_id: int, part: str, name: str) -> None:
    """A photograph of what the dossier must hold."""
    page = phone.page
    phone.act(case_id, "attach")
    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "PNG")
    page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    choose(page, "dossier_part", part)
    page.locator(".button-bar button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/cases/\d+(\?|/)"), wait_until="load")


def _agree(phone: Phone, case_id: int) -> None:
    """A second session that agrees, the agreement with two instalments, and everybody's signature on the glass."""
    page = phone.page
    phone.act(case_id, "hold_session")
    page.locator("[name=began_at]").fill("14:30")
    page.locator("textarea[name=record]").fill("双方各让一步。")
    page.locator("textarea[name=proposal]").fill("疏通排水沟，赔偿1200元。")
    page.locator("[name=session_outcome][value=agreed]").check()
    _sign(phone, "麦有根")
    phone.send("记录调解")
    expect(page.locator("#sessions")).to_contain_text("双方各让一步。")
    phone.act(case_id, "draft_agreement")
    page.locator("textarea[name=disputed_points]").fill("赔偿数额。")
    page.locator("textarea[name=responsibility]").fill("麦有根负主要责任。")
    page.locator("textarea[name=performance_way]").fill("现金，村委会见证")
    page.get_by_role("button", name="加一行").click()
    day = clock.today() + timedelta(days=10)
    for n, (item, amount) in enumerate((("第一期赔偿款", "700"), ("第二期赔偿款", "500"))):
        row = page.locator(".rows-row").nth(n)
        row.locator("select").select_option(index=2)
        row.locator("input[name$='.item']").fill(item)
        row.locator("input[name$='.amount']").fill(amount)
        row.locator("input[type=date]").fill((day + timedelta(days=30 * n)).isoformat())
    phone.fits()
    _shot(page, "agreement")
    phone.send("拟写协议书")
    phone.act(case_id, "sign_agreement")
    for name in ("田小禾", "麦有根"):
        page.locator("[data-field=signed] label.option", has_text=name).locator("input").check()
    page.locator("[name=mediator_signed]").check()
    page.locator("[name=sealed_by_committee]").check()
    phone.send("登记签署")


def _sign(phone: Phone, name: str) -> None:
    page = phone.page
    page.locator(".signing button", has_text=name).first.click()
    glass = page.locator(".sign-pane canvas")
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 70, steps=6)
    page.mouse.up()
    _shot(page, "signing")
    page.get_by_role("button", name="用这个签名").click()
    expect(page.locator(".drop-files")).to_contain_text("签名-麦有根.png")
    expect(page.locator("[data-field=signed] label.option", has_text=name).first.locator("input")).to_be_checked()


def _tick(live: Live) -> None:
    jobs.tick(live.database, live.settings)


def _reminded(phone: Phone, number: str) -> None:
    phone.go("/inbox")
    expect(phone.page.locator("main")).to_contain_text(number)


def test_one_refusal_ends_it(live: Live, chromium: Browser) -> None:
    mediators = committee_of(live)
    with phone_of(live, chromium) as phone:
        page = phone.page
        phone.held_by(mediators.mediator, "/mediations")
        _register(phone)
        case_id, _ = _newest(live)
        phone.act(case_id, "refuse_consent")
        page.locator("textarea[name=note]").fill("麦有根明确表示不愿调解。")
        page.locator("[name=party]").first.check() if page.locator("input[name=party]").count() else page.locator(
            "select[name=party]"
        ).select_option(index=1)
        phone.send("登记拒绝调解")
        expect(page.locator(".identity")).to_contain_text("不予调解")
        expect(page.locator("#parties")).to_contain_text("拒绝调解")
        page.goto(f"{live.url}/cases/{case_id}/accept")
        expect(page.locator("h1")).to_contain_text("现在不能这样办理")


def _matter_of(live: Live) -> int:
    from tests.factories import matter_in  # noqa: PLC0415 - one story only

    with live.database.work() as session:
        return matter_in(present(live.world, session), "accepted").id


def test_a_petition_goes_to_mediation_and_comes_back_without_a_word_of_it(live: Live, chromium: Browser) -> None:
    mediators, matter_id = committee_of(live), _matter_of(live)
    with phone_of(live, chromium) as phone:
        page = phone.page
        phone.held_by(live.world.officer, "/")
        page.goto(f"{live.url}/cases/{matter_id}/send_to_mediation")
        page.locator("[name=committee]").first.select_option(index=1)
        choose(page, "dispute_type", "neighbour")
        page.locator("textarea[name=mediation_facts]").fill("排水沟被堵。")
        page.locator("[name=other_side]").fill("麦有根")
        page.locator("[name=other_side_kind]").first.check()
        page.locator("[name=petitioner_agrees]").check()
        page.locator("#act button[type=submit]").first.click()
        page.wait_for_url("**/cases/*?done=*")
        expect(page.locator("#mediations")).to_contain_text("等待受理")
        phone.fits()
        case_id, number = _newest(live)
        phone.held_by(mediators.mediator, f"/cases/{case_id}")
        _begin(phone, mediators.chair, case_id)
        phone.act(case_id, "hold_session")
        page.locator("[name=began_at]").fill("09:30")
        page.locator("textarea[name=record]").fill("当庭说了一句只在这里说的话。")
        page.locator("[name=session_outcome][value=again]").check()
        phone.send("记录调解")
        phone.act(case_id, "fail")
        page.locator("[name=failure_ground]").first.select_option(index=1)
        page.locator("textarea[name=note]").fill("分歧过大。")
        phone.send("终止调解")
        phone.held_by(live.world.officer, "/")
        page.goto(f"{live.url}/cases/{matter_id}")
        _shot(page, "matter")
        told = page.locator("#mediations")
        expect(told).to_contain_text(number)
        expect(told).to_contain_text("调解不成")
        expect(told.get_by_role("link")).to_have_count(0)
        assert "只在这里说的话" not in page.content()
        assert page.goto(f"{live.url}/cases/{case_id}").status == 404  # type: ignore[union-attr]
        with live.database.work(write=False) as session:
            assert session.get_one(Case, case_id).about_id == matter_id
