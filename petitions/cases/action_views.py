"""One route for every act of every kind of case: its form, its preview, the act itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.exc import StaleDataError

from petitions import clock
from petitions.access import audit
from petitions.access.gate import user
from petitions.access.views import safe_next
from petitions.cases import act_drafts, history, panels, queries
from petitions.cases.act_form import Sent, act_form, issues, said
from petitions.cases.fields import from_form
from petitions.cases.kinds import kind_of
from petitions.cases.models import Case, Event
from petitions.cases.page import carried_in
from petitions.cases.perform import perform, row_of, why_not
from petitions.cases.preview import drafts
from petitions.cases.uploads import FIELD, Uploads
from petitions.cases.views import bp
from petitions.documents.face import Face
from petitions.flow import Action
from petitions.web.permits import permits
from petitions.words import FieldErrors, NotPermitted, Refused, Sentence, Stale, say

__all__ = ["bp"]


def _asked(case_id: int, action: str, *, bare: bool = False) -> tuple[Case, Action]:
    """The case, if this person may see it, and the row of the table; otherwise not found. `bare`: no page is drawn."""
    case = queries.bare(case_id, user()) if bare else queries.for_page(case_id, user())
    row = kind_of(case).flow.action.get(action) if case is not None else None
    if case is None or row is None or row.opens:
        abort(404)
    if not bare:
        panels.furniture[case.kind].load(case)
    return case, row


@bp.get("/cases/<int:case_id>/<action>")
@permits("case:see")
def act(case_id: int, action: str) -> ResponseReturnValue:
    """The form of an act that may be done now; otherwise the reason why not."""
    case, row = _asked(case_id, action)
    row_of(case, action, user())
    history.latest_of_each(case.id)
    reason = why_not(user(), row, case)
    if reason:
        raise Refused(reason)
    audit.looked_at(case_id)
    kept = act_drafts.find(case, action, user())
    form = act_form(
        case, user(), row, Sent.of(request.args), typed=kept.data if kept else None, given=request.args,
        saved_at=kept.saved_at if kept else None,
    )  # fmt: skip
    return render_template("cases/act.html", case=case, form=form, errors={})


@bp.post("/cases/<int:case_id>/<action>")
@permits("case:see")
def perform_act(case_id: int, action: str) -> ResponseReturnValue:
    """Do it: one verb. Whatever is refused comes back with everything that was typed."""
    case, row = _asked(case_id, action)
    typed, brought = _typed(case, row), Brought()
    try:
        event = _carried_out(case, row, typed, brought)
    except FieldErrors as refusal:
        return _again(case, row, typed, brought, refusal.errors), 422
    except (Stale, StaleDataError):
        return _conflict(case, row, typed, brought, _what_changed(case)), 409
    except NotPermitted as refusal:
        return _conflict(case, row, typed, brought, refusal.sentence), 403
    except Refused as refusal:
        if case.state in row.sources:
            return _again(case, row, typed, brought, {"": refusal.sentence}), 409
        return _conflict(case, row, typed, brought, refusal.sentence), 409
    return _onwards(case, row, event.id)


@bp.post("/cases/<int:case_id>/<action>/preview")
@permits("case:see")
def preview(case_id: int, action: str) -> ResponseReturnValue:
    """What would be issued: a part of the page, or the whole form again without script."""
    case, row = _asked(case_id, action)
    row_of(case, action, user())
    typed, brought = _typed(case, row), Brought()
    part = "HX-Request" in request.headers
    if not part:
        _bring(case, row, brought)
    papers: Sequence[Face] = ()
    hindrance: str = ""
    if issues(row):
        try:
            papers = drafts(case, action, typed, user())
        except FieldErrors as refusal:
            hindrance = say("填好这些再预览：{missing}", missing="；".join(refusal.errors.values()))
        except Refused as refusal:
            hindrance = refusal.sentence
    form = act_form(case, user(), row, Sent.of(request.form), typed=typed, drafts=papers, hindrance=hindrance)
    return render_template(
        "cases/_beside.html" if part else "cases/act.html", case=case, form=form, errors=brought.refused,
        notes=brought.notes,
    )  # fmt: skip


@bp.post("/cases/<int:case_id>/<action>/draft")
@permits("case:see")
def keep_draft(case_id: int, action: str) -> ResponseReturnValue:
    """Remember what is being typed; answered for the script that asks every few seconds."""
    case, row = _asked(case_id, action, bare=True)
    if not act_drafts.is_kept(kind_of(case), row):
        abort(404)
    at = act_drafts.keep(case, action, user(), _typed(case, row))
    return {"at": at.strftime("%H:%M")}


@bp.post("/cases/<int:case_id>/<action>/discard")
@permits("case:see")
def discard_draft(case_id: int, action: str) -> ResponseReturnValue:
    """Begin anew with the empty form."""
    case, _ = _asked(case_id, action, bare=True)
    act_drafts.drop(case, action, user())
    sent = Sent.of(request.form)
    return redirect(
        url_for("cases.act", case_id=case.id, action=action, list=sent.list or None, next=sent.next or None)
    )


@dataclass
class Brought:
    """The files of a form: stored, each with the note by which the form that comes back carries it."""

    files: list[dict[str, Any]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """The sentence about those that cannot be taken."""


def _carried_out(case: Case, row: Action, typed: Mapping[str, Any], brought: Brought) -> Event:
    _bring(case, row, brought)
    if brought.refused:
        raise FieldErrors(brought.refused)
    files = {FIELD: brought.files} if FIELD in row.fields else {}
    event = perform(case, row.name, {**typed, **files}, user(), version=_version(row), submission=_submission(case))
    act_drafts.drop(case, row.name, user())
    return event


def _typed(case: Case, row: Action) -> dict[str, Any]:
    return from_form([kind_of(case).fields[name] for name in row.fields], request.form)


def _bring(case: Case, row: Action, brought: Brought) -> None:
    """Store the uploaded files. Nothing is stored for an act that is not open: the door says why."""
    if FIELD not in row.fields or case.state not in row.sources:
        return
    row_of(case, row.name, user())
    uploads = Uploads(current_app.config["SETTINGS"], user())
    brought.files, brought.refused = uploads.keep(request.files.getlist(FIELD), request.form.getlist("kept"))
    brought.notes = uploads.noted(brought.files)


def _submission(case: Case) -> str | None:
    """The form's own id, bound to its case; anything but what our pages send is none."""
    given = request.form.get("submission", "")
    return f"{given}-{case.id}" if re.fullmatch("[0-9a-f]{32}", given) else None


