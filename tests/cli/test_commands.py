"""The command line: what it does, how it answers people and scripts, how it refuses."""

import csv
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from petitions import clock
from petitions.access import vault
from petitions.access.models import Login, Unit, User
from petitions.access.roles import Role
from petitions.cases.models import Case
from petitions.cli import main
from petitions.db import Database
from petitions.matters.models import Matter
from petitions.matters.register import register
from tests.cli.conftest import Run, typed
from tests.factories import typed as petition

PASSWORD = "Heron-2026-测试水"


def test_a_new_database_is_made_once_and_says_what_comes_next(run: Run) -> None:
    first = run("init")
    assert first.code == 0
    assert "数据库已建立" in first.out
    assert "petitions user add" in first.out
    again = run("init", "--json").json
    assert (again["created"], again["users"]) == (False, 0)
    assert again["codes"] > 200


def test_nothing_runs_without_a_database_and_every_command_says_what_to_do(run: Run) -> None:
    for command in ("tick", "user list", "unit list", "search rebuild", "upgrade", "import x.csv"):
        answer = run(*command.split())
        assert answer.code == 1
        assert answer.err.count("\n") == 1
        assert "先运行 petitions init" in answer.err or "没有这个文件" in answer.err
        assert answer.out == ""


def test_an_outdated_database_is_upgraded_before_anything_else(made: Run, opened: Database) -> None:
    newest = made("init", "--json").json["schema"]
    with opened.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    for command in (("tick",), ("serve", "--yes"), ("init",)):
        answer = made(*command)
        assert answer.code == 1
        assert "petitions upgrade" in answer.err
    refused = made("upgrade")
    assert refused.code == 1
    assert "加上 --yes" in refused.err
    assert made("check", "--json").json["status"] == "red"
    with opened.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": newest})


def test_a_database_of_a_newer_program_is_left_alone(made: Run, opened: Database) -> None:
    with opened.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in ("tick", "upgrade", "init"):
        answer = made(command)
        assert answer.code == 1
        assert "更新的程序" in answer.err
    found = {f["name"]: f["level"] for f in made("check", "--json").json["findings"]}
    assert found["schema"] == "red"


def test_upgrading_what_is_current_only_fills_what_is_missing(made: Run, opened: Database) -> None:
    with opened.work() as session:
        session.execute(text("DELETE FROM codes WHERE list = 'flag'"))
    answer = made("upgrade", "--json").json
    assert answer["before"] == answer["after"]
    with opened.work(write=False) as session:
        assert session.execute(text("SELECT count(*) FROM codes WHERE list = 'flag'")).scalar_one() > 10


def test_a_committee_is_entered_with_its_unit_and_listed_with_what_it_lacks(made: Run) -> None:
    made("unit", "add", "河湾镇", "--kind", "township")
    told = made("committee", "add", "柳林村人民调解委员会", "--under", "河湾镇", "--word", "柳").out
    assert "柳调字" in told
    again = made("committee", "add", "桃林村人民调解委员会", "--under", "河湾镇", "--word", "柳")
    assert "已用这个字" in again.err
    assert again.code != 0
    (only,) = made("committee", "list", "--json").json["committees"]
    assert (only["name"], only["word"]) == ("柳林村人民调解委员会", "柳")
    assert "少于三人" in "".join(only["warnings"])
    assert "柳林村人民调解委员会" in made("committee", "list").out


def test_units_are_added_and_listed_as_a_tree(made: Run) -> None:
    made("unit", "add", "水库管理站", "--under", "青禾县水利局", "--kind", "section")
    lines = [line.rstrip() for line in made("unit", "list").out.splitlines()]
    assert [line.split()[1] for line in lines[1:]] == ["青禾县信访局", "青禾县水利局", "水库管理站"]
    units = made("unit", "list", "--json").json["units"]
    assert (units[0]["name"], units[0]["kind"], units[0]["people"]) == ("青禾县信访局", "office", 1)
    assert units[2]["parent"] == units[1]["id"]


