"""The spool: in order, over restarts, torn tails and full disks."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.wechat.gateway.segment import framed
from adapters.wechat.gateway.spool import Place, Spool
from chassis.settings import SettingsError
from tests.adapters.wechat.gateway.stage import Disk


def numbered(count: int, first: int = 0) -> list[bytes]:
    return [f"record {number}".encode() for number in range(first, first + count)]


def filled(directory: Path, records: list[bytes], **options) -> Spool:
    spool = Spool(directory, **options)
    for record in records:
        spool.append(record)
    return spool


def drained(spool: Spool, at_once: int = 3) -> list[bytes]:
    taken = []
    while records := spool.front(at_once):
        taken += [record.payload for record in records]
        spool.advance(records[-1].place, len(records))
    return taken


def files(directory: Path, pattern: str = "*.spool") -> list[str]:
    return sorted(path.name for path in directory.glob(pattern))


def test_what_went_in_comes_out_in_order(tmp_path):
    spool = filled(tmp_path, numbered(10))

    assert drained(spool) == numbered(10)
    assert spool.waiting == 0


def test_an_empty_spool_leaves_no_file(tmp_path):
    spool = filled(tmp_path, numbered(4))

    drained(spool)

    assert files(tmp_path) == []


def test_what_was_not_drained_is_there_after_a_restart(tmp_path):
    before = filled(tmp_path, numbered(5))
    first = before.front(2)
    before.advance(first[-1].place, 2)
    before.close()

    after = Spool(tmp_path)

    assert after.waiting == 3
    assert drained(after) == numbered(5)[2:]


def test_new_records_join_the_end_after_a_restart(tmp_path):
    filled(tmp_path, numbered(3)).close()
    spool = filled(tmp_path, numbered(3, first=3))

    assert drained(spool) == numbered(6)


def test_files_that_are_done_go(tmp_path):
    spool = filled(tmp_path, numbered(10), segment_bytes=40)
    assert len(files(tmp_path)) == 4

    assert drained(spool, at_once=2) == numbered(10)
    assert files(tmp_path) == []


def test_an_emptied_spool_takes_records_again(tmp_path):
    spool = filled(tmp_path, numbered(3))
    drained(spool)

    spool.append(b"again")
    spool.close()

    assert drained(Spool(tmp_path)) == [b"again"]


@pytest.mark.parametrize("tail", [b"\0", b"\0" * 64, framed(b"never finished")[:-3], b"\xff" * 12, framed(b"x" * 50)[:8]])
def test_a_torn_tail_hides_nothing_before_it_and_is_kept_aside(tmp_path, tail):
    filled(tmp_path, numbered(3)).close()
    [name] = files(tmp_path)
    with (tmp_path / name).open("ab") as file:
        file.write(tail)

    spool = filled(tmp_path, numbered(2, first=3))

    assert spool.waiting == 5
    assert drained(spool) == numbered(5)
    assert len(files(tmp_path / "aside", "*.torn")) == 1


def test_a_rotten_record_stops_neither_the_files_behind_it_nor_is_it_deleted(tmp_path):
    spool = filled(tmp_path, numbered(9), segment_bytes=48)
    spool.close()
    second = tmp_path / files(tmp_path)[1]
    rotten = bytearray(second.read_bytes())
    rotten[-1] ^= 1
    second.write_bytes(rotten)

    left = drained(Spool(tmp_path))

    assert left == [record for record in numbered(9) if record != b"record 5"]
    assert len(files(tmp_path / "aside", "*.torn")) == 1


def test_a_cursor_that_makes_no_sense_means_everything_again(tmp_path):
    spool = filled(tmp_path, numbered(3))
    spool.advance(spool.front(1)[0].place, 1)
    spool.close()
    (tmp_path / "cursor").write_text("?")

    assert drained(Spool(tmp_path)) == numbered(3)


def test_two_processes_cannot_share_a_spool(tmp_path):
    holding = Spool(tmp_path)

    with pytest.raises(SettingsError, match="in use by another process"):
        Spool(tmp_path)

    holding.close()
    Spool(tmp_path).close()


def test_a_spool_that_cannot_be_written_is_said_at_start(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsError, match=r"gateway\.spool"):
        Spool(tmp_path / "file" / "spool")


def test_what_a_full_disk_refused_is_not_taken_and_what_it_holds_still_drains(tmp_path):
    disk = Disk()
    spool = filled(tmp_path, numbered(2), fsync=disk.fsync)
    disk.full = True

    with pytest.raises(OSError, match="No space"):
        spool.append(b"too much")

    assert drained(spool)[:2] == numbered(2)
    disk.full = False
    spool.append(b"room again")
    assert drained(spool) == [b"room again"]


def test_a_really_full_disk_takes_nothing_in_part(tmp_path):
    """A file size limit makes the kernel cut the write, as a full disk does."""
    script = (
        "import resource, signal, sys; from pathlib import Path; from adapters.wechat.gateway.spool import Spool\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "spool = Spool(Path(sys.argv[1])); spool.append(b'first')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (30, resource.RLIM_INFINITY))\n"
        "try: spool.append(b'x' * 500)\n"
        "except OSError as error: print('refused')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
        "spool.append(b'second'); print([record.payload for record in spool.front(9)])\n"
    )

    said = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60).stdout

    assert said.splitlines()[-2:] == ["refused", "[b'first', b'second']"]
    assert drained(Spool(tmp_path)) == [b"first", b"second"]
    assert files(tmp_path / "aside", "*") == []


def test_an_fsync_that_failed_is_not_believed_later(tmp_path):
    disk = Disk()
    spool = filled(tmp_path, numbered(1), fsync=disk.fsync)
    disk.full = True
    with pytest.raises(OSError, match="No space"):
        spool.append(b"lost on power cut")
    disk.full = False

    spool.append(b"in a file of its own")

    assert len(files(tmp_path)) == 2


def test_a_disk_that_is_full_from_the_start_is_used_once_it_has_room(tmp_path):
    disk = Disk()
    disk.full = True
    spool = Spool(tmp_path, fsync=disk.fsync)
    with pytest.raises(OSError, match="No space"):
        spool.append(b"refused")
    disk.full = False

    spool.append(b"taken")

    assert (spool.waiting, drained(spool)) == (1, [b"taken"])


def test_a_closed_spool_takes_nothing(tmp_path):
    spool = filled(tmp_path, numbered(1))
    spool.close()

    with pytest.raises(OSError, match="closed"):
        spool.append(b"late")


def test_a_record_put_aside_can_be_put_back(tmp_path):
    spool = filled(tmp_path, [b"unreadable today"])
    [record] = spool.front(1)
    spool.put_aside(record)
    spool.advance(record.place, 1)
    spool.close()
    [name] = files(tmp_path / "aside")

    (tmp_path / "aside" / name).rename(tmp_path / "000000000099.spool")

    assert drained(Spool(tmp_path)) == [b"unreadable today"]


def test_places_are_ordered(tmp_path):
    assert Place(1, 900) < Place(2, 8)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.sampled_from(["append", "drain", "restart", "tear"]), max_size=40), seed=st.integers(0, 2**32))
def test_whatever_happens_nothing_is_lost_and_nothing_overtakes(tmp_path_factory, steps, seed):
    directory, luck = tmp_path_factory.mktemp("spool"), random.Random(seed)
    spool = Spool(directory, segment_bytes=64)
    taken: list[bytes] = []
    sent = 0
    for step in steps:
        match step:
            case "append":
                spool.append(f"record {sent}".encode())
                sent += 1
            case "drain" if records := spool.front(luck.randint(1, 5)):
                taken += [record.payload for record in records]
                spool.advance(records[-1].place, len(records))
            case "restart" | "tear":
                spool.close()
                if step == "tear" and (names := files(directory)):
                    with (directory / names[-1]).open("ab") as file:
                        file.write(luck.randbytes(luck.randint(1, 20)))
                spool = Spool(directory, segment_bytes=64)
    taken += drained(spool)
    spool.close()

    assert taken == numbered(sent)
