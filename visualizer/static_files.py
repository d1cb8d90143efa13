"""Static files of a release: names that change with their content, so that browsers keep them for ever."""

from typing import Final

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN: Final = ("room", "class", "compare", "studio", "timeouts", "recorded")
"""Where our ES modules lie; what packages bring may look like modules and not be any."""
IMPORT: Final = r"""(?m)(?P<matched>^(?P<names>(?:import|export)\b[^;'"]*)["'](?P<url>\.[^"']+)["'];)"""


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names, in the imports of our ES modules, too."""

    patterns = (
        *HashedFilesMixin.patterns,
        *((f"{folder}/*.js", ((IMPORT, '%(names)s"%(url)s";'),)) for folder in OWN),
    )
