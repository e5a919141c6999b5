"""The inbox."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from petitions.access.gate import user
from petitions.web.permits import permits

bp = Blueprint("notices", __name__)


@bp.get("/inbox")
@permits("page:own")
def inbox() -> ResponseReturnValue:
    """What this person was told."""
    return render_template("notices/inbox.html", person=user())
