"""Write docs/settings.md from petitions/settings.py; `tests/system/test_docs.py` holds it current."""

from pathlib import Path

from petitions.settings import Settings

TARGET = Path(__file__).resolve().parent.parent / "docs" / "settings.md"

HEAD = """# Settings

Generated from `petitions/settings.py` by `make documents`; do not edit. Every setting is read from the environment.

| variable | default | meaning |
|---|---|---|
"""


def page() -> str:
    """The document: a row for each setting."""
    rows = []
    for name, field in Settings.model_fields.items():
        meaning = " ".join((field.description or "").split())
        rows.append(f"| `PETITIONS_{name.upper()}` | `{field.default}` | {meaning} |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
    print(f"wrote {TARGET.name}")
