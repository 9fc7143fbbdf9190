"""One file of the spool: records one behind the other, each with its length and checksum before it.

A record is length(4, big-endian) + CRC-32(4) + payload. A file is only ever appended to, and never by a second process run.
"""

import errno
import os
import zlib
from collections.abc import Callable
from pathlib import Path

from eventlet.semaphore import Semaphore

HEAD = 8
LONGEST = 8 * 1024 * 1024
"""No sealed push is longer; a greater length is a torn or rotten head."""
Fsync = Callable[[int], None]


def framed(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + zlib.crc32(payload).to_bytes(4, "big") + payload


class Segment:
    """A file being written. `end` is where the last whole record ends, `synced` how much of it a power cut cannot take."""

    def __init__(self, path: Path, fsync: Fsync) -> None:
        """Raises OSError."""
        self.path = path
        self.end = 0
        self.synced = 0
        self.broken = False
        self._fsync = fsync
        self._one_sync = Semaphore(1)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)

    def append(self, payload: bytes) -> int:
        """Where the record ends. Raises OSError; a record written in part is taken back, or the file is given up."""
        frame = framed(payload)
        if len(payload) > LONGEST:
            raise OSError(errno.EFBIG, "longer than any push")
        try:
            if os.write(self._file, frame) != len(frame):
                raise OSError(errno.ENOSPC, "written in part")
        except OSError:
            self._take_back()
            raise
        self.end += len(frame)
        return self.end

    def make_durable(self, upto: int) -> None:
        """One fsync carries everything that was written before it began. Raises OSError: then nothing since the last one is certain."""
        with self._one_sync:
            if self.synced >= upto:
                return
            if self.broken:
                raise OSError(errno.EIO, "an earlier fsync of this file failed")
            end = self.end
            try:
                self._fsync(self._file)
            except OSError:
                self.broken = True
                raise
            self.synced = end

    def close(self) -> None:
        os.close(self._file)

    def _take_back(self) -> None:
        try:
            os.ftruncate(self._file, self.end)
        except OSError:
            self.broken = True


def read_record(file: int, offset: int, end: int) -> bytes | None:
    """The payload at `offset`; None if no whole, sound record ends by `end`. Raises OSError."""
    head = os.pread(file, HEAD, offset)
    length = int.from_bytes(head[:4], "big")
    if len(head) < HEAD or not 0 < length <= LONGEST or offset + HEAD + length > end:
        return None
    payload = os.pread(file, length, offset + HEAD)
    if len(payload) != length or zlib.crc32(payload) != int.from_bytes(head[4:], "big"):
        return None
    return payload


def count_records(path: Path, offset: int) -> int:
    """How many whole records follow `offset`. Raises OSError."""
    count = 0
    file = os.open(path, os.O_RDONLY)
    try:
        end = os.fstat(file).st_size
        while (payload := read_record(file, offset, end)) is not None:
            offset += HEAD + len(payload)
            count += 1
    finally:
        os.close(file)
    return count
