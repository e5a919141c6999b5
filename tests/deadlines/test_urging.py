"""督促 on many cases from the board: looked at first, done once, and what is left out says why."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.models import Event
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.notices.models import Notice
from tests.factories import World, lend, matter_in, new_petition
from tests.pages import Browse, Browser


def _late(world: World, n: int, days: int, state: str = "accepted", code: str = "T6") -> Matter:
    matter = matter_in(world, state, name=f"亓{n}", phone=f"199{n:08d}")
    row = next(row for row in matter.deadlines if row.code == code and row.ended_on is None)
    row.due_on = row.target_on = row.nominal_on = clock.today() - timedelta(days=days)
    return matter


def _preview(browser: Browser, unit_id: int) -> str:
    """As the button beside a unit of the board asks for it."""
    page = browser.get("/deadlines").get_data(as_text=True)
    forms = re.findall(r'<form method="post" action="/cases/batch"[^>]*>(.*?)</form>', page, re.DOTALL)
    own = next(form for form in forms if re.search(rf"pressing_unit={unit_id}\b", form))
    asked = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', own.replace("&amp;", "&")))
    return browser.post("/cases/batch", {**asked, "action": "urge"}).get_data(as_text=True)


def _confirmed(page: str) -> dict[str, str]:
    form = page[page.index('action="/cases/batch/run"') :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def _urged(session: Session) -> dict[int, int]:
    rows: Any = session.execute(
        select(Event.case_id, func.count()).where(Event.action == "urge").group_by(Event.case_id)
    )
    return dict(rows.all())


def test_the_preview_says_what_each_unit_receives_who_is_told_and_what_is_left_out(
    browser_of: Browse, session: Session, world: World
) -> None:
    first, second = _late(world, 1, 9), _late(world, 2, 2)
    again = _late(world, 3, 4)
    perform(again, "urge", {}, world.inspector)
    lend(world.handler, world.second_handler)
    session.commit()
    page = _preview(browser_of(world.officer), world.bureau.id)
    assert "选了3件：2件可以办理，1件不能办理" in page
    assert "青禾县自然资源局会收到2项" in page
    told = re.search(r"通知：([^<]*)</p>", page)
    assert told
    assert set(told.group(1).split("、")) == {world.handler.name, world.second_handler.name, world.head.name}
    assert page.index(first.number) < page.index(second.number), "the longest overdue first"
    assert "已超期9天" in page
    assert "今天已由青禾县信访局督促过" in page
    assert set(_confirmed(page)["waiting"].split(",")) == {str(first.id), str(second.id)}
    assert _urged(session) == {again.id: 1}, "looking does nothing"


def test_one_confirmation_is_one_act_a_case_however_often_it_is_sent(
    browser_of: Browse, session: Session, world: World
) -> None:
    matters = [_late(world, n, n) for n in (1, 2, 3)]
    session.commit()
    browser = browser_of(world.officer)
    hidden = _confirmed(_preview(browser, world.bureau.id)) | {"note": "请本周内办结"}
    for _ in range(2):
        assert "3件全部办好" in browser.post("/cases/batch/run", hidden).get_data(as_text=True)
    session.expire_all()
    assert _urged(session) == {matter.id: 1 for matter in matters}
    told: Any = session.execute(
        select(Notice.recipient_id, func.count()).where(Notice.kind == "urge").group_by(Notice.recipient_id)
    )
    assert dict(told.all()) == {world.handler.id: 3, world.head.id: 3}
    inbox = browser_of(world.handler).get("/inbox").get_data(as_text=True)
    assert f"{matters[0].number}：督促（青禾县信访局）" in inbox


def test_what_has_ended_or_was_sealed_meanwhile_is_left_out_and_said_so(
    browser_of: Browse, session: Session, world: World
) -> None:
    kept, ended, sealed, urged = (_late(world, n, n) for n in (1, 2, 3, 4))
    session.commit()
    browser = browser_of(world.officer)
    hidden = _confirmed(_preview(browser, world.bureau.id))
    perform(ended, "discontinue", {"discontinue_reason": "died", "proof": "证明"}, world.head)
    perform(sealed, "recall_sealed", {"reason": "实为检举"}, world.restricted)
    perform(urged, "urge", {}, world.inspector)
    session.commit()
    page = browser.post("/cases/batch/run", hidden).get_data(as_text=True)
    assert "已办好1件，3件没有办成" in page
    assert "不能“督促”" in page, "ended"
    assert "没有找到这一件，可能已转走或保密" in page
    assert "今天已由青禾县信访局督促过" in page
    assert sealed.number not in page
    session.expire_all()
    assert _urged(session) == {kept.id: 1, urged.id: 1}


def test_the_result_names_no_case_the_reader_does_not_see_whatever_the_form_says(
    browser_of: Browse, session: Session, world: World
) -> None:
    matter = _late(world, 1, 3)
    sealed = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    session.commit()
    browser = browser_of(world.officer)
    hidden = _confirmed(_preview(browser, world.bureau.id)) | {"refused": f"{sealed.id}|原因"}
    page = browser.post("/cases/batch/run", hidden).get_data(as_text=True)
    assert "已办好1件，1件没有办成" in page
    assert sealed.number not in page
    assert f"/cases/{sealed.id}" not in page
    assert _urged(session) == {matter.id: 1}


@pytest.mark.parametrize("person", ["handler", "receiver", "clerk"])
def test_whoever_may_not_urge_is_told_so_for_each_case(
    browser_of: Browse, session: Session, world: World, person: str
) -> None:
    matter = _late(world, 1, 3)
    session.commit()
    asked = {"action": "urge", "case": [str(matter.id)], "list": "all"}
    page = browser_of(world.people[person]).post("/cases/batch", asked).get_data(as_text=True)
    assert "你不能在此件上“督促”，这一步由其他岗位或单位办理" in page
    assert "batch/run" not in page


def test_a_head_of_the_unit_urges_own_and_lower_tiers_by_their_own_duties(
    browser_of: Browse, session: Session, world: World
) -> None:
    passed = matter_in(world, "signed")
    perform(passed, "forward", {"subordinate": world.section.id, "opinion": "请办理"}, world.receiver)
    inner = [row for row in passed.deadlines if row.code == "T4" and row.ended_on is None][-1]
    inner.due_on = inner.target_on = clock.today() - timedelta(days=2)
    session.commit()
    page = _preview(browser_of(world.head), world.section.id)
    assert "耕地保护站会收到1项" in page
    assert f"通知：{world.section_receiver.name}、{world.section_head.name}" in page


def test_an_accusation_is_in_no_ones_selection_and_told_of_to_nobody(
    browser_of: Browse, session: Session, world: World
) -> None:
    _late(world, 1, 3)
    sealed = new_petition(world, world.restricted, purpose="accusation", respondent="某某").matter
    row = next(row for row in sealed.deadlines if row.code == "T1")
    row.due_on = row.target_on = clock.today() - timedelta(days=9)
    session.commit()
    asked = {"action": "urge", "case": [str(sealed.id)], "list": "all"}
    answer = browser_of(world.officer).post("/cases/batch", asked)
    assert answer.status_code == 302, "as if nothing was ticked"
    page = browser_of(world.restricted).post("/cases/batch", asked).get_data(as_text=True)
    assert "batch/run" not in page
    assert _urged(session) == {}
