import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from actors.workers import engine as engine_module
from actors.workers.address import CERTIFY, GET_SSH, NAME
from actors.workers.engine import START, EngineProblem, NoEngine, asking, docker_available, engine_of
from actors.workers.guarantees import NEEDS_KERNEL
from actors.workers.probe import probe


@pytest.fixture(autouse=True)
def no_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)


@pytest.fixture
def silent_socket(tmp_path: Path) -> Iterator[Path]:
    """A socket that takes connections and never answers."""
    path = tmp_path / "s.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        held: list[socket.socket] = []
        thread = threading.Thread(target=lambda: held.append(listener.accept()[0]))
        thread.start()
        yield path
        thread.join()
        for connection in held:
            connection.close()


async def test_a_socket_that_is_not_there_is_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    reason = await docker_available("image")
    assert reason is not None
    assert "none.sock" in reason


async def test_a_socket_that_refuses_is_the_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "r.sock"
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        reason = await docker_available("image")
    assert reason is not None
    assert "refused" in reason


async def test_an_engine_that_does_not_answer_is_given_up(
    monkeypatch: pytest.MonkeyPatch, silent_socket: Path
) -> None:
    monkeypatch.setattr(engine_module, "PROBE_SECONDS", 0.1)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{silent_socket}")
    reason = await docker_available("image")
    assert reason is not None
    assert "did not answer" in reason


NO_ADDRESSES = [
    "nonsense", "", "unix://", "gopher://engine", "npipe:////./pipe/docker_engine", "unix:/run/d.sock",
    "tcp://", "tcp://:2375", "tcp://127.0.0.1:port", "tcp://127.0.0.1:70000", "https://[", "ssh://somebody@",
]  # fmt: skip


@pytest.mark.parametrize("address", NO_ADDRESSES)
async def test_an_address_that_is_none_is_the_reason_and_those_that_there_are_are_named(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    found = await engine_of("image")
    assert found.problem == (
        f"no Docker Engine is to be found: DOCKER_HOST is {address!r}, which is no address of an engine; {NAME}"
    )
    assert found.remedy == NAME


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tcp://me:hush@127.0.0.1:1", "tcp://127.0.0.1:1"),
        ("tcp://hush@127.0.0.1:1", "tcp://127.0.0.1:1"),
        ("https://me:hush@127.0.0.1:1", "https://127.0.0.1:1"),
        ("tcp://me:hu/sh:hush@127.0.0.1:1", "tcp://127.0.0.1:1"),
        ("tcp://me:hush@:1", "tcp://:1"),
        ("me:hush@engine", "engine"),
        ("ssh://me:hush@[", "ssh://me@["),
        ("ssh://me:@[", "ssh://me:@["),
        ("unix:///run/no@where.sock", "unix:///run/no@where.sock"),
    ],
)
async def test_nobody_is_told_the_password_in_an_address(
    monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    found = await engine_of("image")
    assert found.address == told
    assert found.problem is not None
    assert "hush" not in found.problem
    with pytest.raises(NoEngine) as raised, asking("say what it is"):
        raise ValueError(address)
    assert told in str(raised.value)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("kind", ["a file", "a folder"])
async def test_a_path_that_is_no_socket_is_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "engine"
    path.touch() if kind == "a file" else path.mkdir()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    reason = await docker_available("image")
    assert reason is not None
    assert f"DOCKER_HOST is 'unix://{path}', which is no socket" in reason


async def test_an_address_of_ssh_asks_for_the_package_that_speaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actors.workers.address.find_spec", lambda _: None)
    monkeypatch.setenv("DOCKER_HOST", "ssh://somebody@engine")
    found = await engine_of("image")
    assert found.problem is not None
    assert "there is no package asyncssh to speak ssh with; pip install 'aiodocker[ssh]'" in found.problem
    assert found.remedy == GET_SSH


def certificates(folder: Path, *names: str) -> Path:
    """A folder with files of these names, which hold none."""
    folder.mkdir()
    for name in names:
        (folder / name).write_text("no certificate")
    return folder


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "https://127.0.0.1:1"])
@pytest.mark.parametrize(
    ("names", "told"),
    [
        ((), "and {}/ca.pem cannot be read (No such file or directory)"),
        (("ca.pem", "cert.pem"), "and {}/key.pem cannot be read (No such file or directory)"),
        (("ca.pem", "cert.pem", "key.pem"), "and ca.pem, cert.pem, key.pem there are not what TLS asks for"),
    ],
)
async def test_certificates_that_cannot_be_had_are_told_with_the_file_the_variable_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, names: tuple[str, ...], told: str
) -> None:
    folder = certificates(tmp_path / "certificates", *names)
    monkeypatch.setenv("DOCKER_HOST", address)
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(folder))
    found = await engine_of("image")
    assert found.problem is not None
    assert found.problem.startswith(
        f"no Docker Engine is to be found: DOCKER_CERT_PATH is {str(folder)!r}, {told.format(folder)}"
    )
    assert found.problem.endswith(f"; {CERTIFY}")
    assert found.remedy == CERTIFY


async def test_certificates_that_no_variable_names_are_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.delenv("DOCKER_CERT_PATH", raising=False)
    found = await engine_of("image")
    assert found.problem is not None
    assert "DOCKER_TLS_VERIFY is 1, and DOCKER_CERT_PATH is not set" in found.problem
    assert found.remedy == CERTIFY


async def test_where_tls_is_not_asked_for_no_certificate_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    monkeypatch.delenv("DOCKER_TLS_VERIFY", raising=False)
    monkeypatch.setenv("DOCKER_CERT_PATH", "/nowhere")
    found = await engine_of("image")
    assert found.problem is not None
    assert "CERT" not in found.problem
    assert found.remedy == START


async def test_an_engine_that_tls_does_not_believe_is_told_with_the_certificates_that_it_takes() -> None:
    with pytest.raises(EngineProblem) as raised, asking("give its version"):
        raise aiohttp.ClientConnectionError from ssl.SSLCertVerificationError("unknown authority")
    assert raised.value.remedy == CERTIFY


async def test_the_probe_lists_every_backend_strongest_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    machine = await probe("image")
    docker, local = machine.walls
    assert (docker.backend, docker.level, local.backend) == ("docker", "container", "local")
    assert (docker.problem, docker.remedy) == (machine.engine.problem, START)
    assert local.problem is None
    network = next(one for one in local.bounds if one.what == "network")
    assert (local.level == "sandbox") == (network.strength == "enforced")
    assert bool(local.around) == (not local.weaker)


async def test_where_no_wall_can_be_raised_the_probe_says_what_is_open_why_and_what_would_help(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def told(_function: object) -> str:
        return "this kernel knows too little"

    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    monkeypatch.setattr("actors.workers.probe.to_process.run_sync", told)
    _, local = (await probe("image")).walls
    assert (local.level, local.weaker, local.remedy) == (
        "process",
        "this kernel knows too little",
        NEEDS_KERNEL,
    )
    open_to_all = {one.what: one.raised_by for one in local.bounds if one.strength == "absent"}
    assert open_to_all["network"] == NEEDS_KERNEL
    assert not local.visible


@pytest.mark.docker
async def test_a_missing_image_is_the_reason_and_says_how_to_build_it() -> None:
    reason = await docker_available("tracegate-no-such-image:latest")
    if reason is not None and "inspect image" not in reason:
        pytest.skip(reason)
    assert reason is not None
    assert "build.sh" in reason
