"""What the API server fills in where a request says nothing, kind by kind and version by version.

What every version fills in the same way is the default of the Struct's field (`written` in api/meta.py).
"""

from clustersim.apiserver.defaults.core import default_status
from clustersim.apiserver.defaults.table import default_object

__all__ = ["default_object", "default_status"]
