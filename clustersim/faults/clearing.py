"""What people clear away on a node by hand: images, and containers that ended or still run (docker rm, docker
rmi; crictl rm, crictl rmi --prune)."""

from typing import Final

from clustersim.command import CommandError
from clustersim.faults.action import Action, Parameter
from clustersim.i18n import _
from clustersim.images import familiar
from clustersim.runtime.records import RUNNING
from clustersim.runtime.runtime import ContainerRuntime

MOST_OF_IDS: Final = 8192
"""Characters of the ids that are named at once: those of a hundred containers."""


class Clearing(Action):
    """Base: aimed at what the container runtime of a node keeps."""

    part = "docker"

    def runtime(self) -> ContainerRuntime:
        """The daemon of the node."""
        found = self.cluster.process("runtime", self.target_name)
        assert isinstance(found, ContainerRuntime)
        return found

    def check(self) -> None:
        super().check()
        if not self.runtime().running:
            raise CommandError(_("the container runtime of {node} does not run"), node=self.target_name)

    def available(self) -> bool:
        return self.runtime().running


class RemoveImage(Clearing):
    do = "remove-image"
    label = _("Remove an image")
    help = _("Somebody on the node removes an image: containers that want it have to pull it again.")
    parameters = (Parameter("image", str, _("the image, as nginx:1.13")),)

    def check(self) -> None:
        super().check()
        image, disk = familiar(str(self.args["image"])), self.runtime().disk
        if image not in disk.images:
            raise CommandError(_("{node} has no image {image}"), node=self.target_name, image=image)
        if self.cluster.scenario.release != "v1.36" and any(
            familiar(one.image) == image and one.state == RUNNING for one in disk.containers.values()
        ):
            raise CommandError(_("a container that runs uses the image {image}"), image=image)

    def apply(self) -> None:
        self.runtime().forget_image(str(self.args["image"]))


class RemoveContainers(Clearing):
    do = "remove-containers"
    label = _("Remove containers")
    help = _("Somebody on the node removes containers, with what the runtime remembers of them.")
    parameters = (Parameter("ids", str, _("their ids, with blanks between; empty: all that have ended"), ""),)

    def check(self) -> None:
        super().check()
        if len(str(self.args["ids"])) > MOST_OF_IDS:
            raise CommandError(_("ids may have {most} characters"), most=str(MOST_OF_IDS))

    def apply(self) -> None:
        self.runtime().clear(str(self.args["ids"]).split())
