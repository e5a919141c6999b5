"""The counter: register a petition, see suspected repeats while typing, keep drafts, hand out the receipt."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from petitions.access import audit
from petitions.access.gate import user
from petitions.access.models import User
from petitions.cases.perform import perform
from petitions.cases.uploads import Uploads
from petitions.intake import candidates, drafts, form, receipts
from petitions.intake.notice import notice
from petitions.matters.consistency import is_confidential
from petitions.matters.fields import FIELDS
from petitions.matters.models import Petition
from petitions.matters.register import check, register
from petitions.matters.suspicion import Signs, hints
from petitions.settings import Settings
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, Sentence, say

bp = Blueprint("intake", __name__)

_PETITION = "/petitions/<int:petition_id>"


@bp.get("/register")
@permits("petition:register")
def new() -> ResponseReturnValue:
    """The form: empty, or a draft taken up again; after another petition, with its number on top."""
    wanted = request.args.get("draft", "")
    draft = drafts.find(user(), wanted) if form.is_submission(wanted) else None
    if wanted and draft is None:
        flash(say("这份草稿已登记或已丢弃"), "info")
    values = draft.data if draft else form.blank(request.args.get("channel") or session.get("channel", ""))
    return _page(values, draft.submission if draft else form.new_submission())


@bp.post("/register")
@permits("petition:register")
def create() -> ResponseReturnValue:
    """Register what was typed; the same form sent twice is one petition and shows the same receipt."""
    person, submission = user(), form.submission_of(request.form)
    values, then = form.typed(request.form), request.form.get("then") or request.form.get("meant", "")
    if request.form.get("decided") == "accusation":
        values["purpose"] = form.accusing()
    uploads = Uploads(_settings(), person)
    files, errors = uploads.keep(request.files.getlist("files"), request.form.getlist("kept"))
    notes = uploads.noted(files)
    if then == "suspects":
        return _page(values, submission, notes=notes)
    undecided = _undecided(values, request.form.get("decided", ""))
    if undecided:
        asked = {**errors, **_faults(values), "decided": say("这一件像检举控告，先决定是不是，再保存")}
        return _page(values, submission, asked, notes, undecided), 422
    try:
        petition = _register(values, files, errors, submission)
    except FieldErrors as refusal:
        return _page(values, submission, refusal.errors, notes), 422
    except Refused as refusal:
        return _page(values, submission, {"": refusal.sentence}, notes), 409
    drafts.settle(person, submission)
    session["channel"] = petition.channel
    return redirect(_after(then, petition, values, submission))


def _register(values: form.Typed, files: list[dict[str, Any]], errors: Mapping[str, str], submission: str) -> Petition:
    """One petition with its files; raises FieldErrors with those of the files, the crowd and the fields together."""
    person = user()
    errors = {**form.unelected(values, _settings().collective_from), **errors}
    if errors:
        raise FieldErrors({**_faults(values), **errors})
    petition = register(values, person, submission=submission)
    if files:
        # The act has an id of its own, so that a form that arrives twice adds its files once.
        perform(petition.matter, "attach", {"files": files}, person, submission=f"{submission}-files")
    return petition


def _faults(values: form.Typed) -> Mapping[str, str]:
    """What is wrong with the fields, by field."""
    try:
        check(values, user())
    except FieldErrors as refusal:
        return refusal.errors
    return {}


def _undecided(values: form.Typed, decided: str) -> list[Sentence]:
    """Why somebody has to say whether this is an accusation; nothing when they have, or when nothing suggests it."""
    if decided in ("accusation", "ordinary") or is_confidential(str(values.get("purpose", ""))):
        return []
    told = "\n".join(str(values.get(name, "")) for name in ("title", "text", "claims"))
    signs = Signs.of(_settings())
    return hints(signs, told, str(values.get("class_code", "")), str(values.get("respondent", "")))


def _after(then: str, petition: Petition, values: form.Typed, submission: str) -> str:
    """Where the clerk goes next: the receipt to print, the next form with the same people, or the number."""
    if then == "print":
        return url_for("intake.receipt", petition_id=petition.id, print="1")
    if then == "next":
        kept = {name: values[name] for name in (*form.PEOPLE, "channel", "received_on") if name in values}
        following = drafts.save(user(), form.next_submission(submission), {**form.blank(), **kept})
        return url_for("intake.new", draft=following.submission if following else None, after=petition.id)
    return url_for("intake.done", petition_id=petition.id)


def _page(
    values: form.Typed,
    submission: str,
    errors: Mapping[str, str] | None = None,
    notes: Sequence[tuple[str, str]] = (),
    undecided: Sequence[Sentence] = (),
) -> str:
    person, after = user(), request.args.get("after", "")
    choices = form.choices(person)
    return render_template(
        "intake/register.html",
        page=form.Page(values, choices, submission, errors or {}, form.places(person), notes),
        fields=form.ASKED,
        files=FIELDS["files"],
        particulars=form.particulars(),
        errors=errors or {},
        drafts=drafts.mine(person, but=submission),
        after=receipts.find(int(after), person) if after.isdecimal() and len(after) < 10 else None,
        collective_from=_settings().collective_from,
        notice=notice(person.unit, _settings()),
        undecided=undecided,
        decided=request.form.get("decided", ""),
        meant=request.form.get("then") or request.form.get("meant", ""),
        confidential=[choice.value for choice in choices["purpose"] if is_confidential(choice.value)],
        **_suspected(values, person),
    )


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@bp.post("/register/suspects")
@permits("petition:register", reads=True)
def suspects() -> ResponseReturnValue:
    """The panel of suspected repeats for what is typed so far. A POST, so that no name stands in an address."""
    return render_template("intake/_suspects.html", partial=True, **_suspected(form.typed(request.form), user()))


def _suspected(values: form.Typed, person: User) -> Mapping[str, Any]:
    question = candidates.asked(values, person)
    found = candidates.candidates(question, values, person) if question else []
    audit.looked_at(*(one.matter.id for one in found))
    chosen = str(values.get("joins") or "")
    return {
        "asked": question is not None,
        "candidates": found,
        # What was chosen before stays chosen as long as it is still offered.
        "joins": chosen if any(one.matter.number == chosen and not one.why_not for one in found) else "",
    }


@bp.post("/register/draft")
@permits("petition:register")
def save_draft() -> ResponseReturnValue:
    """Keep what is typed so far; the page shows the time that comes back."""
    submission = request.form.get("submission", "")
    if not form.is_submission(submission):
        abort(400)
    kept = drafts.save(user(), submission, form.typed(request.form))
    return {"draft": kept.submission, "at": kept.saved_at.strftime("%H:%M:%S")} if kept else {}


@bp.post("/register/draft/discard")
@permits("petition:register")
def discard_draft() -> ResponseReturnValue:
    """Throw a draft away."""
    if drafts.discard(user(), request.form.get("draft", "")):
        flash(say("草稿已丢弃"), "success")
    return redirect(url_for("intake.new"))


@bp.get(_PETITION)
@permits("case:see")
def done(petition_id: int) -> ResponseReturnValue:
    """What was registered: number, query code, what comes next. Reloading shows the same and registers nothing."""
    return render_template("intake/done.html", receipt=_found(petition_id))


@bp.get(_PETITION + "/receipt")
@permits("case:see")
def receipt(petition_id: int) -> ResponseReturnValue:
    """The receipt, half a page of A4."""
    found = _found(petition_id)
    audit.saw("receipt:print", found.petition, case_id=found.petition.matter_id)
    told = notice(found.petition.office, _settings())
    return render_template("intake/receipt.html", receipt=found, notice=told)


def _found(petition_id: int) -> receipts.Receipt:
    found = receipts.find(petition_id, user())
    if found is None:
        abort(404)
    return found
