"""The papers of a case to print and to take away: as a page, as Word files, as PDF. Every one of it is on record."""

import io
from collections.abc import Sequence

from flask import abort, current_app, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from petitions.access import audit
from petitions.access.gate import user
from petitions.cases import paper_files, queries
from petitions.cases.models import Document
from petitions.cases.page_views import number_in
from petitions.cases.views import bp
from petitions.documents import pdf, templates, word
from petitions.settings import Settings
from petitions.web.permits import permits

__all__ = ["bp"]

ZIP = "application/zip"


@bp.get("/documents/<int:document_id>")
@permits("case:see")
def document(document_id: int) -> ResponseReturnValue:
    """A paper to print, from its frozen text."""
    paper = _paper(document_id)
    audit.saw("paper:print", paper, case_id=paper.case_id)
    return print_page([paper], back_url=url_for("cases.show", case_id=paper.case_id), one=paper)


@bp.get("/documents/<int:document_id>/word")
@permits("case:see")
def document_word(document_id: int) -> ResponseReturnValue:
    """The same as a Word file."""
    paper = _paper(document_id)
    audit.saw("paper:word", paper, case_id=paper.case_id)
    content = paper_files.word_of(paper, paper_files.words_for([paper], user()))
    return handed_out(content, f"{paper_files.file_name(paper)}.docx", word.MEDIA_TYPE)


@bp.get("/documents/<int:document_id>/pdf")
@permits("case:see")
def document_pdf(document_id: int) -> ResponseReturnValue:
    """The same as PDF, where an office program lies on the machine."""
    paper, command = _paper(document_id), _settings().pdf_command
    if not pdf.available(command):
        abort(404)
    audit.saw("paper:pdf", paper, case_id=paper.case_id)
    content = pdf.pdf_of(paper_files.word_of(paper, paper_files.words_for([paper], user())), command)
    return handed_out(content, f"{paper_files.file_name(paper)}.pdf", pdf.MEDIA_TYPE)


@bp.get("/cases/<int:case_id>/documents")
@permits("case:see")
def documents(case_id: int) -> ResponseReturnValue:
    """Every paper of a case, to print in one go; with `event` those of one act."""
    papers = _papers(case_id)
    for case in dict.fromkeys(paper.case for paper in papers):
        audit.saw("paper:print", case)
    return print_page(papers, back_url=url_for("cases.show", case_id=case_id),
                      word_url=url_for("cases.documents_word", case_id=case_id, event=number_in("event") or None),
                      pdf_url=url_for("cases.documents_pdf", case_id=case_id, event=number_in("event") or None)
                      if pdf.joins(_settings().pdf_command) else "")  # fmt: skip


@bp.get("/cases/<int:case_id>/documents/word")
@permits("case:see")
def documents_word(case_id: int) -> ResponseReturnValue:
    """The same as Word files in one archive."""
    papers = _papers(case_id)
    if not papers:
        abort(404)
    audit.saw("paper:word", papers[0].case)
    content = paper_files.zipped(papers, paper_files.words_for(papers, user()))
    return handed_out(content, f"{paper_files.set_name(papers[0].case)}.zip", ZIP)


@bp.get("/cases/<int:case_id>/documents/pdf")
@permits("case:see")
def documents_pdf(case_id: int) -> ResponseReturnValue:
    """The same as one PDF to print, where the programs for it lie on the machine."""
    papers, command = _papers(case_id), _settings().pdf_command
    if not papers or not pdf.joins(command):
        abort(404)
    audit.saw("paper:pdf", papers[0].case)
    words = paper_files.words_for(papers, user())
    content = pdf.joined([paper_files.word_of(paper, words) for paper in papers], command)
    return handed_out(content, f"{paper_files.set_name(papers[0].case)}.pdf", pdf.MEDIA_TYPE)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _paper(document_id: int) -> Document:
    return queries.document(document_id, user()) or abort(404)


def _papers(case_id: int) -> Sequence[Document]:
    case = queries.for_page(case_id, user()) or abort(404)
    event_id = number_in("event")
    return [paper for paper in case.documents if not event_id or paper.event_id == event_id]


def print_page(
    papers: Sequence[Document], *, back_url: str, word_url: str = "", pdf_url: str = "", one: Document | None = None
) -> str:
    """Papers as a page of print. `one`: the single paper, which can be taken away as Word and PDF."""
    words = paper_files.words_for(papers, user())
    return render_template(
        "documents/show.html", papers=papers, faces=[paper_files.face_of(paper, words) for paper in papers],
        own_words=templates.words_of({paper.template_id for paper in papers if paper.template_id is not None}),
        back_url=back_url, word_url=word_url or (url_for("cases.document_word", document_id=one.id) if one else ""),
        pdf_url=pdf_url or (
            url_for("cases.document_pdf", document_id=one.id) if one and pdf.available(_settings().pdf_command) else ""
        ),
    )  # fmt: skip


def handed_out(content: bytes, name: str, media_type: str) -> ResponseReturnValue:
    """A file to be saved; no browser and no proxy keeps a copy."""
    answer = send_file(io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer
