"""One letter from the counter to the archive, in a real Chromium, as five different people; and one that comes back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from petitions import clock
from petitions.access.models import User
from petitions.cases.models import Case, Deadline
from tests.live import Live

pytestmark = pytest.mark.browser


class Desk:
    """One person at their own browser, working on one case through its page."""

    def __init__(self, live: Live, page: Page, person: User) -> None:
        self.live, self.page = live, page
        live.log_in(page, person)

    def register(self, **typed: str) -> int:
        """Log a letter at the counter; the id of the case it opened."""
        self.page.keyboard.press("n")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("登记")
        for name, value in typed.items():
            fill(self.page, name, value)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_url("**/petitions/*")
        with self.live.database.work(write=False) as session:
            return session.scalars(select(Case.id).order_by(Case.id.desc())).first() or 0

    def do(self, case_id: int, action: str, **typed: str) -> None:
        """Open the case, press the act's button, fill its form, send it."""
        self.page.goto(f"{self.live.url}/cases/{case_id}")
        link = self.page.locator(f'a[href^="/cases/{case_id}/{action}"]').first
        if link.count():
            if not link.is_visible():
                self.page.locator("summary", has_text="更多").first.click()
            link.click()
            # Loaded whole: the case page has a form of that kind too, and what scripts add moves the button under the mouse.
            self.page.wait_for_url(f"**/cases/{case_id}/{action}*")
            for name, value in typed.items():
                fill(self.page, name, value)
            self.page.locator("form[data-guard] button.btn-primary, form[data-guard] button.btn-danger").first.click()
        else:
            button = self.page.locator(f'form[action^="/cases/{case_id}/{action}"] button').first
            if not button.is_visible():
                self.page.locator("summary", has_text="更多").first.click()
            button.click()
        expect(self.page.get_by_role("status").filter(has_text="已办好").first).to_be_visible()

    def sees(self, case_id: int, words: str) -> None:
        """The head of the case page says so."""
        self.page.goto(f"{self.live.url}/cases/{case_id}")
        expect(self.page.locator(".page-head")).to_contain_text(words)


def fill(page: Page, name: str, value: str) -> None:
    """Fill one field, whatever it is drawn as; `name*` fills every part of a field asked per claim."""
    fields = page.locator(f'[name^="{name[:-1]}."]' if name.endswith("*") else f'[name="{name}"]')
    kinds = fields.evaluate_all("found => found.map(one => [one.tagName, one.type, one.name])")
    assert kinds, f"no field {name} on {page.url}"
    for part in dict.fromkeys(kind[2] for kind in kinds):
        field = page.locator(f'[name="{part}"]')
        tag, type_ = next((kind[0], kind[1]) for kind in kinds if kind[2] == part)
        if type_ in ("radio", "checkbox"):
            field.and_(page.locator(f'[value="{value}"]')).check(force=True)
        elif tag == "SELECT":
            field.evaluate(
                "(one, value) => { one.value = value; one.dispatchEvent(new Event('change', {bubbles: true})) }", value
            )
        else:
            field.fill(value)


