"""The processes of a house as the kernel sees them: which service each is, its memory, its processor time."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1_048_576
SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Usage:
    """Resident memory in MB, processor time in seconds since it began."""

    pid: int
    memory_mb: float
    cpu_seconds: float


def of_house(supervisor: int) -> dict[str, Usage]:
    """The supervisor and its children, by the service that each runs."""
    found = {SUPERVISOR: usage(supervisor)}
    for child in _children(supervisor):
        words = (PROC / str(child) / "cmdline").read_bytes().split(b"\0")
        if b"run" in words:
            found[words[words.index(b"run") + 1].decode()] = usage(child)
    return found


def usage(pid: int) -> Usage:
    """Raises FileNotFoundError when there is no such process."""
    fields = _stat(pid)
    return Usage(pid, int(fields[21]) * PAGE_MB, (int(fields[11]) + int(fields[12])) / TICKS)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and of all that it started and that still run."""
    return usage(pid).cpu_seconds + sum(cpu_seconds(child) for child in _children(pid))


def spent(before: Mapping[str, Usage], after: Mapping[str, Usage]) -> dict[str, float]:
    """Processor seconds between two looks, most first; who was started anew in between counts from its start."""
    used = {
        name: one.cpu_seconds - (before[name].cpu_seconds if name in before and before[name].pid == one.pid else 0)
        for name, one in after.items()
    }
    return dict(sorted(used.items(), key=lambda item: -item[1]))


def _children(parent: int) -> list[int]:
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                if int(_stat(int(entry.name))[1]) == parent:
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                continue
    return found


def _stat(pid: int) -> list[str]:
    """The fields behind the name, which is in brackets and may hold anything: state, parent, …"""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
