"""司法确认: the court that is competent, the 30 日, who asks with what, and what follows from the ruling."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.models import Deadline
from petitions.mediation import courts, panels
from petitions.mediation.courts import competent, standing
from petitions.mediation.lists import WHY_NOT_CONFIRMED
from petitions.mediation.models import Mediation
from petitions.mediation.parties import Given, enter
from petitions.words import Refused
from tests.mediations import Mediators, agreed, agreement_of, do, ids, session_of

MATERIALS = ["request", "agreement", "presided", "identity"]


def asking(mediation: Mediation, on: date, **changes: Any) -> dict[str, Any]:
    """What is typed when both ask the court."""
    return {
        "asked_on": on.isoformat(), "court": "青禾县人民法院", "court_rule": "committee", "together": ids(mediation.principals),
        "materials": MATERIALS, "confirmation_checks": "none", **changes,
    }  # fmt: skip


def ask(mediation: Mediation, mediators: Mediators, on: date, **changes: Any) -> None:
    do(mediation, "ask_confirmation", mediators.mediator, on, **asking(mediation, on, **changes))


def accept(mediation: Mediation, mediators: Mediators, on: date) -> None:
    do(mediation, "court_accepts", mediators.mediator, on, court_accepted_on=on.isoformat(), court_number="调确字第7号")


def rule(mediation: Mediation, mediators: Mediators, on: date, ruling: str) -> None:
    do(
        mediation,
        "court_rules",
        mediators.mediator,
        on,
        ruling=ruling,
        ruled_on=on.isoformat(),
        received_on=on.isoformat(),
    )


def running(mediation: Mediation) -> dict[str, Deadline]:
    return {row.code: row for row in mediation.deadlines if row.ended_on is None}


# --- the court -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["court_before", "court_ordinary", "court_summary", "court_online"])
def test_a_court_that_invited_the_mediation_is_asked(source: str) -> None:
    found = competent(source, "青禾县人民法院", "别县人民法院", intermediate="青州市中级人民法院")
    assert (found.court, found.rule) == ("青禾县人民法院", "inviting")
    assert "第205条第一项" in found.why


@pytest.mark.parametrize("source", ["application", "ex_officio", "petition", "police", "procuratorate", "other"])
def test_otherwise_it_is_the_basic_court_of_the_committees_place(source: str) -> None:
    found = competent(source, "青禾县公安局", "青禾县人民法院")
    assert (found.court, found.rule) == ("青禾县人民法院", "committee")
    assert "第205条第二项" in found.why


def test_a_dispute_of_an_intermediate_court_goes_to_that_court() -> None:
    found = competent("application", "", "青禾县人民法院", intermediate="青州市中级人民法院")
    assert (found.court, found.rule) == ("青州市中级人民法院", "intermediate")


def test_a_committee_without_a_court_is_told_what_is_missing() -> None:
    found = competent("application", "", "")
    assert (found.court, found.rule) == ("", "committee")
    assert "还没有登记" in found.why


def test_the_form_knows_court_rule_and_who_asks(mediators: Mediators) -> None:
    mediation = agreed(mediators, dispute_type="marriage")
    known = panels.PRESENT["ask_confirmation"](mediation, mediators.mediator)
    assert known == {
        "court": "青禾县人民法院", "court_rule": "committee", "together": ids(mediation.principals),
        "asked_on": clock.today(),
    }  # fmt: skip
    beside = panels.BESIDE["ask_confirmation"](mediation, mediators.mediator, known)
    assert beside is not None
    assert [needed for _, needed in beside.data["materials"]] == [True, True, True, False, True, False]
    assert beside.data["excluded"] == list(WHY_NOT_CONFIRMED.values())
    assert "离婚" in beside.data["overlooked"]


def test_an_agent_needs_a_power_of_attorney(session: Session, mediators: Mediators) -> None:
    mediation, today = agreed(mediators), clock.today()
    enter(mediation, Given("respondent", "natural", "agent", "季代理"))
    session.flush()
    with pytest.raises(Refused, match=r"授权委托书.*第354条"):
        ask(mediation, mediators, today)
    ask(mediation, mediators, today, materials=[*MATERIALS, "power"])
    assert mediation.confirmation is not None


# --- the term --------------------------------------------------------------------------------------------------------


def test_the_window_of_an_agreement_of_31_january_ends_on_2_march(mediators: Mediators) -> None:
    mediation = agreed(mediators, date(2026, 1, 31))
    assert running(mediation)["M9"].due_on == date(2026, 3, 2)


def test_the_thirtieth_day_is_in_time(mediators: Mediators) -> None:
    mediation = agreed(mediators, date(2026, 1, 31))
    ask(mediation, mediators, date(2026, 3, 2))
    assert set(running(mediation)) == {"MP"}


def test_the_day_after_is_too_late(mediators: Mediators) -> None:
    mediation = agreed(mediators, date(2026, 1, 31))
    with pytest.raises(Refused, match=r"2026-03-02.*已经超过（第33条"):
        ask(mediation, mediators, date(2026, 3, 3))
    assert mediation.confirmations == []
    told = standing(mediation)
    assert told is not None
    assert (told.step, told.last_day) == ("late", date(2026, 3, 2))
    assert "不能再申请" in told.next


# --- who asks, with what ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("excluded", "item"), [("not_civil", "第一项"), ("status", "第三项"), ("special", "第四项"), ("title", "第五项")]
)
def test_what_a_court_does_not_take_up_is_refused_with_the_article(
    mediators: Mediators, excluded: str, item: str
) -> None:
    mediation = agreed(mediators)
    with pytest.raises(Refused, match=f"第355条{item}"):
        ask(mediation, mediators, clock.today(), confirmation_checks=excluded)
    assert mediation.confirmations == []


def test_one_party_alone_cannot_ask(mediators: Mediators) -> None:
    mediation = agreed(mediators)
    with pytest.raises(Refused, match="麦有根（第33条）"):
        ask(mediation, mediators, clock.today(), together=ids(mediation.sides["applicant"]))


@pytest.mark.parametrize("missing", MATERIALS)
def test_a_missing_paper_is_named(mediators: Mediators, missing: str) -> None:
    mediation = agreed(mediators)
    label = courts._labels("confirmation_materials")[missing]
    with pytest.raises(Refused, match=f"还缺材料：{label}.*第354条"):
        ask(mediation, mediators, clock.today(), materials=[one for one in MATERIALS if one != missing])


# --- what the court does ---------------------------------------------------------------------------------------------


def test_the_clocks_of_a_confirmation_follow_one_another(mediators: Mediators) -> None:
    start = date(2026, 3, 2)
    mediation = agreed(mediators, start)
    last = max(row.due_on for row in mediation.agreement.performances)  # type: ignore[union-attr]
    ask(mediation, mediators, date(2026, 3, 9))
    assert set(running(mediation)) == {"MP"}, "what the court owes is no clock of the case"
    told = standing(mediation)
    assert told is not None
    assert (told.step, told.asked_on) == ("waiting", date(2026, 3, 9))
    assert told.answer_by == date(2026, 3, 12)
    accept(mediation, mediators, date(2026, 3, 10))
    told = standing(mediation)
    assert told is not None
    assert told.answer_by == date(2026, 4, 9)
    rule(mediation, mediators, date(2026, 3, 31), "valid")
    clocks = running(mediation)
    assert clocks["M12.party"].due_on == date(2026, 4, 15)
    assert (clocks["M13"].start_on, clocks["M13"].nominal_on) == (last, date(2028, 4, 11))
    told = standing(mediation)
    assert told is not None
    assert (told.step, told.result, told.number, told.answer_by) == ("ended", "valid", "调确字第7号", None)
    assert (told.object_until, told.enforce_until) == (date(2026, 4, 15), clocks["M13"].due_on)
    assert "强制执行" in told.next
    with pytest.raises(Refused, match="已经申请"):
        ask(mediation, mediators, date(2026, 4, 1))


def test_a_rejection_starts_no_clock_and_leads_to_another_agreement_that_is_asked_about(mediators: Mediators) -> None:
    start = date(2026, 3, 2)
    mediation = agreed(mediators, start)
    ask(mediation, mediators, start + timedelta(days=2))
    accept(mediation, mediators, start + timedelta(days=3))
    rule(mediation, mediators, start + timedelta(days=10), "rejected")
    assert not {"M12.party", "M13"} & set(running(mediation))
    told = standing(mediation)
    assert told is not None
    assert "重新调解" in told.next
    again = start + timedelta(days=12)
    do(mediation, "mediate_again", mediators.mediator, again, reason="补正内容")
    assert standing(mediation) is None
    do(mediation, "hold_session", mediators.mediator, again, **session_of(mediation, again))
    do(mediation, "draft_agreement", mediators.mediator, again, **agreement_of(mediation, again))
    do(
        mediation, "sign_agreement", mediators.mediator, again, signed_on=again.isoformat(), signed=ids(mediation.principals),
        mediator_signed=True, sealed_by_committee=True,
    )  # fmt: skip
    told = standing(mediation)
    assert told is not None
    assert (told.step, told.last_day, told.asked_on) == ("late", again + timedelta(days=30), None)
    ask(mediation, mediators, again + timedelta(days=30))
    assert mediation.confirmation is not None
    assert mediation.agreement is not None
    assert mediation.confirmation.agreement_id == mediation.agreement.id
    assert len(mediation.confirmations) == 2


def test_nothing_is_mediated_again_before_a_court_has_rejected_it(mediators: Mediators) -> None:
    mediation = agreed(mediators)
    with pytest.raises(Refused, match="第33条第三款"):
        do(mediation, "mediate_again", mediators.mediator, reason="变更")


def test_what_was_withdrawn_may_be_asked_again_in_time(mediators: Mediators) -> None:
    mediation, today = agreed(mediators), clock.today()
    ask(mediation, mediators, today)
    do(mediation, "withdraw_confirmation", mediators.mediator, reason="自行履行")
    told = standing(mediation)
    assert told is not None
    assert (told.step, told.last_day) == ("open", running_window(mediation))
    assert "再次共同申请" in told.next
    ask(mediation, mediators, today)
    assert len(mediation.confirmations) == 2


def running_window(mediation: Mediation) -> date:
    return next(row.due_on for row in mediation.deadlines if row.code == "M9")
