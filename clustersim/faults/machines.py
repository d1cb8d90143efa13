"""Faults of machines and of the network, and of the registry that images come from."""

from clustersim.bounds import MOST_SWAP
from clustersim.command import CommandError
from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.faults.action import Action, Parameter, Target
from clustersim.i18n import _
from clustersim.kubelet.images import IMAGE_NAME
from clustersim.machine import PID_MAX, Machine
from clustersim.network.network import EVERYTHING, INWARD, OUTWARD

DAY_S = 24 * 60 * 60
"""Seconds: no clock is set wrong by more."""


class PowerOff(Action):
    do, part = "power-off", "machine"
    label, help = _("Power off"), _("Kubelet, docker, containers and network are gone in one instant.")
    parameters = (
        Parameter(
            "containers",
            str,
            _("its containers"),
            "exited",
            {
                "exited": _("ended; their records are found again"),
                "lost": _("gone, with their records"),
            },
        ),
    )

    def apply(self) -> None:
        self.cluster.machines[self.target_name].power_off()
        if self.args["containers"] == "lost":
            self.cluster.runtime(self.target_name).lose_everything()

    def available(self) -> bool:
        return self.cluster.machines[self.target_name].state.powered


class ShutDown(Action):
    do, part = "shut-down", "machine"
    label = _("Shut down")
    help = _(
        "The machine goes off in order. A kubelet of v1.36 with a shutdown grace period lets pods end first."
    )
    parameters = (
        Parameter(
            "then",
            str,
            _("and then"),
            "off",
            {"off": _("it stays off"), "on": _("it boots again")},
        ),
    )

    def apply(self) -> None:
        self.cluster.machines[self.target_name].shut_down(again=self.args["then"] == "on")

    def available(self) -> bool:
        state = self.cluster.machines[self.target_name].state
        return state.powered and not state.going_off


class PowerOn(Action):
    do, part = "power-on", "machine"
    label, help = _("Power on"), _("The machine boots from its old disk.")

    def apply(self) -> None:
        self.cluster.machines[self.target_name].power_on()

    def available(self) -> bool:
        return not self.cluster.machines[self.target_name].state.powered


class CutNetwork(Action):
    do, part = "cut-network", "machine"
    label, help = _("Cut the network"), _("Every packet from and to the node vanishes; nothing is refused.")
    parameters = (
        Parameter(
            "what",
            str,
            _("what is lost"),
            EVERYTHING,
            {
                EVERYTHING: _("every packet"),
                OUTWARD: _("what the node opens to the control plane"),
                INWARD: _("what others open to its kubelet"),
            },
        ),
    )

    def apply(self) -> None:
        self.cluster.network.cut(self.target_name, str(self.args["what"]))

    def available(self) -> bool:
        return not self.cluster.network.is_disturbed(self.target_name)


class HealNetwork(Action):
    do, part = "heal-network", "machine"
    label, help = _("Heal the network"), _("Packets pass again; TCP sends what it kept.")

    def apply(self) -> None:
        self.cluster.network.heal(self.target_name)

    def available(self) -> bool:
        return self.cluster.network.is_disturbed(self.target_name)


class SlowNetwork(Action):
    do, part = "slow-network", "machine"
    label, help = _("Slow the network"), _("Every packet from and to the node takes so much longer.")
    parameters = (Parameter("delay_ms", int, _("milliseconds each way; 0 as before"), 500),)

    def check(self) -> None:
        super().check()
        if not 0 <= int(self.args["delay_ms"]) <= 60_000:
            raise CommandError(_("delay_ms must be between 0 and 60000"))

    def apply(self) -> None:
        self.cluster.network.set_delay(self.target_name, int(self.args["delay_ms"]) * MILLISECOND)


class LoseNetworkPlugin(Action):
    do, part = "lose-network-plugin", "machine"
    label = _("Take the network plugin away")
    help = _("Its configuration is gone from the node: the node is not ready, and no pod gets a network.")

    def apply(self) -> None:
        self.cluster.machines[self.target_name].lose_network_plugin(lost=True)

    def available(self) -> bool:
        return not self.cluster.machines[self.target_name].state.network_lost


class RestoreNetworkPlugin(Action):
    do, part = "restore-network-plugin", "machine"
    label = _("Bring the network plugin back")
    help = _("Its configuration is on the node again; pods that waited get their network.")

    def apply(self) -> None:
        self.cluster.machines[self.target_name].lose_network_plugin(lost=False)

    def available(self) -> bool:
        return self.cluster.machines[self.target_name].state.network_lost


class CertificateAction(Action):
    """Base: what happens to the certificate that a kubelet shows the API server."""

    part = "kubelet"

    def check(self) -> None:
        super().check()
        if not self.cluster.network.multiplexed:
            raise CommandError(_("kubelets speak plain HTTP here: they show no certificate"))

    @property
    def machine(self) -> Machine:
        """Where it lies."""
        return self.cluster.machines[self.target_name]


class ExpireCertificate(CertificateAction):
    do = "expire-certificate"
    label = _("Let its certificate expire")
    help = _("The API server does not know the kubelet any more: 401 to all it asks. Containers run on.")

    def apply(self) -> None:
        self.cluster.network.disturb(self.target_name)
        self.machine.expire_certificate()

    def available(self) -> bool:
        state = self.machine.state
        return self.cluster.network.multiplexed and state.certificate > state.expired


