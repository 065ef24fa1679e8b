"""A Dask cluster that scores a cohort."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dxnet.errors import BackendError, DxnetError, Issue, installed_with

if TYPE_CHECKING:
    from distributed import Client


@contextmanager
def connected(scheduler: str) -> Iterator[Client]:
    """The client of a scheduler, until the block ends.

    Raises:
        BackendError: Dask is not installed, or no scheduler answers at this address.
    """
    try:
        from distributed import Client
    except ImportError:
        fix = f"install it: {installed_with('cluster')}"
        raise BackendError([Issue("error", scheduler, "needs Dask, which is not installed", fix)]) from None
    try:
        client = Client(scheduler)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as problem:
        message, fix = (
            f"no scheduler can be reached: {problem}",
            "give the address that 'dask scheduler' prints",
        )
        raise BackendError([Issue("error", scheduler, message, fix)]) from None
    with client:
        yield client


def done_by_workers(client: Client, task: Callable[..., Any], *arguments: Sequence[Any]) -> Iterator[Any]:
    """The results of a task for each of the arguments, in their order.

    Raises:
        DxnetError: that of the task itself.
        BackendError: the workers are lost, or cannot do it.
    """
    for future in client.map(task, *arguments, pure=False):
        try:
            yield future.result()
        except DxnetError:
            raise
        except Exception as problem:  # whatever can happen on another machine
            message = f"the workers failed: {type(problem).__name__}: {problem}"
            fix = (
                "see that they have this version of dxnet and see the same files; then continue with --resume"
            )
            where = str(getattr(client.scheduler, "address", ""))
            raise BackendError([Issue("error", where, message, fix)]) from problem
