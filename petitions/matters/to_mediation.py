"""What a matter knows of its 人民调解: that it was handed over, where it stands, and what came of it (第33条、第37条).

The mediation is a case of its own (petitions/mediation), which this package does not know: one is opened through
`OPENERS`, and comes back through the door with `hear_of_mediation`. What is said in a session never comes back.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from petitions import db
from petitions.access import units
from petitions.access.models import UnitKind, User
from petitions.cases.fields import Choice, Field, Kind
from petitions.cases.kinds import KINDS, Act, Effect, Guard
from petitions.cases.models import Case, Event
from petitions.matters.course import last_event, matter_of
from petitions.matters.wall import accused_units
from petitions.words import Sentence, say

OPENERS: list[Callable[[Act], None]] = []
"""Opens the mediation that an act asks for; filled by the package that owns mediations."""

STAGES: Mapping[str, Sentence] = {
    "accepted": say("已受理"),
    "begun": say("调解进行中"),
    "refused": say("不予调解"),
    "failed": say("调解不成，已告知其他途径"),
    "agreed": say("已达成调解协议"),
    "performed": say("协议已履行"),
    "unperformed": say("协议没有履行，已告知可以起诉"),
}

_ENDS = ("refused", "failed", "performed", "unperformed")

_COMES_OF = {
    "accepted": ("accept",),
    "begun": ("notify_rights", "mediate_again"),
    "refused": ("refuse", "refuse_consent"),
    "failed": ("fail", "revoke_consent"),
    "agreed": ("sign_agreement", "agree_orally"),
    "performed": ("conclude_performance",),
    "unperformed": ("give_up_performance",),
}
"""The acts of a mediation with which its matter hears: by itself nobody tells it anything."""

FIELDS = (
    Field("committee", Kind.UNIT, say("人民调解委员会"), choices="committees"),
    Field("dispute_type", Kind.CHOICE, say("纠纷类型"), choices="dispute_types"),
    Field("mediation_facts", Kind.LONG, say("纠纷简要情况"), max_length=20000, rows=6, help=say("调委会只看到这里写的内容，看不到信访件原文")),
    Field("mediation_requests", Kind.LONG, say("请求调解的事项"), rows=3),
    Field("other_side", Kind.TEXT, say("对方当事人"), max_length=100),
    Field("other_side_kind", Kind.CHOICE, say("对方当事人类型"), choices="party_kinds"),
    Field("petitioner_agrees", Kind.FLAG, say("信访人同意移送调解，并同意把姓名和联系方式告知调委会")),
    Field("mediation", Kind.TEXT, say("调解案件编号"), max_length=60),
    Field("mediation_stage", Kind.CHOICE, say("调解进展"), choices="mediation_stages"),
    Field("mediation_stage_on", Kind.DATE, say("日期"), past=True),
)  # fmt: skip

FIXED = {
    "mediation_stages": tuple(Choice(name, label) for name, label in STAGES.items()),
    "party_kinds": (
        Choice("natural", say("自然人")), Choice("legal", say("法人")), Choice("other", say("非法人组织")),
    ),
}  # fmt: skip


def committees(case: Case | None, actor: User) -> list[Choice]:  # noqa: ARG001 - a list of choices
    """The mediation committees in force; none of a body that is accused is told who accuses it (第30条)."""
    names, barred = {unit.id: unit.name for unit in units.in_force()}, accused_units(case)
    return [
        Choice(str(unit.id), unit.name, names.get(unit.parent_id or 0, ""), why_not=barred.get(unit.id, ""))
        for unit in units.in_force()
        if unit.kind == UnitKind.COMMITTEE
    ]


# --- guards ----------------------------------------------------------------------------------------------------------


def petitioner_wants_it(act: Act) -> Sentence | None:
    """第17条 of the 人民调解法 asks for both sides' will; the petitioner's is asked before the name is handed on."""
    if act.asking or act.data.get("petitioner_agrees"):
        return None
    return say("移送人民调解应当征得信访人同意（《人民调解法》第17条）")


def somebody_is_known(act: Act) -> Sentence | None:
    """A mediation has two sides."""
    if any(one.part == "petitioner" and one.name for one in matter_of(act).petitioners):
        return None
    return say("没有登记信访人姓名，不能移送调解")


def no_mediation_is_open(act: Act) -> Sentence | None:
    """One at a time."""
    sent, heard = last_event(act, "send_to_mediation"), last_event(act, "hear_of_mediation")
    if sent is None or (heard is not None and heard.id > sent.id and heard.data["mediation_stage"] in _ENDS):
        return None
    return say("已移送人民调解，调解结束以后才能再次移送")


def comes_of_its_mediation(act: Act) -> Sentence | None:
    """It goes with the newest act of the mediation it names, and with no other."""
    alone = say("这一步随人民调解案件的办理自动记录，不能单独办理")
    if act.asking:
        return alone
    found = select(Event.action).join(Case, Case.id == Event.case_id).where(
        Case.about_id == act.case.id, Case.number == act.data["mediation"]
    )  # fmt: skip
    newest = db.session().scalar(found.order_by(Event.id.desc()).limit(1))
    return None if newest in _COMES_OF[act.data["mediation_stage"]] else alone


MEDIATION_GUARDS: tuple[Guard, ...] = (
    petitioner_wants_it,
    somebody_is_known,
    no_mediation_is_open,
    comes_of_its_mediation,
)


def can_hear(matter: Case) -> bool:
    """Whether the matter still takes in what came of its mediation: not once it is anonymised or behind the wall."""
    return not matter.sealed and matter.state in KINDS[matter.kind].flow.before("hear_of_mediation")


# --- effects ---------------------------------------------------------------------------------------------------------


def send_to_mediation(act: Act) -> None:
    """The committee has a case of its own from now on."""
    for opener in OPENERS:
        opener(act)


MEDIATION_EFFECTS: dict[str, Effect] = {"send_to_mediation": send_to_mediation}


def stage_of(event: Event) -> dict[str, Any]:
    """Where a mediation stood when the matter heard of it, for papers and panels."""
    return {
        "number": event.data["mediation"], "stage": str(STAGES[event.data["mediation_stage"]]),
        "day": event.data["mediation_stage_on"],
    }  # fmt: skip
