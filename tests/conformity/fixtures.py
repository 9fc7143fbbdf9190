"""The fixtures' index: one entry per payload, with what a correct reader makes of it."""

import json
import os
from pathlib import Path
from typing import Any

Entry = dict[str, Any]
FOLDER = Path(os.environ["CHEQIAO_FIXTURES"])
INDEX: list[Entry] = json.loads((FOLDER / "index.json").read_text("utf-8"))["fixtures"]


def of_kind(kind: str) -> list[Entry]:
    return [entry for entry in INDEX if entry["kind"] == kind]


def name_of(entry: Entry) -> str:
    return str(entry["file"])


def body_of(entry: Entry) -> bytes:
    return (FOLDER / entry["file"]).read_bytes()
