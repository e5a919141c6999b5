"""What people ask about their own data: taking a request in, what is kept about the person, answering it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from petitions import clock, db
from petitions.access import audit, past
from petitions.access.models import User
from petitions.cases import codes
from petitions.cases.disposal import due_from
from petitions.cases.queries import visible_to
from petitions.matters import personal, who
from petitions.matters.models import Matter, Petition, Petitioner
from petitions.matters.retention import is_anonymised, is_archived, term_of
from petitions.matters.workflow import FLOW
from petitions.privacy import disposals
from petitions.privacy.models import PersonRequest
from petitions.web.inputs import Input, insist_on_length, line
from petitions.words import FieldErrors, NotPermitted, Refused, Sentence, say

KINDS = {"see": say("查阅"), "copy": say("复制"), "correct": say("更正、补充"), "delete": say("删除")}

CHECKS = {
    "card": say("当面核对身份证件"),
    "proxy": say("核对代理人证件和委托书"),
    "code": say("核对编号和查询码，并回拨登记的电话"),
}

DECISIONS = {"granted": say("同意"), "partly": say("部分同意"), "refused": say("不同意")}

GROUNDS = {
    "term": say("法律、行政法规规定的保存期限未届满（第47条第二款）"),
    "secret": say("依法应当保密或者不需要告知（第18条第一款）"),
    "hinders": say("告知将妨碍履行法定职责（第35条）"),
    "others": say("涉及他人的个人信息"),
    "correct": say("经核实，登记的内容无误（第46条第二款）"),
    "identity": say("不能证明是本人或者受委托人"),
    "nothing": say("没有查到本人的信息"),
}

REASON = "data_request"
"""The entry of the list of reasons for which a petitioner is shown in full."""

KEPT_DAYS = 1096
"""So long after its answer the register keeps who asked: three years, within which one may sue. Our default."""

INPUTS = (
    Input("kind", say("申请事项"), "choice"),
    Input("asker", say("申请人姓名"), max_length=100),
    Input("checked", say("身份核对"), "choice"),
    Input("phone", say("登记的电话"), "phone", help=say("用来查找，不保存在申请里；与身份证号填一项")),
    Input("id_number", say("身份证号"), help=say("用来查找，不保存在申请里")),
    Input("wish", say("更正删除内容"), "long", help=say("查阅、复制不用填"), max_length=1000),
)

ANSWER = (
    Input("decision", say("决定"), "choice"),
    Input("ground", say("不同意的依据"), "choice"),
    Input("reason", say("理由"), "long", help=say("不同意、部分同意的，写明理由，告知申请人"), max_length=1000),
    Input("early", say("提前删除依据"), "choice", help=say("只在同意删除、保管期未满时选择；仍由另一位负责人批准")),
)


@dataclass(frozen=True)
class Held:
    """One matter in which something of the person is kept."""

    matter: Matter
    people: Sequence[Petitioner]
    petitions: Sequence[Petition]
    term: Sentence
    due: str
    """From which day it may be deleted, ISO; empty: kept for ever, or still going on."""

    @property
    def correctable(self) -> bool:
        """Whether its registration may still be put right."""
        return self.matter.state in FLOW.before("correct")

    @property
    def when(self) -> Sentence | str:
        """The same in words."""
        if is_anonymised(self.matter):
            return say("已匿名化")
        if not is_archived(self.matter):
            return say("未归档")
        return self.due or say("永久保存")


def take(user: User, typed: Mapping[str, str]) -> PersonRequest:
    """Take a request in. Raises FieldErrors. The number it was searched by is not kept, only the rows it found."""
    values = {one.name: line(str(typed.get(one.name) or "")) for one in INPUTS}
    errors: dict[str, str] = {}
    for name, known in (("kind", KINDS), ("checked", CHECKS)):
        if values[name] not in known:
            errors[name] = say("选择一项")
    if not values["asker"]:
        errors["asker"] = say("填写申请人姓名")
    if not values["phone"] and not values["id_number"]:
        errors["phone"] = say("电话和身份证号至少填一项")
    if values["kind"] in ("correct", "delete") and not values["wish"]:
        errors["wish"] = say("写明要更正或者删除的内容")
    if errors:
        raise FieldErrors(errors)
    insist_on_length(INPUTS, values)
    found = select(Petitioner.id).join(Petition, Petition.id == Petitioner.petition_id).where(
        Petitioner.id.in_(personal.of_person(values["phone"], values["id_number"])),
        Petition.office_id.in_(past.forebears(user.unit_id)),
    )  # fmt: skip
    made = PersonRequest(
        office_id=user.unit_id, kind=values["kind"], asker=values["asker"], checked=values["checked"],
        wish=values["wish"], petitioner_ids=list(db.session().scalars(found.order_by(Petitioner.id))),
        received_on=clock.today(), taken_at=clock.now(), taken_by_id=user.id,
    )  # fmt: skip
    db.session().add(made)
    audit.record("person:ask", made, after={"kind": made.kind}, actor=user)
    db.session().flush()
    return made


def mine(user: User) -> Sequence[PersonRequest]:
    """The requests at the person's unit or at one it came after, the newest first."""
    query = select(PersonRequest).where(PersonRequest.office_id.in_(past.forebears(user.unit_id))).options(
        joinedload(PersonRequest.taken_by), joinedload(PersonRequest.answered_by)
    )  # fmt: skip
    return db.session().scalars(query.order_by(PersonRequest.id.desc()).limit(200)).all()


def find(request_id: int, user: User) -> PersonRequest | None:
    """A request at the person's own unit, or at one it came after."""
    found = db.session().get(PersonRequest, request_id)
    return found if found is not None and found.office_id in past.forebears(user.unit_id) else None


