"""What our pages take from others, laid into one folder by `make setup`; nothing of it is in the repository."""

from pathlib import Path

from chassis.settings import SettingsError
from launcher.house import WEB_ASSETS

NEEDED = (
    "weui/weui.min.css",
    "@tabler/core/tabler.min.css",
    "@tabler/core/tabler.min.js",
    "htmx.org/htmx.min.js",
    "echarts/echarts.min.js",
)


def require_assets(folder: Path = WEB_ASSETS) -> Path:
    """The folder, when all that the pages need is in it. Raises SettingsError."""
    absent = [name for name in NEEDED if not (folder / name).is_file()]
    if absent:
        raise SettingsError(tuple(f"{folder.name}/{name}: missing; run `make setup`" for name in absent))
    return folder
