"""What an administrator does to etcd: have it forget history, make its file smaller, take back an alarm."""

from clustersim.command import CommandError
from clustersim.etcd import Etcd
from clustersim.faults.action import Parameter, Target
from clustersim.faults.processes import ProcessAction
from clustersim.i18n import _


class EtcdAction(ProcessAction):
    """Base: aimed at etcd, which must run."""

    process_kind = part = "etcd"
    target = Target.COMPONENT

    def etcd(self) -> Etcd:
        """The process."""
        process = self.process()
        assert isinstance(process, Etcd)
        return process

    def check(self) -> None:
        super().check()
        if not self.etcd().running:
            raise CommandError(_("etcd does not run"))

    def available(self) -> bool:
        return self.etcd().running


class CompactEtcd(EtcdAction):
    do = "compact-etcd"
    label, help = _("Forget the history"), _("etcd keeps no older revision of any object than this one.")
    parameters = (Parameter("revision", int, _("the revision up to which it forgets"), 1),)

    def check(self) -> None:
        super().check()
        if not 1 <= int(self.args["revision"]) <= self.etcd().store.revision:
            raise CommandError(_("the revision is not one that etcd has had"))

    def apply(self) -> None:
        self.etcd().compact(int(self.args["revision"]))


class DefragmentEtcd(EtcdAction):
    do = "defragment-etcd"
    label, help = _("Defragment etcd"), _("Its file becomes as small as what it holds.")
    parameters = ()

    def apply(self) -> None:
        self.etcd().defragment()


class DisarmEtcd(EtcdAction):
    do = "disarm-etcd"
    label = _("Take the alarm of etcd back")
    help = _(
        "It takes writes again; if there is no more room than before, the next one raises the alarm anew."
    )
    parameters = ()

    def apply(self) -> None:
        self.etcd().disarm()

    def available(self) -> bool:
        return super().available() and self.etcd().store.no_space
