"""What goes on behind a line on the workstation: `kubectl port-forward ... &`, `kubectl proxy &`, `jobs` and
`kill %1`. Nothing else runs there.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from clustersim.console.answer import Answer, Said
from clustersim.console.kubectl.pods import listening
from clustersim.console.kubectl.verbs import divided, kubectl
from clustersim.console.lines import parts
from clustersim.console.shell.redirections import redirected
from clustersim.i18n import Message, _

if TYPE_CHECKING:
    from clustersim.console.console import Shell

_LISTEN: Final = ("port-forward", "proxy")
_KUBECTL: Final = ("kubectl", "k")
_FIRST_PID: Final = 4300
_SHOWN: Final = 200
_KILL: Final = re.compile(r"kill\s+(?:-\S+\s+)?%(\d{1,4})\s*")
_HOLDS: Final = _(
    "It would hold a terminal until Ctrl+C; here it goes on in the background till kill %{job}."
)
_ONLY: Final = _("In the background run kubectl port-forward and kubectl proxy here, each on a line alone.")


def background(shell: "Shell", text: str, variables: Mapping[str, str]) -> Answer | None:
    """The answer to a line that begins, shows or ends what goes on; None: it is another line. variables: what
    is remembered of earlier lines. Raises Said."""
    line = text.strip()
    if "\n" in line:  # A manifest that is pasted may hold anything.
        return None
    if line == "jobs":
        return Answer(text="\n".join(_jobs(variables)), variables=dict(variables))
    if (match := _KILL.fullmatch(line)) is not None:
        return _ended(int(match[1]), variables)
    behind = line.endswith("&") and not line.endswith("&&")
    core = line[:-1].strip() if behind else line
    first = core.split(maxsplit=1)[:1]
    if first and first[0] in _KUBECTL and len(parts(core)) == 1:
        plain, to = redirected(core, shell.words_in)
        words = shell.words_in(plain)
        if divided(words[1:])[0] in _LISTEN:
            answer = _begun(shell, words, line, variables, behind=behind)
            return replace(answer, text="" if to.out is not None and not behind else answer.text)
    if behind:
        raise Said(note=_ONLY)
    return None


def _begun(
    shell: "Shell", words: list[str], line: str, variables: Mapping[str, str], *, behind: bool
) -> Answer:
    known = listening.listeners(variables)
    shell.api.listening = frozenset(known)
    answer = kubectl(shell.api, words[1:])
    made = listening.listeners(answer.variables)
    if not made:
        return replace(answer, variables=dict(variables))
    job = max((one.job for one in known.values()), default=0) + 1
    named = [replace(one, job=job, line=line.rstrip("& ")[:_SHOWN]) for one in made.values()]
    text = f"[{job}] {_FIRST_PID + job}\n{answer.text}" if behind else answer.text
    note = None if behind else Message(_HOLDS, {"job": job})
    return replace(answer, text=text, note=note, variables={**variables, **listening.remembered(named)})


def _jobs(variables: Mapping[str, str]) -> list[str]:
    lines = {one.job: one.line for one in listening.listeners(variables).values()}
    newest, before = [*sorted(lines, reverse=True), 0, 0][:2]
    signs = {newest: "+", before: "-"}
    return [f"[{job}]{signs.get(job, ' ')}  {'Running':<22}  {lines[job]} &" for job in sorted(lines)]


def _ended(job: int, variables: Mapping[str, str]) -> Answer:
    lines = {one.job: one.line for one in listening.listeners(variables).values()}
    if job not in lines:
        raise Said(f"-bash: kill: %{job}: no such job")
    text = f"[{job}]+  {'Terminated':<22}  {lines[job]}"
    return Answer(text=text, variables=listening.without(variables, job))
