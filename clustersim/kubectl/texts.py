"""Texts that several printers and descriptions share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

NONE: Final = "<none>"
UNKNOWN: Final = "<unknown>"
UNSET: Final = "<unset>"
_MODES: Final = (
    ("ReadWriteOnce", "RWO"),
    ("ReadOnlyMany", "ROX"),
    ("ReadWriteMany", "RWX"),
    ("ReadWriteOncePod", "RWOP"),
)


def labels_text(labels: Mapping[str, str]) -> str:
    """ "app=tomcat,tier=web", sorted (apimachinery labels.FormatLabels)."""
    return ",".join(f"{key}={labels[key]}" if labels[key] else f"{key}=" for key in sorted(labels)) or NONE


def selector_text(selector: Any) -> str:
    """A label selector: a map of labels, or one with expressions: "app=web,tier in (a,b)"
    (metav1.FormatLabelSelector)."""
    if selector is None:
        return NONE
    if isinstance(selector, Mapping):
        return labels_text(selector)
    parts = [(key, f"{key}={value}") for key, value in selector.match_labels.items()]
    parts += [(one.key, _expression(one)) for one in getattr(selector, "match_expressions", ())]
    return ",".join(text for _key, text in sorted(parts)) or NONE


def _expression(one: Any) -> str:
    values = ",".join(sorted(one.values))
    match one.operator:
        case "In":
            return f"{one.key} in ({values})"
        case "NotIn":
            return f"{one.key} notin ({values})"
        case "Exists":
            return str(one.key)
    return f"!{one.key}"


def names_of(items: Iterable[Any]) -> str:
    """The names of containers."""
    return ",".join(item.name for item in items)


def images_of(containers: Iterable[Any]) -> str:
    """Their images."""
    return ",".join(container.image for container in containers)


def ports_text(ports: Sequence[Any]) -> str:
    """The ports of a Service: "80/TCP", "80:31234/TCP"."""
    texts = [
        f"{port.port}:{port.node_port}/{port.protocol}" if port.node_port else f"{port.port}/{port.protocol}"
        for port in ports
    ]
    return ",".join(texts) or NONE


def access_modes(modes: Iterable[str]) -> str:
    """ "RWO,ROX" (pkg/api/v1/helper GetAccessModesAsString)."""
    given = list(modes)
    return ",".join(short for name, short in _MODES if name in given)


def storage_class(obj: Any) -> str:
    """The class of a volume or claim: the annotation of old, else the field."""
    old = obj.metadata.annotations.get("volume.beta.kubernetes.io/storage-class")
    return old if old is not None else obj.spec.storage_class_name or ""


def addresses(load_balancer: Any) -> str:
    """What a load balancer gave: addresses or names."""
    return ",".join(sorted({one.ip or one.hostname for one in getattr(load_balancer, "ingress", ()) or ()}))
