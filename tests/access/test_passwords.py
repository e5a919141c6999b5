"""Which passwords are taken, by which rule book, and how long they last."""

import itertools
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy.orm import Session
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from petitions import clock
from petitions.access import admin, passwords
from petitions.access.models import UnitKind, User
from petitions.access.passwords import STRICTEST, OldPassword, Rules, generate_password, hash_password, rules_of
from petitions.access.roles import Role
from petitions.access.weak import is_weak
from petitions.settings import Settings
from petitions.web.responses import Application
from petitions.words import Refused
from tests.factories import World, make_unit, make_user
from tests.pages import Browse, Browser

BY = "admin"
ASVS = rules_of(Settings(password_profile="asvs"))
DENGBAO = rules_of(Settings(password_profile="dengbao"))
GOOD = ["Lv-shui7", "禾苗Kx-出水2", "kX9#vvTq", "渡口-Rain-7d"]


@pytest.fixture
def person(session: Session, world: World) -> User:
    """Somebody who chooses a password."""
    return make_user(session, world.office, Role.HANDLER)


@pytest.mark.parametrize("password", GOOD)
def test_dengbao_takes_eight_characters_of_three_kinds(person: User, password: str) -> None:
    passwords.insist(password, person, DENGBAO)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "密码至少8个字符"),
        ("kX9#vvT", "密码至少8个字符"),
        ("kxqvvtqw", "至少要有3种，现在是1种"),
        ("kxqvvtq7", "至少要有3种，现在是2种"),
        ("渡口禾苗出水闸门", "至少要有3种，现在是1种"),
        ("93721846", "至少要有3种，现在是1种"),
        ("K" * 64 + "x" * 64 + "7", "密码最多128个字符"),
    ],
)
def test_dengbao_says_what_is_missing(person: User, password: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        passwords.insist(password, person, DENGBAO)


@pytest.mark.parametrize(
    "password", ["渡口老槐树下第三块石板", "kqvvtqwzznrb", "one slow heron by the sluice", "渡口7号闸门昨夜又开了"]
)
def test_asvs_asks_for_length_and_for_nothing_else(person: User, password: str) -> None:
    passwords.insist(password.ljust(12, "闸"), person, ASVS)
    with pytest.raises(Refused, match="密码至少12个字符"):
        passwords.insist(password[:11], person, ASVS)


@pytest.mark.parametrize("rules", [ASVS, DENGBAO, STRICTEST], ids=["asvs", "dengbao", "strictest"])
def test_a_password_may_not_contain_the_name_of_the_account(person: User, rules: Rules) -> None:
    person.username = "dengji"
    with pytest.raises(Refused, match="不能包含用户名"):
        passwords.insist("xx-ＤengJi-2026-k", person, rules)


_WORDS = """password admin qwerty woaini iloveyou welcome zhangwei wangfang liming xiaoming beijing shanghai xinfang qinghe
hewan asdfgh zxcvbn letmein dragon sunshine michael football caonima wodemima nihao zhongguo baobei tiantian abcd test
master huawei"""
_ENDS = ("", "1", "12", "123", "1234", "123456", "520", "521", "1314", "5201314", "888", "666", "2008", "2024", "2026", "!",
         "@123", "#2026", "@", "13800", "19900001234", "000", "007", "_1", "123!", "!@#", "~1", "99", "01", "0101")  # fmt: skip
_HABITS = """123456 12345678 123456789 1234567890 111111 000000 11111111 88888888 66666666 123123 654321 987654321 147258369
5201314 1314520 7758521 19900001234 20080808 19851203 abc123 a123456 a123456789 Aa123456 Aa123456! qq123456 asd123456
1qaz2wsx 1QAZ2wsx!@ 1q2w3e4r q1w2e3r4 qazwsx123 zaq12wsx P@ssw0rd P@ssw0rd1 Passw0rd! Admin@123 admin123 Admin888
wang123456 wxm19851203 zhangsan123 LiSi@2026 qwe123 123qwe 123abc abcd1234 1234abcd woaini520 520woaini xinfang@2026
Qinghe2026! ababababab aaaaaaaaaaaa passwordpassword abcabc123123 Qwer1234 Qwer!234 iloveyou2 999021198512030011"""


def test_more_than_a_thousand_common_passwords_are_refused() -> None:
    made = {
        form(word) + end
        for word, end, form in itertools.product(_WORDS.split(), _ENDS, (str, str.capitalize))
        if len(word + end) >= 6
    }
    tried = made | set(_HABITS.split())
    assert len(tried) > 1_000
    assert [password for password in sorted(tried) if not is_weak(password)] == []


@pytest.mark.parametrize(
    "password", ["password1234!", "Woaini5201314", "zhangwei-123456", "Xinfang@202612", "QingHe2026!!"]
)
@pytest.mark.parametrize("rules", [ASVS, DENGBAO], ids=["asvs", "dengbao"])
def test_a_common_password_is_refused_whatever_its_length_and_kinds(person: User, rules: Rules, password: str) -> None:
    with pytest.raises(Refused, match="太常见"):
        passwords.insist(password, person, rules)


def test_what_nobody_would_try_is_not_called_common() -> None:
    assert [one for one in (*GOOD, "kqvvtqwz", "trout sluice 41", "河湾渡口的老船工") if is_weak(one)] == []
    assert [one for one in (generate_password() for _ in range(500)) if is_weak(one)] == []


def test_generated_passwords_are_legible_differ_and_fit_both_rule_books(person: User) -> None:
    # A name of three signs, as the tests give them, stands in one of three hundred by chance.
    person.username = "haiyan.tian"
    made = [generate_password() for _ in range(300)]
    assert len(set(made)) == 300
    assert not set("".join(made)) & set("01liO")
    for password in made:
        for rules in (ASVS, DENGBAO, STRICTEST):
            passwords.insist(password, person, rules)


def test_none_of_the_last_five_comes_back(session: Session, person: User) -> None:
    had = [f"Heron-{word}-7" for word in ("kova", "zuny", "qibo", "xelt", "wumf", "ygop")]
    for password in had:
        passwords.give(person, password, DENGBAO, own=True)
    for password in had[1:]:
        with pytest.raises(Refused, match="最近5次"):
            passwords.insist(password, person, DENGBAO)
    passwords.give(person, had[0], DENGBAO, own=True)
    assert session.query(OldPassword).filter_by(user_id=person.id).count() == 4


def test_asvs_keeps_no_old_passwords_and_lets_them_last(session: Session, person: User) -> None:
    for word in ("渡口老槐树下第三块石板上", "渡口老槐树下第四块石板上"):
        passwords.give(person, word, ASVS, own=True)
    assert session.query(OldPassword).filter_by(user_id=person.id).count() == 0
    with time_machine.travel(clock.now() + timedelta(days=4000), tick=False):
        assert not passwords.must_change(person, ASVS)


def _log_in(app: Application, person: User, password: str) -> Browser:
    browser = Browser(app, None)
    assert browser.post("/login", {"username": person.username, "password": password}).status_code == 302
    return browser


def test_after_ninety_days_nothing_is_done_before_a_new_password(
    app: Application, session: Session, world: World
) -> None:
    app.config["SETTINGS"].password_days = Settings().password_days
    world.clerk.password_hash = hash_password(GOOD[0])
    session.commit()
    with time_machine.travel(clock.now(), tick=False) as traveller:
        traveller.shift(timedelta(days=85))
        assert "密码还有5天到期" in _log_in(app, world.clerk, GOOD[0]).get("/").get_data(as_text=True)
        traveller.shift(timedelta(days=5, minutes=1))
        browser = _log_in(app, world.clerk, GOOD[0])
        assert browser.get("/register").headers["Location"] == "/account"
        assert browser.post("/preferences", {"density": "loose"}).headers["Location"] == "/account"
        assert "密码已用满90天" in browser.get("/account").get_data(as_text=True)
        refused = browser.post("/password", {"current": GOOD[0], "new": GOOD[0], "again": GOOD[0]})
        assert "新密码与原来的相同" in refused.get_data(as_text=True)
        assert browser.get("/").headers["Location"] == "/account"
        browser.post("/password", {"current": GOOD[0], "new": GOOD[1], "again": GOOD[1]})
        assert browser.get("/").status_code == 200


def test_a_password_that_somebody_else_gave_is_changed_before_anything_else(
    app: Application, browser_of: Browse, world: World
) -> None:
    page = browser_of(world.security).post(f"/admin/users/{world.clerk.id}/password").get_data(as_text=True)
    given = page.split('id="secret">')[1].split("<")[0]
    browser = _log_in(app, world.clerk, given)
    assert browser.get("/").headers["Location"] == "/account"
    assert "先把别人给你的密码改成自己的" in browser.get("/account").get_data(as_text=True)
    browser.post("/password", {"current": given, "new": GOOD[1], "again": GOOD[1]})
    assert browser.get("/").status_code == 200


def test_a_given_password_that_is_not_used_for_a_week_opens_nothing(
    app: Application, browser_of: Browse, world: World
) -> None:
    page = browser_of(world.security).post(f"/admin/users/{world.clerk.id}/password").get_data(as_text=True)
    given = page.split('id="secret">')[1].split("<")[0]
    late = Browser(app, None)
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1), tick=True):
        answer = late.post("/login", {"username": world.clerk.username, "password": given})
        assert "给出7天没有使用，已经失效" in answer.get_data(as_text=True)
        assert late.get("/").headers["Location"].startswith("/login")
    with time_machine.travel(clock.now() + timedelta(days=6), tick=True):
        assert _log_in(app, world.clerk, given).get("/").headers["Location"] == "/account"


