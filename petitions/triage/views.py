"""分办队列 and 筛重对照."""

import uuid
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import clock
from petitions.access import audit
from petitions.access.gate import user
from petitions.cases import queue as taking
from petitions.cases.checks import shown, tidy_line
from petitions.cases.posted import submission_of, version_of
from petitions.matters.lists import find_matter
from petitions.matters.models import Matter
from petitions.matters.reviewing import is_ended
from petitions.matters.suspicion import Signs
from petitions.matters.wording import unit_name
from petitions.matters.workflow import FLOW
from petitions.matters.worklist import opened
from petitions.triage.candidates import candidates, remembered
from petitions.triage.comparison import compare, side
from petitions.triage.pane import pane
from petitions.triage.queries import Queue, lately_joined, next_of, until, waiting
from petitions.triage.queries import queue as listed
from petitions.triage.sorting import WAYS, sort_out, typed_by
from petitions.triage.verdicts import BY_KEY, give, open_verdicts
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, Sentence, say

bp = Blueprint("triage", __name__, url_prefix="/triage")


@bp.get("")
@permits("triage:work")
def queue() -> ResponseReturnValue:
    """The queue with the case open that is next for this person."""
    shown = _listed()
    first = next_of(shown)
    return _page(opened([first], user())[first] if first else None, shown)


@bp.get("/<int:case_id>")
@permits("triage:work")
def case(case_id: int) -> ResponseReturnValue:
    """The queue with one case open; `way` chooses the form, `unit` is a suggestion somebody took."""
    return _page(_found(case_id), _listed())


@bp.post("/next")
@permits("triage:work")
def take_next() -> ResponseReturnValue:
    """取下一件: the server picks, so two clerks never have the same one."""
    return redirect(_to_next())


@bp.post("/<int:case_id>/release")
@permits("triage:work")
def release(case_id: int) -> ResponseReturnValue:
    """Put a case that was taken back into the queue."""
    taking.release(_found(case_id), user())
    return redirect(url_for("triage.queue"))


@bp.post("/<int:case_id>")
@permits("triage:work")
def sort(case_id: int) -> ResponseReturnValue:
    """Carry out the chosen way, and show the next case."""
    matter, way = _found(case_id), request.form.get("way", "")
    typed = typed_by(way, request.form)
    try:
        event = sort_out(
            matter, way, typed, user(), version=version_of(request.form),
            submission=submission_of(request.form, matter),
        )  # fmt: skip
    except FieldErrors as refusal:
        return _page(matter, _listed(), way=way, typed=typed, errors=refusal.errors), 422
    except Refused as refusal:
        return _page(matter, _listed(), way=way, typed=typed, errors={"": refusal.sentence}), 409
    flash(say("{number}：{done}", number=matter.number, done=_done(event.action, matter)), "success")
    return redirect(_to_next())


@bp.get("/<int:case_id>/compare")
@permits("triage:work")
def compare_best(case_id: int) -> ResponseReturnValue:
    """The comparison with the likeliest candidate, or with the one whose number was typed."""
    matter, given = _found(case_id), tidy_line(request.args.get("number", ""))
    if given:
        named = find_matter(matter, user(), given)
        other_id, problem = named and int(named.value), named.why_not if named else ""
        problem = problem or (say("没有找到“{number}”。请核对编号", number=shown(given)) if named is None else "")
    else:
        first, found = remembered(matter, user()), candidates(matter, user())
        other_id = first.id if first else found[0].matter.id if found else None
        problem = "" if other_id else say("没有疑似重复件。知道编号的，填写编号再对照")
    if problem or other_id is None:
        flash(problem, "warning")
        return redirect(url_for("triage.case", case_id=case_id))
    return redirect(url_for("triage.compare_two", case_id=case_id, other_id=other_id))


@bp.get("/<int:case_id>/compare/<int:other_id>")
@permits("triage:work")
def compare_two(case_id: int, other_id: int) -> ResponseReturnValue:
    """Two matters row by row, with the verdicts."""
    return _comparison(*_found_both(case_id, other_id))


@bp.post("/<int:case_id>/compare/<int:other_id>")
@permits("triage:work")
def decide(case_id: int, other_id: int) -> ResponseReturnValue:
    """Give a verdict, and go on: to the next case when this one has left the queue."""
    (matter, other), key = _found_both(case_id, other_id), request.form.get("verdict", "")
    try:
        give(
            matter, other, key, user(), version=version_of(request.form),
            submission=submission_of(request.form, matter),
        )  # fmt: skip
    except (FieldErrors, Refused) as refusal:
        sentence = refusal.sentence
        return _comparison(matter, other, {"": sentence}), 409
    flash(say("{number}：{verdict}", number=matter.number, verdict=BY_KEY[key].label), "success")
    return redirect(_to_next() if BY_KEY[key].leaves else url_for("triage.case", case_id=case_id))


def _found(case_id: int) -> Matter:
    """The matter, if this person may see it and their office registered it; anything else does not exist here."""
    return _found_both(case_id, case_id)[0]


def _found_both(case_id: int, other_id: int) -> tuple[Matter, Matter]:
    found = opened([case_id, other_id], user())
    if any(one not in found or found[one].office_id != user().unit_id for one in (case_id, other_id)):
        abort(404)
    return found[case_id], found[other_id]


def _listed() -> Queue:
    return listed(user(), aside=request.args.get("aside", type=bool, default=False))


def _to_next() -> str:
    taken = taking.take(waiting(user()), user())
    return url_for("triage.case", case_id=taken.id) if taken else url_for("triage.queue")


def _done(action: str, matter: Matter) -> Sentence:
    """What the clerk reads after it: a sealed matter leaves their sight, and they should know why."""
    if action == "classify" and matter.sealed:
        return say("已按检举控告保密，由受限岗办理")
    if action == "snooze":
        return say("已搁置，到时间回到队列")
    if action == "classify":
        return say("分类已保存")
    label = say(WAYS[action].action.label)
    if matter.state in FLOW.before("sign"):
        return say("“{action}”已办好，等{unit}签收", action=label, unit=unit_name(matter.unit_id))
    return say("“{action}”已办好", action=label)


def _page(matter: Matter | None, queue: Queue, *, way: str = "", typed: Any = None, errors: Any = None) -> str:
    shown = None
    if matter is not None:
        audit.looked_at(matter.id)
        shown = pane(
            matter,
            user(),
            Signs.of(current_app.config["SETTINGS"]),
            way or request.args.get("way", ""),
            typed or _taken(),
        )
    return render_template(
        "triage/queue.html",
        queue=queue, aside="aside" in request.args, pane=shown, errors=errors or {}, undo=lately_joined(user()),
        undo_until=until, submission_id=uuid.uuid4().hex, focus="way" in request.args, now=clock.now(),
    )  # fmt: skip


def _taken() -> dict[str, Any]:
    """A suggested unit that was taken over by a click."""
    unit = request.args.get("unit", type=int)
    return {"unit": unit} if unit else {}


def _comparison(matter: Matter, other: Matter, errors: dict[str, str] | None = None) -> str:
    audit.looked_at(matter.id, other.id)
    return render_template(
        "triage/compare.html",
        ended=is_ended(other) and matter.state in FLOW.before("refuse_no_longer"),
        matter=matter, other=other, comparison=compare(side(matter), side(other)), errors=errors or {},
        suspects=candidates(matter, user()), verdicts=open_verdicts(matter), submission_id=uuid.uuid4().hex,
    )  # fmt: skip
