"""The bounds of everything that can be entered, in one place for all ways in.

A number that enters (in a file, a manifest, a command, a setting, a frame) is compared with these before
anything is done, so that no input can use up the machine. What is bounded is far beyond any lesson.
"""

from typing import Final

_MILLISECOND: Final = 1000
_HOUR: Final = 3600 * 1000 * _MILLISECOND
"""Times are in microseconds."""

# --- a cluster -------------------------------------------------------------------------------------------

MOST_NODES: Final = 5000
MOST_PODS: Final = 5000
"""Of a cluster, wanted or there; one whose scenario begins with more may have as many as that."""
MOST_REPLICAS: Final = 150_000
"""Of one object in a scenario file: as many as the largest clusters run."""
MOST_OBJECTS: Final = 20_000
"""Of one resource in a cluster, or as many as its pods need."""
MOST_EVENTS: Final = 10 * MOST_OBJECTS
MOST_CONTAINERS: Final = 20
"""Of one pod in a scenario file ..."""
MOST_CONTAINERS_OF_POD: Final = 100
"""... and wherever it comes from."""
MOST_LABELS: Final = 500
"""Labels and annotations of one object."""
MOST_ACTIONS: Final = 10_000
MOST_COMMANDS: Final = 5000
"""Of a run that comes as a file ..."""
MOST_NODES_IN_FILE: Final = 1000
"""... and as many nodes as a page can show."""

# --- time ------------------------------------------------------------------------------------------------

HORIZON: Final = 7 * 24 * _HOUR
"""No time that a person names is later, and no time before zero is earlier."""
LONGEST_SETTING: Final = 24 * _HOUR
"""No duration of a setting is longer: far beyond any lesson, and sums of two stay small."""
SHORTEST_PERIOD: Final = 10 * _MILLISECOND
"""Of a loop: the real binaries would take 0 and spin."""
SHORTEST_CALL: Final = 10 * _MILLISECOND
"""Between two requests of all clients together."""
LONGEST_RUN_FILE: Final = 24 * _HOUR
MOST_AT_ONE_INSTANT: Final = 2_000_000
"""Events that may follow one another without time passing: more is a loop that never ends."""

# --- texts -----------------------------------------------------------------------------------------------

LARGEST_FILE: Final = 1_000_000
"""Characters of a scenario file; a run as a file has about as many bytes."""
LARGEST_RUN_FILE: Final = 1 << 20
LONGEST_PLACE: Final = 1000
"""Characters of where one is on the console: a shell in a container is named with its pod and node."""
LARGEST_MANIFEST: Final = 256 << 10
"""Characters of what is pasted or applied at once."""
MOST_SWAP: Final = 64 << 10
"""MiB of a machine's swap file."""
MOST_FILES: Final = 100
"""That a container has beside those of its image."""
MOST_OF_FILE: Final = 4000
MOST_KEPT_FILES: Final = 50
"""Written or removed on the workstation ..."""
MOST_OF_KEPT_FILE: Final = 64 << 10
"""... and characters of each."""
MOST_OF_PATH: Final = 200
LONGEST_LINE: Final = LARGEST_MANIFEST
"""Characters of a line at the console with what is pasted below it ..."""
MOST_HELD: Final = 32 << 10
"""... and of what it holds while it pauses: variables, what a loop has still to go over."""
MOST_BUILT: Final = 500
"""Objects of a kustomization."""
LONGEST_TEXT: Final = 1000
"""Characters of one text in a scenario file."""
MOST_VALUES: Final = 100_000
DEEPEST: Final = 20
LARGEST_LESSON: Final = 64 << 10
"""Characters of a lesson ..."""
MOST_IN_LESSON: Final = 6000
"""... and its values: four times what the longest shipped one has, and read in a fifth of a second."""


MOST_FORWARDED_PORTS: Final = 16
"""Of one port-forward ..."""
LARGEST_FORWARDED: Final = 64 << 10
"""... and bytes of a request through it."""
MOST_FORWARDED_CONNECTIONS: Final = 64
"""At once, of one `kubectl port-forward`."""


def most_pods(begun_with: int) -> int:
    """How many pods a cluster takes whose scenario begins with so many."""
    return max(MOST_PODS, begun_with)


def most_objects(begun_with: int) -> int:
    """How many objects of one resource such a cluster takes."""
    return max(MOST_OBJECTS, 2 * begun_with)
