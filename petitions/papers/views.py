"""C14 文书中心: the list of papers, the register of numbers, several papers printed or taken away together."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import clock, db
from petitions.access import audit, units
from petitions.access.gate import user
from petitions.cases import paper_files
from petitions.cases.kinds import paper_kinds
from petitions.cases.models import Document
from petitions.cases.paper_views import ZIP, handed_out, print_page
from petitions.papers import centre
from petitions.papers.centre import AT_ONCE, Asked
from petitions.web.permits import permits
from petitions.words import say

bp = Blueprint("papers", __name__, url_prefix="/papers")


@bp.get("")
@permits("paper:list")
def index() -> ResponseReturnValue:
    """The papers of the cases this person may see."""
    asked = Asked.of(request.args)
    page = centre.listed(asked, user())
    return render_template(
        "documents/centre.html", asked=asked, page=page, owed=centre.owed, kinds=centre.kind_choices(),
        units=centre.unit_choices(), states=centre.STATES, filtered=bool(asked.args()),
        newer_url=url_for("papers.index", **asked.args()) if asked.before else None,
        older_url=url_for("papers.index", **asked.args(before=page.older)) if page.older else None,
    )  # fmt: skip


@bp.get("/register")
@permits("paper:list")
def register() -> ResponseReturnValue:
    """文号登记簿: the numbers of a unit, a kind and a year."""
    known, asked = paper_kinds(), Asked.of(request.args)
    year = _year(request.args.get("year", ""))
    kind, unit_id = asked.kind or next(iter(known)), asked.unit or user().unit_id
    after = request.args.get("after", "")
    found = centre.register(unit_id, kind, year, int(after) if after.isdecimal() and len(after) < 10 else 0, user())
    here: dict[str, Any] = {"unit": unit_id, "kind": kind, "year": year}
    return render_template(
        "documents/register.html", found=found, kind=kind, title=known[kind].title, unit_id=unit_id, year=year,
        unit=next((one.name for one in units.every() if one.id == unit_id), ""),
        years=sorted({*found.years, year, clock.today().year}, reverse=True), kinds=centre.kind_choices(),
        units=centre.unit_choices(), first_url=url_for("papers.register", **here) if after else None,
        more_url=url_for("papers.register", **here, after=found.more) if found.more else None,
    )  # fmt: skip


@bp.get("/print")
@permits("paper:list")
def print_chosen() -> ResponseReturnValue:
    """The chosen papers as one page of print."""
    papers = _chosen("paper:print")
    if not papers:
        return _nothing()
    word_url = url_for("papers.word_chosen", paper=[paper.id for paper in papers])
    return print_page(papers, back_url=url_for("papers.index"), word_url=word_url)


@bp.get("/word")
@permits("paper:list")
def word_chosen() -> ResponseReturnValue:
    """The chosen papers as Word files in one archive."""
    papers = _chosen("paper:word")
    if not papers:
        return _nothing()
    content = paper_files.zipped(papers, paper_files.words_for(papers, user()))
    return handed_out(content, f"文书_{clock.today().isoformat()}.zip", ZIP)


def _chosen(act: str) -> Sequence[Document]:
    asked = request.args.getlist("paper")
    papers = centre.chosen(asked, user())
    with db.now():
        for paper in papers:
            audit.record(act, paper, case_id=paper.case_id)
    if len(set(asked)) > AT_ONCE:
        flash(say("一次最多{most}份，其余的没有包括在内", most=AT_ONCE), "info")
    return papers


def _nothing() -> ResponseReturnValue:
    flash(say("先勾选要打印或者下载的文书"), "info")
    return redirect(url_for("papers.index"))


def _year(text: str) -> int:
    return (
        int(text)
        if len(text) == 4 and text.isdecimal() and text.isascii() and 1990 <= int(text[:5] or 0) <= 2200
        else clock.today().year
    )
