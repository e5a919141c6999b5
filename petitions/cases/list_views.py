"""What is done from the case list: many cases at once, a printed list, kept views, the height of the rows."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from petitions import clock
from petitions.access import audit
from petitions.access.gate import user
from petitions.access.views import DENSITIES, safe_next
from petitions.cases import batch, saved_views
from petitions.cases.fields import from_form
from petitions.cases.places import chosen_in, list_url
from petitions.cases.rows import columns, rows
from petitions.cases.views import bp
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, say

__all__ = ["bp"]


@bp.post("/cases/batch")
@permits("case:list")
def batch_preview() -> ResponseReturnValue:
    """What an act would do on the chosen cases, before anything is done."""
    try:
        return _confirmation(request.form.get("action", ""), _ids())
    except Refused as refusal:
        return _back(refusal)


@bp.post("/cases/batch/run")
@permits("case:list")
def batch_run() -> ResponseReturnValue:
    """Do it on the next few cases, and say how far it is. The page asks again until none is left."""
    return first_of_batch(request.form.get("action", ""), _numbers("waiting"))


def first_of_batch(name: str, waiting: Sequence[int]) -> ResponseReturnValue:
    """Do the act on the first of these cases, with what the form of this request holds; the page goes on with the rest."""
    now, left = waiting[: batch.STEP], waiting[batch.STEP :]
    try:
        number = UUID(request.form.get("submission", ""))
        typed = from_form(batch.fields_of(user(), name, now), request.form)
        outcome = batch.run(user(), name, typed, now, number)
    except ValueError:
        return _back(Refused(say("页面已过期，从列表重新开始")))
    except Refused as refusal:
        return _back(refusal)
    if outcome.unfilled and not _numbers("done"):
        return _confirmation(name, waiting, typed, outcome.unfilled), 422
    return _progress(name, left, outcome)


@bp.post("/cases/print")
@permits("case:list")
def print_list() -> ResponseReturnValue:
    """The chosen cases as a list on paper; names stay masked."""
    try:
        ids = _ids()
    except Refused as refusal:
        return _back(refusal)
    audit.record("list:print", after={"cases": ids})
    return render_template(
        "cases/print.html", rows=rows(ids, user()), extra=columns(), at=clock.now(), person=user(), back_url=_list_url()
    )


@bp.post("/cases/views")
@permits("case:list")
def keep_view() -> ResponseReturnValue:
    """Keep the filter of the list under a name."""
    chosen = chosen_in(request.form.get("list", ""))
    try:
        kept = saved_views.keep(user(), request.form.get("name", ""), chosen, shared=request.form.get("shared") == "on")
    except FieldErrors as refusal:
        return _back(Refused(refusal.errors["name"]))
    except Refused as refusal:
        return _back(refusal)
    flash(say("已保存视图“{name}”", name=kept.name), "success")
    return redirect(_list_url())


@bp.post("/cases/views/<int:view_id>/delete")
@permits("case:list")
def drop_view(view_id: int) -> ResponseReturnValue:
    """Forget a view of one's own."""
    if saved_views.drop(user(), view_id):
        flash(say("已删除视图"), "success")
    return redirect(_list_url())


@bp.post("/cases/density")
@permits("page:own")
def density() -> ResponseReturnValue:
    """The height of the rows, for every list of this person."""
    if request.form.get("density") in DENSITIES:
        user().density = request.form["density"]
    return redirect(_list_url())


def _list_url() -> str:
    """The list the form was sent from: the one of cases, or a list of a capability that says where it is."""
    if given := request.form.get("next", ""):
        return safe_next(given)
    return list_url(chosen_in(request.form.get("list", "")))


def _back(refusal: Refused) -> ResponseReturnValue:
    flash(refusal.sentence, "warning")
    return redirect(_list_url())


def _ids() -> list[int]:
    return batch.selected(
        user(), chosen_in(request.form.get("list", "")), request.form.getlist("case"),
        everything=request.form.get("all_matching") == "1",
    )  # fmt: skip


def _numbers(field: str) -> list[int]:
    """Ids that a page of ours carries in one field."""
    given = request.form.get(field, "")[:20_000].split(",")
    return [int(one) for one in given if one.isascii() and one.isdigit() and len(one) <= 9]


def _confirmation(
    name: str, ids: Sequence[int], typed: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None
) -> str:
    return render_template(
        "cases/batch.html", preview=batch.preview(user(), name, ids), typed=typed or {}, errors=errors or {},
        carried=request.form.get("list", ""), then=request.form.get("next", ""), back_url=_list_url(), submission_id=batch.number(),
    )  # fmt: skip


def _progress(name: str, left: Sequence[int], outcome: batch.Done) -> str:
    """How far it is. What was refused before is carried in the page, as the words it showed."""
    before = [tuple(one.split("|", 1)) for one in request.form.getlist("refused") if "|" in one]
    refused = [*before, *((str(case_id), reason) for case_id, reason in outcome.refused.items())]
    done = [*_numbers("done"), *outcome.done]
    # The page carries ids, so whoever sends it may write in any: what is not theirs to see has no name here (第30条).
    shown = batch.seen(user(), [int(one) for one, _ in refused if one.isascii() and one.isdigit() and len(one) <= 9])
    known = {row.id: row for row in rows(shown, user())}
    kept = [
        pair for pair in request.form.items(multi=True) if pair[0] not in ("waiting", "done", "refused", "csrf_token")
    ]
    part = "HX-Request" in request.headers
    return render_template(
        "cases/_batch_progress.html" if part else "cases/batch_run.html",
        label=batch.label_of(name), left=left, done=done, refused=refused, known=known, kept=kept, back_url=_list_url(),
        total=len(left) + len(done) + len(refused), errors={},
    )  # fmt: skip
