"""The folder of one machine's data, held by one process; and where that process can be asked."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from chassis.settings import SettingsError

LOCK = "lock"
RUNNING = "running.json"


class VarLock:
    """Held from `take` until the process ends or `give_back`; the system lets go of it when the process is killed."""

    def __init__(self, var: Path) -> None:
        self._path = var / LOCK
        self._file: TextIO | None = None

    def take(self) -> None:
        """Raises SettingsError naming the process that holds it."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "?"
            file.close()
            told = f"{self._path.parent} is in use by another Cheqiao (process {holder}); end it, or give this one another CHEQIAO_VAR"
            raise SettingsError((told,)) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def give_back(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


@dataclass(frozen=True)
class Running:
    """Where the system that uses a folder can be asked."""

    pid: int
    public: str
    partner: str
    internal: str

    def announce(self, var: Path) -> None:
        draft = var / f".{RUNNING}"
        draft.write_text(json.dumps(asdict(self)))
        draft.rename(var / RUNNING)


def announced(var: Path) -> Running | None:
    """None: nothing runs here, or it was killed without saying goodbye and its process id belongs to nobody."""
    try:
        running = Running(**json.loads((var / RUNNING).read_text()))
        os.kill(running.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return running


def withdraw(var: Path) -> None:
    (var / RUNNING).unlink(missing_ok=True)