def test_nobody_is_kept_from_logging_out_or_choosing_the_language(
    browser_of: Browse, session: Session, world: World
) -> None:
    world.clerk.password_given = True
    browser = browser_of(world.clerk)
    assert browser.post("/language", {"language": "en", "next": "/account"}).headers["Location"] == "/account"
    assert browser.post("/logout").headers["Location"] == "/login"


@pytest.mark.parametrize("profile", ["asvs", "dengbao"])
def test_the_form_says_the_rules_it_holds(
    app: Application, browser_of: Browse, world: World, profile: str, tmp_path: Path
) -> None:
    app.config["SETTINGS"] = Settings(data_dir=tmp_path, secret_key="x", totp_roles=(), password_profile=profile)
    page = browser_of(world.clerk).get("/account").get_data(as_text=True)
    assert ("至少12个字符" in page) is (profile == "asvs")
    assert ("90天换一次" in page) is (profile == "dengbao")


def test_a_stored_password_costs_whoever_stole_it_what_owasp_asks_for() -> None:
    script = "from petitions.access.passwords import hash_password; print(hash_password('x'))"
    stored = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_unknown_rule_book_stops_the_start() -> None:
    with pytest.raises(ValueError, match="password_profile"):
        Settings(password_profile="none")


def test_an_account_made_with_a_generated_password_owes_its_own(session: Session, world: World) -> None:
    typed = {"username": "wuming", "name": "亓小青", "unit": str(world.bureau.id), "phone": ""}
    person, password = admin.add_user(typed, ["handler"], BY)
    assert person.password_given
    passwords.insist(password, person, ASVS)
    with pytest.raises(Refused, match="密码至少12个字符"):
        admin.add_user({**typed, "username": "other"}, ["handler"], BY, "Kx7#vvTq")


