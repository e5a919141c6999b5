"""The auditor's pages. Whoever reads the audit is in it themselves."""

from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import clock
from petitions.access import audit, audit_chain
from petitions.access.gate import user
from petitions.cases import audit_list
from petitions.web.inputs import line
from petitions.web.permits import permits

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("")
@permits("audit:read")
def index() -> ResponseReturnValue:
    """Who did, tried, saw or printed what."""
    asked = audit_list.Asked(
        _day("since"), _day("until"), line(request.args.get("person", "")), line(request.args.get("case", ""))[:_NUMBER_AT_MOST],
        request.args.get("acts", ""), request.args.get("outcome", ""),
    )  # fmt: skip
    before = request.args.get("before", "")
    page = audit_list.page(asked, user(), int(before) if before.isdecimal() and len(before) < 10 else None)
    audit.saw("audit:read")
    older = _url({**asked.values, "before": str(page.older)}) if page.older else None
    return render_template(
        "audit/index.html", page=page, asked=asked, groups=audit_list.groups(), older_url=older, is_first=not before
    )


@bp.get("/head")
@permits("audit:read")
def head() -> ResponseReturnValue:
    """The last line of a day, to print and keep: it proves later that nothing before it was changed or cut off."""
    day = _day("day") or clock.today()
    return render_template("audit/head.html", head=audit_chain.head(day), day=day, verdict=None, anchor="")


@bp.post("/head")
@permits("audit:read", reads=True)
def verify() -> ResponseReturnValue:
    """Walk along the whole chain, and say whether the printed head that was typed stands in it."""
    anchor = line(request.form.get("anchor", "")).lower().replace(" ", "")
    audit.saw("audit:verify")
    verdict = audit_chain.verify(anchor)
    return render_template(
        "audit/head.html", head=audit_chain.head(), day=clock.today(), verdict=verdict, anchor=anchor
    )


def _url(values: dict[str, str]) -> str:
    return f"{url_for('audit.index')}?{urlencode(values)}"


_NUMBER_AT_MOST = 100
"""Characters of a number that is asked for: no number is longer, and a database refuses to compare with any length."""

_YEARS = range(1900, 2201)
"""A day before or after has no midnight in every zone that a moment is reckoned in."""


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if day.year in _YEARS else None
