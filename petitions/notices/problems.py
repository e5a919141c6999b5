"""Why something could not be sent: by a word that is kept, and in a sentence that says what to do."""

from collections.abc import Mapping

from petitions.words import Sentence, say


class Undelivered(Exception):  # noqa: N818 - an answer of the other side, not a fault of ours
    """A message was not taken.

    `number` is the reply's own code (SMTP, HTTP, or a robot's errcode). `final`: trying again is of no use.
    `of_server`: the server takes nothing at all now, so it says nothing about this message.
    """

    def __init__(
        self, problem: str, number: int | None = None, *, final: bool = False, of_server: bool = False
    ) -> None:
        super().__init__(problem)
        self.problem, self.number, self.final, self.of_server = problem, number, final, of_server


PROBLEMS: Mapping[str, Sentence] = {
    "unreachable": say("服务器连不上。检查地址、端口和网络"),
    "slow": say("服务器没有及时应答"),
    "cut": say("连接中途断开"),
    "tls": say("加密连接没有建立。检查证书和加密方式"),
    "login": say("邮件服务器不接受账号或密码"),
    "sender": say("邮件服务器不接受我们的发件地址"),
    "later": say("服务器让稍后再试"),
    "address": say("邮件服务器不接受收件地址。核对人员的邮箱"),
    "content": say("邮件服务器拒收这封邮件"),
    "no_address": say("没有邮箱，或者已停用、不再接收"),
    "private": say("机器人的地址在内网，又不在允许的名单里"),
    "malformed": say("机器人的地址不能用，重新登记"),
    "redirect": say("机器人的地址转向别处，不再跟随。重新登记"),
    "http": say("机器人的服务器拒绝了请求"),
    "robot": say("机器人拒收。核对地址、加签密钥和关键词"),
    "fault": say("程序出错，原因见日志"),
    "nothing": say("发送时已没有要提醒的期限"),
    "superseded": say("已由后一天的提醒代替"),
}
"""No words of the other side are kept: they quote addresses, and sometimes what was sent."""


def words_of(problem: str, number: int | None) -> Sentence | None:
    """The sentence of a problem with the reply's code; None for none."""
    if not problem:
        return None
    words = PROBLEMS[problem]
    return words if number is None else say("{words}（{number}）", words=words, number=number)
