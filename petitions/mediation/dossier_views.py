"""卷宗 of a mediation: its page, and the whole of it as one download. For its mediators and the chair alone."""

from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from petitions import db
from petitions.access import audit
from petitions.access.gate import user
from petitions.access.policy import may
from petitions.cases import packing, panels, queries
from petitions.cases.files import Store
from petitions.mediation.dossier import items_of
from petitions.mediation.dossier_page import dossier_page
from petitions.mediation.dossier_parts import LEAVES
from petitions.mediation.models import Mediation
from petitions.mediation.retention import term_of
from petitions.mediation.workflow import FLOW
from petitions.settings import Settings
from petitions.web.permits import permits
from petitions.words import NotPermitted, Refused, say

bp = Blueprint("mediation_dossier", __name__, url_prefix="/mediations")


def _found(case_id: int) -> Mediation:
    case = queries.for_page(case_id, user())
    if not isinstance(case, Mediation) or case.state in FLOW.after("dispose"):
        abort(404)
    panels.furniture[case.kind].load(case)
    return case


@bp.get("/<int:case_id>/dossier")
@permits("case:see")
def show(case_id: int) -> ResponseReturnValue:
    """What it holds in its order, what it lacks, how long it is kept."""
    mediation = _found(case_id)
    audit.looked_at(case_id)
    takes = may(user(), "mediation:mediate", mediation) and not mediation.sealed
    return render_template("mediation/dossier.html", page=dossier_page(mediation, user()), takes=takes)


@bp.get("/<int:case_id>/dossier.zip")
@permits("case:see")
def download(case_id: int) -> ResponseReturnValue:
    """The whole dossier, of an open case as it stands today; written down before it leaves."""
    mediation = _found(case_id)
    if not may(user(), "mediation:mediate", mediation):
        raise NotPermitted(say("卷宗由本案的调解员或者调委会主任下载"))
    if mediation.sealed:
        raise Refused(say("已按检举控告保密，卷宗不能下载（《信访工作条例》第30条）"))
    settings: Settings = current_app.config["SETTINGS"]
    term = term_of(mediation.retention, db.mediation_retention_years())
    kept = packing.Kept(term.years, f"{term.label}；{term.source}" if mediation.retention else "")
    covers = [paper for kind in LEAVES for paper in mediation.papers if paper.kind == kind]
    parts = packing.parts_of(mediation, covers, items_of(mediation), {}, Store(settings.files_dir), kept)
    audit.saw("file:take_out", mediation, after={"cases": 1})
    on = max((paper.issued_on for paper in mediation.documents), default=mediation.received_on)
    answer = Response(packing.stream(parts, on), mimetype="application/zip")
    name = f"{mediation.number}-卷宗.zip"
    answer.headers["Content-Disposition"] = f"attachment; filename=dossier.zip; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
