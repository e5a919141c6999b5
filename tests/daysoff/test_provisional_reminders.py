"""A reminder of a day that may still move says so."""

from datetime import date

import time_machine
from sqlalchemy.orm import Session

from petitions import clock
from tests.factories import World, register_typed
from tests.pages import Browse


def test_my_reminders_mark_a_provisional_day(browser_of: Browse, world: World, session: Session) -> None:
    """15 日 from 12-15 end on 2026-12-30, which the notice for the next year decides."""
    with time_machine.travel(clock.noon_of(date(2026, 12, 15)), tick=False) as traveller:
        register_typed(world, world.clerk)
        session.commit()
        traveller.move_to(clock.noon_of(date(2026, 12, 30)))
        page = browser_of(world.officer).get("/reminders").get_data(as_text=True)
    assert "今天到期" in page
    assert "日期暂定，按法定节日推算，待国务院通知公布后校准" in page
