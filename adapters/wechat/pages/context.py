"""What every page and every post needs at hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.wechat.pages.copies import Copies
from chassis.privacy import Vault
from chassis.settings import Settings

if TYPE_CHECKING:
    from adapters.wechat.pages.submitting import Submitting


@dataclass(frozen=True)
class Context:
    settings: Settings
    vault: Vault
    copies: Copies
    submitting: "Submitting"
    now: Callable[[], datetime]
