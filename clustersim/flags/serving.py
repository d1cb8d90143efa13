"""Where controller-manager and scheduler are asked for their health: on a plain port of old, with TLS today.

Numbers of the ports: v1.7.5, v1.8.0 pkg/master/ports/ports.go; v1.36.2 pkg/cluster/ports/ports.go.
"""

from typing import Final

from clustersim.flags.setting import tcp_port, text, today, until_v1_8
from clustersim.i18n import _

ADDRESS: Final = until_v1_8(
    text(_("Address on which health and metrics are served.")),
    _("Health and metrics are served with TLS only, at --bind-address."),
)
PORT: Final = until_v1_8(
    tcp_port(_("Port on which health and metrics are served.")),
    _("Health and metrics are served with TLS only, on --secure-port."),
)
BIND_ADDRESS: Final = today(text(_("Address on which health and metrics are served with TLS.")))
SECURE_PORT: Final = today(
    tcp_port(_("Port on which health and metrics are served with TLS; 0 for none."), minimum=0)
)