REFUSALS = (
    (["unit", "add", "某局", "--under", "没有的单位"], "没有单位“没有的单位”"),
    (["unit", "add", "青禾县信访局"], "同一上级下已有“青禾县信访局”"),
    (["unit", "add", " "], "填写单位名称"),
    (["user", "add", "x", "--unit", "青禾县信访局", "--role", "handler"], "用户名要2至32个字母"),
    (["user", "add", "admin", "--unit", "青禾县信访局", "--role", "handler"], "用户名“admin”已有人使用"),
    (["user", "add", "wu", "--unit", "999999999999999999999", "--role", "handler"], "没有单位"),
    (["user", "password", "nobody"], "没有账号“nobody”"),
    (["user", "disable", "admin", "--yes"], "是唯一的系统管理员"),
    (["user", "roles", "admin", "auditor"], "是唯一的系统管理员"),
    (["import", "没有.xlsx"], "没有这个文件"),
)


def test_a_refusal_is_one_sentence_and_exit_code_one(made: Run) -> None:
    for args, sentence in REFUSALS:
        answer = made(*args)
        assert answer.code == 1
        assert sentence in answer.err
        assert answer.err.count("\n") == 1
        assert "Traceback" not in answer.err
        assert made(*args, "--json").json == {"error": answer.err.strip()}


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["serv"], "没有命令 serv，是不是 serve。用法见 petitions --help"),
        (["user", "add"], "缺少参数 用户名。用法见 petitions user add --help"),
        (["user", "add", "wu", "--unit", "x", "--role", "king"], "选项 --role：只能是 intake_clerk"),
        (["user", "add", "wu", "--role", "handler"], "缺少选项 --unit"),
        (["serve", "--port", "x"], "选项 --port：要是 1 到 65535 之间的整数"),
        (["tick", "--lop"], "没有选项 --lop，是不是 --loop"),
        (["tick", "again"], "多写了 again"),
    ],
)
def test_a_mistyped_command_is_exit_code_two(args: list[str], sentence: str) -> None:
    done = CliRunner().invoke(main, args)
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_help_is_chinese_from_top_to_bottom() -> None:
    top = CliRunner().invoke(main, ["--help"])
    assert top.output.startswith("用法：petitions")
    groups = [(name, *below) for name, one in main.commands.items() for below in [(), *[(n,) for n in _below(one)]]]
    for path in groups:
        page = CliRunner().invoke(main, [*path, "--help"])
        assert page.exit_code == 0
        assert path[0] in top.output
        for english in ("Usage", "Options", "Commands", "Show this", "[required]", "default:"):
            assert english not in page.output


def _below(command: click.Command) -> list[str]:
    return list(command.commands) if isinstance(command, click.Group) else []


def test_without_any_word_the_help_is_shown() -> None:
    done = CliRunner().invoke(main, [])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "petitions demo" in done.stdout


def test_no_account_exists_until_one_is_made_and_its_password_is_printed_once(run: Run, opened: Database) -> None:
    run("init")
    run("unit", "add", "青禾县信访局", "--kind", "office")
    with opened.work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0
    answer = run("user", "add", "admin", "--name", "亓小青", "--unit", "青禾县信访局", "--role", "administrator")
    assert answer.code == 0
    password = answer.out.split("只显示这一次）：")[1].strip()
    assert len(password) == 14
    assert password not in run("user", "list").out


def test_a_password_from_the_environment_is_used_and_never_shown(made: Run, opened: Database) -> None:
    answer = made("user", "add", "clerk", "--unit", "1", "--role", "intake_clerk", "--role", "petition_officer", "--json",
                  env={"PETITIONS_PASSWORD": PASSWORD})  # fmt: skip
    assert answer.json == {
        "username": "clerk", "name": "clerk", "unit": "青禾县信访局", "roles": ["intake_clerk", "petition_officer"],
    }  # fmt: skip
    assert PASSWORD not in answer.out + answer.err
    weak = made("user", "add", "weak", "--unit", "1", "--role", "handler", env={"PETITIONS_PASSWORD": "12345678"})
    assert weak.code == 1
    assert "至少要有3种" in weak.err
    with opened.work(write=False) as session:
        assert session.scalar(select(func.count()).where(User.username == "weak")) == 0


def test_a_new_password_ends_every_login(made: Run, opened: Database) -> None:
    with opened.work() as session:
        person = session.scalars(select(User)).one()
        session.add(Login(token_hash="x", user_id=person.id, started_at=clock.now(), seen_at=clock.now()))
    answer = made("user", "password", "admin", "--generate", "--json").json
    assert len(answer["password"]) == 14
    with opened.work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Login)) == 0


