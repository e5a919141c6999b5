"""A random walk through the door: somebody tries something on some matter, again and again, on days that go by."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import time_machine
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from petitions import clock, db
from petitions.access.models import User
from petitions.cases.fields import Field, Kind
from petitions.cases.models import Case
from petitions.cases.perform import may_do, open_to, perform, surroundings
from petitions.db import Base, Database
from petitions.flow import Action, Flow
from petitions.matters.fields import FIELDS
from petitions.matters.models import Matter
from petitions.matters.register import register
from petitions.matters.workflow import FLOW
from petitions.words import Refusal
from tests.deep.conftest import present
from tests.deep.invariants import broken
from tests.factories import World, matter_in, typed

START = clock.noon_of(date(2026, 1, 5))
POOL = 4
"""Matters of one walk: enough for repeats and copies of each other, few enough to get somewhere."""

RUBBISH: tuple[Any, ...] = (
    None, "", " ", "没有这一项", "-1", -1, "0", 0, "99999999999999999999", 10**12, "2026-02-30", "1899-12-31", "9999-12-31",
    "2020-01-01", "2099-01-01", [], ["x"], {}, {"1": "x"}, True, 3.5, "长" * 200_001, "\x00\ud800", "1.1E+17",
)  # fmt: skip


@dataclass
class Figures:
    """What became of the tries."""

    done: Counter[str] = field(default_factory=Counter)
    """By act."""
    refused: Counter[str] = field(default_factory=Counter)
    """By kind of refusal."""
    again: int = 0
    """Forms that were sent twice."""
    states: set[str] = field(default_factory=set)


class Walk:
    """One walk over a few matters of one office; over cases of another kind by a class of its own."""

    flow: Flow = FLOW
    fields: Mapping[str, Field] = FIELDS
    model: type[Case] = Matter
    own: Sequence[tuple[str, str]] = ()
    """Tables with the rows of these cases, and the column that says whose; of a matter _OWN."""

    def __init__(
        self, database: Database, world: World, draw: Random, figures: Figures, states: Sequence[str] = (),
        favoured: Sequence[str] = (), keen: float = 0.4,
    ) -> None:  # fmt: skip
        self.database, self.world, self.draw, self.figures = database, world, draw, figures
        self.states = states or [state.name for state in self.flow.states]
        """Where its matters may begin."""
        self.favoured = favoured or draw.sample(sorted(self.flow.action), 8)
        """What these people like to do: each walk looks into other corners of the table."""
        self.keen = keen
        """How often they do it."""
        self.ids: list[int] = []
        self.refusal = False
        """Whether the door has refused the last try."""
        self.sent: list[tuple[str, int, str, int]] = []
        """Forms that were accepted: submission, matter, act, person."""

    def go(self, steps: int) -> list[str]:
        """So many tries; the rules that were broken by the first one that broke any."""
        with time_machine.travel(START, tick=False) as traveller:
            for number in range(steps):
                traveller.shift(timedelta(minutes=self.draw.randrange(1, 300), days=self._days()))
                try:
                    wrong = self._step()
                except Exception as fault:
                    raise AssertionError(f"step {number}") from fault
                if wrong:
                    return [f"step {number}: {each}" for each in wrong]
        return []

    def _step(self) -> list[str]:
        before, self.refusal = self._recorded(), False
        comes = len(self.ids) < POOL and self.draw.random() < 0.3
        wrong = self._try() if not comes else self._begin() if self.draw.random() < 0.7 else self._open()
        events, done, refused = (now - then for now, then in zip(self._recorded(), before, strict=True))
        if done != events or refused != self.refusal:
            wrong.append(f"{events} acts and {self.refusal} refusals, {done} and {refused} in the audit")
        return wrong

    def _recorded(self) -> tuple[int, int, int]:
        """How many acts the history holds, how many of them the audit, and how many refused ones."""
        with self.database.work(write=False) as session:
            audited = (
                "(SELECT count(*) FROM audit WHERE (act LIKE 'matter:%' OR act LIKE 'mediation:%') AND outcome = '{}')"
            )
            counts = text(
                f"SELECT (SELECT count(*) FROM events), {audited.format('done')}, {audited.format('refused')}"
            )
            events, done, refused = session.execute(counts).one()
            return events, done, refused

    def _days(self) -> int:
        return self.draw.choices((0, 1, 3, 10, 30), (70, 15, 8, 5, 2))[0]

    def _everybody(self) -> list[User]:
        """The people in random order, read in the present unit of work."""
        people = list(db.session().scalars(select(User).order_by(User.id)))
        self.draw.shuffle(people)
        return people

    def _open(self) -> list[str]:
        """Register something, mostly something sensible."""
        draw, before = self.draw, clock.today() - timedelta(days=self.draw.choice((0, 0, 1, 5, 20)))
        data = typed(received_on=before.isoformat(), purpose=draw.choice(("request", "request", "appeal", "suggestion", "accusation")),
                     claims=draw.choice(("", "退还承包地\n补偿损失")), phone=draw.choice(("", "19900001234")))  # fmt: skip
        if draw.random() < 0.2:
            data[draw.choice(sorted(data))] = draw.choice(RUBBISH)
        names = ("clerk", "clerk", "officer", "restricted", "receiver", "handler", "other_clerk")
        with self.database.work() as session:
            person = present(self.world, session).people[draw.choice(names)]
            if self.ids and draw.random() < 0.2:
                data["joins"] = self._number()
            before_it = self._trace(session)
            try:
                petition = register(data, person, submission=f"walk-{draw.getrandbits(64):x}")
            except Refusal as refusal:
                return self._refused(session, before_it, refusal)
            self.ids = sorted({*self.ids, petition.matter_id})
            self.figures.done["register"] += 1
            return self._broken(session)

    def _begin(self) -> list[str]:
        """A matter that has come as far as some state already: walks from the counter rarely see an answer."""
        with self.database.work() as session:
            unseen = [state for state in self.states if state not in self.figures.states]
            matter = matter_in(present(self.world, session), self.draw.choice(unseen or self.states))
            self.ids.append(matter.id)
            self.figures.states.add(matter.state)
            return self._broken(session)

    def _try(self) -> list[str]:
        """Try one act: something that is open, something that is nearly so, or anything at all."""
        if not self.ids:
            return []
        draw = self.draw
        with self.database.work() as session:
            matter = session.get_one(self.model, draw.choice(self.ids))
            person, action = self._choice(matter)
            data = {name: self._value(self.fields[name], matter, person) for name in action.fields}
            if draw.random() < 0.15 and data:
                data[draw.choice(sorted(data))] = draw.choice(RUBBISH)
            submission = f"walk-{draw.getrandbits(64):x}" if draw.random() < 0.7 else None
            if self.sent and draw.random() < 0.05:
                submission, case_id, name, user_id = draw.choice(self.sent)
                matter, action = session.get_one(self.model, case_id), self.flow.action[name]
                person = session.get_one(User, user_id) if draw.random() < 0.7 else person
            version = draw.choice((*[None] * 10, *[matter.version] * 9, matter.version - 1))
            at = draw.choice((*[None] * 38, clock.now() + timedelta(days=1), clock.noon_of(date(2025, 1, 1))))
            before, last = self._trace(session), max((event.id for event in matter.events), default=0)
            try:
                event = perform(matter, action.name, data, person, at, version=version, submission=submission)
            except Refusal as refusal:
                self.refusal = True
                return self._refused(session, before, refusal)
            session.flush()
            if event.id <= last:
                self.figures.again += 1
                return self._same(session, before, "a form sent again")
            if submission:
                self.sent.append((submission, matter.id, action.name, person.id))
            self.figures.done[action.name] += 1
            self.figures.states.add(matter.state)
            self._follow(session)
            return self._broken(session)

    def _follow(self, session: Session) -> None:
        """New facts open matters of their own."""
        known = select(Matter.id).where(Matter.related_to_id.in_(self.ids))
        self.ids = sorted({*self.ids, *session.scalars(known)})[-2 * POOL :]

    def _broken(self, session: Session) -> list[str]:
        return broken(session, self.ids)

    def _choice(self, matter: Case) -> tuple[User, Action]:
        draw, people = self.draw, self._everybody()
        liked = [self.flow.action[name] for name in self.favoured]
        pairs = [(person, row) for row in liked for person in people if may_do(person, row, matter)]
        if pairs and draw.random() < self.keen:
            return draw.choice(pairs)
        for person in people if draw.random() < 0.75 else ():
            acts = open_to(person, matter)
            # What has been done often is done less: the rare acts are where nobody has looked.
            weights = [self._weight(row) / (1 + self.figures.done[row.name] / 5) for row in acts]
            if acts and (max(weights) > 0.5 or draw.random() < 0.2):
                return person, draw.choices(acts, weights)[0]
        return people[0], draw.choice(self.flow.actions)

    def _weight(self, row: Action) -> float:
        """Ends are many and ways on are few: without weights nearly every matter is noted on, then closed unanswered."""
        if row.name in _BESIDE:
            return 0.1
        if row.target in self.flow.closed_states():
            return 2 if row.rank else 0.3
        return 4 if row.rank and row.target else 1

    def _number(self) -> str:
        known = db.session().scalars(select(Matter.number).where(Matter.id.in_(self.ids)).order_by(Matter.id))
        return self.draw.choice([*known, "XF2026-999999"])

    def _value(self, one: Field, matter: Case, person: User) -> Any:  # noqa: PLR0911 - one answer a kind
        draw, context, today = self.draw, surroundings(matter, person), clock.today()
        if one.kind in (Kind.CHOICE, Kind.UNIT, Kind.USER):
            return draw.choice([choice.value for choice in context.choices(one.choices)] or [""])
        if one.kind in (Kind.CHOICES, Kind.UNITS):
            offered = [choice.value for choice in context.choices(one.choices)]
            return draw.sample(offered, min(len(offered), draw.randrange(3)))
        if one.kind is Kind.PER_PART:
            offered = [choice.value for choice in context.choices(one.choices)] or [""]
            return {part.value: draw.choice(offered) for part in context.choices(one.parts)}
        if one.kind is Kind.DATE:
            ahead = draw.randrange(0, 40) if one.future else -draw.choice((0, 0, 0, 1, 5))
            return (today + timedelta(days=ahead)).isoformat()
        if one.kind is Kind.CASE:
            return self._number()
        if one.kind is Kind.INTEGER:
            return draw.randint(one.least or 0, one.most or 100)
        if one.kind is Kind.FLAG:
            return draw.random() < 0.7
        if one.kind is Kind.FILES:
            file = {"name": "证明.pdf", "sha256": "0" * 64, "size": 1, "media_type": "application/pdf"}
            return draw.choice(([], [file]))
        if one.name == "petition":
            assert isinstance(matter, Matter)
            return draw.choice([row.number for row in matter.petitions] or [""])
        return draw.choice(("写明情况，不少于十个字的说明文字", "经核实属实，请依法办理，按期答复信访人"))

    def _refused(self, session: Session, before: object, refusal: Refusal) -> list[str]:
        self.figures.refused[type(refusal).__name__] += 1
        session.flush()
        return self._same(session, before, f"refused with {refusal.sentence[:40]!r}") + (
            [] if refusal.sentence.strip() else ["refused without a word"]
        )

    def _same(self, session: Session, before: object, what: str) -> list[str]:
        after = self._trace(session)
        return [] if after == before else [f"{what}, and yet something was written: {_differing(before, after)}"]

    def _trace(self, session: Session) -> dict[str, list[tuple[Any, ...]]]:
        """How many rows every table has, and every row of the walk's matters."""
        session.flush()
        read, ids = session.connection().exec_driver_sql, ",".join(map(str, self.ids)) or "0"
        found = {"counts": [tuple(row) for row in read(_COUNTS)]}
        for name, key in self.own or _OWN:
            rows = read(f"SELECT * FROM {name} WHERE {key} IN ({ids}) ORDER BY 1")
            found[name] = [tuple(map(str, row)) for row in rows]
        return found


_LASTING = {"codes", "calendar_days", "calendar_years", "units", "users", "user_roles"}
"""Tables that no act writes."""

_COUNTS = " UNION ALL ".join(
    f"SELECT '{table.name}', count(*) FROM {table.name}"
    for table in Base.metadata.sorted_tables
    if table.name not in _LASTING
)

_OWN = (
    ("cases", "id"), ("matters", "id"), ("events", "case_id"), ("deadlines", "case_id"), ("documents", "case_id"),
    ("case_units", "case_id"), ("dispatches", "matter_id"), ("claims", "matter_id"), ("respondents", "matter_id"),
    ("petitions", "matter_id"), ("petitioners", "matter_id"), ("recusals", "matter_id"),
    ("identities JOIN petitioners ON id = petitioner_id", "matter_id"), ("case_readers", "case_id"),
)  # fmt: skip


_BESIDE = {
    "note",
    "attach",
    "correct",
    "receive_repeat",
    "serve_notice",
    "new_facts",
    "recuse",
    "seal",
    "withdraw",
    "visit",
}


def _differing(before: Any, after: Any) -> str:
    return "; ".join(
        f"{name}: {set(after[name]) ^ set(before[name])}" for name in before if before[name] != after[name]
    )[:600]
