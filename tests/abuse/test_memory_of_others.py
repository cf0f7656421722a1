"""What other sessions ran, printed and answered is nowhere in a session's memory, in use or not."""

from random import Random

import pytest

from actors.workers.pool import Pool
from tests.trials import SEED

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCAN = r"""
import ctypes, re
found = set()
for line in open('/proc/self/maps'):
    place, mode, *_ = line.split()
    if mode.startswith('rw') and '[stack' not in line:
        start, end = (int(part, 16) for part in place.split('-'))
        try:
            held = ctypes.string_at(start, end - start)
        except Exception:
            continue
        found |= set(re.findall(b'of[a-z]+-' + b'%s' + b'-[0-9]{3}', held))
sorted(found)
"""
"""Looks for the marks of others in all that this process may write to; what it looks for it does not hold."""
WAYS = {
    "short": "mark = 'ofcode-{mark}'\nprint('ofprint-{mark}')\nsubmit('ofanswer-{mark}')",
    "long": "mark = 'ofcode-{mark}'\nprint('ofprint-{mark} ' * 900)\nsubmit(['ofanswer-{mark}'] * 300)",
    "failing": "mark = 'ofcode-{mark}'\nhook(mark, 'x = 1', name='h')\nraise ValueError('oferror-{mark}')",
    "ending": "mark = 'ofcode-{mark}'\nprint('ofprint-{mark}')\nimport os\nos._exit(3)",
}


@pytest.mark.parametrize("way", WAYS)
async def test_no_session_has_anything_of_another_in_its_memory(pool: Pool, table: str, way: str) -> None:
    secret = f"{Random(f'{SEED}/{way}').getrandbits(64):016x}"
    async with pool.session(table) as beside:
        for number in range(100, 106):
            async with pool.session(table) as other:
                await other.run(WAYS[way].format(mark=f"{secret}-{number}"))
            await beside.run(WAYS["short"].format(mark=f"{secret}-{number + 100}"))
        for _ in range(3):  # spares that were forked before and after
            async with pool.session(table) as curious:
                code = SCAN.replace("%s", f"{secret[:8]}' + b'{secret[8:]}")
                result = await curious.run(code)
            assert result.error is None, result.error
            assert result.display == "[]"


async def test_what_a_session_itself_holds_is_found(pool: Pool, table: str) -> None:
    """So that nothing found means that nothing is there."""
    secret = f"{Random(SEED).getrandbits(64):016x}"
    async with pool.session(table) as curious:
        await curious.run(WAYS["short"].format(mark=f"{secret}-100"))
        result = await curious.run(SCAN.replace("%s", f"{secret[:8]}' + b'{secret[8:]}"))
    assert result.display == str(
        [f"{kind}-{secret}-100".encode() for kind in ("ofanswer", "ofcode", "ofprint")]
    )