def held(asked: PersonRequest, user: User, changed: Mapping[str, int]) -> list[Held]:
    """What is kept about the person in the petitions of this unit, as far as `user` may see it (第30条).

    Others of the same matter are left out: their data are theirs.
    """
    people = select(Petitioner).where(Petitioner.id.in_(asked.petitioner_ids))
    theirs = db.session().scalars(people.options(joinedload(Petitioner.petition)).order_by(Petitioner.id)).all()
    numbers = {one.matter_id for one in theirs}
    seen = visible_to(user, select(Matter).where(Matter.id.in_(numbers), Matter.office_id == user.unit_id))
    return [_held(matter, theirs, changed) for matter in db.session().scalars(seen.order_by(Matter.id))]


def _held(matter: Matter, theirs: Sequence[Petitioner], changed: Mapping[str, int]) -> Held:
    here = [one for one in theirs if one.matter_id == matter.id]
    term = term_of(matter.nature, matter.outcome, changed)
    over = due_from(matter.closed_on, term) if matter.closed_on else None
    petitions = list(dict.fromkeys(one.petition for one in here))
    return Held(matter, here, petitions, term.label, over.isoformat() if over else "")


@dataclass(frozen=True)
class Extract:
    """What is printed for the person."""

    told: Sequence[tuple[Held, Sequence[tuple[str, str]]]]
    closed: int
    """Accusations whose people nobody has opened for this reader (第30条): they are not printed."""


def extract(asked: PersonRequest, user: User, changed: Mapping[str, int]) -> Extract:
    """The same for paper, Chinese, each matter with its facts; every matter printed is a line of the audit."""
    told, closed = [], 0
    for one in held(asked, user, changed):
        if is_anonymised(one.matter):
            continue
        try:
            known = who.revealed(one.people, one.matter, user, REASON, act="person:print")
        except (Refused, NotPermitted):
            closed += 1
            continue
        told.append((one, _facts(one, known)))
    return Extract(told, closed)


_LABELS = {
    "name": "姓名", "phone": "电话", "id_number": "身份证号", "region": "住址", "address": "详细住址",
    "calling_number": "来电号码", "contact_notes": "其他联系方式",
}  # fmt: skip


def _facts(one: Held, known: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    rows = [(_LABELS[name], words[name]) for words in known for name in _LABELS if words.get(name)]
    rows += [("关系", str(person.details.get("relation", ""))) for person in one.people]
    for petition in one.petitions:
        rows.append(("信访件", f"{petition.number}　{petition.received_on.isoformat()}　"
                     f"{codes.label('channel', petition.channel)}"))  # fmt: skip
        rows += [("概况", petition.title), ("诉求原文", petition.text)]
    rows += [("诉求", claim.text) for claim in one.matter.claims]
    rows += [("附件", file.name) for file in one.matter.attachments]
    rows += [
        ("文书", f"{paper.number}　{paper.title}　{paper.issued_on.isoformat()}") for paper in one.matter.documents
    ]
    for visit in one.matter.visits:
        told = (visit.said, visit.office_reason, visit.unit_reason, visit.new_claim)
        rows.append(("回访", f"{visit.visited_on.isoformat()}　{'；'.join(filter(None, told))}"))
    return [(label, who.told(value, one.people, known)) for label, value in rows if value]


def answer(asked: PersonRequest, user: User, typed: Mapping[str, str], changed: Mapping[str, int]) -> None:
    """Decide a request. A refusal needs a ground and a reason; a deletion is an approved disposal, never less.

    Raises FieldErrors, or Refused when it was answered before, or a matter is not archived or kept by law.
    """
    if asked.decision:
        raise Refused(say("这份申请已经答复过"))
    values = {one.name: line(str(typed.get(one.name) or "")) for one in ANSWER}
    errors: dict[str, str] = {}
    if values["decision"] not in DECISIONS:
        errors["decision"] = say("选择一项")
    if values["decision"] in ("refused", "partly"):
        if values["ground"] not in GROUNDS:
            errors["ground"] = say("选择不同意的依据")
        if not values["reason"]:
            errors["reason"] = say("写明理由")
    if errors:
        raise FieldErrors(errors)
    insist_on_length(ANSWER, values)
    if asked.kind == "delete" and values["decision"] == "granted":
        _list_for_deletion(asked, user, values["early"], changed)
    asked.decision, asked.reason = values["decision"], values["reason"]
    asked.ground = values["ground"] if values["decision"] != "granted" else ""
    asked.answered_on, asked.answered_by_id = clock.today(), user.id
    audit.record("person:answer", asked, after={"decision": asked.decision, "ground": asked.ground}, actor=user)


def _list_for_deletion(asked: PersonRequest, user: User, early: str, changed: Mapping[str, int]) -> None:
    found = [one for one in held(asked, user, changed) if not is_anonymised(one.matter)]
    today = clock.today().isoformat()
    kept = [one.matter.number for one in found if not one.due or one.due > today]
    if kept and early not in disposals.EARLY:
        raise FieldErrors(
            {"early": say("{numbers}保管期未满。选择期满前删除的依据，或者不同意并说明理由", numbers="、".join(kept))}
        )
    if found:
        disposals.ask_for(user, early if kept else "term", [one.matter for one in found])


def forget_old() -> int:
    """Take the names out of requests that were answered long ago; how many."""
    old = clock.today() - timedelta(days=KEPT_DAYS)
    gone = update(PersonRequest).where(
        PersonRequest.answered_on < old, or_(PersonRequest.asker != "", PersonRequest.wish != "")
    )  # fmt: skip
    gone = gone.values(asker="", wish="", reason="", petitioner_ids=[]).returning(PersonRequest.id)
    return len(db.session().scalars(gone, execution_options={"synchronize_session": False}).all())
