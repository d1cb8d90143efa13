"""Every address of the site."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from visualizer import server_page, versions, views

admin.site.site_header = admin.site.site_title = "clustersim"
admin.site.index_title = _("Rooms and cluster profiles")

handler400 = "visualizer.views.bad_request"
handler404 = "visualizer.views.not_found"
handler403 = "visualizer.views.forbidden"
handler500 = "visualizer.views.server_error"

urlpatterns = [
    path("", include("visualizer.rooms.urls")),
    path("", include("visualizer.lessons.urls")),
    path("", include("visualizer.paper.urls")),
    path("", include("visualizer.recordings.urls")),
    path("", include("visualizer.kubeapi.urls")),
    path("", include("visualizer.profiles.urls")),
    path("", include("visualizer.studio.urls")),
    path("api-versions/", versions.api_versions, name="api-versions"),
    # Browsers ask for it by this name on pages that name no icon, as the admin's.
    path("favicon.ico", RedirectView.as_view(url=static("icon.svg")), name="favicon"),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
    path("server/", server_page.server, name="server"),
]
