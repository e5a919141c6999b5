"""A seeded random walk of mergers, splits and moves over a tree of units with open cases and accusations.

What must hold after each step is reckoned here a second time, by hand. Walled off are the accused and everything under
it, whoever comes after one of them, and whoever comes to stand under one of them; a wall never opens again. Nobody sees
a case they did not see before, but the people of a successor, and the desk that an accusation had to be handed to.
"""

import itertools
import random
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.access import units
from petitions.access.models import SuccessionKind, Unit, UnitKind, User
from petitions.access.roles import Role
from petitions.cases.models import Case, CaseUnit, Deadline
from petitions.cases.perform import perform
from petitions.cases.queries import find, visible_to
from petitions.matters import wall
from petitions.matters.lists import receiving_units
from petitions.matters.models import Matter
from petitions.matters.register import register
from petitions.notices.models import Notice
from petitions.reorganisation.carrying_out import carry_out, preview
from petitions.reorganisation.orders import Order
from petitions.web.responses import Application
from petitions.words import Refusal
from tests.factories import World, make_unit, make_user, matter_in, typed
from tests.pages import Browser, said_in

BASIS = "青编〔2026〕3号"
STATES = ("triage", "dispatched", "signed", "objected", "accepted", "mediating", "in_approval", "served", "concluded")
_KINDS = (UnitKind.BUREAU, UnitKind.TOWNSHIP, UnitKind.SECTION, UnitKind.SECTION)


class Before(NamedTuple):
    """What held before a step."""

    sight: dict[int, frozenset[int]]
    """person -> the cases they saw."""
    units: dict[int, int]
    """person -> their unit."""
    clocks: dict[int, tuple[Any, ...]]
    """Every clock: to which case it belongs and how it is counted."""
    held: frozenset[int]
    """The cases in which a unit of the order takes part."""
    offices: dict[int, int]
    """case -> its office."""


