"""A toy: the model class of a blueprint that only this test knows."""

from __future__ import annotations

from typing import Literal

from egov_infra.model.application import Application


class NoticeBoard(Application):
    """A board for notices."""

    blueprint: Literal["notice-board"]
    """What kind of application it is."""
    columns: int = 3
    """Columns of the board."""


APPLICATION = NoticeBoard
