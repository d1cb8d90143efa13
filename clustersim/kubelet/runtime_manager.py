"""SyncPod of the runtime manager: what of a pod must be killed, made and started, and the steps to do it.

```
 compute --> kill what is wrong --> sandbox
         --> for each container: back-off? --> image --> create --> start --> hook
```
(v1.7.5 pkg/kubelet/kuberuntime/kuberuntime_manager.go, kuberuntime_container.go)
"""

import msgspec

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import Pod, ResourceRequirements
from clustersim.api.status import Reply
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.kubelet import left_out, rules
from clustersim.kubelet.backoff import Backoff
from clustersim.kubelet.container_config import container_config, sandbox_config, untargeted
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.part import Part
from clustersim.kubelet.pleg import PodView
from clustersim.kubelet.pod_actions import PodActions, compute_actions, spec_of
from clustersim.kubelet.pod_manager import pod_text
from clustersim.kubelet.pod_sync import grace_period
from clustersim.kubelet.references import of_environment
from clustersim.kubelet.resizing import Resize
from clustersim.kubelet.security_context import refused_user
from clustersim.kubelet.sub_paths import SubPathError, parts_of_mounts
from clustersim.runtime.records import EXITED, Container, Held


class SyncJob(State):
    """A sync under way: for which worker, what is left to start, and what went wrong so far. kills, resizes:
    what is left to kill and to resize; sizes: what containers have that were resized, by id."""

    pod: Pod
    view: PodView
    serial: int
    actions: PodActions
    left: list[str]
    sandbox_id: str = ""
    errors: list[str] = msgspec.field(default_factory=list)
    kills: list[tuple[Container, str]] = msgspec.field(default_factory=list)
    resizes: list[Resize] = msgspec.field(default_factory=list)
    sizes: dict[str, ResourceRequirements] = msgspec.field(default_factory=dict)


class RuntimeManagerMemory(State):
    """jobs: syncs under way; reasons: why containers were not started at their last sync (the reason cache).

    known: pods that were synced before; of the others, which ran before this kubelet did, it is said that
    they are kept."""

    backoff: Backoff
    next_job: int = 1
    jobs: dict[int, SyncJob] = msgspec.field(default_factory=dict)
    reasons: dict[str, dict[str, tuple[str, str]]] = msgspec.field(default_factory=dict)
    known: dict[str, bool] = msgspec.field(default_factory=dict)


