"""One Struct a kind, served under several versions."""

from typing import Any

from clustersim.api.api_resources import RESOURCES
from clustersim.api.decoding import decode_object
from clustersim.api.registry import resources_of, to_builtins


def test_an_event_has_its_own_names_in_events_k8s_io() -> None:
    plain = {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": "e", "namespace": "default"},
        "regarding": {"kind": "Pod", "name": "p"},
        "note": "it happened",
        "reason": "Happened",
        "reportingController": "me",
        "deprecatedCount": 2,
    }
    event: Any = decode_object(plain, "v1.36", validation="Strict").obj
    assert (event.message, event.count, event.involved_object.name) == ("it happened", 2, "p")
    again = to_builtins(event, "events.k8s.io/v1")
    assert (again["note"], again["deprecatedCount"], again["regarding"]["name"]) == ("it happened", 2, "p")
    assert to_builtins(event, "v1")["message"] == "it happened"


def test_the_cpu_target_of_autoscaling_v1_is_a_metric_of_v2() -> None:
    spec = {
        "scaleTargetRef": {"kind": "Deployment", "name": "web"},
        "maxReplicas": 4,
        "targetCPUUtilizationPercentage": 70,
    }
    plain = {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "spec": spec}
    autoscaler = decode_object(plain, "v1.36", validation="Strict").obj
    assert to_builtins(autoscaler, "autoscaling/v2")["spec"]["metrics"] == (
        {
            "type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
        },
    )
    assert to_builtins(autoscaler, "autoscaling/v1")["spec"]["targetCPUUtilizationPercentage"] == 70


def test_releases_serve_their_own_kinds_and_versions() -> None:
    assert "leases" not in resources_of("v1.8")
    assert "cronjobs" not in resources_of("v1.7")
    assert RESOURCES["deployments"].versions["v1.7"] == ("extensions/v1beta1", "apps/v1beta1")
    assert RESOURCES["deployments"].versions["v1.36"] == ("apps/v1",)
    assert {one.version_in("v1.36") for one in resources_of("v1.36").values()} >= {"discovery.k8s.io/v1"}
