"""The addresses of the studio."""

from django.urls import path

from visualizer.studio import form_view, previews, publishing, recording, views

urlpatterns = [
    path("studio/", views.lessons, name="studio"),
    path("studio/new/", views.new, name="studio-new"),
    path("studio/<int:pk>/", views.edit, name="studio-edit"),
    path("studio/<int:pk>/save/", views.save, name="studio-save"),
    path("studio/<int:pk>/form/", form_view.form, name="studio-form"),
    path("studio/<int:pk>/change/", form_view.change, name="studio-change"),
    path("studio/<int:pk>/preview/<int:index>/", previews.preview, name="studio-preview"),
    path("studio/<int:pk>/check/", views.check, name="studio-check"),
    path("studio/<int:pk>/versions/", views.versions, name="studio-versions"),
    path("studio/<int:pk>/versions/<int:version>/restore/", views.restore, name="studio-restore"),
    path("studio/<int:pk>/file/", views.download, name="studio-file"),
    path("studio/<int:pk>/put-aside/", views.put_aside, name="studio-put-aside"),
    path("studio/<int:pk>/publish/", publishing.publish, name="studio-publish"),
    path("studio/<int:pk>/unpublish/", publishing.unpublish, name="studio-unpublish"),
    path("studio/<int:pk>/open/", publishing.open_for_class, name="studio-open"),
    path("studio/<int:pk>/authors/", publishing.authors, name="studio-authors"),
    path("studio/record/", recording.begin, name="studio-record"),
    path("studio/recordings/<int:pk>/closing/", recording.closing, name="studio-closing"),
    path("studio/recordings/<int:pk>/close/", recording.close, name="studio-close"),
]
