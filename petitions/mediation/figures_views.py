"""调解统计: the table of a period and a region, the cases behind a number, and both as files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from petitions import clock, db
from petitions.access import audit
from petitions.access.gate import user
from petitions.access.policy import may
from petitions.cases.kinds import KINDS
from petitions.cases.models import Case
from petitions.cases.queries import summarised_to, visible_to
from petitions.cases.spreadsheets import writing
from petitions.mediation import figures
from petitions.mediation.figures import BY, BY_KEY, DEFINITIONS, FIGURES, GROUPS, RATES, Asked, Line
from petitions.mediation.models import yuan
from petitions.web.inputs import Input, Option
from petitions.web.permits import permits
from petitions.words import say

bp = Blueprint("figures", __name__, url_prefix="/mediation-figures")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_SHOWN = 200
"""Cases behind a number that are listed; more are said."""

INPUTS = (
    Input("first", say("自"), "date"),
    Input("last", say("至"), "date"),
    Input("place", say("地区"), "unit"),
)


@dataclass(frozen=True)
class _Wish:
    """What the address asks for, and what is wrong with it."""

    values: Mapping[str, str]
    asked: Asked
    errors: Mapping[str, str]


def _wish() -> _Wish:
    today = clock.today()
    values = {
        "first": request.args.get("first") or today.replace(month=1, day=1).isoformat(),
        "last": request.args.get("last") or today.isoformat(), "place": request.args.get("place", ""),
    }  # fmt: skip
    errors: dict[str, str] = {}
    days: dict[str, date] = {}
    for name in ("first", "last"):
        try:
            days[name] = date.fromisoformat(values[name])
        except ValueError:
            errors[name] = say("日期写成2026-03-05的样子")
    if not errors and days["first"] > days["last"]:
        errors["last"] = say("结束日期早于开始日期")
    first, last = (days["first"], days["last"]) if not errors else (today, today)
    return _Wish(values, Asked(first, last, figures.of_place(user(), values["place"])), errors)


def _tables() -> list[str]:
    return [by for by in BY if by != "mediator" or figures.sees_mediators(user())]


@bp.get("")
@permits("mediation:figures")
def index() -> ResponseReturnValue:
    """The table, by type of dispute, by committee or by mediator."""
    wish, by = _wish(), request.args.get("by", "type")
    if by not in _tables():
        abort(HTTPStatus.NOT_FOUND)
    lines = [] if wish.errors else BY[by][1](wish.asked)
    total = figures.added([one.counts for one in lines])
    choices = [Option(str(one.id), one.name) for one in figures.places(user())]
    page = render_template(
        "mediation/figures.html", inputs=INPUTS, values=wish.values, errors=dict(wish.errors), choices={"place": choices},
        by=by, tables=[{"url": _url(wish, by=one), "label": BY[one][0], "active": one == by} for one in _tables()],
        figures=FIGURES, groups=_groups(), lines=lines, total=total, rates=RATES, rate=figures.rate, yuan=yuan,
        label=BY[by][0], definitions=DEFINITIONS,
        behind=lambda key, value="": _url(wish, "figures.cases", by=by, key=key, value=value),
        files=[(_url(wish, "figures.export", by=by, form=form), words) for form, words in _FORMS.items()],
    )  # fmt: skip
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wish.errors else HTTPStatus.OK


_FORMS = {"xlsx": say("下载Excel表"), "csv": say("下载CSV表")}


def _url(wish: _Wish, endpoint: str = "figures.index", **more: str) -> str:
    given: dict[str, Any] = {name: value for name, value in {**wish.values, **more}.items() if value}
    return url_for(endpoint, **given)


def _groups() -> list[tuple[str, int]]:
    """The headings above the headings, with how many columns each spans."""
    return [(label, sum(one.group == name for one in FIGURES)) for name, label in GROUPS.items()]


@bp.get("/cases")
@permits("mediation:figures")
def cases() -> ResponseReturnValue:
    """The cases behind one number: whole to whoever sees them, as a summary to a superior; to others only how many."""
    wish, key, by, value = (
        _wish(), request.args.get("key", ""), request.args.get("by", "type"), request.args.get("value", "")[:100],
    )  # fmt: skip
    if by not in _tables():
        abort(HTTPStatus.NOT_FOUND)
    if wish.errors or key not in BY_KEY:
        return redirect(url_for("figures.index"))
    ids = figures.behind(wish.asked, key, by, value)
    count = db.session().scalar(select(func.count()).select_from(ids.subquery())) or 0
    rows = _rows(visible_to(user(), _named(ids)), "cases.show")
    if may(user(), "summary:list"):
        known = {one["id"] for one in rows}
        below = _rows(summarised_to(user(), _named(ids)), "cases.one_summary")
        rows += [one for one in below if one["id"] not in known]
    # Of which row of the table: two clicked one after the other look alike otherwise.
    line = next((one.label for one in BY[by][1](wish.asked) if value and one.value == value), "")
    return render_template(
        "mediation/figures_cases.html", figure=BY_KEY[key], line=line, rows=rows[:_SHOWN], count=count, hidden=count - len(rows[:_SHOWN]),
        back_url=_url(wish, by=by), values=wish.values, errors={},
    )  # fmt: skip


def _named(ids: Any) -> Any:
    columns = select(Case.id, Case.number, Case.state, Case.received_on)
    return columns.where(Case.id.in_(ids)).order_by(Case.received_on.desc(), Case.id.desc()).limit(_SHOWN)


def _rows(query: Any, endpoint: str) -> list[dict[str, Any]]:
    flow = KINDS["mediation"].flow
    return [
        {"id": row.id, "number": row.number, "stage": flow.state[row.state].label, "received_on": row.received_on,
         "url": url_for(endpoint, case_id=row.id)}
        for row in db.session().execute(query)
    ]  # fmt: skip


@bp.get("/file")
@permits("mediation:figures")
def export() -> ResponseReturnValue:
    """The table as a file, its definitions below; nothing in it can be a formula."""
    wish, by, form = _wish(), request.args.get("by", "type"), request.args.get("form", "xlsx")
    if wish.errors or by not in _tables() or form not in _FORMS:
        abort(HTTPStatus.NOT_FOUND)
    rows = as_rows(str(BY[by][0]), BY[by][1](wish.asked))
    audit.saw("figures:export", after={**wish.values, "by": by, "form": form})
    notes = [f"{wish.asked.first.isoformat()}至{wish.asked.last.isoformat()}", *(str(one) for one in DEFINITIONS)]
    if form == "xlsx":
        made, kind = writing.workbook({str(say("调解统计")): rows}, notes), _XLSX
    else:
        made, kind = writing.table([*rows, *([one] for one in notes)]), "text/csv; charset=utf-8"
    name = f"调解统计_{wish.asked.first.isoformat()}_{wish.asked.last.isoformat()}.{form}"
    answer = send_file(BytesIO(made), mimetype=kind, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def as_rows(label: str, lines: Sequence[Line]) -> list[list[str | int | float]]:
    """Heading, a row for each line, and all of them together; money in 元. Files stay Chinese."""
    total = Line("", "合计", figures.added([one.counts for one in lines]))
    head: list[str | int | float] = [
        label, *(str(one.label) for one in FIGURES), *(f"{words}（%）" for words, _, _ in RATES.values()),
    ]  # fmt: skip
    return [head, *(_row(one) for one in (*lines, total))]


def _row(line: Line) -> list[str | int | float]:
    numbers: list[str | int | float] = [
        line.counts[one.key] / 100 if one.key == "amount" else line.counts[one.key] for one in FIGURES
    ]
    rates = [figures.rate(line.counts, name) for name in RATES]
    return [line.label, *numbers, *("" if one is None else one for one in rates)]
