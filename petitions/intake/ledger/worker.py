"""Long work beside the request that asks for it: a thread of this process, begun when the request is committed.

A thread that dies with its process loses nothing: the batch can be taken up again where its last commit left off.
"""

import threading
from collections.abc import Callable
from typing import Any

import structlog
from flask import after_this_request, current_app

from petitions.words import Refusal

log = structlog.get_logger()

Task = Callable[[], None]

STARTER = "LEDGER_STARTER"
"""Key of the app's configuration: what starts a task, where it is not a thread."""


def begin(task: Task) -> None:
    """Start `task` after the present request has been committed; not at all when the request fails."""
    start: Callable[[Task], None] = current_app.config.get(STARTER, in_thread)

    @after_this_request
    def _start(response: Any) -> Any:
        if response.status_code < 400:
            start(task)
        return response


def in_thread(task: Task) -> None:
    """Run a task in a thread that does not keep the process from ending."""
    threading.Thread(target=at_once, args=(task,), name="ledger", daemon=True).start()


def at_once(task: Task) -> None:
    """Run a task here and now. A refusal stands on the batch already; a fault is noted in the log as well."""
    try:
        task()
    except Refusal:
        log.info("ledger_stopped")
    except Exception as error:
        log.error("ledger_fault", exc_info=error)
