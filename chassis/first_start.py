"""Secrets of the embedded runtime: random ones, made at the first start and kept under `var/` for its owner's eyes only."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any

from chassis.config_file import SettingsError

FILE = "secrets.json"
OPERATOR_TOKEN_FILE = "operator.token"  # noqa: S105 - a file name
OWNER_ONLY = 0o600


def embedded_secrets(var: Path) -> dict[str, Any]:
    """Sections of the configuration with their secrets; the same at every start.

    Writes `<var>/secrets.json` and `<var>/operator.token`. Raises SettingsError when they cannot be written, or were damaged: new keys
    would leave all that is sealed unreadable, so they are never made anew by themselves.
    """
    path = var / FILE
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, json.dumps(_random(), indent=2))
        made: dict[str, Any] = json.loads(path.read_text())
        token = made["operator"]["token"]
        made.setdefault("console", {"session_key": _derived(made["pages"]["session_key"])})
        if (var / OPERATOR_TOKEN_FILE).exists() and (var / OPERATOR_TOKEN_FILE).read_text() != token:
            (var / OPERATOR_TOKEN_FILE).unlink()
        _write_once(var / OPERATOR_TOKEN_FILE, token)
    except OSError as error:
        raise SettingsError((f"{path}: cannot be kept ({error.strerror})",)) from error
    except (ValueError, KeyError, TypeError):
        raise SettingsError((f"{path}: damaged; bring it back from a backup, or begin anew without the folder {var}",)) from None
    return made


def _random() -> dict[str, Any]:
    return {
        "privacy": {"keys": f"{secrets.token_hex(4)}:{_key()}", "lookup_key": _key()},
        "pages": {"session_key": secrets.token_urlsafe(32)},
        "operator": {"token": secrets.token_urlsafe(32)},
        "console": {"session_key": secrets.token_urlsafe(32)},
    }


def _derived(key: str) -> str:
    """For a folder that was made before there was a console: the same at every start, without writing the file again."""
    return hmac.new(key.encode(), b"console", hashlib.sha256).hexdigest()


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all, and on disk; of two that start at once the first one's stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
