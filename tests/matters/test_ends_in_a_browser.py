"""简易办理 with its way back, and the ends of a matter, as people do them in a Chromium: withdrawn, died, settled."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect

from petitions import clock
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from tests.deep.conftest import present
from tests.factories import World, matter_in
from tests.live import Live
from tests.matters.issuing import SIMPLY, soon

pytestmark = pytest.mark.browser


def _ground(live: Live, state: str, days_ago: int = 0, *acts: tuple[str, Mapping[str, Any], str]) -> int:
    """A matter that came to `state` so many days ago, and what was done to it on that day."""
    with time_machine.travel(clock.now() - timedelta(days=days_ago)), live.database.work() as session:
        world: World = present(live.world, session)
        matter = matter_in(world, state)
        for name, data, person in acts:
            perform(matter, name, data, world.people[person])
        return int(matter.id)


def _matter(live: Live, case_id: int) -> dict[str, Any]:
    with live.database.work() as session:
        found = session.get_one(Matter, case_id)
        return {
            "state": found.state, "papers": [one.kind for one in found.documents], "procedure": found.procedure,
            "T6": [row.start_on for row in found.deadlines if row.code == "T6" and row.ended_on is None],
            "people": [one.name for one in found.petitioners],
        }  # fmt: skip


def _act(live: Live, page: Page, case_id: int, name: str, **typed: str | bool) -> None:
    page.goto(f"{live.url}/cases/{case_id}/{name}")
    for field, value in typed.items():
        box = page.locator(f'form [name="{field}"]')
        if value is True:
            box.and_(page.locator('[type="checkbox"]')).check(force=True)
        elif box.first.evaluate("one => one.tagName") == "SELECT":
            box.first.select_option(str(value))
        elif box.first.get_attribute("type") == "radio":
            box.and_(page.locator(f'[value="{value}"]')).check(force=True)
        else:
            box.first.fill(str(value))
    page.locator("form[data-guard] button.btn-primary, form[data-guard] button.btn-danger-plain").first.click()
    page.wait_for_url(re.compile(rf"/cases/{case_id}(?:[?#].*)?$"))  # not the address of the form, which begins alike


def test_a_matter_is_handled_simply(live: Live, page: Page) -> None:
    case = _ground(live, "signed")
    live.log_in(page, live.world.people["handler"])
    _act(live, page, case, "accept_simple", fit="clear", told_by="phone", supportable=True)
    expect(page.get_by_text("信访事项简易办理告知书").first).to_be_visible()
    assert _matter(live, case)["procedure"] == "simple"


def test_what_turns_out_unfit_goes_the_ordinary_way_from_its_first_day(live: Live, page: Page) -> None:
    case = _ground(live, "signed", 6, ("accept_simple", SIMPLY, "handler"))
    live.log_in(page, live.world.people["handler"])
    _act(live, page, case, "convert", reason="需要委托鉴定")
    accepted = clock.today() - timedelta(days=6)
    assert _matter(live, case)["T6"] == [accepted], "the sixty days count from acceptance"
    expect(page.get_by_text("信访事项转为普通程序告知书").first).to_be_visible()
    page.goto(f"{live.url}/cases/{case}")
    last = accepted + timedelta(days=60)
    assert f"{last.month}月{last.day}日" in page.content()


def test_a_petitioner_withdraws(live: Live, page: Page) -> None:
    case = _ground(live, "accepted")
    live.log_in(page, live.world.people["officer"])
    _act(live, page, case, "withdraw", reason="问题已经解决", free_will=True)
    expect(page.get_by_text("信访事项撤回（终止）告知书").first).to_be_visible()
    assert _matter(live, case)["state"] == "withdrawn"


def test_a_petitioner_has_died_and_somebody_steps_in(live: Live, page: Page) -> None:
    case = _ground(live, "accepted")
    live.log_in(page, live.world.people["handler"])
    _act(live, page, case, "note_loss", loss="died", happened_on=soon(0), proof="死亡证明", until=soon(30))
    _act(live, page, case, "take_succession", heir="田小苗", heir_relation="女儿", proof="户口簿")
    assert _matter(live, case)["people"][-1] == "田小苗"
    assert _matter(live, case)["state"] == "accepted"


def test_a_petitioner_has_died_and_nobody_steps_in(live: Live, page: Page) -> None:
    until = (clock.today() - timedelta(days=5)).isoformat()
    happened = (clock.today() - timedelta(days=40)).isoformat()
    loss = {"loss": "died", "happened_on": happened, "proof": "死亡证明", "until": until}
    case = _ground(live, "accepted", 40, ("note_loss", loss, "handler"))
    live.log_in(page, live.world.people["head"])
    _act(live, page, case, "discontinue", discontinue_reason="died", proof="死亡证明，没有承受人")
    assert _matter(live, case)["state"] == "concluded"


def test_both_sides_settle(live: Live, page: Page) -> None:
    case = _ground(live, "accepted")
    live.log_in(page, live.world.people["handler"])
    _act(live, page, case, "begin_mediation", consent="both", note="双方同意协商")
    _act(live, page, case, "settle", settled_by="reconciliation", other_party="柳林村民委员会", agreement="退还土地。",
         performer="柳林村民委员会", perform_by=soon(20), both_agree=True)  # fmt: skip
    expect(page.get_by_text("调解（和解）协议书").first).to_be_visible()
    assert "settlement" in _matter(live, case)["papers"]
    assert _matter(live, case)["state"] == "accepted"
