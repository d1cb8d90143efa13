"""All verbs by name."""

from difflib import get_close_matches
from typing import Final

from clustersim.command import CommandError
from clustersim.faults import (
    api_request,
    clearing,
    configurations,
    containers,
    etcd,
    machines,
    manifests,
    objects,
    processes,
    workloads,
    workstation,
)
from clustersim.faults.action import Action
from clustersim.i18n import _

_CLASSES: Final[tuple[type[Action], ...]] = (
    *processes.PROCESS_ACTIONS,
    etcd.CompactEtcd,
    etcd.DefragmentEtcd,
    etcd.DisarmEtcd,
    containers.HangDockerList,
    containers.ResumeDockerList,
    containers.CrashContainer,
    containers.OomContainer,
    containers.StopAnswering,
    containers.ResumeAnswering,
    containers.KillSandbox,
    containers.WriteFile,
    containers.RemoveFile,
    containers.RunLoop,
    machines.PowerOff,
    machines.ShutDown,
    machines.PowerOn,
    machines.CutNetwork,
    machines.HealNetwork,
    machines.SlowNetwork,
    machines.LoseNetworkPlugin,
    machines.RestoreNetworkPlugin,
    machines.ExpireCertificate,
    machines.RenewCertificate,
    machines.UseMemory,
    machines.UseProcesses,
    machines.UseSwap,
    machines.FillDisk,
    machines.SetClock,
    manifests.PutManifest,
    manifests.RemoveManifest,
    configurations.WriteConfiguration,
    configurations.ReloadDocker,
    machines.JoinNode,
    machines.PullImage,
    clearing.RemoveImage,
    clearing.RemoveContainers,
    machines.AllowImage,
    machines.RefuseImage,
    objects.DeleteNode,
    objects.Cordon,
    objects.Uncordon,
    objects.Drain,
    objects.Interrupt,
    objects.TaintNode,
    objects.UntaintNode,
    objects.DeletePod,
    workloads.Scale,
    workloads.SetImage,
    workloads.RolloutUndo,
    manifests.RollingUpdate,
    workloads.Delete,
    objects.Label,
    objects.Create,
    manifests.Apply,
    api_request.ApiRequest,
    objects.Watch,
    objects.SetFlags,
    objects.RefuseFlags,
    workstation.SaveFile,
    workstation.DeleteFile,
)

ACTIONS: Final = {action.do: action for action in _CLASSES}


def action_named(do: str) -> type[Action]:
    """The action of that verb. Raises CommandError with the nearest verb."""
    if (found := ACTIONS.get(do)) is not None:
        return found
    nearest = get_close_matches(do, ACTIONS, 1)
    if nearest:
        raise CommandError(_("unknown action {do}; did you mean {nearest}?"), do=do, nearest=nearest[0])
    raise CommandError(_("unknown action {do}"), do=do)


def actions_for(part: str) -> tuple[type[Action], ...]:
    """What can be done to a part of the picture: "kubelet", "docker", "machine", "node", "pod", "owner",
    ..."""
    return tuple(action for action in ACTIONS.values() if action.part == part)
