"""Every (state, action) pair of every table is tried, with the data its own field definitions call for."""

from datetime import timedelta
from typing import Any

import pytest

from petitions import clock, db
from petitions.access.models import User
from petitions.access.policy import may
from petitions.cases.fields import Field, Kind
from petitions.cases.kinds import kind_of
from petitions.cases.models import Case
from petitions.cases.perform import perform, surroundings, why_not
from petitions.cases.queries import sees
from petitions.flow import Action
from petitions.matters.kind import MATTER
from petitions.matters.models import Matter
from petitions.matters.paper_values import petition_of
from petitions.mediation.kind import MEDIATION
from petitions.review.kind import REVIEW
from petitions.words import FieldErrors, NotPermitted, OutOfSight, Refusal
from tests.factories import World, matter_in, new_petition
from tests.intake.numbers import id_number
from tests.mediations import mediation_in, set_up_committee
from tests.reviews import review_in, set_up_bodies

ACCUSED = {"respondent_unit", "respondent_person"}
"""Whom it concerns is given in words here: the first unit that could be chosen is the desk's own office."""

CONTRADICTING = {"office_reason", "unit_reason", "rating_code", "promise", "performance"}
"""Said only beside another answer than the first of its list: why somebody is dissatisfied, a code that is theirs, which
promise. tests/followup holds what is said of each."""

BESIDE = {"note", "correct", "correct_summary", "receive_repeat", "attach", "snooze"}
"""Acts that move nothing on."""

GIVEN_ELSEWHERE = {"refuse_no_longer": {"matter"}}
"""The final opinion is named by its number; that of a matter which ended here is tried in tests/review."""

DECIDED_BY_WHOM = {("agreement_drafted", "add_party")}
"""A draft may still get an agent, and the party of this test is none (tests/mediation/test_strictness.py has both)."""

CLOCKS = {"began_at": "09:00", "ended_at": "10:00", "next_at": "14:30"}
AHEAD = {"next_on"}
ALL_OF_THEM = {"told_to", "consented_to", "together", "materials", "signed", "present"}
"""Nothing is done to one party of a dispute alone."""

STATES = {state.name: kind for kind in (MATTER, REVIEW, MEDIATION) for state in kind.flow.states}
"""No two tables have a state of the same name (petitions/review/states.py)."""

ALLOWED = [(state, action.name) for state, kind in STATES.items() for action in kind.flow.open_to(state)]


def _case(world: World, state: str) -> Case:
    set_up_bodies(world)
    mediators = set_up_committee(db.session(), world)
    if STATES[state] is MEDIATION:
        return mediation_in(mediators, state)
    return matter_in(world, state) if STATES[state] is MATTER else review_in(world, state)


def _value(field: Field, case: Case, person: User, world: World) -> Any:  # noqa: PLR0911, PLR0912 - one answer a kind
    context = surroundings(case, person)
    if field.name == "review_refusal":
        return "other_way"  # the first one is for late requests
    if field.kind in (Kind.CHOICE, Kind.UNIT, Kind.USER):
        free = [choice.value for choice in context.choices(field.choices) if not choice.why_not]
        # The last handler is never the present one, whom a recusal could not name again.
        return (free or [""])[-1 if field.kind is Kind.USER else 0]
    if field.name in ALL_OF_THEM:
        return [choice.value for choice in context.choices(field.choices)]
    if field.name == "reported_to" and field.kind is Kind.CHOICES:
        return [choice.value for choice in context.choices(field.choices)]  # 第25条 names four of them
    if field.kind in (Kind.CHOICES, Kind.UNITS):
        return [choice.value for choice in context.choices(field.choices) if not choice.why_not][:1]
    if field.kind is Kind.PER_PART:
        last = context.choices(field.choices)[-1].value
        return {part.value: last for part in context.choices(field.parts)}
    if field.kind is Kind.TOLD:
        return {part.value: "说明" for part in context.choices(field.parts)}
    if field.kind is Kind.ROWS:
        return [{one.name: _value(one, case, person, world) for one in field.columns}]
    if field.kind is Kind.MONEY:
        return "1"
    if field.name in CLOCKS:
        return CLOCKS[field.name]
    if field.kind is Kind.DATE:
        return (clock.today() + timedelta(days=5 if field.future or field.name in AHEAD else 0)).isoformat()
    if field.kind is Kind.CASE:
        return new_petition(world).matter.number
    if field.kind is Kind.INTEGER:
        return field.least or 1
    if field.kind is Kind.FLAG:
        return True
    if field.kind is Kind.FILES:
        return [{"name": "证明.pdf", "sha256": "0" * 64, "size": 1, "media_type": "application/pdf"}]
    if field.kind is Kind.PHONE:
        return "19900007777"
    if field.kind is Kind.ID_NUMBER:
        return id_number(7)
    if field.name == "petition" and isinstance(case, Matter):
        return petition_of(case).number
    return "写明情况，不少于十个字的说明文字"


