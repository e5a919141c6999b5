"""What is refused in a mediation, with the sentence and the article; nothing is changed by it."""

from datetime import timedelta
from typing import Any

import pytest

from petitions import clock
from petitions.mediation import parties
from petitions.mediation.models import Mediation
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.intake.numbers import id_number
from tests.mediations import (
    PEOPLE,
    Mediators,
    accepted,
    agreed,
    agreed_to,
    agreement_of,
    begun,
    do,
    ids,
    opened,
    pay,
    session_of,
)

TODAY = clock.today


def refused(mediation: Mediation, action: str, actor: Any, **data: Any) -> str:
    before = (mediation.state, len(mediation.events))
    with pytest.raises(Refused) as told:
        do(mediation, action, actor, **data)
    assert (mediation.state, len(mediation.events)) == before
    return str(told.value.sentence)


def test_nobody_is_on_both_sides(mediators: Mediators) -> None:
    for other in ({"name": "田小禾"}, {"name": "田 小禾"}, {"name": "田大禾", "id_number": id_number(7)}):
        people = [{**PEOPLE[0], "id_number": id_number(7)}, {**PEOPLE[1], **other}]
        with pytest.raises(FieldErrors) as told:
            opened(mediators.mediator, people=people)
        assert "同时在双方" in told.value.errors["parties"]


def test_somebody_who_joins_later_is_not_on_both_sides_either(mediators: Mediators) -> None:
    mediation = opened(mediators.mediator, people=[{**PEOPLE[0], "id_number": id_number(7)}, PEOPLE[1]])
    for typed in ({"name": "田小禾"}, {"name": "田大禾", "id_number": id_number(7)}):
        with pytest.raises(FieldErrors, match="同时在双方"):
            parties.add(mediation, {"side": "respondent", **typed}, mediators.mediator)
    assert len(mediation.parties) == 2
    added = parties.add(mediation, {"side": "respondent", "name": "麦有田", "phone": "19900009999"}, mediators.mediator)
    assert added.consent == ""
    assert added.identity is not None
    assert "19900009999" not in str([event.data for event in mediation.events])


def test_a_dispute_has_two_sides_and_a_side_five_representatives_at_most(mediators: Mediators) -> None:
    with pytest.raises(FieldErrors, match="双方当事人"):
        opened(mediators.mediator, people=PEOPLE[:1])
    many = [{"side": "applicant", "part": "representative", "name": f"代表{number}"} for number in "一二三四五六"]
    with pytest.raises(FieldErrors, match="不能超过5人"):
        opened(mediators.mediator, people=[*PEOPLE, *many])
    assert len(opened(mediators.mediator, people=[*PEOPLE, *many[:5]]).parties) == 7


@pytest.mark.parametrize(
    ("elsewhere", "article"),
    [("court", "第22条"), ("compulsion", "第20条"), ("forbidden", "第22条"), ("arbitration", "第22条")],
)
def test_what_another_organ_has_is_not_mediated(mediators: Mediators, elsewhere: str, article: str) -> None:
    mediation = opened(mediators.mediator)
    agreed_to(mediation, mediators.mediator)
    assert article in refused(mediation, "accept", mediators.mediator, elsewhere=elsewhere)


def test_kin_of_a_party_does_not_mediate(mediators: Mediators) -> None:
    mediation, one = accepted(mediators), str(mediators.second.id)
    chosen = {"mediators": [one], "presider": one, "chosen_by": "committee"}
    assert "近亲属" in refused(mediation, "appoint", mediators.chair, kinship="kin", **chosen)
    mediators.second.name = "麦有根"
    assert "同名" in refused(mediation, "appoint", mediators.chair, kinship="none", **chosen)


def test_whoever_had_to_leave_does_nothing_more(mediators: Mediators) -> None:
    mediation = begun(mediators)
    gone, new = str(mediators.mediator.id), str(mediators.second.id)
    do(mediation, "recuse", mediators.chair, recused_mediator=gone, recusal_asked_by="party", ground="近亲属",
       mediators=[new], presider=new, chosen_by="committee", kinship="none")  # fmt: skip
    assert mediation.handler_id == mediators.second.id
    assert "回避" in refused(mediation, "note", mediators.mediator, note="再看看")
    with pytest.raises(FieldErrors, match="回避"):
        do(mediation, "appoint", mediators.chair, mediators=[gone], presider=gone, chosen_by="parties", kinship="none")


def test_no_session_lies_before_acceptance(mediators: Mediators) -> None:
    mediation = accepted(mediators, TODAY() - timedelta(days=5))
    with pytest.raises(Refused, match="不能"):
        do(mediation, "hold_session", mediators.mediator, **session_of(mediation))
    told = ids(mediation.principals)
    do(mediation, "notify_rights", mediators.mediator, told_on=TODAY().isoformat(), told_way="spoken", told_to=told)
    early = session_of(mediation, TODAY() - timedelta(days=1))
    assert "不能早于受理" in refused(mediation, "hold_session", mediators.mediator, **early)


def test_nobody_begins_before_everybody_is_told(mediators: Mediators) -> None:
    mediation = accepted(mediators)
    data = {"told_on": TODAY().isoformat(), "told_way": "spoken", "told_to": ids(mediation.principals)[:1]}
    assert "第30条" in refused(mediation, "notify_rights", mediators.mediator, **data)


