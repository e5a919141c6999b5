"""The workbench, the case list and the search; the case page, its acts and batches stand in files of their own."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access import audit, delegation
from petitions.access.covered import cover, uncover
from petitions.access.gate import user
from petitions.access.policy import may
from petitions.cases import finding
from petitions.cases.calendar import awaited
from petitions.cases.facets import WORDS, Chosen, chosen_from
from petitions.cases.list_page import list_page
from petitions.cases.listing import SORTS
from petitions.cases.places import carried, chosen_of, list_url
from petitions.cases.rows import rows
from petitions.cases.workbench import board, is_first_run
from petitions.web.permits import permits

bp = Blueprint("cases", __name__)


@bp.get("/")
@permits("page:own")
def workbench() -> ResponseReturnValue:
    """What is to be done today."""
    cards = board(user())
    idle = bool(cards) and not any(card.gathered.total or card.elsewhere for card in cards)
    return render_template(
        "cases/workbench.html", cards=cards, first_run=idle and is_first_run(user()), carried=carried,
        standing=delegation.standing(user()).now, awaited=awaited() if may(user(), "calendar:manage") else None,
    )  # fmt: skip


@bp.get("/cases")
@permits("case:list")
def index() -> ResponseReturnValue:
    """The list of cases."""
    page = list_page(user(), chosen_of(request.args), request.args)
    return render_template(
        "cases/index.html", page=page, sorts=SORTS, errors=page.errors,
        view_url=lambda view: list_url(chosen_from(view.args, SORTS)),
    ), 422 if page.errors else 200  # fmt: skip


@bp.post("/cases")
@permits("case:list", reads=True)
def narrow() -> ResponseReturnValue:
    """Go to the list that the form asks for; what was typed goes there covered."""
    return redirect(list_url(chosen_from(request.form, SORTS)), 303)


@bp.get("/search")
@permits("case:list")
def search() -> ResponseReturnValue:
    """Find a case while the person waits."""
    typed = uncover(request.args.get(WORDS, ""))
    groups = finding.found(typed, user())
    shown = rows(sorted({hit.case_id for group in groups for hit in group.hits}), user())
    if typed:
        audit.saw("case:search", after={"found": len(shown)})  # never what was sought: it is somebody's name
    return render_template(
        "cases/search.html", typed=finding.Asked(typed).line, groups=groups, rows={row.id: row for row in shown},
        highlight=finding.highlight, chosen=Chosen({WORDS: typed}), carried=carried, list_url=list_url,
    )  # fmt: skip


@bp.post("/search")
@permits("case:list", reads=True)
def look_up() -> ResponseReturnValue:
    """Go to what is found for the words; they go there covered."""
    return redirect(url_for("cases.search", q=cover(finding.Asked(request.form.get(WORDS, "")).line)), 303)
