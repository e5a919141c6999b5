"""P5 at size: a million lines of the audit, and for a hundred persons the list of who saw them, against a count line by line.

`pytest -m deep -k who_saw -s` prints the figures.
"""

import random
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from petitions import clock
from petitions.access.audit import AuditEntry
from petitions.access.models import User
from petitions.cases.who_saw import who_saw
from petitions.matters.personal import matters_of
from petitions.matters.register import register
from tests.factories import typed
from tests.privacy.conftest import Office
from tests.privacy.conftest import office as office  # noqa: PLC0414 - the fixture

pytestmark = pytest.mark.deep

LINES, PERSONS, ASKED = 1_000_000, 400, 100

ACTS = ("case:see", "paper:print", "identity:reveal", "matter:accept", "login")


def test_the_list_is_complete_for_a_hundred_persons_among_a_million_lines(office: Office) -> None:
    chance = random.Random(57)  # noqa: S311 - who looked at what, nothing secret
    cases = dict[str, set[int]]()
    with office.work() as (session, world):
        for n in range(PERSONS):
            phone = f"1990555{n:04d}"
            cases[phone] = {
                register(typed(phone=phone, text=f"第{n}人的第{k}件"), world.clerk).matter.id for k in (1, 2)
            }
        people = {person.name: person.id for person in session.scalars(select(User))}
    every, actors = sorted(set().union(*cases.values())), sorted(people.values())
    with office.work() as (session, _):
        last = session.scalar(select(func.max(AuditEntry.id))) or 0
        seen = {
            (row.case_id, row.actor_id, row.act): 1
            for row in session.scalars(select(AuditEntry).where(AuditEntry.case_id.is_not(None)))
        }
    counted = Counter[tuple[int, int, str]](seen)
    began = clock.now()
    for start in range(last + 1, LINES + 1, 20_000):
        rows = []
        for number in range(start, min(start + 20_000, LINES + 1)):
            act, actor = chance.choice(ACTS), chance.choice(actors)
            listed = number % 500 == 0
            case_id = None if act == "login" or listed else chance.choice(every)
            refused = number % 7 == 0
            printed = chance.sample(every, 20) if listed else []
            rows.append({
                "id": number, "at": began + timedelta(milliseconds=number), "actor_id": actor, "unit_id": None,
                "act": "list:print" if listed else act, "outcome": "refused" if refused else "done", "subject": "",
                "case_id": case_id, "before": {}, "after": {"cases": printed} if listed else {}, "reason": "",
                "request": "", "address": "", "previous": "0" * 64, "hash": "0" * 64,
            })  # fmt: skip
            if not refused:
                counted.update((one, actor, "list:print") for one in printed)
                if case_id is not None:
                    counted[case_id, actor, act] += 1
        with office.work() as (session, _):
            session.execute(insert(AuditEntry), rows)
    slowest = 0.0
    for phone in chance.sample(sorted(cases), ASKED):
        with office.work() as (session, _):
            began_at = time.perf_counter()
            found = who_saw(matters_of(phone))
            slowest = max(slowest, time.perf_counter() - began_at)
        told = Counter[tuple[int, str]]()
        for one in found:
            told.update({(people[one.person], act): times for act, times in one.acts.items()})
        wanted = Counter[tuple[int, str]]()
        for (case_id, actor, act), times in counted.items():
            if case_id in cases[phone]:
                wanted[actor, act] += times
        assert told == wanted
    print(f"\n{LINES} lines, {ASKED} persons of {PERSONS} asked, the slowest {slowest:.2f} s")
