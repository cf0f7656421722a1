"""A session that may branch makes no process but the one it was asked for, and twins cannot reach each other."""

from textwrap import dedent

import pytest

from actors.workers.pool import Pool
from actors.workers.session import NotBranched
from tests.abuse.attacks import LIBC
from tests.abuse.escapes import ESCAPES
from tests.abuse.pulse import prompt, watched
from tests.abuse.test_escapes import gained
from tests.abuse.twins import ANSWERS, AS_A_TWIN, FLOODS, FOLLOWS, HANDS_OVER
from tests.contracts.test_workers_limits import reason

pytestmark = [pytest.mark.containers_later, pytest.mark.asyncio(loop_scope="module")]

FORKS = (
    "import os\nos.fork()",
    "import subprocess\nsubprocess.run(['true'])",
    "import multiprocessing\nmultiprocessing.get_context('fork').Pool(1).map(abs, [1])",
)
CLONE = LIBC + dedent("""
    import threading
    def clone(flags=0x01208011):
        ctypes.set_errno(0)
        return libc.syscall(56 if platform.machine() == 'x86_64' else 220, flags, None, None, None, None), ctypes.get_errno()
""")
TRIED = "[clone(), clone(0x8011), clone(0x01200011), clone(17), clone(0x01208011 | 2**32)]"
ALL_REFUSED = str([(-1, 1)] * 5)
IN_A_THREAD = """
said = []
one = threading.Thread(target=lambda: said.append(clone()))
one.start(); one.join()
said
"""
AT_THE_BRANCH = """
import actors.workers.sandbox.twin as twin
copy = twin.Copies
def and_more(*given, **named):
    thread = threading.Thread(target=lambda: said.append(clone()))
    thread.start(); thread.join()
    return copy(*given, **named)
twin.Copies = and_more
said.clear()
"""
SPEAKS = """
import os, actors.workers.sandbox.session as session
from actors.workers.sandbox.framing import pack
from events.frames import Opened
def forged(line, twins, asked):
    os.write(line.passed(twins.needs)[0], pack(0, Opened()))
    os.read(3, 1)
session._branch = forged
"""


@pytest.fixture(scope="module")
def walled(pool: Pool) -> Pool:
    if pool.level == "process":
        pytest.skip("no wall can be raised here, and no attack is made without one")
    return pool


async def test_nobody_forks_who_was_not_asked(walled: Pool, table: str) -> None:
    async with walled.session(table) as sibling, walled.session(table, branchable=True) as session:
        await session.run(CLONE)
        async with session.branch() as twin:
            for one in (session, twin):
                for code in FORKS:
                    refused = await one.run(code)
                    assert refused.error is not None
                    assert refused.error.kind == "PermissionError"
                assert (await one.run(TRIED)).display == ALL_REFUSED
                assert (await one.run(IN_A_THREAD)).display == "[(-1, 1)]"
                bomb = await one.run("for _ in range(2000):\n    clone()\nclone()")
                assert bomb.display == "(-1, 1)"
        assert await prompt(sibling)


async def test_while_it_is_asked_no_other_thread_forks(walled: Pool, table: str) -> None:
    async with walled.session(table, branchable=True) as session:
        await session.run(CLONE)
        await session.run(IN_A_THREAD)
        await session.run(AT_THE_BRANCH)
        async with session.branch() as twin:
            for one in (session, twin):
                assert (await one.run("said")).display == "[(-1, 1)]"
                assert (await one.run(TRIED)).display == ALL_REFUSED


MAKES_RULES = (
    AS_A_TWIN
    + ANSWERS
    + LIBC
    + """
def tell(name, number, *arguments):
    ctypes.set_errno(0)
    got = libc.syscall(number, *arguments)
    said.append((name, got != -1 or ctypes.get_errno()))
    return got
def keep(rules):
    removed = os.open('.', os.O_TMPFILE | os.O_RDWR)
    tell('rule', 445, rules, 1, struct.pack('<Qi', 4, removed), 0)
    os.close(removed)
def make():
    keep(tell('rules', 444, ctypes.byref(ctypes.c_uint64(4)), ctypes.c_size_t(8), 0))
class Kept:
    def __getattr__(self, name):
        return lambda *handed: keep(handed[0]) if isinstance(handed[0], int) else None
opened, said = said, []
twin.landlock = Kept()
def do():
    make()
    os.write(3, opened)
    answers()
"""
)


async def test_a_twin_makes_no_rules_and_adds_none_to_those_that_are_made_for_it(
    walled: Pool, table: str
) -> None:
    """The kernel keeps the file that a rule is about, removed or not, and nobody could tell whose it is."""
    refused = ["('rules', 1)", "('rule', 1)"]
    async with walled.session(table, branchable=True) as session:
        await session.run(MAKES_RULES)
        assert (await session.run("make()\nsaid")).display == f"[{', '.join(refused)}]"
        async with session.branch() as twin, session.branch() as other:
            for one in (twin, other):
                told = [*refused, refused[1], *refused, *refused]
                assert (await one.run("make()\nsaid")).display == f"[{', '.join(told)}]"


