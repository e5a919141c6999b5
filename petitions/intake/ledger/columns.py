"""What the import can take from a ledger, and the headings under which offices keep it.

A column that is also a field of registration has that field's name and label, so a checked row can be registered as
it stands. The headings are those of ledgers seen, of the national field names (domain.md §4.5) and of hotlines.
"""

from dataclasses import dataclass
from enum import StrEnum

from petitions.matters.registration import FIELDS
from petitions.words import say


class Kind(StrEnum):
    """How the cells of a column are read (values.py)."""

    CODE = "code"
    LINE = "line"
    TEXT = "text"
    DAY = "day"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    COUNT = "count"
    DAYS = "days"
    UNSIGNED = "unsigned"
    SIGNED = "signed"
    CHANNEL = "channel"
    PURPOSE = "purpose"


EXTRA = "extra"
"""A heading mapped to this, or to nothing, is kept beside the petition as it was written."""


@dataclass(frozen=True)
class Column:
    """One thing the import can take."""

    key: str
    label: str
    kind: Kind
    names: tuple[str, ...]
    """Headings that mean it; the earlier one wins where a ledger has two."""
    also: tuple[str, ...]
    """Headings that mean it only where nothing better wants them."""
    never: tuple[str, ...]
    """Words that make a similar heading mean something else: 承办人电话 is not the petitioner's."""

    @property
    def max_length(self) -> int:
        """The most characters the field of registration takes; 100,000 where it has none of this name."""
        return FIELDS[self.key].max_length if self.key in FIELDS else 100_000


def _column(key: str, kind: Kind, names: str, also: str = "", never: str = "", label: str = "") -> Column:
    label = label or FIELDS[key].label
    return Column(key, label, kind, tuple(names.split()), tuple(also.split()), tuple(never.split()))


_OTHER_PEOPLE = "被 承办 经办 办理人 接待 接访 登记人 受理人 代理 答复 回复 "

