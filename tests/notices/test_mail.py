"""Mails through a real server: taken, refused, slow, hung up on, and gone altogether."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from petitions import clock
from petitions.access.models import User
from petitions.notices import bounded, delivery, mail, sending
from petitions.notices.delivery import DIGEST, LEASE, WAITS, Channel, State
from petitions.notices.mail import Mailbox
from petitions.notices.sending import Letter
from petitions.settings import Settings
from petitions.web.inputs import mail_address
from petitions.words import Refused
from tests.factories import World
from tests.notices.conftest import Desk
from tests.smtp import OK, Post, by_mail, post_office


def test_everybody_gets_their_own_message_and_nobody_sees_another_address(desk: Desk, post: Post, world: World) -> None:
    desk.queue(world.handler, world.officer)
    assert desk.send().sent == 2
    assert sorted(post.addresses) == sorted([world.handler.email, world.officer.email])
    assert [row.message_id for row in desk.rows()] == [message["Message-ID"] for message in post.taken]
    first = post.text()
    assert f"给{world.handler.id}" in first
    assert world.officer.email not in first
    assert "Auto-Submitted: auto-generated" in first
    assert "信访局" in str(post.taken[0]["From"])
    assert not post.taken[0].is_multipart()
    assert desk.send().sent == 0, "each is sent once"


def test_an_address_that_is_refused_for_good_is_given_up_at_once_and_the_others_go_out(
    desk: Desk, post: Post, world: World
) -> None:
    post.recipient = lambda address: "550 no such person u1" if address == "gone@example.cn" else OK
    world.officer.email = "gone@example.cn"
    desk.queue(world.handler, world.officer, world.head)
    assert desk.send().sent == 2
    row = next(one for one in desk.rows() if one.user_id == world.officer.id)
    assert (row.state, row.problem, row.number, row.attempts) == (State.PARKED, "address", 550, 1)


def test_a_message_that_is_refused_for_now_is_tried_again_and_then_taken(desk: Desk, post: Post, world: World) -> None:
    answers = ["451 later", "452 full"]
    post.data = lambda _: answers.pop(0) if answers else OK
    desk.queue(world.handler)
    with time_machine.travel(clock.now(), tick=True) as traveller:
        for wait in WAITS[:2]:
            assert desk.send().failed == 1
            traveller.shift(wait * 1.2)
        assert desk.send().sent == 1
    (row,) = desk.rows()
    assert (row.state, row.attempts) == (State.SENT, 3)
    assert len(post.taken) == 1


def test_a_server_that_hangs_up_in_the_middle_costs_that_message_one_try(desk: Desk, post: Post, world: World) -> None:
    post.data = lambda address: "cut" if address == world.officer.email else OK
    desk.queue(world.handler, world.officer, world.head)
    done = desk.send()
    assert (done.sent, done.failed) == (2, 1)
    row = next(one for one in desk.rows() if one.user_id == world.officer.id)
    assert (row.state, row.problem, row.attempts) == (State.QUEUED, "cut", 1)


def test_a_server_that_is_slow_is_left_alone_in_time(
    desk: Desk, post: Post, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "WAIT", 0.3)
    post.pause = 1.5
    desk.queue(world.handler)
    assert desk.send().failed == 1
    (row,) = desk.rows()
    assert (row.state, row.problem) == (State.QUEUED, "slow")


def test_a_server_that_drips_is_cut_off_although_each_drop_comes_in_time(
    desk: Desk, post: Post, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound is on the whole conversation; a socket's own timeout begins anew with every drop."""
    real = bounded.within
    monkeypatch.setattr(mail, "within", lambda socket_of, *_: real(socket_of, 0.3))
    post.pause = 1.5
    desk.queue(world.handler)
    assert desk.send().failed == 1
    (row,) = desk.rows()
    assert row.problem == "cut"


