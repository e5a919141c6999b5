"""回避: whoever is appointed is asked once, on opening the case, whether the matter touches them (第28条第三款)."""

import uuid

from petitions.access.models import User
from petitions.cases.models import Case
from petitions.cases.panels import Panel, Place
from petitions.cases.perform import may_do, why_not
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from petitions.words import say


def declaration(case: Case, user: User) -> Panel | None:
    """The question, for the handler who has not answered it since the appointment; nothing for anybody else."""
    row = FLOW.action["declare"]
    if not isinstance(case, Matter) or not may_do(user, row, case) or why_not(user, row, case):
        return None
    return Panel(
        say("办理前先回答"), "assignment/_declaration.html", Place.TOP, "declaration", {"submission": uuid.uuid4().hex}
    )