_ALL = (
    _column(
        "original_number",
        Kind.CODE,
        "原编号 信访件编号 信访编号 信访件号 工单编号 工单号 留言编号 件号 登记编号 登记号 信件编号 诉求编号 "
        "事项编号 案件编号 受理编号 编号",
        also="流水号 受理号",
        never="证 手机 邮政 电话 督办 文号 单位",  # 序号 is not listed: it starts again in every ledger
    ),
    _column(
        "channel",
        Kind.CHANNEL,
        "信访形式 来件方式 来件形式 信访方式 信访渠道 来件渠道 受理渠道 诉求渠道 来源渠道 信息来源 诉求来源 "
        "来件来源 反映方式 反映渠道 渠道 来源",
        also="形式 类型 工单来源 受理方式",
        never="答复 回复 资金",
    ),
    _column(
        "name",
        Kind.LINE,
        "信访人姓名 姓名 信访人 来访人 来信人 来电人 投诉人 举报人 反映人 诉求人 申请人 群众姓名 当事人姓名 "
        "留言用户 留言人 网友 用户名 昵称 xm",
        also="联系人 群众 用户",
        never=_OTHER_PEOPLE + "电话 手机 地址 住址 证 人数 编号 诉求 职业 年龄 性别 民族 单位 类 数",
    ),
    _column(
        "phone",
        Kind.PHONE,
        "手机号码 手机号 手机 联系电话 电话号码 电话 联系方式 来电号码 信访人电话 固定电话 座机 sjh",
        also="gddh",
        never=_OTHER_PEOPLE + "单位",
    ),
    _column(
        "id_number",
        Kind.ID_NUMBER,
        "身份证号码 身份证号 公民身份号码 居民身份证号码 身份证 证件号码 证件号 zjhm",
        never=_OTHER_PEOPLE + "类型",
    ),
    _column(
        "address",
        Kind.LINE,
        "信访人地址 详细地址 家庭住址 家庭地址 现住址 住址 联系地址 通讯地址 居住地址 居住地 常住地 户籍地址 "
        "户籍地 地址 xxzz zz",
        never=_OTHER_PEOPLE + "问题 事发 发生 单位 邮箱 网",
    ),
    _column("headcount", Kind.COUNT, "信访人数 来访人数 联名人数 涉及人数 参与人数 人数 人次", never="代表 办理 批次"),
    _column(
        "title",
        Kind.LINE,
        "标题 信访标题 诉求标题 工单标题 留言主题 留言标题 来信主题 主题 信访概况 概况 题目 事由 摘要 tszt",
        never="主题词 答复 回复",
    ),
    _column(
        "text",
        Kind.TEXT,
        "诉求原文 诉求内容 信访内容 投诉件内容 投诉内容 留言详情 留言内容 来信内容 来访内容 来电内容 反映内容 "
        "工单内容 举报内容 咨询内容 问题描述 事项内容 主要诉求 信访诉求 具体诉求 反映问题 反映的问题 "
        "反映的主要问题 信访事项 内容 正文 诉求 详情 tsnr",
        also="概况 信访概况 概述 内容摘要 摘要 基本情况 主要内容 问题 留言 案情 文本 原文",
        never="答复 回复 类 时间 日期 编号 人 来源 属地 单位 处理 性质 数 区域",
    ),
    _column(
        "received_on",
        Kind.DAY,
        "来件日期 来件时间 来信日期 来信时间 来访日期 来访时间 来电日期 来电时间 收信日期 收件日期 收到日期 "
        "信访日期 信访时间 留言时间 留言日期 投诉时间 投诉日期 诉求时间 反映时间 反映日期 提交时间 发布时间 "
        "写信时间 登记日期 登记时间 接收时间 工单时间 创建时间 日期 时间",
        also="受理时间 受理日期",
        never="答复 回复 办结 处理 办理 首次 最终 到期 截止 反馈 转 交办 受理 出生 满意 回访 更新 签收 期限 应 - 邮戳",
    ),
    _column(
        "purpose",
        Kind.PURPOSE,
        "信访目的 诉求目的 目的 诉求性质 信访性质 事项性质 性质 诉求类型 信访类型 工单类型 件类型 xfmdmc",
        also="类型 类别",
        never="单位 企业 工作",
    ),
    _column(
        "content_class",
        Kind.LINE,
        "内容分类 信访内容分类 问题类别 问题分类 问题类型 诉求分类 信访类别 事项类别 信访分类 一级分类 一级标签 "
        "分类 类别 领域 nrflmc",
        also="类型",
        never="二级 三级 证件",
        label=say("内容分类"),
    ),
    _column(
        "place",
        Kind.LINE,
        "问题属地 问题发生地 事发地点 事发地址 事发地 发生地点 发生地 所属区域 所属区县 所属乡镇 所属辖区 属地乡镇 "
        "属地 行政区划 行政区 辖区 区县 县区 乡镇街道 乡镇 镇街 街道 区域 县 区 wtsdmc",
        also="地点 村居 社区 村",
        never="单位 户籍 常住 来访 代码",
    ),
    _column(
        "unit",
        Kind.LINE,
        "责任单位 承办单位 主办单位 办理单位 处理单位 答复单位 回复单位 交办单位 转送单位 转办单位 责任部门 "
        "承办部门 主办部门 办理部门 处理部门 答复部门 回复部门 去向单位 单位",
        also="部门",
        never="被 工作 协办 登记 来文 电话 信访人 意见 填报 填表 地址",
        label=say("责任单位"),
    ),
    _column("unsigned", Kind.UNSIGNED, "是否匿名 匿名 未署名 是否未署名 匿名/实名 匿名实名", label=say("是否匿名")),
    _column(
        "signed",
        Kind.SIGNED,
        "是否实名 实名 是否署名 署名 署名情况 实名/匿名 实名匿名",
        label=say("是否实名"),
    ),
    _column(
        "reply",
        Kind.TEXT,
        "答复意见 答复内容 回复内容 回复意见 处理意见 办理意见 答复 回复 答复1 回复1 最终答复 最终回复 办理结果 "
        "处理结果 办结意见 答复情况 回复情况",
        also="办理情况 处理情况 办理过程 结果",
        never="时 日期 天 日 人 单位 部门 方式 数 编号 文号 满意 是否 评价 期限 状态 -",
        label=say("答复意见"),
    ),
    _column(
        "replied_on",
        Kind.DAY,
        "答复日期 答复时间 回复日期 回复时间 最终答复时间 最终回复时间 办结日期 办结时间 办理完成时间 结案日期",
        also="反馈日期 反馈时间 处理时间 办理时间",
        never="首次 应 要求 期限 截止 到期 受理 -",
        label=say("答复时间"),
    ),
    _column(
        "reply_days",
        Kind.DAYS,
        # The hotline's heading says 事件 where it means 时间: days from the complaint to the final reply.
        "最终回复-投诉事件 最终回复-投诉时间 最终答复-投诉时间 答复用时 回复用时 办理用时 答复天数 回复天数 "
        "办理天数 办结天数 处理天数 办理时长",
        also="用时 天数",
        never="首次 剩余 超期 逾期 延期 小时",
        label=say("答复用时（日）"),
    ),
)

COLUMNS = {column.key: column for column in _ALL}
"""Every target of the import, in the order it is offered in."""