class RuntimeManager(Part):
    """Does what `compute_actions` says, step by step; the answers of docker bring it forward."""

    name = "runtime-manager"

    def memory(self) -> RuntimeManagerMemory:
        flags = self.kubelet.flags
        return RuntimeManagerMemory(Backoff(flags.container_backoff_initial, flags.container_backoff_maximum))

    def reasons(self, uid: str) -> dict[str, tuple[str, str]]:
        """Why containers of the pod could not be started: name -> (reason, message)."""
        found: dict[str, tuple[str, str]] = self.state.reasons.get(uid, {})
        return found

    def forget(self, uid: str) -> None:
        """The pod is gone."""
        self.state.reasons.pop(uid, None)
        self.state.known.pop(uid, None)
        self.kubelet.volume_manager.forget(uid)

    # --- the steps --------------------------------------------------------------------------------

    def sync(self, pod: Pod, view: PodView, serial: int) -> None:
        """Begin."""
        memory: RuntimeManagerMemory = self.state
        uid = pod.metadata.uid
        kubelet, probes = self.kubelet, self.kubelet.prober.results(pod)
        actions = compute_actions(pod, view, probes, kubelet.words, kubelet.new_sandbox)
        known = uid in memory.known
        memory.known[uid] = True
        mounts = bool(pod.spec.volumes and actions.sandbox is not None and actions.start)
        if not mounts:
            self.kubelet.volume_manager.renew(pod)
        if actions.nothing:
            if not known:
                verdict = rules.POD_KEPT.holds(pod=pod.metadata.name)
                self.kubelet.emit("decision", "keep", _reference(pod), rule=verdict)
            self.kubelet.pod_workers.synced(uid, serial, "")
            return
        number = memory.next_job
        memory.next_job = number + 1
        job = memory.jobs[number] = SyncJob(
            pod,
            view,
            serial,
            actions,
            list(actions.start),
            kills=list(actions.kill),
            resizes=list(actions.resizes),
        )
        if mounts:
            self.kubelet.volume_manager.mount(pod, Done(self.name, "mounted", (number,)))
        else:
            self._kill(number, job)

    def mounted(self, error: str, number: int) -> None:
        """The volumes are there, or were waited for too long."""
        job = self.state.jobs[number]
        if error:
            job.errors.append(error)
        if error or not self.kubelet.pod_workers.wants(job.pod.metadata.uid):
            self._finish(number, job)
        else:
            self._kill(number, job)

    def grace_of_kill(self, pod: Pod, container: Container) -> Micros:
        """How long a container has that is killed by itself."""
        return grace_period(pod)

    def _kill(self, number: int, job: SyncJob) -> None:
        kubelet, actions = self.kubelet, job.actions
        killed = Done(self.name, "killed", (number,))
        if actions.sandbox is not None or actions.stop_sandbox:
            if actions.had_sandbox and actions.sandbox is not None:
                verdict = rules.SANDBOX_CHANGED.holds(pod=job.pod.metadata.name)
                kubelet.emit("decision", "restart", _reference(job.pod), rule=verdict)
                kubelet.recorder.of_pod(job.pod, "Normal", "SandboxChanged", kubelet.words.sandbox_changed)
            kubelet.container_killer.kill(
                job.view.running,
                job.view.sandboxes,
                grace_period(job.pod),
                kubelet.words.need_to_kill,
                killed,
            )
            return
        self.kill_next("", number)

    def kill_next(self, error: str, number: int) -> None:
        """Containers that are not as they should be are killed one after another."""
        job = self.state.jobs[number]
        if error or not job.kills:
            self.killed(error, number)
            return
        container, reason = job.kills.pop(0)
        grace = self.grace_of_kill(job.pod, container)
        done = Done(self.name, "kill_next", (number,))
        self.kubelet.container_killer.kill((container,), (), grace, reason, done)

    def killed(self, error: str, number: int) -> None:
        """What was wrong is gone; make the sandbox if there is none to use."""
        job = self.state.jobs[number]
        if error:
            job.errors.append(error)
            self._finish(number, job)
        elif job.actions.sandbox is None or not job.left:
            if job.view.sandboxes:
                job.sandbox_id = job.view.sandboxes[0].id
            self.start_next(number)
        else:
            self.make_sandbox(number, job, job.actions.sandbox)

    def make_sandbox(self, number: int, job: SyncJob, attempt: int) -> None:
        """The pod's sandbox."""
        wanted = sandbox_config(job.pod, attempt, self.now)
        self.ask_runtime("run_sandbox", wanted, then=self.sandbox_made, extra=(number,))

    def sandbox_made(self, reply: Reply, number: int) -> None:
        """The sandbox is there, or not."""
        job = self.state.jobs[number]
        if not reply.ok:
            error = self.kubelet.runtime_error(reply)
            self.kubelet.sandbox_failed(job.pod, error)
            name = pod_text(job.pod)
            job.errors.append(
                f'failed to "CreatePodSandbox" for "{name}" with CreatePodSandboxError: "{error}"'
            )
            self._finish(number, job)
            return
        job.sandbox_id = reply.body.id
        self.kubelet.sandbox_ready(job.pod)
        self.start_next(number)

    def start_next(self, number: int) -> None:
        """Start the next container, or be done."""
        job = self.state.jobs[number]
        if not job.left:
            self._finish(number, job)
            return
        spec = spec_of(job.pod, job.left[0])
        verdict = self.may_restart(job.pod, spec.name, job.view)
        if not verdict.holds:
            self._hold_back(number, job, spec, verdict)
            return
        if (ended := last_ended(job.view, spec.name)) is not None:
            self.state.backoff.next(_backoff_key(job.pod, spec.name), ended, self.now)
        self.kubelet.images.ensure(job.pod, spec, Done(self.name, "image_ready", (number,)))

    def _hold_back(self, number: int, job: SyncJob, spec: ContainerSpec, verdict: Verdict) -> None:
        kubelet, pod = self.kubelet, job.pod
        kubelet.emit("decision", "wait", _reference(pod), rule=verdict)
        kubelet.recorder.of_pod(
            pod, "Warning", "BackOff", kubelet.words.backing_off(spec.name, pod), spec.name
        )
        text = kubelet.words.crash_loop(int(verdict.values["delay"] or 0), spec.name, pod)
        self.log("kuberuntime_manager.go", kubelet.words.held_back(text))
        self._started(number, "CrashLoopBackOff", text)

    def may_restart(self, pod: Pod, name: str, view: PodView) -> Verdict:
        """The container never ended, or its back-off since then is over."""
        ended = last_ended(view, name)
        if ended is None:
            return rules.CONTAINER_RESTART.holds(True, container=name, since=None, delay=0)
        key = _backoff_key(pod, name)
        backoff: Backoff = self.state.backoff
        due = backoff.due(key, ended)
        return rules.CONTAINER_RESTART.holds(
            due is None or self.now >= due,
            due=due,
            container=name,
            since=self.now - ended,
            delay=0 if due is None else backoff.delay(key),
        )

    def image_ready(self, reason: str, message: str, number: int) -> None:
        """The image is there, or not; create the container."""
        job = self.state.jobs[number]
        if reason:
            self._started(number, reason, message)
            return
        spec = spec_of(job.pod, job.left[0])
        done = Done(self.name, "configured", (number,))
        self.kubelet.references.check(job.pod, of_environment(spec), done)

    def configured(self, error: str, _volume: str, found: tuple[Held, ...], number: int) -> None:
        """What its environment is made of is there, or not."""
        job, kubelet = self.state.jobs[number], self.kubelet
        spec = spec_of(job.pod, job.left[0])
        error = error or self._refusal(job, spec)
        parts: dict[str, str] = {}
        if not error:
            try:
                parts = parts_of_mounts(job.pod, spec)
            except SubPathError as why:
                error = str(why)
        if error:
            what = "Generate Container Config Failed"
            self._not_made(number, "CreateContainerConfigError", error, what)
            return
        for text in left_out.told(job.pod, spec, found, kubelet.version):
            kubelet.recorder.of_pod(job.pod, "Warning", "InvalidEnvironmentVariableNames", text)
        wanted = container_config(
            job.pod,
            spec,
            kubelet.host,
            sandbox=job.sandbox_id,
            attempt=self.attempt(job.pod, spec.name, job.view.latest(spec.name)),
            held=found,
            folders=kubelet.attachments.folders(job.pod.metadata.uid),
            parts=parts,
            now=self.now,
        )
        self.ask_runtime("create", wanted, then=self.created, extra=(number,))

    def _refusal(self, job: SyncJob, spec: ContainerSpec) -> str:
        """Why the kubelet itself does not make the container; empty if it does."""
        kubelet = self.kubelet
        refused = refused_user(job.pod, spec, verifies_names=kubelet.verifies_named_users)
        if refused:
            return kubelet.words.user_refused(refused, job.pod, spec.name)
        return untargeted(job.pod, job.view, spec.name)

    def _not_made(self, number: int, reason: str, error: str, what: str) -> None:
        """A container was not made. In v1.7 the error is the reason, and the message says what failed."""
        job, named = self.state.jobs[number], self.kubelet.names_start_errors
        self._tell_failed(job.pod, job.left[0], error)
        self._started(number, reason if named else error, error if named else what)

    def attempt(self, pod: Pod, name: str, latest: Container | None) -> int:
        """How often the container was started before, as the runtime's last record of it tells."""
        return 0 if latest is None else latest.attempt + 1

    def created(self, reply: Reply, number: int) -> None:
        """The container was created, or not; start it."""
        job = self.state.jobs[number]
        name = job.left[0]
        if not reply.ok:
            error = self.kubelet.runtime_error(reply)
            self._not_made(number, "CreateContainerError", error, "Create Container Failed")
            return
        self.kubelet.recorder.of_pod(job.pod, "Normal", "Created", self.kubelet.words.created, name)
        container: Container = reply.body
        self.ask_runtime("start", container.id, then=self.started, extra=(number, container))

    def started(self, reply: Reply, number: int, container: Container) -> None:
        """The container was started, or not; then comes what it is told after its start."""
        job = self.state.jobs[number]
        if not reply.ok:
            error = self.kubelet.runtime_error(reply)
            self._not_made(number, "RunContainerError", error, "Start Container Failed")
            return
        self.kubelet.recorder.of_pod(job.pod, "Normal", "Started", self.kubelet.words.started, container.name)
        done = Done(self.name, "hook_over", (number,))
        self.kubelet.lifecycle_hooks.after_start(job.pod, container, done)

    def _tell_failed(self, pod: Pod, container: str, error: str) -> None:
        message = f"Error: {self.kubelet.words.described(error)}"
        self.kubelet.recorder.of_pod(pod, "Warning", "Failed", message, container)

    def hook_over(self, reason: str, message: str, number: int) -> None:
        """Its hook has ended, if it has one, or failed, and the container with it."""
        self._started(number, reason, message)

    def _started(self, number: int, reason: str, message: str) -> None:
        """One container is done with; remember why if it did not start, and go on with the next."""
        job = self.state.jobs[number]
        name = job.left.pop(0)
        reasons: dict[str, dict[str, tuple[str, str]]] = self.state.reasons
        uid = job.pod.metadata.uid
        if reason:
            reasons.setdefault(uid, {})[name] = (reason, message)
            job.errors.append(f'failed to "StartContainer" for "{name}" with {reason}: "{message}"')
            self.kubelet.start_failed(job.pod, name, reason)
        elif uid in reasons:
            reasons[uid].pop(name, None)
        self.start_next(number)

    def _finish(self, number: int, job: SyncJob) -> None:
        del self.state.jobs[number]
        error = ", ".join(job.errors)
        if len(job.errors) > 1:
            error = f"[{error}]"
        self.report(job, error)

    def report(self, job: SyncJob, error: str) -> None:
        """The pod's worker hears how it went."""
        self.kubelet.pod_workers.synced(job.pod.metadata.uid, job.serial, error)


def last_ended(view: PodView, name: str) -> Micros | None:
    """When the container last ended, None if it never did."""
    ended = next((c for c in view.containers if c.name == name and c.state == EXITED), None)
    return None if ended is None else ended.finished_at


def _reference(pod: Pod) -> str:
    return f"pods/{pod.metadata.namespace}/{pod.metadata.name}"


def _backoff_key(pod: Pod, name: str) -> str:
    return f"{pod.metadata.name}_{pod.metadata.namespace}_{pod.metadata.uid}_{name}"
