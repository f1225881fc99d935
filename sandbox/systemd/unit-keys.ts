// The settings that unit files may hold, by section, with the kind of value each takes. Data of systemd.directives(7), version 257.

export type KeyKind =
  | "text"
  | "bool"
  | "span"
  | "words"
  | "units"
  | "exec"
  | "environment"
  | "environment-file"
  | "path"
  | "mode"
  | "signal"
  | "integer"
  | "memory"
  | "limit"
  | "condition"
  | "name"
  | "any"
  | `one:${string}`;

/** `KIND: Key Key …` lines to a table. */
function table(text: string): ReadonlyMap<string, KeyKind> {
  const map = new Map<string, KeyKind>();
  for (const line of text.trim().split("\n")) {
    const colon = line.indexOf(" ");
    for (const key of line
      .slice(colon + 1)
      .trim()
      .split(/\s+/))
      map.set(key, line.slice(0, colon) as KeyKind);
  }
  return map;
}

const UNIT = `
text Description
words Documentation
units Requires Requisite Wants BindsTo BindTo PartOf Upholds Conflicts Before After OnFailure OnSuccess PropagatesReloadTo ReloadPropagatedFrom PropagateReloadTo PropagateReloadFrom PropagatesStopTo StopPropagatedFrom JoinsNamespaceOf
span StartLimitIntervalSec StartLimitInterval JobTimeoutSec JobRunningTimeoutSec
integer StartLimitBurst
bool StopWhenUnneeded RefuseManualStart RefuseManualStop AllowIsolate DefaultDependencies IgnoreOnIsolate IgnoreOnSnapshot SurviveFinalKillSignal
condition ConditionPathExists ConditionPathExistsGlob ConditionPathIsDirectory ConditionPathIsSymbolicLink ConditionPathIsMountPoint ConditionPathIsReadWrite ConditionDirectoryNotEmpty ConditionFileNotEmpty ConditionFileIsExecutable ConditionVirtualization ConditionHost ConditionArchitecture ConditionKernelVersion ConditionUser ConditionGroup ConditionACPower ConditionNeedsUpdate ConditionFirstBoot ConditionCapability ConditionSecurity ConditionKernelCommandLine ConditionCredential ConditionEnvironment ConditionControlGroupController ConditionOSRelease ConditionMemory ConditionCPUs ConditionPathIsEncrypted ConditionFirmware ConditionCPUFeature ConditionMemoryPressure ConditionCPUPressure ConditionIOPressure ConditionVersion AssertPathExists AssertPathExistsGlob AssertPathIsDirectory AssertPathIsSymbolicLink AssertPathIsMountPoint AssertPathIsReadWrite AssertDirectoryNotEmpty AssertFileNotEmpty AssertFileIsExecutable AssertVirtualization AssertHost AssertUser AssertGroup AssertKernelCommandLine
any SourcePath OnFailureJobMode OnSuccessJobMode OnFailureIsolate JobTimeoutAction JobTimeoutRebootArgument StartLimitAction FailureAction SuccessAction FailureActionExitStatus SuccessActionExitStatus RebootArgument CollectMode RequiresOverridable RequisiteOverridable RequiresMountsFor WantsMountsFor DefaultInstance
`;

const INSTALL = "any Alias WantedBy RequiredBy UpheldBy Also DefaultInstance";

const KILL = `
one:control-group|mixed|process|none KillMode
signal KillSignal RestartKillSignal FinalKillSignal WatchdogSignal
bool SendSIGKILL SendSIGHUP
`;

