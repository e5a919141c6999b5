"""The pages of the calendar: who opens them, what they say, and the way from the form by the preview to the deed."""

import html
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from petitions import clock
from petitions.cases.calendar import CalendarDay, CalendarYear
from petitions.cases.models import Deadline
from tests.daysoff.notices import LINES_OF_2027, NOTICE, OF_2027
from tests.factories import World, matter_in, new_petition
from tests.pages import Browse, Browser

day = date.fromisoformat


def text_of(page: TestResponse) -> str:
    """The words of a page, one blank between."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.get_data(as_text=True))).split())


def fields_of(page: TestResponse) -> dict[str, str]:
    """What the form of the confirmation sends."""
    form = page.get_data(as_text=True).split('/confirm"')[1].split("</form>")[0]
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    }


@pytest.fixture(autouse=True)
def december() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(clock.noon_of(day("2026-12-08")), tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(browser_of: Browse, world: World) -> Browser:
    """The administrator's browser."""
    return browser_of(world.administrator)


def test_everybody_reads_the_calendar_and_only_the_administrator_changes_it(
    browser_of: Browse, world: World, session: Session
) -> None:
    for name, person in world.people.items():
        browser = browser_of(person)
        page = browser.get("/calendar/2026")
        assert page.status_code == 200, name
        manages = name == "administrator"
        assert ("录入放假安排" in text_of(page)) is manages
        for where in ("/calendar/2027/import", "/calendar/2027/day"):
            assert browser.get(where).status_code == (200 if manages else 403)
            assert browser.post(f"{where}/preview", {}).status_code == (422 if manages else 403)
            assert browser.post(f"{where}/confirm", {}).status_code == (422 if manages else 403)
    assert session.get_one(CalendarYear, 2027).published is False


def test_the_year_says_what_is_off_and_whether_it_is_announced(desk: Browser) -> None:
    page = text_of(desk.get("/calendar/2026"))
    assert "国务院办公厅关于2026年部分节假日安排的通知" in page
    assert "休 春节 2026-02-15 至 2026-02-23 共9天" in page
    assert "班 春节 2026-02-28" in page
    ahead = text_of(desk.get("/calendar/2027"))
    assert "2027年的放假安排未公布：按法定节日推算，待国务院通知公布后校准" in ahead
    assert desk.get("/calendar").headers["Location"] == "/calendar/2026"
    for year in (2003, 2029, 999999):
        assert desk.get(f"/calendar/{year}").status_code == 404


@pytest.mark.parametrize("upload", [True, False])
def test_an_import_goes_by_the_preview_to_the_calendar(
    desk: Browser, world: World, session: Session, upload: bool
) -> None:
    matter = matter_in(world, "accepted")
    session.commit()
    given = {"file": (BytesIO(LINES_OF_2027.encode("gb18030")), "2027.csv")} if upload else {"text": OF_2027}
    page = desk.post("/calendar/2027/import/preview", {"notice": NOTICE, **given})
    words = text_of(page)
    assert "移动的期限 1件的1个" in words
    assert "改动的日子 22天" in words
    assert matter.number not in words, "the administrator sees no case"
    assert "有1个只计数" in words
    assert session.get_one(CalendarYear, 2027).published is False
    done = desk.post("/calendar/2027/import/confirm", fields_of(page))
    assert done.status_code == 302
    session.expire_all()
    assert session.get_one(CalendarYear, 2027).published is True
    assert session.get_one(CalendarDay, day("2027-02-14")).kind == "workday"
    term = session.scalars(select(Deadline).where(Deadline.case_id == matter.id, Deadline.code == "T6")).one()
    assert term.due_on == day("2027-02-14")
    assert "已更改2027年的日历22天，1件的1个期限重新计算" in text_of(desk.get("/calendar/2027"))


def test_a_single_day_goes_the_same_way(desk: Browser, world: World, session: Session) -> None:
    letter = new_petition(world).matter
    session.commit()
    said = {"day": "2026-12-23", "kind": "holiday", "name": "本地安排", "ground": "青禾县政府通知"}
    page = desk.post("/calendar/2026/day/preview", said)
    assert "2026-12-23 平常的日子 → 放假（本地安排）" in text_of(page)
    assert desk.post("/calendar/2026/day/confirm", fields_of(page)).status_code == 302
    session.expire_all()
    assert session.scalars(select(Deadline.due_on).where(Deadline.case_id == letter.id)).one() == day("2026-12-24")
    back = desk.post("/calendar/2026/day/preview", {**said, "kind": "plain", "name": ""})
    assert desk.post("/calendar/2026/day/confirm", fields_of(back)).status_code == 302
    session.expire_all()
    assert session.get(CalendarDay, day("2026-12-23")) is None
    assert session.get_one(CalendarYear, 2026).published is True
    assert session.scalars(select(Deadline.due_on).where(Deadline.case_id == letter.id)).one() == day("2026-12-23")


