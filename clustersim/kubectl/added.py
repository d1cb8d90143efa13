"""`kubectl get` of added kinds: the columns that their definitions name.

Sources: apiextensions-apiserver pkg/registry/customresource/tableconvertor; v1.7.5
pkg/printers/humanreadable.go.
"""

from collections.abc import Callable
from typing import Any, Final

from clustersim.api.api_resource import Resource
from clustersim.api.definitions import CustomResourceColumnDefinition, versions_of
from clustersim.api.registry import to_builtins
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import INVALID, age_today
from clustersim.kubectl.columns import Cell, Column, Table, columns
from clustersim.kubectl.jsonpath import compile_path
from clustersim.kubectl.jsonpath_steps import JsonPathError
from clustersim.kubectl.tables import table_of

Values = Callable[[Any], list[Any]]


def table_for(resource: Resource, release: str, api_version: str = "") -> Table:
    """The table of a resource; of an added one that of its version, or of the one that clients prefer."""
    if resource.definition is None:
        return table_of(resource.plural, release)
    if release == "v1.7":
        return _KIND_TABLE
    wanted = api_version.rpartition("/")[2]
    versions = [one for one in versions_of(resource.definition) if one.served]
    version = next((one for one in versions if one.name == wanted), versions[0])
    told = version.additional_printer_columns
    return _declared(told) if told else table_of("", release)


def _kind_cells(obj: Any, _now: Micros) -> tuple[Cell, ...]:
    group, _slash, version = obj.api_version.rpartition("/")
    return obj.metadata.name, f"{obj.kind}.{version}.{group}"


_KIND_TABLE: Final = Table(columns("Name|Kind"), _kind_cells)
"""What kubectl of v1.7 prints of kinds that it does not know."""


def _declared(told: tuple[CustomResourceColumnDefinition, ...]) -> Table:
    paths = [_path(one.json_path) for one in told]
    shown = tuple(
        Column(one.name, one.type, one.format, int(one.priority > 0), one.description) for one in told
    )

    def cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
        plain = to_builtins(obj)
        values = (_cell(column.type, path, plain, now) for column, path in zip(told, paths, strict=True))
        return (obj.metadata.name, *values)

    return Table((*columns("Name"), *shown), cells)


def _path(text: str) -> Values:
    try:
        return compile_path(text)
    except JsonPathError:
        return lambda _plain: []


def _cell(kind: str, path: Values, plain: dict[str, Any], now: Micros) -> Cell:
    """A value; what is not there is empty, and so is a number that is none."""
    try:
        found = path(plain)
    except JsonPathError:
        found = []
    if not found or found[0] is None:
        return ""
    value = found[0]
    if kind == "date":
        return age_today(value, now) if isinstance(value, str) and value else INVALID
    if kind == "integer":
        return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
    return " ".join(map(_text, found))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
