"""The secrets the stand-ins share with Cheqiao."""

import base64
import secrets
import string
from dataclasses import dataclass


@dataclass(frozen=True)
class SandboxSecrets:
    """`aes_key` is the EncodingAESKey (43 characters); None means the account knows plain mode only."""

    appid: str
    appsecret: str
    token: str
    aes_key: str | None
    dms_api_key: str
    dms_webhook_secret: str
    csc_api_key: str
    csc_webhook_secret: str
    sms_api_key: str

    @classmethod
    def known(cls) -> "SandboxSecrets":
        """For the embedded runtime alone; the settings refuse them elsewhere (design section 7)."""
        return cls(
            appid="wxsandbox0000main",
            appsecret="sandbox-secret",
            token="sandbox-token",  # noqa: S106 - known on purpose
            aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
            dms_api_key="sandbox-dms-key",
            dms_webhook_secret=_webhook(b"sandbox-dms-webhook-secret-0001"),
            csc_api_key="sandbox-csc-key",
            csc_webhook_secret=_webhook(b"sandbox-csc-webhook-secret-0001"),
            sms_api_key="sandbox-sms-key",
        )

    @classmethod
    def random(cls) -> "SandboxSecrets":
        return cls(
            appid="wx" + secrets.token_hex(8),
            appsecret=secrets.token_hex(16),
            token=secrets.token_hex(16),
            aes_key=_encoding_aes_key(),
            dms_api_key=secrets.token_urlsafe(32),
            dms_webhook_secret=_webhook(secrets.token_bytes(32)),
            csc_api_key=secrets.token_urlsafe(32),
            csc_webhook_secret=_webhook(secrets.token_bytes(32)),
            sms_api_key=secrets.token_urlsafe(32),
        )


def _webhook(key: bytes) -> str:
    return "whsec_" + base64.b64encode(key).decode()


def _encoding_aes_key() -> str:
    """43 characters that are base64 of 32 bytes once `=` is put behind: the last one carries four bits only."""
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(42)) + secrets.choice("AEIMQUYcgkosw048")
