"""C10 期限督办: the board, and the 督办 that are proposed to the petition office."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from petitions import clock
from petitions.access.gate import user
from petitions.access.policy import may
from petitions.cases.duties import SEVERITIES
from petitions.cases.facets import LATE
from petitions.cases.places import carried
from petitions.deadlines import proposals
from petitions.deadlines.board import LAMPS, board, overdue_of
from petitions.web.permits import permits

bp = Blueprint("deadlines", __name__)


@bp.get("/deadlines", endpoint="board")
@permits("deadline:board")
def show() -> ResponseReturnValue:
    """What is overdue and what is near, by unit, by clock and by how long."""
    decides = may(user(), "supervision:list")
    return render_template(
        "deadlines/board.html", board=board(user()), lamps=LAMPS, now=clock.now(), severities=SEVERITIES, late=LATE,
        proposed=proposals.count(user()) if decides else None, overdue_list=lambda unit_id: carried(overdue_of(unit_id)),
    )  # fmt: skip


@bp.get("/deadlines/supervision")
@permits("supervision:list")
def supervision() -> ResponseReturnValue:
    """What is proposed to the reader's office, for a decision about each."""
    return render_template(
        "deadlines/supervision.html", rows=proposals.proposed(user()), total=proposals.count(user()), page=proposals.PAGE,
    )  # fmt: skip
