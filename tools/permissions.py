"""Write docs/permissions.md from petitions/access/policy.py; `tests/system/test_docs.py` holds it current."""

from gettext import GNUTranslations
from pathlib import Path

from petitions import paths
from petitions.access import matrix
from petitions.words import Sentence

TARGET = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"

HEAD = """# Permissions

Generated from `petitions/access/policy.py` by `make documents`; do not edit. Whoever fits one of the alternatives of a
permission holds it; what does not stand here is held by nobody. Which cases somebody sees at all is decided before, by
the units that take part and by the [wall](wall.md) of 第30条.

| permission | 可以做什么 | what for | 谁可以 | who |
|---|---|---|---|---|
"""


def page() -> str:
    """The document: a row for each permission, in both languages."""
    with (paths.TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        english = GNUTranslations(file)

    def said(words: Sentence) -> str:
        values = {name: said(value) if isinstance(value, Sentence) else value for name, value in words.values.items()}
        return english.gettext(words.pattern).format(**values)

    rows = []
    for line in matrix.lines():
        ways = [way.words for way in line.ways]
        cells = (f"`{line.permission}`", line.meaning, said(line.meaning), "<br>".join(ways),
                 "<br>".join(said(way) for way in ways))  # fmt: skip
        rows.append("| " + " | ".join(cells) + " |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
    print(f"wrote {TARGET.name}")
