// Flags of kube-apiserver 1.36 by type, with their defaults.

/** `name` or `name=default`, by pflag type. */
export const FLAGS: Readonly<Record<string, string>> = {
  bool: `aggregator-reject-forwarding-redirects=true allow-privileged anonymous-auth=true audit-log-batch-throttle-enable
    audit-log-compress audit-log-truncate-enabled audit-webhook-batch-throttle-enable=true audit-webhook-truncate-enabled
    contention-profiling disable-http2-serving emulation-forward-compatible enable-aggregator-routing enable-bootstrap-token-auth
    enable-garbage-collector=true enable-logs-handler enable-priority-and-fairness=true
    encryption-provider-config-automatic-reload help log-json-split-stream log-text-split-stream permit-address-sharing
    permit-port-sharing profiling=true runtime-config-emulation-forward-compatible service-account-extend-token-expiration=true
    service-account-lookup=true shutdown-send-retry-after watch-cache=true`,
  int: `audit-log-batch-buffer-size=10000 audit-log-batch-max-size=1 audit-log-batch-throttle-burst audit-log-maxage
    audit-log-maxbackup audit-log-maxsize audit-webhook-batch-buffer-size=10000 audit-webhook-batch-max-size=400
    audit-webhook-batch-throttle-burst=15 delete-collection-workers=1 http2-max-streams-per-connection kubelet-port=10250
    kubelet-read-only-port=10255 kubernetes-service-node-port max-mutating-requests-inflight=200 max-requests-inflight=400
    min-request-timeout=1800 secure-port=6443`,
  int64: `audit-log-truncate-max-batch-size=10485760 audit-log-truncate-max-event-size=102400 lease-reuse-duration-seconds=60
    max-connection-bytes-per-sec v`,
  float: "audit-log-batch-throttle-qps audit-webhook-batch-throttle-qps=10 goaway-chance",
  duration: `audit-log-batch-max-wait=0s audit-webhook-batch-max-wait=30s audit-webhook-initial-backoff=10s
    authentication-token-webhook-cache-ttl=2m0s authorization-webhook-cache-authorized-ttl=5m0s
    authorization-webhook-cache-unauthorized-ttl=30s etcd-compaction-interval=5m0s etcd-count-metric-poll-period=1m0s
    etcd-db-metric-poll-interval=30s etcd-healthcheck-timeout=2s etcd-readycheck-timeout=2s event-ttl=1h0m0s kubelet-timeout=5s
    livez-grace-period=0s log-flush-frequency=5s request-timeout=1m0s service-account-max-token-expiration=0s
    shutdown-delay-duration=0s shutdown-watch-termination-grace-period=0s storage-initialization-timeout=1m0s`,
  ip: "advertise-address bind-address=0.0.0.0",
  list: `admission-control allow-metric-labels api-audiences authorization-mode cors-allowed-origins disable-admission-plugins
    disabled-metrics emulated-version enable-admission-plugins etcd-servers etcd-servers-overrides feature-gates
    kubelet-preferred-address-types=Hostname,InternalDNS,InternalIP,ExternalDNS,ExternalIP oidc-groups-claim oidc-required-claim
    oidc-signing-algs=RS256 requestheader-allowed-names requestheader-extra-headers-prefix requestheader-group-headers
    requestheader-uid-headers requestheader-username-headers runtime-config service-account-issuer service-account-key-file
    strict-transport-security-directives tls-cipher-suites tls-sni-cert-key watch-cache-sizes`,
  string: `admission-control-config-file allow-metric-labels-manifest audit-log-format=json audit-log-mode=blocking audit-log-path
    audit-log-version=audit.k8s.io/v1 audit-policy-file audit-webhook-config-file audit-webhook-mode=batch
    audit-webhook-version=audit.k8s.io/v1 authentication-config authentication-token-webhook-config-file
    authentication-token-webhook-version=v1beta1 authorization-config authorization-policy-file authorization-webhook-config-file
    authorization-webhook-version=v1beta1 cert-dir=/var/run/kubernetes client-ca-file cloud-config cloud-provider
    debug-socket-path egress-selector-config-file encryption-provider-config endpoint-reconciler-type=lease etcd-cafile
    etcd-certfile etcd-keyfile etcd-prefix=/registry external-hostname kubelet-certificate-authority kubelet-client-certificate
    kubelet-client-key log-json-info-buffer-size=0 log-text-info-buffer-size=0 logging-format=text oidc-ca-file oidc-client-id
    oidc-groups-prefix oidc-issuer-url oidc-username-claim=sub oidc-username-prefix peer-advertise-ip peer-advertise-port
    peer-ca-file proxy-client-cert-file proxy-client-key-file requestheader-client-ca-file sandbox-state
    service-account-jwks-uri service-account-signing-endpoint service-account-signing-key-file service-cluster-ip-range
    service-node-port-range=30000-32767 show-hidden-metrics-for-version storage-backend
    storage-media-type=application/vnd.kubernetes.protobuf tls-cert-file tls-min-version tls-private-key-file token-auth-file
    tracing-config-file version vmodule`,
};
