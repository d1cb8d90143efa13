"""What Go writes though nothing is in it. Each was found by comparing all that the model prints with the JSON
tags of v1.7.5, v1.8.0 and v1.36.2."""

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api import policy
from clustersim.api.meta import ObjectMeta
from clustersim.kubectl.manifest import plain_object

NAMED = ObjectMeta(name="a", namespace="default")
OLD = ("v1.7", "v1.8")
BUSY = policy.PodDisruptionBudgetStatus(current_healthy=1)


@pytest.mark.parametrize("release", OLD)
def test_old_releases_write_lists_maps_and_times_that_are_empty(release: str) -> None:
    assert plain_object(v1.Endpoints(metadata=NAMED), release)["subsets"] == []
    status = plain_object(policy.PodDisruptionBudget(metadata=NAMED, status=BUSY), release)["status"]
    assert status["disruptedPods"] is None
    node = v1.Node(
        metadata=ObjectMeta(name="n1"), spec=v1.NodeSpec(taints=(v1.Taint(key="k", effect="NoSchedule"),))
    )
    assert plain_object(node, release)["spec"]["taints"] == [
        {"effect": "NoSchedule", "key": "k", "timeAdded": None}
    ]


def test_the_template_of_a_pod_template_was_never_created() -> None:
    template = v1.PodTemplate(metadata=NAMED, template=v1.PodTemplateSpec())
    shown_times = [plain_object(template, release)["template"]["metadata"] for release in (*OLD, "v1.36")]
    assert shown_times == [{"creationTimestamp": None}, {"creationTimestamp": None}, {}]


def test_today_leaves_them_out() -> None:
    assert "subsets" not in plain_object(v1.Endpoints(metadata=NAMED), "v1.36")
    budget = policy.PodDisruptionBudget(metadata=NAMED, status=BUSY)
    assert "disruptedPods" not in plain_object(budget, "v1.36")["status"]


def test_events_of_today_have_times_of_both_forms_and_say_who_reports() -> None:
    plain = plain_object(v1.Event(metadata=NAMED, first_timestamp="2017-09-26T07:00:00Z"), "v1.36")
    assert (plain["eventTime"], plain["lastTimestamp"]) == (None, None)
    assert plain["firstTimestamp"] == "2017-09-26T07:00:00Z"
    assert (plain["reportingComponent"], plain["reportingInstance"]) == ("", "")
    assert "eventTime" not in plain_object(v1.Event(metadata=NAMED), "v1.8")


def test_the_end_of_a_container_of_which_nothing_is_known_has_no_times() -> None:
    ended = v1.ContainerState(terminated=v1.ContainerStateTerminated(exit_code=0))
    status = v1.ContainerStatus(name="c", image="i", image_id="", state=ended)
    pod = v1.Pod(metadata=NAMED, status=v1.PodStatus(container_statuses=(status,)))
    for release in (*OLD, "v1.36"):
        found = plain_object(pod, release)["status"]["containerStatuses"][0]["state"]["terminated"]
        assert found == {"exitCode": 0, "startedAt": None, "finishedAt": None}


def test_a_path_of_the_node_has_a_type_since_v1_8() -> None:
    volume = v1.Volume(name="v", host_path=v1.HostPathVolumeSource(path="/tmp/v"))
    pod = v1.Pod(metadata=NAMED, spec=v1.PodSpec(volumes=(volume,)))
    paths = [plain_object(pod, release)["spec"]["volumes"][0]["hostPath"] for release in (*OLD, "v1.36")]
    assert paths == [{"path": "/tmp/v"}, *2 * [{"path": "/tmp/v", "type": ""}]]
