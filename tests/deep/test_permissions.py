"""The whole matrix of the permission table over HTTP, and mutants of the table that it must catch (S1, S1m)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from petitions.access import policy
from petitions.access.models import Unit, User, UserRole
from petitions.access.roles import Role
from petitions.matters.workflow import FLOW
from petitions.notices import heartbeat
from petitions.web.permits import PUBLIC, permission_of
from petitions.web.responses import Application
from tests import rights
from tests.conftest import Isolated
from tests.factories import World, make_user
from tests.oracle_of_rights import RULES, Facts, Person, Thing
from tests.pages import Browser
from tests.rights import Request
from tests.system.test_permissions import Matrix, make_matrix

pytestmark = pytest.mark.deep

ACTS = [action.name for action in FLOW.actions if not action.opens]


@pytest.fixture
def matrix(app: Application, database: Isolated, session: Session, world: World) -> Matrix:
    """Everybody, everything."""
    return make_matrix(app, database, session, world)


PARTS = 6
"""PostgreSQL remembers every request of a test until its transaction ends, and has room for some thousands."""


@pytest.mark.parametrize("part", range(PARTS))
def test_the_full_product_has_no_difference(matrix: Matrix, part: int) -> None:
    """Every endpoint, point of view and relation, half on each database; every act asked for in each, sent in turn."""
    turn, half = rights.acts_in_turn(), int(matrix.database.is_sqlite)
    mine = [name for seen, name in enumerate(matrix.browsers) if seen % PARTS == part]
    for seen, name in enumerate(matrix.browsers):
        for place, (relation, numbers) in enumerate(matrix.numbers.items()):
            sent = [next(turn)]
            if name in mine and (seen + place) % 2 == half:
                for request in rights.about(matrix.app, numbers, sent):
                    matrix.check(name, relation, request)
                for request in rights.about(matrix.app, numbers, [one for one in ACTS if one not in sent]):
                    if request.endpoint == "cases.act":
                        matrix.check(name, relation, request)
    # So long a run has missed more ticks than the page on its health forgives.
    heartbeat.beat(heartbeat.TICK)
    values = rights.no_row(matrix.numbers["sorted"].thing, matrix.people["clerk"])
    for request in rights.pages(matrix.app, values):
        for name in mine:
            if request.endpoint != "access.logout":
                matrix.check(name, "no case", request)
    print(f"\nS1, part {part}: {matrix.asked} requests, {len(matrix.wrong)} differences")
    assert matrix.wrong == []
    assert matrix.unsound == []
    assert matrix.asked * PARTS >= 10_000


# --- mutants ---------------------------------------------------------------------------------------------------------

Rule = tuple[frozenset[str], ...]

WITHIN = {"identity:ask", "identity:decide"}
"""What no route and no act asks for: the verbs of petitions/matters/openings.py do, on rows of their own, and
tests/matters/test_openings.py holds them. That these are all, the test below says."""


def mutants() -> Iterator[tuple[str, str, Rule]]:
    """Each alternative left out, each word left out of an alternative of several: permission, what was done, the rule."""
    for permission, rule in RULES.items():
        if permission == PUBLIC or permission in WITHIN:
            continue
        for place, way in enumerate(rule):
            others = rule[:place] + rule[place + 1 :]
            yield permission, f"without “{' '.join(sorted(way))}”", others
            for word in sorted(way) if len(way) > 1 else ():
                yield permission, f"“{' '.join(sorted(way))}” without {word}", (*others, way - {word})


def test_every_mutant_of_the_table_is_caught(
    matrix: Matrix, session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mutant is caught when some answer differs from the right one. One that changes nobody's rights is no mutant."""
    asked = {permission_of(matrix.app, rule.endpoint) for rule in matrix.app.url_map.iter_rules()}
    shown = {"case:summary", "petition:identity"}  # asked for inside a page: _asking() knows which
    assert set(RULES) - asked - shown - {action.permission for action in FLOW.actions} == WITHIN
    people = _everybody(matrix, session, world)
    facts = Facts.read(session)
    browsers = {person.id: Browser(matrix.app, person) for person in people}
    session.commit()
    caught, escaped, equal = 0, [], 0
    for permission, done, rule in mutants():
        pairs = list(_differing(facts, [facts.people[one] for one in browsers], permission, rule))
        with monkeypatch.context() as patch, _undivided(session, facts, permission, pairs) as known:
            pairs = pairs or list(_differing(known, [known.people[one] for one in browsers], permission, rule))
            if not pairs:
                if _is_equal_everywhere(permission, rule):
                    equal += 1
                else:
                    escaped.append(f"{permission} {done}: no point of view or relation tells it apart")
                continue
            patch.setitem(policy.RULES, permission, tuple(tuple(way) for way in rule))
            if any(_differs(matrix, known, browsers, permission, *pair) for pair in pairs[:40]):
                caught += 1
            else:
                escaped.append(f"{permission} {done}: {len(pairs)} pairs, every answer as before")
    print(f"\nS1m: {caught} caught, {len(escaped)} escaped, {equal} that change nobody's rights", *escaped, sep="\n")
    assert escaped == []
    assert caught >= 100


