"""Committees, disputes and whole mediations for tests, all made through the door."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions import clock, db
from petitions.access.models import Unit, UnitKind, User
from petitions.access.roles import Role
from petitions.cases.perform import perform
from petitions.cases.spreadsheets import writing
from petitions.cases.spreadsheets.sheets import open_book
from petitions.mediation import ledger, ledger_import
from petitions.mediation.imports import DisputeImport
from petitions.mediation.models import Committee, Mediation, Party
from petitions.mediation.opening import register
from petitions.privacy import disposals
from tests.factories import World, make_unit, make_user


@dataclass
class Mediators:
    """A committee under the township of the world, with its people."""

    world: World
    unit: Unit
    chair: User
    mediator: User
    second: User
    justice: User


def set_up_committee(session: Session, world: World) -> Mediators:
    """柳林村人民调解委员会 with a chair and two mediators, and the justice office of the county."""
    unit = make_unit(session, "柳林村人民调解委员会", UnitKind.COMMITTEE, world.township, "柳调")
    session.add(Committee(unit_id=unit.id, kind="village", word="柳", area="柳林村", court="青禾县人民法院"))
    session.flush()
    people = {
        "chair": make_user(session, unit, Role.COMMITTEE_CHAIR, name="乔主任"),
        "mediator": make_user(session, unit, Role.MEDIATOR, name="卢调解"),
        "second_mediator": make_user(session, unit, Role.MEDIATOR, name="石调解"),
        "justice": make_user(session, world.county, Role.JUDICIAL_OFFICE, name="司所长"),
    }
    world.people |= people
    return Mediators(world, unit, *people.values())


PROOF_BYTES = b"identity cards"

PROOF = {
    "name": "身份证.jpg", "sha256": hashlib.sha256(PROOF_BYTES).hexdigest(), "size": len(PROOF_BYTES), "media_type": "image/jpeg",
}  # fmt: skip
"""身份证明 of both, without which no dossier is complete."""

POWER = {**PROOF, "name": "授权委托书.jpg", "sha256": hashlib.sha256(b"power of attorney").hexdigest()}

PEOPLE: tuple[dict[str, str], ...] = (
    {"side": "applicant", "kind": "natural", "name": "田小禾", "phone": "19900001234", "sex": "女", "age": "45"},
    {"side": "respondent", "kind": "natural", "name": "麦有根", "phone": "19900005678", "sex": "男", "age": "51"},
)


def dispute(**changes: Any) -> dict[str, Any]:
    """What is typed of an ordinary dispute."""
    return {
        "dispute_type": "neighbour", "dispute_title": "田小禾与麦有根排水纠纷", "dispute_facts": "后院排水沟被堵，雨水倒灌。",
        "dispute_requests": "疏通排水沟\n赔偿损失", "dispute_place": "柳林村三组", "dispute_amount": "1200",
        "application_form": "oral", **changes,
    }  # fmt: skip


def opened(actor: User, on: date | None = None, people: Any = PEOPLE, **changes: Any) -> Mediation:
    """A dispute whose parties asked for mediation on that day."""
    day = on or clock.today()
    return register("apply", dispute(**changes), people, actor, day, at=at_noon(day))


def at_noon(day: date) -> datetime:
    """Noon of a day, or now when that is not over yet."""
    return min(datetime.combine(day, datetime.min.time(), clock.ZONE) + timedelta(hours=12), clock.now())


def do(mediation: Mediation, action: str, actor: User, on: date | None = None, **data: Any) -> None:
    """One act, on that day."""
    perform(mediation, action, data, actor, at=at_noon(on) if on else None)
    db.session().flush()


def ids(parties: list[Party]) -> list[str]:
    """Parties as a field takes them."""
    return [str(one.id) for one in parties]


def agreed_to(mediation: Mediation, actor: User, on: date | None = None) -> None:
    """Every party agrees to be mediated."""
    for party in mediation.principals:
        if party.consent != "given":
            day = (on or clock.today()).isoformat()
            do(mediation, "record_consent", actor, on, party=str(party.id), consent_way="spoken", agreed_on=day)


def accepted(mediators: Mediators, on: date | None = None, **changes: Any) -> Mediation:
    """Accepted, and its mediator is chosen."""
    mediation = opened(mediators.mediator, on, **changes)
    agreed_to(mediation, mediators.mediator, on)
    do(mediation, "accept", mediators.mediator, on, elsewhere="none")
    one = str(mediators.mediator.id)
    do(mediation, "appoint", mediators.chair, on, mediators=[one], presider=one, chosen_by="parties", kinship="none")
    return mediation


def begun(mediators: Mediators, on: date | None = None, **changes: Any) -> Mediation:
    """Everybody was told rights and duties."""
    mediation, day = accepted(mediators, on, **changes), (on or clock.today()).isoformat()
    told = ids(mediation.principals)
    do(mediation, "notify_rights", mediators.mediator, on, told_on=day, told_way="spoken", told_to=told)
    do(mediation, "attach", mediators.mediator, on, files=[PROOF], dossier_part="identity")
    if any(one.part == "agent" for one in mediation.parties):
        do(mediation, "attach", mediators.mediator, on, files=[POWER], dossier_part="power")
    return mediation


def session_of(mediation: Mediation, on: date | None = None, **changes: Any) -> dict[str, Any]:
    """What is typed of a session."""
    people = mediation.principals
    return {
        "held_on": (on or clock.today()).isoformat(), "began_at": "09:30", "ended_at": "11:00", "place": "村委会调解室",
        "open_session": "open", "present": ids(people), "statements": {str(people[0].id): "沟被堵了。", str(people[1].id): "是我堵的。"},
        "record": "讲解了民法典相邻关系的规定。", "proposal": "各让一步，共同疏通。", "session_outcome": "agreed",
        "signed": ids(people), **changes,
    }  # fmt: skip


def agreement_of(mediation: Mediation, on: date | None = None, **changes: Any) -> dict[str, Any]:
    """What is typed of an agreement: two instalments."""
    day, debtor = on or clock.today(), str(mediation.sides["respondent"][0].id)
    plan = [
        {"debtor": debtor, "item": "第一期赔偿款", "amount": "700", "due_on": (day + timedelta(days=10)).isoformat()},
        {"debtor": debtor, "item": "第二期赔偿款", "amount": "500", "due_on": (day + timedelta(days=40)).isoformat()},
    ]
    return {
        "agreed_facts": "麦有根堵塞排水沟。", "disputed_points": "赔偿数额。", "responsibility": "麦有根负主要责任。",
        "agreed_content": "疏通排水沟，赔偿1200元。", "performance_plan": plan, "performance_way": "现金，村委会见证", **changes,
    }  # fmt: skip


def agreed(mediators: Mediators, on: date | None = None, **changes: Any) -> Mediation:
    """A written agreement, signed by everybody and sealed on that day."""
    mediation, day = begun(mediators, on, **changes), on or clock.today()
    do(mediation, "hold_session", mediators.mediator, on, **session_of(mediation, on))
    do(mediation, "draft_agreement", mediators.mediator, on, **agreement_of(mediation, on))
    do(
        mediation, "sign_agreement", mediators.mediator, on, signed_on=day.isoformat(), signed=ids(mediation.principals),
        mediator_signed=True, sealed_by_committee=True,
    )  # fmt: skip
    return mediation


def pay(mediation: Mediation, actor: User, on: date | None = None) -> None:
    """Whatever is owed next is paid whole."""
    agreement = mediation.agreement
    assert agreement is not None
    row = agreement.owed[0]
    do(
        mediation, "record_performance", actor, on, performance_row=str(row.id), performed_on=(on or clock.today()).isoformat(),
        paid=str(row.left // 100), proof="收条",
    )  # fmt: skip


def mediation_in(mediators: Mediators, state: str) -> Mediation:
    """A mediation in `state`, taken there through the door."""
    who, today = mediators.mediator, clock.today().isoformat()
    if state in ("mediation_requested", "mediation_refused"):
        mediation = opened(who)
        if state == "mediation_refused":
            do(mediation, "refuse", who, mediation_refusal="not_civil", note="不属于民间纠纷")
        return mediation
    if state == "mediation_accepted":
        return accepted(mediators)
    if state in ("in_mediation", "mediation_failed", "agreement_drafted"):
        mediation = begun(mediators)
        if state != "in_mediation":
            do(mediation, "hold_session", who, **session_of(mediation))
        if state == "agreement_drafted":
            do(mediation, "draft_agreement", who, **agreement_of(mediation))
        if state == "mediation_failed":
            do(mediation, "fail", who, failure_ground="no_prospect", ways_told=["court"], note="分歧过大")
        return mediation
    mediation = agreed(mediators)
    if state == "agreed":
        return mediation
    if state == "unperformed":
        do(mediation, "give_up_performance", who, reason="拒不履行", ways_told=["court"])
        return mediation
    pay(mediation, who)
    pay(mediation, who)
    do(mediation, "conclude_performance", who)
    if state in ("mediation_archived", "mediation_anonymised"):
        do(mediation, "visit", who, visited_on=today, visited_party=ids(mediation.principals)[0], visit_record="已履行",
           satisfaction="satisfied")  # fmt: skip
        do(mediation, "archive", who, retention_class="short", waives_confirmation=True)
    if state == "mediation_anonymised":
        listed = disposals._asked(who, "term", [mediation.id])
        disposals.decide(listed, mediators.chair, approved=True)
        do(mediation, "dispose", mediators.chair)
    return mediation


LEDGER = [
    ["案例", "纠纷类型", "案情", "当事人"],
    ["1", "社区邻里纠纷", "后院排水沟被堵。", "田小禾, 麦有根"],
    ["2", "劳资劳动纠纷", "两个月没有发工资。", "苗青, 青禾砖厂"],
    ["3", "社区邻里纠纷", "树枝伸进院子。", "麦大田, 禾小苗"],
]
"""A ledger of disputes as a committee keeps it, and how it is brought in."""
LEDGER_OPTIONS = {"action": "apply", "received_on": "2026-03-05", "type": ""}


def brought(mediators: Mediators) -> tuple[DisputeImport, list[Mediation]]:
    """The ledger, brought in by the mediator."""
    with open_book(writing.workbook({"台账": LEDGER})) as book:
        table = ledger.read(book)
    lines = ledger.lines(table, ledger.guessed(table.heads), LEDGER_OPTIONS, mediators.mediator)
    made = ledger_import.bring_in(lines, "apply", mediators.mediator)
    db.session().flush()
    return db.session().scalars(select(DisputeImport).order_by(DisputeImport.id.desc())).first(), made  # type: ignore[return-value]