def test_every_password_of_the_published_list_that_is_long_enough_is_refused(person: User) -> None:
    """ASVS 6.2.4 asks for the 3,000 most used that fit the rules; of eight characters and more the list has 11,611."""
    listed = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= DENGBAO.least]
    assert len(listed) > 3_000
    plain = Rules(least=DENGBAO.least)
    for word in (*listed[:4_000], *map(str.capitalize, listed[4_000:])):
        with pytest.raises(Refused, match="这个密码太常见"):
            passwords.insist(word, person, plain)


def test_the_published_list_is_not_read_at_the_start() -> None:
    script = "import sys, petitions.app; sys.exit('zxcvbn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize(
    "password",
    ["petitions-Kx7q-heron", "渡口-信访-Kx7", "Xinfang.heron.Kx7", "青禾县住建局-Kx7", "Qinghexian.zhujianju7", "QingHe.heron.Kx7",
     "ｑｉｎｇｈｅ－Kx7－heron", "kx7.Qing He.heron", "河湾-Heron-7", "Mulan-Street-7x", "Heron.qixiaoqing.7", "亓小青-Heron-7"],
)  # fmt: skip
def test_words_of_the_place_are_refused(session: Session, world: World, password: str) -> None:
    bureau = make_unit(session, "青禾县住建局", UnitKind.BUREAU, make_unit(session, "河湾市", UnitKind.BUREAU))
    person = make_user(session, bureau, Role.HANDLER, name="亓小青")
    rules = rules_of(Settings(password_profile="asvs", password_words=("MULAN street", "木兰")))
    password = password.replace("Mulan-Street", "Mulan Street").ljust(12, "闸")
    with pytest.raises(Refused, match="密码里不能包含你的姓名、单位或地区"):
        passwords.insist(password, person, rules)


def test_what_only_sounds_a_little_like_the_place_is_taken(session: Session, world: World) -> None:
    person = make_user(session, world.bureau, Role.HANDLER, name="李娥")  # li e: too short to be looked for
    for password in ("trout-lie-sluice-41", "禾苗青青-Heron-7", "qing-7-heron-Kvv"):
        passwords.insist(password, person, rules_of(Settings(password_profile="asvs", password_words=("",))))