def test_three_in_a_row_that_are_not_taken_end_the_run_and_cost_the_others_nothing(
    desk: Desk, post: Post, world: World
) -> None:
    post.recipient = lambda _: "451 overloaded"
    desk.queue(*list(world.people.values())[:8])
    assert desk.send().failed == 3
    assert [row.attempts for row in desk.rows()] == [1, 1, 1, 0, 0, 0, 0, 0]
    assert all(row.lease_until is None for row in desk.rows())


def test_while_the_server_is_gone_messages_wait_and_go_out_when_it_is_back(desk: Desk, world: World) -> None:
    with post_office() as gone:
        pass
    desk.settings = by_mail(desk.settings, gone.port)
    desk.queue(world.handler, world.officer)
    with time_machine.travel(clock.now(), tick=True) as traveller:
        for _ in range(3):
            assert desk.send() == sending.Sent()
            traveller.shift(timedelta(minutes=20))
        assert {(row.state, row.attempts, row.problem) for row in desk.rows()} == {(State.QUEUED, 0, "unreachable")}
        with post_office(port=gone.port) as back:
            assert desk.send().sent == 2
            assert len(back.taken) == 2


def test_a_server_without_encryption_gets_nothing_where_it_is_wanted(desk: Desk, post: Post, world: World) -> None:
    desk.settings = by_mail(desk.settings, post.port, mail_tls="starttls")
    desk.queue(world.handler)
    assert desk.send().sent == 0
    (row,) = desk.rows()
    assert (row.problem, post.taken) == ("tls", [])


def test_a_password_never_goes_where_no_password_is_asked_for(desk: Desk, post: Post, world: World) -> None:
    desk.settings = by_mail(desk.settings, post.port, mail_user="xf", mail_password="geheim")
    desk.queue(world.handler)
    assert desk.send().sent == 0
    assert desk.rows()[0].problem in ("tls", "login", "unreachable")


def test_what_a_message_says_is_read_when_it_is_sent(desk: Desk, post: Post, world: World) -> None:
    nothing, kept = world.handler.id, world.officer.id
    desk.queue(world.handler, world.officer)
    desk.writers.person = lambda person, _: None if person.id == nothing else Letter("甲", f"给{kept}")
    assert desk.send().sent == 1
    assert [(row.state, row.problem) for row in desk.rows()] == [(State.DROPPED, "nothing"), (State.SENT, "")]
    assert post.addresses == [world.officer.email]


def test_who_left_or_wants_none_gets_none(desk: Desk, post: Post, world: World) -> None:
    desk.queue(world.handler, world.officer, world.head)
    world.handler.active, world.officer.digest_on, world.head.email = False, False, ""
    assert desk.send().dropped == 3
    assert post.taken == []


def test_a_message_that_cannot_be_written_keeps_no_other_back(desk: Desk, post: Post, world: World) -> None:
    broken = world.handler.id

    def write(person: User, settings: Settings) -> Letter:
        if person.id == broken:
            raise KeyError("张三")
        return Letter("甲", "乙")

    desk.queue(world.handler, world.officer)
    desk.writers.person = write
    done = desk.send()
    assert (done.sent, done.failed) == (1, 1)
    assert desk.rows()[0].problem == "fault"


