"""Two people enter parties of one dispute at the very moment: real connections, each with its own transaction."""

import pytest
from sqlalchemy import select

from petitions import migrating
from petitions.access.models import User
from petitions.db import Database
from petitions.mediation import parties
from petitions.mediation.models import Mediation, Party
from tests.factories import build_world
from tests.mediations import opened, set_up_committee
from tests.reorganisation.test_at_once import Other


@pytest.mark.parametrize("side", ["applicant", "respondent"])
def test_one_person_does_not_come_to_stand_on_both_sides(own_database: Database, side: str) -> None:
    database, other_side = own_database, {"applicant": "respondent", "respondent": "applicant"}[side]
    migrating.fill(database)
    with database.work() as session:
        mediators = set_up_committee(session, build_world(session))
        mediation = opened(mediators.mediator)
        session.flush()
        case, chair, mediator = mediation.id, mediators.chair.id, mediators.mediator.id

    def enter(actor: int, of: str) -> None:
        with database.work() as session:
            one = session.get_one(Mediation, case)
            list(one.parties)  # what a page has read before it writes
            parties.add(one, {"side": of, "name": "麦有田"}, session.get_one(User, actor))

    later = Other(database, lambda: enter(chair, other_side))
    with database.work() as session:
        one = session.get_one(Mediation, case)
        parties.add(one, {"side": side, "name": "麦有田"}, session.get_one(User, mediator))
        later.start()
    later.thread.join()
    with database.work(write=False) as session:
        found = [
            (p.side, p.name)
            for p in session.scalars(select(Party).where(Party.mediation_id == case, Party.name == "麦有田"))
        ]
    assert found == [(side, "麦有田")]
    assert len(later.refused) == 1
