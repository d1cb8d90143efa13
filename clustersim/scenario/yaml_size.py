"""How much a YAML text holds, before anybody reads it with care: the parser that knows places and comments
takes half a minute for what this one goes through in half a second.
"""

from typing import Any, Final

import yaml

from clustersim.bounds import DEEPEST, LARGEST_FILE
from clustersim.i18n import Message, _
from clustersim.scenario.errors import ScenarioError

TOO_LARGE: Final = _("the file is too large or too deep")
_ENDS: Final = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_BEGINS: Final = (yaml.MappingStartEvent, yaml.SequenceStartEvent)


def check_size(text: str, most: int, source: str = "", longest: int = LARGEST_FILE) -> None:
    """Raises ScenarioError where the text is longer than that, holds more values, is too deep, or has
    aliases. What else is wrong with it is told by whoever reads it."""
    if len(text) > longest:
        raise ScenarioError(Message(_("longer than {most} characters"), {"most": longest}), 1, 1, source)
    values = depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, _ENDS):
                depth -= 1
            elif isinstance(event, yaml.NodeEvent):
                values += 1
                if isinstance(event, yaml.AliasEvent):
                    raise _complaint(_("aliases are not allowed"), event.start_mark, source)
                if values > most or depth > DEEPEST:
                    raise _complaint(TOO_LARGE, event.start_mark, source)
                depth += isinstance(event, _BEGINS)
    except yaml.MarkedYAMLError as error:
        if error.problem is not None and "nesting depth" in error.problem:
            raise _complaint(TOO_LARGE, error.problem_mark, source) from None
    except yaml.YAMLError:
        return


def _complaint(msgid: str, mark: Any, source: str) -> ScenarioError:
    return ScenarioError(Message(msgid), mark.line + 1, mark.column + 1, source)
