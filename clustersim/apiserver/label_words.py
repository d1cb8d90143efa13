"""What is said of label selectors that are none (apimachinery pkg/labels, in older words in v1.7, v1.8)."""

from clustersim.api.label_text import BadLabel
from clustersim.apiserver.validation.names import label_value, qualified_name


def why(error: ValueError, release: str) -> str:
    """The reason as the API server of the release words it."""
    if not isinstance(error, BadLabel):
        return str(error)
    today = release == "v1.36"
    if error.value is None:
        reasons, text = qualified_name(error.key, release), error.key
        place = "<nil>: Invalid value" if today else "invalid label key"
    else:
        reasons, text = label_value(error.value, release), error.value
        place = f"values[0][{error.key}]: Invalid value" if today else "invalid label value"
    return f'unable to parse requirement: {place}{":" if today else ""} "{text}": {"; ".join(reasons)}'
