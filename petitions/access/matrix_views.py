"""A2 权限表: who may do what, as the program reads it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from petitions.access import matrix
from petitions.access.roles import LABELS
from petitions.web.inputs import line, options
from petitions.web.permits import permits
from petitions.web.translation import tr

bp = Blueprint("policy", __name__)


@bp.get("/admin/permissions")
@permits("policy:read")
def permissions() -> ResponseReturnValue:
    """The whole table, or what one role may do, or the lines that say a word."""
    role, typed = request.args.get("role", ""), line(request.args.get("q", ""))
    return render_template(
        "admin/permissions.html", lines=matrix.found(role, typed, tr), role=role, q=typed, roles=options(LABELS)
    )
