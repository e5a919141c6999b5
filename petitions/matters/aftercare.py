"""What is known of a matter after its answer: its visits, what was promised, what is left to do, with one query."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from petitions import db
from petitions.cases import history
from petitions.cases.models import Case
from petitions.matters.follow_up import OPEN_TASK, FollowUpTask
from petitions.matters.models import Matter, ReturnVisit
from petitions.matters.performance import Promise
from petitions.matters.workflow import FLOW

_WRITERS = frozenset(row.name for row in FLOW.actions if row.effect in ("visit", "promise"))
"""The acts whose effects begin these rows (follow_up.py, performance.py); the others change what is there."""


@dataclass
class Aftercare:
    """The rows, each kind in its order."""

    visits: list[ReturnVisit] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    tasks: list[FollowUpTask] = field(default_factory=list)

    @property
    def open_task(self) -> FollowUpTask | None:
        """What nobody has closed yet."""
        return next((task for task in self.tasks if task.closed_event_id is None), None)


def aftercare(case: Case) -> Aftercare:
    """Read anew."""
    this = Matter.__table__
    rows = (
        db.session()
        .execute(
            select(ReturnVisit, Promise, FollowUpTask)
            .select_from(this)
            .outerjoin(ReturnVisit, ReturnVisit.matter_id == this.c.id)
            .outerjoin(Promise, Promise.matter_id == this.c.id)
            .outerjoin(FollowUpTask, FollowUpTask.matter_id == this.c.id)
            .where(this.c.id == case.id)
            .order_by(ReturnVisit.id, Promise.id, FollowUpTask.id)
            .options(joinedload(FollowUpTask.taken_by))
        )
        .all()
    )
    found = Aftercare()
    found.visits = list(dict.fromkeys(row[0] for row in rows if row[0] is not None))
    found.promises = list(dict.fromkeys(row[1] for row in rows if row[1] is not None))
    found.tasks = list(dict.fromkeys(row[2] for row in rows if row[2] is not None))
    return found


def shown(case: Case) -> Aftercare:
    """The same for a page, read once until somebody acts."""
    latest = history.known_latest(case.id)
    if latest is not None and not _WRITERS.intersection(latest):
        # Its history says that there is nothing: no need to ask three tables.
        history.remembered(case.id, OPEN_TASK, lambda: None)
        return Aftercare()
    found: Aftercare = history.remembered(case.id, "aftercare", lambda: aftercare(case))
    set_committed_value(case, "visits", found.visits)
    # The buttons ask for the task alone (follow_up.py): it is known now.
    history.remembered(case.id, OPEN_TASK, lambda: found.open_task)
    return found
