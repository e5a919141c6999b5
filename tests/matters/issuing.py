"""How each paper of a matter comes about, through the door."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from petitions import clock, db
from petitions.cases.models import Document
from petitions.cases.perform import perform
from petitions.matters.models import Matter
from petitions.matters.register import check, record, register
from tests.factories import CLASSIFIED, World, matter_in, new_petition, steps_to, take, typed
from tests.matters import hearings
from tests.mediations import set_up_committee

Make = Callable[..., Matter]


def paper(matter: Matter, kind: str) -> Document:
    return [document for document in matter.documents if document.kind == kind][-1]


def soon(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def moved_on(
    state: str, action: str, person: str, data: Mapping[str, Any] | Callable[[World], Mapping[str, Any]]
) -> Make:
    """The matter after `action` was done on one in `state`."""

    def make(world: World, **changes: Any) -> Matter:
        matter = matter_in(world, state, **changes)
        perform(matter, action, data(world) if callable(data) else data, world.people[person])
        return matter

    return make


def _sent_to_mediation(world: World) -> Mapping[str, Any]:
    committee = set_up_committee(db.session(), world).unit
    return {
        "committee": committee.id, "dispute_type": "land", "mediation_facts": "两户对田埂的界线有争议。", "other_side": "麦有根",
        "mediation_requests": "恢复界线", "petitioner_agrees": True,
    }  # fmt: skip


def assigned(world: World, **changes: Any) -> Matter:
    matter = matter_in(world, "triage", **changes)
    perform(matter, "assign", {"unit": world.bureau.id, "opinion": "请认真办理", "due_on": soon(40)}, world.officer)
    return matter


def reported(world: World, **changes: Any) -> Matter:
    matter = assigned(world, **changes)
    known = {action for action, _, _ in steps_to(world, matter)["dispatched"]}
    take(world, matter, [step for step in steps_to(world, matter)["accepted"] if step[0] not in known])
    inquiry = {"inquiry_kind": "site", "held_on": soon(0), "people": "甲、乙", "record": "现场丈量"}
    perform(matter, "inquire", inquiry, world.handler)
    known |= {action for action, _, _ in steps_to(world, matter)["accepted"]}
    take(world, matter, [step for step in steps_to(world, matter)["served"] if step[0] not in known])
    perform(matter, "report_back", {"report": "已退还土地，信访人满意。"}, world.handler)
    return matter


def supervised(world: World, **changes: Any) -> Matter:
    matter = matter_in(world, "accepted", **changes)
    term = next(row for row in matter.deadlines if row.code == "T6")
    term.start_on = clock.today() - timedelta(days=70)
    term.due_on = term.target_on = term.nominal_on = clock.today() - timedelta(days=10)
    perform(matter, "supervise", {"reason": "已超期，信访人多次来电", "answer_by": soon(5)}, world.officer)
    return matter


def extended(world: World, **changes: Any) -> Matter:
    matter = matter_in(world, "accepted", **changes)
    perform(matter, "request_extension", {"days": 20, "reason": "需要鉴定"}, world.handler)
    perform(matter, "extend", {"days": 15, "reason": "需要委托鉴定"}, world.head)
    return matter


def sealed(world: World, **changes: Any) -> Matter:
    registered = register(typed(purpose="accusation", **changes), world.restricted)
    matter = registered.matter
    take(world, matter, [("screen_as_first", {}, "restricted"),
                         ("classify", {**CLASSIFIED, "nature": "accusation", "purpose": "accusation"}, "restricted")])  # fmt: skip
    data = {
        "discipline_unit": world.discipline.id,
        "note": f"{matter.first.text}（信访人{changes.get('name', '田小禾')}）",
    }
    perform(matter, "divert_discipline", data, world.restricted)
    return matter


def archived(world: World, **changes: Any) -> Matter:
    matter = matter_in(world, "withdrawn", **changes)
    receipt = {"paper": paper(matter, "withdrawal").id, "method": "direct", "receiver": "本人", "served_on": soon(0)}
    perform(matter, "serve_notice", receipt, world.officer)
    perform(matter, "archive", {}, world.officer)
    return matter


def answered_before(world: World, **changes: Any) -> Matter:
    values = check(typed(**changes), world.officer, history=True)
    matter = record(values, world.officer, action="bring_in").matter
    perform(
        matter,
        "record_answer",
        {"answer": "已经退还。", "answered_on": soon(0), "answered_by": "县农业局"},
        world.officer,
    )
    return matter


def not_heard(world: World, **changes: Any) -> Matter:
    matter = hearings.asked(world, **changes)
    perform(matter, "refuse_hearing", {"hearing_refusal": "事实清楚，没有争议。"}, world.head)
    return matter


def cancelled(world: World, **changes: Any) -> Matter:
    matter = hearings.called(world, **changes)
    perform(matter, "cancel_hearing", {"cancellation": "双方已经和解。"}, world.handler)
    return matter


def another(world: World) -> dict[str, Any]:
    return {"matter": matter_in(world, "accepted").number, "note": "同一件事"}


def passed_on(world: World) -> dict[str, Any]:
    return {"subordinate": world.section.id, "opinion": "请核实"}


SETTLED = {
    "settled_by": "mediation", "other_party": "柳林村民委员会", "agreement": "甲方退还土地。", "performer": "柳林村民委员会",
    "perform_by": soon(20), "both_agree": True,
}  # fmt: skip
SIMPLY = {"fit": "clear", "told_by": "phone", "supportable": True}


def converted(world: World, **changes: Any) -> Matter:
    matter = matter_in(world, "signed", **changes)
    perform(matter, "accept_simple", SIMPLY, world.handler)
    perform(matter, "convert", {"reason": "需要委托鉴定"}, world.handler)
    return matter


def decided(world: World, **changes: Any) -> Matter:
    matter = matter_in(world, "signed", **changes)
    dispute = {"disputing_units": [world.township.id], "positions": "双方都认为应由对方办理。"}
    perform(matter, "dispute_lead", dispute, world.handler)
    decision = {"decider": "superior", "decided_on": soon(0), "decision_number": "青政函〔2026〕3号"}
    perform(matter, "decide_lead", decision, world.officer)
    return matter


URGENT = {
    "found_on": soon(0), "found_time": "9时30分", "finder": "于登记", "urgent_kind": "group", "urgent_place": "镇政府门前",
    "urgent_people": 12, "urgent_demand": "退还承包地。", "measures": "已派人劝导。", "reported_at": "今日10时", "reported_by": "phone",
    "reported_to": ["party", "government", "department", "conference"],
}  # fmt: skip
SUGGESTION = {
    "suggestion_kind": "improve", "facts": "三次催办没有答复。", "problem": "承办人更换后没有交接。",
    "suggestion": "建立交接登记。", "answer_by": soon(30),
}  # fmt: skip

ISSUED: dict[str, Make] = {
    "supervision_letter": supervised,
    "power_of_attorney": moved_on("accepted", "authorise", "clerk", {
        "agent": "柳青", "agent_kind": "relative", "agent_scope": ["state", "papers"], "agent_proof": "户口簿复印件",
        "agent_until": soon(60), "principal_signed": True}),
    "urgent_report": moved_on("accepted", "report_urgent", "officer", URGENT),
    "suggestion_letter": moved_on("accepted", "suggest", "officer", lambda world: {
        **SUGGESTION, "addressee": world.bureau.name}),
    "recorded_answer": answered_before,
    "registration_form": lambda world, **changes: new_petition(world, **changes).matter,
    "progress_notice": moved_on("triage", "join_as_repeat", "officer", another),
    "refusal_notice": lambda world, **changes: matter_in(world, "not_accepted", **changes),
    "no_longer_notice": lambda world, **changes: matter_in(world, "no_longer_accepted", **changes),
    "procedural_notice": lambda world, **changes: matter_in(world, "dispatched", **changes),
    "transfer_letter": lambda world, **changes: matter_in(world, "dispatched", **changes),
    "assignment_letter": assigned,
    "submission": moved_on("triage", "report_up", "officer", {"report": "情况重大，建议成立专班。"}),
    "diversion_notice": lambda world, **changes: matter_in(world, "diverted", **changes),
    "sealed_letter": sealed,
    "supplement_notice": lambda world, **changes: matter_in(world, "awaiting_supplement", **changes),
    "objection": lambda world, **changes: matter_in(world, "objected", **changes),
    "objection_decision": lambda world, **changes: matter_in(world, "returned", **changes),
    "whereabouts_notice": moved_on("notice_due", "forward_direct", "receiver", passed_on),
    "acceptance_notice": lambda world, **changes: matter_in(world, "accepted", **changes),
    "hearing_notice": hearings.called,
    "hearing_refusal": not_heard,
    "hearing_cancellation": cancelled,
    "hearing_minutes": hearings.closed,
    "hearing_conclusion": hearings.concluded,
    "mediation_referral": moved_on("accepted", "send_to_mediation", "handler", _sent_to_mediation),
    "settlement": moved_on("mediating", "settle", "handler", SETTLED),
    "simple_notice": moved_on("signed", "accept_simple", "handler", SIMPLY),
    "conversion_notice": converted,
    "lead_decision": decided,
    "extension_notice": extended,
    "opinion": lambda world, **changes: matter_in(world, "opinion_issued", **changes),
    "service_slip": lambda world, **changes: matter_in(world, "served", **changes),
    "completion_report": reported,
    "visit_record": moved_on("served", "visit", "officer", lambda world: {  # noqa: ARG005
        "held_on": soon(0), "way": "phone", "performed": "partly", "office_rating": "satisfied",
        "unit_rating": "dissatisfied", "unit_reason": "还差一亩", "new_claim": "请求补偿青苗"}),
    "conclusion": lambda world, **changes: matter_in(world, "concluded", **changes),
    "withdrawal": lambda world, **changes: matter_in(world, "withdrawn", **changes),
    "file_cover": archived,
    "file_contents": archived,
}  # fmt: skip
