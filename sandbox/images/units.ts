// Unit files of a Debian 13 node as their packages lay them, for the images. Data only; texts are the packages' settings without their comments.

const D = "/usr/lib/systemd/system";

/** Files by path. */
export type UnitFiles = Readonly<Record<string, string>>;
/** Links by path. */
export type UnitLinks = Readonly<Record<string, string>>;

export interface UnitSet {
  readonly files: UnitFiles;
  readonly links: UnitLinks;
}

const target = (description: string, rest = ""): string =>
  `[Unit]\nDescription=${description}\nDocumentation=man:systemd.special(7)\n${rest}`;

/** The targets and services that every machine has. */
export const BASE_UNITS: UnitSet = {
  files: {
    [`${D}/graphical.target`]: target(
      "Graphical Interface",
      "Requires=multi-user.target\nWants=display-manager.service\nConflicts=rescue.service rescue.target\nAfter=multi-user.target rescue.service rescue.target display-manager.service\nAllowIsolate=yes\n",
    ),
    [`${D}/multi-user.target`]: target(
      "Multi-User System",
      "Requires=basic.target\nConflicts=rescue.service rescue.target\nAfter=basic.target rescue.service rescue.target\nAllowIsolate=yes\n",
    ),
    [`${D}/basic.target`]: target(
      "Basic System",
      "Requires=sysinit.target\nWants=sockets.target timers.target paths.target slices.target\nAfter=sysinit.target sockets.target paths.target slices.target tmp.mount\n",
    ),
    [`${D}/sysinit.target`]: target(
      "System Initialization",
      "Conflicts=emergency.service emergency.target\nWants=local-fs.target swap.target\nAfter=local-fs.target swap.target emergency.service emergency.target\n",
    ),
    [`${D}/local-fs.target`]: target("Local File Systems", "DefaultDependencies=no\nConflicts=shutdown.target\n"),
    [`${D}/swap.target`]: target("Swaps", "DefaultDependencies=no\n"),
    [`${D}/sockets.target`]: target("Socket Units"),
    [`${D}/timers.target`]: target("Timer Units", "DefaultDependencies=no\nConflicts=shutdown.target\n"),
    [`${D}/paths.target`]: target("Path Units"),
    [`${D}/slices.target`]: target("Slice Units", "Wants=-.slice system.slice\nAfter=-.slice system.slice\n"),
    [`${D}/network-pre.target`]: target("Preparation for Network", "RefuseManualStart=yes\n"),
    [`${D}/network.target`]: target("Network", "After=network-pre.target\nRefuseManualStart=yes\n"),
    [`${D}/network-online.target`]: target("Network is Online", "After=network.target\n"),
    [`${D}/nss-lookup.target`]: target("Host and Network Name Lookups", "RefuseManualStart=yes\n"),
    [`${D}/nss-user-lookup.target`]: target("User and Group Name Lookups", "RefuseManualStart=yes\n"),
    [`${D}/remote-fs.target`]: target("Remote File Systems", "\n[Install]\nWantedBy=multi-user.target\n"),
    [`${D}/getty.target`]: target("Login Prompts"),
    [`${D}/time-sync.target`]: target("System Time Synchronized", "RefuseManualStart=yes\n"),
    [`${D}/shutdown.target`]: target("System Shutdown", "DefaultDependencies=no\nRefuseManualStart=yes\n"),
    [`${D}/umount.target`]: target("Unmount All Filesystems", "DefaultDependencies=no\nRefuseManualStart=yes\n"),
    [`${D}/final.target`]: target("Late Shutdown Services", "DefaultDependencies=no\nRefuseManualStart=yes\n"),
    [`${D}/reboot.target`]: target(
      "System Reboot",
      "DefaultDependencies=no\nAllowIsolate=yes\n\n[Install]\nAlias=ctrl-alt-del.target\n",
    ),
    [`${D}/poweroff.target`]: target("System Power Off", "DefaultDependencies=no\nAllowIsolate=yes\n"),
    [`${D}/halt.target`]: target("System Halt", "DefaultDependencies=no\nAllowIsolate=yes\n"),
    [`${D}/rescue.target`]: target("Rescue Mode", "Requires=sysinit.target\nAfter=sysinit.target\nAllowIsolate=yes\n"),
    [`${D}/emergency.target`]: target("Emergency Mode", "AllowIsolate=yes\n"),
    [`${D}/systemd-journald.service`]: `[Unit]
Description=Journal Service
Documentation=man:systemd-journald.service(8) man:journald.conf(5)
DefaultDependencies=no
Requires=systemd-journald.socket
After=systemd-journald.socket systemd-journald-dev-log.socket
Before=sysinit.target
IgnoreOnIsolate=yes

[Service]
ExecStart=/usr/lib/systemd/systemd-journald
OOMScoreAdjust=-250
Restart=always
RestartSec=0
Sockets=systemd-journald.socket systemd-journald-dev-log.socket
StandardOutput=null
LimitNOFILE=524288
`,
    [`${D}/systemd-journald.socket`]: `[Unit]
Description=Journal Sockets
Documentation=man:systemd-journald.service(8) man:journald.conf(5)
DefaultDependencies=no
Before=sockets.target
IgnoreOnIsolate=yes

[Socket]
ListenDatagram=/run/systemd/journal/socket
ListenStream=/run/systemd/journal/stdout
PassCredentials=yes
PassSecurity=yes
Service=systemd-journald.service
`,
    [`${D}/systemd-journald-dev-log.socket`]: `[Unit]
Description=Journal Socket (/dev/log)
Documentation=man:systemd-journald.service(8) man:journald.conf(5)
DefaultDependencies=no
Before=sockets.target
IgnoreOnIsolate=yes

[Socket]
Service=systemd-journald.service
ListenDatagram=/run/systemd/journal/dev-log
Symlinks=/dev/log
`,
    [`${D}/dbus.socket`]:
      "[Unit]\nDescription=D-Bus System Message Bus Socket\n\n[Socket]\nListenStream=/run/dbus/system_bus_socket\n",
    [`${D}/dbus.service`]: `[Unit]
Description=D-Bus System Message Bus
Documentation=man:dbus-daemon(1)
Requires=dbus.socket

[Service]
Type=notify
NotifyAccess=main
ExecStart=@/usr/bin/dbus-daemon @dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only
ExecReload=/usr/bin/dbus-send --print-reply --system --type=method_call --dest=org.freedesktop.DBus / org.freedesktop.DBus.ReloadConfig
OOMScoreAdjust=-900
`,
    [`${D}/systemd-logind.service`]: `[Unit]
Description=User Login Management
Documentation=man:sd-login(3)
Documentation=man:systemd-logind.service(8)
Wants=user.slice
After=nss-user-lookup.target user.slice
Wants=dbus.socket
After=dbus.socket

[Service]
ExecStart=/usr/lib/systemd/systemd-logind
Restart=always
RestartSec=0
Type=notify
`,
    [`${D}/systemd-udevd.service`]: `[Unit]
Description=Rule-based Manager for Device Events and Files
Documentation=man:systemd-udevd.service(8) man:udev(7)
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=notify
OOMScoreAdjust=-1000
Restart=always
RestartSec=0
ExecStart=/usr/lib/systemd/systemd-udevd
KillMode=mixed
TasksMax=infinity
`,
    [`${D}/systemd-timesyncd.service`]: `[Unit]
Description=Network Time Synchronization
Documentation=man:systemd-timesyncd.service(8)
DefaultDependencies=no
After=systemd-sysusers.service
Before=time-sync.target sysinit.target shutdown.target
Conflicts=shutdown.target
Wants=time-sync.target

[Service]
ExecStart=/usr/lib/systemd/systemd-timesyncd
Restart=always
RestartSec=0
Type=notify

[Install]
WantedBy=sysinit.target
Alias=dbus-org.freedesktop.timesync1.service
`,
    [`${D}/systemd-networkd.service`]: `[Unit]
Description=Network Configuration
Documentation=man:systemd-networkd.service(8)
DefaultDependencies=no
After=systemd-udevd.service network-pre.target
Before=multi-user.target network.target shutdown.target
Conflicts=shutdown.target
Wants=network.target

[Service]
ExecStart=/usr/lib/systemd/systemd-networkd
Restart=on-failure
RestartSec=0
Type=notify

[Install]
WantedBy=multi-user.target
Also=systemd-networkd-wait-online.service
`,
    [`${D}/systemd-networkd-wait-online.service`]: `[Unit]
Description=Wait for Network to be Configured
Documentation=man:systemd-networkd-wait-online.service(8)
DefaultDependencies=no
Requires=systemd-networkd.service
After=systemd-networkd.service
Before=network-online.target shutdown.target

[Service]
Type=oneshot
ExecStart=/usr/lib/systemd/systemd-networkd-wait-online
RemainAfterExit=yes

[Install]
WantedBy=network-online.target
`,
    [`${D}/cron.service`]: `[Unit]
Description=Regular background program processing daemon
Documentation=man:cron(8)
After=remote-fs.target nss-user-lookup.target

[Service]
EnvironmentFile=-/etc/default/cron
ExecStart=/usr/sbin/cron -f $EXTRA_OPTS
IgnoreSIGPIPE=false
KillMode=process
Restart=on-failure
SyslogFacility=cron

[Install]
WantedBy=multi-user.target
`,
    [`${D}/getty@.service`]: `[Unit]
Description=Getty on %I
Documentation=man:agetty(8) man:systemd-getty-generator(8)
After=systemd-user-sessions.service
Before=getty.target
IgnoreOnIsolate=yes

[Service]
ExecStart=-/sbin/agetty -o '-- \\\\u' --noreset --noclear - \${TERM}
Environment=TERM=linux
Type=idle
Restart=always
RestartSec=0
UtmpIdentifier=%I
KillMode=process
IgnoreSIGPIPE=no
SendSIGHUP=yes

[Install]
WantedBy=getty.target
DefaultInstance=tty1
`,
    [`${D}/polkit.service`]: `[Unit]
Description=Authorization Manager
Documentation=man:polkit(8)

[Service]
Type=notify
ExecStart=/usr/lib/polkit-1/polkitd --no-debug --log-level=notice
User=polkitd
LimitMEMLOCK=0
`,
    [`${D}/ssh.service`]: `[Unit]
Description=OpenBSD Secure Shell server
Documentation=man:sshd(8) man:sshd_config(5)
After=nss-user-lookup.target network.target auditd.service
ConditionPathExists=!/etc/ssh/sshd_not_to_be_run

[Service]
EnvironmentFile=-/etc/default/ssh
ExecStartPre=/usr/sbin/sshd -t
ExecStart=/usr/sbin/sshd -D $SSHD_OPTS
ExecReload=/usr/sbin/sshd -t
ExecReload=/bin/kill -HUP $MAINPID
KillMode=process
Restart=on-failure
RestartPreventExitStatus=255
Type=notify
RuntimeDirectory=sshd
RuntimeDirectoryMode=0755

[Install]
WantedBy=multi-user.target
Alias=sshd.service
`,
    [`${D}/logrotate.timer`]:
      "[Unit]\nDescription=Daily rotation of log files\nDocumentation=man:logrotate(8) man:logrotate.conf(5)\n\n[Timer]\nOnCalendar=daily\nRandomizedDelaySec=1h\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n",
    [`${D}/logrotate.service`]:
      "[Unit]\nDescription=Rotate log files\nDocumentation=man:logrotate(8) man:logrotate.conf(5)\nConditionACPower=true\n\n[Service]\nType=oneshot\nExecStart=/usr/bin/true /etc/logrotate.conf\n",
    [`${D}/apt-daily.timer`]:
      "[Unit]\nDescription=Daily apt download activities\n\n[Timer]\nOnCalendar=*-*-* 6,18:00\nRandomizedDelaySec=12h\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n",
    [`${D}/apt-daily.service`]:
      "[Unit]\nDescription=Daily apt download activities\nDocumentation=man:apt(8)\nConditionACPower=true\n\n[Service]\nType=oneshot\nExecStart=/usr/bin/true update\n",
    "/usr/lib/systemd/system-preset/90-systemd.preset":
      "enable remote-fs.target\nenable getty@.service\nenable systemd-timesyncd.service\nenable systemd-networkd.service\ndisable console-getty.service\ndisable debug-shell.service\ndisable halt.target\ndisable poweroff.target\ndisable reboot.target\n",
  },
  links: {
    [`${D}/default.target`]: "graphical.target",
    [`${D}/sysinit.target.wants/systemd-journald.service`]: "../systemd-journald.service",
    [`${D}/sysinit.target.wants/systemd-udevd.service`]: "../systemd-udevd.service",
    [`${D}/sockets.target.wants/systemd-journald.socket`]: "../systemd-journald.socket",
    [`${D}/sockets.target.wants/systemd-journald-dev-log.socket`]: "../systemd-journald-dev-log.socket",
    [`${D}/sockets.target.wants/dbus.socket`]: "../dbus.socket",
    [`${D}/multi-user.target.wants/dbus.service`]: "../dbus.service",
    [`${D}/multi-user.target.wants/getty.target`]: "../getty.target",
    [`${D}/multi-user.target.wants/systemd-logind.service`]: "../systemd-logind.service",
    "/etc/systemd/system/getty.target.wants/getty@tty1.service": `${D}/getty@.service`,
    "/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service": `${D}/systemd-timesyncd.service`,
    "/etc/systemd/system/dbus-org.freedesktop.timesync1.service": `${D}/systemd-timesyncd.service`,
    "/etc/systemd/system/multi-user.target.wants/systemd-networkd.service": `${D}/systemd-networkd.service`,
    "/etc/systemd/system/network-online.target.wants/systemd-networkd-wait-online.service": `${D}/systemd-networkd-wait-online.service`,
    "/etc/systemd/system/multi-user.target.wants/cron.service": `${D}/cron.service`,
    "/etc/systemd/system/multi-user.target.wants/remote-fs.target": `${D}/remote-fs.target`,
    "/etc/systemd/system/multi-user.target.wants/ssh.service": `${D}/ssh.service`,
    "/etc/systemd/system/sshd.service": `${D}/ssh.service`,
    "/etc/systemd/system/timers.target.wants/logrotate.timer": `${D}/logrotate.timer`,
    "/etc/systemd/system/timers.target.wants/apt-daily.timer": `${D}/apt-daily.timer`,
  },
};

/** Debian's containerd. */
export const CONTAINERD_UNITS: UnitSet = {
  files: {
    [`${D}/containerd.service`]: `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target local-fs.target dbus.service

[Service]
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/bin/containerd

Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5

LimitNPROC=infinity
LimitCORE=infinity

TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`,
  },
  links: { "/etc/systemd/system/multi-user.target.wants/containerd.service": `${D}/containerd.service` },
};

/** The kubelet as the packages of pkgs.k8s.io lay it, with kubeadm's drop-in. */
export const KUBELET_UNITS: UnitSet = {
  files: {
    [`${D}/kubelet.service`]: `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`,
    [`${D}/kubelet.service.d/10-kubeadm.conf`]: `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# This is a file that "kubeadm init" and "kubeadm join" generates at runtime, populating the KUBELET_KUBEADM_ARGS variable dynamically
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# This is a file that the user can use for overrides of the kubelet args as a last resort. Preferably, the user should use
# the .NodeRegistration.KubeletExtraArgs object in the configuration files instead. KUBELET_EXTRA_ARGS should be sourced from this file.
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`,
  },
  links: { "/etc/systemd/system/multi-user.target.wants/kubelet.service": `${D}/kubelet.service` },
};
