import subprocess
from pathlib import Path

from actors.workers.answered import Version, shaped
from actors.workers.containers import (
    LABEL_OWNER,
    LABEL_PLACE,
    Owner,
    container_config,
    owner_of,
    sources_digest,
)

BUILD = Path(__file__).parents[2] / "actors/workers/image/build.sh"


def test_a_container_is_allowed_next_to_nothing() -> None:
    config = container_config("image", Owner("me", "here"), memory_bytes=1 << 30, cpus=2)
    host = config["HostConfig"]
    assert config["User"] == "65532:65532"
    assert config["NetworkDisabled"]
    assert host["NetworkMode"] == "none"
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["ReadonlyRootfs"]
    assert host["Memory"] == host["MemorySwap"] == 1 << 30
    assert host["NanoCpus"] == 2_000_000_000
    assert 0 < host["PidsLimit"] <= 512
    assert host["LogConfig"]["Type"] == "none"
    assert host["IpcMode"] == "private"
    assert not host["Privileged"]
    assert not host["Binds"]
    assert "Mounts" not in host
    assert not host["Devices"]
    assert {"noexec", "nosuid", "nodev"} <= set(host["Tmpfs"]["/tmp"].split(","))
    assert "nr_inodes=" in host["Tmpfs"]["/tmp"]
    assert "size=" in host["Tmpfs"]["/tmp"]
    assert "--own-disk" in config["Cmd"]
    assert {"Name": "core", "Soft": 0, "Hard": 0} in host["Ulimits"]
    assert config["Labels"] == {LABEL_OWNER: "me", LABEL_PLACE: "here"}


def test_a_container_that_shares_a_socket_is_given_its_folder_to_read_and_nothing_else(
    tmp_path: Path,
) -> None:
    alone, sharing = (
        container_config("image", Owner("me"), 1 << 30, 2, door=door) for door in (None, tmp_path)
    )
    mount = {"Type": "bind", "Source": str(tmp_path), "Target": "/run/tracegate", "ReadOnly": True}
    assert sharing["Cmd"] == [*alone["Cmd"], "--socket", "/run/tracegate/worker"]
    assert sharing["HostConfig"] == alone["HostConfig"] | {"Mounts": [mount]}
    assert sharing | {"Cmd": 0, "HostConfig": 0} == alone | {"Cmd": 0, "HostConfig": 0}


def test_one_removes_itself_only_where_it_is_to() -> None:
    kept, gone = (container_config("i", Owner("me"), 1 << 30, 2, removes_itself=one) for one in (False, True))
    assert gone["HostConfig"] == kept["HostConfig"] | {"AutoRemove": True}
    assert gone | {"HostConfig": 0} == kept | {"HostConfig": 0}


def test_podman_is_asked_for_nothing_that_it_does_not_know_and_denied_all_the_rest() -> None:
    docker = container_config("image", Owner("me"), memory_bytes=1 << 30, cpus=2)["HostConfig"]
    podman = container_config("image", Owner("me"), memory_bytes=1 << 30, cpus=2, podman=True)["HostConfig"]
    assert {name for name in docker if docker[name] != podman[name]} == {"Tmpfs", "Ulimits"}
    assert docker["Tmpfs"]["/tmp"] == podman["Tmpfs"]["/tmp"] + ",nr_inodes=65536"
    assert podman["Ulimits"] == [*docker["Ulimits"], {"Name": "nproc", "Soft": 4096, "Hard": 4096}]


def test_podman_is_known_by_its_version() -> None:
    def is_podman(*names: str) -> bool:
        parts = [{"Name": name} for name in names] or None
        return shaped({"Version": "1", "ApiVersion": "1.41", "Components": parts}, Version).is_podman

    assert is_podman("Podman Engine", "Conmon")
    assert not is_podman("Engine", "containerd")
    assert not is_podman()


def test_a_home_is_known_by_its_id_and_told_from_a_copy_by_its_place(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert owner_of("id", tmp_path).home == owner_of("id", tmp_path / "moved").home == "id"
    assert owner_of("id", tmp_path / "link") == owner_of("id", tmp_path)
    assert owner_of("id", tmp_path / "copy") != owner_of("id", tmp_path)


def test_the_build_script_names_the_same_sources() -> None:
    told = subprocess.run(["bash", str(BUILD), "--digest"], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == sources_digest()
