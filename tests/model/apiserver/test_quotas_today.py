"""ResourceQuotas and LimitRanges of today: what counts for what, and the words in which more is refused."""

from typing import Any

import pytest

from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.api.status import Reply
from tests.model.apiserver.test_admission import Plain, count, create, limits, pod, quota, world
from tests.model.apiserver.test_job_refusals import causes
from tests.model.worlds import ApiWorld

CPU: Plain = {"requests": {"cpu": "100m"}}


def used(in_: ApiWorld, name: str = "few") -> dict[str, str]:
    found: dict[str, str] = in_.etcd.get("resourcequotas", f"default/{name}").status.used
    return found


def test_today_a_quota_names_the_containers_that_say_too_little() -> None:
    in_ = world("ResourceQuota", release="v1.36")
    assert quota(in_, {"requests.cpu": "1", "limits.memory": "1Gi"}).ok
    refused = pod(in_, "p", CPU, initContainers=[{"name": "b", "image": "x"}])
    assert refused.message == (
        'pods "p" is forbidden: failed quota: few: must specify limits.memory for: a,b; requests.cpu for: b'
    )


def test_containers_before_and_beside_the_others_count_for_a_quota() -> None:
    in_ = world("ResourceQuota", release="v1.36")
    assert quota(in_, {"requests.cpu": "2"}).ok
    sidecar = {"name": "s", "image": "x", "restartPolicy": "Always", "resources": CPU}
    big = {"name": "b", "image": "x", "resources": {"requests": {"cpu": "700m"}}}
    assert pod(in_, "p", CPU, initContainers=[sidecar, big]).ok
    assert used(in_) == {"requests.cpu": "800m"}, "the sidecar and the one that starts after it"
    assert pod(in_, "q", CPU, initContainers=[big, sidecar]).ok
    assert used(in_) == {"requests.cpu": "1500m"}, "the one that starts before the sidecar"


def test_in_old_releases_the_largest_of_those_that_come_before_counts() -> None:
    in_ = world("ResourceQuota", release="v1.8")
    assert quota(in_, {"requests.cpu": "2"}).ok
    big = {"name": "b", "image": "x", "resources": {"requests": {"cpu": "700m"}}}
    assert pod(in_, "p", CPU, initContainers=[big]).ok
    assert used(in_) == {"requests.cpu": "700m"}


def test_a_pod_that_says_as_a_whole_what_it_needs_counts_as_that() -> None:
    in_ = world("ResourceQuota", release="v1.36")
    assert quota(in_, {"requests.cpu": "1"}).ok
    spec = {"containers": [{"name": "a", "image": "x"}], "resources": {"requests": {"cpu": "300m"}}}
    assert create(in_, "Pod", "p", spec=spec).ok
    assert used(in_) == {"requests.cpu": "300m"}


def claim(in_: ApiWorld, name: str, size: str, storage_class: str = "gold") -> Reply:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": storage_class,
        "resources": {"requests": {"storage": size}},
    }
    return create(in_, "PersistentVolumeClaim", name, spec=spec)


def test_storage_is_counted_by_its_class_too() -> None:
    in_ = world("ResourceQuota", release="v1.36")
    key = "gold.storageclass.storage.k8s.io"
    hard = {"requests.storage": "20Gi", f"{key}/requests.storage": "10Gi", f"{key}/persistentvolumeclaims": 2}
    assert quota(in_, hard).ok
    assert claim(in_, "a", "6Gi").ok
    assert claim(in_, "other", "6Gi", "silver").ok
    assert used(in_) == {
        "requests.storage": "12Gi",
        f"{key}/requests.storage": "6Gi",
        f"{key}/persistentvolumeclaims": "1",
    }
    assert claim(in_, "b", "6Gi").message == (
        'persistentvolumeclaims "b" is forbidden: exceeded quota: few, requested: '
        f"{key}/requests.storage=6Gi, used: {key}/requests.storage=6Gi, limited: {key}/requests.storage=10Gi"
    )