def test_a_stale_confirmation_shows_the_new_preview(desk: Browser, world: World, session: Session) -> None:
    page = desk.post("/calendar/2027/import/preview", {"notice": NOTICE, "text": OF_2027})
    matter_in(world, "accepted")
    session.commit()
    again = desk.post("/calendar/2027/import/confirm", fields_of(page))
    assert again.status_code == 409
    assert "预览以后日历或者期限有了变动，没有作任何更改" in text_of(again)
    assert "移动的期限 1件的1个" in text_of(again)
    assert session.get_one(CalendarYear, 2027).published is False
    assert desk.post("/calendar/2027/import/confirm", fields_of(again)).status_code == 302


@pytest.mark.parametrize(
    ("way", "typed", "sentence"),
    [
        ("import", {"notice": NOTICE}, "没有读到放假或调休的日期"),
        ("import", {"notice": "", "text": OF_2027}, "填写通知名称"),
        ("import", {"notice": "长" * 201, "text": OF_2027}, "通知名称最多200个字"),
        ("import", {"notice": NOTICE, "text": OF_2027.replace("共9天", "共8天")}, "写的是8天"),
        ("import", {"notice": NOTICE, "text": "休" * 20_001}, "内容太长"),
        ("import", {"notice": NOTICE, "text": "2027-01-01\x00,休,元旦"}, "读不出"),
        ("import", {"notice": NOTICE, "file": (BytesIO(b"\xff\x00\x81\x00\xfe"), "a.csv")}, "文件读不出文字"),
        ("import", {"notice": NOTICE, "file": (BytesIO(b"a" * 90_000), "a.csv")}, "内容太长"),
        ("import", {"notice": NOTICE, "text": OF_2027, "file": (BytesIO(b"a"), "a.csv")}, "粘贴和上传只选一种"),
        ("day", {"day": "二月", "kind": "holiday", "name": "春节", "ground": "通知"}, "填写日期"),
        ("day", {"day": "2027-02-09", "kind": "", "name": "春节", "ground": "通知"}, "选择这一天"),
        ("day", {"day": "2027-02-09", "kind": "holiday", "name": "", "ground": "通知"}, "要写节日名称"),
        ("day", {"day": "2027-02-09", "kind": "workday", "name": "春节", "ground": "通知"}, "本来就上班"),
        ("day", {"day": "2027-02-06", "kind": "plain", "name": "", "ground": "通知"}, "法定节日（春节），应当放假"),
        ("day", {"day": "2028-02-06", "kind": "plain", "name": "", "ground": "通知"}, "不归2027年的安排"),
        ("day", {"day": "2027-02-09", "kind": "holiday", "name": "春节", "ground": ""}, "填写依据"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_sentence_and_changes_nothing(
    desk: Browser, session: Session, way: str, typed: dict[str, object], sentence: str
) -> None:
    before = session.execute(select(CalendarDay.__table__)).all()
    for step in ("preview", "confirm"):
        given = dict(typed)
        if isinstance(given.get("file"), tuple):
            stream, name = given["file"]  # type: ignore[misc]
            given["file"] = (BytesIO(stream.getvalue()), name)
        page = desk.post(f"/calendar/2027/{way}/{step}", given)
        assert page.status_code == 422
        assert sentence in text_of(page)
        assert "错误：" in page.get_data(as_text=True)
    assert session.execute(select(CalendarDay.__table__)).all() == before


def test_from_november_on_the_administrator_is_reminded_of_the_next_year(
    browser_of: Browse, world: World, december: time_machine.Traveller
) -> None:
    words = "2027年的放假安排还没有录入"
    assert words in text_of(browser_of(world.administrator).get("/"))
    assert words not in text_of(browser_of(world.officer).get("/"))
    december.move_to(clock.noon_of(day("2026-10-31")))
    assert words not in text_of(browser_of(world.administrator).get("/"))


def test_a_provisional_date_is_marked_in_the_list_on_the_case_and_in_print(
    browser_of: Browse, world: World, session: Session
) -> None:
    matter = matter_in(world, "accepted")
    session.commit()
    browser = browser_of(world.handler)
    case = browser.get(f"/cases/{matter.id}").get_data(as_text=True)
    assert "日期暂定，按法定节日推算，待国务院通知公布后校准" in case
    for where in (f"/cases/{matter.id}", "/cases"):
        assert "剩60天 暂定" in text_of(browser.get(where))
