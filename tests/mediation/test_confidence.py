"""What is said in mediation is for its mediators and the chair; a matter hears stage, date and result."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases.models import Case
from petitions.cases.paper_files import face_of
from petitions.cases.perform import perform
from petitions.cases.queries import attachment, sees
from petitions.matters.models import Matter
from petitions.mediation.models import Mediation
from petitions.words import NotPermitted, Refused
from tests.factories import World, make_user, matter_in
from tests.mediations import Mediators, agreed_to, begun, do, ids, opened, pay, session_of
from tests.mediations import agreement_of as agreement
from tests.pages import Browse

SAID = "只有调解室里的人听见的话"


def send(world: World, mediators: Mediators, state: str = "accepted") -> tuple[Matter, Mediation]:
    """A matter that the bureau hands over to the committee."""
    matter = matter_in(world, state)
    perform(
        matter, "send_to_mediation",
        {"committee": mediators.unit.id, "dispute_type": "land", "mediation_facts": "承包地边界争议", "other_side": "麦有根",
         "petitioner_agrees": True}, world.handler,
    )  # fmt: skip
    mediation = next(one for one in matter.followers if isinstance(one, Mediation))
    return matter, mediation


def heard(matter: Case) -> list[str]:
    return [event.data["mediation_stage"] for event in matter.events if event.action == "hear_of_mediation"]


def carried_on(mediation: Mediation, actor: User, chair: User) -> None:
    agreed_to(mediation, actor)
    do(mediation, "accept", actor, elsewhere="none")
    one = str(actor.id)
    do(mediation, "appoint", chair, mediators=[one], presider=one, chosen_by="committee", kinship="none")
    told = ids(mediation.principals)
    do(mediation, "notify_rights", actor, told_on=clock.today().isoformat(), told_way="spoken", told_to=told)
    do(mediation, "hold_session", actor, **session_of(mediation, record=SAID))


def test_a_session_is_seen_by_its_mediator_and_the_chair_alone(mediators: Mediators, session: Session) -> None:
    mediation = begun(mediators)
    session.flush()
    inside = (mediators.mediator, mediators.chair)
    others = [make_user(session, mediators.unit, Role.RECEIVING_CLERK),
              *(one for one in mediators.world.people.values() if one not in inside)]  # fmt: skip
    assert [one.name for one in others if sees(mediation.id, one)] == []
    assert sees(mediation.id, mediators.mediator)
    assert sees(mediation.id, mediators.chair)


def test_before_anybody_is_chosen_every_mediator_of_the_committee_may_take_it_up(mediators: Mediators) -> None:
    mediation = opened(mediators.mediator)
    assert sees(mediation.id, mediators.second)


def test_whoever_left_for_their_interest_sees_it_no_more(mediators: Mediators) -> None:
    mediation = begun(mediators)
    do(mediation, "recuse", mediators.chair, recused_mediator=str(mediators.mediator.id), recusal_asked_by="self", ground="亲戚",
       mediators=[str(mediators.second.id)], presider=str(mediators.second.id), chosen_by="committee", kinship="none")  # fmt: skip
    assert not sees(mediation.id, mediators.mediator)
    assert sees(mediation.id, mediators.second)


def test_a_mediation_whose_mediator_left_waits_for_the_chair_and_is_opened_to_nobody_else(mediators: Mediators) -> None:
    mediation = begun(mediators)
    do(
        mediation,
        "recuse",
        mediators.chair,
        recused_mediator=str(mediators.mediator.id),
        recusal_asked_by="self",
        ground="亲戚",
    )
    assert not sees(mediation.id, mediators.second)
    with pytest.raises(Refused, match="先确定调解员"):
        do(mediation, "hold_session", mediators.chair, **session_of(mediation))


def test_a_matter_goes_to_mediation_and_hears_stage_and_result_but_no_word(world: World, mediators: Mediators) -> None:
    matter, mediation = send(world, mediators)
    assert (mediation.source, mediation.sent_by, mediation.letter_number) == (
        "petition",
        world.bureau.name,
        matter.number,
    )
    assert [one.name for one in mediation.sides["applicant"]] == ["田小禾"]
    assert mediation.sides["applicant"][0].identity is not None
    carried_on(mediation, mediators.mediator, mediators.chair)
    do(mediation, "draft_agreement", mediators.mediator, **agreement(mediation))
    do(mediation, "sign_agreement", mediators.mediator, signed_on=clock.today().isoformat(), signed=ids(mediation.principals),
       mediator_signed=True, sealed_by_committee=True)  # fmt: skip
    pay(mediation, mediators.mediator)
    pay(mediation, mediators.mediator)
    do(mediation, "conclude_performance", mediators.mediator)
    assert heard(matter) == ["accepted", "begun", "agreed", "performed"]
    assert SAID not in str([event.data for event in matter.events])
    inside = (mediators.mediator, mediators.chair)
    assert not any(sees(mediation.id, one) for one in world.people.values() if one not in inside)
    assert not sees(matter.id, mediators.mediator)


def test_what_a_matter_hears_is_written_by_nobody_alone(world: World, mediators: Mediators) -> None:
    matter, mediation = send(world, mediators)
    told = {"mediation": mediation.number, "mediation_stage": "agreed", "mediation_stage_on": clock.today().isoformat()}
    for person in (mediators.mediator, mediators.chair):
        with pytest.raises(Refused, match="自动记录"):
            perform(matter, "hear_of_mediation", told, person)
    with pytest.raises(NotPermitted):
        perform(matter, "hear_of_mediation", told, world.officer)
    assert heard(matter) == []


def test_one_mediation_at_a_time(world: World, mediators: Mediators) -> None:
    matter, mediation = send(world, mediators)
    again = {
        "committee": mediators.unit.id,
        "dispute_type": "land",
        "mediation_facts": "边界",
        "other_side": "麦有根",
        "petitioner_agrees": True,
    }
    with pytest.raises(Refused, match="已移送"):
        perform(matter, "send_to_mediation", again, world.handler)
    do(mediation, "refuse", mediators.mediator, mediation_refusal="not_civil", note="属于行政争议")
    assert heard(matter) == ["refused"]
    perform(matter, "send_to_mediation", again, world.handler)
    assert sum(isinstance(one, Mediation) for one in matter.followers) == 2


def test_nobody_is_handed_over_without_wanting_it(world: World, mediators: Mediators) -> None:
    matter = matter_in(world, "accepted")
    data = {"committee": mediators.unit.id, "dispute_type": "land", "mediation_facts": "边界", "other_side": "麦有根"}
    with pytest.raises(Refused, match="征得信访人同意"):
        perform(matter, "send_to_mediation", {**data, "petitioner_agrees": False}, world.handler)


def test_an_accusation_takes_its_mediation_behind_the_wall(world: World, mediators: Mediators) -> None:
    matter, mediation = send(world, mediators)
    carried_on(mediation, mediators.mediator, mediators.chair)
    perform(matter, "recall_sealed", {"reason": "实为检举控告", "respondent": "某村干部"}, world.restricted)
    assert mediation.sealed
    assert (mediation.state, mediation.unit_id) == ("mediation_failed", world.office.id)
    assert {one.name for one in mediation.parties} == {""}
    for person in (mediators.mediator, mediators.chair, world.handler, world.officer):
        assert not sees(mediation.id, person)


def test_behind_the_wall_nobody_reads_what_was_said_in_a_session(
    world: World, mediators: Mediators, session: Session, browser_of: Browse
) -> None:
    matter, mediation = send(world, mediators)
    carried_on(mediation, mediators.mediator, mediators.chair)
    scan = {"name": "谈话.jpg", "sha256": "a" * 64, "size": 5, "media_type": "image/jpeg"}
    do(
        mediation,
        "hold_session",
        mediators.mediator,
        **session_of(mediation, record=SAID, session_outcome="again", files=[scan]),
    )
    session.commit()
    record = next(one for one in mediation.documents if one.kind == "mediation_record")
    brought = next(one for one in mediation.attachments if one.name == "谈话.jpg")
    assert SAID in browser_of(mediators.mediator).get(f"/cases/{mediation.id}").get_data(as_text=True)
    assert SAID in str(face_of(record))
    perform(matter, "recall_sealed", {"reason": "实为检举控告", "respondent": "某村干部"}, world.restricted)
    session.commit()
    assert sees(mediation.id, world.restricted)
    assert "田小禾" not in mediation.title
    page = browser_of(world.restricted).get(f"/cases/{mediation.id}").get_data(as_text=True)
    assert "调解中的陈述已保密" in page
    assert session_of(mediation)["statements"][str(mediation.parties[0].id)] not in page
    assert SAID not in page
    shown = browser_of(world.restricted).get(f"/cases/{mediation.id}?show=all&events=all").get_data(as_text=True)
    assert SAID not in shown
    assert SAID not in str(face_of(record))
    assert "（已保密）" in str(face_of(record))
    assert SAID not in browser_of(world.restricted).get(f"/documents/{record.id}").get_data(as_text=True)
    assert attachment(mediation.id, brought.id, world.restricted) is None
    assert record.text, "the paper itself is as it was"


def test_the_clock_of_a_matter_runs_on_while_it_is_mediated(world: World, mediators: Mediators) -> None:
    matter, _ = send(world, mediators)
    assert any(row.code == "T6" and row.ended_on is None for row in matter.deadlines)
    assert matter.received_on >= clock.today() - timedelta(days=60)
