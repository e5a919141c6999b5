"""Worlds and matters for tests, all made through the door."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from petitions import clock
from petitions.access import delegation
from petitions.access.delegation import Delegation
from petitions.access.models import Unit, UnitKind, User
from petitions.access.roles import Role
from petitions.cases.disposal import Disposal
from petitions.cases.perform import perform
from petitions.matters.models import Matter, Petition
from petitions.matters.register import register
from petitions.privacy import disposals

_numbers = itertools.count(1)


@dataclass
class World:
    """Two offices that must never see each other's cases, with the people of the first one by role."""

    county: Unit
    office: Unit
    bureau: Unit
    section: Unit
    """Under the bureau: the second tier."""
    township: Unit
    discipline: Unit
    other_office: Unit
    other_bureau: Unit
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        """`world.clerk`: a person by name."""
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


def make_unit(session: Session, name: str, kind: UnitKind, parent: Unit | None = None, sign: str = "") -> Unit:
    """A unit."""
    unit = Unit(name=name, kind=kind.value, parent_id=parent.id if parent else None, sign=sign, phone="0000-1234567")
    session.add(unit)
    session.flush()
    return unit


def make_user(session: Session, unit: Unit, *roles: Role, name: str = "") -> User:
    """A person with roles; the username is unique."""
    person = _person(unit, *roles, name=name)
    session.add(person)
    session.flush()
    return person


def _person(unit: Unit, *roles: Role, name: str = "") -> User:
    number = next(_numbers)
    person = User(username=f"u{number}", name=name or f"人员{number}", unit=unit)
    person.roles = frozenset(roles)
    return person


def build_world(session: Session) -> World:
    """The world of most tests."""
    county = make_unit(session, "青禾县", UnitKind.SECTION)
    office = make_unit(session, "青禾县信访局", UnitKind.OFFICE, county, "青")
    bureau = make_unit(session, "青禾县自然资源局", UnitKind.BUREAU, county, "青自然")
    section = make_unit(session, "耕地保护站", UnitKind.SECTION, bureau, "青耕")
    township = make_unit(session, "河湾镇", UnitKind.TOWNSHIP, county, "河")
    discipline = make_unit(session, "青禾县纪委监委", UnitKind.DISCIPLINE, county, "青纪")
    zone = make_unit(session, "青禾经济开发区", UnitKind.SECTION)
    other_office = make_unit(session, "青禾经济开发区信访办", UnitKind.OFFICE, zone, "开")
    other_bureau = make_unit(session, "开发区建设局", UnitKind.BUREAU, zone, "开建")
    world = World(county, office, bureau, section, township, discipline, other_office, other_bureau)
    people = {
        "clerk": (office, Role.INTAKE_CLERK), "officer": (office, Role.PETITION_OFFICER),
        "office_head": (office, Role.PETITION_HEAD), "restricted": (office, Role.RESTRICTED_CLERK, Role.INTAKE_CLERK),
        "receiver": (bureau, Role.RECEIVING_CLERK), "handler": (bureau, Role.HANDLER),
        "second_handler": (bureau, Role.HANDLER), "head": (bureau, Role.UNIT_HEAD),
        "bureau_restricted": (bureau, Role.RESTRICTED_CLERK),
        "section_receiver": (section, Role.RECEIVING_CLERK), "section_handler": (section, Role.HANDLER),
        "section_head": (section, Role.UNIT_HEAD), "township_receiver": (township, Role.RECEIVING_CLERK),
        "township_handler": (township, Role.HANDLER), "inspector": (office, Role.INSPECTOR),
        "auditor": (office, Role.AUDITOR), "administrator": (office, Role.ADMINISTRATOR),
        "security": (office, Role.SECURITY_ADMINISTRATOR),
        "other_clerk": (other_office, Role.INTAKE_CLERK), "other_officer": (other_office, Role.PETITION_OFFICER),
        "other_receiver": (other_bureau, Role.RECEIVING_CLERK), "other_head": (other_bureau, Role.UNIT_HEAD),
    }  # fmt: skip
    for name, (unit, *roles) in people.items():
        world.people[name] = _person(unit, *roles)
    session.add_all(world.people.values())  # in one go: every test of the suite waits for this world
    session.flush()
    return world


def lend(giver: User, taker: User, *, first: int = 0, last: int = 7) -> Delegation:
    """`taker` stands in for `giver`; the days count from today."""
    today = clock.today()
    days = {"from_on": today + timedelta(days=first), "until_on": today + timedelta(days=last)}
    return delegation.give(
        giver, {"taker": str(taker.id), "reason": "出差", **{name: day.isoformat() for name, day in days.items()}}
    )


def typed(**changes: Any) -> dict[str, Any]:
    """What a clerk types for an ordinary letter."""
    return {
        "channel": "LX", "received_on": clock.today().isoformat(), "name": "田小禾", "phone": "19900001234",
        "region": "河湾镇柳林村", "address": "柳林村三组", "text": "承包地被占用，请求退还并补偿。", "place": "河湾镇",
        "class_code": "010100", "purpose": "request", **changes,
    }  # fmt: skip


def new_petition(world: World, clerk: User | None = None, **changes: Any) -> Petition:
    """A registered petition of the first office (or of `clerk`'s unit)."""
    return register(typed(**changes), clerk or world.clerk)


