"""Containers that are started only to be asked what they are like: they are no home's.

The engine removes each as soon as it has ended, whatever became of the program that started it: one whose
host was killed ends with its channel, and at the latest when it has waited too long for a ping. What was made
and never started does not end; that is removed by hand.
"""

import aiodocker

from actors.workers.answered import Pruned, shaped
from actors.workers.containers import LABEL_OWNER, Owner
from actors.workers.docker import DockerBackend
from actors.workers.engine import engine, told

OWNER = Owner("doctor")
"""Whose they are."""
STARTING = "10m"
"""So long, by the engine's clock, one that was made may wait for its start; somebody may be about to."""
_BUSY = 409
"""The engine removes such containers already."""


def to_be_asked(image: str, owner: Owner = OWNER) -> DockerBackend:
    """Starts them.

    Args:
        image: tag or id of the worker image.
        owner: whose they are.
    """
    return DockerBackend(image, owner, removes_itself=True)


async def cleared(owner: Owner = OWNER, starting: str = STARTING) -> list[str]:
    """Remove those that do not run and that nobody is about to start; their ids.

    Args:
        owner: whose they are.
        starting: so long one may wait for its start.

    Raises:
        EngineProblem: there is none, or it would not.
    """
    which = {"label": [f"{LABEL_OWNER}={owner.home}"], "until": [starting]}
    async with engine() as client:

        async def prune() -> Pruned:
            try:
                return shaped(await client.containers.prune(filters=which), Pruned)
            except aiodocker.DockerError as error:
                if error.status != _BUSY:
                    raise
                return Pruned()

        return (await told("remove containers that were never started", prune)).containers or []
