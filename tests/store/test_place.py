"""On which file system a home lies is found out, and one of another machine is said before anything is written."""

from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from store.home import Home
from store.log.append import LogWriter
from store.log.lock import hold_lock
from store.place import mount_of
from tests.store.log.disks import QuickDisk

Mounted = Callable[..., None]


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mounted:
    """Have the system say that these are mounted, each a folder and a kind."""

    def say(*mounts: tuple[Path | str, str]) -> None:
        lines = [
            f"source {str(point).replace(' ', chr(92) + '040')} {kind} rw 0 0\n" for point, kind in mounts
        ]
        (tmp_path / "mounts").write_text("".join(lines))
        monkeypatch.setattr("store.place.MOUNTS", tmp_path / "mounts")

    return say


def kind_at(path: Path) -> str | None:
    mount = mount_of(path)
    return None if mount is None else mount.kind


def test_a_path_lies_on_the_nearest_file_system_above_it(mounted: Mounted, tmp_path: Path) -> None:
    mounted(("/", "ext4"), (tmp_path / "a", "nfs4"), (tmp_path / "a" / "b", "tmpfs"))
    assert kind_at(tmp_path) == "ext4"
    assert kind_at(tmp_path / "a") == "nfs4"
    assert kind_at(tmp_path / "a" / "not there yet") == "nfs4"
    assert kind_at(tmp_path / "a" / "b" / "home") == "tmpfs"
    assert kind_at(tmp_path / "ab") == "ext4", "a name that begins alike is another folder"


def test_what_is_mounted_over_another_hides_it(mounted: Mounted, tmp_path: Path) -> None:
    mounted(("/", "ext4"), (tmp_path, "nfs"), (tmp_path, "xfs"))
    assert kind_at(tmp_path / "home") == "xfs"


def test_blanks_in_a_place_and_links_to_it_are_followed(mounted: Mounted, tmp_path: Path) -> None:
    (tmp_path / "with blank").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "with blank")
    mounted(("/", "ext4"), (tmp_path / "with blank", "cifs"))
    assert kind_at(tmp_path / "link" / "home") == "cifs"


def test_a_system_that_does_not_say_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.place.MOUNTS", tmp_path / "nowhere")
    assert mount_of(tmp_path) is None
    with capture_logs() as told, hold_lock(Home(tmp_path / "home")):
        pass
    assert told == []


def test_this_system_says_on_what_the_temporary_folder_lies(tmp_path: Path) -> None:
    mount = mount_of(tmp_path)
    assert mount is not None
    assert tmp_path.is_relative_to(mount.point)


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"])
async def test_a_network_file_system_is_said_at_start_and_the_work_is_done(
    mounted: Mounted, tmp_path: Path, kind: str
) -> None:
    mounted(("/", "ext4"), (tmp_path, kind))
    home = Home(tmp_path / "home")
    with capture_logs() as told:
        async with LogWriter.open(home, disk=QuickDisk()) as writer:
            assert writer.head.seq == 1
    assert [(one["log_level"], one["event"], one["kind"]) for one in told] == [
        ("warning", "home on a network file system", kind)
    ]


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "apfs"])
def test_a_file_system_of_this_machine_is_no_news(mounted: Mounted, tmp_path: Path, kind: str) -> None:
    mounted(("/", kind))
    with capture_logs() as told, hold_lock(Home(tmp_path / "home")):
        pass
    assert told == []
