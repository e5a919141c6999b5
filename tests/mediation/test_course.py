"""The course of a mediation, from the application to the archive."""

from datetime import timedelta

import pytest

from petitions import clock
from petitions.cases.models import Deadline
from petitions.mediation.models import Mediation
from petitions.words import Refused
from tests.mediations import Mediators, agreed, begun, do, ids, opened, pay


def running(mediation: Mediation) -> dict[str, Deadline]:
    return {row.code: row for row in mediation.deadlines if row.ended_on is None}


def test_a_dispute_is_agreed_on_and_paid_in_two_instalments(mediators: Mediators) -> None:
    start = clock.today() - timedelta(days=60)
    mediation = agreed(mediators, start)
    assert mediation.number == f"({start.year})柳调字第1号"
    assert mediation.state == "agreed"
    assert set(running(mediation)) == {"M9", "MP"}
    assert running(mediation)["MP"].due_on == start + timedelta(days=10)
    pay(mediation, mediators.mediator, start + timedelta(days=12))
    assert running(mediation)["MP"].due_on == start + timedelta(days=40)
    with pytest.raises(Refused, match="1项没有履行"):
        do(mediation, "conclude_performance", mediators.mediator)
    pay(mediation, mediators.mediator, start + timedelta(days=40))
    assert "MP" not in running(mediation)
    do(mediation, "conclude_performance", mediators.mediator)
    do(mediation, "archive", mediators.mediator, retention_class="long")
    assert mediation.state == "mediation_archived"
    assert running(mediation) == {}


def test_one_clear_refusal_ends_it(mediators: Mediators) -> None:
    mediation = begun(mediators)
    party = mediation.sides["respondent"][0]
    do(
        mediation,
        "revoke_consent",
        mediators.mediator,
        party=str(party.id),
        said_on=clock.today().isoformat(),
        ways_told=["court"],
    )
    assert (mediation.state, mediation.result, party.consent) == ("mediation_failed", "failed", "refused")
    assert running(mediation) == {}


def test_nothing_is_accepted_before_every_party_agrees(mediators: Mediators) -> None:
    mediation = opened(mediators.mediator)
    one = mediation.sides["applicant"][0]
    do(
        mediation,
        "record_consent",
        mediators.mediator,
        party=str(one.id),
        consent_way="spoken",
        agreed_on=clock.today().isoformat(),
    )
    with pytest.raises(Refused, match="麦有根（第17条"):
        do(mediation, "accept", mediators.mediator, elsewhere="none")
    assert mediation.state == "mediation_requested"
    assert ids(mediation.principals)