def test_a_service_that_becomes_one_with_ports_on_nodes_needs_room_for_them() -> None:
    in_ = world("ResourceQuota", release="v1.36")
    assert quota(in_, {"services.nodeports": 1}).ok
    ports = [{"name": "a", "port": 80}, {"name": "b", "port": 81}]
    made = create(in_, "Service", "web", spec={"ports": ports})
    assert made.ok, made.message
    changed = replace(made.body, spec=replace(made.body.spec, type="NodePort"))
    update = Request("update", "services", "default", "web", changed, api_version="v1")
    assert in_.apiserver.handle(update, "test").message == (
        'services "web" is forbidden: exceeded quota: few, requested: services.nodeports=2, '
        "used: services.nodeports=0, limited: services.nodeports=1"
    )


def test_objects_are_counted_by_the_names_of_their_kinds() -> None:
    in_ = world("ResourceQuota", release="v1.36")
    assert quota(in_, {"count/jobs.batch": 1, "count/configmaps": 1}).ok
    assert create(in_, "ConfigMap", "a").ok
    assert create(in_, "ConfigMap", "b").message == (
        'configmaps "b" is forbidden: exceeded quota: few, requested: count/configmaps=1, used: '
        "count/configmaps=1, limited: count/configmaps=1"
    )


NEAR = {
    "podAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "zone", "namespaces": ["other"], "labelSelector": {}}
        ]
    }
}


def test_who_looks_into_other_namespaces_is_a_scope_of_its_own() -> None:
    in_ = world("ResourceQuota", release="v1.36")
    expressions = [{"scopeName": "CrossNamespacePodAffinity", "operator": "Exists"}]
    assert quota(in_, {"pods": 0}, scopeSelector={"matchExpressions": expressions}).ok
    assert pod(in_, "at-home").ok
    assert "exceeded quota: few, requested: pods=1" in pod(in_, "curious", affinity=NEAR).message


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        (
            {"scopeName": "Everything", "operator": "Exists"},
            'spec.scopeSelector.matchExpressions.scopeName: Invalid value: "Everything": unsupported scope',
        ),
        (
            {"scopeName": "PriorityClass", "operator": "In"},
            "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when "
            "`operator` is 'In' or 'NotIn' for scope selector",
        ),
        (
            {"scopeName": "BestEffort", "operator": "DoesNotExist"},
            'spec.scopeSelector.matchExpressions.operator: Invalid value: "DoesNotExist": must be '
            "'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
            "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or "
            "ResourceQuotaScopeCrossNamespacePodAffinity",
        ),
        (
            {"scopeName": "PriorityClass", "operator": "Above", "values": ["a"]},
            'spec.scopeSelector.matchExpressions.operator: Invalid value: "Above": not a valid selector '
            "operator",
        ),
    ],
)
def test_what_a_scope_selector_cannot_say(expression: Plain, told: str) -> None:
    in_ = world("ResourceQuota", release="v1.36")
    selector = {"matchExpressions": [expression]}
    assert causes(quota(in_, {"pods": 1}, scopeSelector=selector)) == [told]


def test_the_scopes_of_a_quota_stay() -> None:
    in_ = world("ResourceQuota", release="v1.36")
    made = create(in_, "ResourceQuota", "few", spec={"hard": {"pods": 1}, "scopes": ["Terminating"]}).body
    changed = replace(made, spec=replace(made.spec, scopes=("NotTerminating",)))
    reply = in_.apiserver.handle(Request("update", "resourcequotas", "default", "few", changed), "test")
    assert causes(reply) == ['spec.scopes: Invalid value: ["NotTerminating"]: field is immutable']


# --- LimitRanges ----------------------------------------------------------------------------------------


def test_today_reasons_have_no_full_stop_and_each_is_told_once() -> None:
    in_ = world("LimitRanger", release="v1.36")
    limits(in_, min={"memory": "4Mi"})
    small = {"requests": {"memory": "1Mi"}, "limits": {"memory": "1Gi"}}
    other = {"name": "b", "image": "x", "resources": small}
    refused = pod(in_, "p", small, initContainers=[other])
    assert refused.message == (
        'pods "p" is forbidden: minimum memory usage per Container is 4Mi, but request is 1Mi'
    )


