"""Arrays as bash has them: items=(foo bar); ${items[1]}, ${items[@]}, ${#items[@]}. They are kept among the
variables, an element under its name and place.
"""

import re
from collections.abc import Callable, MutableMapping, Sequence
from typing import Final

from clustersim.digits import is_whole

Variables = MutableMapping[str, str]

ELEMENT: Final = re.compile(r"\$\{(?P<count>#?)(?P<name>[A-Za-z_]\w*)\[(?P<place>[^]}]*)\]\}")
MOST_ELEMENTS: Final = 1000


def assign(variables: Variables, name: str, values: Sequence[str]) -> None:
    """An array is as these values say, and nothing of an earlier one is left."""
    for known in _places(variables, name):
        del variables[f"{name}[{known}]"]
    for place, value in enumerate(values[:MOST_ELEMENTS]):
        variables[f"{name}[{place}]"] = value
    variables[name] = values[0] if values else ""


def value(variables: Variables, found: re.Match[str], expanded: Callable[[str], str]) -> str:
    """What stands for ${name[place]}; a variable that is no array is its own first element."""
    name, place = found["name"], expanded(found["place"])
    places = _places(variables, name)
    if place in ("@", "*"):
        every = elements(variables, name)
        return str(len(every)) if found["count"] else " ".join(every)
    if places and re.fullmatch(r"-\d{1,6}", place):
        place = str(places[-1] + 1 + int(place))
    element = variables.get(f"{name}[{place}]")
    if element is None:
        element = variables.get(name, "") if place == "0" and not places else ""
    return str(len(element)) if found["count"] else element


def elements(variables: Variables, name: str) -> list[str]:
    """All of them."""
    places = _places(variables, name)
    if not places:
        return [variables[name]] if variables.get(name) else []
    return [variables[f"{name}[{one}]"] for one in places]


def _places(variables: Variables, name: str) -> list[int]:
    begin = f"{name}["
    texts = (one[len(begin) : -1] for one in variables if one.startswith(begin))
    return sorted(int(text) for text in texts if is_whole(text))
