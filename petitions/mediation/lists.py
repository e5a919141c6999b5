"""What may be chosen in the acts of a mediation."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select

from petitions import db
from petitions.access.models import User, UserRole
from petitions.access.roles import Role
from petitions.cases import codes, voiding
from petitions.cases.fields import Choice
from petitions.cases.models import Attachment, Case
from petitions.matters.lists import CHOICES as OF_MATTERS
from petitions.mediation import dossier
from petitions.mediation.dossier_parts import BACK
from petitions.mediation.dossier_parts import PARTS as DOSSIER_PARTS
from petitions.mediation.models import Mediation, Party, Performance, yuan
from petitions.words import Sentence, say

SIDES = {"applicant": say("申请人"), "respondent": say("被申请人")}
KINDS = {"natural": say("自然人"), "legal": say("法人"), "other": say("非法人组织")}
PARTS = {"party": say("当事人"), "representative": say("代表"), "agent": say("委托代理人")}

SOURCES: Mapping[str, Sentence] = {
    "application": say("依申请调解"),
    "ex_officio": say("主动调解"),
    "petition": say("信访部门委托移送"),
    "court_before": say("法院委派（立案前）"),
    "court_ordinary": say("法院委托（立案后，普通程序）"),
    "court_summary": say("法院委托（立案后，简易程序）"),
    "court_online": say("法院在线委派"),
    "procuratorate": say("检察院委托移送"),
    "police": say("公安机关委托移送"),
    "other": say("其他部门委托移送"),
}
"""domain.md §4.7; of a court by the way it was handed over, on which the term depends (特邀调解规定第27条)."""

REFERRED = tuple(name for name in SOURCES if name not in ("application", "ex_officio", "petition"))


def _listed(*entries: tuple[str, Sentence]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in entries)


FIXED: Mapping[str, tuple[Choice, ...]] = {
    "application_forms": _listed(("written", say("书面申请")), ("oral", say("口头申请，已记录"))),
    "referral_sources": _listed(*((name, SOURCES[name]) for name in REFERRED)),
    "consent_ways": _listed(
        ("signed", say("签名、盖章或者按指印")),
        ("spoken", say("当面口头，已记录")),
        ("phone", say("电话，已记录")),
        ("online", say("在线确认")),
    ),
    # 若干规定第22条; 物权确认 and the like are no bar to mediation itself, only to a confirmation
    "elsewhere": _listed(
        ("none", say("没有下列情形")),
        ("court", say("人民法院已经受理或者裁判")),
        ("police", say("公安机关已经受理或者处理")),
        ("other_organ", say("其他行政机关已经受理或者处理")),
        ("arbitration", say("仲裁机构已经受理或者裁决")),
        ("compulsion", say("涉及行政强制、行政处罚等行政行为")),
        ("special_organ", say("法律规定只能由专门机关管辖处理")),
        ("forbidden", say("法律禁止采用民间调解方式")),
        ("crime", say("构成犯罪或者违反治安管理，不属于民间纠纷")),
    ),
    "mediation_refusals": _listed(
        ("not_civil", say("不属于民间纠纷")),
        ("special_organ", say("法律规定只能由专门机关管辖处理，或者禁止民间调解")),
        ("elsewhere", say("人民法院、公安机关或者其他机关已经受理或者处理")),
        ("outside_area", say("不属于本调委会的调解范围")),
        ("no_respondent", say("找不到对方当事人")),
        ("other", say("其他")),
    ),
    "choosers": _listed(("committee", say("调委会指定")), ("parties", say("当事人选择"))),
    "kinships": _listed(
        ("none", say("与各方当事人没有近亲属等利害关系")),
        ("kin", say("是当事人或者代理人的近亲属")),
        ("interest", say("与纠纷有利害关系")),
        ("other", say("有其他关系，可能影响公正")),
    ),
    "recusal_askers": _listed(("party", say("当事人")), ("self", say("调解员本人")), ("committee", say("调委会"))),
    "told_ways": _listed(("written", say("书面告知并签收")), ("spoken", say("口头告知并记录"))),
    "openness": _listed(("open", say("公开进行")), ("closed", say("不公开进行"))),
    "session_outcomes": _listed(
        ("agreed", say("达成一致")), ("again", say("继续调解")), ("broken", say("没有达成一致"))
    ),
    "failure_grounds": _listed(
        ("refused", say("当事人拒绝或者放弃调解")),
        ("no_prospect", say("分歧过大，没有达成协议的可能")),
        ("term_over", say("调解期限届满未达成协议")),
        ("event", say("发生不能继续调解的情形")),
        ("other", say("其他")),
    ),
    "remedies": _listed(
        ("arbitration", say("申请仲裁")),
        ("administrative", say("请求行政机关处理")),
        ("court", say("向人民法院起诉")),
    ),
    "court_rules": _listed(
        ("inviting", say("邀请调解组织开展先行调解的人民法院")),
        ("domicile", say("当事人住所地的基层人民法院")),
        ("object", say("标的物所在地的基层人民法院")),
        ("committee", say("调解组织所在地的基层人民法院")),
        ("intermediate", say("纠纷属于中级人民法院管辖的，相应的中级人民法院")),
    ),
    # 民事诉讼法解释第354条, 司法确认规定第3条
    "confirmation_materials": _listed(
        ("request", say("司法确认申请书或者口头申请笔录")),
        ("agreement", say("调解协议")),
        ("presided", say("调解组织主持调解的证明")),
        ("property", say("与调解协议相关的财产权利证明")),
        ("identity", say("双方当事人的身份、住所和联系方式")),
        ("power", say("授权委托书")),
    ),
    # 民事诉讼法解释第355条
    "confirmation_exclusions": _listed(
        ("none", say("没有下列情形")),
        ("not_civil", say("不属于人民法院受理范围")),
        ("status", say("确认婚姻关系、亲子关系、收养关系等身份关系无效、有效或者解除")),
        ("special", say("涉及适用其他特别程序、公示催告程序、破产程序审理的")),
        ("title", say("涉及物权、知识产权确权的")),
    ),
    "rulings": _listed(
        ("valid", say("裁定调解协议有效")),
        ("rejected", say("裁定驳回申请")),
        ("not_accepted", say("裁定不予受理")),
    ),
    "satisfactions": _listed(
        ("satisfied", say("满意")),
        ("fairly", say("基本满意")),
        ("not_satisfied", say("不满意")),
        ("none", say("未评价")),
    ),
    "dossier_parts": _listed(*((part.code, part.label) for part in DOSSIER_PARTS if part is not BACK)),
    "retention_classes": _listed(("short", say("短期")), ("long", say("长期")), ("permanent", say("永久"))),
}

WHY_NOT_MEDIATED: Mapping[str, Sentence] = {
    "court": say("人民法院已经受理或者裁判的纠纷，不予受理（《人民调解工作若干规定》第22条第二项）"),
    "police": say("公安机关已经受理或者处理的纠纷，不予受理（《人民调解工作若干规定》第22条第二项）"),
    "other_organ": say("其他行政机关已经受理或者处理的纠纷，不予受理（《人民调解工作若干规定》第22条第二项）"),
    "arbitration": say("仲裁机构已经受理或者裁决的纠纷，不予受理（《人民调解工作若干规定》第22条第二项）"),
    "compulsion": say(
        "对行政强制、行政处罚等行政行为不服的，不是民间纠纷，应告知申请行政复议或者提起行政诉讼（《人民调解工作若干规定》第20条）"
    ),
    "special_organ": say("法律规定只能由专门机关管辖处理的，不予受理（《人民调解工作若干规定》第22条第一项）"),
    "forbidden": say("法律禁止采用民间调解方式解决的，不予受理（《人民调解工作若干规定》第22条第一项）"),
    "crime": say("构成犯罪或者违反治安管理的，不属于民间纠纷，应告知公安机关（《人民调解工作若干规定》第22条）"),
}

WHY_NOT_CONFIRMED: Mapping[str, Sentence] = {
    "not_civil": say("不属于人民法院受理范围的，人民法院裁定不予受理（《民事诉讼法解释》第355条第一项）"),
    "status": say("涉及婚姻、亲子、收养等身份关系的，人民法院裁定不予受理（《民事诉讼法解释》第355条第三项）"),
    "special": say(
        "适用其他特别程序、公示催告程序、破产程序审理的，人民法院裁定不予受理（《民事诉讼法解释》第355条第四项）"
    ),
    "title": say("涉及物权、知识产权确权的，人民法院裁定不予受理（《民事诉讼法解释》第355条第五项）"),
}


def parties(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001 - a list of choices
    """The parties themselves."""
    return [_party(one) for one in case.principals] if isinstance(case, Mediation) else []


def everybody(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """The parties and who speaks for them."""
    if not isinstance(case, Mediation):
        return []
    return [_party(one) for one in case.parties if one.left_on is None]


def _party(one: Party) -> Choice:
    return Choice(
        str(one.id), f"{one.name}（{SIDES[one.side]}）" if one.part == "party" else f"{one.name}（{PARTS[one.part]}）"
    )


def mediators_of_committee(case: Case | None, actor: User) -> list[Choice]:
    """The mediators of the committee; whoever was made to leave this case cannot be chosen for it again."""
    unit_id = case.unit_id if case is not None else actor.unit_id
    gone = {one.user_id for one in case.seats if one.recused} if isinstance(case, Mediation) else set()
    people = db.session().scalars(
        select(User).where(
            User.unit_id == unit_id, User.active,
            exists().where(
                UserRole.user_id == User.id, UserRole.role.in_([Role.MEDIATOR.value, Role.COMMITTEE_CHAIR.value])
            ),
        ).order_by(User.id)
    ).unique()  # fmt: skip
    return [
        Choice(str(one.id), one.name, why_not=say("此人应当回避此件，另选调解员") if one.id in gone else "")
        for one in people
    ]


def mediators_of_case(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """Who mediates it now."""
    if not isinstance(case, Mediation):
        return []
    return [Choice(str(one.user_id), one.user.name) for one in case.seats if one.left_on is None]


def owed_rows(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """What is still to be performed."""
    agreement = case.agreement if isinstance(case, Mediation) else None
    return [
        Choice(
            str(row.id),
            say("{day} {debtor}：{item} {amount}元", day=row.due_on.isoformat(), debtor=row.debtor.name, item=row.item, amount=yuan(row.left))
            if row.amount else say("{day} {debtor}：{item}", day=row.due_on.isoformat(), debtor=row.debtor.name, item=row.item),
        )
        for row in (agreement.owed if agreement else [])
    ]  # fmt: skip


def owed_row_text(row_id: str) -> str:
    """What a row of a plan says, for a history."""
    row = db.session().get(Performance, int(row_id)) if row_id.isdecimal() else None
    return row.item if row is not None else ""


def case_files(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """The files that were brought."""
    return [Choice(str(file.id), file.name) for file in case.attachments] if case is not None else []


def file_name(file_id: str) -> str:
    """What a file is called, as long as there is one."""
    file = db.session().get(Attachment, int(file_id)) if file_id.isdecimal() else None
    return file.name if file is not None else ""


def missing_parts(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001
    """What the dossier lacks and parties would have to bring."""
    if not isinstance(case, Mediation):
        return []
    return [Choice(part.name, part.label) for part in dossier.accountable(case)]


def dispute_types(case: Case | None, actor: User) -> Sequence[Choice]:  # noqa: ARG001
    """纠纷类型, as the office keeps the list."""
    return codes.choices("dispute_type")


def _constant(listed: tuple[Choice, ...]) -> Callable[[Case | None, User], Sequence[Choice]]:
    def offered(case: Case | None, actor: User) -> Sequence[Choice]:  # noqa: ARG001
        return listed

    return offered


CHOICES: Mapping[str, Any] = {
    **{name: _constant(listed) for name, listed in FIXED.items()},
    **voiding.CHOICES,
    "every_unit": OF_MATTERS["every_unit"],
    "parties": parties,
    "everybody": everybody,
    "mediators_of_committee": mediators_of_committee,
    "mediators_of_case": mediators_of_case,
    "owed_rows": owed_rows,
    "dispute_types": dispute_types,
    "case_files": case_files,
    "missing_parts": missing_parts,
}
