"""A random walk over mediations: the same door, the same days that go by, and people who mostly type what is asked."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock
from petitions.access.models import User
from petitions.cases.fields import Field, Kind
from petitions.cases.models import Case
from petitions.cases.perform import may_do, perform, surroundings
from petitions.mediation import parties
from petitions.mediation.fields import FIELDS
from petitions.mediation.models import Committee, Mediation
from petitions.mediation.opening import register
from petitions.mediation.workflow import FLOW
from petitions.words import FieldErrors, Refusal
from tests.deep.conftest import present
from tests.deep.invariants_of_disputes import broken
from tests.deep.walking import RUBBISH, Walk
from tests.factories import World, matter_in
from tests.mediations import PEOPLE, Mediators, dispute, mediation_in, set_up_committee

COMMITTEE = ("chair", "mediator", "second_mediator", "justice")

USUALLY = {
    "elsewhere": "none", "kinship": "none", "confirmation_checks": "none", "began_at": "09:30", "ended_at": "10:45", "open_session": "open",
    "session_outcome": "agreed", "ruling": "rejected",
}  # fmt: skip
"""What most people choose: without it nearly every mediation ends at its first guard."""

_NEXT = ("next_on", "next_at", "next_place")


class DisputeWalk(Walk):
    """One walk over a few mediations of one committee."""

    flow = FLOW
    arranged = False
    """Whether the act that is being filled in agrees on a next session."""
    fields: Mapping[str, Field] = FIELDS
    model = Mediation
    own: Sequence[tuple[str, str]] = (
        ("cases", "id"), ("mediations", "id"), ("events", "case_id"), ("deadlines", "case_id"), ("documents", "case_id"),
        ("case_units", "case_id"), ("parties", "mediation_id"), ("mediation_seats", "mediation_id"), ("mediation_sessions", "mediation_id"),
        ("agreements", "mediation_id"), ("confirmations", "mediation_id"),
        ("performances JOIN (SELECT id AS agreement, mediation_id FROM agreements) a ON agreement = agreement_id", "mediation_id"),
    )  # fmt: skip

    def _mediators(self, session: Session) -> Mediators:
        world = present(self.world, session)
        return Mediators(world, world.mediator.unit, *(world.people[name] for name in COMMITTEE))

    def _open(self) -> list[str]:
        """Open one, mostly something sensible; nearly as often one that a petition office hands over."""
        draw, day = self.draw, clock.today() - timedelta(days=self.draw.choice((0, 0, 1, 5, 20)))
        way = draw.choice(("apply", "take_up", "receive_referral"))
        data: dict[str, Any] = {**dispute(dispute_type=draw.choice(("neighbour", "wages", "land"))), "sent_by": "青禾县人民法院",
                                "referral_source": draw.choice(("court_before", "court_online", "police"))}  # fmt: skip
        people = [dict(one) for one in PEOPLE]
        if draw.random() < 0.3:
            people.append(
                {
                    "side": draw.choice(("applicant", "respondent")),
                    "part": draw.choice(("party", "agent", "representative")),
                    "name": "代小明",
                }
            )
        if draw.random() < 0.2:
            data[draw.choice(sorted(data))] = draw.choice(RUBBISH)
        with self.database.work() as session:
            mediators = self._mediators(session)
            before = self._trace(session)
            try:
                mediation = register(way, data, people, draw.choice((mediators.mediator, mediators.second, mediators.chair)), day,
                                     submission=f"walk-{draw.getrandbits(64):x}")  # fmt: skip
            except Refusal as refusal:
                return self._refused(session, before, refusal)
            self.ids.append(mediation.id)
            self.figures.done[way] += 1
            return self._broken(session)

    def _begin(self) -> list[str]:
        with self.database.work() as session:
            mediators = self._mediators(session)
            if self.draw.random() < 0.2:
                return self._of_a_matter(session, mediators)
            unseen = [state for state in self.states if state not in self.figures.states]
            mediation = mediation_in(mediators, self.draw.choice(unseen or self.states))
            self.ids.append(mediation.id)
            self.figures.states.add(mediation.state)
            return self._broken(session)

    def _of_a_matter(self, session: Session, mediators: Mediators) -> list[str]:
        """A matter is handed over; now and then it turns out to be an accusation."""
        world = mediators.world
        matter = matter_in(world, "accepted")
        told = {
            "committee": mediators.unit.id,
            "dispute_type": "land",
            "mediation_facts": "边界争议",
            "other_side": "麦有根",
            "petitioner_agrees": True,
        }
        perform(matter, "send_to_mediation", told, world.handler)
        session.flush()
        mediation = next(one for one in matter.followers if isinstance(one, Mediation))
        if self.draw.random() < 0.3:
            perform(matter, "recall_sealed", {"reason": "是检举", "respondent": "某村干部"}, world.restricted)
        self.ids.append(mediation.id)
        return self._broken(session)

    def _follow(self, session: Session) -> None:
        """Nothing opens a mediation beside these."""

    def _broken(self, session: Session) -> list[str]:
        return broken(session, self.ids)

    def _value(self, one: Field, matter: Case, person: User) -> Any:  # noqa: PLR0911 - one answer a kind
        draw, context = self.draw, surroundings(matter, person)
        if one.name in _NEXT:
            return self._next(one.name)
        if one.name in USUALLY and draw.random() < 0.8:
            return USUALLY[one.name]
        if one.kind is Kind.CHOICES and draw.random() < 0.8:
            return [choice.value for choice in context.choices(one.choices) if not choice.why_not]
        if one.kind is Kind.TOLD:
            return {part.value: "说了几句话" for part in context.choices(one.parts) if draw.random() < 0.7}
        if one.kind is Kind.MONEY:
            return draw.choice(("1", "500", "700", "0.01", "699.99", "200"))
        if one.kind is Kind.ROWS:
            debtors = [choice.value for choice in context.choices("parties")] or [""]
            return [
                {"debtor": draw.choice(debtors), "item": "赔偿款", "amount": draw.choice(("700", "500", "")),
                 "due_on": (clock.today() + timedelta(days=draw.choice((-3, 0, 5, 20, 60)))).isoformat()}
                for _ in range(draw.randint(1, 3))
            ]  # fmt: skip
        return super()._value(one, matter, person)

    def _next(self, name: str) -> str:
        """Day, hour and place of the next session go together; most sessions agree on none."""
        if name == "next_on":
            self.arranged = self.draw.random() < 0.3
        ahead = clock.today() + timedelta(days=self.draw.choice((-1, 0, 1, 9, 30)))
        return (
            {"next_on": ahead.isoformat(), "next_at": "14:30", "next_place": "村委会调解室"}[name]
            if self.arranged
            else ""
        )

    def _try(self) -> list[str]:
        return self._join() if self.ids and self.draw.random() < 0.08 else super()._try()

    def _join(self) -> list[str]:
        """One more party, as the page enters them."""
        draw = self.draw
        with self.database.work() as session:
            mediation, people = session.get_one(Mediation, draw.choice(self.ids)), self._everybody()
            able = [one for one in people if may_do(one, FLOW.action["add_party"], mediation)]
            person = draw.choice(able or people)
            typed = {"side": draw.choice(("applicant", "respondent")), "name": draw.choice(("麦有田", "田大禾", "麦有根")),
                     "part": draw.choice(("party", "party", "agent"))}  # fmt: skip
            before = self._trace(session)
            try:
                parties.add(mediation, typed, person)
            except Refusal as refusal:
                self.refusal = not isinstance(refusal, FieldErrors)  # what is typed of a party is asked beside the door
                return self._refused(session, before, refusal)
            session.flush()
            self.figures.done["add_party"] += 1
            return self._broken(session)


def settle_down(session: Session, world: World) -> None:
    """The committee of the walks, once for an installation."""
    if session.scalar(select(Committee.unit_id)) is None:
        set_up_committee(session, world)
