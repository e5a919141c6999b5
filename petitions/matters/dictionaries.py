"""Which code lists an administrator may extend, and which entries the rules of this package ask for."""

from collections.abc import Mapping

from petitions.cases.code_admin import CodeList
from petitions.matters.seed import LISTS as NAMES

_ALL = frozenset("*")

_GROWING = (
    "content_class",
    "flag",
    "service_method",
    "source_level",
    "return_visit_way",
    "phrase",
    "reveal_reason",
    "dispute_type",
)
"""Nothing is decided by a particular entry of these."""

_KEPT: Mapping[str, frozenset[str]] = {
    # Guards, papers and the figures read these entries by their code.
    "purpose": _ALL,
    "nature": _ALL,
    "route": _ALL,
    "urgency": _ALL,
    "visit_scale": _ALL,
    "signature": _ALL,
    "satisfaction": _ALL,
    "channel": frozenset({"LX", "LF", "LD", "WS"}),
    # One favourable, one unfavourable outcome for every nature, and the ends of the other procedures.
    "outcome": frozenset({"S", "E", "D", "N", "M", "A", "NAd"}),
    "flag": frozenset({"major_urgent"}),
    "service_method": frozenset({"direct"}),
    "dispute_type": frozenset({"other"}),
    "reveal_reason": frozenset({"visit"}),  # given by the list of return visits itself
}

LISTS: Mapping[str, CodeList] = {
    name: CodeList(name, label, name in _GROWING, name == "content_class", _KEPT.get(name, frozenset()))
    for name, label in NAMES.items()
}
