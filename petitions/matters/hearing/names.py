"""The names of several people as somebody typed them into one line."""

import re


def named_people(text: str) -> list[str]:
    """张三、李四，王五 -> the three names; blanks are let go, and nothing is said of who stands there twice."""
    return [name for name in re.split(r"[、，,；;\s]+", text) if name]
