"""The pages on which a committee brings in the ledger it kept in a spreadsheet: upload, look at every row, import.

Nothing is kept between the pages: the preview carries the rows along, and what comes back is checked like a form.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import clock
from petitions.access.gate import user
from petitions.cases import codes
from petitions.cases.spreadsheets.sheets import open_book
from petitions.mediation import imports, ledger, ledger_import
from petitions.mediation.committees import committee_of
from petitions.mediation.imports import DisputeImport
from petitions.mediation.ledger import ACTIONS, COLUMNS, Table
from petitions.web.inputs import Input, Option, options
from petitions.web.permits import permits
from petitions.words import FieldErrors, NotPermitted, Refused, say

bp = Blueprint("dispute_ledger", __name__, url_prefix="/dispute-ledger")

INPUTS = (
    Input("action", say("怎样来的"), "choice"),
    Input("received_on", say("没有写收到日期的按"), "date"),
    Input("type", say("认不出类型的按"), "choice", help=say("可不选；不选的，认不出类型的行不导入")),
)

REASON = Input(
    "reason", say("撤销的理由"), "long", help=say("调委会的人都能看到，不写当事人的姓名"), max_length=imports.REASON_AT_MOST
)  # fmt: skip

WHAT = {"new": say("将登记"), "known": say("已登记过"), "refused": say("不能导入")}


@bp.get("")
@permits("mediation:register")
def index() -> ResponseReturnValue:
    """The place to upload."""
    return _start({})


@bp.post("")
@permits("mediation:register", reads=True)
def look() -> ResponseReturnValue:
    """What would become of each row of an uploaded file; nothing is written."""
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise Refused(say("选择要导入的表格文件"))
        with open_book(given.read()) as book:
            table = ledger.read(book)
    except Refused as refusal:
        return _start({"file": refusal.sentence}), HTTPStatus.UNPROCESSABLE_ENTITY
    return _preview(table, ledger.guessed(table.heads), {"action": "apply", "received_on": clock.today().isoformat()})


@bp.post("/import")
@permits("mediation:register")
def bring_in() -> ResponseReturnValue:
    """Look again with other columns, or register every row that is in order, all of them or none."""
    try:
        table = ledger.unpacked(request.form.get("rows", ""))
    except Refused as refusal:
        return _start({"file": refusal.sentence}), HTTPStatus.UNPROCESSABLE_ENTITY
    mapping = [request.form.get(f"column-{n}", "") for n in range(len(table.heads))]
    mapping = [key if key in COLUMNS else "" for key in mapping]
    chosen = {one.name: request.form.get(one.name, "") for one in INPUTS}
    errors = _amiss(mapping, chosen)
    if errors or request.form.get("look"):
        return _preview(table, mapping, chosen, errors), HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    try:
        made = ledger_import.bring_in(ledger.lines(table, mapping, chosen, user()), chosen["action"], user())
    except (Refused, NotPermitted) as refusal:
        return _preview(table, mapping, chosen, {"": refusal.sentence}), HTTPStatus.CONFLICT
    except FieldErrors as refusal:
        problem = "；".join(str(one) for one in refusal.errors.values())
        return _preview(table, mapping, chosen, {"": problem}), HTTPStatus.CONFLICT
    if not made:
        return _preview(table, mapping, chosen, {"": say("没有可以登记的行")}), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(
        say("已登记{count}件，编号{first}至{last}", count=len(made), first=made[0].number, last=made[-1].number),
        "success",
    )
    return redirect(url_for("cases.index"))


@bp.get("/<int:import_id>/undo")
@permits("mediation:register")
def ask_undo(import_id: int) -> ResponseReturnValue:
    """What taking an import back would remove, or what stands against it."""
    return _undo_page(_find(import_id), {})


@bp.post("/<int:import_id>/undo")
@permits("mediation:register")
def undo(import_id: int) -> ResponseReturnValue:
    """Take the whole import back."""
    batch = _find(import_id)
    try:
        count = imports.undo(batch, request.form.get("reason", ""), user())
    except FieldErrors as refusal:
        return _undo_page(batch, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("已撤销，{count}件已移除，编号不再使用", count=count), "success")
    return redirect(url_for("dispute_ledger.index"))


def _find(import_id: int) -> DisputeImport:
    batch = imports.find(import_id, user())
    return batch if batch is not None else abort(404)


def _undo_page(batch: DisputeImport, errors: Mapping[str, str]) -> str:
    return render_template(
        "mediation/import_undo.html", batch=batch, found=imports.obstacles(batch, user()), errors=errors, reason=REASON,
        typed=request.form.get("reason", ""), inputs=(REASON,),
    )  # fmt: skip


def _amiss(mapping: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if chosen["action"] not in ACTIONS:
        errors["action"] = say("选择怎样来的")
    twice = {key for key in mapping if key and mapping.count(key) > 1}
    if twice:
        named = "、".join(str(COLUMNS[key][0]) for key in sorted(twice))
        errors[""] = say("有两列都对应“{named}”", named=named)
    return errors


def _start(errors: Mapping[str, str]) -> str:
    return render_template(
        "mediation/import.html", errors=dict(errors), is_committee=committee_of(user().unit_id) is not None,
        past=imports.of_unit(user()), most=ledger.MOST_ROWS, columns=[label for key, (label, _) in COLUMNS.items() if key],
    )  # fmt: skip


def _preview(
    table: Table, mapping: Sequence[str], chosen: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> str:
    looked_at = {**chosen, "action": chosen["action"] if chosen["action"] in ACTIONS else "apply"}
    verdicts = ledger_import.judged(ledger.lines(table, mapping, looked_at, user()))
    types = [Option(one.value, one.label) for one in codes.choices("dispute_type")]
    rows: list[dict[str, Any]] = [
        {
            "number": one.line.number, "what": one.what, "words": WHAT[one.what], "twin": one.twin,
            "title": one.line.data.get("dispute_title", ""), "problems": one.line.problems,
            "type": codes.label("dispute_type", one.line.data["dispute_type"]),
            "sides": [[p["name"] for p in one.line.people if p["side"] == side] for side in ("applicant", "respondent")],
            "received_on": one.line.received_on.isoformat(),
        }
        for one in verdicts
    ]  # fmt: skip
    return render_template(
        "mediation/import_preview.html", table=table, mapping=mapping, values=chosen, inputs=INPUTS, rows=rows,
        errors=dict(errors or {}), choices={"action": options(ACTIONS), "type": types},
        columns=[Option(key, label) for key, (label, _) in COLUMNS.items()],
        counts={what: sum(one["what"] == what for one in rows) for what in WHAT}, words=WHAT,
    )  # fmt: skip
