"""What a pod and its containers may do on their node."""

from clustersim.api.meta import ApiStruct, Int64, written


class AppArmorProfile(ApiStruct, frozen=True, kw_only=True):
    """An AppArmor profile."""

    type: str = written("")
    localhost_profile: str = ""


class Capabilities(ApiStruct, frozen=True, kw_only=True):
    """POSIX capabilities given and taken."""

    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


class SELinuxOptions(ApiStruct, frozen=True, kw_only=True):
    """SELinux labels."""

    level: str = ""
    role: str = ""
    type: str = ""
    user: str = ""


class SeccompProfile(ApiStruct, frozen=True, kw_only=True):
    """A seccomp profile."""

    type: str = written("")
    localhost_profile: str = ""


class WindowsSecurityContextOptions(ApiStruct, frozen=True, kw_only=True):
    """Rights on a Windows node."""

    gmsa_credential_spec: str = ""
    gmsa_credential_spec_name: str = ""
    host_process: bool | None = None
    run_as_user_name: str = ""


class SecurityContext(ApiStruct, frozen=True, kw_only=True):
    """The rights of one container."""

    allow_privilege_escalation: bool | None = None
    app_armor_profile: AppArmorProfile | None = None
    capabilities: Capabilities | None = None
    privileged: bool | None = None
    proc_mount: str = ""
    read_only_root_filesystem: bool | None = None
    run_as_group: Int64 | None = None
    run_as_non_root: bool | None = None
    run_as_user: Int64 | None = None
    se_linux_options: SELinuxOptions | None = None
    seccomp_profile: SeccompProfile | None = None
    windows_options: WindowsSecurityContextOptions | None = None


class Sysctl(ApiStruct, frozen=True, kw_only=True):
    """A kernel parameter."""

    name: str = written("")
    value: str = written("")


class PodSecurityContext(ApiStruct, frozen=True, kw_only=True):
    """The rights of all containers of a pod."""

    app_armor_profile: AppArmorProfile | None = None
    fs_group: Int64 | None = None
    fs_group_change_policy: str = ""
    run_as_group: Int64 | None = None
    run_as_non_root: bool | None = None
    run_as_user: Int64 | None = None
    se_linux_change_policy: str = ""
    se_linux_options: SELinuxOptions | None = None
    seccomp_profile: SeccompProfile | None = None
    supplemental_groups: tuple[Int64, ...] = ()
    supplemental_groups_policy: str = ""
    sysctls: tuple[Sysctl, ...] = ()
    windows_options: WindowsSecurityContextOptions | None = None
