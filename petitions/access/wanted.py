"""Where somebody wanted to go who had to log in first. The signed cookie keeps it meanwhile, and has little room."""

_LONGEST = 1_000
"""Bytes. A browser drops a cookie of more than 4,093 without a word, and with it the login that was half done."""


def short_enough(given: str) -> str:
    """What the cookie keeps of it: nothing where it is too long, and the login leads to the workbench."""
    return given if len(given.encode("utf-8", "replace")) <= _LONGEST else ""
