"""Runs of a sweep on the workers of a Dask cluster: as many machines as it has.

The package `distributed` is an extra (`pip install clustersim[dask]`) and needed for nothing else.
"""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, Final

from clustersim.cli.seeds import Outcome, Variant, outcome
from clustersim.flags import FlagError
from clustersim.i18n import Message, _
from clustersim.scenario.version import engine_version

SCHEME: Final = "dask://"


def run_on(where: str, wanted: Sequence[Variant]) -> Iterator[Outcome]:
    """In the order of the variants. where: dask://HOST:PORT, of the cluster's scheduler.

    Raises FlagError if that is no such address, if nobody answers there, or if a worker has another engine:
    its runs would not be these.
    """
    host = where.removeprefix(SCHEME)
    if host == where or ":" not in host:
        raise FlagError(Message(_("--on wants dask://HOST:PORT, not {text}"), {"text": where}))
    with _client(host) as client:
        own = engine_version()
        for worker, version in sorted(client.run(engine_version).items()):
            if version != own:
                values = {"worker": worker, "version": version, "own": own}
                raise FlagError(
                    Message(_("{worker} has engine {version}, here it is {own}: install the same"), values)
                )
        for future in client.map(outcome, wanted, pure=False):
            yield future.result()


def _client(host: str) -> Any:
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        text = _("--on needs the package distributed: pip install clustersim[dask]")
        raise FlagError(Message(text, {})) from error
    try:
        return distributed.Client(f"tcp://{host}")
    except OSError as error:
        raise FlagError(Message(_("no Dask scheduler answers at {host}"), {"host": host})) from error
