"""文书 of a matter (domain.md §5A): what each is called, whom it addresses, and what its text is made of.

The texts stand in templates/papers/<kind>.txt and are frozen on the document's row when it is issued.
"""

from collections.abc import Callable, Mapping
from typing import Any

from petitions.cases.kinds import Act, Paper, PaperKind
from petitions.documents.concealed import CONCEALED
from petitions.matters import who
from petitions.matters.course import assignment, last_event, matter_of
from petitions.matters.hearing import papers as hearing
from petitions.matters.paper_extras import EXTRA
from petitions.matters.paper_values import names_of, people_of, values
from petitions.matters.supervising import supervised
from petitions.matters.wording import in_words, unit_name


def _to_petitioner(act: Act) -> str:
    return names_of(people_of(matter_of(act)))


def _to_holder(act: Act) -> str:
    return unit_name(act.case.unit_id)


def _to_sender(act: Act) -> str:
    return unit_name(act.case.sender_id or act.case.office_id)


def _to_assigner(act: Act) -> str:
    """Not the tier in between: the result goes back to whoever gave the matter out with a date."""
    given = assignment(act)
    return unit_name(given.sender_id) if given else _to_sender(act)


def _to_objector(act: Act) -> str:
    """Not the holder: an objection that was upheld has taken the case away from its unit."""
    asked = last_event(act, "object")
    return asked.unit.name if asked else ""


def _to_file(act: Act) -> str:  # noqa: ARG001
    return ""


def _to_be_signed(act: Act) -> str:  # noqa: ARG001
    """No letter: the petitioner signs it, so it names the petitioner."""
    return ""


def _to_owing(act: Act) -> str:
    return "、".join(dict.fromkeys(unit_name(row.unit_id) for row in supervised(act)))


def _to_addressee(act: Act) -> str:
    return str(act.data["addressee"])


def _to_told(act: Act) -> str:
    """Everybody it was reported to (第25条)."""
    return str(in_words(act.data)["reported_to"])


def _to_body(act: Act) -> str:
    return unit_name(act.data["discipline_unit"])


def _to_committee(act: Act) -> str:
    return unit_name(act.data["committee"])


_PAPERS: dict[str, tuple[str, str, Callable[[Act], str]]] = {
    # kind: title, word of its number, addressee
    "registration_form": ("信访事项登记表", "信登", _to_file),
    "recorded_answer": ("信访事项答复（补录）", "信录", _to_file),
    "progress_notice": ("信访事项办理情况告知书", "信告", _to_petitioner),
    "refusal_notice": ("信访事项不予受理告知书", "信不受", _to_petitioner),
    "no_longer_notice": ("信访事项不再受理告知书", "信不再", _to_petitioner),
    "procedural_notice": ("信访事项程序性受理告知单", "信程", _to_petitioner),
    "transfer_letter": ("信访事项转送函", "信转", _to_holder),
    "assignment_letter": ("信访事项交办函", "信交", _to_holder),
    "submission": ("信访事项呈批件", "信呈", _to_file),
    "diversion_notice": ("信访事项分类处理告知书", "信导", _to_petitioner),
    "sealed_letter": ("检举控告材料转送函", "信密", _to_body),
    "supplement_notice": ("补充材料通知书", "信补", _to_petitioner),
    "objection": ("信访事项异议（退回）申请", "信异", _to_sender),
    "objection_decision": ("信访事项异议核实意见", "信核", _to_objector),
    "whereabouts_notice": ("信访事项转送去向告知书", "信去", _to_petitioner),
    "acceptance_notice": ("信访事项受理告知书", "信受", _to_petitioner),
    **{
        kind: (title, series, _to_be_signed if kind in hearing.TO_BE_SIGNED else _to_petitioner)
        for kind, (title, series) in hearing.TITLES.items()
    },
    "simple_notice": ("信访事项简易办理告知书", "信简", _to_petitioner),
    "conversion_notice": ("信访事项转为普通程序告知书", "信转普", _to_petitioner),
    "lead_decision": ("受理单位决定记录", "信定", _to_file),
    "mediation_referral": ("委托调解函", "信调移", _to_committee),
    "settlement": ("调解（和解）协议书", "信调", _to_be_signed),
    "extension_notice": ("信访事项延长办理期限告知书", "信延", _to_petitioner),
    "opinion": ("信访处理意见书", "信意", _to_petitioner),
    "service_slip": ("送达回证", "信送", _to_be_signed),
    "completion_report": ("信访事项办结报告", "信报", _to_assigner),
    "supervision_letter": ("信访事项督办函", "信督", _to_owing),
    "power_of_attorney": ("授权委托书", "信委", _to_be_signed),
    "urgent_report": ("紧急信息报告", "信急", _to_told),
    "suggestion_letter": ("建议书", "信建", _to_addressee),
    "visit_record": ("回访记录", "信回", _to_file),
    "conclusion": ("信访事项办结登记", "信结", _to_file),
    "withdrawal": ("信访事项撤回（终止）告知书", "信撤", _to_petitioner),
    "file_cover": ("案卷封面", "信封", _to_file),
    "file_contents": ("信访案卷目录", "信卷", _to_file),
}


_LAYOUTS: dict[str, str] = {
    "registration_form": "form", "recorded_answer": "form", "service_slip": "form", "conclusion": "form",
    "file_contents": "cover", "settlement": "notice", "power_of_attorney": "notice",
}  # fmt: skip
"""How a paper is set in Word, where it is no notice to a petitioner and no letter to a unit."""


def _layout_of(addressee: Callable[[Act], str]) -> str:
    return "notice" if addressee is _to_petitioner else "letter"


def _paper(kind: str) -> Callable[[Act], Paper]:
    title, series, addressee = _PAPERS[kind]

    def compose(act: Act) -> Paper:
        told = {**values(act), **(EXTRA[kind](act) if kind in EXTRA else {})}
        if act.case.sealed:
            told = _own(act, told) if addressee in (_to_petitioner, _to_be_signed) else _sealed(act, told)
        # 青信转〔2026〕1号, not 青信信转: a petition office has the word in its own sign already.
        word = series.removeprefix("信") if act.unit.sign.endswith("信") else series
        return Paper(title, addressee(act), told, word, _LAYOUTS.get(kind, _layout_of(addressee)))

    return compose


_TYPED = (
    "summary", "text", "place", "claims", "respondents", "particulars", "files", "data", "drafted", "objection", "hearing",
    "items", "excuses",
)  # fmt: skip
"""Values that hold what somebody typed, in which a petitioner may be named."""


def _sealed(act: Act, told: Mapping[str, Any]) -> dict[str, Any]:
    """The same values without the petitioner, as a name or inside of what was typed (第30条第三款)."""
    typed = {name: told[name] for name in _TYPED if name in told}
    return {**told, **who.without(matter_of(act), typed), "petitioner": CONCEALED, "people": []}


def _own(act: Act, told: Mapping[str, Any]) -> dict[str, Any]:
    """The petitioner's own copy: it says whom it is for when it is printed, and keeps that for itself until then."""
    typed = {name: told[name] for name in _TYPED if name in told}
    return {**told, **who.with_tokens(matter_of(act), typed)}


PAPERS = {kind: _paper(kind) for kind in _PAPERS}

PAPER_KINDS = {
    kind: PaperKind(title, _LAYOUTS.get(kind, _layout_of(addressee))) for kind, (title, _, addressee) in _PAPERS.items()
}
"""What each is called and how it is set, for lists and for the page of templates."""
