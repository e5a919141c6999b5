"""文书 of a mediation (domain.md §5B), in the forms of the Ministry of Justice."""

from collections.abc import Callable
from typing import Any

from petitions.cases import codes
from petitions.cases.kinds import Act, Paper, PaperKind
from petitions.mediation.course import mediation_of
from petitions.mediation.lists import SIDES, SOURCES
from petitions.mediation.wording import in_words

TITLES = {
    "mediation_application": "人民调解申请书",
    "mediation_register": "人民调解受理登记表",
    "rights_notice": "人民调解当事人权利义务告知书",
    "investigation_record": "人民调解调查记录",
    "mediation_record": "人民调解记录",
    "mediation_agreement": "人民调解协议书",
    "oral_agreement": "人民调解口头协议登记表",
    "mediation_visit": "人民调解回访记录",
    "closing_report": "人民调解结案报告表",
    "confirmation_request": "司法确认申请书",
    "mediation_refusal": "不予调解告知书",
    "termination_notice": "终止调解通知书",
    "danger_report": "纠纷可能激化情况报告",
    "dossier_cover": "人民调解卷宗封面",
    "dossier_contents": "人民调解卷内目录",
}


def values(act: Act) -> dict[str, Any]:
    """What any paper of a mediation may say."""
    mediation = mediation_of(act)
    return {
        "mediation": mediation.number,
        "dispute": mediation.title,
        "dispute_type": codes.label("dispute_type", mediation.dispute_type),
        "source": str(SOURCES[mediation.source]),
        "facts": mediation.facts,
        "parties": [{"name": one.name, "side": str(SIDES[one.side])} for one in mediation.parties],
        "data": in_words(act.data),
    }  # fmt: skip


def _paper(kind: str) -> Callable[[Act], Paper]:
    def compose(act: Act) -> Paper:
        return Paper(TITLES[kind], "", values(act), "人调", "form")

    return compose


PAPERS = {kind: _paper(kind) for kind in TITLES}
PAPER_KINDS = {kind: PaperKind(title, "form") for kind, title in TITLES.items()}
