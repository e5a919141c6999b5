"""What is asked on a return visit, and what must be told to somebody who is not satisfied (domain.md §1.8)."""

from collections.abc import Mapping
from typing import Any

from petitions import clock
from petitions.access.models import User
from petitions.cases.clocks import in_words
from petitions.cases.models import Case, Deadline
from petitions.cases.panels import Panel
from petitions.matters.reviewing import WINDOWS
from petitions.words import Sentence, say

QUESTIONS = (
    say("处理意见书收到了吗？什么时候收到的？"),
    say("意见书上写明要办的事，办了没有？"),
    say("对信访部门的工作满意吗？对办理单位的工作满意吗？（分开评价）"),
    say("还有没有新的情况或者诉求？"),
)
"""Two bodies are rated apart; a new claim is a new petition."""


def visit_script(case: Case, user: User, typed: Mapping[str, Any]) -> Panel | None:  # noqa: ARG001 - a Draftsman
    """Beside the form of a visit: the questions, and until when 复查 or 复核 can be asked for."""
    running = (row for row in case.deadlines if row.code in WINDOWS and row.ended_on is None)
    window = next((row for row in running if row.due_on >= clock.today()), None)
    return Panel(
        say("回访问什么"), "followup/_script.html",
        data={"questions": QUESTIONS, "advice": _advice(window) if window is not None else None},
    )  # fmt: skip


def _advice(window: Deadline) -> Sentence:
    day = in_words(window.due_on)
    if window.code == "T10":
        return say("不满意的，告知可在{day}前（含当日）申请复核（第36条）", day=day)
    return say("不满意的，告知可在{day}前（含当日）申请复查（第35条）", day=day)
