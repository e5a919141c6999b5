"""create_app(): wiring and nothing else."""

from dataclasses import replace
from importlib.metadata import version
from typing import Any

from flask import Flask, g
from werkzeug.middleware.proxy_fix import ProxyFix

from petitions import clock, paths
from petitions.access import (
    account_views,
    admin,
    admin_views,
    delegation_views,
    gate,
    login,
    matrix_views,
    past,
    provider,
    provider_views,
    second_step_views,
)
from petitions.access import views as access_views
from petitions.access.policy import may
from petitions.assignment import views as assignment_views
from petitions.assignment.declaration import declaration
from petitions.cases import (
    action_views,
    appointments,
    audit_views,
    batch,
    code_admin,
    code_views,
    disposal,
    facets,
    finding,
    handover,
    handover_views,
    list_views,
    page_views,
    paper_views,
    requests,
    rows,
    sight,
    summary_views,
    workbench,
)
from petitions.cases import panels as case_panels
from petitions.cases import views as case_views
from petitions.daysoff import views as daysoff_views
from petitions.db import Database
from petitions.deadlines import limit_views, reminder_views, rule_views
from petitions.deadlines import views as deadline_views
from petitions.documents import concealed, face
from petitions.followup import views as followup_views
from petitions.followup.script import visit_script
from petitions.followup.standing import standing
from petitions.handling import views as handling_views
from petitions.handling.checklist import checklist
from petitions.handling.report import known_for_report
from petitions.intake import drafts
from petitions.intake import erasure as intake_erasure
from petitions.intake import views as intake_views
from petitions.intake.ledger import views as ledger_views
from petitions.matters import dictionaries, urging
from petitions.matters import finding as matter_finding
from petitions.matters import kind as matter_kind
from petitions.matters import listing as matter_listing
from petitions.matters import views as matter_views
from petitions.matters.furniture import FURNITURE
from petitions.mediation import committees_views, figures_views
from petitions.mediation import dossier_views as mediation_dossier
from petitions.mediation import finding as mediation_finding
from petitions.mediation import kind as mediation_kind
from petitions.mediation import ledger_views as dispute_ledger_views
from petitions.mediation import listing as mediation_listing
from petitions.mediation import next_session as mediation_sessions
from petitions.mediation import panels as mediation_panels
from petitions.mediation import retention as mediation_retention
from petitions.mediation import views as mediation_views
from petitions.menu import menu_for
from petitions.notices import heartbeat, outbox_views
from petitions.notices import queries as notice_queries
from petitions.notices import views as notice_views
from petitions.papers import template_views
from petitions.papers import views as papers_views
from petitions.privacy import disposal_views, disposals, request_views, who_views
from petitions.reorganisation import views as reorganisation_views
from petitions.review import kind as review_kind
from petitions.review import listing as review_listing
from petitions.review import panels as review_panels
from petitions.review import views as review_views
from petitions.settings import Settings
from petitions.triage import views as triage_views
from petitions.web import errors, logs, responses, translation
from petitions.web.responses import Application
from petitions.words import say

BLUEPRINTS = (
    access_views.bp,
    account_views.bp,
    provider_views.bp,
    second_step_views.bp,
    delegation_views.bp,
    *{
        module.bp for module in (case_views, page_views, paper_views, action_views, list_views, summary_views)
    },  # one blueprint in six files
    matter_views.bp,
    notice_views.bp,
    outbox_views.bp,
    heartbeat.bp,
    intake_views.bp,
    ledger_views.bp,
    admin_views.bp,
    matrix_views.bp,
    reorganisation_views.bp,
    code_views.bp,
    daysoff_views.bp,
    audit_views.bp,
    handover_views.bp,
    triage_views.bp,
    assignment_views.bp,
    handling_views.bp,
    followup_views.bp,
    deadline_views.bp,
    reminder_views.bp,
    limit_views.bp,
    rule_views.bp,
    papers_views.bp,
    template_views.bp,
    disposal_views.bp,
    request_views.bp,
    who_views.bp,
    review_views.bp,
    mediation_dossier.bp,
    committees_views.bp,
    figures_views.bp,
    dispute_ledger_views.bp,
    mediation_views.bp,
)

