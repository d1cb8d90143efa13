"""How the CronJob controller of old deletes a Job: as kubectl did, step by step, without garbage collection.

```
  read it (if it is replaced) --> no pods wanted --> its pods are listed, and deleted one by one --> itself
```
What fails is told, and ends the look: the next poll sees what is left.
Source: v1.7.5, v1.8.0 pkg/controller/cronjob/cronjob_controller.go deleteJob.
"""

import msgspec

from clustersim.api.batch import Job
from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.controllermanager.cronjob.controller import CronJobController, CronState
from clustersim.engine.state import State


class Reaping(State):
    """A Job on its way out: of which CronJob, whether another takes its place, and the pods to be deleted."""

    owner: str
    job: Job
    replaced: bool
    pods: list[Pod] = msgspec.field(default_factory=list)
    errors: list[str] = msgspec.field(default_factory=list)


class ReapingState(CronState):
    """Jobs on their way out, by key."""

    reaped: dict[str, Reaping] = msgspec.field(default_factory=dict)


class ReapingCronJobController(CronJobController):
    """Deletes Jobs with their pods by itself."""

    @property
    def state(self) -> ReapingState:
        """Its memory."""
        return self.memory(ReapingState)

    def delete_job(self, doomed: Job, key: str, *, replaced: bool) -> None:
        metadata = doomed.metadata
        name = key_of(doomed)
        if (going := self.state.reaped.get(name)) is not None:
            going.replaced = going.replaced or replaced
            return
        self.state.reaped[name] = Reaping(key, doomed, replaced)
        if replaced:
            self.api.get("jobs", metadata.namespace, metadata.name, self.then(self.job_read, name))
        else:
            self._want_no_pods(name)

    def job_read(self, reply: Reply, name: str) -> None:
        """The Job as it is stored."""
        if not reply.ok:
            self._fail(name, "FailedGet", f"Get job: {reply.message}")
            return
        self.state.reaped[name].job = reply.body
        self._want_no_pods(name)

    def _want_no_pods(self, name: str) -> None:
        job = self.state.reaped[name].job
        if job.spec.parallelism == 0:
            self._list_pods(name)
            return
        emptied = replace(job, spec=replace(job.spec, parallelism=0))
        self.api.update(emptied, self.then(self.emptied, name))

    def emptied(self, reply: Reply, name: str) -> None:
        """The Job wants no pods any more."""
        if reply.ok:
            self.state.reaped[name].job = reply.body
            self._list_pods(name)
        else:
            self._fail(name, "FailedUpdate", f"Update job: {reply.message}")

    def _list_pods(self, name: str) -> None:
        job = self.state.reaped[name].job
        labels = dict(job.spec.selector.match_labels) if job.spec.selector is not None else {}
        answer = self.then(self.pods_listed, name)
        self.api.list("pods", answer, namespace=job.metadata.namespace, label_selector=labels)

    def pods_listed(self, reply: Reply, name: str) -> None:
        """The pods of the Job, by its labels."""
        if not reply.ok:
            self._fail(name, "FailedList", f"List job-pods: {reply.message}")
            return
        self.state.reaped[name].pods = list(reply.body)
        self._next_pod(name)

    def _next_pod(self, name: str) -> None:
        reaping = self.state.reaped[name]
        if reaping.pods:
            pod = reaping.pods[0].metadata
            self.api.delete("pods", pod.namespace, pod.name, self.then(self.pod_deleted, name))
        elif reaping.errors:
            whole = ", ".join(dict.fromkeys(reaping.errors))
            text = f"[{whole}]" if len(reaping.errors) > 1 else whole
            self._fail(name, "FailedDelete", f"Deleted job-pods: {text}")
        else:
            metadata = reaping.job.metadata
            self.api.delete("jobs", metadata.namespace, metadata.name, self.then(self.job_reaped, name))

    def pod_deleted(self, reply: Reply, name: str) -> None:
        """A pod of the Job is on its way out."""
        reaping = self.state.reaped[name]
        reaping.pods.pop(0)
        if not reply.ok and reply.status != 404:
            reaping.errors.append(reply.message)
        self._next_pod(name)

    def job_reaped(self, reply: Reply, name: str) -> None:
        """The Job itself is gone, or cannot be deleted."""
        if not reply.ok:
            self._fail(name, "FailedDelete", f"Deleted job: {reply.message}")
            return
        reaping = self.state.reaped.pop(name)
        self.job_deleted(reply, reaping.owner, reaping.job, reaping.replaced)

    def _fail(self, name: str, reason: str, text: str) -> None:
        reaping = self.state.reaped.pop(name)
        namespace, _, short = reaping.owner.partition("/")
        if reaping.replaced:
            sync = self.state.syncs[reaping.owner]
            self.tell(sync.owner, "Warning", reason, text)
            sync.start = None
            self.finish(reaping.owner, text)
        elif (owner := self.owners.get(namespace, short)) is not None:
            self.tell(owner, "Warning", reason, text)
