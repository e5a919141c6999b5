"""Which term of mediating runs (domain.md §2.2 M1–M8): by who handed it over, else by the rule the installation follows."""

from collections.abc import Callable, Mapping

from petitions import db
from petitions.cases import codes
from petitions.cases.models import Case
from petitions.mediation.models import Mediation

_OF_COURTS = {
    "from_court_before_filing": "court_before",
    "from_court_ordinary": "court_ordinary",
    "from_court_summary": "court_summary",
    "online_from_court": "court_online",
}
"""特邀调解规定第27条, 在线调解规则第12条、第24条."""


def _from(source: str) -> Callable[[Case], bool]:
    def came(case: Case) -> bool:
        return isinstance(case, Mediation) and case.source == source

    return came


def is_labour(case: Case) -> bool:
    """劳动争议调解仲裁法第14条."""
    entry = codes.entry("dispute_type", case.dispute_type) if isinstance(case, Mediation) else None
    return entry is not None and bool(entry.extra.get("labour"))


def _by(rule: str) -> Callable[[Case], bool]:
    """M1, M2 or M3, as set (`MEDIATION_TERM`); none of them where a court or the law on labour disputes gives another."""

    def applies(case: Case) -> bool:
        own = isinstance(case, Mediation) and case.source not in _OF_COURTS.values() and not is_labour(case)
        return own and db.mediation_term() == rule

    return applies


TERMS: Mapping[str, Callable[[Case], bool]] = {
    "by_rules": _by("M1"),
    "by_standard": _by("M2"),
    "by_region": _by("M3"),
    "is_labour": is_labour,
    **{name: _from(source) for name, source in _OF_COURTS.items()},
}