def register_typed(world: World, clerk: User, joins: Matter | None = None, **changes: Any) -> Matter:
    """The matter of a petition registered by `clerk`, wherever they work."""
    return register(typed(**changes), clerk, joins=joins).matter


CLASSIFIED = {"nature": "appeal", "purpose": "request", "class_code": "010100", "place": "河湾镇"}
OPINION = {
    "demands": "退还承包地", "facts": "经核实，占用属实。", "opinion": "限期退还并补偿。", "basis": "《农村土地承包法》第五十七条",
}  # fmt: skip


def per_claim(matter: Matter, value: str) -> dict[str, str]:
    """The same choice for every claim."""
    return {str(claim.id): value for claim in matter.claims}


def steps_to(world: World, matter: Matter) -> dict[str, list[tuple[str, Any, str]]]:
    """For each state, the acts that lead there from registration: (action, data or its maker, person)."""
    today = clock.today()
    triage = [("screen_as_first", {}, "clerk"), ("classify", CLASSIFIED, "officer")]
    dispatched = [*triage, ("transfer", {"unit": world.bureau.id, "opinion": "请依法办理"}, "officer")]
    signed = [*dispatched, ("sign", {}, "receiver"), ("appoint", {"handler": world.handler.id}, "receiver")]
    objected = [
        *signed,
        ("object", {"objection": "本单位没有这项职责，应由乡镇办理。", "proposed_unit": world.township.id}, "receiver"),
    ]
    accepted = [*signed, ("accept", lambda: {"routes": per_claim(matter, "R6")}, "handler")]
    in_approval = [*accepted, ("submit_opinion", lambda: {**OPINION, "outcomes": per_claim(matter, "S")}, "handler")]
    issued = [*in_approval, ("approve_opinion", {}, "head")]
    served = [
        *issued,
        (
            "serve",
            {"method": "direct", "receiver": "田小禾", "relation": "self", "served_on": today.isoformat()},
            "handler",
        ),
    ]
    concluded = [*served, ("conclude", {"accepted_by_petitioner": True}, "head")]
    return {
        "registered": [],
        "screening": [("suspect", lambda: {"matter": new_petition(world).matter.number}, "clerk")],
        "triage": triage,
        "awaiting_supplement": [*triage, ("ask_supplement", {"missing": "身份证明", "until":
                                (today + timedelta(days=10)).isoformat()}, "clerk")],
        "dispatched": dispatched,
        "signed": signed,
        "objected": objected,
        "returned": [*objected, ("uphold_objection", {"note": "同意退回"}, "officer")],
        "accepted": accepted,
        "mediating": [*accepted, ("begin_mediation", {"consent": "both", "note": "双方同意"}, "handler")],
        "in_approval": in_approval,
        "opinion_issued": issued,
        "served": served,
        "concluded": concluded,
        "not_accepted": [*triage, ("refuse", {"refusal_reason": "NA1", "where_to_go": "县人民法院"}, "officer")],
        "no_longer_accepted": [*triage, ("refuse_no_longer", {"review_number": "青复核〔2026〕1号", "note": "同一事实"},
                                         "officer")],
        "diverted": [*triage, ("divert_litigation", {"body": "青禾县人民法院", "note": "已立案"}, "officer")],
        "filed": [*triage, ("file", {"file_reason": "thanks", "note": "感谢信"}, "officer")],
        "withdrawn": [("withdraw", {"reason": "不再反映", "free_will": True}, "officer")],
    }  # fmt: skip


def take(world: World, matter: Matter, steps: list[tuple[str, Any, str]]) -> Matter:
    """Carry the acts out, each as its person."""
    for action, data, person in steps:
        perform(matter, action, data() if callable(data) else data, world.people[person])
    return matter


def approve_disposal(world: World, *matters: Matter) -> Disposal:
    """A list of archived matters, asked by the officer and approved by the head of the office."""
    listed = disposals.ask_for(world.officer, "47-1", matters)
    disposals.decide(listed, world.office_head, approved=True)
    return listed


def dispose(world: World, *matters: Matter) -> None:
    """Anonymise archived matters, the way they would be: listed, approved, done."""
    approve_disposal(world, *matters)
    for matter in matters:
        perform(matter, "dispose", {}, world.office_head)


def matter_in(world: World, state: str, **changes: Any) -> Matter:
    """A matter of the first office in `state`, brought there through the door."""
    if state == "notice_due":
        matter = register(typed(**changes), world.receiver).matter
        return take(world, matter, [("appoint", {"handler": world.handler.id}, "receiver")])
    if state == "ended":
        from tests.reviews import ended  # noqa: PLC0415 - which makes its reviews of what is made here

        return ended(world, **changes)
    matter = new_petition(world, **changes).matter
    if state in ("archived", "anonymised"):
        take(world, matter, steps_to(world, matter)["withdrawn"])
        for paper in list(matter.documents):
            if paper.kind == "withdrawal":
                perform(matter, "serve_notice", {"paper": paper.id, "method": "direct", "receiver": "田小禾",
                                                 "relation": "self", "served_on": clock.today().isoformat()}, world.officer)  # fmt: skip
        perform(matter, "archive", {}, world.officer)
        if state == "anonymised":
            dispose(world, matter)
    else:
        take(world, matter, steps_to(world, matter)[state])
    assert matter.state == state
    return matter
