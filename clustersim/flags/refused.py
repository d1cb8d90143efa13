"""What programs say of flags that they refuse, as they stand in the journal.

Sources: v1.7, v1.8 spf13/pflag, which prints the error and ends with status 2; v1.36 component-base
cli/run.go, which prints "Error: ..." of what it cannot read, and logs "command failed" of what it checks
later.
"""

import re
from collections.abc import Mapping

from clustersim.flags.catalogue import Flags
from clustersim.flags.checks import refusal
from clustersim.flags.values import Unread


def words_of_refusal(flags: Flags, component: str, texts: Mapping[str, str], release: str) -> str:
    """Of a component that is given these texts for some of its flags; "": it starts. Raises FlagError for
    values that only this model refuses."""
    today = release not in ("v1.7", "v1.8")
    try:
        changed = flags.with_texts({component: dict(texts)}, release)
    except Unread as error:
        if today:
            why = _quoted(error.reason, error.text)
            return f'Error: invalid argument "{error.text}" for "--{error.flag}" flag: {why}'
        return error.message.text()
    finding = refusal(changed)
    if finding is None:
        return ""
    told = finding.message.text()
    return f'"command failed" err="{told}"' if today else told


def _quoted(reason: str, text: str) -> str:
    """Since Go 1.15 durations and units stand in quotes."""
    if not reason.startswith("time: "):
        return reason
    told = re.sub(r"unknown unit (\S+)", r'unknown unit "\1"', reason.removesuffix(text))
    return f'{told}"{text}"'
