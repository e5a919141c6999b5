"""A8 发件箱: how the sending stands, what was given up and why, and the group robots."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from petitions import db
from petitions.access import audit, staff
from petitions.access.gate import user
from petitions.notices import delivery, robots
from petitions.notices.condition import condition, send_test
from petitions.notices.delivery import Channel
from petitions.notices.robots import Robot
from petitions.settings import Settings
from petitions.web.inputs import options
from petitions.web.permits import permits
from petitions.words import FieldErrors, Refused, say

bp = Blueprint("outbox", __name__, url_prefix="/admin")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@bp.get("/outbox")
@permits("outbox:manage")
def index() -> ResponseReturnValue:
    """The whole page."""
    return _page({}, {})


def _page(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "notices/outbox.html", now=condition(_settings(), current_app.config["STARTED_AT"]), inputs=robots.INPUTS, values=values,
        errors=dict(errors), lists={"unit": staff.choices(), "make": options(robots.MAKES)}, has_address=bool(user().email),
    )  # fmt: skip


@bp.post("/outbox/<int:delivery_id>/again")
@permits("outbox:manage")
def again(delivery_id: int) -> ResponseReturnValue:
    """Send one message again that was given up."""
    return _queued(delivery.again(delivery_id))


@bp.post("/outbox/again")
@permits("outbox:manage")
def all_again() -> ResponseReturnValue:
    """Send all of them again."""
    return _queued(delivery.again())


def _queued(count: int) -> ResponseReturnValue:
    audit.record("outbox:again", after={"count": count})
    words = say("已把{count}条放回队列，一分钟内重发", count=count) if count else say("没有发送失败的消息")
    flash(words, "success" if count else "info")
    return redirect(url_for("outbox.index"))


@bp.post("/outbox/test")
@permits("outbox:manage")
def test_mail() -> ResponseReturnValue:
    """Send oneself a mail to try the channel."""
    if not user().email:
        flash(say("你的账号没有邮箱，先请安全管理员在“人员”里补上"), "warning")
        return redirect(url_for("outbox.index"))
    return _tried(Channel.MAIL, user().id)


@bp.post("/robots")
@permits("outbox:manage")
def add_robot() -> ResponseReturnValue:
    """Register a unit's robot."""
    try:
        robot = robots.add(request.form, _settings())
    except FieldErrors as refusal:
        return _page(request.form, refusal.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say("已登记“{name}”的群机器人，可以试发一条", name=robot.unit.name), "success")
    return redirect(url_for("outbox.index"))


@bp.post("/robots/<int:robot_id>/test")
@permits("outbox:manage")
def test_robot(robot_id: int) -> ResponseReturnValue:
    """Have a robot say something."""
    return _tried(Channel.ROBOT, _found(robot_id).id)


@bp.post("/robots/<int:robot_id>/remove")
@permits("outbox:manage")
def remove_robot(robot_id: int) -> ResponseReturnValue:
    """Use a robot no more."""
    robot = _found(robot_id)
    robots.remove(robot)
    flash(say("已停用“{name}”的群机器人", name=robot.unit.name), "success")
    return redirect(url_for("outbox.index"))


def _found(robot_id: int) -> Robot:
    robot = db.session().get(Robot, robot_id)
    return robot if robot is not None and robot.ended_at is None else abort(HTTPStatus.NOT_FOUND)


def _tried(channel: Channel, addressee: int) -> ResponseReturnValue:
    try:
        send_test(channel, addressee, _settings())
    except Refused as refusal:
        flash(refusal.sentence, "warning")
    else:
        flash(say("已放进队列，一分钟内发出。没有收到时，原因会列在本页"), "success")
    return redirect(url_for("outbox.index"))
