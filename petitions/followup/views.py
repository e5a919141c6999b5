"""回访, 办结 and 归档."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from petitions.access.gate import user
from petitions.followup.queries import listed
from petitions.settings import Settings
from petitions.web.permits import permits

bp = Blueprint("followup", __name__)


@bp.get("/followup")
@permits("visit:list")
def due() -> ResponseReturnValue:
    """What is still to be done after the answer, by stage."""
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(
        "followup/due.html", listed=listed(user(), request.args.get("stage", ""), settings.visit_after_days),
        settings=settings,
    )  # fmt: skip
