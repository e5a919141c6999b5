"""What single papers of a mediation say beyond the common values: the agreement, who came, the dossier, its term."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from petitions import db
from petitions.cases.dossier import total_pages
from petitions.cases.kinds import Act
from petitions.documents.concealed import CONCEALED
from petitions.mediation.course import mediation_of
from petitions.mediation.dossier import looked_through
from petitions.mediation.lists import FIXED
from petitions.mediation.models import Agreement, Mediation, Performance, yuan
from petitions.mediation.retention import RESULTS, term_of

_FORMS = {"written": "书面协议", "oral": "口头协议"}


def _agreement_of(act: Act) -> Agreement:
    agreement = mediation_of(act).agreement
    assert agreement is not None
    return agreement


def _plan(mediation: Mediation) -> list[dict[str, Any]]:
    """The rows of the agreement that counts. They may be new: whose they are is looked up among the parties."""
    named = {one.id: one.name for one in mediation.parties}
    return [_row(row, named[row.debtor_id]) for row in mediation.agreement.performances] if mediation.agreement else []


def _row(row: Performance, debtor: str) -> dict[str, Any]:
    return {
        "debtor": debtor or CONCEALED,
        "item": row.item,
        "amount": yuan(row.amount),
        "due_on": row.due_on,
        "done_on": row.done_on,
        "paid": yuan(row.paid) if row.paid else "",
    }


def _agreed(act: Act) -> dict[str, Any]:
    """第29条, 若干规定第35条."""
    agreement, mediation = _agreement_of(act), mediation_of(act)
    return {
        "agreed": {
            "facts": agreement.facts, "points": agreement.points, "responsibility": agreement.responsibility,
            "content": agreement.content, "way": agreement.way, "plan": _plan(mediation),
        },
        "sessions": [one.held_on for one in mediation.sessions],
        "bodies": any(one.kind != "natural" for one in mediation.principals),
        "effective_on": agreement.effective_on,
        "form": _FORMS[agreement.form],
    }  # fmt: skip


def _said(act: Act) -> dict[str, Any]:
    """Who said what: by party, for two may be of one name."""
    told = act.data.get("statements", {})
    return {
        "said": [
            {"name": one.name or CONCEALED, "text": told[str(one.id)]}
            for one in mediation_of(act).parties
            if told.get(str(one.id))
        ]
    }


def _visited(act: Act) -> dict[str, Any]:
    return {"plan": _plan(mediation_of(act))}


def _ended(mediation: Mediation) -> date | None:
    """结案: performed whole, or else the day of the result."""
    agreement = mediation.agreement
    done = [row.done_on for row in agreement.performances] if agreement is not None else []
    days = [day for day in done if day is not None]
    return max(days) if days and len(days) == len(done) else mediation.result_on


def _closed(act: Act) -> dict[str, Any]:
    """What the dossier is about and how it ended, how long it is kept, what lies in it."""
    mediation = mediation_of(act)
    parts, items = looked_through(mediation)
    term = term_of(act.data["retention_class"], db.mediation_retention_years())
    asked = mediation.confirmation
    rulings = {choice.value: str(choice.label) for choice in FIXED["rulings"]}
    return {
        "ended_on": _ended(mediation),
        "outcome": RESULTS.get(mediation.result, ""),
        "form": _FORMS.get(mediation.form, ""),
        "plan": _plan(mediation) if mediation.form else [],
        "confirmation": rulings.get(asked.result, "已撤回申请") if asked is not None else "没有申请",
        "term": f"{term.label}（{term.years}年）" if term.years else str(term.label),
        "term_source": str(term.source),
        "items": [
            {"part": str(item.section.label), "title": item.title, "on": item.on, "span": item.span} for item in items
        ],
        "pages": total_pages(items),
        "contents": [
            {
                "label": str(part.label), "account": part.account, "there": part.there,
                "rule": "必须" if part.needed else "按需",
                "lies": [
                    {"title": item.title, "on": item.on, "span": item.span} for item in items if item.section is part.section
                ],
            }
            for part in parts
        ],
    }  # fmt: skip


EXTRA: Mapping[str, Callable[[Act], Mapping[str, Any]]] = {
    "mediation_record": _said,
    "mediation_agreement": _agreed,
    "oral_agreement": _agreed,
    "confirmation_request": _agreed,
    "mediation_visit": _visited,
    "closing_report": _closed,
    "dossier_back": _closed,
    "dossier_cover": _closed,
    "dossier_contents": _closed,
}
