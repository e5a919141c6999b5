"""C10 期限督办: the board."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from petitions import clock
from petitions.access.gate import user
from petitions.deadlines.board import LAMPS, board
from petitions.web.permits import permits

bp = Blueprint("deadlines", __name__)


@bp.get("/deadlines", endpoint="board")
@permits("deadline:board")
def show() -> ResponseReturnValue:
    """What is overdue and what is near, by unit and by clock."""
    return render_template("deadlines/board.html", board=board(user()), lamps=LAMPS, now=clock.now())
