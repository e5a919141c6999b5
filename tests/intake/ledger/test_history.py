"""A row with a reply arrives as a matter that was answered then, with what the ledger says and no more."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.models import Case, CaseUnit
from petitions.cases.perform import perform
from petitions.cases.queries import visible_to
from petitions.followup.queries import listed
from petitions.matters.listing import WAITS
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.factories import World, new_petition
from tests.intake.ledger.ledgers import HEAD, ROWS, Desk, csv_of, petition


def test_an_answered_row_is_a_matter_answered_on_its_own_day(desk: Desk, session: Session) -> None:
    desk.bring_in(csv_of(ROWS))
    matter = petition("JH-1").matter
    assert (matter.state, matter.received_on, matter.closed_on) == ("concluded", date(2024, 3, 5), date(2024, 4, 2))
    assert [(event.action, clock.day_of(event.at)) for event in matter.events] == [
        ("bring_in", date(2024, 3, 5)), ("record_answer", date(2024, 4, 2)),
    ]  # fmt: skip
    assert all(clock.day_of(event.recorded_at) == clock.today() for event in matter.events)
    [term] = matter.deadlines
    # 15 日 from Tuesday 2024-03-05; the ledger proves no act before the answer, so the term ended with it.
    assert (term.code, term.start_on, term.due_on, term.ended_on) == (
        "T1", date(2024, 3, 5), date(2024, 3, 20), date(2024, 4, 2),
    )  # fmt: skip
    answer = next(paper for paper in matter.documents if paper.kind == "recorded_answer")
    assert "经核实，占用属实，已退还。" in answer.text
    assert "台账.csv第2行" in answer.text
    assert answer.issued_on == date(2024, 4, 2)


def test_an_unanswered_row_is_open_and_its_clock_runs_from_the_day_it_came(desk: Desk, session: Session) -> None:
    desk.bring_in(csv_of(ROWS))
    matter = petition("JH-2").matter
    assert (matter.state, matter.closed_on) == ("registered", None)
    assert [(term.code, term.start_on, term.ended_on) for term in matter.deadlines] == [("T1", date(2024, 3, 6), None)]


def test_rows_without_a_reply_may_be_kept_without_being_work(desk: Desk, session: Session) -> None:
    desk.bring_in(csv_of(ROWS), unanswered="filed")
    matter = petition("JH-2").matter
    assert (matter.state, matter.closed_on, matter.deadlines) == ("filed", date(2024, 3, 6), [])
    assert petition("JH-1").matter.state == "concluded"


def test_a_row_of_today_is_not_registered_in_the_future(desk: Desk, session: Session) -> None:
    today = clock.today().isoformat()
    row = ("JH-9", "田小禾", "", today, "来信", "今天的信", "请求修路。", "已修。", today)
    assert desk.bring_in(csv_of([row])).imported == 1
    assert all(event.at <= clock.now() for event in petition("JH-9").matter.events)


def test_what_no_column_takes_stands_beside_the_petition_with_the_place_it_came_from(
    desk: Desk, session: Session
) -> None:
    row = (*ROWS[1], "老王负责", "城建/路灯")
    desk.bring_in(csv_of([row], (*HEAD, "备注", "问题类别")))
    kept = petition("JH-2").particulars
    assert kept["ledger"] == "台账.csv第2行"
    assert kept["ledger_notes"] == "备注：老王负责\n问题类别：城建/路灯"


def test_words_of_the_class_and_of_the_unit_are_understood(desk: Desk, world: World, session: Session) -> None:
    row = (*ROWS[0], "农村农业-土地承包经营", world.bureau.name)
    desk.bring_in(csv_of([row], (*HEAD, "问题类别", "答复单位")))
    matter = petition("JH-1").matter
    assert matter.class_code == "010100"
    assert (matter.unit_id, matter.sender_id) == (world.bureau.id, world.office.id)
    parts = session.query(CaseUnit).filter_by(case_id=matter.id).order_by(CaseUnit.id)
    assert [(part.unit_id, part.part) for part in parts] == [(world.office.id, "office"), (world.bureau.id, "holder")]


def test_an_accusation_is_sealed_and_no_unit_of_the_ledger_learns_of_it(
    desk: Desk, world: World, session: Session
) -> None:
    row = (*ROWS[0], "检举控告", world.bureau.name)
    assert desk.bring_in(csv_of([row], (*HEAD, "信访目的", "答复单位"))).imported == 1
    matter = petition("JH-1").matter
    assert matter.sealed
    assert [part.unit_id for part in matter.parts] == [world.office.id]
    assert [paper.kind for paper in matter.documents if "田小禾" in paper.text] == []


def test_only_what_came_by_a_ledger_can_be_answered_this_way(world: World, session: Session) -> None:
    matter = new_petition(world).matter
    answer = {"answer": "已办。", "answered_on": clock.today().isoformat()}
    with pytest.raises(Refused, match="不是从台账补录的"):
        perform(matter, "record_answer", answer, world.officer)
    with pytest.raises(NotPermitted):
        perform(matter, "record_answer", answer, world.clerk)


def test_an_answer_never_lies_before_its_petition(desk: Desk, world: World, session: Session) -> None:
    desk.bring_in(csv_of(ROWS))
    answer = {"answer": "已办。", "answered_on": "2024-03-01"}
    with pytest.raises(FieldErrors, match="不能早于来件日期"):
        perform(petition("JH-2").matter, "record_answer", answer, world.officer)


def test_nobody_owes_a_visit_or_a_dossier_for_what_was_over_before(desk: Desk, world: World, session: Session) -> None:
    desk.bring_in(csv_of(ROWS))
    desk.bring_in(
        csv_of([("JH-4", "禾大田", "19900001009", "2024-03-05", "来信", "", "请求修桥。", "", "")]), unanswered="filed"
    )
    assert {name: listed(world.officer, name).total for name in ("visit", "archive")} == {"visit": 0, "archive": 0}
    assert _to_be_visited(world, session) == 0
    matter = petition("JH-1").matter
    perform(matter, "archive", {}, world.officer)
    assert matter.state == "archived"


def _to_be_visited(world: World, session: Session) -> int:
    """How many matters the workbench counts as to be visited."""
    wanted = visible_to(world.officer, select(func.count()).select_from(Case)).where(WAITS["visit"][1](world.officer))
    return session.scalar(wanted) or 0