case_panels.furniture.update(
    matter=replace(
        FURNITURE,
        present={**FURNITURE.present, "report_back": known_for_report},
        beside={**FURNITURE.beside, "visit": visit_script},
    ),
    review=review_panels.FURNITURE,
    mediation=mediation_panels.FURNITURE,
)
case_panels.panels.extend((declaration, checklist, review_panels.of_matter, mediation_panels.of_matter, standing))

admin.KEEPERS.update(person=handover.of_person, unit=handover.of_unit)
admin.IN_HAND.append(handover.in_hand)
handover.DRAWERS.append(drafts.DRAWER)
code_admin.LISTS.update(dictionaries.LISTS)
notice_queries.SIGHT.update(visible=sight.visible, concealed=sight.concealed)
notice_queries.PLACES[:] = [sight.place]

finding.add(*matter_finding.FINDERS, *mediation_finding.FINDERS)
facets.add(*matter_listing.FACETS, *review_listing.FACETS, *mediation_listing.FACETS)
rows.DECORATIONS.update(
    matter=matter_listing.DECORATION, review=review_listing.DECORATION, mediation=mediation_listing.DECORATION
)
workbench.CARDS.extend((*matter_listing.CARDS, *review_listing.CARDS, *mediation_listing.CARDS))
batch.ACTS.extend(matter_listing.BATCH)
batch.OUTLOOKS.update(urge=urging.outlook)
requests.ELSEWHERE.append(
    requests.Elsewhere(say("到期处置清单"), "disposals.index", "disposal:approve", disposals.waiting_for)
)
disposal.KEEPING["mediation"] = mediation_retention.KEEPING
disposal.ERASERS.append(intake_erasure.erase)
appointments.BOOKS.append(mediation_sessions.books)

VERSION = version("petitions")

KINDS = (matter_kind.MATTER, review_kind.REVIEW, mediation_kind.MEDIATION)
"""The kinds of case this installation knows; importing them checks their tables."""


def create_app(settings: Settings | None = None, database: Database | None = None) -> Application:
    """The application; raises RuntimeError when a route has no permission or a table is unsound."""
    logs.configure()
    settings = settings or Settings()
    app = Application("petitions", template_folder=str(paths.TEMPLATES), static_folder=str(paths.STATIC))
    app.database = (database or Database(settings.url(), keys=settings.vault_keys)).follow(settings)
    app.config.update(
        SETTINGS=settings,
        STARTED_AT=clock.now(),
        SECRET_KEY=settings.key(),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,  # a letter of 100,000 characters with its other fields
        # With this prefix a browser takes the cookie from this very host only, over TLS, for every path.
        SESSION_COOKIE_NAME="__Host-session" if settings.secure_cookies else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # the form lives as long as the login
    )
    app.config["TRUSTED_HOSTS"] = list(settings.trusted_hosts) or None
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    app.url_map.converters["int"] = responses.RowId
    # An address with // in it is no other address: it would be answered by leading on to what a stranger wrote.
    app.url_map.merge_slashes = False
    app.jinja_env.filters.update(readable=concealed.readable, paper_rank=face.rank)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["name_on"] = past.name_on
    translation.translate(app, settings.language)
    login.install(app)
    gate.install(app)
    provider.install(app)
    errors.install(app)
    app.after_request(responses.harden)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.context_processor(lambda: _surroundings(app))
    gate.insist_on_policy(app)
    return app


def _surroundings(app: Flask) -> dict[str, Any]:
    """What every page needs around its content."""
    settings, person, current = app.config["SETTINGS"], g.get("user"), translation.chosen_language()
    return {
        "user": person,
        "menu": menu_for(person, {}) if person else [],
        "keeps_sessions": bool(person) and may(person, "mediation:register"),
        "unread": notice_queries.unread(person) if person else 0,
        "session_left": login.left(settings),
        "office_name": settings.office_name,
        "languages": [
            {"code": code, "label": label, "active": code == (current or settings.language)}
            for code, label in translation.LANGUAGES.items()
        ],
        "density": person.density if person else "standard",
        "text_size": person.text_size if person else "normal",
        "today": clock.today(),
        "version": VERSION,
        "csp_nonce": responses.nonce,
    }
