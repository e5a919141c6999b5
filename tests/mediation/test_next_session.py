"""下次调解: agreed on with a session or by itself, shown soonest first, marked when its day went by, in the mediator's calendar."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock, db
from petitions.deadlines import feed
from petitions.mediation.models import Mediation
from petitions.mediation.next_session import books
from petitions.mediation.queries import desk
from petitions.notices.models import Notice
from petitions.words import Refusal, Refused
from tests.mediations import Mediators, accepted, agreed, agreement_of, begun, do, ids, session_of
from tests.pages import Browse


def _in(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def _next(days: int, at: str = "14:30", place: str = "柳林村三组活动室") -> dict[str, str]:
    return {"next_on": _in(days), "next_at": at, "next_place": place}


def _told(mediation: Mediation) -> tuple[date | None, str, str]:
    return mediation.next_on, mediation.next_at, mediation.next_place


NONE = (None, "", "")


def _held(mediators: Mediators, mediation: Mediation, on: date | None = None, **changes: Any) -> None:
    data = session_of(mediation, on, session_outcome="again", **changes)
    do(mediation, "hold_session", mediators.mediator, on, **data)


def test_a_session_says_when_the_next_one_is_and_the_next_one_takes_it_away(mediators: Mediators) -> None:
    mediation = begun(mediators)
    _held(mediators, mediation, **_next(3))
    assert _told(mediation) == (clock.today() + timedelta(days=3), "14:30", "柳林村三组活动室")
    record = next(one for one in mediation.documents if one.kind == "mediation_record")
    assert "约定下次调解" in record.text
    assert "14:30，柳林村三组活动室" in record.text
    _held(mediators, mediation, began_at="15:00", ended_at="16:00")
    assert _told(mediation) == NONE


def test_the_same_place_is_not_typed_again(mediators: Mediators) -> None:
    mediation = begun(mediators)
    _held(mediators, mediation, next_on=_in(2), next_at="09:00")
    assert _told(mediation) == (clock.today() + timedelta(days=2), "09:00", "村委会调解室")


def test_the_first_one_is_planned_once_mediators_are_chosen_or_with_the_notice_of_rights(mediators: Mediators) -> None:
    mediation = accepted(mediators)
    do(mediation, "arrange_session", mediators.mediator, **_next(2))
    told = {"told_on": clock.today().isoformat(), "told_way": "spoken", "told_to": ids(mediation.principals)}
    do(mediation, "notify_rights", mediators.mediator, **told)
    assert mediation.next_on == clock.today() + timedelta(days=2), "nothing else was agreed on"
    other = accepted(mediators)
    told["told_to"] = ids(other.principals)
    do(other, "notify_rights", mediators.mediator, **told, **_next(1))
    assert other.next_on == clock.today() + timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (_next(0), "应当在本次调解"),
        (_next(-1), "应当在本次调解"),
        (_next(400), "请核对年份"),
        (_next(2, at="2点半"), "14:30"),
        (_next(2, at=""), "填写下次调解的时间"),
        ({"next_at": "14:30"}, "填写下次调解的日期"),
        ({"next_place": "活动室"}, "填写下次调解的日期"),
    ],
)
def test_a_next_session_that_cannot_be_is_refused(mediators: Mediators, typed: dict[str, str], sentence: str) -> None:
    mediation = begun(mediators)
    with pytest.raises(Refusal, match=sentence):
        _held(mediators, mediation, **typed)
    assert (_told(mediation), mediation.sessions) == (NONE, [])


def test_nobody_arranges_a_session_for_an_hour_that_is_over(mediators: Mediators) -> None:
    mediation = begun(mediators)
    for typed in (_next(-1), _next(0, at="00:00")):
        with pytest.raises(Refused, match="已经过去"):
            do(mediation, "arrange_session", mediators.mediator, **typed)
    assert _told(mediation) == NONE


def test_a_session_that_is_written_down_later_than_a_later_one_changes_nothing(mediators: Mediators) -> None:
    start = clock.today() - timedelta(days=9)
    mediation = begun(mediators, start)
    _held(mediators, mediation, start + timedelta(days=6), **_next(2))
    _held(mediators, mediation, start + timedelta(days=3), **_next(-3))
    assert mediation.next_on == clock.today() + timedelta(days=2)
    _held(mediators, mediation, start + timedelta(days=4))
    assert mediation.next_on == clock.today() + timedelta(days=2)


@pytest.mark.parametrize("ended", ["fail", "agree_orally", "revoke_consent"])
def test_what_came_to_its_end_has_no_next_session(mediators: Mediators, ended: str) -> None:
    mediation, today = begun(mediators), clock.today().isoformat()
    _held(mediators, mediation, **_next(3))
    data = {
        "fail": {"failure_ground": "no_prospect", "ways_told": ["court"], "note": "分歧过大"},
        "agree_orally": {"agreed_on": today, "needs_no_paper": True, **agreement_of(mediation)},
        "revoke_consent": {"party": ids(mediation.principals)[0], "said_on": today, "ways_told": ["court"]},
    }[ended]
    do(mediation, ended, mediators.mediator, **data)
    assert _told(mediation) == NONE


def test_my_mediations_show_the_soonest_first_and_what_went_by(
    mediators: Mediators, session: Session, browser_of: Browse
) -> None:
    start = clock.today() - timedelta(days=9)
    later, soon, lapsed = begun(mediators), begun(mediators), begun(mediators, start)
    _held(mediators, later, **_next(6))
    _held(mediators, soon, **_next(1, place="田间"))
    _held(mediators, lapsed, start, **_next(-2))
    agreed(mediators)
    session.commit()
    assert [one.id for one in desk(mediators.mediator).agenda.rows] == [lapsed.id, soon.id, later.id]
    assert not desk(mediators.second).agenda.rows, "whoever does not mediate it is not shown it"
    page = browser_of(mediators.mediator).get("/mediations").get_data(as_text=True)
    agenda = page[page.index("agenda-head") : page.index("</section>", page.index("agenda-head"))]
    assert agenda.count("日期已过") == 1
    assert f"{_in(1)} 14:30" in agenda
    assert "田间" in agenda
    assert "田小禾" not in agenda, "a list is read by whoever passes"
    case = browser_of(mediators.mediator).get(f"/cases/{lapsed.id}").get_data(as_text=True)
    assert "▲ 日期已过，没有调解记录" in case[case.index('id="next-session"') :]
    assert "改期" in case


def test_a_page_of_a_mediation_without_one_says_nothing(
    mediators: Mediators, session: Session, browser_of: Browse
) -> None:
    mediation = begun(mediators)
    session.commit()
    assert "next-session" not in browser_of(mediators.mediator).get(f"/cases/{mediation.id}").get_data(as_text=True)
    assert "agenda-head" not in browser_of(mediators.mediator).get("/mediations").get_data(as_text=True)


def test_the_calendar_of_whoever_mediates_holds_the_hour_and_no_place_or_name(
    mediators: Mediators, session: Session
) -> None:
    mediation, gone = begun(mediators), begun(mediators, clock.today() - timedelta(days=9))
    _held(mediators, mediation, **_next(3, place="田小禾家"))
    _held(mediators, gone, clock.today() - timedelta(days=8), **_next(-2))
    session.commit()
    text = feed.calendar(mediators.mediator, "http://localhost/").decode().replace("\r\n ", "")
    day = clock.today() + timedelta(days=3)
    assert f"DTSTART:{day:%Y%m%d}T063000Z" in text, "14:30 in China"
    assert f"UID:session-{mediation.id}@localhost" in text
    assert f"SUMMARY:{mediation.number} 调解" in text
    assert not re.search("田小禾|麦有根|排水", text)
    assert f"session-{gone.id}" not in text, "what went by is no appointment"
    assert books(mediators.chair) == [], "the chair mediates nothing here"
    assert books(mediators.second) == []
    mediation.sealed = True
    session.flush()
    assert books(mediators.mediator) == []


def test_the_notice_of_a_session_goes_to_the_other_mediators(mediators: Mediators) -> None:
    mediation = begun(mediators)
    both = [str(mediators.mediator.id), str(mediators.second.id)]
    do(mediation, "appoint", mediators.chair, mediators=both, presider=both[0], chosen_by="committee", kinship="none")
    do(mediation, "arrange_session", mediators.mediator, **_next(2))
    assert [one.recipient_id for one in _notices(mediation)] == [mediators.second.id]


def _notices(mediation: Mediation) -> list[Any]:
    asked = select(Notice).where(Notice.case_id == mediation.id, Notice.kind == "arrange_session")
    return list(db.session().scalars(asked))
