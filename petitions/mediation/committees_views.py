"""调委会 pages: the list with what the law asks of each, one committee with its members, and the list for the court."""

from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from petitions import clock, db
from petitions.access import audit
from petitions.access.gate import user
from petitions.mediation import committees, committees_admin, committees_report
from petitions.mediation.committees import KINDS, POSTS
from petitions.mediation.models import Committee, Member
from petitions.mediation.opening import numbered
from petitions.web.inputs import Option, options
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, say

bp = Blueprint("committees", __name__, url_prefix="/committees")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
@permits("committee:manage")
def index() -> ResponseReturnValue:
    """The committees this person looks after."""
    found = committees.kept_by(user())
    lines = [(one, committees.counted(committees.sitting(one)), committees.warnings(one)) for one in found]
    return render_template(
        "mediation/committees.html", lines=lines, kinds=KINDS, courts=sorted({one.court for one in found if one.court}),
        waiting=committees.units_to_take(user()),
    )  # fmt: skip


@bp.get("/report")
@permits("committee:manage")
def report() -> ResponseReturnValue:
    """第10条: what the justice office tells the basic court."""
    court = request.args.get("court", "")
    audit.saw("committee:report", after={"court": court})
    made = committees_report.workbook(committees.kept_by(user()), court)
    name = str(say("人民调解委员会名册{day}.xlsx", day=clock.today().isoformat()))
    answer = send_file(BytesIO(made), mimetype=_XLSX, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/new")
@permits("committee:manage")
def new() -> ResponseReturnValue:
    """The form of a new one."""
    return _form(None, {"unit": request.args.get("unit", ""), "kind": "village"}, {})


@bp.post("/new")
@permits("committee:manage")
def add() -> ResponseReturnValue:
    """Enter a committee."""
    try:
        made = committees_admin.add(request.form, user())
    except FieldErrors as refusal:
        return _form(None, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("已登记“{name}”，再登记组成人员", name=made.unit.name), "success")
    return redirect(url_for("committees.show", committee_id=made.unit_id))


@bp.get("/<int:committee_id>")
@permits("committee:manage")
def show(committee_id: int) -> ResponseReturnValue:
    """One committee with its members."""
    return _page(_found(committee_id), {}, {})


@bp.get("/<int:committee_id>/change")
@permits("committee:manage")
def correct(committee_id: int) -> ResponseReturnValue:
    """The form with what is recorded of it."""
    found = _found(committee_id)
    return _form(found, _values(found), {})


@bp.post("/<int:committee_id>/change")
@permits("committee:manage")
def change(committee_id: int) -> ResponseReturnValue:
    """Correct what is recorded of it."""
    found = _found(committee_id)
    try:
        committees_admin.change(found, request.form)
    except FieldErrors as refusal:
        return _form(found, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("已保存“{name}”", name=found.unit.name), "success")
    return redirect(url_for("committees.show", committee_id=committee_id))


@bp.post("/<int:committee_id>/members")
@permits("committee:manage")
def add_member(committee_id: int) -> ResponseReturnValue:
    """Somebody joins."""
    found = _found(committee_id)
    try:
        made = committees_admin.add_member(found, request.form)
    except FieldErrors as refusal:
        return _page(found, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("已登记{name}", name=made.name), "success")
    return redirect(url_for("committees.show", committee_id=committee_id))


@bp.get("/<int:committee_id>/members/<int:member_id>")
@permits("committee:manage")
def member(committee_id: int, member_id: int) -> ResponseReturnValue:
    """The form of one member."""
    found, one = _of(committee_id, member_id)
    values = {
        "user": str(one.user_id or ""), "name": one.name, "post": one.post, "woman": "1" if one.woman else "",
        "minority": "1" if one.minority else "", "since": one.since.isoformat() if one.since else "",
    }  # fmt: skip
    return _page(found, values, {}, one)


@bp.post("/<int:committee_id>/members/<int:member_id>")
@permits("committee:manage")
def change_member(committee_id: int, member_id: int) -> ResponseReturnValue:
    """Another post, another name."""
    found, one = _of(committee_id, member_id)
    try:
        committees_admin.change_member(found, one, request.form)
    except FieldErrors as refusal:
        return _page(found, request.form, refusal.errors, one), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("已登记{name}", name=one.name), "success")
    return redirect(url_for("committees.show", committee_id=committee_id))


@bp.post("/<int:committee_id>/members/<int:member_id>/end")
@permits("committee:manage")
def end_member(committee_id: int, member_id: int) -> ResponseReturnValue:
    """Somebody leaves."""
    found, one = _of(committee_id, member_id)
    try:
        committees_admin.end_member(found, one)
    except Refused as refusal:
        flash(refusal.sentence, "warning")
    else:
        flash(say("{name}不再是成员", name=one.name), "success")
    return redirect(url_for("committees.show", committee_id=committee_id))


def _found(committee_id: int) -> Committee:
    found = committees.committee_of(committee_id) if committees.keeps(user(), committee_id) else None
    return found if found is not None else abort(HTTPStatus.NOT_FOUND)


def _of(committee_id: int, member_id: int) -> tuple[Committee, Member]:
    found = _found(committee_id)
    one = db.session().get(Member, member_id)
    if one is None or one.unit_id != found.unit_id:
        abort(HTTPStatus.NOT_FOUND)
    return found, one


def _values(committee: Committee) -> dict[str, str]:
    return {
        "kind": committee.kind, "word": committee.word, "area": committee.area, "court": committee.court,
        "term_from": committee.term_from.isoformat() if committee.term_from else "",
        "term_to": committee.term_to.isoformat() if committee.term_to else "",
        "several_peoples": "1" if committee.several_peoples else "",
    }  # fmt: skip


def _form(committee: Committee | None, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    inputs = committees_admin.ABOUT if committee is not None else (*committees_admin.NEW, *committees_admin.ABOUT)
    roofs = [] if committee is not None else [Option(str(one.id), one.name) for one in committees.roofs(user())]
    taken = [] if committee is not None else [Option(str(one.id), one.name) for one in committees.units_to_take(user())]
    return render_template(
        "mediation/committee_form.html", committee=committee, inputs=inputs, values=values, errors=dict(errors),
        choices={"unit": taken, "parent": roofs, "kind": options(KINDS)},
    )  # fmt: skip


def _page(
    committee: Committee, values: Mapping[str, str], errors: Mapping[str, str], member: Member | None = None
) -> str:
    here, accounts = committees.sitting(committee), committees.accounts_of(committee.unit_id)
    linked = {one.user_id for one in here}
    return render_template(
        "mediation/committee.html", committee=committee, people=here, kinds=KINDS, posts=POSTS, member=member,
        warnings=committees.warnings(committee), count=committees.counted(here), inputs=committees_admin.MEMBER, values=values,
        errors=dict(errors), former=[one for one in committee.members if one not in here],
        choices={"user": [Option(str(one.id), one.name) for one in accounts], "post": options(POSTS)},
        sample=numbered(committee, clock.today().year, "…"),
        unlinked=[one.name for one in accounts if one.id not in linked],
    )  # fmt: skip
