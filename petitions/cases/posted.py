"""What every posted form of an act carries beside its fields: its own id, and what the page showed."""

import re
from collections.abc import Mapping

from petitions.cases.models import Case


def submission_of(form: Mapping[str, str], case: Case) -> str | None:
    """The form's own id, bound to its case; anything but what our pages send is none."""
    given = form.get("submission", "")
    return f"{given}-{case.id}" if re.fullmatch("[0-9a-f]{32}", given) else None


def version_of(form: Mapping[str, str]) -> int | None:
    """The version of the case that the page showed, where the form says one."""
    given = form.get("version", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None
