"""Tables on the wire, from the same printers as the console's."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clustersim.api.meta import ApiObject
from clustersim.kubectl.added import table_for
from clustersim.kubectl.columns import Table
from clustersim.kubectl.tables import SCALE

if TYPE_CHECKING:
    from visualizer.kubeapi.look import Shape


def table(shape: "Shape", objects: Sequence[ApiObject], metadata: dict[str, Any]) -> dict[str, Any]:
    """A Table of these objects: a column of priority 1 is shown with `-o wide` only. metadata: that of the
    list, or of the one object its version."""
    return _told(table_for(shape.resource, shape.release, shape.api_version), shape, objects, metadata)


def scale_table(shape: "Shape", scale: ApiObject) -> dict[str, Any]:
    """The Table of a Scale."""
    return _told(SCALE, shape, [scale], {"resourceVersion": scale.metadata.resource_version})


def _told(
    printed: Table, shape: "Shape", objects: Sequence[ApiObject], metadata: dict[str, Any]
) -> dict[str, Any]:
    columns = [
        {
            "name": column.name,
            "type": column.type,
            "format": column.format,
            "description": column.description,
            "priority": column.priority,
        }
        for column in printed.columns
    ]
    rows = [{"cells": printed.cells(obj, shape.now()), **_object(shape, obj)} for obj in objects]
    head = {"kind": "Table", "apiVersion": shape.meta_version, "metadata": metadata}
    return {**head, "columnDefinitions": columns, "rows": rows}


def _object(shape: "Shape", obj: ApiObject) -> dict[str, Any]:
    match shape.include:
        case "None":
            return {}
        case "Object":
            return {"object": shape.whole(obj)}
        case _:
            return {"object": shape.partial(obj)}