def test_a_pod_is_bounded_with_the_containers_that_come_before() -> None:
    in_ = world("LimitRanger", release="v1.36")
    bounds = [{"type": "Pod", "max": {"cpu": "1"}}]
    assert create(in_, "LimitRange", "bounds", spec={"limits": bounds}).ok
    two = {"requests": {"cpu": "2"}, "limits": {"cpu": "2"}}
    one = {"requests": {"cpu": "1"}, "limits": {"cpu": "1"}}
    assert pod(in_, "p", one).ok
    refused = pod(in_, "q", one, initContainers=[{"name": "b", "image": "x", "resources": two}])
    assert refused.message == 'pods "q" is forbidden: maximum cpu usage per Pod is 1, but limit is 2'


def test_what_a_sandbox_costs_is_within_no_bounds_and_counts_for_a_quota() -> None:
    in_ = world("LimitRanger", "ResourceQuota", release="v1.36")
    bounds = [{"type": "Pod", "min": {"memory": "1Gi"}, "max": {"cpu": "1"}}]
    assert create(in_, "LimitRange", "bounds", spec={"limits": bounds}).ok
    assert quota(in_, {"requests.cpu": "2"}).ok
    whole = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    assert pod(in_, "p", whole, overhead={"cpu": "250m"}).ok
    assert used(in_) == {"requests.cpu": "1250m"}
    half = {"requests": {"cpu": "1", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}}
    assert pod(in_, "q", half, overhead={"memory": "1Gi"}).message == (
        'pods "q" is forbidden: minimum memory usage per Pod is 1Gi, but request is 512Mi'
    )


@pytest.mark.parametrize(("release", "end"), [("v1.8", "."), ("v1.36", "")])
def test_claims_are_bounded_by_what_they_ask_for(release: str, end: str) -> None:
    in_ = world("LimitRanger", release=release)
    bounds = [{"type": "PersistentVolumeClaim", "min": {"storage": "1Gi"}, "max": {"storage": "5Gi"}}]
    assert create(in_, "LimitRange", "bounds", spec={"limits": bounds}).ok
    assert claim(in_, "ok", "2Gi").ok
    what = "storage usage per PersistentVolumeClaim is"
    head = "persistentvolumeclaims"
    assert claim(in_, "big", "6Gi").message == (
        f'{head} "big" is forbidden: maximum {what} 5Gi, but request is 6Gi{end}'
    )
    assert claim(in_, "small", "1Mi").message == (
        f'{head} "small" is forbidden: minimum {what} 1Gi, but request is 1Mi{end}'
    )


def test_a_claim_grows_within_the_bounds_only() -> None:
    in_ = world("LimitRanger", release="v1.36")
    bounds = [{"type": "PersistentVolumeClaim", "max": {"storage": "5Gi"}}]
    assert create(in_, "LimitRange", "bounds", spec={"limits": bounds}).ok
    made = claim(in_, "data", "2Gi").body
    bound = replace(made, status=replace(made.status, phase="Bound"))
    in_.apiserver.handle(Request("update-status", "persistentvolumeclaims", "default", "data", bound), "test")
    body = {"spec": {"resources": {"requests": {"storage": "6Gi"}}}}
    patch = Request("patch", "persistentvolumeclaims", "default", "data", body=body)
    assert "maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi" in (
        in_.apiserver.handle(patch, "test").message
    )


def test_what_cannot_be_given_out_twice_has_one_default() -> None:
    in_ = world("LimitRanger", release="v1.36")
    item = {
        "type": "Container",
        "default": {"example.com/gpu": "2"},
        "defaultRequest": {"example.com/gpu": "1"},
    }
    assert causes(create(in_, "LimitRange", "bounds", spec={"limits": [item]})) == [
        'spec.limits[0].defaultRequest[example.com/gpu]: Invalid value: "1": default value 2 must equal to '
        "defaultRequest value 1 in example.com/gpu"
    ]


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_what_a_pod_must_say_is_asked_for_all_quotas_before_room_in_any(release: str) -> None:
    in_ = world("ResourceQuota", release=release)
    assert quota(in_, {"pods": "0"}, "a-full").ok
    assert quota(in_, {"limits.memory": "1Gi"}, "b-strict").ok
    assert "failed quota: b-strict: must specify limits.memory" in pod(in_, "p", CPU).message
    limited = {"requests": {"cpu": "100m"}, "limits": {"memory": "1Mi"}}
    assert "exceeded quota: a-full, requested: pods=1" in pod(in_, "q", limited).message


