"""Draws the state machines into docs/state-machines.md, from the tables that the code runs on.

python scripts/state_machines.py            draw
python scripts/state_machines.py --check    only say whether the page is current
"""

import os
import sys
from pathlib import Path
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "visualizer.settings")
sys.path.insert(0, str(Path(__file__).parent.parent))
django.setup()

from clustersim.client.informer import INFORMER_PHASES  # noqa: E402
from clustersim.engine.process import PROCESS  # noqa: E402
from clustersim.engine.statemachine import StateMachine  # noqa: E402
from clustersim.kubelet.pod_phase import POD_PHASES  # noqa: E402
from clustersim.node_ready import NODE_READY  # noqa: E402
from clustersim.runtime.records import CONTAINER  # noqa: E402
from visualizer.lessons.poll_phases import POLL  # noqa: E402
from visualizer.lessons.room_lesson import LESSON_STEP  # noqa: E402
from visualizer.rooms.states import ROOM  # noqa: E402

PAGE: Final = Path(__file__).parent.parent / "docs" / "state-machines.md"
MACHINES: Final = {
    "clustersim/engine/process.py": PROCESS,
    "clustersim/runtime/records.py": CONTAINER,
    "clustersim/node_ready.py": NODE_READY,
    "clustersim/client/informer.py": INFORMER_PHASES,
    "visualizer/lessons/room_lesson.py": LESSON_STEP,
    "visualizer/lessons/poll_phases.py": POLL,
    "visualizer/rooms/states.py": ROOM,
}


def section(module: str, machine: StateMachine) -> list[str]:
    """A machine as a drawing and a table."""
    lines = [f"## {machine.name.capitalize()}", "", f"`{module}`", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"  [*] --> {_id(machine.initial)}"]
    for transition in machine.transitions:
        for before in transition.before:
            lines.append(f"  {_id(before)} --> {_id(transition.after)}: {transition.event}")
    lines += ["```", "", "| state | meaning |", "| --- | --- |"]
    return [*lines, *(f"| {state or 'none'} | {meaning} |" for state, meaning in machine.states.items()), ""]


def _id(state: str) -> str:
    return state or "none"


def page() -> str:
    """The whole page."""
    lines = [
        "# State machines",
        "",
        "Drawn by `python scripts/state_machines.py` from the tables that the code runs on.",
        "",
    ]
    for module, machine in MACHINES.items():
        lines += section(module, machine)
    lines += [
        "## Phase of a pod",
        "",
        "`clustersim/kubelet/pod_phase.py`: the first row that holds says the phase. A pod without a status",
        "yet is Pending.",
        "",
        "| when | phase |",
        "| --- | --- |",
        *(f"| {rule.when} | {rule.phase} |" for rule in POD_PHASES),
        "",
    ]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Draw, or check; 1 if what stands there is not current."""
    current = page()
    if "--check" in arguments:
        return int(not PAGE.exists() or PAGE.read_text() != current)
    PAGE.write_text(current)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