def test_an_account_is_disabled_enabled_and_given_other_roles(made: Run, opened: Database) -> None:
    made("user", "add", "clerk", "--unit", "1", "--role", "intake_clerk", "--generate")
    asked = made("user", "disable", "clerk")
    assert asked.code == 1
    assert "加上 --yes" in asked.err
    assert made("user", "disable", "clerk", "--yes", "--json").json == {
        "username": "clerk", "active": False, "logins_ended": 0,
    }  # fmt: skip
    assert "已停用" in made("user", "list").out
    assert made("user", "enable", "clerk").code == 0
    assert made("user", "roles", "clerk", "inspector", "auditor", "--json").json["roles"] == ["auditor", "inspector"]
    with opened.work(write=False) as session:
        person = session.scalars(select(User).where(User.username == "clerk")).one()
        assert person.active
        assert person.roles == {Role.INSPECTOR, Role.AUDITOR}


def test_whoever_handles_open_cases_is_not_disabled_and_the_cases_are_named(made: Run, opened: Database) -> None:
    made("user", "add", "clerk", "--unit", "1", "--role", "intake_clerk", "--generate")
    with opened.work() as session:
        person = session.scalars(select(User).where(User.username == "clerk")).one()
        matter = register(petition(), person).matter
        matter.handler_id = person.id
        number = matter.number
    answer = made("user", "disable", "clerk", "--yes")
    assert answer.code == 1
    assert number in answer.err


def test_the_tick_answers_in_numbers(made: Run) -> None:
    none = {"reminders": 0, "digests": 0, "sent": 0, "unsent": 0, "logins": 0, "failed": []}
    assert made("tick", "--json").json == none
    assert made("tick").out == "新提醒0条，发出0条，没有发成0条，清理过期登录0个\n"


def test_the_search_index_is_made_anew(made: Run, opened: Database) -> None:
    made("user", "add", "clerk", "--unit", "1", "--role", "intake_clerk", "--generate")
    with opened.work() as session:
        person = session.scalars(select(User).where(User.username == "clerk")).one()
        register(petition(), person)
    assert made("search", "rebuild", "--json").json == {"cases": 1}


def test_a_ledger_is_checked_imported_once_and_its_bad_rows_are_named(
    made: Run, opened: Database, tmp_path: Path
) -> None:
    made("user", "add", "officer", "--unit", "1", "--role", "petition_officer", "--generate")
    ledger = tmp_path / "台账.csv"
    with ledger.open("w", encoding="gb18030", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["编号", "姓名", "来件日期", "反映内容"])
        rows.writerow(["A1", "亓小青", "2026-03-05", "村口的路灯坏了三个月，晚上看不见路，请尽快修好。"])
        rows.writerow(["A2", "佘大山", "2026-02-31", "自来水浑浊，请检测水质。"])
    bare = made("import", str(ledger), "--dry-run")
    assert (bare.code, "--channel" in bare.out) == (1, True)
    tried = made("import", str(ledger), "--channel", "LX", "--dry-run", "--json").json
    assert (tried["read"], tried["imported"], tried["dry_run"]) == (2, 1, True)
    assert [problem["row"] for problem in tried["refused"]] == [3]
    with opened.work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 0
    done = made("import", str(ledger), "--channel", "LX", "--json", "--yes").json
    assert (done["read"], done["imported"], done["joined"], len(done["refused"])) == (2, 1, 0, 1)
    again = made("import", str(ledger), "--channel", "LX", "--yes")
    assert "以前导入过1行" in again.out
    with opened.work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Matter)) == 1


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nonsense", "数据库地址写得不对"),
        ("oracle://x", "数据库地址写得不对"),
        ("postgresql://nobody@127.0.0.1:1/none", "连不上数据库"),
    ],
)
def test_a_database_that_cannot_be_had_is_a_sentence(
    nothing: str, monkeypatch: pytest.MonkeyPatch, address: str, sentence: str
) -> None:
    monkeypatch.setenv("PETITIONS_DATABASE_URL", address)
    done = CliRunner().invoke(main, ["tick"])
    assert done.exit_code == 1
    assert sentence in done.stderr


def test_a_setting_that_cannot_be_read_is_named(made: Run) -> None:
    answer = made("tick", env={"PETITIONS_TICK_SECONDS": "soon"})
    assert answer.code == 1
    assert "PETITIONS_TICK_SECONDS" in answer.err


