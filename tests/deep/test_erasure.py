"""P2 and P6 at size: 5,000 matters of 200 persons, some held, some too young; exactly the due ones go, and nothing of them stays.

`pytest -m deep -k erasure -s` prints the figures.
"""

import random
import time
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from petitions import clock, disposing
from petitions.cases import search
from petitions.cases.disposal import Disposal
from petitions.cases.models import Case
from petitions.cases.perform import perform
from petitions.matters.models import Matter, Petition, Petitioner
from petitions.matters.register import register
from petitions.privacy import disposals
from tests.factories import typed
from tests.intake.numbers import id_number
from tests.privacy.canaries import left
from tests.privacy.conftest import Office
from tests.privacy.conftest import office as office  # noqa: PLC0414 - the fixture

pytestmark = pytest.mark.deep

MATTERS, PERSONS = 5_000, 200


def _person(n: int) -> dict[str, str]:
    """The `n`th person; every word of theirs stands nowhere else."""
    return {
        "name": f"禾鹭{n:03d}苗", "phone": f"1990777{n:04d}", "id_number": id_number(n), "region": f"第{n:03d}鹭鸶村",
        "address": f"雁栖坡{n:03d}号院",
    }  # fmt: skip


def test_exactly_what_is_due_goes_and_nothing_of_it_stays(office: Office) -> None:
    chance = random.Random(2026)  # noqa: S311 - which matters are held, nothing secret
    began = time.perf_counter()
    held, young = set[int](), set[int]()
    for start in range(0, MATTERS, 250):
        with office.work() as (session, world):
            for n in range(start, start + 250):
                person = _person(n % PERSONS)
                told = f"{person['name']}反映：第{n}件独句，住{person['address']}。"
                matter = register(typed(**person, text=told, title=told), world.clerk).matter
                perform(matter, "withdraw", {"reason": told, "free_will": True}, world.officer)
                paper = next(one for one in matter.documents if one.kind == "withdrawal")
                slip = {"paper": paper.id, "method": "direct", "receiver": person["name"],
                        "served_on": clock.today().isoformat()}  # fmt: skip
                perform(matter, "serve_notice", slip, world.officer)
                perform(matter, "archive", {}, world.officer)
                # Of some persons nothing is due: theirs is held, or ended later.
                if n % PERSONS < 10:
                    perform(matter, "hold", {"reason": "诉讼未结"}, world.officer)
                    held.add(matter.id)
                elif n % PERSONS < 20:
                    session.execute(
                        update(Case).where(Case.id == matter.id).values(closed_on=clock.today() + timedelta(3660))
                    )
                    young.add(matter.id)
    made = time.perf_counter() - began
    with office.work() as (session, _):
        every = set(session.scalars(select(Matter.id)))
        figures = session.execute(_figures()).all()
    words = tuple(word for n in range(20, PERSONS) for word in _person(n).values())
    # The search sees what stands in clear: names do, in texts and titles; numbers lie locked from the first day.
    sample = tuple(chance.sample([_person(n)["name"] for n in range(20, PERSONS)], 20))
    assert {place.rsplit(": ")[-1] for place in left(office.database, office.settings, sample)} == {*sample}
    gone = set[int]()
    began = time.perf_counter()
    with time_machine.travel(clock.now() + timedelta(days=366 * 12), tick=True):
        while True:
            with office.work() as (session, world):
                if not disposals.due_now(world.officer, {}):
                    break
                listed = disposals.ask(world.officer, {})
                gone |= {row.case_id for row in listed.cases}
                disposals.decide(listed, world.office_head, approved=True)
        done = disposing.run(office.database, office.settings)
    took = time.perf_counter() - began
    assert gone == every - held - young
    assert (done.cases, done.kept, done.clean) == (len(gone), 0, True)
    assert left(office.database, office.settings, words) == []
    with office.work() as (session, _):
        assert set(session.scalars(select(Matter.id).where(Matter.state == "anonymised"))) == gone
        assert session.execute(_figures()).all() == figures
        kept = session.scalar(select(func.count()).select_from(Petitioner).where(Petitioner.name != ""))
        assert kept == len(held | young)
        assert set(session.scalars(search.cases_with("第007鹭鸶村"))) == set()
        assert session.scalars(select(Disposal.state)).all() == ["done"] * 3
    print(
        f"\n{MATTERS} matters made in {made:.0f} s; {len(gone)} anonymised in {took:.0f} s "
        f"({len(gone) / took:.0f} a second), {len(held)} held, {len(young)} too young, {len(words)} words sought"
    )


def _figures():  # type: ignore[no-untyped-def]
    """What the register counts."""
    return (
        select(Matter.class_code, Matter.place, Matter.outcome, Matter.closed_on, Petition.channel, func.count())
        .join(Petition, Petition.matter_id == Matter.id)
        .group_by(Matter.class_code, Matter.place, Matter.outcome, Matter.closed_on, Petition.channel)
        .order_by(Matter.closed_on)
    )
