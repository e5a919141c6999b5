"""我的调解, the form that opens a mediation (M1, M2), and who its parties are."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access.gate import user
from petitions.cases import checks
from petitions.cases.perform import row_of, why_not
from petitions.cases.uploads import Uploads
from petitions.mediation import form, identity, parties, queries, who
from petitions.mediation.models import Mediation, Party
from petitions.mediation.next_session import has_lapsed
from petitions.mediation.opening import OPENINGS
from petitions.web.permits import permits
from petitions.words import FieldErrors, NotPermitted, Refused

bp = Blueprint("mediation", __name__)


@bp.get("/mediations")
@permits("mediation:list")
def index() -> ResponseReturnValue:
    """The mediations by stage, the most urgent first."""
    desk = queries.desk(user(), request.args.get("stage", ""), request.args.get("whose", ""))
    return render_template("mediation/index.html", desk=desk, lapsed=has_lapsed, parties_of=queries.parties_of)


@bp.get("/mediations/new")
@permits("mediation:register")
def new() -> ResponseReturnValue:
    """The empty form."""
    way = request.args.get("way", "")
    values = {**form.blank(), **({"way": way} if way in OPENINGS else {})}
    return _page(values, form.nobody(), form.new_submission())


@bp.post("/mediations/new")
@permits("mediation:register")
def create() -> ResponseReturnValue:
    """Open the case. Whatever is refused comes back with everything that was typed."""
    submission, (values, people) = form.submission_of(request.form), form.typed(request.form)
    uploads = Uploads(current_app.config["SETTINGS"], user())
    files, errors = uploads.keep(request.files.getlist("files"), request.form.getlist("kept"))
    notes, then = uploads.noted(files), request.form.get("then", "")
    if then:
        # Without script: another block, or the fields of the way that was chosen.
        return _page(values, [*people, dict(form.USUAL)] if then == "more" else people, submission, notes=notes)
    try:
        if errors:
            raise FieldErrors(errors)
        mediation = form.send(values, people, files, user(), submission)
    except FieldErrors as refusal:
        return _page(values, people, submission, refusal.errors, notes), 422
    except NotPermitted as refusal:
        return _page(values, people, submission, {"": refusal.sentence}, notes), 403
    except Refused as refusal:
        return _page(values, people, submission, {"": refusal.sentence}, notes), 409
    return redirect(url_for("cases.show", case_id=mediation.id))


def _page(
    values: Mapping[str, Any], people: Sequence[Mapping[str, str]], submission: str, errors: Mapping[str, str] | None = None,
    notes: Sequence[tuple[str, str]] = (),
) -> str:  # fmt: skip
    page = form.Page(submission, values, people, errors or {}, notes)
    return render_template(
        "mediation/new.html", page=page, errors=page.errors, asked=form.asked(values, user()), person_inputs=form.PERSON,
        always=form.ALWAYS, choices=form.CHOICES, ways=form.WAYS, way=form.WAY, received=form.RECEIVED, most=form.MOST_PARTIES,
    )  # fmt: skip


# --- parties ---------------------------------------------------------------------------------------------------------


@bp.post("/mediations/<int:case_id>/parties/<int:party_id>/reveal")
@permits("case:see")
def reveal(case_id: int, party_id: int) -> ResponseReturnValue:
    """One party in full, for a minute: a part of the page, or a page of its own without script."""
    try:
        row = identity.revealed(case_id, party_id, user(), request.form.get("reason", ""))
    except (FieldErrors, Refused) as refusal:
        if "HX-Request" in request.headers:
            answer = render_template("matters/_refused.html", sentence=refusal.sentence)
            return answer, 422, {"HX-Reswap": "beforeend"}
        flash(refusal.sentence, "warning")
        return redirect(url_for("cases.show", case_id=case_id, _anchor="parties"))
    if row is None:
        abort(404)
    part = "HX-Request" in request.headers
    return render_template(
        "mediation/_party.html" if part else "mediation/party_shown.html", row=row, case_id=case_id,
        seconds=identity.SHOWN_SECONDS,
    )  # fmt: skip


@bp.get("/mediations/<int:case_id>/parties/new")
@permits("case:see")
def add_party(case_id: int) -> ResponseReturnValue:
    """The empty form for one more party."""
    case = _asked(case_id, "add_party")
    return _party_page(case, None, {"side": "respondent", **form.USUAL})


@bp.post("/mediations/<int:case_id>/parties/new")
@permits("case:see")
def enter_party(case_id: int) -> ResponseReturnValue:
    """One more party."""
    case, typed = _asked(case_id, "add_party"), _typed_party()
    try:
        parties.add(case, typed, user(), f"{form.submission_of(request.form)}-{case.id}")
    except FieldErrors as refusal:
        return _party_page(case, None, typed, refusal.errors), 422
    return redirect(url_for("cases.show", case_id=case.id, _anchor="parties"))


@bp.get("/mediations/<int:case_id>/parties/<int:party_id>")
@permits("case:see")
def correct_party(case_id: int, party_id: int) -> ResponseReturnValue:
    """The form that puts right who a party is; what is locked is not shown in it."""
    case, party = _asked(case_id, "correct_party"), _party(case_id, party_id)
    return _party_page(case, party, {"kind": party.kind, "name": party.name, **party.details})


@bp.post("/mediations/<int:case_id>/parties/<int:party_id>")
@permits("case:see")
def put_party_right(case_id: int, party_id: int) -> ResponseReturnValue:
    """Put it right; what was left empty of the locked words stays."""
    case, party, typed = _asked(case_id, "correct_party"), _party(case_id, party_id), _typed_party()
    try:
        parties.correct(case, party, typed, request.form.get("reason", ""), user())
    except FieldErrors as refusal:
        return _party_page(case, party, typed, refusal.errors), 422
    return redirect(url_for("cases.show", case_id=case.id, _anchor="parties"))


def _asked(case_id: int, action: str) -> Mediation:
    """The case, if this person may see it and do this on it now."""
    case = identity.seen(case_id, user())
    if case is None:
        abort(404)
    row = row_of(case, action, user())
    reason = why_not(user(), row, case)
    if reason:
        raise Refused(reason)
    return case


def _party(case_id: int, party_id: int) -> Party:
    found = identity.find(case_id, party_id, user())
    if found is None or found[1].left_on is not None:
        abort(404)
    return found[1]


def _typed_party() -> dict[str, str]:
    names = (*form.PERSON, "reason")
    return {name: checks.visible(request.form.get(name, "")) for name in names}


def _party_page(
    case: Mediation, party: Party | None, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> str:
    url = url_for("mediation.put_party_right", case_id=case.id, party_id=party.id) if party else url_for(
        "mediation.enter_party", case_id=case.id
    )  # fmt: skip
    return render_template(
        "mediation/party.html", case=case, party=party, values=values, errors=errors or {}, url=url, form_id=form.new_submission(),
        person_inputs=form.PERSON, always=form.ALWAYS, choices=form.CHOICES, reason=form.REASON,
        masks=list(who.masked(party).values()) if party else [],
    )  # fmt: skip


# --- without a network -----------------------------------------------------------------------------------------------


@bp.get("/mediations/offline")
@permits("mediation:register")
def offline() -> ResponseReturnValue:
    """The page that a telephone lays by for where there is no network. It says nothing of any case."""
    return render_template("mediation/offline.html")


@bp.get("/mediations/offline-worker.js")
@permits("mediation:register")
def offline_worker() -> ResponseReturnValue:
    """The script that answers with that page; it may do so for the pages of cases and for nothing else."""
    answer = current_app.send_static_file("js/offline-worker.js")
    answer.headers["Service-Worker-Allowed"] = "/cases/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
