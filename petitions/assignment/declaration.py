"""回避: whoever is appointed is asked once, on opening the case, whether it touches them: a matter, or its review (第28条第三款)."""

import uuid

from petitions.access.models import User
from petitions.cases.kinds import kind_of
from petitions.cases.models import Case
from petitions.cases.panels import Panel, Place
from petitions.cases.perform import may_do, why_not
from petitions.words import say


def declaration(case: Case, user: User) -> Panel | None:
    """The question, for the handler who has not answered it since the appointment; nothing for anybody else."""
    row = kind_of(case).flow.action.get("declare")
    if row is None or not may_do(user, row, case) or why_not(user, row, case):
        return None
    return Panel(
        say("办理前先回答"), "assignment/_declaration.html", Place.TOP, "declaration", {"submission": uuid.uuid4().hex}
    )
