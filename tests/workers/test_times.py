"""The times of files: who may set them, and of which."""

import os
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from actors.workers.sandbox import wall
from actors.workers.sandbox.filters import MACHINES, filter_for
from actors.workers.sandbox.instructions import ALLOW
from actors.workers.sandbox.unprivileged import USER
from tests.workers.test_seccomp import machines
from tests.workers.verdicts import PID, PRETENDED, told, verdict


@machines
@given(
    descriptor=st.integers(0, 2**32 - 1),
    path=st.sampled_from([0, 0, 1, 2**32, 2**63]) | st.integers(0, 2**64 - 1),
    times=st.integers(0, 2**64 - 1),
    flags=st.sampled_from([0, 0, 0x100, 0x1000]) | st.integers(0, 2**32 - 1),
)
def test_times_are_set_of_what_is_open_alone_and_where_that_is_granted(
    name: str, descriptor: int, path: int, times: int, flags: int
) -> None:
    machine = MACHINES[name]
    asked = (descriptor, path, times, flags)
    for branchable in (False, True):
        assert told(name, "utimensat", *asked, branchable=branchable) == PRETENDED
    code = filter_for(PID, machine, branchable=True, timed=True)
    granted = ALLOW if path == flags == 0 else PRETENDED
    assert verdict(code, machine.audit, machine.calls["utimensat"], asked) == granted


@pytest.mark.parametrize(
    ("user", "owner", "flags", "granted"),
    [
        (0, 0, 0, True),
        (0, USER, 0, False),
        (USER, 0, 0, True),
        (1000, 0, 0, True),
        (1000, 1000, 0, False),
        (1000, 1000, os.ST_RDONLY, True),
    ],
)
def test_times_are_granted_to_whom_nothing_belongs_that_a_session_sees(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: int, owner: int, flags: int, *, granted: bool
) -> None:
    stat = os.stat_result((0o755, 1, 1, 1, owner, owner, 0, 0, 0, 0))
    monkeypatch.setattr(wall, "shown", lambda: (tmp_path, tmp_path / "missing"))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(Path, "stat", lambda _: stat)
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result((0,) * 8 + (flags, 0)))
    assert wall._sees_nothing_of_its_own.__wrapped__() is granted
