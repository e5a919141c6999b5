"""Every setting: name, type, default and meaning. Read from the environment with the prefix PETITIONS_."""

import secrets
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an installation can choose. An unknown or ill-typed value stops the start with its name."""

    model_config = SettingsConfigDict(env_prefix="PETITIONS_", extra="ignore", use_attribute_docstrings=True)

    data_dir: Path = Path("petitions-data")
    """Where the SQLite file, the secret and the attachments lie when nothing else is said."""

    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in `data_dir`. PostgreSQL: postgresql://user@host/name"""

    secret_key: str = ""
    """Signs the session cookie; empty means a random one kept in `data_dir`/secret (mode 600)."""

    identity_keys: str = ""
    """Keys that lock the petitioners' data, `id:secret` apart by blanks: the first writes, all read; empty means
    `data_dir`/keys (mode 600), made by `petitions init`. Whoever loses them has lost the data."""

    office_name: str = "信访局"
    """The name at the head of the pages."""

    login_notice: str = ""
    """A notice of the office on the login page: whom to ask for an account, when the system is down."""

    language: str = "zh_CN"
    """The language of the screens until the reader chooses another."""

    secure_cookies: bool = False
    """Send cookies over HTTPS only; set it wherever the service is behind TLS."""

    plain_http: bool = False
    """Serve other machines without TLS: passwords and names then travel in the clear. Only for a network of one's own."""

    trusted_hosts: tuple[str, ...] = ()
    """The names the service is reached under, as a JSON list; any other Host is refused. Empty: every name."""

    proxies: int = Field(default=0, ge=0, le=3)
    """So many proxies of one's own stand in front; the visitor's address is read from what they add."""

    session_idle_minutes: int = Field(default=30, ge=5)
    """A login ends after so many minutes in which nothing was done; the page says so five minutes before."""

    session_hours: int = Field(default=12, ge=1)
    """A login ends after so many hours whatever happens: one working day."""

    login_attempts: int = Field(default=5, ge=1)
    """So many wrong passwords in a row make an account wait, at the address they came from if it was used there before."""

    login_address_attempts: int = Field(default=30, ge=1)
    """So many wrong passwords, for whatever accounts, make an address wait for accounts never used there."""

    login_wait_minutes: int = Field(default=5, ge=1)
    """How long the first wait is; each further one is twice as long, up to an hour."""

    password_profile: Literal["asvs", "dengbao"] = "dengbao"  # noqa: S105
    """dengbao (GB/T 22239): 8 characters of three kinds, none of the last 5, changed when old; asvs (OWASP): 12 characters."""

    password_days: int = Field(default=90, ge=0)
    """Under dengbao a password is changed after so many days; 0: it lasts."""

    first_password_days: int = Field(default=7, ge=1)
    """A password somebody else gave opens nothing after so many days; the administrator gives another."""

    password_words: tuple[str, ...] = ()
    """Words no password may contain, a JSON list: the street, the mascot, the old name of the house. The product, the unit, its
    region, the account and the person (in pinyin too) need not be named."""

    sessions: int = Field(default=5, ge=1)
    """An account is logged in at so many places at once; one more ends the login that was used longest ago."""

    totp_roles: tuple[str, ...] = (
        "administrator", "security_administrator", "auditor", "restricted_clerk", "petition_head", "unit_head",
    )  # fmt: skip
    """Roles that need a code of the telephone to log in, a JSON list: keepers of the house and whoever decides about an accuser's
    identity. `[]`: nobody, as in the demo."""

    oidc_issuer: str = ""
    """Address of the region's identity provider (OpenID Connect); empty: none. Needs `pip install petitions[oidc]`."""

    oidc_client_id: str = ""
    """What the provider calls this installation. Register /login/provider/answer there as the address to come back to."""

    oidc_client_secret: str = ""
    """What this installation shows the provider."""

    oidc_name: str = "统一身份认证"
    """What the login page calls the provider."""

    digest_at: str = Field(default="08:30", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    """From this time of the day on, `HH:MM`, everybody is sent what is due of theirs; people may choose another for themselves."""

    quiet_days: bool = True
    """On days off nothing is sent unless something is due today or overdue."""

    public_url: str = Field(default="", pattern=r"^(https?://[^\s/@?#]+(/[^\s?#]*)?)?$")
    """The address people reach the service under, `https://xf.example.cn`: links in mails need it, and without it none is sent."""

    mail_host: str = ""
    """The mail server (SMTP) that takes our mails; empty: no mail is sent."""

    mail_port: int = Field(default=0, ge=0, le=65535)
    """Its port; 0: the usual one, 587 with starttls, 465 with tls, 25 with none."""

    mail_tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the way there is encrypted. none: in the clear, for a server on this machine or in one's own network."""

    mail_user: str = ""
    """The account at the mail server; empty: it wants none."""

    mail_password: str = ""
    """Its password, or better a file that holds it: `mail_password_file`."""

    mail_password_file: Path | None = None
    """A file with the password in its first line (mode 600)."""

    mail_from: str = Field(default="", pattern=r"^([^\s@<>,;:\"]+@[^\s@<>,;:\"]+)?$")
    """The address mails come from; empty: `mail_user` where that is an address."""

    robot_hosts: tuple[str, ...] = ()
    """Hosts of one's own network a group robot may stand on, a JSON list of `name` or `name:port`: they may be http and private.
    Any other robot is reached over https and at public addresses only."""

    hang_seconds: int = Field(default=600, ge=5)
    """A tick or a sender that has not come to an end for so long is taken for dead: `petitions tick` ends with an error, so that
    whoever started it starts it anew."""

    tick_seconds: int = Field(default=60, ge=1)
    """How often the tick looks for due reminders."""

    expect_tick: bool = True
    """Whether /healthz is red when no tick has run lately; switch it off only where nobody is to be reminded."""

    collective_from: int = Field(default=5, ge=2)
    """From so many persons on a visit the counter wants representatives (集体访). 第20条第三款 says "several" and sets the
    five they may be at most; the five they begin with is practice, domain.md §8.2."""

    accusation_words: tuple[str, ...] = (
        "举报", "检举", "控告", "揭发", "贪污", "受贿", "行贿", "索贿", "挪用", "侵占", "贪腐", "以权谋私", "徇私", "渎职",
        "滥用职权", "吃拿卡要",
    )  # fmt: skip
    """A text with one of these makes counter, queue and ledger check ask whether it accuses somebody (第30条). Our
    default; no regulation lists them."""

    accusation_titles: tuple[str, ...] = (
        "书记", "主任", "县长", "镇长", "乡长", "村长", "局长", "处长", "科长", "股长", "所长", "站长", "院长", "校长", "队长",
        "干部", "民警", "法官", "检察官",
    )  # fmt: skip
    """A respondent with one of these titles raises the same question. Our default."""

    accusation_classes: tuple[str, ...] = ("120000",)
    """Classes, with all below them, that raise it: 纪检监察. Our default."""

    privacy_notice: str = ""
    """What petitioners are told of their personal data (第17条), a paragraph a line; empty: the text we ship."""

    privacy_contact: str = ""
    """Whom to call about personal data; empty: the telephone of the unit that registers."""

    review_bodies: dict[str, str] = {}
    """Who reviews the answers of which unit (第35条), named on the opinion: {"青禾县税务局": "青河市税务局", "": "青禾县人民政府"};
    "" stands for every unit whose superior the tree of units does not know."""

    mediation_term: Literal["M1", "M2", "M3"] = "M1"
    """Which term of mediating runs where no court and no other law gives one: M1 一个月 (人民调解工作若干规定第33条), M2 30日
    (SF/T 0083-2020), M3 一个月 (宁波). 人民调解法 has none; a region's own number is a local limit."""

    hearing_notice_days: int = Field(default=7, ge=1)
    """日 between the notice of a hearing and its day: local practice (听证 rules of cities and counties), no article sets it."""

    retention_years: dict[str, int] = {}
    """Years a matter is kept where the unit's own schedule differs: {"none": 5, "accusation": 0} (0: for ever)."""

    mediation_retention_years: dict[str, int] = {}
    """Years a mediation dossier is kept, by its class, where they differ from short 5, long 15 and permanent 0 (for ever): the
    law is silent, these are our default. {"short": 10}."""

    visit_after_days: int = Field(default=10, ge=0, le=90)
    """A return visit is due so many days after the answer was received: early enough that a review can still be asked for. Our
    default; no regulation gives a number."""

    visit_days_source: str = ""
    """Where that number comes from, as the list of visits says it: the local rule that gives it; empty: that it is our default."""

    draft_days: int = Field(default=90, ge=7)
    """What somebody began to type and left alone for so many days is thrown away with the next disposal."""

    scanner: tuple[str, ...] = ()
    """The virus scanner every attachment is shown to, a JSON list: ["clamdscan", "--fdpass", "--no-summary"]; empty: none."""

    pdf_command: tuple[str, ...] = ("soffice",)
    """The office program that turns a paper into a PDF, a JSON list: LibreOffice and whatever takes its arguments. Where it is not
    installed, or the list is empty, papers are printed and taken away as Word files only."""

    max_upload_mb: int = Field(default=120, ge=1)
    """The largest request body: twenty photographs of a letter; a ledger of 50,000 rows is about 25 MB."""

    max_file_mb: int = Field(default=40, ge=1)
    """The largest single file of a case: a short video from a phone."""

    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'petitions.sqlite3').resolve()}"

    @property
    def mail_sender(self) -> str:
        """The address mails come from; empty where none is known."""
        return self.mail_from or (self.mail_user if "@" in self.mail_user else "")

    def mail_secret(self) -> str:
        """The password of the mail server. Raises OSError when its file cannot be read."""
        if self.mail_password_file is None:
            return self.mail_password
        return self.mail_password_file.read_text(encoding="utf-8").partition("\n")[0].strip()

    @property
    def files_dir(self) -> Path:
        """Where the files of the cases lie."""
        return self.data_dir / "files"

    @property
    def keys_file(self) -> Path:
        """Where the keys of the identity vault are kept when the environment does not give them."""
        return self.data_dir / "keys"

    def vault_keys(self) -> str:
        """The keys of the identity vault in force, as they are written; empty while there are none.

        The file is looked at every time, so that a process that is running sees the key of a rotation beside it.
        """
        if self.identity_keys:
            return self.identity_keys
        try:
            seen = self.keys_file.stat()
        except FileNotFoundError:
            return ""
        return _read(self.keys_file, (seen.st_ino, seen.st_mtime_ns, seen.st_size))

    def key(self) -> str:
        """The secret in force; makes and keeps a random one on the first start."""
        if self.secret_key:
            return self.secret_key
        kept = self.data_dir / "secret"
        if not kept.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(48), encoding="ascii")
        return kept.read_text(encoding="ascii").strip()


@lru_cache(maxsize=8)
def _read(path: Path, edition: tuple[int, ...]) -> str:  # noqa: ARG001 - a changed file is another edition
    return path.read_text(encoding="ascii")
