"""The case page and its files."""

from flask import abort, current_app, jsonify, render_template, request, send_file
from flask.typing import ResponseReturnValue

from petitions import clock
from petitions.access import audit
from petitions.access.gate import user
from petitions.cases import queries, readings
from petitions.cases.calendar import load_calendar
from petitions.cases.filekinds import viewer_of
from petitions.cases.files import Store
from petitions.cases.history import Sort
from petitions.cases.page import carried_in, case_page
from petitions.cases.places import place_of
from petitions.cases.views import bp
from petitions.settings import Settings
from petitions.web.permits import permits

__all__ = ["bp"]

_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A file opened by itself runs nothing, asks nothing and belongs to no origin."""

_READABLE = "default-src 'none'; object-src 'self'; plugin-types application/pdf; frame-ancestors 'self'"
"""A PDF on the case page: the browser's own viewer refuses to work in a sandbox, and runs none of the file's scripts."""


def number_in(name: str) -> int:
    """A number of the address; 0 where there is none."""
    given = request.args.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 16 else 0


@bp.get("/cases/<int:case_id>")
@permits("case:see")
def show(case_id: int) -> ResponseReturnValue:
    """One case: what is asked, where it stands, what may be done now, and how it came there."""
    sort = request.args.get("show", "")
    page = case_page(
        case_id, user(), sort=Sort(sort) if sort in set(Sort) else Sort.ALL, before=number_in("before") or None,
        file=number_in("file"), done=number_in("done"), carried=carried_in(request.args),
    )  # fmt: skip
    if page is None:
        abort(404)
    audit.looked_at(case_id)
    part = request.headers.get("HX-Target") == "course-older"
    return render_template("cases/_course.html" if part else "cases/show.html", page=page, case=page.case)


@bp.get("/cases/<int:case_id>/place")
@permits("case:see")
def place(case_id: int) -> ResponseReturnValue:
    """上一件 and 下一件 in the list the case was opened from: a part of the page, asked for once it is shown."""
    return render_template("cases/_place.html", place=place_of(case_id, user(), request.args))


@bp.get("/cases/<int:case_id>/deadlines.json")
@permits("case:see")
def deadlines(case_id: int) -> ResponseReturnValue:
    """The clocks of a case for a script, each with the sentence that explains it."""
    case = queries.find(case_id, user()) or abort(404)
    audit.looked_at(case_id)
    calendar, today = load_calendar(), clock.today()
    rows = [readings.as_json(row, today, calendar) for row in case.deadlines]
    return jsonify({"number": case.number, "deadlines": rows})


@bp.get("/cases/<int:case_id>/files/<int:file_id>")
@permits("case:see")
def file(case_id: int, file_id: int) -> ResponseReturnValue:
    """The bytes of a file: to be saved, or, for a PDF asked for with ?view=1, shown in a frame of the case page."""
    found = queries.attachment(case_id, file_id, user())
    settings: Settings = current_app.config["SETTINGS"]
    path = Store(settings.files_dir).path(found.sha256) if found is not None else None
    if found is None or path is None or not path.is_file():
        abort(404)
    audit.saw("file:open", found, case_id=case_id)
    in_frame = viewer_of(found.media_type) == "pdf" and "view" in request.args
    answer = send_file(
        path, mimetype=found.media_type, as_attachment=not in_frame, download_name=found.name, conditional=True,
        etag=found.sha256, max_age=0,
    )  # fmt: skip
    answer.headers["Content-Security-Policy"] = _READABLE if in_frame else _SANDBOX
    answer.headers["X-Frame-Options"] = "SAMEORIGIN" if in_frame else "DENY"
    answer.headers["Cache-Control"] = "no-store"
    return answer
