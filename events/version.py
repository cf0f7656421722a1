"""Which tracegate this is: logs name it, and so does whoever cannot read one."""

from importlib import metadata


def installed_version() -> str:
    """The version that is installed; `not installed` where there is only the source."""
    try:
        return metadata.version("tracegate")
    except metadata.PackageNotFoundError:
        return "not installed"
