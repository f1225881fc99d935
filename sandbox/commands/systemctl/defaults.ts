// Properties in the order in which systemctl shows them, with what they are where no setting says otherwise (`--all` of systemd 257).
// `Name=value` has that default (a tilde stands for a blank), `Name=` is empty, a bare name is always told by PID 1.

/** Of services alone. */
export const SERVICE = `Type ExitType=main Restart=no RestartMode=normal PIDFile= NotifyAccess=none RestartUSec=100ms RestartSteps=0
RestartMaxDelayUSec=infinity RestartUSecNext=100ms TimeoutStartUSec=1min~30s TimeoutStopUSec=1min~30s
TimeoutAbortUSec=1min~30s TimeoutStartFailureMode=terminate TimeoutStopFailureMode=terminate RuntimeMaxUSec=infinity
RuntimeRandomizedExtraUSec=0 WatchdogUSec=infinity WatchdogTimestamp= WatchdogTimestampMonotonic=0
RootDirectoryStartOnly=no RemainAfterExit=no GuessMainPID=yes RestartPreventExitStatus= RestartForceExitStatus=
SuccessExitStatus= MainPID ControlPID BusName= FileDescriptorStoreMax=0 NFileDescriptorStore=0
FileDescriptorStorePreserve=restart StatusText= StatusErrno=0 StatusBusError= StatusVarlinkError= Result
ReloadResult=success CleanResult=success LiveMountResult=success USBFunctionDescriptors= USBFunctionStrings=
UID=[not~set] GID=[not~set] NRestarts OOMPolicy=stop ExtraFileDescriptorNames= ReloadSignal=1 ExecMainStartTimestamp=
ExecMainStartTimestampMonotonic=0 ExecMainExitTimestamp= ExecMainExitTimestampMonotonic=0 ExecMainHandoffTimestamp=
ExecMainHandoffTimestampMonotonic=0 ExecMainPID ExecMainCode ExecMainStatus ${["Condition", "StartPre", "Start", "StartPost", "Reload", "Stop", "StopPost"].map((kind) => `Exec${kind} Exec${kind}Ex`).join(" ")}`;

