"""Work lists, the case page, and one route for every action."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from petitions.web.permits import permits

bp = Blueprint("cases", __name__)


@bp.get("/")
@permits("page:own")
def workbench() -> ResponseReturnValue:
    """What is to be done today."""
    return render_template("cases/workbench.html")


@bp.get("/cases")
@permits("case:list")
def index() -> ResponseReturnValue:
    """The list of cases."""
    return render_template("cases/index.html")


@bp.get("/search")
@permits("case:list")
def search() -> ResponseReturnValue:
    """Find a case while the person waits."""
    return render_template("cases/search.html")
