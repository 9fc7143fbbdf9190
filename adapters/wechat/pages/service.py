"""Takes what followers post from their phones and passes it on (A-APT-09)."""

from adapters.wechat.pages.app import create_app
from chassis.listener import Mount


class PagesService:
    name = "pages"

    web = Mount("public", "/m", create_app)
