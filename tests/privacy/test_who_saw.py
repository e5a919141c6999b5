"""P5: after a leak the list of who saw a person is complete, and shown to the auditor alone."""

import random
from collections import Counter

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from petitions.access.audit import AuditEntry
from petitions.cases.perform import perform
from petitions.cases.who_saw import who_saw
from petitions.matters.models import Petitioner
from petitions.matters.personal import matters_of
from tests.factories import World, matter_in, new_petition
from tests.intake.numbers import id_number
from tests.pages import Browse


def test_the_auditor_learns_who_looked_printed_and_revealed(browser_of: Browse, world: World, session: Session) -> None:
    matter, other = matter_in(world, "accepted", phone="19900007001"), matter_in(world, "accepted", phone="19900007002")
    person = session.scalars(select(Petitioner).where(Petitioner.matter_id == matter.id)).first()
    assert person is not None
    browser_of(world.head).get(f"/cases/{matter.id}")
    browser_of(world.handler).post(f"/cases/{matter.id}/people/{person.id}/reveal", {"reason": "contact"})
    browser_of(world.second_handler).get(f"/cases/{other.id}")
    browser_of(world.other_officer).get(f"/cases/{matter.id}")
    auditor = browser_of(world.auditor)
    for asked in ({"case": matter.number}, {"person": "199 0000 7001"}):
        page = auditor.post("/audit/who", asked).get_data(as_text=True)
        assert world.head.name in page
        assert "查看信访人信息1次" in page
        assert world.second_handler.name not in page
        assert world.other_officer.name not in page, "who was refused saw nothing"
    told = session.scalars(select(AuditEntry).where(AuditEntry.act == "audit:who")).all()
    assert len(told) == 2
    assert auditor.post("/audit/who", {"person": "7001"}).status_code == 404, "by parts one could guess the rest"
    assert browser_of(world.administrator).post("/audit/who", {"case": matter.number}).status_code == 403
    assert all("19900007001" not in f"{row.subject}{row.reason}{row.after}" for row in told)


def test_a_person_is_found_in_every_matter_also_joined_ones(world: World, session: Session) -> None:
    number = id_number(7)
    first = new_petition(world, id_number=number, phone="").matter
    repeat = new_petition(world, id_number=number, phone="").matter
    new_petition(world, id_number=id_number(8), phone="")
    perform(repeat, "join_as_repeat", {"matter": first.number}, world.clerk)
    assert matters_of(id_number=number.lower()) == {first.id, repeat.id}
    assert matters_of(number, number) == {first.id, repeat.id}
    assert matters_of("", "") == set()


def test_it_equals_a_count_of_the_whole_audit_row_by_row(browser_of: Browse, world: World, session: Session) -> None:
    matters = [matter_in(world, "accepted", phone=f"1990000{n:04d}") for n in range(6)]
    chance = random.Random(20)  # noqa: S311 - which case is opened, nothing secret
    for name in ("officer", "handler", "head", "clerk", "other_clerk"):
        browser = browser_of(world.people[name])
        for matter in chance.sample(matters, 4):
            browser.get(f"/cases/{matter.id}")
            browser.get(f"/cases/{matter.id}/documents/{matter.documents[0].id}")
    session.expire_all()
    for n, matter in enumerate(matters):
        counted: Counter[tuple[int, str]] = Counter()
        rows = session.execute(text("SELECT actor_id, act, outcome, case_id FROM audit")).all()
        for actor, act, outcome, case_id in rows:
            if case_id == matter.id and outcome == "done":
                counted[actor, act] += 1
        names = {person.name: person.id for person in world.people.values()}
        phone = f"1990000{n:04d}"
        told = {
            (names[one.person], act): times for one in who_saw(matters_of(phone)) for act, times in one.acts.items()
        }
        assert told == dict(counted)


def test_a_printed_list_counts_for_every_case_on_it(browser_of: Browse, world: World, session: Session) -> None:
    matter, other = matter_in(world, "accepted"), matter_in(world, "accepted")
    assert browser_of(world.officer).post("/cases/print", {"case": str(matter.id)}).status_code == 200
    printed = [one for one in who_saw([matter.id]) if "list:print" in one.acts]
    assert [(one.person, one.acts["list:print"]) for one in printed] == [(world.officer.name, 1)]
    assert not any("list:print" in one.acts for one in who_saw([other.id]))
