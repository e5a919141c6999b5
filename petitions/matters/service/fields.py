"""What is asked of a service: each method has its own proof, and which field belongs to which method stands here as data.

The codes of the methods are those of the list `service_method`; one that an office has added itself asks for who signed.
"""

from petitions.cases.fields import Field, Hinge, Kind
from petitions.words import say


def _of(asked: str, *, needed: str = "", never: str = "") -> Hinge:
    return Hinge("method", tuple(asked.split()), tuple(needed.split()), tuple(never.split()))


def _must(asked: str) -> Hinge:
    return _of(asked, needed=asked)


_SIGNED = _of("*", needed="*", never="retained electronic notice")
"""Somebody signs the slip: where nobody does, a witness, a system or the passing of days stands for it."""

_ALL = (
    Field("paper", Kind.CHOICE, say("送达的文书"), choices="unserved_papers"),
    Field("method", Kind.CHOICE, say("送达方式"), choices="service_methods"),
    Field("receiver", Kind.TEXT, say("签收人"), max_length=100, hinge=_SIGNED),
    Field("relation", Kind.CHOICE, say("与受送达人的关系"), choices="receiver_relations", hinge=_of("*", never="retained electronic notice"),
          help=say("不是信访人本人签收的，必须选择")),
    # 第89条: the receiver refuses
    Field("refuser", Kind.TEXT, say("拒收人"), max_length=100, hinge=_must("retained")),
    Field("refusal_ground", Kind.TEXT, say("拒收的事由"), max_length=300, hinge=_must("retained")),
    Field("left_at", Kind.TEXT, say("留置的地点"), max_length=200, hinge=_must("retained")),
    Field("witness", Kind.TEXT, say("见证人"), max_length=200, hinge=_of("retained"),
          help=say("姓名和单位、职务；没有见证人的，上传留置过程的照片或者录像")),
    # 第90条: with consent, when it arrives
    Field("consented", Kind.FLAG, say("受送达人同意电子送达"), hinge=_must("electronic")),
    Field("consent_on", Kind.DATE, say("同意的日期"), past=True, hinge=_must("electronic")),
    Field("account", Kind.TEXT, say("接收的系统和账号"), max_length=200, hinge=_must("electronic"),
          help=say("信访平台、手机短信、电子邮箱等；送达日期是到达该系统的日期")),
    Field("paper_wanted", Kind.FLAG, say("受送达人要求提供纸质文书，已提供"), hinge=_of("electronic")),
    # 第91条, 第92条至第94条
    Field("entrusted_to", Kind.TEXT, say("受委托的机关、单位"), max_length=200, hinge=_must("entrusted")),
    Field("tracking", Kind.TEXT, say("邮件号码"), min_length=8, max_length=40, hinge=_must("post")),
    Field("passed_on_by", Kind.TEXT, say("转交的单位"), max_length=200, hinge=_must("forwarded")),
    # 第95条
    Field("notice_ground", Kind.LONG, say("公告送达的原因"), rows=2, hinge=_must("notice"),
          help=say("受送达人下落不明，或者用其他方式无法送达")),
    Field("notice_place", Kind.TEXT, say("公告的方式和地点"), max_length=300, hinge=_must("notice")),
    Field("sent_on", Kind.DATE, say("寄出、发出公告的日期"), past=True, since_receipt=True, hinge=_of("post notice", needed="notice")),
    Field("served_on", Kind.DATE, say("送达日期"), past=True, since_receipt=True,
          help=say("签收、回执注明或者到达系统的日期；公告的为期满之日")),
    # An attempt that failed
    Field("open_paper", Kind.CHOICE, say("未送达的文书"), choices="open_papers"),
    Field("tried_by", Kind.CHOICE, say("这次的方式"), choices="service_methods"),
    Field("tried_on", Kind.DATE, say("这次的日期"), past=True, since_receipt=True),
    Field("failure", Kind.CHOICE, say("未送达情形"), choices="service_failures"),
    Field("next_method", Kind.CHOICE, say("下次的方式"), choices="service_methods"),
    Field("next_on", Kind.DATE, say("下次的日期"), future=True, help=say("到期在“送达”清单和工作台提醒")),
)  # fmt: skip

FIELDS = {field.name: field for field in _ALL}

PROOF = tuple(field.name for field in _ALL if field.hinge is not None and field.name not in ("receiver", "relation"))
"""What is kept of a service beside who signed, by method."""

RECORD = (
    "receiver relation refuser refusal_ground left_at witness consented consent_on account paper_wanted entrusted_to"
    " tracking passed_on_by notice_ground notice_place sent_on"
)
"""What a row of a table accepts beside `method` and `served_on`."""
