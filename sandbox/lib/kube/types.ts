// Fields of the API's types in the order of their Go structs, with what lists merge by.

/*
 * A line a type: `Type field:kind …`. Kinds: nothing (text), i integer, b boolean, f float, q quantity, t time, d micro time, x integer
 * or text, o anything, y bytes, m map of text, mq map of quantities, my map of bytes; a Type by name; `[]kind` a list without keys, `[=]kind` a
 * set, `[key]Type` a list of objects with a key (for strategic merge and server-side apply), `[a,b/c]Type` merged by a for the first and
 * keyed by b and c for the second. `{}Type` is a map of objects. `Type = Other field …` takes over another's fields first. `!` after a
 * kind: written even where it is empty (no omitempty).
 */
export const TYPES = `
ObjectMeta name generateName namespace selfLink uid resourceVersion generation:i creationTimestamp:t deletionTimestamp:t deletionGracePeriodSeconds:i labels:m annotations:m ownerReferences:[uid]OwnerReference finalizers:[=] managedFields:[]ManagedFieldsEntry
OwnerReference apiVersion kind name uid controller:b blockOwnerDeletion:b
ManagedFieldsEntry manager operation apiVersion time:t fieldsType fieldsV1:o subresource
LabelSelector matchLabels:m matchExpressions:[]LabelSelectorRequirement
LabelSelectorRequirement key operator values:[]
Condition type status observedGeneration:i lastTransitionTime:t reason message
ObjectReference kind namespace name uid apiVersion resourceVersion fieldPath
LocalObjectReference name
Pod spec:PodSpec status:PodStatus
PodTemplate template:PodTemplateSpec
PodTemplateSpec metadata:ObjectMeta! spec:PodSpec
PodSpec volumes:[name]Volume initContainers:[name]Container containers:[name]Container ephemeralContainers:[name]EphemeralContainer restartPolicy terminationGracePeriodSeconds:i activeDeadlineSeconds:i dnsPolicy nodeSelector:m serviceAccountName serviceAccount automountServiceAccountToken:b nodeName hostNetwork:b hostPID:b hostIPC:b shareProcessNamespace:b securityContext:PodSecurityContext imagePullSecrets:[name]LocalObjectReference hostname subdomain affinity:Affinity schedulerName tolerations:[]Toleration hostAliases:[ip]HostAlias priorityClassName priority:i dnsConfig:PodDNSConfig readinessGates:[]PodReadinessGate runtimeClassName enableServiceLinks:b preemptionPolicy overhead:mq topologySpreadConstraints:[topologyKey,topologyKey/whenUnsatisfiable]TopologySpreadConstraint setHostnameAsFQDN:b os:PodOS hostUsers:b schedulingGates:[name]PodSchedulingGate resourceClaims:[name]PodResourceClaim resources:ResourceRequirements hostnameOverride schedulingGroup:o
PodOS name
PodSchedulingGate name
PodReadinessGate conditionType
PodResourceClaim name resourceClaimName resourceClaimTemplateName
HostAlias ip hostnames:[]
PodDNSConfig nameservers:[] searches:[] options:[]PodDNSConfigOption
PodDNSConfigOption name value
TopologySpreadConstraint maxSkew:i topologyKey whenUnsatisfiable labelSelector:LabelSelector minDomains:i nodeAffinityPolicy nodeTaintsPolicy matchLabelKeys:[]
Toleration key operator value effect tolerationSeconds:i
Container name image command:[] args:[] workingDir ports:[containerPort,containerPort/protocol]ContainerPort envFrom:[]EnvFromSource env:[name]EnvVar resources:ResourceRequirements! resizePolicy:[]ContainerResizePolicy restartPolicy restartPolicyRules:[]ContainerRestartRule volumeMounts:[mountPath]VolumeMount volumeDevices:[devicePath]VolumeDevice livenessProbe:Probe readinessProbe:Probe startupProbe:Probe lifecycle:Lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext:SecurityContext stdin:b stdinOnce:b tty:b
EphemeralContainer = Container targetContainerName
ContainerResizePolicy resourceName restartPolicy
ContainerRestartRule action exitCodes:o
ContainerPort name hostPort:i containerPort:i protocol hostIP
EnvFromSource prefix configMapRef:OptionalRef secretRef:OptionalRef
OptionalRef name optional:b
EnvVar name value valueFrom:EnvVarSource
EnvVarSource fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector configMapKeyRef:KeySelector secretKeyRef:KeySelector fileKeyRef:o
ObjectFieldSelector apiVersion fieldPath
ResourceFieldSelector containerName resource divisor:q
KeySelector name key optional:b
ResourceRequirements limits:mq requests:mq claims:[name]ResourceClaim
ResourceClaim name request
VolumeMount name readOnly:b recursiveReadOnly mountPath subPath mountPropagation subPathExpr
VolumeDevice name devicePath
Probe exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction grpc:GRPCAction initialDelaySeconds:i timeoutSeconds:i periodSeconds:i successThreshold:i failureThreshold:i terminationGracePeriodSeconds:i
ExecAction command:[]
HTTPGetAction path port:x host scheme httpHeaders:[]HTTPHeader
HTTPHeader name value
TCPSocketAction port:x host
GRPCAction port:i service
SleepAction seconds:i
Lifecycle postStart:LifecycleHandler preStop:LifecycleHandler stopSignal
LifecycleHandler exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction sleep:SleepAction
SecurityContext capabilities:Capabilities privileged:b seLinuxOptions:SELinuxOptions windowsOptions:WindowsOptions runAsUser:i runAsGroup:i runAsNonRoot:b readOnlyRootFilesystem:b allowPrivilegeEscalation:b procMount seccompProfile:SeccompProfile appArmorProfile:SeccompProfile
Capabilities add:[] drop:[]
SELinuxOptions user role type level
WindowsOptions gmsaCredentialSpecName gmsaCredentialSpec runAsUserName hostProcess:b
SeccompProfile type localhostProfile
PodSecurityContext seLinuxOptions:SELinuxOptions windowsOptions:WindowsOptions runAsUser:i runAsGroup:i runAsNonRoot:b supplementalGroups:[]i supplementalGroupsPolicy fsGroup:i sysctls:[]Sysctl fsGroupChangePolicy seccompProfile:SeccompProfile appArmorProfile:SeccompProfile seLinuxChangePolicy
Sysctl name value
Affinity nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAffinity
NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:NodeSelector preferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm
NodeSelector nodeSelectorTerms:[]NodeSelectorTerm
NodeSelectorTerm matchExpressions:[]LabelSelectorRequirement matchFields:[]LabelSelectorRequirement
PreferredSchedulingTerm weight:i preference:NodeSelectorTerm
PodAffinity requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
PodAffinityTerm labelSelector:LabelSelector namespaces:[] topologyKey namespaceSelector:LabelSelector matchLabelKeys:[] mismatchLabelKeys:[]
WeightedPodAffinityTerm weight:i podAffinityTerm:PodAffinityTerm
Volume name hostPath:HostPathVolume emptyDir:EmptyDirVolume gcePersistentDisk:o awsElasticBlockStore:o gitRepo:o secret:SecretVolume nfs:NFSVolume iscsi:o glusterfs:o persistentVolumeClaim:PVCVolume rbd:o flexVolume:o cinder:o cephfs:o flocker:o downwardAPI:DownwardAPIVolume fc:o azureFile:o configMap:ConfigMapVolume vsphereVolume:o quobyte:o azureDisk:o photonPersistentDisk:o projected:ProjectedVolume portworxVolume:o scaleIO:o storageos:o csi:CSIVolume ephemeral:EphemeralVolume image:ImageVolume
HostPathVolume path type
EmptyDirVolume medium sizeLimit:q
SecretVolume secretName items:[]KeyToPath defaultMode:i optional:b
KeyToPath key path mode:i
NFSVolume server path readOnly:b
PVCVolume claimName readOnly:b
DownwardAPIVolume items:[]DownwardAPIFile defaultMode:i
DownwardAPIFile path fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector mode:i
ConfigMapVolume name items:[]KeyToPath defaultMode:i optional:b
ProjectedVolume sources:[]VolumeProjection defaultMode:i
VolumeProjection secret:ConfigMapProjection downwardAPI:DownwardAPIVolume configMap:ConfigMapProjection serviceAccountToken:TokenProjection clusterTrustBundle:o podCertificate:o
ConfigMapProjection name items:[]KeyToPath optional:b
TokenProjection audience expirationSeconds:i path
CSIVolume driver readOnly:b fsType volumeAttributes:m nodePublishSecretRef:LocalObjectReference
EphemeralVolume volumeClaimTemplate:PVCTemplate
PVCTemplate metadata:ObjectMeta spec:PersistentVolumeClaimSpec
ImageVolume reference pullPolicy
PodStatus observedGeneration:i phase conditions:[type]PodCondition message reason nominatedNodeName hostIP hostIPs:[ip]IP podIP podIPs:[ip]IP startTime:t initContainerStatuses:[]ContainerStatus containerStatuses:[]ContainerStatus qosClass ephemeralContainerStatuses:[]ContainerStatus resize resourceClaimStatuses:[name]o extendedResourceClaimStatus:o allocatedResources:mq resources:ResourceRequirements
IP ip
PodCondition type observedGeneration:i status lastProbeTime:t! lastTransitionTime:t! reason message
ContainerStatus name state:ContainerState lastState:ContainerState! ready:b restartCount:i image imageID containerID started:b allocatedResources:mq resources:ResourceRequirements volumeMounts:[mountPath]VolumeMountStatus user:o allocatedResourcesStatus:[name]o stopSignal
ContainerState waiting:StateWaiting running:StateRunning terminated:StateTerminated
StateWaiting reason message
StateRunning startedAt:t
StateTerminated exitCode:i signal:i reason message startedAt:t finishedAt:t containerID
VolumeMountStatus name mountPath readOnly:b recursiveReadOnly
Binding target:ObjectReference
Node spec:NodeSpec status:NodeStatus
NodeSpec podCIDR podCIDRs:[=] providerID unschedulable:b taints:[]Taint configSource:o externalID
Taint key value effect timeAdded:t
NodeStatus capacity:mq allocatable:mq phase conditions:[type]NodeCondition addresses:[type]NodeAddress daemonEndpoints:NodeDaemonEndpoints! nodeInfo:NodeSystemInfo images:[]ContainerImage volumesInUse:[] volumesAttached:[]AttachedVolume config:o runtimeHandlers:[]NodeRuntimeHandler features:o declaredFeatures:[]
NodeCondition type status lastHeartbeatTime:t lastTransitionTime:t reason message
NodeAddress type address
NodeDaemonEndpoints kubeletEndpoint:DaemonEndpoint!
DaemonEndpoint Port:i
NodeSystemInfo machineID systemUUID bootID kernelVersion osImage containerRuntimeVersion kubeletVersion kubeProxyVersion operatingSystem architecture swap:o
ContainerImage names:[] sizeBytes:i
AttachedVolume name devicePath
NodeRuntimeHandler name features:o
Namespace spec:NamespaceSpec status:NamespaceStatus
NamespaceSpec finalizers:[]
NamespaceStatus phase conditions:[type]Condition
ConfigMap immutable:b data:m binaryData:my
Secret immutable:b data:my stringData:m type
ServiceAccount secrets:[name]ObjectReference imagePullSecrets:[]LocalObjectReference automountServiceAccountToken:b
Service spec:ServiceSpec status:ServiceStatus
ServiceSpec ports:[port,port/protocol]ServicePort selector:m clusterIP clusterIPs:[] type externalIPs:[] sessionAffinity loadBalancerIP loadBalancerSourceRanges:[] externalName externalTrafficPolicy healthCheckNodePort:i publishNotReadyAddresses:b sessionAffinityConfig:o ipFamilies:[] ipFamilyPolicy allocateLoadBalancerNodePorts:b loadBalancerClass internalTrafficPolicy trafficDistribution
ServicePort name protocol appProtocol port:i targetPort:x nodePort:i
ServiceStatus loadBalancer:o! conditions:[type]Condition
Endpoints subsets:[]EndpointSubset
EndpointSubset addresses:[]EndpointAddress notReadyAddresses:[]EndpointAddress ports:[]EndpointPort
EndpointAddress ip hostname nodeName targetRef:ObjectReference
EndpointPort name port:i protocol appProtocol
EndpointSlice addressType endpoints:[]Endpoint ports:[]SlicePort
SlicePort name! protocol port:i appProtocol
Endpoint addresses:[] conditions:o hostname targetRef:ObjectReference deprecatedTopology:m nodeName zone hints:o
Event involvedObject:ObjectReference reason message source:EventSource firstTimestamp:t! lastTimestamp:t! count:i type eventTime:d! series:o action related:ObjectReference reportingComponent! reportingInstance!
EventSource component host
LimitRange spec:LimitRangeSpec
LimitRangeSpec limits:[]LimitRangeItem
LimitRangeItem type max:mq min:mq default:mq defaultRequest:mq maxLimitRequestRatio:mq
ResourceQuota spec:ResourceQuotaSpec status:ResourceQuotaStatus
ResourceQuotaSpec hard:mq scopes:[] scopeSelector:o
ResourceQuotaStatus hard:mq used:mq
PersistentVolume spec:PersistentVolumeSpec status:PersistentVolumeStatus
PersistentVolumeSpec capacity:mq gcePersistentDisk:o awsElasticBlockStore:o hostPath:HostPathVolume glusterfs:o nfs:NFSVolume rbd:o iscsi:o cinder:o cephfs:o fc:o flocker:o flexVolume:o azureFile:o vsphereVolume:o quobyte:o azureDisk:o photonPersistentDisk:o portworxVolume:o scaleIO:o local:o storageos:o csi:o accessModes:[] claimRef:ObjectReference persistentVolumeReclaimPolicy storageClassName mountOptions:[] volumeMode nodeAffinity:o volumeAttributesClassName
PersistentVolumeStatus phase message reason lastPhaseTransitionTime:t
PersistentVolumeClaim spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus
PersistentVolumeClaimSpec accessModes:[] selector:LabelSelector resources:ResourceRequirements volumeName storageClassName volumeMode dataSource:o dataSourceRef:o volumeAttributesClassName
PersistentVolumeClaimStatus phase accessModes:[] capacity:mq conditions:[type]o allocatedResources:mq allocatedResourceStatuses:m currentVolumeAttributesClassName modifyVolumeStatus:o
ReplicationController spec:ReplicationControllerSpec status:ReplicaSetStatus
ReplicationControllerSpec replicas:i minReadySeconds:i selector:m template:PodTemplateSpec
Deployment spec:DeploymentSpec status:DeploymentStatus
DeploymentSpec replicas:i selector:LabelSelector template:PodTemplateSpec! strategy:DeploymentStrategy! minReadySeconds:i revisionHistoryLimit:i paused:b progressDeadlineSeconds:i
DeploymentStrategy type rollingUpdate:RollingUpdate
RollingUpdate maxUnavailable:x maxSurge:x partition:i
DeploymentStatus observedGeneration:i replicas:i updatedReplicas:i readyReplicas:i availableReplicas:i unavailableReplicas:i terminatingReplicas:i conditions:[type]DeploymentCondition collisionCount:i
DeploymentCondition type status lastUpdateTime:t lastTransitionTime:t reason message
ReplicaSet spec:ReplicaSetSpec status:ReplicaSetStatus
ReplicaSetSpec replicas:i minReadySeconds:i selector:LabelSelector template:PodTemplateSpec
ReplicaSetStatus replicas:i! fullyLabeledReplicas:i readyReplicas:i availableReplicas:i terminatingReplicas:i observedGeneration:i conditions:[type]Condition
DaemonSet spec:DaemonSetSpec status:DaemonSetStatus
DaemonSetSpec selector:LabelSelector template:PodTemplateSpec! updateStrategy:DeploymentStrategy! minReadySeconds:i revisionHistoryLimit:i
DaemonSetStatus currentNumberScheduled:i! numberMisscheduled:i! desiredNumberScheduled:i! numberReady:i! observedGeneration:i updatedNumberScheduled:i numberAvailable:i numberUnavailable:i collisionCount:i conditions:[type]Condition
StatefulSet spec:StatefulSetSpec status:StatefulSetStatus
StatefulSetSpec replicas:i selector:LabelSelector template:PodTemplateSpec! volumeClaimTemplates:[]PersistentVolumeClaim serviceName podManagementPolicy updateStrategy:DeploymentStrategy! revisionHistoryLimit:i minReadySeconds:i persistentVolumeClaimRetentionPolicy:o ordinals:o
StatefulSetStatus observedGeneration:i replicas:i! readyReplicas:i currentReplicas:i updatedReplicas:i currentRevision updateRevision collisionCount:i conditions:[type]Condition availableReplicas:i
ControllerRevision data:o revision:i!
Job spec:JobSpec status:JobStatus
JobSpec parallelism:i completions:i activeDeadlineSeconds:i podFailurePolicy:o successPolicy:o backoffLimit:i backoffLimitPerIndex:i maxFailedIndexes:i selector:LabelSelector manualSelector:b template:PodTemplateSpec! ttlSecondsAfterFinished:i completionMode suspend:b podReplacementPolicy managedBy
JobStatus conditions:[]o startTime:t completionTime:t active:i succeeded:i failed:i terminating:i completedIndexes failedIndexes uncountedTerminatedPods:o ready:i
CronJob spec:CronJobSpec status:CronJobStatus
CronJobSpec schedule timeZone startingDeadlineSeconds:i concurrencyPolicy suspend:b jobTemplate:JobTemplateSpec successfulJobsHistoryLimit:i failedJobsHistoryLimit:i
JobTemplateSpec metadata:ObjectMeta spec:JobSpec
CronJobStatus active:[]ObjectReference lastScheduleTime:t lastSuccessfulTime:t
Role rules:[]PolicyRule!
ClusterRole rules:[]PolicyRule! aggregationRule:AggregationRule
AggregationRule clusterRoleSelectors:[]LabelSelector
PolicyRule verbs:[] apiGroups:[] resources:[] resourceNames:[] nonResourceURLs:[]
RoleBinding subjects:[]Subject roleRef:RoleRef
ClusterRoleBinding subjects:[]Subject roleRef:RoleRef
Subject kind apiGroup name namespace
RoleRef apiGroup kind name
CertificateSigningRequest spec:CSRSpec status:CSRStatus!
CSRSpec request:y signerName expirationSeconds:i usages:[] username uid groups:[] extra:{}o
CSRStatus conditions:[type]CSRCondition certificate:y
CSRCondition type status reason message lastUpdateTime:t lastTransitionTime:t
Lease spec:LeaseSpec
LeaseSpec holderIdentity leaseDurationSeconds:i acquireTime:d renewTime:d leaseTransitions:i strategy preferredHolder
TokenReview spec:TokenReviewSpec status:o
TokenReviewSpec token audiences:[]
TokenRequest spec:TokenRequestSpec status:o
TokenRequestSpec audiences:[] expirationSeconds:i boundObjectRef:BoundObjectRef
BoundObjectRef kind apiVersion name uid
SelfSubjectReview status:o
SubjectAccessReview spec:AccessReviewSpec status:o
LocalSubjectAccessReview spec:AccessReviewSpec status:o
SelfSubjectAccessReview spec:SelfAccessReviewSpec status:o
SelfAccessReviewSpec resourceAttributes:ResourceAttributes nonResourceAttributes:NonResourceAttributes
AccessReviewSpec resourceAttributes:ResourceAttributes nonResourceAttributes:NonResourceAttributes user groups:[] extra:{}o uid
ResourceAttributes namespace verb group version resource subresource name fieldSelector:o labelSelector:o
NonResourceAttributes path verb
SelfSubjectRulesReview spec:RulesReviewSpec status:o
RulesReviewSpec namespace
RuntimeClass handler overhead:o scheduling:o
PodDisruptionBudget spec:PodDisruptionBudgetSpec status:PodDisruptionBudgetStatus
PodDisruptionBudgetSpec minAvailable:x selector:LabelSelector maxUnavailable:x unhealthyPodEvictionPolicy
PodDisruptionBudgetStatus observedGeneration:i disruptedPods:o disruptionsAllowed:i! currentHealthy:i! desiredHealthy:i! expectedPods:i! conditions:[type]Condition
Eviction deleteOptions:o
NetworkPolicy spec:NetworkPolicySpec
NetworkPolicySpec podSelector:LabelSelector ingress:[]NetworkPolicyIngressRule egress:[]NetworkPolicyEgressRule policyTypes:[]
NetworkPolicyIngressRule ports:[]NetworkPolicyPort from:[]NetworkPolicyPeer
NetworkPolicyEgressRule ports:[]NetworkPolicyPort to:[]NetworkPolicyPeer
NetworkPolicyPort protocol port:x endPort:i
NetworkPolicyPeer podSelector:LabelSelector namespaceSelector:LabelSelector ipBlock:IPBlock
IPBlock cidr except:[]
PriorityClass value:i! globalDefault:b description preemptionPolicy
StorageClass provisioner parameters:m reclaimPolicy mountOptions:[] allowVolumeExpansion:b volumeBindingMode allowedTopologies:[]o
APIService spec:APIServiceSpec status:APIServiceStatus
APIServiceSpec service:o group version insecureSkipTLSVerify:b caBundle:y groupPriorityMinimum:i versionPriority:i
APIServiceStatus conditions:[type]Condition
Scale spec:ScaleSpec status:ScaleStatus
ScaleSpec replicas:i
ScaleStatus replicas:i! selector
Ingress spec:IngressSpec status:o
IngressSpec ingressClassName defaultBackend:o tls:[]IngressTLS rules:[]IngressRule
IngressTLS hosts:[] secretName
IngressRule host http:o
`;
