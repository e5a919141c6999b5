"""回访, 办结 and 归档."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access.gate import user
from petitions.followup.batch import ACTS, do_each
from petitions.followup.queries import STAGES, listed
from petitions.web.permits import permits
from petitions.words import say

bp = Blueprint("followup", __name__)


@bp.get("/followup")
@permits("visit:list")
def due() -> ResponseReturnValue:
    """What is still to be done after the answer, by stage."""
    return render_template("followup/due.html", listed=listed(user(), request.args.get("stage", "")))


@bp.post("/followup")
@permits("visit:list")
def batch() -> ResponseReturnValue:
    """Conclude or archive the ticked matters; what cannot be done is named with its reason."""
    stage, action = request.form.get("stage", ""), request.form.get("do", "")
    back = redirect(url_for("followup.due", stage=stage if stage in STAGES else None))
    chosen = [int(given) for given in request.form.getlist("case") if given.isdecimal() and len(given) < 10]
    if action not in ACTS or not chosen:
        flash(say("先勾选要一起办理的件"), "warning")
        return back
    made = do_each(chosen, action, user())
    if made.done:
        flash(say("已办理{count}件", count=len(made.done)), "success")
    for number, reason in made.refused[:10]:
        flash(say("{number}没有办理：{reason}", number=number, reason=reason), "warning")
    if len(made.refused) > 10:
        flash(say("还有{count}件没有办理", count=len(made.refused) - 10), "warning")
    return back
