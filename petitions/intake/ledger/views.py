"""The pages of the ledger import (ux.md C8): upload, sheet and header, columns, check, import, result, undo."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path, PureWindowsPath
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from petitions.access.gate import user
from petitions.cases.checks import tidy_line
from petitions.cases.spreadsheets import sheets
from petitions.intake.ledger import batches, choices, files, lease, problems, run, source, undo, worker
from petitions.intake.models import ImportBatch
from petitions.matters.suspicion import Signs
from petitions.web.permits import permits
from petitions.words import FieldErrors, NotPermitted, Refused, say

bp = Blueprint("ledger", __name__, url_prefix="/ledger")

_BATCH = "/<int(max=2147483647):batch_id>"
_PAUSE = 0.1
"""Seconds after each chunk in which others may write on SQLite: whoever waits there looks every tenth of a second."""
_HEAD = 15
"""Rows of a sheet that are shown, so that its header can be pointed at."""
_NAME = 200
"""Characters of a file name."""


@bp.get("", endpoint="batches")
@permits("ledger:import")
def index() -> ResponseReturnValue:
    """The batches of the office, and the place to upload another ledger."""
    return _list({})


@bp.post("", endpoint="upload")
@permits("ledger:import")
def upload() -> ResponseReturnValue:
    """Keep the file and open it; a file that is no table is refused with what it is."""
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise FieldErrors({"file": say("选择要导入的表格文件")})
        batch = _taken_in(given)
    except FieldErrors as refusal:
        return _list(refusal.errors), 422
    except Refused as refusal:
        return _list({"file": refusal.sentence}), 422
    earlier = batches.earlier_of_same_file(batch)
    if earlier is not None:
        flash(say("这个文件以前导入过（第{batch}批）。已登记的行不会重复登记", batch=earlier.id), "info")
    return redirect(url_for("ledger.sheet", batch_id=batch.id))


_DIGITS = 9
"""A longer number is no key of ours."""


def _taken_in(given: FileStorage) -> ImportBatch:
    sha256 = files.keep(_folder(), given.stream)
    with sheets.open_book(files.path_of(_folder(), sha256)) as book:
        book.head(count=1)
    name = tidy_line(PureWindowsPath(given.filename or "").name)[-_NAME:] or "台账"
    return batches.add(user(), name, sha256)


def _list(errors: Mapping[str, str]) -> str:
    before = _row_number("before") or None
    found = batches.of_office(user(), before)
    older = url_for("ledger.batches", before=found[batches.PAGE - 1].id) if len(found) > batches.PAGE else None
    return render_template(
        "intake/ledger/list.html", batches=found[: batches.PAGE], older_url=older, errors=errors, words=_words,
        largest=current_app.config["SETTINGS"].max_upload_mb, is_office=user().unit.is_office,
    )  # fmt: skip


def _row_number(name: str) -> int:
    """Where a page begins; 0 for anything that is no number of a row."""
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= _DIGITS else 0


def _words(batch: ImportBatch) -> str:
    """What is said of where a batch stands."""
    going = batch.state in ("checking", "running") and not lease.is_live(batch)
    return choices.INTERRUPTED if going else choices.STATES[batch.state]


@bp.get(_BATCH)
@permits("ledger:import")
def show(batch_id: int) -> ResponseReturnValue:
    """Where the batch stands: still to be set up, checked, going on, interrupted, done."""
    batch = _find(batch_id)
    if batch.state == "draft":
        return redirect(url_for("ledger.sheet", batch_id=batch_id))
    if batch.state in ("checking", "running"):
        return render_template("intake/ledger/going.html", batch=batch, words=_words(batch), **_progress(batch))
    return _outcome(batch)


def _outcome(batch: ImportBatch, errors: Mapping[str, str] | None = None) -> str:
    chosen = request.args.get("result", "refused" if batch.state == "checked" else "")
    after = _row_number("after")
    rows = batches.outcomes(batch, user(), chosen if chosen in choices.RESULTS else "", after)
    more = None
    if len(rows) > batches.PAGE:
        more = url_for("ledger.show", batch_id=batch.id, result=chosen, after=rows[batches.PAGE - 1].id)
    page = "check" if batch.state == "checked" else "result"
    return render_template(
        f"intake/ledger/{page}.html", batch=batch, rows=rows[: batches.PAGE], more_url=more, chosen=chosen,
        results=choices.RESULTS, columns=batches.problems_by_column(batch) if batch.refused or batch.found else [],
        unanswered=choices.UNANSWERED, errors=errors or {}, words=_words(batch), mine=batch.by_id == user().id,
    )  # fmt: skip


@bp.get(f"{_BATCH}/progress")
@permits("ledger:import")
def progress(batch_id: int) -> ResponseReturnValue:
    """The bar alone; when the work has ended, the page is asked to show what came of it."""
    batch = _find(batch_id)
    html = render_template("intake/ledger/_progress.html", batch=batch, **_progress(batch))
    return (html, {"HX-Refresh": "true"}) if not lease.is_live(batch) else html


def _progress(batch: ImportBatch) -> dict[str, Any]:
    running = batch.state == "running"
    done = batch.imported + batch.joined + batch.known + batch.refused if running else batch.found.get("read", 0)
    return {"live": lease.is_live(batch), "done": done, "running": running}


@bp.get(f"{_BATCH}/sheet")
@permits("ledger:import")
def sheet(batch_id: int) -> ResponseReturnValue:
    """Which sheet, and where its header lies."""
    return _sheet(_find_own(batch_id), request.args, {})


@bp.post(f"{_BATCH}/sheet")
@permits("ledger:import")
def choose_sheet(batch_id: int) -> ResponseReturnValue:
    """Note sheet and header; the columns are guessed from it."""
    batch = _find_own(batch_id)
    try:
        with sheets.open_book(files.path_of(_folder(), batch.sha256)) as book:
            chosen = book.sheet(request.form.get("sheet") or None).name if len(book.sheets) > 1 else ""
            first, lines = _number(request.form, "header_row"), _number(request.form, "lines") or 1
            header = source.header_of(book, chosen or None, first, min(lines, 2))
            sample = [row for row in book.head(chosen or None) if row.number > header.last]
        batches.choose_sheet(batch, chosen, header, sample)
    except Refused as refusal:
        return _sheet(batch, request.form, {"header_row": refusal.sentence}), 409
    return redirect(url_for("ledger.columns", batch_id=batch_id))


def _sheet(batch: ImportBatch, asked: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    with sheets.open_book(files.path_of(_folder(), batch.sha256)) as book:
        name = book.sheet(asked.get("sheet") or batch.sheet or None).name
        head = book.head(name if len(book.sheets) > 1 else None)
        first = _number(asked, "header_row") or (batch.header_row if name == batch.sheet or not batch.sheet else 0)
        found = source.header_of(book, name if len(book.sheets) > 1 else None, 0, 1) if head else None
        return render_template(
            "intake/ledger/sheet.html", batch=batch, errors=errors, sheets=book.sheets, chosen=name,
            rows=[(row.number, [choices.preview(cell) for cell in row.cells]) for row in head[:_HEAD]],
            header_row=first or (found.first if found else 0), lines=choices.LINES,
            chosen_lines=_number(asked, "lines") or (found.last - found.first + 1 if found else 1),
        )  # fmt: skip


@bp.get(f"{_BATCH}/columns")
@permits("ledger:import")
def columns(batch_id: int) -> ResponseReturnValue:
    """What each column means, as remembered or guessed, and what holds for rows that do not say it."""
    batch = _find_own(batch_id)
    return _columns(batch, batch.mapping, batch.options, {})


@bp.post(f"{_BATCH}/columns")
@permits("ledger:import")
def choose_columns(batch_id: int) -> ResponseReturnValue:
    """Note the columns and begin to check every row."""
    batch = _find_own(batch_id)
    with source.opened(batch, _folder()) as ledger:
        header = ledger.header
    mapping = choices.mapping_of(header, request.form)
    try:
        options = choices.cleaned(request.form, user())
        batches.choose_columns(batch, header, mapping, options, amiss=choices.unsaid(mapping, options))
    except FieldErrors as refusal:
        return _columns(batch, mapping, request.form, refusal.errors), 422
    except Refused as refusal:
        return _columns(batch, mapping, request.form, {"": refusal.sentence}), 409
    database, folder = current_app.database, _folder()  # type: ignore[attr-defined]
    held = lease.reserve(batch, "checking")
    signs = Signs.of(current_app.config["SETTINGS"])
    worker.begin(lambda: run.check(database, batch_id, folder, held=held, signs=signs))
    return redirect(url_for("ledger.show", batch_id=batch_id))


def _columns(
    batch: ImportBatch, mapping: Mapping[str, str], values: Mapping[str, Any], errors: Mapping[str, str]
) -> str:
    with source.opened(batch, _folder()) as ledger:
        sample = [row for row in ledger.book.head(ledger.sheet) if row.number > ledger.header.last][: batches.SAMPLE]
        return render_template(
            "intake/ledger/columns.html", batch=batch, lines=choices.lines(ledger.header, mapping, sample),
            targets=choices.targets(), options=choices.OPTIONS, lists=choices.option_choices(), values=values,
            errors=errors, remembered=batch.options.get("remembered", False), needed=choices.needed(mapping),
        )  # fmt: skip


@bp.post(f"{_BATCH}/import")
@permits("ledger:import")
def start(batch_id: int) -> ResponseReturnValue:
    """Begin the import, or go on with one that was interrupted."""
    batch = _find(batch_id)
    if batch.state not in ("checked", "running"):
        raise Refused(say("这份台账已不在这一步，请刷新页面"))
    if lease.is_live(batch):
        return redirect(url_for("ledger.show", batch_id=batch_id))
    if batch.state == "checked":
        batches.choose_unanswered(batch, request.form.get("unanswered", ""))
    database, folder = current_app.database, _folder()  # type: ignore[attr-defined]
    held = lease.reserve(batch, "running")
    worker.begin(lambda: run.run(database, batch_id, folder, held=held, pause=_PAUSE if database.is_sqlite else 0))
    return redirect(url_for("ledger.show", batch_id=batch_id))


@bp.get(f"{_BATCH}/problems.<any(xlsx, csv):ending>")
@permits("ledger:import")
def problem_table(batch_id: int, ending: str) -> ResponseReturnValue:
    """The rows that were not imported, each with what is wrong, to be corrected and imported."""
    batch = _find_own(batch_id)
    with source.opened(batch, _folder()) as ledger:
        content = (problems.workbook if ending == "xlsx" else problems.table)(ledger, batches.problem_rows(batch))
    return send_file(
        BytesIO(content), as_attachment=True, download_name=f"{Path(batch.file_name).stem}-未导入的行.{ending}"
    )


@bp.get(f"{_BATCH}/undo")
@permits("ledger:import")
def ask_undo(batch_id: int) -> ResponseReturnValue:
    """What undoing would remove, or what stands against it."""
    batch = _find(batch_id)
    return render_template("intake/ledger/undo.html", batch=batch, touched=undo.touched(batch, user()))


@bp.post(f"{_BATCH}/undo")
@permits("ledger:import")
def do_undo(batch_id: int) -> ResponseReturnValue:
    """Take the whole batch back."""
    count = undo.undo(_find(batch_id), user())
    flash(say("已撤销，{count}件信访件已移除", count=count), "success")
    return redirect(url_for("ledger.show", batch_id=batch_id))


@bp.post(f"{_BATCH}/discard")
@permits("ledger:import")
def discard(batch_id: int) -> ResponseReturnValue:
    """Give up a batch before anything was imported."""
    batches.discard(_find(batch_id))
    flash(say("已放弃，没有导入任何行"), "info")
    return redirect(url_for("ledger.batches"))


def _find(batch_id: int) -> ImportBatch:
    batch = batches.find(batch_id, user())
    return batch if batch is not None else abort(404)


def _find_own(batch_id: int) -> ImportBatch:
    """A batch whose file this person brought. Rows of a ledger may be accusations, against a colleague too (第30条)."""
    batch = _find(batch_id)
    if batch.by_id != user().id:
        raise NotPermitted(say("表格里的原始内容只给上传的人看。请由{name}办理，或者自己上传一次", name=batch.by.name))
    return batch


def _folder() -> Path:
    return files.folder_of(current_app.config["SETTINGS"].data_dir)


def _number(values: Mapping[str, Any], name: str) -> int:
    given = str(values.get(name) or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0
