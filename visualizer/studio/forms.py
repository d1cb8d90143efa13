"""The form of the editor: a lesson's text in an editor that keeps to the content security policy."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django_ace import AceWidget

from clustersim.bounds import LARGEST_LESSON


class TextForm(forms.Form):
    """The text of a lesson, and the revision it was written from."""

    text = forms.CharField(
        label=_("Lesson file"),
        max_length=LARGEST_LESSON,
        strip=False,
        widget=AceWidget(
            mode="yaml",
            theme="tomorrow",
            width=None,
            height=None,
            toolbar=False,
            useworker=False,
            useStrictCSP=True,
            showprintmargin=False,
            wordwrap=True,
            tabsize=2,
            basicautocompletion=True,
            attrs={"rows": 30, "spellcheck": "false"},
        ),
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