class RenewCertificate(CertificateAction):
    do = "renew-certificate"
    label = _("Renew its certificate")
    help = _("A valid one lies on the disk; the kubelet reads it when it starts.")

    def apply(self) -> None:
        self.machine.renew_certificate()

    def available(self) -> bool:
        state = self.machine.state
        return self.cluster.network.multiplexed and state.certificate <= state.expired


class UseMemory(Action):
    do, part = "use-memory", "machine"
    label = _("Use memory")
    help = _("Programs outside all pods take so much memory; under 100 MiB left the kubelet evicts pods.")
    parameters = (Parameter("mib", int, _("MiB; 0 sets it free"), 1024),)

    def check(self) -> None:
        super().check()
        most = self.cluster.machines[self.target_name].memory_mib
        if not 0 <= int(self.args["mib"]) <= most:
            raise CommandError(_("mib must be between 0 and {most}"), most=str(most))

    def apply(self) -> None:
        self.cluster.machines[self.target_name].take_memory(int(self.args["mib"]))


class UseProcesses(Action):
    do, part = "use-processes", "machine"
    label = _("Run many processes")
    help = _(
        "Programs outside all pods run so many processes of 32768; a kubelet of v1.36 evicts pods where "
        "--eviction-hard has a threshold for pid.available."
    )
    parameters = (Parameter("count", int, _("processes; 0 ends them"), 32_000),)

    def check(self) -> None:
        super().check()
        if self.cluster.release in ("v1.7", "v1.8"):
            raise CommandError(_("kubelets of v1.7 and v1.8 do not look at the number of processes"))
        if not 0 <= int(self.args["count"]) <= PID_MAX:
            raise CommandError(_("count must be between 0 and {most}"), most=str(PID_MAX))

    def apply(self) -> None:
        self.cluster.machines[self.target_name].take_processes(int(self.args["count"]))

    def available(self) -> bool:
        return self.cluster.release not in ("v1.7", "v1.8")


class UseSwap(Action):
    do, part = "use-swap", "machine"
    label = _("Switch swap on")
    help = _("The kubelet looks only when it starts: from v1.8 on it does not start then, also after a boot.")
    parameters = (Parameter("mib", int, _("MiB of the swap file; 0 switches it off"), 2048),)

    def check(self) -> None:
        super().check()
        if not 0 <= int(self.args["mib"]) <= MOST_SWAP:
            raise CommandError(_("mib must be between 0 and {most}"), most=str(MOST_SWAP))

    def apply(self) -> None:
        self.cluster.machines[self.target_name].use_swap(int(self.args["mib"]))


class FillDisk(Action):
    do, part = "fill-disk", "machine"
    label = _("Fill the disk")
    help = _("So much of the node's disk is used; from 90 percent on the kubelet evicts pods.")
    parameters = (Parameter("percent", int, _("percent used"), 95),)

    def check(self) -> None:
        super().check()
        if not 0 <= int(self.args["percent"]) <= 100:
            raise CommandError(_("percent must be between 0 and 100"))

    def apply(self) -> None:
        self.cluster.machines[self.target_name].fill_disk(int(self.args["percent"]))


class SetClock(Action):
    do, part = "set-clock", "machine"
    label = _("Set the clock")
    help = _("The node's clock goes wrong: its kubelet writes other times. Nobody else's clock changes.")
    parameters = (Parameter("ahead_s", int, _("seconds ahead; negative: behind; 0: right"), 600),)

    def check(self) -> None:
        super().check()
        if not -DAY_S <= int(self.args["ahead_s"]) <= DAY_S:
            raise CommandError(_("ahead_s must be at most {most} either way"), most=str(DAY_S))

    def apply(self) -> None:
        self.cluster.machines[self.target_name].set_clock(int(self.args["ahead_s"]) * SECOND)


class JoinNode(Action):
    do, part = "join-node", "machine"
    label, help = _("Join the cluster"), _("Start the kubelet of a machine that was never a node.")

    def apply(self) -> None:
        self.cluster.process("kubelet", self.target_name).start()

    def available(self) -> bool:
        return self.cluster.scenario.node(self.target_name).joins and not self.cluster.object(
            "nodes", self.target_name
        )


class PullImage(Action):
    do = "pull-image"
    label = _("Pull an image")
    help = _("Somebody on the node pulls an image by hand: containers that want it find it there.")
    parameters = (Parameter("image", str, _("the image, as nginx:1.13")),)

    def check(self) -> None:
        super().check()
        if not IMAGE_NAME.fullmatch(str(self.args["image"])):
            raise CommandError(_("{image} is no name of an image"), image=str(self.args["image"]))
        if not self.cluster.runtime(self.target_name).running:
            raise CommandError(_("the container runtime of {node} does not run"), node=self.target_name)

    def apply(self) -> None:
        self.cluster.runtime(self.target_name).pull_by_hand(str(self.args["image"]))


class AllowImage(Action):
    do, target = "allow-image", Target.IMAGE
    label, help = _("Mend the image"), _("Pulling this image succeeds from now on.")

    def check(self) -> None:
        if not self.target_name:
            raise CommandError(_("allow-image needs the name of an image"))

    def apply(self) -> None:
        self.cluster.registry.allow(self.target_name)


class RefuseImage(Action):
    do, target = "refuse-image", Target.IMAGE
    label, help = _("Break the image"), _("Pulling this image fails from now on.")

    def check(self) -> None:
        if not self.target_name:
            raise CommandError(_("refuse-image needs the name of an image"))

    def apply(self) -> None:
        self.cluster.registry.refuse(self.target_name)