@dataclass
class Walk:
    """One county, and how far it has come."""

    session: Session
    world: World
    chance: random.Random
    sealed: dict[int, set[int]] = field(default_factory=dict)
    """case -> the units that are walled off from it."""
    canaries: list[str] = field(default_factory=list)
    done: int = 0
    refused: int = 0
    counter: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def begin(self, accusations: int, ordinary: int, grown: int = 0) -> None:
        """Fill the county: more units anywhere in the tree, restricted desks, accusations and open cases."""
        for number in range(grown):
            above = self.chance.choice([unit for unit in self._open() if unit.kind != UnitKind.DISCIPLINE])
            unit = make_unit(self.session, f"单位{number + 1}", self.chance.choice(_KINDS), above)
            make_user(self.session, unit, Role.RECEIVING_CLERK, Role.HANDLER)
        desks = [self.world.restricted, self.world.bureau_restricted]
        for unit in (self.world.township, self.world.section, self.world.other_office, self.world.other_bureau):
            desks.append(make_user(self.session, unit, Role.RESTRICTED_CLERK, Role.INTAKE_CLERK))
        while len(self.sealed) < accusations:
            self._accuse(self.chance.choice(desks))
        for _ in range(ordinary):
            self._ordinary()
        self.session.flush()

    def _ordinary(self) -> None:
        if self.chance.random() < 0.5:
            matter_in(self.world, self.chance.choice(STATES))
            return
        matter = matter_in(self.world, "triage")
        free = [int(one.value) for one in receiving_units(matter, self.world.officer) if not one.why_not]
        said = {"unit": self.chance.choice(free), "opinion": "请依法办理"}
        perform(matter, "transfer", said, self.world.officer)

    def _accuse(self, clerk: User) -> None:
        number = len(self.sealed) + 1
        name, phone, words = f"亓青禾{number}号", f"199000{70000 + number}", f"暗语甲{number}乙丙"
        accused = self.chance.choice([unit for unit in self._open() if unit.kind != UnitKind.DISCIPLINE])
        said = typed(
            purpose="accusation", respondent_unit=str(accused.id), name=name, phone=phone, text=f"{words}，请查处。"
        )
        try:
            matter = register(said, clerk).matter
        except Refusal:
            return  # the accused registers nothing against itself, and a stranger's unit cannot be chosen
        self.sealed[matter.id] = self._with_below({accused.id})
        self.canaries += [name, phone, words]

    def step(self) -> None:
        """One order at random: previewed, carried out or refused whole."""
        kind = self.chance.choice(list(SuccessionKind)[:2] + [SuccessionKind.MOVE] * 2)
        order = self._order(kind)
        if order is None:
            return
        before = self._before(order)
        try:
            expected = preview(order, self.world.administrator)
        except Refusal:
            self.refused += 1
            return
        try:
            found = carry_out(order, self.world.administrator)
        except Refusal as refusal:
            if not expected.stuck:
                raise AssertionError(f"the preview did not say: {refusal}") from refusal
            self.refused += 1
            return
        assert found == expected, "the preview said something else"
        self.done += 1
        self.session.expire_all()
        self._nobody_gained_sight(before, order)
        assert self._clocks() == before.clocks, "a clock has changed"
        for walled in self.sealed.values():
            if order.kind is not SuccessionKind.MOVE and walled & {old.id for old in order.olds}:
                walled.update(heir.id for heir in order.heirs)
            walled.update(self._with_below(walled))
        self.hold()

    def _order(self, kind: SuccessionKind) -> Order | None:
        units = [unit for unit in self._open() if unit.parent_id is not None]
        unit = self.chance.choice(units)
        if kind is SuccessionKind.MOVE:
            return Order(kind, [unit], parent=self.chance.choice(self._open()), basis=BASIS)
        if kind is SuccessionKind.MERGE:
            return Order(kind, [unit], [self.chance.choice(units)], basis=BASIS)
        heirs = [
            make_unit(self.session, f"新设单位{next(self.counter)}", UnitKind(unit.kind), unit.parent) for _ in range(2)
        ]
        people = {one.id: self.chance.choice(heirs) for one in self._people() if one.unit_id == unit.id}
        return Order(kind, [unit], heirs, basis=BASIS, people=people)

    def _before(self, order: Order) -> Before:
        olds = [old.id for old in order.olds]
        held = select(CaseUnit.case_id).where(CaseUnit.unit_id.in_(olds), CaseUnit.left_on.is_(None))
        people = self._people()
        return Before(
            {one.id: self._sight(one) for one in people}, {one.id: one.unit_id for one in people}, self._clocks(),
            frozenset(self.session.scalars(held)), dict(self.session.execute(select(Case.id, Case.office_id)).all()),
        )  # fmt: skip

    def _sight(self, person: User) -> frozenset[int]:
        return frozenset(self.session.scalars(visible_to(person, select(Case.id))))

    def _clocks(self) -> dict[int, tuple[Any, ...]]:
        said = (
            Deadline.id, Deadline.case_id, Deadline.code, Deadline.start_on, Deadline.length, Deadline.extension,
            Deadline.nominal_on, Deadline.due_on, Deadline.target_on, Deadline.ended_on,
        )  # fmt: skip
        return {row[0]: tuple(row[1:]) for row in self.session.execute(select(*said))}

    def _nobody_gained_sight(self, before: Before, order: Order) -> None:
        heirs = {heir.id for heir in order.heirs}
        offices = dict(self.session.execute(select(Case.id, Case.office_id)).all())
        for person in self._people():
            for case_id in self._sight(person) - before.sight.get(person.id, frozenset()):
                came_along = person.unit_id != before.units.get(person.id)
                succeeds = person.unit_id in heirs and (came_along or case_id in before.held)
                handed = offices[case_id] == person.unit_id != before.offices[case_id] and case_id in self.sealed
                assert succeeds or handed, f"{person.username} sees case {case_id} for the first time"

    def hold(self) -> None:
        """No wall has opened, no accusation is lost, and every open case lies with one unit that is there."""
        self.session.expire_all()
        people, open_units = self._people(), {unit.id for unit in self._open()}
        for case_id, walled in self.sealed.items():
            seeing = [one for one in people if find(case_id, one) is not None]
            assert not [one for one in seeing if one.unit_id in walled], "the accused side sees it"
            assert seeing, "somebody keeps it"
            barred = set(wall.accused_units(self.session.get_one(Matter, case_id)))
            assert walled & open_units <= barred, "it could be sent to a successor of the accused"
            told = select(Notice.id).join(User, User.id == Notice.recipient_id)
            assert not self.session.scalars(told.where(Notice.case_id == case_id, User.unit_id.in_(walled))).all(), (
                "told"
            )
        for case in self.session.scalars(select(Case).where(Case.closed_on.is_(None))):
            taking_part = [row for row in case.parts if row.left_on is None]
            assert {case.unit_id, case.office_id, *(row.unit_id for row in taking_part)} <= open_units, "left behind"
            holding = [row.unit_id for row in taking_part if row.part == "holder" or row.unit_id == case.unit_id]
            assert holding == [case.unit_id], "it has one holder"
        running = select(Deadline.id).where(Deadline.ended_on.is_(None), Deadline.unit_id.not_in(open_units))
        assert not self.session.scalars(running).all(), "a clock is left behind"

    def crawl(self, app: Application, at_most: int) -> int:
        """Every page for people behind a wall and for the administrator; returns how many pages were read.

        Somebody may keep one accusation and be walled off from another, so only who keeps none is asked.
        """
        everywhere = set.intersection(*self.sealed.values()) if self.sealed else set()
        people = [one for one in self._people() if all(find(case_id, one) is None for case_id in self.sealed)]
        people.sort(key=lambda one: (one.unit_id not in everywhere, one.id))
        asked = [self.world.administrator, *[one for one in people if one is not self.world.administrator][:at_most]]
        self.session.commit()
        return sum(self._crawl(Browser(app, one), app) for one in asked)

    def _crawl(self, browser: Browser, app: Application) -> int:
        read = 0
        for address in self._addresses(app):
            text = said_in(browser.client.get(address, follow_redirects=True))
            found = [word for word in self.canaries if word in text.replace(address.partition("q=")[2] or "\0", "")]
            assert not found, address
            read += 1
        return read

    def _addresses(self, app: Application) -> list[str]:
        rules = [
            rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint != "static"
        ]
        plain = [rule.rule for rule in rules if not rule.arguments and "log" not in rule.rule]
        about = [rule for rule in rules if rule.arguments == {"case_id"}]
        named = [
            rule.rule.replace("<int:case_id>", str(case_id)) for rule in about for case_id in list(self.sealed)[:2]
        ]
        papers = self.session.scalars(select(Matter).where(Matter.id.in_(list(self.sealed)[:2]))).all()
        named += [f"/documents/{paper.id}" for matter in papers for paper in matter.documents]
        return [*plain, *named, *(f"/search?q={word}" for word in self.canaries[:3])]

    def _open(self) -> list[Unit]:
        return list(units.in_force())

    def _people(self) -> list[User]:
        return list(self.session.scalars(select(User).where(User.active).order_by(User.id)))

    def _with_below(self, unit_ids: set[int]) -> set[int]:
        found = set(unit_ids)
        while more := {unit.id for unit in self._open() if unit.parent_id in found} - found:
            found |= more
        return found
