"""The log: what happened, where in the code, never with whom. Messages of exceptions and local variables hold
people's names and numbers (a database quotes the row it refuses), so of a fault only its kind and its path are kept.
"""

import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger


def bare_trace(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001 - structlog's signature
    """Turn `exc_info` into the kinds of the exceptions and the lines they passed."""
    fault: Any = event.pop("exc_info", None)
    if not isinstance(fault, BaseException):
        return event
    kinds: list[str] = []
    while fault is not None and len(kinds) < 5:  # a chain longer than that says nothing more
        kinds.append(type(fault).__name__)
        path = [
            f"{frame.filename.rsplit('/', 3)[-1]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(fault.__traceback__)
        ]
        event.setdefault("trace", path[-12:])
        fault = fault.__cause__ or fault.__context__
    event["fault"] = " < ".join(kinds)
    return event


def configure(level: int = logging.INFO) -> None:
    """One JSON line an event, on the error output; events below `level` are left out."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            bare_trace,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Asked anew each time: the error output may have been replaced since, and the output proper is a command's answer.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    # waitress tells of every request that waits its turn; under load these are thousands of lines about nothing.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
