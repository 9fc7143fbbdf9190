"""Where pushes wait while the broker is away: on disk, in order, until each has been published and confirmed (design sections 1 and 7).

The directory holds numbered segment files, `cursor` (how far the drainer has come), `lock` (one process at a time) and `aside/`
(what cannot be read: kept for an operator, never deleted). Opening never appends to an old file: a torn tail of an earlier run is
simply where reading that file ends. Whatever the disk refuses is an OSError of the caller.
"""

import errno
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from eventlet.semaphore import Semaphore

from adapters.wechat.gateway.segment import HEAD, Fsync, Segment, count_records, framed, read_record
from chassis.logs import get_logger
from chassis.settings import SettingsError

log = get_logger(__name__)

SEGMENT_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, order=True)
class Place:
    """Just behind a record: the number of its file, and the byte after it."""

    segment: int
    offset: int


@dataclass(frozen=True)
class Record:
    payload: bytes
    place: Place


class Spool:
    """Append at the end, read from the front, forget what is done. One per process."""

    def __init__(self, directory: Path, fsync: Fsync = os.fsync, segment_bytes: int = SEGMENT_BYTES) -> None:
        """Raises SettingsError when another process has it or the directory cannot be used."""
        self.directory = directory
        self._fsync = fsync
        self._segment_bytes = segment_bytes
        self._writing: Segment | None = None
        self._closed = False
        self._one_writer = Semaphore(1)
        try:
            (directory / "aside").mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _locked(directory / "lock")
            self._done = _read_cursor(directory / "cursor")
            self._files = self._left_from_before()
            self.waiting = sum(count_records(self._path(number), self._start_of(number)) for number in self._files)
        except OSError as error:
            raise SettingsError((f"gateway.spool: {directory} cannot be used ({error.strerror})",)) from error
        self._next = max([self._done.segment, *self._files], default=0) + 1

    def append(self, payload: bytes) -> None:
        """Durable when it returns. Raises OSError: then it was not taken, though a repeat of it may still be read."""
        with self._one_writer:
            segment = self._writable()
            end = segment.append(payload)
            if not self.waiting:
                log.warning("spooling_began")
            self.waiting += 1
        segment.make_durable(end)

    def front(self, most: int) -> list[Record]:
        """Up to so many records from the front, all of one file; they stay until `advance`. Empty when all is done. Raises OSError."""
        while self._files:
            records = self._read(self._files[0], most)
            if records or self._is_writing(self._files[0]):
                return records
            self._forget(self._files[0])
        return []

    def advance(self, place: Place, records: int) -> None:
        """So many records up to this place are published: a restart begins behind them."""
        if self._closed:
            return
        self._done = place
        self.waiting -= records
        if self.waiting == 0 and self._writing and self._is_writing(place.segment) and self._writing.end == place.offset:
            self._retire()
            self._forget(place.segment)
            return
        try:
            _write_cursor(self.directory, place, self._fsync)
        except OSError as error:  # a full disk: emptying it goes on, and a restart would only repeat what the inboxes know
            log.warning("spool_cursor_not_written", cause=error.strerror)

    def put_aside(self, record: Record) -> None:
        """Keep a record that cannot be published, in a file that can be put back as a segment. Raises OSError."""
        path = self.directory / "aside" / f"{record.place.segment:012d}-{record.place.offset}.spool"
        with open(path, "wb") as file:
            file.write(framed(record.payload))
            file.flush()
            self._fsync(file.fileno())
        log.error("spool_record_put_aside", file=path.name)

    def close(self) -> None:
        """Let another process have it: whoever still appends is refused, whoever still drains leaves no trace."""
        self._closed = True
        try:
            self._retire()
        except OSError as error:
            log.warning("spool_not_synced", cause=error.strerror)  # what had not been acknowledged
        os.close(self._lock)

    def _writable(self) -> Segment:
        """The file at the end; a new one when it is full or no longer to be trusted."""
        if self._closed:
            raise OSError(errno.ESHUTDOWN, "the spool is closed")
        if self._writing and (self._writing.broken or self._writing.end >= self._segment_bytes):
            self._retire()
        if self._writing is None:
            self._writing = self._begun(self._next)
        return self._writing

    def _begun(self, number: int) -> Segment:
        """A new file, whose name a power cut cannot take. Its number is used up even if the disk refuses it."""
        self._next = number + 1
        segment = Segment(self._path(number), self._fsync)
        try:
            _sync_directory(self.directory, self._fsync)
        except OSError:
            segment.close()
            segment.path.unlink()
            raise
        self._files.append(number)
        return segment

    def _retire(self) -> None:
        """Nothing more is appended to it. What is still waiting for its fsync gets it first."""
        segment, self._writing = self._writing, None
        if segment is None:
            return
        try:
            if not segment.broken:
                segment.make_durable(segment.end)
        finally:
            segment.close()

    def _read(self, number: int, most: int) -> list[Record]:
        offset = self._start_of(number)
        records: list[Record] = []
        file = os.open(self._path(number), os.O_RDONLY)
        try:
            end = self._writing.end if self._writing and self._is_writing(number) else os.fstat(file).st_size
            while len(records) < most and (payload := read_record(file, offset, end)) is not None:
                offset += HEAD + len(payload)
                records.append(Record(payload, Place(number, offset)))
        finally:
            os.close(file)
        return records

    def _forget(self, number: int) -> None:
        """A file that is done goes; one that ends in something unreadable is kept aside."""
        path = self._path(number)
        if path.stat().st_size > self._start_of(number):
            log.error("spool_tail_put_aside", file=path.name, readable_bytes=self._start_of(number))
            path.rename(self.directory / "aside" / f"{path.stem}-{self._start_of(number)}.torn")
        else:
            path.unlink()
        self._files.remove(number)

    def _left_from_before(self) -> list[int]:
        """The files that are not done, oldest first; those before the cursor were, and go."""
        numbers = sorted(int(path.stem) for path in self.directory.glob("*.spool") if path.stem.isdigit())
        for number in numbers:
            if number < self._done.segment:
                self._path(number).unlink()
        return [number for number in numbers if number >= self._done.segment]

    def _start_of(self, number: int) -> int:
        return self._done.offset if number == self._done.segment else 0

    def _is_writing(self, number: int) -> bool:
        return self._writing is not None and self._writing.path == self._path(number)

    def _path(self, number: int) -> Path:
        return self.directory / f"{number:012d}.spool"


def _locked(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        raise SettingsError((f"gateway.spool: {path.parent} is in use by another process; each gateway needs its own",)) from error
    return file


def _read_cursor(path: Path) -> Place:
    """Without one, or with one that makes no sense, everything is published again: repeats are harmless."""
    try:
        segment, offset = path.read_text("ascii").split()
        return Place(int(segment), int(offset))
    except (FileNotFoundError, ValueError):
        return Place(0, 0)


def _write_cursor(directory: Path, place: Place, fsync: Fsync) -> None:
    """Whole or not at all. Raises OSError."""
    draft = directory / "cursor.new"
    with open(draft, "w", encoding="ascii") as file:
        file.write(f"{place.segment} {place.offset}\n")
        file.flush()
        fsync(file.fileno())
    draft.rename(directory / "cursor")
    _sync_directory(directory, fsync)


def _sync_directory(directory: Path, fsync: Fsync) -> None:
    file = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fsync(file)
    finally:
        os.close(file)
