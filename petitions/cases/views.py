"""The workbench, the case list and the search; the case page, its acts and batches stand in files of their own."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from petitions.access import audit, delegation
from petitions.access.gate import user
from petitions.cases import finding
from petitions.cases.facets import chosen_from
from petitions.cases.list_page import list_page
from petitions.cases.listing import SORTS
from petitions.cases.places import carried
from petitions.cases.rows import rows
from petitions.cases.workbench import board, is_first_run
from petitions.web.permits import permits

bp = Blueprint("cases", __name__)


@bp.get("/")
@permits("page:own")
def workbench() -> ResponseReturnValue:
    """What is to be done today."""
    cards = board(user())
    idle = bool(cards) and not any(card.gathered.total for card in cards)
    return render_template(
        "cases/workbench.html", cards=cards, first_run=idle and is_first_run(user()), carried=carried,
        standing=delegation.standing(user()).now,
    )  # fmt: skip


@bp.get("/cases")
@permits("case:list")
def index() -> ResponseReturnValue:
    """The list of cases."""
    page = list_page(user(), chosen_from(request.args, SORTS), request.args)
    return render_template("cases/index.html", page=page, sorts=SORTS, errors=page.errors), 422 if page.errors else 200


@bp.get("/search")
@permits("case:list")
def search() -> ResponseReturnValue:
    """Find a case while the person waits."""
    typed = request.args.get("q", "")
    groups = finding.found(typed, user())
    shown = rows(sorted({hit.case_id for group in groups for hit in group.hits}), user())
    if typed:
        audit.saw("case:search", after={"found": len(shown)})  # never what was sought: it is somebody's name
    return render_template(
        "cases/search.html", typed=finding.Asked(typed).line, groups=groups, rows={row.id: row for row in shown},
        highlight=finding.highlight,
    )  # fmt: skip
