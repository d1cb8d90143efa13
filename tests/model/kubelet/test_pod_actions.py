"""What a sync of v1.36 has to do for a pod with sidecars; rows of the test of computePodActions
(pkg/kubelet/kuberuntime/kuberuntime_manager_test.go)."""

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta, replace
from clustersim.kubelet.new_sandbox import NewSandboxOfToday
from clustersim.kubelet.pleg import PodView
from clustersim.kubelet.pod_actions import PodActions, ProbeResults, compute_actions
from clustersim.kubelet.words_today import WordsOfToday
from clustersim.runtime.records import EXITED, RUNNING, Container, Sandbox

OWNER = {"pod_uid": "u", "pod": "web", "namespace": "default"}
BOX = Sandbox(id="box", attempt=0, ip="10.244.1.2", created_at=0, **OWNER)  # type: ignore[arg-type]


def _spec(name: str, *, sidecar: bool = False) -> v1.Container:
    return v1.Container(name=name, image="app:1", restart_policy="Always" if sidecar else None)


def _record(spec: v1.Container, state: str = RUNNING) -> Container:
    return Container(
        id=f"id-{spec.name}", name=spec.name, image=spec.image, sandbox_id="box", attempt=0, spec=spec,
        created_at=0, state=state, **OWNER,  # type: ignore[arg-type]
    )  # fmt: skip


POD = v1.Pod(
    metadata=ObjectMeta(name="web", namespace="default"),
    spec=v1.PodSpec(
        init_containers=(_spec("mesh", sidecar=True), _spec("prepare"), _spec("logs", sidecar=True)),
        containers=(_spec("app"),),
    ),
)
RECORDS = tuple(_record(spec) for spec in (*POD.spec.init_containers, *POD.spec.containers))


def _actions(
    records: tuple[Container, ...], *started: str, failed: dict[str, str] | None = None
) -> PodActions:
    probes = ProbeResults(failed or {}, dict.fromkeys(started, True))
    view = PodView("u", records, (BOX,))
    return compute_actions(POD, view, probes, WordsOfToday("containerd"), NewSandboxOfToday())


def _killed(actions: PodActions) -> list[tuple[str, str]]:
    return [(container.name, why) for container, why in actions.kill]


@pytest.mark.parametrize("name", ["mesh", "logs"])
def test_a_sidecar_that_is_defined_otherwise_is_killed_and_started_anew(name: str) -> None:
    records = tuple(
        replace(one, spec=replace(one.spec, image="old:1")) if one.name == name else one for one in RECORDS
    )
    records = tuple(replace(one, state=EXITED) if one.name == "prepare" else one for one in records)
    actions = _actions(records, "mesh", "logs", "app", failed={f"id-{name}": "liveness"})
    assert _killed(actions) == [(name, f"Init container {name} definition changed")]
    assert actions.start == (name,)


def test_before_its_startup_probe_has_succeeded_it_is_left_as_it_is() -> None:
    (mesh, *_) = RECORDS
    changed = replace(mesh, spec=replace(mesh.spec, image="old:1"))
    assert _actions((changed,)).nothing
    assert _killed(_actions((changed,), "mesh")) == [("mesh", "Init container mesh definition changed")]
