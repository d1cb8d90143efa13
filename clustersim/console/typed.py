"""What is typed at a place, and what comes of it: the two ways into the console."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from clustersim.console import nodes
from clustersim.console.answer import WORKSTATION, Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.background import background
from clustersim.console.console import Shell
from clustersim.console.container_shell import goes_on_inside, interrupted_inside, typed_inside
from clustersim.console.lines import read
from clustersim.console.machine_root import Below, below
from clustersim.console.nodes.sessions import Session, session_of
from clustersim.console.pasted import Reading
from clustersim.console.places import spread
from clustersim.console.shell.scripts import expanded, kept, redraws, script_of
from clustersim.console.shell.small_words import usual
from clustersim.engine.calendar import by_its_calendar
from clustersim.i18n import Message, _

if TYPE_CHECKING:
    from clustersim.cluster import Cluster

_IS_THERE: Final = _("This is the machine itself. exit leads back to the workstation; the pod goes on.")


def _there(cluster: "Cluster", where: str) -> str:
    """A place that is no machine (any more) counts as the workstation."""
    return where if nodes.host_named(cluster, where) is not None else WORKSTATION


def _filled(text: str, where: str, remembered: Mapping[str, str]) -> str:
    """A line that was typed before, with what it names filled in anew."""
    return expanded(spread(text), {**usual(where), **remembered})


@by_its_calendar
def run(
    cluster: "Cluster",
    text: str,
    where: str = WORKSTATION,
    pasted: Mapping[str, Reading] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Answer:
    """The answer to what was typed at a place; nothing of the cluster changes.

    What it would change is in `commands`, to be given to the cluster by whoever may. pasted: what stands
    below its commands, if it was read beforehand. variables: what the shell remembers of earlier lines
    (`Answer.variables`).
    """
    remembered = kept(variables or {})
    session = session_of(where)
    where = _there(cluster, where)
    shell = Shell(cluster, where, pasted, remembered)
    try:
        if session is not None:
            if (found := below(Api(cluster), session, text)) is not None:
                return _below(cluster, session, found, remembered)
            answer = typed_inside(cluster, session, text, remembered)
            return replace(answer, variables=kept(answer.variables))
        text = expanded(spread(text), shell.variables)
        if where == WORKSTATION and (going := background(shell, text, remembered)) is not None:
            return replace(going, variables=kept(going.variables))
        if (script := script_of(text)) is not None:
            return _redrawn(shell.script(script), text)
        return replace(shell.run(read(text)), variables=remembered)
    except Said as said:
        return replace(said.answer(where), variables=remembered)


def _below(cluster: "Cluster", session: Session, found: Below, remembered: dict[str, str]) -> Answer:
    """From a container into its machine. What would go on there ends with its first lines."""
    if not found.line:
        return Answer(note=Message(_IS_THERE), where=found.node, variables=remembered)
    answer = run(cluster, found.line, found.node, variables=remembered)
    return replace(answer, where=session.place, follow=None)


def _redrawn(answer: Answer, text: str) -> Answer:
    if answer.follow is None or not redraws(text):
        return answer
    return replace(answer, follow=replace(answer.follow, redraws=True))


@by_its_calendar
def go_on(
    cluster: "Cluster",
    text: str,
    position: Follow,
    where: str = WORKSTATION,
    variables: Mapping[str, str] | None = None,
) -> Answer:
    """What a line prints further on, from where its last answer stood (`Answer.follow`)."""
    if (session := session_of(where)) is not None:
        return goes_on_inside(cluster, session, position, kept(variables or {}))
    where = _there(cluster, where)
    remembered = kept(variables or {})
    try:
        text = _filled(text, where, remembered)
        if (script := script_of(text)) is not None:
            if cluster.now < position.since:
                return Answer(where=where, follow=position, variables=remembered)
            return _redrawn(Shell(cluster, where, None, remembered).script(script, position.place), text)
        steps = read(text)
        if position.step >= len(steps):
            raise Said(note=_("This command does not go on."))
        return replace(Shell(cluster, where).go_on(steps, position), variables=remembered)
    except Said as said:
        return replace(said.answer(where), variables=remembered)


@by_its_calendar
def interrupt(
    cluster: "Cluster",
    text: str,
    position: Follow,
    where: str = WORKSTATION,
    variables: Mapping[str, str] | None = None,
) -> Answer:
    """Ctrl-C while a line goes on: what is to be done for it beyond going on no more."""
    if (session := session_of(where)) is not None:
        return interrupted_inside(cluster, session, kept(variables or {}))
    where = _there(cluster, where)
    remembered = kept(variables or {})
    try:
        text = _filled(text, where, remembered)
        steps = () if script_of(text) is not None else read(text)
        if position.step >= len(steps):
            return Answer(where=where, variables=remembered)
        answer = Shell(cluster, where).interrupted(steps, position)
        return replace(answer, where=where, variables=remembered)
    except Said as said:
        return replace(said.answer(where), variables=remembered)
