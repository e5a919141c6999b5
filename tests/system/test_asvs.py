"""docs/asvs.md answers every requirement of ASVS 5.0 of the first two levels once, and names only tests that exist."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3", "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223",
    "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222", "10.6": "22",
    "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip
"""The sections of ASVS 5.0.0, and of each the levels of its requirements in their order."""

ANSWERS = ("tests/", "document", "deployment", "open", "none")
"""A row is held by tests, said in a document, left to the deployment, held by nothing, or asks for what there is not."""

_ROW = re.compile(r"\| (V[\d.]+) \| (\d) \| (.+?) \| (.+) \|")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str, str, str]]:
    """Number, level, what it asks, our answer."""
    page = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    found = [_ROW.fullmatch(line) for line in page.splitlines() if line.startswith("| V")]
    assert all(found), "a row has four columns"
    return [row.groups() for row in found if row]  # type: ignore[misc]


def test_the_list_of_levels_is_whole() -> None:
    """70 requirements of the first level, 183 of the second and 92 of the third, as the standard says of itself."""
    assert Counter("".join(LEVELS.values())) == {"1": 70, "2": 183, "3": 92}


def test_every_requirement_of_the_first_two_levels_stands_there_once(rows: list[tuple[str, str, str, str]]) -> None:
    wanted = [
        (f"V{section}.{number}", level)
        for section, levels in LEVELS.items()
        for number, level in enumerate(levels, 1)
        if level != "3"
    ]
    assert [(number, level) for number, level, _, _ in rows] == wanted


def test_every_answer_is_of_one_of_the_five_sorts_and_says_something(rows: list[tuple[str, str, str, str]]) -> None:
    assert [number for number, _, asked, answer in rows if not answer.strip("`").startswith(ANSWERS) or not asked] == []
    bare = [number for number, _, _, answer in rows if answer in ANSWERS or answer in ("none:", "open:", "deployment:")]
    assert bare == []


def test_every_test_it_names_exists(rows: list[tuple[str, str, str, str]]) -> None:
    named = {found for _, _, _, answer in rows for found in _TEST.findall(answer)}
    assert len(named) > 50
    missing = [
        f"{path}::{name}"
        for path, name in sorted(named)
        if not (ROOT / path).exists()
        or not re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert missing == []


def test_every_document_it_names_exists(rows: list[tuple[str, str, str, str]]) -> None:
    named = {path for _, _, _, answer in rows for path in re.findall(r"\]\(([\w./-]+)\)", answer)}
    assert named
    assert [path for path in sorted(named) if not (ROOT / "docs" / path).resolve().exists()] == []
