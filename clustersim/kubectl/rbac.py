"""`kubectl get` of role bindings.

Sources: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go.
"""

from typing import Any

from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age, age_today
from clustersim.kubectl.columns import Cell


def binding_cells(binding: Any, now: Micros) -> tuple[Cell, ...]:
    """rolebindings and clusterrolebindings of v1.7 and v1.8."""
    role, *subjects = _given(binding)
    return (binding.metadata.name, age(binding.metadata.creation_timestamp, now), role, *subjects)


def binding_cells_today(binding: Any, now: Micros) -> tuple[Cell, ...]:
    """rolebindings and clusterrolebindings."""
    role, *subjects = _given(binding)
    return (binding.metadata.name, role, age_today(binding.metadata.creation_timestamp, now), *subjects)


def _given(binding: Any) -> tuple[str, ...]:
    """The role, and to whom it is given."""
    given: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for one in binding.subjects or ():
        named = f"{one.namespace}/{one.name}" if one.kind == "ServiceAccount" and one.namespace else one.name
        given.setdefault(one.kind, []).append(named)
    subjects = (", ".join(given[kind]) for kind in ("User", "Group", "ServiceAccount"))
    return (f"{binding.role_ref.kind}/{binding.role_ref.name}", *subjects)
