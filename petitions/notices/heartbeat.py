"""Signs of life of repeated work, and the public page that goes red without them."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from petitions import clock, db
from petitions.notices.models import Heartbeat
from petitions.notices.sending import any_on
from petitions.settings import Settings
from petitions.web.permits import PUBLIC, permits

TICK = "tick"
"""The job that reminds people."""

SENDER = "sender"
"""The job that sends what goes out of the house."""

MISSED = 3
"""So many ticks may be missed before the page goes red: one may be slow, two may be a restart."""

bp = Blueprint("health", __name__)


def beat(job: str, note: str = "") -> None:
    """Note that `job` has just succeeded."""
    row = db.insert(Heartbeat).values(job=job, at=clock.now(), note=note)
    kept = {"at": row.excluded.at, "note": row.excluded.note}
    db.session().execute(row.on_conflict_do_update(index_elements=["job"], set_=kept))


def last(job: str) -> datetime | None:
    """When `job` last succeeded."""
    row = db.session().get(Heartbeat, job)
    return row.at if row else None


def is_late(at: datetime | None, since: datetime, settings: Settings) -> bool:
    """Whether the tick is missing: nothing for three ticks, counted from `since` while there was none at all."""
    return clock.now() - max(at or since, since) > MISSED * timedelta(seconds=settings.tick_seconds)


@bp.get("/healthz")
@permits(PUBLIC)
def healthz() -> ResponseReturnValue:
    """For a load balancer or a watchman: 200 while all is well, 503 when the database or the tick is gone."""
    settings: Settings = current_app.config["SETTINGS"]
    said: dict[str, Any] = {"status": "green", "database": "green", "tick": "off", "sender": "off"}
    try:
        at, sends, sent = last(TICK), any_on(settings), last(SENDER)
    except SQLAlchemyError:
        return jsonify(
            {**said, "status": "red", "database": "red", "tick": "unknown", "sender": "unknown"}
        ), HTTPStatus.SERVICE_UNAVAILABLE
    said["last_tick"] = at.isoformat(timespec="seconds") if at else None
    if settings.expect_tick:
        since = current_app.config["STARTED_AT"]
        said["tick"] = "red" if is_late(at, since, settings) else "green"
        if sends:
            said["sender"] = "red" if is_late(sent, since, settings) else "green"
        said["status"] = "red" if "red" in (said["tick"], said["sender"]) else "green"
    return jsonify(said), HTTPStatus.SERVICE_UNAVAILABLE if said["status"] == "red" else HTTPStatus.OK
