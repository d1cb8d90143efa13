"""`kubectl get` of certificate signing requests.

Sources: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go.
"""

from typing import Any

from clustersim.engine.time import SECOND, Micros
from clustersim.kubectl.ages import age, age_today, human_duration
from clustersim.kubectl.columns import Cell
from clustersim.kubectl.texts import NONE


def signing_request_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """certificatesigningrequests, of v1.7 and v1.8."""
    spec = obj.spec
    return obj.metadata.name, age(obj.metadata.creation_timestamp, now), spec.username, verdict(obj)


def signing_request_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """certificatesigningrequests."""
    spec = obj.spec
    asked = NONE
    if spec.expiration_seconds is not None:
        asked = human_duration(spec.expiration_seconds * SECOND)
    made = age_today(obj.metadata.creation_timestamp, now)
    return obj.metadata.name, made, spec.signer_name or NONE, spec.username, asked, verdict(obj)


def verdict(obj: Any) -> str:
    """What became of a request for a certificate."""
    found = [one.type for one in obj.status.conditions]
    kinds = [kind for kind in ("Approved", "Denied", "Failed") if kind in found]
    return ",".join([*kinds, *(("Issued",) if obj.status.certificate else ())]) or "Pending"
