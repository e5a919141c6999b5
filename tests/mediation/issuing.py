"""How each paper of a mediation comes about, through the door."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from petitions import clock
from petitions.cases.models import Document
from petitions.mediation.models import Mediation
from petitions.mediation.opening import register
from tests.mediations import (
    PEOPLE,
    Mediators,
    accepted,
    agreed,
    agreed_to,
    agreement_of,
    begun,
    dispute,
    do,
    ids,
    opened,
    pay,
    session_of,
)

Make = Callable[..., Mediation]


def paper(mediation: Mediation, kind: str) -> Document:
    return [document for document in mediation.documents if document.kind == kind][-1]


def today() -> str:
    return clock.today().isoformat()


def refused(mediators: Mediators, **changes: Any) -> Mediation:
    mediation = opened(mediators.mediator, **changes)
    do(mediation, "refuse", mediators.mediator, mediation_refusal="elsewhere", note="县人民法院已经立案。")
    return mediation


def investigated(mediators: Mediators, **changes: Any) -> Mediation:
    mediation = accepted(mediators, **changes)
    do(
        mediation,
        "investigate",
        mediators.mediator,
        held_on=today(),
        place="后院",
        people="卢调解、村民组长",
        record="沟宽30厘米。",
    )
    return mediation


def in_danger(mediators: Mediators, **changes: Any) -> Mediation:
    mediation = begun(mediators, **changes)
    do(
        mediation, "report_danger", mediators.mediator, danger="双方扬言动手。", reported_to="青禾县公安局河湾派出所",
        reported_on=today(), measures="已分别劝开。",
    )  # fmt: skip
    return mediation


def heard(mediators: Mediators, **changes: Any) -> Mediation:
    mediation = begun(mediators, **changes)
    do(mediation, "hold_session", mediators.mediator, **session_of(mediation, others="村民组长"))
    return mediation


def orally(mediators: Mediators, **changes: Any) -> Mediation:
    mediation = heard(mediators, **changes)
    do(mediation, "agree_orally", mediators.mediator, agreed_on=today(), needs_no_paper=True, **agreement_of(mediation))
    return mediation


def failed(mediators: Mediators, **changes: Any) -> Mediation:
    mediation = heard(mediators, **changes)
    data = {"failure_ground": "no_prospect", "ways_told": ["arbitration", "court"], "note": "赔偿数额差距过大。"}
    do(mediation, "fail", mediators.mediator, **data)
    return mediation


def sent(mediators: Mediators, people: Any = PEOPLE, **changes: Any) -> Mediation:
    """Handed over by the police."""
    data = dispute(
        referral_source="police", sent_by="青禾县公安局河湾派出所", letter_number="青公移〔2026〕3号", **changes
    )
    mediation = register("receive_referral", data, people, mediators.mediator, clock.today())
    agreed_to(mediation, mediators.mediator)
    return mediation


def fed_back(mediators: Mediators, **changes: Any) -> Mediation:
    mediation, who = sent(mediators, **changes), mediators.mediator
    one = str(who.id)
    do(mediation, "accept", who, elsewhere="none")
    do(mediation, "appoint", mediators.chair, mediators=[one], presider=one, chosen_by="parties", kinship="none")
    do(mediation, "notify_rights", who, told_on=today(), told_way="spoken", told_to=ids(mediation.principals))
    do(mediation, "hold_session", who, **session_of(mediation))
    do(mediation, "draft_agreement", who, **agreement_of(mediation))
    do(
        mediation, "sign_agreement", who, signed_on=today(), signed=ids(mediation.principals), mediator_signed=True,
        sealed_by_committee=True,
    )  # fmt: skip
    return mediation


def visited(mediators: Mediators, **changes: Any) -> Mediation:
    start = clock.today() - timedelta(days=15)
    mediation = agreed(mediators, start, **changes)
    pay(mediation, mediators.mediator, start + timedelta(days=10))
    do(
        mediation, "visit", mediators.mediator, visited_on=today(), visited_party=ids(mediation.principals)[0],
        visit_record="第一期已收到。", satisfaction="satisfied",
    )  # fmt: skip
    return mediation


def confirmed(mediators: Mediators, **changes: Any) -> Mediation:
    mediation = agreed(mediators, **changes)
    do(
        mediation, "ask_confirmation", mediators.mediator, asked_on=today(), court="青禾县人民法院", court_rule="committee",
        together=ids(mediation.principals), materials=["request", "agreement", "presided", "property", "identity", "power"],
        confirmation_checks="none",
    )  # fmt: skip
    return mediation


def performed(mediators: Mediators, on: date | None = None, **changes: Any) -> Mediation:
    """Paid whole, the 30 days for a confirmation over."""
    start = on or clock.today() - timedelta(days=60)
    mediation = agreed(mediators, start, **changes)
    pay(mediation, mediators.mediator, start + timedelta(days=10))
    pay(mediation, mediators.mediator, start + timedelta(days=40))
    do(mediation, "conclude_performance", mediators.mediator)
    return mediation


def archived(mediators: Mediators, retention: str = "long", **changes: Any) -> Mediation:
    mediation = performed(mediators, **changes)
    do(mediation, "archive", mediators.mediator, retention_class=retention)
    return mediation


def accounted(mediators: Mediators, **changes: Any) -> Mediation:
    """Failed before anybody's identity was shown."""
    mediation = accepted(mediators, **changes)
    told = ids(mediation.principals)
    do(mediation, "notify_rights", mediators.mediator, told_on=today(), told_way="spoken", told_to=told)
    do(mediation, "fail", mediators.mediator, failure_ground="refused", ways_told=["court"], note="拒绝到场。")
    do(mediation, "account_for_part", mediators.mediator, missing_part="identity", reason="当事人拒绝出示身份证。")
    return mediation


ISSUED: Mapping[str, Make] = {
    "mediation_application": lambda mediators, **changes: opened(mediators.mediator, **changes),
    "mediation_register": accepted,
    "mediation_refusal": refused,
    "rights_notice": begun,
    "investigation_record": investigated,
    "mediation_record": heard,
    "danger_report": in_danger,
    "mediation_agreement": agreed,
    "oral_agreement": orally,
    "termination_notice": failed,
    "mediation_feedback": fed_back,
    "mediation_visit": visited,
    "confirmation_request": confirmed,
    "dossier_account": accounted,
    "closing_report": archived,
    "dossier_back": archived,
    "dossier_cover": archived,
    "dossier_contents": archived,
}
