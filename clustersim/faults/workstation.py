"""What is done on the workstation alone: files are kept there."""

from typing import Final

from clustersim.bounds import MOST_KEPT_FILES, MOST_OF_KEPT_FILE, MOST_OF_PATH
from clustersim.command import CommandError
from clustersim.faults.action import Action, Parameter, Target
from clustersim.i18n import _
from clustersim.workstation.files import holds

NO_ROOM: Final = _("the workstation keeps {most} files of {size} characters, with names of {name}")


class WorkstationFile(Action):
    """Base: aimed at a file by its name."""

    target = Target.NOTHING

    def check(self) -> None:
        if not holds(self.cluster.kubectl.files.kept, self.target_name, str(self.args.get("text", ""))):
            raise CommandError(NO_ROOM, most=MOST_KEPT_FILES, size=MOST_OF_KEPT_FILE, name=MOST_OF_PATH)

    def available(self) -> bool:
        return False


class SaveFile(WorkstationFile):
    do = "save-file"
    label, help = (
        _("Save a file"),
        _("A file on the workstation, which kubectl reads when somebody names it."),
    )
    parameters = (Parameter("text", str, _("what is in it"), ""),)

    def apply(self) -> None:
        self.cluster.kubectl.files.keep(self.target_name, str(self.args["text"]))


class DeleteFile(WorkstationFile):
    do = "delete-file"
    label, help = _("Delete a file"), _("The workstation keeps it no longer.")

    def apply(self) -> None:
        self.cluster.kubectl.files.keep(self.target_name, None)
