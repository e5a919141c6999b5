"""复查复核: the desk of whoever reviews and of whoever keeps the matters."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from petitions.access.gate import user
from petitions.review import queries
from petitions.web.permits import permits

bp = Blueprint("review", __name__)


@bp.get("/reviews")
@permits("review:list")
def desk() -> ResponseReturnValue:
    """The reviews by stage, the most urgent first."""
    return render_template("review/desk.html", desk=queries.desk(user(), request.args.get("stage", "")))
