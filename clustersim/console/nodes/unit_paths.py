"""Where the files of services are."""


def unit_path(unit: str) -> str:
    """The file of a service."""
    return f"/etc/systemd/system/{unit}.service"


def drop_in_folder(unit: str) -> str:
    """The folder of what is added to it."""
    return f"{unit_path(unit)}.d/"


def override_path(unit: str) -> str:
    """What `systemctl edit` writes."""
    return f"{drop_in_folder(unit)}override.conf"
