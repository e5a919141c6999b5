"""`petitions unit merge|split|move` as a script uses them."""

import pytest

from petitions.access.models import Unit
from petitions.db import Database
from tests.cli.conftest import Run

BASIS = ("--basis", "青编〔2026〕3号")


@pytest.fixture
def three(made: Run) -> Run:
    """Two bureaus more."""
    for name in ("青禾县河道局", "青禾县水库局"):
        assert made("unit", "add", name, "--under", "青禾县信访局").code == 0
    return made


def test_units_merge_only_after_somebody_agreed(three: Run) -> None:
    asked = three("unit", "merge", "青禾县河道局", "青禾县水库局", "--into", "青禾县水利局", *BASIS)
    assert asked.code != 0
    assert "确定的话加上 --yes 再运行" in asked.err
    assert len(three("unit", "list", "--json").json["units"]) == 4
    done = three(
        "unit", "merge", "青禾县河道局", "青禾县水库局", "--into", "青禾县水利局", *BASIS, "--yes", "--json"
    ).json
    assert (done["kind"], done["open"], done["sealed"], len(done["units"]), len(done["successors"])) == (
        "merge",
        0,
        0,
        2,
        1,
    )
    assert [one["name"] for one in three("unit", "list", "--json").json["units"]] == ["青禾县信访局", "青禾县水利局"]


def test_a_unit_splits_with_its_people_where_they_are_named(three: Run) -> None:
    assert three("user", "add", "qixiaoqing", "--unit", "青禾县水利局", "--role", "handler", "--generate").code == 0
    done = three(
        "unit", "split", "青禾县水利局", "--into", "青禾县河道局", "--into", "青禾县水库局", "--person",
        "qixiaoqing=青禾县水库局", "--rule", "河湾镇=青禾县水库局", *BASIS, "--yes", "--json",
    )  # fmt: skip
    assert done.json["people"] == 1
    people = three("user", "list", "--json").json["users"]
    assert {one["username"]: one["unit"] for one in people}["qixiaoqing"] == "青禾县水库局"


def test_a_unit_moves_under_another_one_or_to_the_top(three: Run, opened: Database) -> None:
    assert three("unit", "move", "青禾县河道局", "--under", "青禾县水利局", *BASIS, "--yes").code == 0
    assert three("unit", "move", "青禾县水库局", *BASIS, "--yes").code == 0
    with opened.work(write=False) as session:
        units = {unit.name: unit for unit in session.query(Unit)}
        assert units["青禾县河道局"].parent_id == units["青禾县水利局"].id
        assert units["青禾县水库局"].parent_id is None


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["unit", "merge", "青禾县水利局", "--into", "青禾县水利局", *BASIS, "--yes"], "不能由它自己承接"),
        (["unit", "merge", "青禾县水利局", "--into", "青禾县信访局", *BASIS, "--yes"], "类别不同"),
        (["unit", "merge", "没有的局", "--into", "青禾县水利局", *BASIS, "--yes"], "没有单位“没有的局”"),
        (["unit", "split", "青禾县水利局", "--into", "青禾县河道局", *BASIS, "--yes"], "至少选择两个承接单位"),
        (["unit", "split", "青禾县水利局", "--into", "青禾县河道局", "--into", "青禾县水库局", "--person", "甲", *BASIS], "写成 左边=单位"),
        (["unit", "move", "青禾县信访局", "--under", "青禾县水利局", *BASIS, "--yes"], "上级单位不能是本单位或它的下级"),
        (["unit", "move", "青禾县水利局", *BASIS, "--yes", "--by", "nobody"], "没有账号“nobody”"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_and_changes_nothing(three: Run, args: list[str], sentence: str) -> None:
    before = three("unit", "list", "--json").json
    answer = three(*args)
    assert answer.code != 0
    assert sentence in answer.err
    assert three("unit", "list", "--json").json == before
