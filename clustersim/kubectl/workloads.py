"""`kubectl get` of workloads. Sources: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go."""

from typing import Any

from clustersim.api.conditions import is_true
from clustersim.api.owners import controller_of
from clustersim.api.timestamp import micros
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age, age_today, human_duration, moment
from clustersim.kubectl.columns import Cell
from clustersim.kubectl.texts import (
    NONE,
    images_of,
    labels_text,
    names_of,
    selector_text,
)


def _wide(obj: Any) -> tuple[str, str, str]:
    containers = obj.spec.template.spec.containers
    return (names_of(containers), images_of(containers), selector_text(obj.spec.selector))


def _count(number: int | None) -> int:
    """Of a number that may not be told: workloads want one then."""
    return 1 if number is None else number


def controller_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """replicationcontrollers and replicasets."""
    counts = (_count(obj.spec.replicas), obj.status.replicas, obj.status.ready_replicas)
    return (obj.metadata.name, *counts, age(obj.metadata.creation_timestamp, now), *_wide(obj))


def controller_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """replicationcontrollers and replicasets."""
    counts = (_count(obj.spec.replicas), obj.status.replicas, obj.status.ready_replicas)
    return (obj.metadata.name, *counts, age_today(obj.metadata.creation_timestamp, now), *_wide(obj))


def deployment_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """deployments."""
    status = obj.status
    counts = (_count(obj.spec.replicas), status.replicas, status.updated_replicas, status.available_replicas)
    return (obj.metadata.name, *counts, age(obj.metadata.creation_timestamp, now), *_wide(obj))


def deployment_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """deployments."""
    status = obj.status
    ready = f"{status.ready_replicas}/{_count(obj.spec.replicas)}"
    since = age_today(obj.metadata.creation_timestamp, now)
    return (obj.metadata.name, ready, status.updated_replicas, status.available_replicas, since, *_wide(obj))


def stateful_set_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """statefulsets."""
    since = age(obj.metadata.creation_timestamp, now)
    return (obj.metadata.name, _count(obj.spec.replicas), obj.status.replicas, since, *_wide(obj)[:2])


def stateful_set_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """statefulsets."""
    ready = f"{obj.status.ready_replicas}/{_count(obj.spec.replicas)}"
    return (obj.metadata.name, ready, age_today(obj.metadata.creation_timestamp, now), *_wide(obj)[:2])


def _daemons(obj: Any) -> tuple[Cell, ...]:
    status = obj.status
    return (
        status.desired_number_scheduled,
        status.current_number_scheduled,
        status.number_ready,
        status.updated_number_scheduled,
        status.number_available,
        labels_text(obj.spec.template.spec.node_selector),
    )


def daemon_set_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """daemonsets."""
    return (obj.metadata.name, *_daemons(obj), age(obj.metadata.creation_timestamp, now), *_wide(obj))


def daemon_set_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """daemonsets."""
    return (obj.metadata.name, *_daemons(obj), age_today(obj.metadata.creation_timestamp, now), *_wide(obj))


def job_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """jobs."""
    completions = NONE if obj.spec.completions is None else obj.spec.completions
    since = age(obj.metadata.creation_timestamp, now)
    return (obj.metadata.name, completions, obj.status.succeeded, since, *_wide(obj))


def job_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """jobs: with how it ended, and how long it took."""
    spec, status = obj.spec, obj.status
    if spec.completions is not None:
        done = f"{status.succeeded}/{spec.completions}"
    else:
        several = (spec.parallelism or 0) > 1
        done = f"{status.succeeded}/1 of {spec.parallelism}" if several else f"{status.succeeded}/1"
    took = ""
    if status.start_time:
        until = micros(status.completion_time) if status.completion_time else now
        took = human_duration(until - micros(status.start_time))
    since = age_today(obj.metadata.creation_timestamp, now)
    return (obj.metadata.name, _job_status(obj), done, took, since, *_wide(obj))


def _job_status(obj: Any) -> str:
    for kind, word in (
        ("Complete", "Complete"),
        ("Failed", "Failed"),
        ("Suspended", "Suspended"),
        ("FailureTarget", "FailureTarget"),
        ("SuccessCriteriaMet", "SuccessCriteriaMet"),
    ):
        if is_true(obj.status, kind):
            return word
    return "Terminating" if obj.metadata.deletion_timestamp else "Running"


def _cron(obj: Any, now: Micros, told: Any) -> tuple[str, str, int, str]:
    last = obj.status.last_schedule_time
    suspended = "True" if obj.spec.suspend else "False"
    return obj.spec.schedule, suspended, len(obj.status.active), told(last, now) if last else NONE


def cron_job_cells_1_7(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """cronjobs."""
    return (obj.metadata.name, *_cron(obj, now, _moment))


def cron_job_cells_1_8(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """cronjobs: there is a column for their age, and nothing in it (v1.8.0 pkg/printers/internalversion
    printCronJob)."""
    containers = obj.spec.job_template.spec.template.spec.containers
    wide = (names_of(containers), images_of(containers), selector_text(obj.spec.job_template.spec.selector))
    return (obj.metadata.name, *_cron(obj, now, _moment), "", *wide)


def _moment(timestamp: str, _now: Micros) -> str:
    return moment(timestamp)


def cron_job_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """cronjobs: with a time zone."""
    containers = obj.spec.job_template.spec.template.spec.containers
    wide = (names_of(containers), images_of(containers), selector_text(obj.spec.job_template.spec.selector))
    schedule, *rest = _cron(obj, now, age_today)
    zone = getattr(obj.spec, "time_zone", None) or NONE
    return (obj.metadata.name, schedule, zone, *rest, age_today(obj.metadata.creation_timestamp, now), *wide)


def pod_template_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """podtemplates."""
    containers = obj.template.spec.containers
    return (
        obj.metadata.name,
        names_of(containers),
        images_of(containers),
        labels_text(obj.template.metadata.labels),
    )


def revision_controller(obj: Any) -> str:
    """Whose revision it is."""
    owner = controller_of(obj)
    return NONE if owner is None else f"{owner.kind.lower()}/{owner.name}"


def revision_controller_today(obj: Any) -> str:
    """The same with its group: "daemonset.apps/foo"."""
    owner = controller_of(obj)
    if owner is None:
        return NONE
    group = owner.api_version.rpartition("/")[0]
    return f"{owner.kind.lower()}{f'.{group}' if group else ''}/{owner.name}"


def revision_number(obj: Any) -> int:
    """Its number."""
    return int(obj.revision)


def scale_cells(scale: Any, now: Micros) -> tuple[Cell, ...]:
    """Of a Scale: how many are wanted, and how many there are."""
    since = age_today(scale.metadata.creation_timestamp, now)
    return (scale.metadata.name, scale.spec.replicas, scale.status.replicas, since)