/** Of what has a control group and starts programs. */
export const EXEC = `Slice ControlGroup= ControlGroupId=0 MemoryCurrent MemoryPeak MemorySwapCurrent=[not~set] MemorySwapPeak=[not~set]
MemoryZSwapCurrent=[not~set] MemoryAvailable EffectiveMemoryMax EffectiveMemoryHigh CPUUsageNSec EffectiveCPUs=
EffectiveMemoryNodes= TasksCurrent EffectiveTasksMax IPIngressBytes=[no~data] IPIngressPackets=[no~data]
IPEgressBytes=[no~data] IPEgressPackets=[no~data] IOReadBytes=[not~set] IOReadOperations=[not~set]
IOWriteBytes=[not~set] IOWriteOperations=[not~set] Delegate=no DelegateControllers= DelegateSubgroup=
CPUAccounting=yes CPUWeight=[not~set] StartupCPUWeight=[not~set] CPUShares=[not~set] StartupCPUShares=[not~set]
CPUQuotaPerSecUSec=infinity CPUQuotaPeriodUSec=infinity AllowedCPUs= StartupAllowedCPUs= AllowedMemoryNodes=
StartupAllowedMemoryNodes= IOAccounting=no IOWeight=[not~set] StartupIOWeight=[not~set] BlockIOAccounting=no
BlockIOWeight=[not~set] StartupBlockIOWeight=[not~set] MemoryAccounting=yes DefaultMemoryLow=0
DefaultStartupMemoryLow=0 DefaultMemoryMin=0 MemoryMin=0 MemoryLow=0 StartupMemoryLow=0 MemoryHigh=infinity
StartupMemoryHigh=infinity MemoryMax=infinity StartupMemoryMax=infinity MemorySwapMax=infinity
StartupMemorySwapMax=infinity MemoryZSwapMax=infinity StartupMemoryZSwapMax=infinity MemoryZSwapWriteback=yes
MemoryLimit=infinity DevicePolicy=auto TasksAccounting=yes TasksMax IPAccounting=no IPAddressAllow= IPAddressDeny=
IPIngressFilterPath= IPEgressFilterPath= DisableControllers= ManagedOOMSwap=auto ManagedOOMMemoryPressure=auto
ManagedOOMMemoryPressureLimit=0 ManagedOOMMemoryPressureDurationUSec=[not~set] ManagedOOMPreference=none
RestrictNetworkInterfaces=~ MemoryPressureWatch=auto MemoryPressureThresholdUSec=200ms NFTSet=[unprintable]
CoredumpReceive=no Environment= EnvironmentFiles= PassEnvironment= UnsetEnvironment= UMask LimitCPU=infinity LimitCPUSoft=infinity
LimitFSIZE=infinity LimitFSIZESoft=infinity LimitDATA=infinity LimitDATASoft=infinity LimitSTACK=infinity
LimitSTACKSoft=8388608 LimitCORE=infinity LimitCORESoft=0 LimitRSS=infinity LimitRSSSoft=infinity LimitNOFILE=524288
LimitNOFILESoft=1024 LimitAS=infinity LimitASSoft=infinity LimitNPROC LimitNPROCSoft LimitMEMLOCK=8388608
LimitMEMLOCKSoft=8388608 LimitLOCKS=infinity LimitLOCKSSoft=infinity LimitSIGPENDING LimitSIGPENDINGSoft
LimitMSGQUEUE=819200 LimitMSGQUEUESoft=819200 LimitNICE=0 LimitNICESoft=0 LimitRTPRIO=0 LimitRTPRIOSoft=0
LimitRTTIME=infinity LimitRTTIMESoft=infinity WorkingDirectory= RootDirectory= RootImage= RootHash= RootHashPath=
RootHashSignature= RootHashSignaturePath= RootVerity= RootEphemeral=no ExtensionDirectories= ExtensionImages=
MountImages= OOMScoreAdjust=0 CoredumpFilter=0x33 Nice=0 IOSchedulingClass=2 IOSchedulingPriority=4
CPUSchedulingPolicy=0 CPUSchedulingPriority=0 CPUAffinity= CPUAffinityFromNUMA=no NUMAPolicy=n/a NUMAMask=
TimerSlackNSec=50000 CPUSchedulingResetOnFork=no NonBlocking=no StandardInput=null StandardInputFileDescriptorName=
StandardInputData= StandardOutput=journal StandardOutputFileDescriptorName= StandardError=inherit
StandardErrorFileDescriptorName= TTYPath= TTYReset=no TTYVHangup=no TTYVTDisallocate=no TTYRows=[unprintable]
TTYColumns=[unprintable] SyslogPriority=30 SyslogIdentifier= SyslogLevelPrefix=yes SyslogLevel=6 SyslogFacility=3
LogLevelMax=-1 LogRateLimitIntervalUSec=0 LogRateLimitBurst=0 LogExtraFields= LogNamespace= SecureBits=0
CapabilityBoundingSet=cap_chown~cap_dac_override~cap_dac_read_search~cap_fowner~cap_fsetid~cap_kill~cap_setgid~cap_setuid~cap_setpcap~cap_linux_immutable~cap_net_bind_service~cap_net_broadcast~cap_net_admin~cap_net_raw~cap_ipc_lock~cap_ipc_owner~cap_sys_module~cap_sys_rawio~cap_sys_chroot~cap_sys_ptrace~cap_sys_pacct~cap_sys_admin~cap_sys_boot~cap_sys_nice~cap_sys_resource~cap_sys_time~cap_sys_tty_config~cap_mknod~cap_lease~cap_audit_write~cap_audit_control~cap_setfcap~cap_mac_override~cap_mac_admin~cap_syslog~cap_wake_alarm~cap_block_suspend~cap_audit_read~cap_perfmon~cap_bpf~cap_checkpoint_restore
AmbientCapabilities= User= Group= DynamicUser=no SetLoginEnvironment=no RemoveIPC=no SetCredential=[unprintable]
SetCredentialEncrypted=[unprintable] LoadCredential=[unprintable] LoadCredentialEncrypted=[unprintable]
ImportCredential= ImportCredentialEx=[unprintable] SupplementaryGroups= PAMName= ReadWritePaths= ReadOnlyPaths=
InaccessiblePaths= ExecPaths= NoExecPaths= ExecSearchPath= MountFlags= PrivateTmp=no PrivateTmpEx=no
PrivateDevices=no ProtectClock=no ProtectKernelTunables=no ProtectKernelModules=no ProtectKernelLogs=no
ProtectControlGroups=no ProtectControlGroupsEx=no PrivateNetwork=no PrivateUsers=no PrivateUsersEx=no
PrivateMounts=no PrivateIPC=no PrivatePIDs=no ProtectHome=no ProtectSystem=no SameProcessGroup=no UtmpIdentifier=
UtmpMode=init SELinuxContext= AppArmorProfile= SmackProcessLabel= IgnoreSIGPIPE=yes NoNewPrivileges=no
SystemCallFilter=~ SystemCallArchitectures= SystemCallErrorNumber=2147483646 SystemCallLog=~ Personality=
LockPersonality=no RestrictAddressFamilies=~ RuntimeDirectoryPreserve=no RuntimeDirectoryMode=0755 RuntimeDirectory=
StateDirectoryMode=0755 StateDirectory= CacheDirectoryMode=0755 CacheDirectory= LogsDirectoryMode=0755 LogsDirectory=
ConfigurationDirectoryMode=0755 ConfigurationDirectory= TimeoutCleanUSec=infinity MemoryDenyWriteExecute=no
RestrictRealtime=no RestrictSUIDSGID=no RestrictNamespaces=no RestrictFileSystems=~ BindPaths= BindReadOnlyPaths=
TemporaryFileSystem= MountAPIVFS=no BindLogSockets=no KeyringMode=private ProtectProc=default ProcSubset=all
ProtectHostname=no MemoryKSM=no NetworkNamespacePath= IPCNamespacePath= RootImagePolicy MountImagePolicy
ExtensionImagePolicy KillMode=control-group KillSignal=15 RestartKillSignal=15 FinalKillSignal=9 SendSIGKILL=yes
SendSIGHUP=no WatchdogSignal=6`;

