"""What slips past a table that is read too kindly: parties who come late, mediators who leave, days in the wrong order."""

from datetime import timedelta
from typing import Any

import pytest

from petitions import clock, db
from petitions.access.models import User
from petitions.access.roles import Role
from petitions.cases.models import Event
from petitions.cases.perform import perform
from petitions.cases.queries import sees
from petitions.mediation import parties
from petitions.mediation.models import Mediation, Party
from petitions.words import FieldErrors, Refused
from tests.factories import World, make_user, matter_in
from tests.mediations import PEOPLE, Mediators, agreed, agreement_of, begun, do, ids, opened, pay, session_of

LATE = {"side": "respondent", "name": "麦有田"}


def ago(days: int) -> Any:
    return clock.today() - timedelta(days=days)


def refused(mediation: Mediation, action: str, actor: User, **data: Any) -> str:
    before = (mediation.state, len(mediation.events))
    with pytest.raises(Refused) as told:
        do(mediation, action, actor, **data)
    assert (mediation.state, len(mediation.events)) == before
    return str(told.value.sentence)


def consents(mediation: Mediation, party: Party, actor: User) -> None:
    day = clock.today().isoformat()
    do(mediation, "record_consent", actor, party=str(party.id), consent_way="spoken", agreed_on=day)


# --- consent of each party (第17条) ----------------------------------------------------------------------------------


def test_whoever_joins_later_is_asked_before_a_session_with_them(mediators: Mediators) -> None:
    mediation, who = begun(mediators), mediators.mediator
    late = parties.add(mediation, LATE, who)
    assert "麦有田" in refused(mediation, "hold_session", who, **session_of(mediation))
    others = ids([one for one in mediation.principals if one is not late])
    do(mediation, "hold_session", who, **session_of(mediation, present=others, session_outcome="again"))
    consents(mediation, late, who)
    do(mediation, "hold_session", who, **session_of(mediation))


def test_nobody_joins_or_leaves_a_drafted_agreement_but_an_agent(mediators: Mediators) -> None:
    mediation, who = begun(mediators), mediators.mediator
    late = parties.add(mediation, LATE, who)
    consents(mediation, late, who)
    do(mediation, "hold_session", who, **session_of(mediation))
    plan = agreement_of(mediation)
    plan["performance_plan"][0]["debtor"] = str(late.id)
    do(mediation, "draft_agreement", who, **plan)
    assert "退回修改" in refused(mediation, "remove_party", who, party=str(late.id), reason="不参加了")
    with pytest.raises(Refused, match="退回修改"):
        parties.add(mediation, {"side": "applicant", "name": "田大禾"}, who)
    parties.add(mediation, {"side": "respondent", "part": "agent", "name": "代小明"}, who)
    assert {one.name for one in mediation.principals} == {"田小禾", "麦有根", "麦有田"}


def test_a_refusal_is_the_partys_own(mediators: Mediators) -> None:
    mediation = opened(mediators.mediator, people=[*PEOPLE, {"side": "respondent", "part": "agent", "name": "代小明"}])
    data = {"party": str(mediation.parties[-1].id), "said_on": clock.today().isoformat(), "note": "不愿意"}
    assert "本人" in refused(mediation, "refuse_consent", mediators.mediator, **data)


def test_one_form_is_one_party(mediators: Mediators) -> None:
    mediation = opened(mediators.mediator)
    first = parties.add(mediation, LATE, mediators.mediator, "one-form")
    assert parties.add(mediation, LATE, mediators.mediator, "one-form").id == first.id
    db.session().expire(mediation, ["parties"])
    assert [one.name for one in mediation.parties].count("麦有田") == 1
    assert sum(one.action == "add_party" for one in mediation.events) == 1


def test_a_matter_is_not_sent_to_mediation_against_its_own_petitioner(world: World, mediators: Mediators) -> None:
    matter = matter_in(world, "accepted")
    told = {
        "committee": mediators.unit.id, "dispute_type": "land", "mediation_facts": "承包地边界争议", "other_side": "田 小禾",
        "petitioner_agrees": True,
    }  # fmt: skip
    with pytest.raises(FieldErrors) as refusal:
        perform(matter, "send_to_mediation", told, world.handler)
    assert "同时在双方" in refusal.value.errors["other_side"]
    db.session().expire_all()
    assert not [one for one in db.session().query(Event) if one.action in ("send_to_mediation", "receive_matter")]


# --- who mediates (若干规定第26条) -----------------------------------------------------------------------------------


def leaving(of: Mediators, /, **more: Any) -> dict[str, Any]:
    return {"recused_mediator": str(of.mediator.id), "recusal_asked_by": "party", "ground": "近亲属", **more}


