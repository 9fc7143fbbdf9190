"""The stand-ins in a process of their own: they outlive a crash of Cheqiao, as WeChat, a DMS and CSC would."""

import base64
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click

from chassis.listener import Listener
from chassis.settings import Http, Settings, SettingsError
from launcher.serving import wait_for_signal
from sandbox.compose import create_sandbox
from sandbox.secrets import SandboxSecrets

SHARED = {
    "appid": "CHEQIAO_WECHAT_APPID",
    "appsecret": "CHEQIAO_WECHAT_SECRET",
    "token": "CHEQIAO_WECHAT_TOKEN",
    "aes_key": "CHEQIAO_WECHAT_AES_KEY",
    "dms_api_key": "CHEQIAO_DMS_API_KEY",
    "dms_webhook_secret": "CHEQIAO_DMS_WEBHOOK_SECRET",
    "csc_api_key": "CHEQIAO_CSC_API_KEY",
    "csc_webhook_secret": "CHEQIAO_CSC_WEBHOOK_SECRET",
    "sms_api_key": "CHEQIAO_SMS_API_KEY",
}
TEMPLATES = (
    "confirmed",
    "turned-down",
    "unreachable",
    "cancelled",
    "declined",
    "withdrawn",
    "transferred",
    "registration-matched",
    "registration-rejected",
    "unregistered",
    "reminder-service",
    "reminder-birthday",
    "reminder-campaign",
    "complaint-progress",
    "complaint-survey",
)


def run_sandbox(address: str, target: str, state: Path, shared: SandboxSecrets) -> None:
    """Until a signal. Raises SettingsError when the address is taken or not loopback: the stand-ins open their doors to anyone."""
    if not _is_loopback(f"http://{address}"):
        raise SettingsError((f"--address {address}: a loopback address is wanted, 127.0.0.1:…",))
    state.mkdir(parents=True, exist_ok=True)
    listener = Listener(Http(public=address, partner=address, internal=address, public_url=target))
    stand_ins = create_sandbox(state, target=target, secrets=shared)
    try:
        for prefix, app in stand_ins.items():
            listener.mount("public", prefix, app)
        listener.start()
        click.echo(f"沙箱已启动 · stand-ins are up: http://{address}/sandbox/")
        wait_for_signal()
        listener.stop(1)
    finally:
        stand_ins.close()


def secrets_of(environ: Mapping[str, str]) -> SandboxSecrets:
    """All of the environment, or, when it has none of them, those that everybody knows. Raises SettingsError for some only."""
    given = {field: environ.get(name, "") for field, name in SHARED.items()}
    if not any(given.values()):
        return SandboxSecrets.known()
    if missing := [SHARED[field] for field, value in given.items() if not value]:
        raise SettingsError((f"set these too: {', '.join(missing)}; `cheqiao sandbox secrets` makes all of them",))
    return SandboxSecrets(**given)


def random_environment() -> dict[str, str]:
    """Every secret that production wants, made anew, and the stand-ins' templates."""
    made = SandboxSecrets.random()
    shared = {name: str(getattr(made, field)) for field, name in SHARED.items()}
    ours = {
        "CHEQIAO_PRIVACY_KEYS": f"k1:{_key()}",
        "CHEQIAO_LOOKUP_KEY": _key(),
        "CHEQIAO_SESSION_KEY": secrets.token_hex(32),
        "CHEQIAO_OPERATOR_TOKEN": secrets.token_hex(32),
        "CHEQIAO_CONSOLE_KEY": secrets.token_hex(32),
    }
    templates = {f"CHEQIAO_WECHAT_TPL_{name.replace('-', '_').upper()}": f"sandbox-tpl-{name}" for name in TEMPLATES}
    return shared | ours | templates


def addresses(stand_ins: str) -> dict[str, str]:
    """What production is configured with to speak with stand-ins at this base URL."""
    return {
        "CHEQIAO_WECHAT_API_URL": f"{stand_ins}/sandbox/wechat",
        "CHEQIAO_WECHAT_OAUTH_URL": f"{stand_ins}/sandbox/wechat",
        "CHEQIAO_WECHAT_JS_SDK_URL": f"{stand_ins}/sandbox/wechat/js/jweixin-1.6.0.js",
        "CHEQIAO_SMS_URL": f"{stand_ins}/sandbox/sms/api/v1",
        "CHEQIAO_DMS_URL": f"{stand_ins}/sandbox/dms/api/v1",
        "CHEQIAO_CSC_URL": f"{stand_ins}/sandbox/csc/api/v1",
    }


def speaks_with_stand_ins(settings: Settings) -> bool:
    """Every other system is a stand-in on this machine."""
    others = [account.api_url for account in settings.accounts.values()]
    others += [settings.partners.dms.base_url, settings.partners.csc.base_url]
    others += [settings.sms.reference.base_url if settings.sms.provider == "reference" and settings.sms.reference else ""]
    return all(_is_loopback(url) and urlsplit(url).path.startswith("/sandbox/") for url in others)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
