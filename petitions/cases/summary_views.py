"""下级概览: the list and the page of a superior (docs/permissions.md, `case:summary`)."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access import audit
from petitions.access.gate import user
from petitions.cases import summary
from petitions.cases.facets import CLOCKS, chosen_from, states
from petitions.cases.views import bp
from petitions.web.inputs import options
from petitions.web.permits import permits
from petitions.words import FieldErrors

__all__ = ["bp"]


@bp.get("/summaries")
@permits("summary:list")
def summaries() -> ResponseReturnValue:
    """What lies with the units below, by number, stage and clock."""
    chosen = chosen_from({name: request.args.get(name, "") for name in summary.ASKED}, ())
    after, errors = request.args.get("after", ""), {}
    try:
        page = summary.page(user(), chosen, after)
    except FieldErrors as refusal:
        errors, page = dict(refusal.errors), summary.Page((), None)
    args: dict[str, Any] = dict(chosen.values)
    older = url_for("cases.summaries", **args, after=str(page.older)) if page.older else None
    first = url_for("cases.summaries", **args) if after else None
    return render_template(
        "cases/summaries.html", page=page, chosen=chosen, errors=errors, units=summary.units_below(user()),
        states=states(user()), clocks=options(CLOCKS), older_url=older, first_url=first,
    ), 422 if errors else 200  # fmt: skip


@bp.get("/cases/<int:case_id>/summary")
@permits("summary:list")
def one_summary(case_id: int) -> ResponseReturnValue:
    """One case below: that there is one and how it stands."""
    found = summary.one(case_id, user())
    if found is None:
        abort(404)
    audit.saw("case:summary", case_id=case_id)
    return render_template("cases/summary.html", one=found[0], clocks=found[1])
