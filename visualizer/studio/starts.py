"""What a new draft begins with."""

from importlib.resources import files

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from visualizer.lessons.catalogue import NoSuchLesson, Offer, offer
from visualizer.studio import bundles
from visualizer.studio.drafts import NotSaved


def template() -> str:
    """A small lesson that passes its check, with a word about each part."""
    return files("clustersim.lesson").joinpath("template.yaml").read_text("utf-8")


def title(one: Offer) -> str:
    """What a lesson is called in the language of the page."""
    return one.lesson.title.raw(get_language() or "en")


def texts(request: HttpRequest) -> list[str]:
    """The texts that somebody wants to begin with. Raises NotSaved."""
    upload = request.FILES.get("file")
    if upload is not None:
        if (upload.size or 0) > bundles.LARGEST_BUNDLE:
            raise NotSaved(_("The file is too large."))
        return bundles.read(upload.read())
    if lesson := request.POST.get("lesson", ""):
        try:
            return [offer(lesson).text]
        except NoSuchLesson:
            raise NotSaved(_("There is no such lesson.")) from None
    if "text" in request.POST:
        if not request.POST["text"].strip():
            raise NotSaved(_("Paste a lesson, or choose its file."))
        return [request.POST["text"]]
    return [template()]