def test_who_takes_a_recused_mediators_place_is_held_to_what_any_mediator_is(mediators: Mediators) -> None:
    mediation, gone, other = begun(mediators), str(mediators.mediator.id), str(mediators.second.id)
    chosen = {"chosen_by": "committee", "kinship": "none"}
    half = leaving(mediators, mediators=[other])
    assert "都要填写" in refused(mediation, "recuse", mediators.chair, **half)
    same = leaving(mediators, mediators=[gone], presider=gone, **chosen)
    assert "应当回避的人" in refused(mediation, "recuse", mediators.chair, **same)
    kin = leaving(mediators, mediators=[other], presider=other, **{**chosen, "kinship": "kin"})
    assert "近亲属" in refused(mediation, "recuse", mediators.chair, **kin)
    absent = leaving(mediators, mediators=[other], presider=gone, **chosen)
    assert "主持人" in refused(mediation, "recuse", mediators.chair, **absent)
    do(mediation, "recuse", mediators.chair, **leaving(mediators, mediators=[other], presider=other, **chosen))
    assert mediation.mediator_ids == [mediators.second.id]


def test_a_chair_who_had_to_leave_hears_no_more_of_it(mediators: Mediators) -> None:
    mediation, chair = begun(mediators), str(mediators.chair.id)
    others = opened(mediators.mediator)
    do(mediation, "appoint", mediators.chair, mediators=[chair], presider=chair, chosen_by="parties", kinship="none")
    gone = {"recused_mediator": chair, "recusal_asked_by": "self", "ground": "近亲属"}
    assert "同时更换" in refused(mediation, "recuse", mediators.chair, **gone)
    other = str(mediators.second.id)
    do(
        mediation,
        "recuse",
        mediators.chair,
        **gone,
        mediators=[other],
        presider=other,
        chosen_by="parties",
        kinship="none",
    )
    assert not sees(mediation.id, mediators.chair)
    assert sees(others.id, mediators.chair)
    assert sees(mediation.id, mediators.second)
    second_chair = make_user(db.session(), mediators.unit, Role.COMMITTEE_CHAIR)
    assert sees(mediation.id, second_chair)


# --- days in their order ---------------------------------------------------------------------------------------------


def test_an_oral_agreement_is_not_older_than_its_last_session(mediators: Mediators) -> None:
    mediation, who = begun(mediators, ago(10)), mediators.mediator
    do(mediation, "hold_session", who, **session_of(mediation, ago(3)))
    oral = {**agreement_of(mediation), "needs_no_paper": True}
    assert "最近一次调解" in refused(mediation, "agree_orally", who, **oral, agreed_on=ago(4).isoformat())
    do(mediation, "agree_orally", who, **oral, agreed_on=ago(3).isoformat())
    assert mediation.effective_on == ago(3)


def asking(mediation: Mediation, on: Any) -> dict[str, Any]:
    return {
        "asked_on": on.isoformat(), "court": "青禾县人民法院", "court_rule": "committee", "together": ids(mediation.principals),
        "materials": ["request", "agreement", "presided", "identity"], "confirmation_checks": "none",
    }  # fmt: skip


def test_a_court_is_asked_after_the_agreement_and_accepts_after_it_was_asked(mediators: Mediators) -> None:
    mediation, who = begun(mediators, ago(10)), mediators.mediator
    do(mediation, "hold_session", who, **session_of(mediation, ago(6)))
    do(mediation, "agree_orally", who, **agreement_of(mediation), needs_no_paper=True, agreed_on=ago(5).isoformat())
    assert "协议生效的日期" in refused(mediation, "ask_confirmation", who, **asking(mediation, ago(6)))
    do(mediation, "ask_confirmation", who, **asking(mediation, ago(3)))
    assert "早于申请" in refused(mediation, "court_accepts", who, court_accepted_on=ago(4).isoformat())
    do(mediation, "court_accepts", who, court_accepted_on=ago(3).isoformat())


# --- the plan --------------------------------------------------------------------------------------------------------


def watched(mediation: Mediation) -> list[Any]:
    return [row.due_on for row in mediation.deadlines if row.code == "MP" and row.ended_on is None]


def test_the_clock_runs_to_the_earliest_row_whatever_is_paid_first(mediators: Mediators) -> None:
    mediation, who = agreed(mediators, ago(20)), mediators.mediator
    assert mediation.agreement is not None
    first, second = mediation.agreement.owed
    told = {"performed_on": clock.today().isoformat(), "proof": "收条"}
    do(mediation, "record_performance", who, performance_row=str(second.id), paid="500", **told)
    assert watched(mediation) == [first.due_on]
    do(mediation, "record_performance", who, performance_row=str(first.id), paid="699.99", **told)
    assert watched(mediation) == [first.due_on]
    with pytest.raises(FieldErrors):
        do(mediation, "record_performance", who, performance_row=str(second.id), paid="1", **told)
    do(mediation, "record_performance", who, performance_row=str(first.id), paid="0.01", **told)
    assert (watched(mediation), mediation.agreement.owed) == ([], [])


def test_nobody_is_reminded_any_more_once_the_parties_were_told_to_sue(mediators: Mediators) -> None:
    mediation, who = agreed(mediators, ago(20)), mediators.mediator
    do(mediation, "give_up_performance", who, reason="拒不履行", ways_told=["court"])
    assert mediation.agreement is not None
    do(
        mediation, "record_performance", who, performance_row=str(mediation.agreement.owed[0].id), proof="收条", paid="100",
        performed_on=clock.today().isoformat(),
    )  # fmt: skip
    assert watched(mediation) == []
    pay(mediation, who)
    pay(mediation, who)
    do(mediation, "conclude_performance", who)
