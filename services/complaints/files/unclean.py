"""Why a file is not kept."""

from typing import Literal

Reason = Literal["not_a_photo", "not_a_voice", "not_a_paper", "active_paper", "too_large"]


class Unclean(Exception):
    """It is not what it should be, or too large to be kept."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