@pytest.fixture
def desk(live: Live, chromium: Browser) -> Iterator[object]:
    """`desk(person)`: a browser of their own for each person."""
    opened = []

    @contextmanager
    def sit(person: User) -> Iterator[Desk]:
        context = chromium.new_context(
            viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        yield Desk(live, context.new_page(), person)
        context.close()

    yield sit
    assert opened


LETTER = {
    "name": "田小禾", "phone": "19900001234", "region": "河湾镇柳林村", "text": "承包地被占用，请求退还并补偿损失。",
    "place": "河湾镇柳林村", "class_code": "010100",
}  # fmt: skip


def state_of(live: Live, case_id: int) -> str:
    """The state of a case, read from the database."""
    with live.database.work(write=False) as session:
        return session.get_one(Case, case_id).state


def test_a_letter_goes_from_the_counter_to_the_archive_through_five_people(live: Live, desk) -> None:  # type: ignore[no-untyped-def]
    world, today = live.world, clock.today().isoformat()
    with desk(world.clerk) as clerk:
        case = clerk.register(**LETTER)
        clerk.do(case, "screen_as_first")
    with desk(world.officer) as officer:
        officer.do(case, "classify", nature="appeal", purpose="request", class_code="010100", place="河湾镇柳林村")
        officer.do(case, "transfer", unit=str(world.bureau.id), opinion="请依法办理，15日内告知信访人。")
    with desk(world.receiver) as receiver:
        receiver.do(case, "sign")
        receiver.do(case, "appoint", handler=str(world.handler.id))
    with desk(world.handler) as handler:
        handler.do(case, "accept", **{"routes*": "R6"})
        handler.do(case, "request_extension", days="20", reason="需要调取早年的档案，核实工作量大。")
    with desk(world.head) as head:
        head.do(case, "extend", days="20", reason="同意，抓紧核实。")
    with desk(world.handler) as handler:
        handler.do(case, "inquire", inquiry_kind="site", held_on=today, people="甲、乙", record="现场丈量，占用三亩。")
        handler.do(case, "submit_opinion", demands="退还承包地", facts="经核实占用属实。", opinion="限期退还并补偿。",
                   basis="《农村土地承包法》第五十七条", **{"outcomes*": "S"})  # fmt: skip
    with desk(world.head) as head:
        head.do(case, "approve_opinion")
    with desk(world.handler) as handler:
        handler.do(case, "serve", method="direct", receiver="田小禾", served_on=today)
        for _ in range(2):
            # The notices of acceptance and of the extension; the form offers what is still open.
            handler.page.goto(f"{live.url}/cases/{case}/serve_notice")
            paper = handler.page.locator('[name="paper"]').first.evaluate(
                "one => one.options ? one.options[1].value : one.value"
            )
            handler.do(case, "serve_notice", paper=paper, method="direct", receiver="田小禾", served_on=today)
    with desk(world.officer) as officer:
        officer.do(case, "visit", held_on=today, way="phone", performed="done", office_rating="satisfied",
                   unit_rating="satisfied", said="问题解决了")  # fmt: skip
    with desk(world.head) as head:
        head.do(case, "conclude", accepted_by_petitioner="1")
    with desk(world.officer) as officer:
        officer.do(case, "archive")
        officer.sees(case, "已归档")
    assert state_of(live, case) == "archived"
    with live.database.work(write=False) as session:
        assert (
            session.scalars(select(Deadline.id).where(Deadline.case_id == case, Deadline.ended_on.is_(None))).all()
            == []
        )


def test_an_objection_goes_back_and_out_again(live: Live, desk) -> None:  # type: ignore[no-untyped-def]
    world = live.world
    with desk(world.clerk) as clerk:
        case = clerk.register(**LETTER)
        clerk.do(case, "screen_as_first")
    with desk(world.officer) as officer:
        officer.do(case, "classify", nature="appeal", purpose="request", class_code="010100", place="河湾镇柳林村")
        officer.do(case, "transfer", unit=str(world.bureau.id), opinion="请依法办理。")
    with desk(world.receiver) as receiver:
        receiver.do(case, "sign")
        receiver.do(
            case, "object", objection="地块在乡镇管理范围内，本单位没有处理权限。", proposed_unit=str(world.township.id)
        )
    with desk(world.officer) as officer:
        officer.do(case, "uphold_objection", note="核实属实，同意退回。")
        officer.sees(case, "已退回")
        officer.do(case, "transfer", unit=str(world.township.id), opinion="请镇政府办理。")
    with desk(world.receiver) as receiver:
        receiver.page.goto(f"{live.url}/cases/{case}")
        expect(receiver.page.get_by_role("heading", level=1)).not_to_contain_text("承包地")
    with desk(world.township_receiver) as township:
        township.do(case, "sign")
        township.sees(case, "已签收")
