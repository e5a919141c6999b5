"""The clocks of mediation: which term runs, what an agreement starts, and who is reminded."""

from datetime import timedelta
from typing import Any

import pytest

from petitions import clock, db
from petitions.cases.models import Deadline
from petitions.deadlines import ladder
from petitions.mediation.models import Mediation
from petitions.mediation.opening import register
from tests.mediations import PEOPLE, Mediators, accepted, agreed, agreed_to, dispute, do, opened


def running(mediation: Mediation) -> dict[str, Deadline]:
    return {row.code: row for row in mediation.deadlines if row.ended_on is None}


def referred(mediators: Mediators, source: str, **changes: Any) -> Mediation:
    data = {**dispute(**changes), "referral_source": source, "sent_by": "青禾县人民法院"}
    return register("receive_referral", data, PEOPLE, mediators.mediator, clock.today())


def accept(mediation: Mediation, mediators: Mediators) -> Mediation:
    agreed_to(mediation, mediators.mediator)
    do(mediation, "accept", mediators.mediator, elsewhere="none")
    return mediation


@pytest.mark.parametrize("rule", ["M1", "M2", "M3"])
def test_the_term_is_the_one_the_installation_follows(mediators: Mediators, rule: str) -> None:
    db.session().info[db._DATABASE].mediation_term = rule
    try:
        assert set(running(accept(opened(mediators.mediator), mediators))) == {rule}
    finally:
        db.session().info[db._DATABASE].mediation_term = "M1"


@pytest.mark.parametrize(
    ("source", "before", "after", "days"),
    [("court_before", set(), {"M4"}, 30), ("court_ordinary", set(), {"M5.ordinary"}, 15),
     ("court_summary", set(), {"M5.summary"}, 7), ("court_online", {"M7"}, {"M6"}, 30), ("police", set(), {"M1"}, None)],
)  # fmt: skip
def test_what_a_court_hands_over_has_the_courts_term(
    mediators: Mediators, source: str, before: set[str], after: set[str], days: int | None
) -> None:
    mediation = referred(mediators, source)
    assert set(running(mediation)) == before
    accept(mediation, mediators)
    assert set(running(mediation)) == after
    if days is not None:
        assert running(mediation)[next(iter(after))].nominal_on == clock.today() + timedelta(days=days)


def test_a_labour_dispute_counts_from_the_application(mediators: Mediators) -> None:
    mediation = opened(mediators.mediator, dispute_type="wages")
    assert set(running(mediation)) == {"M8"}
    accept(mediation, mediators)
    assert set(running(mediation)) == {"M8"}
    assert running(mediation)["M8"].nominal_on == clock.today() + timedelta(days=15)


def test_an_agreement_may_be_confirmed_for_thirty_days(mediators: Mediators) -> None:
    start = clock.today() - timedelta(days=20)
    mediation = agreed(mediators, start)
    assert running(mediation)["M9"].nominal_on == start + timedelta(days=30)
    assert running(mediation)["M9"].window


def test_who_mediates_and_the_chair_are_reminded_of_an_instalment_that_is_not_paid(mediators: Mediators) -> None:
    mediation = agreed(mediators, clock.today() - timedelta(days=13))
    assert running(mediation)["MP"].due_on < clock.today()
    db.session().flush()
    due = [one for one in ladder.Sweep(clock.today()).due() if running(mediation)["MP"].id in one.ids]
    told = {person for one in due for person in one.recipients}
    assert told == {mediators.mediator.id, mediators.chair.id}


def test_nothing_runs_before_it_is_accepted(mediators: Mediators) -> None:
    assert running(opened(mediators.mediator)) == {}
    assert set(running(accepted(mediators))) == {"M1"}