async def test_a_session_that_was_refused_room_cannot_fork_later(walled: Pool, table: str) -> None:
    async with walled.session(table, branchable=True) as session:
        await session.run(
            CLONE
            + "\nimport actors.workers.sandbox.twin as twin\ndef full(*_):\n    raise OSError('x')\ntwin.Copies = full"
        )
        with pytest.raises(NotBranched):
            async with session.branch():
                pass
        assert (await session.run(TRIED)).display == ALL_REFUSED


async def test_who_speaks_for_its_twin_ends_and_a_sibling_does_not_notice(walled: Pool, table: str) -> None:
    async with walled.session(table) as sibling, walled.session(table, branchable=True) as session:
        await session.run(SPEAKS)
        with pytest.raises(NotBranched, match="spoke for its twin"):
            async with session.branch():
                pass
        assert (await sibling.run("41 + 1")).display == "42"
        assert await prompt(sibling)


async def test_a_branch_that_stays_in_the_group_of_another_is_refused(walled: Pool, table: str) -> None:
    async with walled.session(table) as sibling, walled.session(table, branchable=True) as session:
        await session.run(FOLLOWS)
        with pytest.raises(NotBranched, match=r"crashed: .*did not leave the group"):
            async with session.branch():
                pass
        assert (await session.run("41 + 1")).display == "42"
        assert await prompt(sibling)


async def test_twins_reach_neither_each_other_nor_the_one_they_came_from(walled: Pool, table: str) -> None:
    async with walled.session(table, branchable=True) as session:
        await session.run(
            "import os, pathlib\nfirst, place = os.getpid(), os.getcwd()\nopen('mine', 'w').write('x')"
        )
        async with session.branch() as one, session.branch() as other:
            theirs = (await other.run("os.getcwd()")).display
            for folder in (theirs, "place"):
                for reach in (
                    f"os.listdir({folder})",
                    f"open({folder} + '/mine').read()",
                    f"open({folder} + '/new', 'w')",
                ):
                    refused = await one.run(reach)
                    assert refused.error is not None, reach
                    assert refused.error.kind == "PermissionError"
            for signal in (
                "os.kill(first, 9)",
                "os.kill(os.getpid(), 0)",
                "os.killpg(0, 0)",
                "os.kill(-1, 0)",
            ):
                refused = await one.run(signal)
                assert refused.error is not None, signal
                assert refused.error.kind == "PermissionError"
            assert (await session.run("open('mine').read()")).display == "'x'"
            assert (await other.run("open('mine').read()")).display == "'x'"


def from_below(code: str) -> str:
    """The attack of one whose files lie a folder deeper in what is its own."""
    deeper = code.replace("'..'", "'../..'").replace("'../beside'", "'../../beside'")
    return deeper.replace(".cwd().parent", ".cwd().parent.parent")


@pytest.mark.full
async def test_no_attack_gets_out_of_one_that_may_branch_or_of_a_twin(walled: Pool, table: str) -> None:
    async with walled.session(table) as sibling:
        for attack in ESCAPES:
            async with walled.session(table, branchable=True) as session, session.branch() as twin:
                for one in (twin, session):
                    result = await one.run(from_below(attack.code))
                    got = result.error is None and result.end is None and gained(result.display)
                    assert not got, (attack.name, result.display)
        assert await prompt(sibling)


REPLACED = """
import os
place = os.path.dirname(os.getcwd())
os.chdir(place)
for name in os.listdir():
    os.rename(name, 'moved-' + name)
    os.symlink({target!r}, name)
"""


async def test_links_in_the_place_of_their_folders_lead_nobody_to_those_of_a_sibling(
    walled: Pool, table: str
) -> None:
    async with walled.session(table, branchable=True) as sibling:
        told = await sibling.run("import os\nopen('kept', 'w').write('x')\nos.getcwd()")
        place = str(told.display)[1:-1]
        for target in (place, place.removesuffix("/own")):
            replaced = REPLACED.format(target=target)
            async with walled.session(table, branchable=True) as session, session.branch() as twin:
                assert (await twin.run(replaced)).error is None
                assert (await session.run(replaced)).error is None
            async with walled.session(table):  # its answer comes after the burial
                pass
            assert (await sibling.run("open('new', 'w').close()\nopen('kept').read()")).display == "'x'"


@pytest.mark.parametrize(
    "descriptor", ["os.open('/dev/zero', 0)", "os.open('x', os.O_CREAT)", "os.pipe()[0]", "3"]
)
async def test_no_twin_hands_a_descriptor_over(walled: Pool, table: str, descriptor: str) -> None:
    async with walled.session(table) as sibling, walled.session(table, branchable=True) as session:
        await session.run(HANDS_OVER.format(descriptor=descriptor))
        async with session.branch() as twin:
            assert (await twin.run("was_handed_over")).display == "False"
            assert (await twin.run("41 + 1")).display == "42"
            assert (await sibling.run("41 + 1")).display == "42"
            assert await prompt(sibling)


async def test_what_a_twin_pours_into_the_channel_of_a_dead_one_holds_nobody_up(
    walled: Pool, table: str
) -> None:
    async with walled.session(table) as sibling, walled.session(table, branchable=True) as session:
        await session.run(FLOODS)
        async with session.branch() as twin, watched(sibling):
            assert (await twin.run("flood()")).error is None
            assert reason(await session.run("while True:\n    pass")) == "crashed"
            assert (await twin.run("41 + 1")).display == "42"
