"""What a 督促 on many cases would send, before anything is sent: to which units, about which clocks, and who will be told."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from petitions import clock, db
from petitions.access import delegation
from petitions.access.models import User
from petitions.cases.batch import Receiving
from petitions.cases.duties import chip_of, name_of
from petitions.cases.kinds import Act, kind_of
from petitions.cases.models import Case, Deadline
from petitions.matters.audiences import answering
from petitions.matters.supervising import pressed
from petitions.matters.wording import unit_name


def outlook(actor: User, cases: Sequence[Case]) -> Sequence[Receiving]:
    """What each unit will receive, the one with the most first."""
    now, by_unit = clock.now(), dict[int, list[tuple[Case, Deadline]]]()
    for case in cases:
        row = kind_of(case).flow.action["urge"]
        for duty in pressed(Act(case, row, {}, actor, now, clock.day_of(now), asking=True)):
            assert duty.unit_id is not None
            by_unit.setdefault(duty.unit_id, []).append((case, duty))
    told = {unit_id: _told(actor, unit_id, [case for case, _ in pairs]) for unit_id, pairs in by_unit.items()}
    names = _names({person for people in told.values() for person in people})
    found = [
        Receiving(
            unit_name(unit_id), [names[person] for person in told[unit_id]],
            [(case, name_of(duty), chip_of(duty)) for case, duty in sorted(pairs, key=lambda pair: pair[1].due_on)],
        )
        for unit_id, pairs in by_unit.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: -len(one.clocks))


def _told(actor: User, unit_id: int, cases: Sequence[Case]) -> list[int]:
    """As the door tells them (perform.py): with whoever stands in for them, never the actor."""
    people = set(answering(unit_id, cases))
    return sorted((people | delegation.takers(people)) - {actor.id})


def _names(people: set[int]) -> dict[int, str]:
    rows: Any = db.session().execute(select(User.id, User.name).where(User.id.in_(people)))
    return dict(rows.all())
