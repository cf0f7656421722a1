from hypothesis import given, strategies as st

from actors.ports import Limits
from actors.workers.sizing import GIB, OURS, SESSION_SHARE, STANDBY_FROM, WORKER_BYTES, machine, sizes


def test_a_large_machine_keeps_each_core_busy_twice_and_has_a_standby() -> None:
    given_sizes = sizes(2, 24 * GIB, Limits())
    assert (given_sizes.sessions, given_sizes.has_standby) == (4, True)


def test_a_machine_with_little_memory_has_fewer_sessions_and_no_standby() -> None:
    given_sizes = sizes(8, 2 * GIB, Limits())
    assert (given_sizes.sessions, given_sizes.has_standby) == (1, False)


@given(st.integers(1, 256), st.integers(GIB, 2048 * GIB), st.integers(GIB // 4, 64 * GIB))
def test_all_that_is_reckoned_with_fits_into_our_part_of_the_memory(
    cores: int, memory: int, limit: int
) -> None:
    got = sizes(cores, memory, Limits(memory_bytes=limit))
    assert 1 <= got.sessions <= 2 * cores
    assert got.has_standby == (memory >= STANDBY_FROM)
    workers = (1 + got.has_standby) * (WORKER_BYTES + got.table_bytes)
    if got.sessions > 1:
        assert workers + got.sessions * limit // SESSION_SHARE <= memory * OURS
    assert got.worker_bytes <= memory * OURS
    assert got.worker_bytes >= WORKER_BYTES + got.table_bytes


def test_more_sessions_are_open_where_most_of_them_wait_and_no_more_run() -> None:
    few, many = sizes(2, 24 * GIB, Limits()), sizes(2, 24 * GIB, Limits(), wanted=64)
    assert (few.sessions, few.running) == (4, 4)
    assert (many.sessions, many.running) == (68, 4)
    assert many.worker_bytes == few.worker_bytes
    assert sizes(2, 4 * GIB, Limits(), wanted=1000).sessions < 64


def test_this_machine_has_cores_and_memory() -> None:
    cores, memory = machine()
    assert cores >= 1
    assert memory > GIB // 4
