"""Posting to an address somebody has typed in, without becoming a way into the house's own network.

Only https to a public address, or a host that whoever runs the installation has listed (`robot_hosts`). The name is looked up once,
what it says is checked, and exactly that is connected to: a name that answers differently the second time gains nothing. A redirect
is an answer like any other, and not followed.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from petitions.notices.bounded import within
from petitions.notices.problems import Undelivered
from petitions.words import Refused, say

_WAIT, _AT_MOST = 10, 20
"""Seconds for one answer, and for the whole conversation."""

_LARGEST = 64 * 1024
"""Bytes of an answer that are read: a robot says one line."""

LONGEST = 1000
"""Characters of an address."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Address:
    """An address that may be posted to."""

    secure: bool
    host: str
    port: int
    target: str
    """Path and query: with a robot they hold its secret."""
    listed: bool
    """One of `robot_hosts`: it may be private, and http."""


def parsed(typed: str, listed: Collection[str]) -> Address:
    """What was typed as an address to post to. Raises Refused with the reason."""
    if len(typed) > LONGEST or any(not 0x21 <= ord(sign) < 0x7F for sign in typed):
        raise Refused(say("地址里不能有空格、汉字和换行，最长{most}个字符", most=LONGEST))
    try:
        parts = urlsplit(typed)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise Refused(say("地址写得不对，从群机器人的设置里整行复制")) from None
    if parts.scheme not in ("https", "http") or not host:
        raise Refused(say("地址要以 https:// 开头"))
    if "@" in parts.netloc:
        raise Refused(say("地址里不能写用户名和密码"))
    secure = parts.scheme == "https"
    port = port if port is not None else 443 if secure else 80
    known = bool({host, f"{host}:{port}"} & {one.lower() for one in listed})
    if not secure and not known:
        raise Refused(say("地址要以 https:// 开头；内网的 http 地址先由运维人员写进 PETITIONS_ROBOT_HOSTS"))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(secure, host, port, target, known)


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name it was looked up by."""

    def __init__(self, address: Address, checked: str) -> None:
        self.default_port = 443 if address.secure else 80
        super().__init__(address.host, address.port, timeout=_WAIT)
        self._secure, self._checked = address.secure, checked

    def connect(self) -> None:
        plain = socket.create_connection((self._checked, self.port), _WAIT)
        self.sock = plain
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def post(address: Address, body: Mapping[str, Any]) -> tuple[int, Any]:
    """Post JSON; the status and the JSON that came back (None for what is none). Raises Undelivered."""
    connection = _Pinned(address, _looked_up(address))
    sent = json.dumps(body, ensure_ascii=False).encode()
    try:
        with within(lambda: connection.sock, _AT_MOST):
            connection.request("POST", address.target, sent, {"Content-Type": "application/json; charset=utf-8"})
            answer = connection.getresponse()
            said = answer.read(_LARGEST)
    except ssl.SSLError:
        raise Undelivered("tls") from None
    except TimeoutError:
        raise Undelivered("slow") from None
    except (OSError, http.client.HTTPException):
        raise Undelivered("unreachable" if connection.sock is None else "cut") from None
    finally:
        connection.close()
    try:
        return answer.status, json.loads(said)
    except ValueError:
        return answer.status, None


def _looked_up(address: Address) -> str:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Undelivered("unreachable") from None
    places = [str(row[4][0]) for row in found]
    if address.listed:
        return places[0]
    for place in places:
        if not is_public(place):
            raise Undelivered("private", final=True)
    return places[0]


def is_public(place: str) -> bool:
    """Whether an IP address lies in the open internet; forms of IPv6 that carry an IPv4 address along do not."""
    address: Any = ipaddress.ip_address(place.partition("%")[0])
    if address.version == 6:
        if address.sixtofour or address.teredo or address in _NAT64:
            return False
        address = address.ipv4_mapped or address
    return bool(address.is_global and not address.is_multicast)
