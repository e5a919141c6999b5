"""A5 字典: the pages on which an administrator keeps the code lists."""

from flask import Blueprint

bp = Blueprint("codes", __name__, url_prefix="/admin/codes")