@contextmanager
def _undivided(session: Session, facts: Facts, permission: str, pairs: list[Any]) -> Iterator[Facts]:
    """What an administrator may depends on whether the duties are divided: asked once more where nobody divides them."""
    if pairs or not any("unsplit" in way for way in RULES[permission]):
        yield facts
        return
    point = session.begin_nested()
    keepers = select(UserRole.user_id).where(UserRole.role == Role.SECURITY_ADMINISTRATOR)
    session.execute(update(User).where(User.id.in_(keepers)).values(active=False))
    session.flush()
    yield Facts.read(session)
    point.rollback()


def _everybody(matrix: Matrix, session: Session, world: World) -> list[User]:
    """Every role in every unit, and who was there already."""
    units = (world.office, world.bureau, world.section, world.township, world.county, world.other_office)
    made = [make_user(session, session.get_one(Unit, unit.id), role) for unit in units for role in Role]
    known = [session.get_one(User, key) for key in matrix.people.values() if key is not None]
    session.commit()
    return [*made, *(person for person in known if person.active)]


def _differing(
    facts: Facts, people: list[Person], permission: str, rule: Rule
) -> Iterator[tuple[Person, Thing | None]]:
    """Whoever holds more or less by the spoilt rule, on what they may be asked about."""
    things = (
        [None]
        if not permission.startswith(("case:", "petition:identity")) or permission in PAGES
        else [*facts.things.values()]
    )
    for person in people:
        for thing in things:
            if thing is not None and not _comes_near(facts, person, permission, thing):
                continue
            was = facts.holds(person, permission, thing)
            now = any(all(facts.true(word, person, thing) for word in way) for way in rule)
            if was != now:
                yield person, thing


PAGES = {"case:list", "case:see"}


def _comes_near(facts: Facts, person: Person, permission: str, thing: Thing) -> bool:
    """Whether this person gets as far as being asked for the permission: they see the case, or open the summaries."""
    if permission == "case:summary":
        return facts.holds(person, "summary:list")
    return facts.sees(person, thing)


def _differs(
    matrix: Matrix, facts: Facts, browsers: dict[int, Browser], permission: str, person: Person, thing: Thing | None
) -> bool:
    """Whether a request that needs the permission is answered otherwise than it must be."""
    for request in _asking(matrix, permission, thing):
        right = rights.answer(facts, matrix.app, person, request)
        point = matrix.database.connection.begin_nested()
        status = rights.ask(browsers[person.id], request).status_code
        point.rollback()
        if status not in right:
            return True
    return False


def _asking(matrix: Matrix, permission: str, thing: Thing | None) -> Iterator[Request]:
    """The requests by which a permission shows."""
    if thing is None:
        numbers = next(iter(matrix.numbers.values()))
        values = rights.no_row(numbers.thing, numbers.thing.handler or 1)
        every = [*rights.pages(matrix.app, values), *rights.about(matrix.app, numbers, ["note"])]
        yield from (one for one in every if permission_of(matrix.app, one.endpoint) == permission)
        return
    if permission == "case:summary":
        yield Request("cases.one_summary", "GET", f"/cases/{thing.id}/summary", thing)
        return
    numbers = next(one for one in matrix.numbers.values() if one.thing.id == thing.id)
    if permission == "petition:identity":
        url = f"/cases/{thing.id}/people/{numbers.person}/reveal"
        yield Request("matters.reveal", "POST", url, thing)
        return
    for action in FLOW.actions:
        if action.permission == permission and not action.opens:
            yield Request("cases.act", "GET", f"/cases/{thing.id}/{action.name}", thing, action.name)


def _is_equal_everywhere(permission: str, rule: Rule) -> bool:
    """Whether no person and no case that could be would tell the two rules apart: worked out, not asked."""
    facts = Facts(
        parents={1: None, 2: 1, 3: 1, 4: 2, 5: 2},
        kinds={1: "section", 2: "office", 3: "bureau", 4: "section", 5: "bureau"},
    )
    for role in Role:
        for unit in facts.parents:
            for handles in (False, True):
                person = Person(1, unit, frozenset({role.value}), active=True)
                for thing in _any_case(handles):
                    # Only handlers of the unit that holds the case are appointed, and nobody is asked about a case
                    # they do not see.
                    misplaced = handles and (thing.holder != unit or role is not Role.HANDLER)
                    if misplaced or not _comes_near(facts, person, permission, thing):
                        continue
                    was = facts.holds(person, permission, thing)
                    if was != any(all(facts.true(word, person, thing) for word in way) for way in rule):
                        return False
    return True


def _any_case(handles: bool) -> Iterator[Thing]:
    """Every way in which three units can hold an office, a holder and a sender; holder and office always take part."""
    for office in range(1, 6):
        for holder in range(1, 6):
            for sender in (None, *range(1, 6)):
                for helper in range(1, 6):
                    parts = frozenset({office, holder, helper})
                    # Whoever helps here reviews there: both are asked of one unit beside the three.
                    yield Thing(
                        1, "x", office, holder, sender, 1 if handles else None, False, parts, parts, frozenset({helper}),
                        *[frozenset[int]()] * 3,
                    )  # fmt: skip
