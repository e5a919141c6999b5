"""What a reader asks of a matter beside the case page: a petitioner's data in full."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from petitions.access.gate import user
from petitions.matters.identity import SHOWN_SECONDS, revealed
from petitions.web.permits import permits

bp = Blueprint("matters", __name__)


@bp.post("/cases/<int:case_id>/people/<int:person_id>/reveal")
@permits("case:see")
def reveal(case_id: int, person_id: int) -> ResponseReturnValue:
    """One person in full, for a minute: a part of the page, or a page of its own without script."""
    row = revealed(case_id, person_id, user())
    if row is None:
        abort(404)
    part = "HX-Request" in request.headers
    return render_template(
        "matters/_person.html" if part else "matters/person.html", row=row, case_id=case_id, seconds=SHOWN_SECONDS
    )
