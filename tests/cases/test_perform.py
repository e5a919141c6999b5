"""The door keeps its promises whatever the act."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from petitions import clock, db
from petitions.cases.models import Deadline
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.notices.models import Notice
from petitions.words import Refused, Stale
from tests.factories import World, matter_in, new_petition, register_typed, take


def _clock(matter: Matter, code: str) -> Deadline:
    query = select(Deadline).where(Deadline.case_id == matter.id, Deadline.code == code).order_by(Deadline.id.desc())
    return db.session().scalars(query).first() or pytest.fail(f"no {code}")


def test_the_same_form_sent_twice_is_one_act(world: World) -> None:
    matter = matter_in(world, "triage")
    first = perform(matter, "note", {"note": "已电话核实"}, world.officer, submission="a" * 32)
    again = perform(matter, "note", {"note": "已电话核实"}, world.officer, submission="a" * 32)
    assert again is first


def test_a_form_id_used_for_another_act_or_case_or_person_is_refused(world: World) -> None:
    matter, other = matter_in(world, "triage"), new_petition(world).matter
    perform(matter, "note", {"note": "已电话核实"}, world.officer, submission="b" * 32)
    for case, action, person in (
        (matter, "correct", world.officer), (other, "note", world.officer), (matter, "note", world.office_head),
    ):  # fmt: skip
        with pytest.raises(Refused, match="已经提交过"):
            perform(
                case, action, {"note": "另一件事", "title": "新概况", "reason": "写错了"}, person, submission="b" * 32
            )


def test_a_page_opened_before_somebody_elses_act_is_stale(world: World) -> None:
    matter = matter_in(world, "triage")
    seen = matter.version
    perform(matter, "correct", {"title": "改过的概况", "reason": "原概况有误"}, world.officer, version=seen)
    db.session().flush()
    with pytest.raises(Stale):
        perform(matter, "note", {"note": "按旧页面填写"}, world.office_head, version=seen)


def test_an_act_that_is_refused_halfway_leaves_nothing(world: World) -> None:
    ten_days_ago = clock.now() - timedelta(days=10)
    later = new_petition(world).matter
    earlier = new_petition(world, received_on=clock.day_of(ten_days_ago).isoformat()).matter
    before = (earlier.state, earlier.version, len(earlier.events), len(earlier.petitions), len(earlier.documents))
    # The joining registers the repeat on the other matter, which had not come yet on that day.
    with pytest.raises(Refused, match="不能早于来件日期"):
        perform(earlier, "join_as_repeat", {"matter": later.number}, world.officer, ten_days_ago)
    db.session().expire_all()
    assert before == (
        earlier.state, earlier.version, len(earlier.events), len(earlier.petitions), len(earlier.documents)
    )  # fmt: skip
    assert perform(earlier, "screen_as_first", {}, world.officer).to_state == "triage"


def test_what_is_recorded_after_the_end_does_not_move_the_day_it_ended(world: World) -> None:
    matter = matter_in(world, "concluded", received_on=(clock.today() - timedelta(days=40)).isoformat())
    ended = matter.closed_on
    earlier = (clock.today() - timedelta(days=30)).isoformat()
    perform(matter, "counsel", {"held_on": earlier, "record": "上门说明有关规定"}, world.handler)
    assert matter.closed_on == ended == clock.today()


def test_taking_a_forwarded_petition_back_gives_the_unit_no_more_time(world: World) -> None:
    with time_machine.travel(clock.noon_of(date(2026, 6, 1)), tick=False):
        matter = register_typed(world, world.receiver)
        due = _clock(matter, "T3").due_on
    with time_machine.travel(clock.noon_of(date(2026, 7, 1)), tick=False):
        take(world, matter, [("forward_direct", {"subordinate": world.section.id, "opinion": "请办理"}, "receiver"),
                             ("recall_forward", {"reason": "转错了"}, "receiver")])  # fmt: skip
        assert _clock(matter, "T3").due_on == due
        assert _clock(matter, "T3").ended_on is None


def test_the_office_keeps_at_least_three_days_after_a_return(world: World) -> None:
    with time_machine.travel(clock.noon_of(date(2026, 6, 1)), tick=False):
        matter = matter_in(world, "dispatched")
        assert _clock(matter, "T1").due_on == date(2026, 6, 16)
    with time_machine.travel(clock.noon_of(date(2026, 6, 15)), tick=False):
        perform(matter, "recall", {"reason": "主办单位选错"}, world.officer)
        assert _clock(matter, "T1").due_on == date(2026, 6, 18)


def test_nobody_hears_of_a_sealed_case_who_may_not_see_it(world: World) -> None:
    sealed = new_petition(world, world.restricted, purpose="accusation").matter
    register_typed(world, world.restricted, purpose="accusation", joins=sealed)
    heard = db.session().scalars(select(Notice.recipient_id).where(Notice.case_id == sealed.id)).all()
    assert set(heard) <= {world.restricted.id}