def with_deadline(in_: ApiWorld, made: Any) -> Reply:
    changed = replace(made, spec=replace(made.spec, active_deadline_seconds=60))
    return in_.apiserver.handle(Request("update", "pods", "default", made.metadata.name, changed), "test")


def test_today_a_pod_that_gets_a_deadline_is_let_in_by_the_quotas_of_such() -> None:
    in_ = world("ResourceQuota", release="v1.36")
    assert quota(in_, {"pods": 1, "requests.cpu": "1"}, scopes=["Terminating"]).ok
    first, second, silent = (
        pod(in_, name, said).body for name, said in (("p", CPU), ("q", CPU), ("r", None))
    )
    assert with_deadline(in_, first).ok
    assert used(in_) == {"pods": "1", "requests.cpu": "100m"}
    assert with_deadline(in_, second).message == (
        'pods "q" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1'
    )
    assert with_deadline(in_, silent).message == (
        'pods "r" is forbidden: failed quota: few: must specify requests.cpu for: a'
    )


def test_in_old_releases_a_deadline_is_not_asked_of_quotas() -> None:
    in_ = world("ResourceQuota", release="v1.8")
    assert quota(in_, {"pods": 0}, scopes=["Terminating"]).ok
    assert with_deadline(in_, pod(in_, "p").body).ok


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_quota_bounds_nothing_before_its_controller_has_counted(release: str) -> None:
    in_ = world("ResourceQuota", release=release)
    assert create(in_, "ResourceQuota", "few", spec={"hard": {"pods": 1, "limits.cpu": "1"}}).ok
    assert pod(in_, "p").ok
    assert pod(in_, "q").ok
    count(in_, pods="2")
    assert "failed quota: few: must specify limits.cpu" in pod(in_, "r").message


def test_what_went_is_used_until_the_controller_counts_anew() -> None:
    in_ = world("ResourceQuota", release="v1.36")
    assert quota(in_, {"configmaps": 1}).ok
    assert create(in_, "ConfigMap", "a").ok
    assert in_.apiserver.handle(Request("delete", "configmaps", "default", "a"), "test").ok
    told = "exceeded quota: few, requested: configmaps=1, used: configmaps=1, limited: configmaps=1"
    assert told in create(in_, "ConfigMap", "b").message
    count(in_)
    assert create(in_, "ConfigMap", "b").ok


@pytest.mark.parametrize(("release", "which"), [("v1.8", ""), ("v1.36", ", resources: configmaps")])
def test_a_quota_that_does_not_say_what_is_used_lets_nothing_in(release: str, which: str) -> None:
    in_ = world("ResourceQuota", release=release)
    assert quota(in_, {"configmaps": 1, "pods": 1}).ok
    found = in_.etcd.get("resourcequotas", "default/few")
    unknown = replace(found, status=replace(found.status, used={"pods": "0"}))
    asked = Request("update-status", "resourcequotas", "default", "few", unknown)
    assert in_.apiserver.handle(asked, "test").ok
    assert create(in_, "ConfigMap", "a").message == (
        f'configmaps "a" is forbidden: status unknown for quota: few{which}'
    )


def test_today_a_service_that_takes_less_is_counted_by_the_controller_alone() -> None:
    for release, left in (("v1.8", "1"), ("v1.36", "2")):
        in_ = world("ResourceQuota", release=release)
        assert quota(in_, {"services.nodeports": 3}).ok
        ports = [{"name": "a", "port": 80}, {"name": "b", "port": 81}]
        made = create(in_, "Service", "web", spec={"type": "NodePort", "ports": ports}).body
        fewer = replace(made, spec=replace(made.spec, ports=made.spec.ports[:1]))
        update = Request("update", "services", "default", "web", fewer, api_version="v1")
        assert in_.apiserver.handle(update, "test").ok
        assert used(in_) == {"services.nodeports": left}
