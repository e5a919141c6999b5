"""The time limits in one table: of petitions (T), of mediation (M) and of the procedures a claim may be led to (X).

These are the national values. They are data: clocks.py counts, the workflow tables start and stop the clocks by their
code. A region's own numbers are dated rows of the database (local_limits.py), which a reader asks for by the clock.
"""

from collections.abc import Mapping

from petitions.cases import foreign_limits, mediation_limits, petition_limits
from petitions.cases.foreign_limits import FOREIGN_ROWS, Foreign
from petitions.cases.limit import Limit

VERSION = "national-2022-05-01"
"""Kept on every deadline, so that it can be said later under which rule it was started."""

PETITION, MEDIATION, FOREIGN_PROCEDURES = petition_limits.ROWS, mediation_limits.ROWS, foreign_limits.ROWS
"""The three chapters of the table."""

LIMITS: Mapping[str, Limit] = {row.code: row for row in (*PETITION, *MEDIATION, *FOREIGN_PROCEDURES)}

ADDED = frozenset(row.extension_code for row in LIMITS.values() if row.extension_code)
"""Rows that are never counted alone: their days continue another limit (T7)."""

FOREIGN: Mapping[str, Foreign] = {row.code: row for row in FOREIGN_ROWS}
