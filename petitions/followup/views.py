"""回访, 办结 and 归档."""

from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from petitions.access import audit
from petitions.access.gate import user
from petitions.access.policy import may
from petitions.cases import packing, panels, queries
from petitions.cases.files import Store
from petitions.followup import archive, package
from petitions.followup.queries import listed
from petitions.matters.models import Matter
from petitions.matters.retention import term_of
from petitions.settings import Settings
from petitions.web.permits import permits
from petitions.words import NotPermitted, say

bp = Blueprint("followup", __name__)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@bp.get("/followup")
@permits("visit:list")
def due() -> ResponseReturnValue:
    """What is still to be done after the answer, by stage."""
    settings = _settings()
    shown = listed(user(), request.args.get("stage", ""), settings.visit_after_days)
    return render_template("followup/due.html", listed=shown, settings=settings)


@bp.get("/archive")
@permits("visit:list")
def shelf() -> ResponseReturnValue:
    """Files that are ready, that lack something, that lie in the archive."""
    shown = archive.shelf(user(), request.args.get("tab", ""), _settings().retention_years)
    return render_template("followup/archive.html", shelf=shown, tabs_of=archive.TABS)


@bp.get("/archive/<int:case_id>")
@permits("case:see")
def dossier(case_id: int) -> ResponseReturnValue:
    """One file: what it holds in its order, what it lacks, how long it is kept."""
    found = archive.dossier(case_id, user(), _settings().retention_years)
    if found is None:
        abort(404)
    audit.looked_at(case_id)
    return render_template("followup/dossier.html", dossier=found, takes=may(user(), "case:take_out", found.matter))


@bp.get("/archive/<int:case_id>/dossier.zip")
@permits("case:see")
def download(case_id: int) -> ResponseReturnValue:
    """The whole file as one download, with a manifest; written down before it leaves."""
    matter = queries.for_page(case_id, user())
    if not isinstance(matter, Matter):
        abort(404)
    if not may(user(), "case:take_out", matter):
        raise NotPermitted(say("案卷由登记单位下载"))
    settings = _settings()
    term = term_of(matter.nature, matter.outcome, settings.retention_years)
    words = panels.furniture[matter.kind].words(matter, user()) if matter.sealed else {}
    parts = package.parts_of(matter, user(), words, Store(settings.files_dir), term)
    audit.saw("file:take_out", matter, after={"cases": 1})
    on = max(paper.issued_on for paper in matter.documents)
    answer = Response(packing.stream(parts, on), mimetype="application/zip")
    name = f"{matter.number}-案卷.zip"
    answer.headers["Content-Disposition"] = f"attachment; filename=dossier.zip; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
