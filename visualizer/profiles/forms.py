"""The form of a profile. What the real binary refuses is refused; what is unwise is only remarked on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clustersim import RELEASES
from clustersim.flags import Flags, format_value, refusal
from visualizer.profiles.fields import SettingField, language, name_of, setting_fields
from visualizer.profiles.models import Profile


class ProfileForm(forms.ModelForm):
    """Name, release and notes, and a field for every setting."""

    class Meta:
        model = Profile
        fields = ("name", "release", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        release = self.data.get("release") or self.instance.release
        self.release = release if release in RELEASES else next(iter(RELEASES))
        self.defaults = RELEASES[self.release].flags
        self.fields.update(setting_fields(self.defaults, self.release, self.instance.differences))

    def clean_name(self) -> str:
        """One of a name for each owner, who is no field of the form."""
        name: str = self.cleaned_data["name"]
        same = Profile.objects.filter(owned_by=self.instance.owned_by, name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a profile of this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and (finding := refusal(self.flags())) is not None:
            self.add_error(name_of(finding.component, finding.flag), finding.message.text(language()))
        return cleaned

    def flags(self) -> Flags:
        """The settings as filled in."""
        return self.defaults.with_texts(self._texts())

    def _texts(self) -> dict[str, dict[str, str]]:
        texts: dict[str, dict[str, str]] = {}
        for name, field in self.fields.items():
            if isinstance(field, SettingField):
                value = format_value(field.info, self.cleaned_data[name])
                texts.setdefault(field.info.component, {})[field.info.flag] = value
        return texts

    def save(self, commit: bool = True) -> Any:
        self.instance.differences = self.flags().texts(self.defaults)
        return super().save(commit)


class TrialForm(ProfileForm):
    """Settings that are only tried: they need no name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["name"]