def test_one_side_alone_reaches_no_agreement(mediators: Mediators) -> None:
    mediation = begun(mediators)
    alone = session_of(mediation, present=ids(mediation.principals)[:1])
    assert "一方到场" in refused(mediation, "hold_session", mediators.mediator, **alone)
    with pytest.raises(FieldErrors) as told:
        do(mediation, "hold_session", mediators.mediator, **session_of(mediation, began_at="下午"))
    assert "14:30" in told.value.errors["began_at"]
    assert "早于开始" in refused(
        mediation, "hold_session", mediators.mediator, **session_of(mediation, ended_at="08:00")
    )


def test_an_agreement_has_no_empty_term_and_no_day_before_itself(mediators: Mediators) -> None:
    mediation = begun(mediators)
    assert "第27条" in refused(mediation, "draft_agreement", mediators.mediator, **agreement_of(mediation))
    do(mediation, "hold_session", mediators.mediator, **session_of(mediation))
    debtor = str(mediation.principals[1].id)
    for row, said in (
        ({"debtor": debtor, "amount": "5", "due_on": TODAY().isoformat()}, "第1行：填写履行事项"),
        ({"debtor": debtor, "item": "赔偿"}, "第1行：填写履行期限"),
    ):
        with pytest.raises(FieldErrors, match=said):
            do(mediation, "draft_agreement", mediators.mediator, **agreement_of(mediation, performance_plan=[row]))
    past = {"debtor": debtor, "item": "赔偿", "amount": "5", "due_on": (TODAY() - timedelta(days=1)).isoformat()}
    early = agreement_of(mediation, performance_plan=[past])
    assert "早于达成协议" in refused(mediation, "draft_agreement", mediators.mediator, **early)
    with pytest.raises(FieldErrors, match="协议内容"):
        do(mediation, "draft_agreement", mediators.mediator, **agreement_of(mediation, agreed_content=" "))


def test_an_agreement_without_a_signature_takes_no_effect(mediators: Mediators) -> None:
    mediation = begun(mediators)
    do(mediation, "hold_session", mediators.mediator, **session_of(mediation))
    do(mediation, "draft_agreement", mediators.mediator, **agreement_of(mediation))
    whole = {
        "signed_on": TODAY().isoformat(), "signed": ids(mediation.principals), "mediator_signed": True, "sealed_by_committee": True,
    }  # fmt: skip
    assert "麦有根" in refused(
        mediation, "sign_agreement", mediators.mediator, **{**whole, "signed": whole["signed"][:1]}
    )
    for lacking in ("mediator_signed", "sealed_by_committee"):
        with pytest.raises((FieldErrors, Refused)):
            do(mediation, "sign_agreement", mediators.mediator, **{**whole, lacking: False})
    do(mediation, "sign_agreement", mediators.mediator, **whole)
    assert mediation.effective_on == TODAY()


def test_an_oral_agreement_is_for_who_wants_no_paper(mediators: Mediators) -> None:
    mediation = begun(mediators)
    do(mediation, "hold_session", mediators.mediator, **session_of(mediation))
    oral = {**agreement_of(mediation), "agreed_on": TODAY().isoformat()}
    with pytest.raises((FieldErrors, Refused)):
        do(mediation, "agree_orally", mediators.mediator, **oral, needs_no_paper=False)
    do(mediation, "agree_orally", mediators.mediator, **oral, needs_no_paper=True)
    assert (mediation.form, mediation.result, mediation.effective_on) == ("oral", "agreed", TODAY())


def test_more_is_never_paid_than_is_owed(mediators: Mediators) -> None:
    mediation = agreed(mediators, TODAY() - timedelta(days=20))
    row = mediation.agreement.owed[0] if mediation.agreement else None
    assert row is not None
    data = {"performance_row": str(row.id), "performed_on": TODAY().isoformat(), "proof": "收条"}
    assert "超过还应履行的700元" in refused(mediation, "record_performance", mediators.mediator, **data, paid="701")
    assert "填写本次履行金额" in refused(mediation, "record_performance", mediators.mediator, **data)
    do(mediation, "record_performance", mediators.mediator, **data, paid="300")
    assert (row.left, row.done_on) == (40000, None)
    pay(mediation, mediators.mediator)
    assert row.done_on == TODAY()
    early = {**data, "performed_on": (TODAY() - timedelta(days=21)).isoformat()}
    with pytest.raises((FieldErrors, Refused)):
        do(mediation, "record_performance", mediators.mediator, **early, paid="1")


def test_all_parties_lengthen_the_term_or_nobody(mediators: Mediators) -> None:
    mediation = begun(mediators)
    data = {"days": "10", "reason": "等待鉴定", "consented_to": ids(mediation.principals)}
    assert "各方当事人同意" in refused(
        mediation, "extend_term", mediators.mediator, **{**data, "consented_to": data["consented_to"][:1]}
    )
    clock_of = next(row for row in mediation.deadlines if row.code == "M1")
    before = clock_of.nominal_on
    do(mediation, "extend_term", mediators.mediator, **data)
    assert clock_of.nominal_on > before


def test_an_unpaid_file_is_not_archived_nor_one_before_the_court_window(mediators: Mediators) -> None:
    mediation = agreed(mediators, TODAY() - timedelta(days=5))
    pay(mediation, mediators.mediator)
    assert "1项没有履行" in refused(mediation, "conclude_performance", mediators.mediator)
    pay(mediation, mediators.mediator)
    do(mediation, "conclude_performance", mediators.mediator)
    assert "第33条" in refused(mediation, "archive", mediators.mediator, retention_class="long")


def test_strangers_do_nothing(mediators: Mediators) -> None:
    mediation, world = begun(mediators), mediators.world
    for person in (
        world.officer,
        world.head,
        world.clerk,
        world.township_receiver,
        mediators.justice,
        world.administrator,
    ):
        with pytest.raises(NotPermitted):
            do(mediation, "note", person, note="看看")
