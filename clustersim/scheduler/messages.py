"""What the scheduler tells people, word by word.

Sources: v1.7.5 and v1.8.0 plugin/pkg/scheduler/core/generic_scheduler.go (FitError), scheduler.go.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import ObjectReference

NO_NODES: Final = "no nodes available to schedule pods"
NO_FIT_V17: Final = "No nodes are available that match all of the following predicates:"
NO_FIT_V18: Final = "No nodes are available that match all of the predicates"


def fit_error(prefix: str, reasons: Iterable[str]) -> str:
    """The message of a pod that fits nowhere: every reason with the number of nodes that gave it, sorted as
    text."""
    counted = sorted(f"{reason} ({count})" for reason, count in Counter(reasons).items())
    return f"{prefix}: {', '.join(counted)}."


def unbound_claim(name: str, nodes: int) -> str:
    """The message of a pod of which a claim is not bound: an error that so many nodes gave
    (CreateAggregateFromMessageCountMap)."""
    cause = f'PersistentVolumeClaim is not bound: "{name}"'
    error = f"SchedulerPredicates failed due to {cause}, which is unexpected."
    return f"{error} (repeated {nodes} times)" if nodes > 1 else error


def assigned(pod: Pod, node: str) -> str:
    """The message of a success."""
    return f"Successfully assigned {pod.metadata.name} to {node}"


def pod_reference(pod: Pod) -> ObjectReference:
    """The pod, as Events refer to it."""
    return ObjectReference(
        kind="Pod",
        namespace=pod.metadata.namespace,
        name=pod.metadata.name,
        uid=pod.metadata.uid,
        api_version="v1",
        resource_version=pod.metadata.resource_version,
    )


def event_line(reference: ObjectReference, kind: str, reason: str, message: str) -> str:
    """How the process itself logs an Event (client-go tools/record, StartLogging)."""
    return (
        f'Event(v1.ObjectReference{{Kind:"{reference.kind}", Namespace:"{reference.namespace}", '
        f'Name:"{reference.name}", UID:"{reference.uid}", APIVersion:"{reference.api_version}", '
        f'ResourceVersion:"{reference.resource_version}", FieldPath:"{reference.field_path}"}}): '
        f"type: '{kind}' reason: '{reason}' {message}"
    )