const EXEC = `
path WorkingDirectory
environment Environment
environment-file EnvironmentFile
name User Group
mode UMask RuntimeDirectoryMode StateDirectoryMode CacheDirectoryMode LogsDirectoryMode ConfigurationDirectoryMode
one:noaccess|invisible|ptraceable|default ProtectProc
one:all|pid ProcSubset
one:inherit|private|shared KeyringMode
words PassEnvironment UnsetEnvironment SupplementaryGroups ReadWritePaths ReadOnlyPaths InaccessiblePaths ExecPaths NoExecPaths RuntimeDirectory StateDirectory CacheDirectory LogsDirectory ConfigurationDirectory SystemCallFilter SystemCallArchitectures RestrictAddressFamilies CapabilityBoundingSet AmbientCapabilities BindPaths BindReadOnlyPaths ReadWriteDirectories ReadOnlyDirectories InaccessibleDirectories TemporaryFileSystem
one:no|yes|true|false|1|0|on|off|disconnected PrivateTmp
bool NoNewPrivileges PrivateDevices PrivateNetwork PrivateIPC PrivateMounts ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectClock ProtectHostname MemoryDenyWriteExecute RestrictRealtime RestrictSUIDSGID LockPersonality RemoveIPC DynamicUser MountAPIVFS SyslogLevelPrefix TTYReset TTYVHangup TTYVTDisallocate IgnoreSIGPIPE CPUSchedulingResetOnFork SetLoginEnvironment RootEphemeral
limit LimitCPU LimitFSIZE LimitDATA LimitSTACK LimitCORE LimitRSS LimitNOFILE LimitAS LimitNPROC LimitMEMLOCK LimitLOCKS LimitSIGPENDING LimitMSGQUEUE LimitNICE LimitRTPRIO LimitRTTIME
one:no|yes|true|false|1|0|on|off|full|strict ProtectSystem
one:no|yes|true|false|1|0|on|off|read-only|tmpfs ProtectHome
text SyslogIdentifier StandardInput StandardOutput StandardError
any StandardInputText StandardInputData RootDirectory RootImage RootImageOptions RootImagePolicy RootHash RootHashSignature RootVerity MountImagePolicy ExtensionImagePolicy ExtensionDirectories ExtensionImages MountImages Nice OOMScoreAdjust CoredumpFilter IOSchedulingClass IOSchedulingPriority CPUSchedulingPolicy CPUSchedulingPriority CPUAffinity NUMAPolicy NUMAMask ExecSearchPath TTYPath TTYRows TTYColumns SyslogFacility SyslogLevel LogLevelMax LogExtraFields LogRateLimitIntervalSec LogRateLimitBurst LogFilterPatterns LogNamespace Capabilities SecureBits SystemCallErrorNumber SystemCallLog RestrictNamespaces RestrictFileSystems TimerSlackNSec PrivateUsers PrivatePIDs ProtectControlGroups MountFlags Personality RuntimeDirectoryPreserve StateDirectoryQuota SetCredential SetCredentialEncrypted LoadCredential LoadCredentialEncrypted ImportCredential TimeoutCleanSec PAMName UtmpIdentifier UtmpMode SELinuxContext AppArmorProfile SmackProcessLabel ProtectHostnameEx NetworkNamespacePath IPCNamespacePath MemoryKSM BindLogSockets
`;

const CGROUP = `
text Slice
bool CPUAccounting MemoryAccounting IOAccounting TasksAccounting IPAccounting BlockIOAccounting DefaultMemoryLow
memory MemoryMin MemoryLow MemoryHigh MemoryMax MemorySwapMax MemoryZSwapMax MemoryLimit StartupMemoryLow StartupMemoryHigh StartupMemoryMax StartupMemorySwapMax DefaultMemoryMin
any AllowedCPUs StartupAllowedCPUs AllowedMemoryNodes StartupAllowedMemoryNodes CPUWeight StartupCPUWeight CPUShares StartupCPUShares CPUQuota CPUQuotaPeriodSec MemoryZSwapWriteback DeviceAllow DevicePolicy IOWeight StartupIOWeight IODeviceWeight IOReadBandwidthMax IOWriteBandwidthMax IOReadIOPSMax IOWriteIOPSMax IODeviceLatencyTargetSec BlockIOWeight StartupBlockIOWeight BlockIODeviceWeight BlockIOReadBandwidth BlockIOWriteBandwidth TasksMax Delegate DelegateSubgroup DisableControllers IPAddressAllow IPAddressDeny IPIngressFilterPath IPEgressFilterPath ManagedOOMSwap ManagedOOMMemoryPressure ManagedOOMMemoryPressureLimit ManagedOOMMemoryPressureDurationSec ManagedOOMPreference NetClass BPFProgram SocketBindAllow SocketBindDeny RestrictNetworkInterfaces MemoryPressureWatch MemoryPressureThresholdSec NFTSet CoredumpReceive
`;

