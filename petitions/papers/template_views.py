"""A6 文书模板: an administrator puts a Word template of the office in the place of a shipped layout.

Upload, field check, test print with made-up values, then in force; a version that was once in force stays for ever.
"""

import tempfile
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path, PureWindowsPath

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions.access.gate import user
from petitions.access.models import Unit
from petitions.cases import scanning
from petitions.cases.checks import Unreadable, tidy_line
from petitions.cases.kinds import PaperKind, paper_kinds
from petitions.cases.paper_views import handed_out
from petitions.documents import layouts, templates, word
from petitions.documents.checking import LARGEST, REQUIRED
from petitions.documents.face import CONFIDENTIAL, Face
from petitions.documents.models import PaperTemplate
from petitions.settings import Settings
from petitions.web.inputs import Input, Option
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, say

bp = Blueprint("paper_templates", __name__, url_prefix="/admin/papers")

UNIT = Input("unit", say("适用单位"), "unit", help=say("这个单位和它以下的单位出具的文书都用这个模板"))
FILE = Input(
    templates.FILE, say("Word模板"), "one_file", help=say("docx，不超过1 MB。可以先下载现用的版式，在Word里修改")
)
_NAME = 200

MADE_UP = Face(
    title="测试打印文书", number="测试〔2026〕1号", recipient='测试人·阿依<甲>&"乙"𠮷',
    lines=("这是一份用虚构内容试打的文书，不具有效力。", "一、一级标题", "编号：XF0000-000000", "（一）二级标题",
           "正文较长的一段，" + "用来看换行和每行字数，" * 12 + "到此为止。", "二、另一个一级标题", "承办单位：测试单位"),
    unit="测试单位", day="2026年3月5日", level=CONFIDENTIAL, signed_by="测试签发人", case="XF0000-000000", mark="测试",
)  # fmt: skip
"""What a test print says: nobody's name, long and strange enough to see what a template does with it."""


@bp.get("")
@permits("template:manage")
def index() -> ResponseReturnValue:
    """Every kind of paper, and where a template of one's own is in force."""
    own: dict[str, list[PaperTemplate]] = {}
    for row in templates.begun(user()):
        own.setdefault(row.kind, []).append(row)
    return render_template("documents/templates.html", kinds=paper_kinds(), own=own)


@bp.get("/<paper>")
@permits("template:manage")
def kind(paper: str) -> ResponseReturnValue:
    """The versions of one kind of paper, and the place to upload another."""
    return _page(paper, {"unit": str(_units()[0].id)}, {})


@bp.post("/<paper>")
@permits("template:manage")
def upload(paper: str) -> ResponseReturnValue:
    """Check the file and keep it; what is wrong with it is named field by field."""
    _kind(paper)
    unit = next((one for one in _units() if str(one.id) == request.form.get("unit")), None)
    try:
        name, content = _file()
        if unit is None:
            raise FieldErrors({UNIT.name: say("选择适用单位")})
        row = templates.keep(paper, unit, name, content, user())
    except FieldErrors as refusal:
        return _page(paper, request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("模板通过检查，保存为第{version}版。请测试打印，无误后启用", version=row.version), "success")
    return redirect(url_for("paper_templates.kind", paper=paper))


@bp.get("/<paper>/shipped")
@permits("template:manage")
def shipped(paper: str) -> ResponseReturnValue:
    """The layout that comes with the software, to change in Word."""
    one = _kind(paper)
    return handed_out(layouts.shipped(layouts.newest(one.layout)), f"{one.title}_版式.docx", word.MEDIA_TYPE)


@bp.get("/versions/<int:template_id>/file")
@permits("template:manage")
def file(template_id: int) -> ResponseReturnValue:
    """A version as it was uploaded."""
    row = _row(template_id)
    return handed_out(templates.content_of(row.id), row.name, word.MEDIA_TYPE)


@bp.get("/versions/<int:template_id>/test")
@permits("template:manage")
def test(template_id: int) -> ResponseReturnValue:
    """A test print with made-up values."""
    row = _row(template_id)
    content = word.fill(templates.content_of(row.id), MADE_UP)
    return handed_out(content, f"测试打印_第{row.version}版.docx", word.MEDIA_TYPE)


@bp.post("/versions/<int:template_id>/begin")
@permits("template:manage")
def begin(template_id: int) -> ResponseReturnValue:
    """Set papers in it from now on."""
    row = _row(template_id)
    try:
        templates.begin(row, user())
    except Refused as refusal:
        return _page(row.kind, {}, {"": refusal.sentence}), HTTPStatus.CONFLICT
    flash(say("已启用第{version}版，以后出具的文书用它", version=row.version), "success")
    return redirect(url_for("paper_templates.kind", paper=row.kind))


@bp.post("/versions/<int:template_id>/end")
@permits("template:manage")
def end(template_id: int) -> ResponseReturnValue:
    """Go back to what holds without it."""
    row = _row(template_id)
    try:
        templates.end(row, user())
    except Refused as refusal:
        return _page(row.kind, {}, {"": refusal.sentence}), HTTPStatus.CONFLICT
    flash(say("已停用第{version}版，已经出具的文书不变", version=row.version), "success")
    return redirect(url_for("paper_templates.kind", paper=row.kind))


def _units() -> list[Unit]:
    return list(templates.kept_by(user()))


def _kind(paper: str) -> PaperKind:
    return paper_kinds().get(paper) or abort(HTTPStatus.NOT_FOUND)


def _row(template_id: int) -> PaperTemplate:
    return templates.find(template_id, user()) or abort(HTTPStatus.NOT_FOUND)


def _file() -> tuple[str, bytes]:
    """The name and the bytes of the upload, which the scanner of the house has seen. Raises FieldErrors."""
    given = request.files.get(FILE.name)
    if given is None or not given.filename:
        raise FieldErrors({FILE.name: say("选择要上传的Word文件")})
    name = tidy_line(PureWindowsPath(given.filename).name)[-_NAME:] or "模板.docx"
    content = given.stream.read(LARGEST + 1)
    settings: Settings = current_app.config["SETTINGS"]
    with tempfile.TemporaryDirectory(prefix="petitions-template-") as folder:
        path = Path(folder) / "template.docx"
        path.write_bytes(content)
        try:
            scanning.scan(path, name, settings.scanner)
        except Unreadable as refusal:
            raise FieldErrors({FILE.name: refusal.sentence}) from refusal
    return name, content


def _page(paper: str, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    one = _kind(paper)
    return render_template(
        "documents/template.html", paper=paper, one=one, rows=templates.of_kind(paper, user()), values=values, errors=errors,
        unit_box=UNIT, file_box=FILE, choices=[Option(str(unit.id), unit.name) for unit in _units()], required=REQUIRED,
        fields=[name for name in word.FIELDS if name not in REQUIRED],
        wrong=[sentence for name, sentence in errors.items() if name.startswith(FILE.name)],
    )  # fmt: skip
