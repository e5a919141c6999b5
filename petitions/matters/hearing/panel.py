"""听证 on the page of a case: how far each hearing has come, who sits on it, and what can be done about it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from petitions.access.models import User
from petitions.cases import history
from petitions.cases.kinds import kind_of
from petitions.cases.models import Case
from petitions.cases.panels import Panel
from petitions.cases.perform import may_do, why_not
from petitions.flow import Action
from petitions.matters.hearing.lists import FIXED
from petitions.matters.hearing.models import OVER, Hearing, Stage, hearings_of
from petitions.words import Sentence, say

STAGES: Mapping[str, tuple[Sentence, str]] = {
    Stage.ASKED: (say("等待决定"), "soon"),
    Stage.GRANTED: (say("同意举行，等待通知"), "soon"),
    Stage.REFUSED: (say("不予听证"), "plain"),
    Stage.CALLED: (say("已通知"), "info"),
    Stage.OPENED: (say("正在举行"), "info"),
    Stage.CLOSED: (say("已结束，等待结论"), "soon"),
    Stage.CONCLUDED: (say("已有结论"), "good"),
    Stage.CANCELLED: (say("已取消"), "plain"),
}


PANEL = "hearing"
"""How a row of the table names the part of the page that offers its act."""


@dataclass(frozen=True)
class HearingRow:
    """One hearing as the page tells it."""

    stage: Sentence
    look: str
    over: bool
    facts: Sequence[tuple[Sentence, str]]
    finding: str
    recusals: Sequence[Mapping[str, str]]


def hearings(case: Case, user: User) -> Panel | None:
    """Every hearing, the newest first; nothing while nobody has asked for one."""
    rows = hearings_of(case)
    if not rows:
        return None
    return Panel(
        say("听证"), "matters/_hearing.html", id=PANEL,
        data={"rows": [_row(row) for row in reversed(rows)], "acts": open_acts(case, user)},
    )  # fmt: skip


def open_acts(case: Case, user: User) -> list[Action]:
    """The acts of a hearing this person may do now, what comes next first: they are done from the panel."""
    ours = [row for row in kind_of(case).flow.open_to(case.state) if row.panel == PANEL]
    mine = [row for row in ours if may_do(user, row, case)]
    latest = history.known_latest(case.id) if mine else None
    return sorted((row for row in mine if why_not(user, row, case, latest) is None), key=lambda row: -row.rank)


def _row(row: Hearing) -> HearingRow:
    stage, look = STAGES[row.stage]
    held = [day.isoformat() for day in dict.fromkeys((row.opened_on, row.closed_on)) if day is not None]
    facts = [
        (say("提出"), say("{who}，{day}", who=_word("hearing_askers", row.asked_by), day=row.asked_on.isoformat())),
        (say("理由"), row.reason),
        (say("事项"), row.subject),
        (say("时间"), f"{row.set_on.isoformat()} {row.at_time}".rstrip() if row.set_on else ""),
        (say("地点"), row.place),
        (say("方式"), _word("opennesses", row.openness) if row.openness else ""),
        (say("主持人"), row.chair),
        (say("听证员"), "、".join(row.members)),
        (say("记录员"), row.clerk),
        (say("举行"), " — ".join(held)),
    ]
    return HearingRow(
        stage, look, row.stage in OVER, [(label, value) for label, value in facts if value], row.finding, row.recusals
    )


def _word(choices: str, code: str) -> str:
    return next((one.label for one in FIXED[choices] if one.value == code), code)