def _version(row: Action) -> int | None:
    """What the page showed. A remark or a file beside the course contradicts nobody, so it is never stale."""
    given = request.form.get("version", "")
    changes = row.target or row.effect or row.document or row.extends
    return int(given) if changes and given.isdecimal() and len(given) < 10 else None


def _again(case: Case, row: Action, typed: Mapping[str, Any], brought: Brought, errors: Mapping[str, str]) -> str:
    form = act_form(case, user(), row, Sent.of(request.form), typed=typed, errors=errors)
    return render_template("cases/act.html", case=case, form=form, errors=errors, notes=brought.notes)


def _what_changed(case: Case) -> Sentence:
    latest = max(history.latest_of_each(case.id).values(), key=lambda event: event.id)
    row = kind_of(case).flow.action.get(latest.action)
    return say(
        "{who}在{time}已办理“{action}”。你填写的内容还在下方，对照后再保存", who=latest.who,
        time=latest.recorded_at.astimezone(clock.ZONE).strftime("%H:%M"), action=say(row.label) if row else latest.action,
    )  # fmt: skip


def _conflict(case: Case, row: Action, typed: Mapping[str, Any], brought: Brought, sentence: str) -> str:
    """Both texts, and a way to send one's own once more where the act is still open."""
    present = panels.furniture[case.kind].present.get(row.name)
    again = None
    if _still_open(case, row):
        fields = [pair for pair in request.form.items(multi=True) if pair[0] not in ("csrf_token", "version", "kept")]
        files = [("kept", note) for _, note in brought.notes]
        again = {"url": request.path, "fields": [*fields, *files, ("version", str(case.version))]}
    return render_template(
        "errors/409.html", sentence=sentence, mine=said(case, user(), row, typed), again=again,
        theirs=said(case, user(), row, present(case, user())) if present else {},
        back_url=url_for("cases.show", case_id=case.id, list=carried_in(request.form) or None),
    )  # fmt: skip


def _still_open(case: Case, row: Action) -> bool:
    try:
        row_of(case, row.name, user())
    except (NotPermitted, Refused):
        return False
    return not why_not(user(), row, case)


def _onwards(case: Case, row: Action, event_id: int) -> ResponseReturnValue:
    """Back to where the person came from, or to the case; elsewhere when it has left their sight."""
    if not queries.sees(case.id, user()):
        flash(say("“{action}”已办好。此件已不在你的查看范围内", action=say(row.label)), "success")
        return redirect(url_for("cases.workbench"))
    given = request.form.get("next", "")
    if given:
        flash(say("{number}：“{action}”已办好", number=case.number, action=say(row.label)), "success")
        return redirect(safe_next(given))
    return redirect(url_for("cases.show", case_id=case.id, done=event_id, list=carried_in(request.form) or None))
