"""-o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName.

Source: v1.7.5, v1.8.0 pkg/printers/customcolumn.go; v1.36 k8s.io/kubectl pkg/cmd/get/customcolumn.go.
"""

from collections.abc import Sequence
from typing import Any

from clustersim.api.goformat import go_text
from clustersim.kubectl.jsonpath import compile_path, relaxed
from clustersim.kubectl.jsonpath_steps import JsonPathError


def custom_columns(spec: str, objects: Sequence[Any], *, headers: bool = True) -> list[tuple[str, ...]]:
    """Rows of cells, the headers first. Raises JsonPathError for what is no such list."""
    if not spec:
        raise JsonPathError("custom-columns format specified but no custom columns given")
    heads, paths = [], []
    for part in spec.split(","):
        head, colon, expression = part.partition(":")
        if not colon or ":" in expression:
            raise JsonPathError(f"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
        heads.append(head)
        paths.append(compile_path(relaxed(expression)))
    rows = []
    for obj in objects:
        cells = []
        for path in paths:
            found = path(obj)
            cells.append(",".join(go_text(value) for value in found) if found else "<none>")
        rows.append(tuple(cells))
    return [tuple(heads), *rows] if headers else rows
