"""A5 字典: the pages on which an administrator keeps the code lists."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access.gate import user
from petitions.cases import code_admin, codes
from petitions.cases.code_admin import CodeList
from petitions.cases.models import Code
from petitions.web.inputs import Option
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, say

bp = Blueprint("codes", __name__, url_prefix="/admin/codes")


@bp.get("")
@permits("code:manage")
def lists() -> ResponseReturnValue:
    """Every list with how many entries it has."""
    return render_template("codes/lists.html", rows=code_admin.overview())


@bp.get("/<name>")
@permits("code:manage")
def entries(name: str) -> ResponseReturnValue:
    """The entries of one list."""
    which, retired = _list(name), bool(request.args.get("retired"))
    rows = [(row, depth) for row, depth in code_admin.levels(name) if row.active or retired]
    return render_template("codes/entries.html", which=which, rows=rows, retired=retired, local=code_admin.LOCAL)


@bp.get("/<name>/new")
@permits("code:manage")
def new_entry(name: str) -> ResponseReturnValue:
    """The form of a new entry."""
    return _entry_page(_list(name), None, {"parent": request.args.get("parent", "")})


@bp.post("/<name>/new")
@permits("code:manage")
def add_entry(name: str) -> ResponseReturnValue:
    """Add an entry."""
    which = _list(name)
    try:
        row = code_admin.add(which, request.form, user().username)
    except FieldErrors as refusal:
        return _entry_page(which, None, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("已增加“{label}”", label=row.label), "success")
    return redirect(url_for("codes.entries", name=name))


@bp.get("/<name>/<code>")
@permits("code:manage")
def entry(name: str, code: str) -> ResponseReturnValue:
    """One entry."""
    which, row = _list(name), _entry(name, code)
    return _entry_page(which, row, {"label": row.label, "note": row.note, "active": "1" if row.active else ""})


@bp.post("/<name>/<code>")
@permits("code:manage")
def change_entry(name: str, code: str) -> ResponseReturnValue:
    """Word an entry anew, retire it or offer it again."""
    which, row = _list(name), _entry(name, code)
    try:
        code_admin.change(which, row, request.form, user().username)
    except FieldErrors as refusal:
        return _entry_page(which, row, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except Refused as refusal:
        return _entry_page(which, row, request.form, {"active": refusal.sentence}), HTTPStatus.CONFLICT
    flash(say("已保存“{label}”", label=row.label), "success")
    return redirect(url_for("codes.entries", name=name))


def _list(name: str) -> CodeList:
    found = code_admin.LISTS.get(name)
    return found if found is not None else abort(HTTPStatus.NOT_FOUND)


def _entry(name: str, code: str) -> Code:
    row = codes.entry(name, code)
    return row if row is not None else abort(HTTPStatus.NOT_FOUND)


def _entry_page(
    which: CodeList, row: Code | None, values: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> str:
    heads = [
        Option(code.code, code.label) for code, depth in code_admin.levels(which.name) if not depth and code.active
    ]
    return render_template(
        "codes/entry.html", which=which, row=row, values=values, heads=heads if which.levels else [],
        inputs=code_admin, errors=dict(errors or {}), local=code_admin.LOCAL,
    )  # fmt: skip
