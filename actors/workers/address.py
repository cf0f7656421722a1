"""Whether what the environment says of an engine can be true, as far as it tells before anybody is asked."""

import os
import ssl
import stat
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

SCHEMES = ("unix", "tcp", "http", "https", "ssh")
NAME = "name one in DOCKER_HOST as unix://PATH, tcp://HOST:PORT or ssh://USER@HOST"
"""What to do about an address that is none."""
CERTIFY = (
    "set DOCKER_CERT_PATH to the folder that holds this engine's ca.pem, cert.pem and key.pem, with "
    "DOCKER_TLS_VERIFY=1; or unset DOCKER_TLS_VERIFY where it is spoken to without TLS"
)
"""What to do about certificates that are not there, or are none."""
_CERTIFICATES = ("ca.pem", "cert.pem", "key.pem")
GET_SSH = "pip install 'aiodocker[ssh]'"
"""What lets an engine be reached through OpenSSH."""


def shown() -> str:
    """The address as it may be printed: without user and password, but for the user that ssh needs."""
    return without_secret(os.environ.get("DOCKER_HOST", ""))


def without_secret(text: str) -> str:
    """A text in which somebody may have quoted the address."""
    secret, instead = _secret(os.environ.get("DOCKER_HOST", ""))
    return text.replace(secret, instead) if secret else text


def _secret(address: str) -> tuple[str, str]:
    """What of an address is nobody else's business, and what to say instead; empty where nothing is."""
    scheme, mark, place = address.partition("://")
    # To the last @, for a password with a slash in it makes a wrong address, which is told as well.
    user, at, _ = (place if mark else address).rpartition("@")
    if scheme == "ssh":
        _, _, password = user.partition(":")
        return (f":{password}@", "@") if password else ("", "")
    return (user + at, "") if user and scheme != "unix" else ("", "")


def misnamed() -> tuple[str, str] | None:
    """What is wrong with the address and what to do; None where nothing is, or none is given."""
    address = os.environ.get("DOCKER_HOST")
    if address is None:
        return None
    scheme, _, place = address.partition("://")
    if scheme not in SCHEMES or not (place if scheme == "unix" else _names_a_host(address)):
        return f"DOCKER_HOST is {shown()!r}, which is no address of an engine", NAME
    if scheme == "unix" and _is_something_else(Path(place)):
        return f"DOCKER_HOST is {shown()!r}, which is no socket", NAME
    if scheme == "ssh" and find_spec("asyncssh") is None:
        return f"DOCKER_HOST is {shown()!r}, and there is no package asyncssh to speak ssh with", GET_SSH
    return None


def uncertified(error: Exception) -> str:
    """Which certificates a client that failed could not have; empty where it was not for want of them.

    Args:
        error: what it failed with, before it asked anybody.
    """
    if os.environ.get("DOCKER_TLS_VERIFY") != "1" or not isinstance(error, OSError | ValueError):
        return ""
    if (folder := os.environ.get("DOCKER_CERT_PATH")) is None:
        return "DOCKER_TLS_VERIFY is 1, and DOCKER_CERT_PATH is not set"
    for path in (Path(folder) / name for name in _CERTIFICATES):
        try:
            path.read_bytes()
        except OSError as unread:
            return f"DOCKER_CERT_PATH is {folder!r}, and {path} cannot be read ({unread.strerror})"
    if isinstance(error, ssl.SSLError):
        told = f"{', '.join(_CERTIFICATES)} there are not what TLS asks for ({error})"
        return f"DOCKER_CERT_PATH is {folder!r}, and {told}"
    return ""


def _names_a_host(address: str) -> bool:
    """Whether there is one, and its port is one."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_something_else(path: Path) -> bool:
    """Whether there is something that is no socket, as far as this user may look."""
    with suppress(OSError):
        return not stat.S_ISSOCK(path.stat().st_mode)
    return False
