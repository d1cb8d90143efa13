"""What the program of a container does by itself, as the annotation of its pod, its command or its image
says."""

from clustersim.programs.durations import slept
from clustersim.programs.known import (
    image_name,
    is_shell_image,
    known_files,
    lacks_shells,
    reads_settings,
    started_with,
)
from clustersim.programs.of_pod import program_of
from clustersim.programs.pages import Asker
from clustersim.programs.program import PROGRAM, RUNS, Exits, Program, Step, program_annotation, told_by
from clustersim.programs.pulls import PULL, failing_nodes, pull_annotation, pull_fails
from clustersim.programs.script import asked_file, directories_of_images, image_lacks, of_command
from clustersim.programs.server import (
    FORBIDDEN,
    NOT_FOUND,
    OK,
    REFUSED,
    is_agnhost,
    listens,
    page,
    says,
    status,
)
from clustersim.programs.stops import stop_code

__all__ = [
    "FORBIDDEN",
    "NOT_FOUND",
    "OK",
    "PROGRAM",
    "PULL",
    "REFUSED",
    "RUNS",
    "Asker",
    "Exits",
    "Program",
    "Step",
    "asked_file",
    "directories_of_images",
    "failing_nodes",
    "image_lacks",
    "image_name",
    "is_agnhost",
    "is_shell_image",
    "known_files",
    "lacks_shells",
    "listens",
    "of_command",
    "page",
    "program_annotation",
    "program_of",
    "pull_annotation",
    "pull_fails",
    "reads_settings",
    "says",
    "slept",
    "started_with",
    "status",
    "stop_code",
    "told_by",
]