def test_a_sender_begins_with_nothing_that_could_outlast_its_lease(
    desk: Desk, post: Post, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E9: a lease that runs out under a worker that lives is a message sent twice."""
    assert LEASE.total_seconds() > 2 * (bounded.AT_MOST + sending._MARGIN)
    moments = iter([0.0, 0.0, 1.0, LEASE.total_seconds() - bounded.AT_MOST])
    monkeypatch.setattr(sending, "time", SimpleNamespace(monotonic=lambda: next(moments, 10_000.0)))
    desk.queue(world.handler, world.officer, world.head)
    desk.session.commit()
    batch = sending._Batch(desk.database, desk.settings, desk.writers, sending.Sent())
    assert batch.send(sending.Channel.MAIL)
    states = [row.state for row in desk.rows()]
    assert states == [State.SENT, State.SENT, State.QUEUED]
    assert desk.rows()[2].lease_until is None, "it is given back"


def test_nothing_typed_gets_into_a_header(settings: Settings, post: Post) -> None:
    strange = by_mail(settings, post.port, office_name="局\r\nBcc: a@b.cn")
    with Mailbox(strange) as mailbox:
        mailbox.send("a@example.cn", "题目\nBcc: c@d.cn", "正文\nBcc: e@f.cn", "<1@xf.example>")
        with pytest.raises(ValueError, match="CR or LF"):
            mailbox.send("a@example.cn\nBcc: g@h.cn", "题目", "正文", "<2@xf.example>")
    (message,) = post.taken
    assert message["Bcc"] is None
    assert list(post.asked) == ["a@example.cn"]


@pytest.mark.parametrize(
    "typed",
    ["a", "a@b", "@example.cn", "a@example.cn, b@example.cn", "a b@example.cn", "甲@example.cn", "a@例子.cn", "<a@example.cn>",
     "a..b@example.cn", ".a@example.cn", "a.@example.cn", "a@example..cn", "a@-example.cn", "a@example.cn\nBcc: b@c.cn", "a" * 65 + "@example.cn",
     "a@" + "b" * 250 + ".cn"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_the_reason(typed: str) -> None:
    with pytest.raises(Refused, match="不是邮箱地址"):
        mail_address(typed)


def test_an_address_keeps_its_case_before_the_at_sign() -> None:
    assert mail_address(" Li.Si+xf@Example.CN ") == "Li.Si+xf@example.cn"


def test_no_mail_is_sent_without_an_address_for_its_links(settings: Settings) -> None:
    whole = by_mail(settings, 25)
    assert mail.is_on(whole)
    for missing in ("public_url", "mail_host", "mail_from"):
        assert not mail.is_on(whole.model_copy(update={missing: ""}))


def test_a_server_with_a_strange_certificate_gets_nothing(desk: Desk, world: World, tmp_path: Path) -> None:
    """Neither mail nor password: encryption to whoever answers is none."""
    post = Post(tls=_certificate(tmp_path))
    with post_office(post):
        desk.settings = by_mail(desk.settings, post.port, mail_tls="starttls", mail_user="xf", mail_password="geheim")
        desk.queue(world.handler)
        assert desk.send().sent == 0
        assert (desk.rows()[0].problem, post.taken) == ("tls", [])


def test_a_server_whose_certificate_is_trusted_takes_mails_by_password(
    desk: Desk, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post(tls=_certificate(tmp_path), password="geheim")
    monkeypatch.setattr(mail, "_trusted", lambda: ssl.create_default_context(cafile=str(tmp_path / "cert.pem")))
    with post_office(post):
        secret = tmp_path / "password"
        secret.write_text("geheim\n", encoding="utf-8")
        desk.settings = by_mail(
            desk.settings,
            post.port,
            mail_host="localhost",
            mail_tls="starttls",
            mail_user="xf",
            mail_password_file=secret,
        )
        desk.queue(world.handler)
        assert desk.send().sent == 1
        desk.settings = desk.settings.model_copy(update={"mail_password_file": None, "mail_password": "wrong"})
        world.officer.email = "o@example.cn"
        delivery.queue(DIGEST, Channel.MAIL, [world.officer.id], "2026-06-02", "xf.example")
        assert desk.send().sent == 0
        assert (desk.rows()[1].problem, desk.rows()[1].attempts) == ("login", 0)


def test_encryption_from_the_first_word_goes_by_the_same_certificates(
    desk: Desk, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post(tls=_certificate(tmp_path), at_once=True)
    with post_office(post):
        desk.settings = by_mail(desk.settings, post.port, mail_host="localhost", mail_tls="tls")
        desk.queue(world.handler)
        assert desk.send().sent == 0
        assert desk.rows()[0].problem == "tls"
        monkeypatch.setattr(mail, "_trusted", lambda: ssl.create_default_context(cafile=str(tmp_path / "cert.pem")))
        with time_machine.travel(clock.now() + timedelta(minutes=2)):
            assert desk.send().sent == 1


def _certificate(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS for localhost, signed by nobody; the certificate lies in `folder`."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
