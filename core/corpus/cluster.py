"""A Dask cluster as an executor. The only module that imports ``distributed`` (see packaging/requirements-cluster)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

ANSWER_SECONDS = 20
"""How long a scheduler may take to answer."""


@contextmanager
def cluster_executor(address: str) -> Iterator[tuple[Executor, int]]:
    """The executor of the cluster whose scheduler listens at ``address`` (``tcp://HOST:PORT``), and how many portions
    of work keep it busy.

    Its workers must be able to import this program, and to see the files under the same path. Raises ValueError when
    ``distributed`` is missing, nobody answers, or the cluster has no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ValueError("a cluster needs the package distributed: pip install distributed") from None
    try:
        client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"no Dask scheduler answers at {address} ({error})") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise ValueError(f"the Dask cluster at {address} has no workers yet: start some and try again")
        yield client.get_executor(pure=False), 2 * threads
