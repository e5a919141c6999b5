"""文书 of a mediation (domain.md §5B), in the forms of the Ministry of Justice. All of a case bear its number.

A text that is frozen names the parties and says no more of them: for telephone, identity number, address and what else
the forms ask there is a line, filled in by hand where the paper is signed.
"""

from collections.abc import Callable, Mapping
from typing import Any

from petitions.cases import codes
from petitions.cases.kinds import Act, Paper, PaperKind
from petitions.documents.concealed import CONCEALED
from petitions.mediation.course import mediation_of
from petitions.mediation.lists import PARTS, SIDES, SOURCES
from petitions.mediation.models import Mediation, Party, yuan
from petitions.mediation.paper_extras import EXTRA
from petitions.mediation.wording import in_words


def _to_file(act: Act) -> str:  # noqa: ARG001
    """No letter: whoever it concerns signs it, or it lies in the dossier."""
    return ""


def _to_parties(act: Act) -> str:
    return "、".join(one.name or CONCEALED for one in mediation_of(act).principals)


def _to_sender(act: Act) -> str:
    return mediation_of(act).sent_by


def _to_reported(act: Act) -> str:
    return str(act.data["reported_to"])


def _to_court(act: Act) -> str:
    return str(act.data["court"])


_PAPERS: dict[str, tuple[str, str, Callable[[Act], str]]] = {
    # kind: title, how it is set, addressee
    "mediation_application": ("人民调解申请书", "form", _to_file),
    "mediation_register": ("人民调解受理登记表", "form", _to_file),
    "mediation_refusal": ("不予调解告知书", "notice", _to_parties),
    "rights_notice": ("人民调解当事人权利义务告知书", "notice", _to_parties),
    "investigation_record": ("人民调解调查记录", "minutes", _to_file),
    "mediation_record": ("人民调解记录", "minutes", _to_file),
    "danger_report": ("纠纷可能激化情况报告", "letter", _to_reported),
    "mediation_agreement": ("人民调解协议书", "notice", _to_file),
    "oral_agreement": ("人民调解口头协议登记表", "form", _to_file),
    "termination_notice": ("终止调解通知书", "notice", _to_parties),
    "mediation_feedback": ("调解结果反馈函", "letter", _to_sender),
    "mediation_visit": ("人民调解回访记录", "form", _to_file),
    "confirmation_request": ("司法确认申请书", "letter", _to_court),
    "dossier_account": ("卷宗情况说明", "letter", _to_file),
    "closing_report": ("人民调解结案报告表", "form", _to_file),
    "dossier_back": ("人民调解卷宗封底", "form", _to_file),
    "dossier_cover": ("人民调解卷宗封面", "cover", _to_file),
    "dossier_contents": ("人民调解卷内目录", "form", _to_file),
}


def values(act: Act) -> dict[str, Any]:
    """What any paper of a mediation may say; the fields of the act under `data`, codes in words."""
    mediation = mediation_of(act)
    people = [one for one in mediation.parties if one.left_on is None]
    seated = {seat.user_id: seat.user.name for seat in mediation.seats}
    mediators = [seated[user_id] for user_id in mediation.mediator_ids]
    return {
        "action": act.action.name,
        "mediation": mediation.number,
        "dispute": mediation.title,
        "dispute_type": codes.label("dispute_type", mediation.dispute_type),
        "source": str(SOURCES[mediation.source]),
        "sent_by": mediation.sent_by,
        "letter_number": mediation.letter_number,
        "facts": mediation.facts,
        "requests": [line for line in mediation.requests.splitlines() if line.strip()],
        "place": mediation.place,
        "amount": yuan(mediation.amount),
        "headcount": mediation.headcount,
        "committee": mediation.office.name,
        "people": [_person(one) for one in people],
        "parties": [_person(one) for one in people if one.part == "party"],
        "names": {side: _names(mediation, side) for side in SIDES},
        "mediators": "、".join(mediators),
        "received_on": mediation.received_on,
        "accepted_on": mediation.accepted_on,
        "begun_on": mediation.begun_on,
        "issued_on": act.on,
        "actor": act.who,
        "copies": len(mediation.principals) + 1,
        "data": in_words(act.data),
    }


def _names(mediation: Mediation, side: str) -> str:
    return "、".join(one.name or CONCEALED for one in mediation.sides[side])


def _person(one: Party) -> dict[str, Any]:
    side = str(SIDES[one.side])
    return {
        "label": side if one.part == "party" else f"{side}的{PARTS[one.part]}",
        "name": one.name or CONCEALED,
        "natural": one.kind == "natural",
        "representative": str(one.details.get("legal_representative", "")),
    }


def _paper(kind: str) -> Callable[[Act], Paper | None]:
    title, layout, addressee = _PAPERS[kind]

    def compose(act: Act) -> Paper | None:
        mediation = mediation_of(act)
        if addressee is _to_sender and not mediation.sent_by:
            return None
        told = {**values(act), **(EXTRA[kind](act) if kind in EXTRA else {})}
        named = _REFUSED if addressee is _to_sender and mediation.result == "refused" else title
        return Paper(named, addressee(act), told, "人调", layout, mediation.number)

    return compose


_REFUSED = "不予调解的函"
"""What the answer to whoever sent it is called where there is no mediation (《宁波市人民调解条例》第19条)."""

PAPERS: Mapping[str, Callable[[Act], Paper | None]] = {kind: _paper(kind) for kind in _PAPERS}
PAPER_KINDS = {kind: PaperKind(title, layout) for kind, (title, layout, _) in _PAPERS.items()}