/** Of timers. */
export const TIMER = `Unit TimersMonotonic TimersCalendar OnClockChange=no OnTimezoneChange=no NextElapseUSecRealtime= NextElapseUSecMonotonic
LastTriggerUSec= LastTriggerUSecMonotonic Result AccuracyUSec=1min RandomizedDelayUSec=0 FixedRandomDelay=no
Persistent=no WakeSystem=no RemainAfterElapse=yes DeferReactivation=no`;

/** Of paths. */
export const PATH = `Unit Paths MakeDirectory=no DirectoryMode=0755 Result TriggerLimitIntervalUSec=2s TriggerLimitBurst=200`;

/** Of sockets, before what they share with services. */
export const SOCKET = `BindIPv6Only=default Backlog=2147483647 TimeoutUSec=1min~30s BindToDevice= SocketUser= SocketGroup= SocketMode=0666
DirectoryMode=0755 Accept=no FlushPending=no Writable=no KeepAlive=no KeepAliveTimeUSec=0 KeepAliveIntervalUSec=0
KeepAliveProbes=0 DeferAcceptUSec=0 NoDelay=no Priority=-1 ReceiveBuffer=0 SendBuffer=0 IPTOS=-1 IPTTL=-1 PipeSize=0
FreeBind=no Transparent=no Broadcast=no PassCredentials=no PassFileDescriptorsToExec=no PassSecurity=no
PassPacketInfo=no Timestamping=off RemoveOnStop=no Listen Symlinks= Mark=-1 MaxConnections=64
MaxConnectionsPerSource=0 MessageQueueMaxMessages=0 MessageQueueMessageSize=0 TCPCongestion= ReusePort=no SmackLabel=
SmackLabelIPIn= SmackLabelIPOut= ControlPID Result NConnections=0 NAccepted=0 NRefused=0 FileDescriptorName
SocketProtocol=0 TriggerLimitIntervalUSec=2s TriggerLimitBurst=20 PollLimitIntervalUSec=2s PollLimitBurst=15
UID=[not~set] GID=[not~set]`;

/** Of every unit. */
export const UNIT = `Id Names Following= Requires= Requisite= Wants= BindsTo= PartOf= Upholds= RequiredBy= RequisiteOf= WantedBy= BoundBy=
UpheldBy= ConsistsOf= Conflicts ConflictedBy= Before After= OnSuccess= OnSuccessOf= OnFailure= OnFailureOf= Triggers=
TriggeredBy= PropagatesReloadTo= ReloadPropagatedFrom= PropagatesStopTo= StopPropagatedFrom= JoinsNamespaceOf=
SliceOf= RequiresMountsFor= WantsMountsFor= Documentation= Description AccessSELinuxContext= LoadState ActiveState
FreezerState=running SubState FragmentPath SourcePath= DropInPaths= UnitFileState UnitFilePreset
StateChangeTimestamp= StateChangeTimestampMonotonic=0 InactiveExitTimestamp= InactiveExitTimestampMonotonic=0
ActiveEnterTimestamp= ActiveEnterTimestampMonotonic=0 ActiveExitTimestamp= ActiveExitTimestampMonotonic=0
InactiveEnterTimestamp= InactiveEnterTimestampMonotonic=0 CanStart CanStop CanReload CanIsolate CanClean= CanFreeze
CanLiveMount Job= StopWhenUnneeded=no RefuseManualStart=no RefuseManualStop=no AllowIsolate=no
DefaultDependencies=yes SurviveFinalKillSignal=no OnSuccessJobMode=fail OnFailureJobMode=replace IgnoreOnIsolate=no
NeedDaemonReload Markers= JobTimeoutUSec=infinity JobRunningTimeoutUSec=infinity JobTimeoutAction=none
JobTimeoutRebootArgument= ConditionResult=no AssertResult=no ConditionTimestamp= ConditionTimestampMonotonic=0
AssertTimestamp= AssertTimestampMonotonic=0 Conditions=[unprintable] Asserts=[unprintable] LoadError= Transient
Perpetual=no StartLimitIntervalUSec=10s StartLimitBurst=5 StartLimitAction=none FailureAction=none
FailureActionExitStatus=[not~set] SuccessAction=none SuccessActionExitStatus=[not~set] RebootArgument= InvocationID=
CollectMode=inactive Refs= ActivationDetails=[unprintable] DebugInvocation=no`;