def test_at_a_terminal_a_password_is_asked_twice(made: Run, nothing: str, opened: Database) -> None:
    args = ["user", "add", "clerk", "--unit", "1", "--role", "intake_clerk", "--database", nothing]
    code, screen = typed(
        args, ("密码: ", "一次2026密码"), ("再输一次: ", "二次2026密码"), ("密码: ", PASSWORD), ("再输一次: ", PASSWORD)
    )
    assert code == 0, screen
    assert "两次不一样，重新输入" in screen
    assert "已增加账号 clerk" in screen
    assert PASSWORD not in screen
    with opened.work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Unit)) == 2


def test_at_a_terminal_nothing_is_ended_without_a_yes(made: Run, nothing: str) -> None:
    made("user", "add", "clerk", "--unit", "1", "--role", "intake_clerk", "--generate")
    code, screen = typed(["user", "disable", "clerk", "--database", nothing], ("停止", "n"))
    assert code == 1
    assert "已停止，没有改动" in screen
    code, screen = typed(["user", "disable", "clerk", "--database", nothing], ("停止", "y"))
    assert code == 0, screen


# --- the keys of the identity vault ----------------------------------------------------------------------------------


def test_a_new_installation_gets_a_key_that_only_its_owner_reads(made: Run) -> None:
    kept = Path("petitions-data/keys")
    assert kept.stat().st_mode & 0o777 == 0o600
    number, _, secret = kept.read_text(encoding="ascii").strip().partition(":")
    answer = made("identity", "keys", "--json").json
    assert answer == {"writes": number, "keys": {number: 0}}
    shown = made("identity", "keys")
    assert number in shown.out
    assert secret not in shown.out + shown.err


def test_a_rotation_makes_a_key_and_locks_everybody_with_it(made: Run, opened: Database) -> None:
    _register(opened)
    old = made("identity", "keys", "--json").json["writes"]
    refused = made("identity", "rotate")
    assert refused.code == 1, "a question nobody can be asked"
    assert made("identity", "keys", "--json").json["keys"] == {old: 1}
    done = made("identity", "rotate", "--yes", "--json").json
    assert done["relocked"] == 1
    assert done["keys"] == {done["writes"]: 1, old: 0}
    assert done["writes"] != old
    told = made("identity", "rotate", "--yes")
    assert "旧备份还要用它打开" in told.out
    assert len(Path("petitions-data/keys").read_text(encoding="ascii").split()) == 3


def test_an_interrupted_rotation_goes_on_without_another_key(made: Run, opened: Database) -> None:
    _register(opened)
    kept = Path("petitions-data/keys")
    vault.keep(kept, f"{vault.new_key()}\n{kept.read_text(encoding='ascii')}")
    found = {one["name"]: one["level"] for one in made("check", "--json").json["findings"]}
    assert found["identity"] == "amber"
    done = made("identity", "rotate", "--json").json
    assert (done["relocked"], len(done["keys"])) == (1, 2)
    found = {one["name"]: one["level"] for one in made("check", "--json").json["findings"]}
    assert found["identity"] == "green"


def test_without_the_key_nothing_runs_and_the_sentence_names_it(made: Run, opened: Database) -> None:
    _register(opened)
    kept = Path("petitions-data/keys")
    number = kept.read_text(encoding="ascii").partition(":")[0]
    kept.unlink()
    for command in (("tick",), ("serve", "--yes"), ("unit", "list"), ("init",)):
        answer = made(*command)
        if command != ("init",):
            assert answer.code == 1
            assert number in answer.err
    assert not kept.exists(), "no new key is made where an old one is missing"
    assert made("check", "--json").json["status"] == "red"
    assert made("tick", env={"PETITIONS_IDENTITY_KEYS": "nonsense"}).code == 1


def test_keys_of_the_environment_are_rotated_by_whoever_keeps_them(made: Run, opened: Database) -> None:
    _register(opened)
    given = Path("petitions-data/keys").read_text(encoding="ascii").strip()
    answer = made("identity", "rotate", "--yes", env={"PETITIONS_IDENTITY_KEYS": given})
    assert answer.code == 1
    assert "写在最前面" in answer.err
    both = f"{vault.new_key()} {given}"
    done = made("identity", "rotate", "--json", env={"PETITIONS_IDENTITY_KEYS": both}).json
    assert done["relocked"] == 1


def _register(opened: Database) -> None:
    with opened.work() as session:
        office = session.scalars(select(Unit).where(Unit.name == "青禾县信访局")).one()
        clerk = User(username="dengji", name="登记员", unit=office)
        clerk.roles = frozenset({Role.INTAKE_CLERK})
        session.add(clerk)
        session.flush()
        register(petition(), clerk)