const SERVICE = `
one:simple|exec|forking|oneshot|dbus|notify|notify-reload|idle Type
one:main|cgroup ExitType
one:no|on-success|on-failure|on-abnormal|on-watchdog|on-abort|always Restart
one:normal|direct|debug RestartMode
one:none|main|exec|all NotifyAccess
one:continue|stop|kill OOMPolicy
one:terminate|abort|kill TimeoutStartFailureMode TimeoutStopFailureMode
exec ExecCondition ExecStartPre ExecStart ExecStartPost ExecReload ExecStop ExecStopPost
span RestartSec RestartMaxDelaySec TimeoutSec TimeoutStartSec TimeoutStopSec TimeoutAbortSec RuntimeMaxSec RuntimeRandomizedExtraSec WatchdogSec StartLimitInterval
integer StartLimitBurst RestartSteps FileDescriptorStoreMax
bool PermissionsStartOnly RootDirectoryStartOnly RemainAfterExit GuessMainPID NonBlocking
words SuccessExitStatus RestartPreventExitStatus RestartForceExitStatus Sockets
text PIDFile BusName
signal ReloadSignal
any StartLimitAction FailureAction RebootArgument USBFunctionDescriptors USBFunctionStrings FileDescriptorStorePreserve OpenFile SysVStartPriority BusPolicy
`;

const OTHER: Readonly<Record<string, string>> = {
  Socket: `words ListenStream ListenDatagram ListenSequentialPacket ListenFIFO ListenNetlink ListenSpecial ListenMessageQueue ListenUSBFunction Symlinks
exec ExecStartPre ExecStartPost ExecStopPre ExecStopPost
bool Accept RemoveOnStop KeepAlive NoDelay FreeBind Transparent Broadcast PassCredentials PassSecurity PassPacketInfo Writable SelinuxContextFromNet FlushPending PassFileDescriptorsToExec
any SocketProtocol BindIPv6Only Backlog BindToDevice SocketUser SocketGroup SocketMode DirectoryMode MaxConnections MaxConnectionsPerSource KeepAliveTimeSec KeepAliveIntervalSec KeepAliveProbes DeferAcceptSec Priority ReceiveBuffer SendBuffer IPTOS IPTTL Mark ReusePort SmackLabel MessageQueueMaxMessages Service TriggerLimitIntervalSec TriggerLimitBurst PollLimitIntervalSec PollLimitBurst TimeoutSec FileDescriptorName Timestamping`,
  Timer: `words OnCalendar OnActiveSec OnBootSec OnStartupSec OnUnitActiveSec OnUnitInactiveSec
bool OnClockChange OnTimezoneChange Persistent WakeSystem RemainAfterElapse FixedRandomDelay DeferReactivation
span AccuracySec RandomizedDelaySec RandomizedOffsetSec
text Unit`,
  Path: `words PathExists PathExistsGlob PathChanged PathModified DirectoryNotEmpty
bool MakeDirectory
text Unit
any DirectoryMode TriggerLimitIntervalSec TriggerLimitBurst`,
  Mount:
    "text What Where Type Options\nbool SloppyOptions LazyUnmount ForceUnmount ReadWriteOnly\nany DirectoryMode TimeoutSec",
  Automount: "text Where ExtraOptions\nany DirectoryMode TimeoutIdleSec",
  Swap: "text What Options\nany Priority TimeoutSec",
  Slice: "any ConcurrencyHardMax ConcurrencySoftMax",
  Scope: "span RuntimeMaxSec TimeoutStopSec\nany RuntimeRandomizedExtraSec OOMPolicy User Group",
};

const merge = (...texts: string[]): ReadonlyMap<string, KeyKind> => table(texts.join("\n"));

/** Section name of a unit type: `service` → `Service`; undefined for types without one. */
export function ownSection(type: string): string | undefined {
  const name = type.slice(0, 1).toUpperCase() + type.slice(1);
  return name === "Service" || name in OTHER ? name : undefined;
}

const KINDS: Readonly<Record<string, ReadonlyMap<string, KeyKind>>> = Object.freeze({
  Unit: merge(UNIT),
  Install: table(INSTALL),
  Service: merge(SERVICE, EXEC, KILL, CGROUP),
  Socket: merge(OTHER.Socket as string, EXEC, KILL, CGROUP),
  Mount: merge(OTHER.Mount as string, EXEC, KILL, CGROUP),
  Swap: merge(OTHER.Swap as string, EXEC, KILL, CGROUP),
  Slice: merge(OTHER.Slice as string, CGROUP),
  Scope: merge(OTHER.Scope as string, KILL, CGROUP),
  Timer: table(OTHER.Timer as string),
  Path: table(OTHER.Path as string),
  Automount: table(OTHER.Automount as string),
});

/** The kind of a key; undefined where the section has no such key. */
export function kindOfKey(section: string, key: string): KeyKind | undefined {
  return KINDS[section]?.get(key);
}

/** All sections that some unit type has. */
export const ALL_SECTIONS: readonly string[] = ["Unit", "Install", "Service", ...Object.keys(OTHER)];