def _data(action: Action, case: Case, person: User, world: World) -> dict[str, Any]:
    kind = kind_of(case)
    spared = ACCUSED | CONTRADICTING | GIVEN_ELSEWHERE.get(action.name, set())
    return {name: _value(kind.fields[name], case, person, world) for name in action.fields if name not in spared}


def _person(action: Action, matter: Case, world: World) -> User:
    """Somebody who holds the permission and whom no guard turns away for what they did before."""
    if action.name == "declare" and matter.handler_id is None:
        matter.handler_id = world.people["county_handler"].id  # who handles a request that nobody has accepted yet
    inside = [one for one in world.people.values() if not matter.sealed or sees(matter.id, one)]
    able = [person for person in inside if may(person, action.permission, matter)] or [
        person for person in world.people.values() if may(person, action.permission, matter)
    ]
    assert able, f"nobody may {action.name}"
    return next((person for person in able if why_not(person, action, matter) is None), able[0])


@pytest.mark.parametrize(("state", "name"), ALLOWED)
def test_an_act_of_the_table_arrives_or_says_why_not(world: World, state: str, name: str) -> None:
    matter, action = _case(world, state), STATES[state].flow.action[name]
    person = _person(action, matter, world)
    reason = why_not(person, action, matter)
    before = (matter.state, len(matter.events))
    data = _data(action, matter, person, world)
    if reason or (state, name) in DECIDED_BY_WHOM:
        with pytest.raises(Refusal):
            perform(matter, name, data, person)
        assert (matter.state, len(matter.events)) == before
    else:
        event = perform(matter, name, data, person)
        assert event.to_state == matter.state == (action.target or state)


@pytest.mark.parametrize(("state", "name"), ALLOWED)
def test_every_required_field_is_required(world: World, state: str, name: str) -> None:
    matter, action = _case(world, state), STATES[state].flow.action[name]
    person = _person(action, matter, world)
    if why_not(person, action, matter):
        pytest.skip("a guard holds it back in this state")
    full = _data(action, matter, person, world)
    before = (matter.state, len(matter.events))
    for field in action.requires:
        with pytest.raises(FieldErrors) as refused:
            perform(matter, name, {**full, field: ""}, person)
        assert list(refused.value.errors) == [field]
    assert (matter.state, len(matter.events)) == before


@pytest.mark.parametrize("state", STATES)
def test_nobody_of_another_office_may_do_anything(world: World, state: str) -> None:
    matter = _case(world, state)
    strangers = [world.other_clerk, world.other_officer, world.other_receiver, world.other_head, world.administrator]
    for action in STATES[state].flow.open_to(state):
        for person in strangers:
            if person is world.administrator and action.permission in ("unit:manage", "calendar:manage"):
                continue  # it keeps the tree of units and the calendar; guards ask whether anything of them has changed
            if action.permission == "mediation:seal":
                continue  # with the act that seals its matter: the guard asks for that one
            with pytest.raises((NotPermitted, OutOfSight)):
                perform(matter, action.name, {}, person)


@pytest.mark.parametrize(
    "state",
    # A review that is over waits for nothing: its matter goes on, and takes it along.
    [name for name, kind in STATES.items()
     if not (kind.flow.state[name].final or (kind is REVIEW and kind.flow.state[name].closed))],
)  # fmt: skip
def test_somebody_can_act_on_every_matter_that_is_not_in_the_archive(world: World, state: str) -> None:
    matter = _case(world, state)
    # In closed states the next act may be a record that opens the way to the archive.
    moves = [action for action in STATES[state].flow.open_to(state) if action.name not in BESIDE]
    assert any(
        may(person, action.permission, matter) and why_not(person, action, matter) is None
        for action in moves
        for person in world.people.values()
    ), f"{state} has nobody who can move it on"
