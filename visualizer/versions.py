"""The page that compares which versions of the API four releases of Kubernetes serve."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clustersim.releases.api_versions import ADD_ONS, API_VERSIONS

OLDEST: Final = next(iter(API_VERSIONS))


class Cell(NamedTuple):
    """Whether a release serves it, and what became of it since the release before: new, gone or nothing."""

    served: bool
    change: str


class Row(NamedTuple):
    """One group-version: as `kubectl api-versions` prints it, and by release."""

    name: str
    posted: bool
    cells: tuple[Cell, ...]


class Group(NamedTuple):
    """The versions of a group; the oldest group has no name."""

    name: str
    rows: tuple[Row, ...]


def groups() -> tuple[Group, ...]:
    """All that any of the lists has, by group."""
    names = sorted({*ADD_ONS, *(name for served in API_VERSIONS.values() for name in served)}, key=_key)
    return tuple(
        Group(group, tuple(_row(name) for name in found)) for group, found in groupby(names, group_of)
    )


def group_of(name: str) -> str:
    """ "apps" of "apps/v1beta1", nothing of "v1"."""
    return name.rpartition("/")[0]


def _key(name: str) -> tuple[str, int, str]:
    version = name.rpartition("/")[2]
    maturity = 0 if "alpha" in version else 1 if "beta" in version else 2
    return (group_of(name), maturity, version)


def _row(name: str) -> Row:
    posted = name in ADD_ONS or name in API_VERSIONS[OLDEST]
    return Row(name, posted, tuple(_cells(name)))


def _cells(name: str) -> Iterator[Cell]:
    before: bool | None = None
    for served in API_VERSIONS.values():
        now = name in served
        change = "" if before is None or before == now else "new" if now else "gone"
        yield Cell(now, change)
        before = now


@require_safe
def api_versions(request: HttpRequest) -> HttpResponse:
    """The table."""
    context = {
        "groups": groups(),
        "releases": tuple((release, len(served)) for release, served in API_VERSIONS.items()),
        "posted": len(API_VERSIONS[OLDEST]) + len(ADD_ONS),
    }
    return render(request, "api_versions.html", context)
