// Families of this version’s metrics, one a line: name, type, help text. Names, types and texts are facts of the two versions;
// fidelity: of the several hundred families these are the first in order and those that kubelets are watched by.

export const metrics = `
aggregator_discovery_aggregation_count_total counter [ALPHA] Counter of number of times discovery was aggregated
aggregator_discovery_nopeer_requests_total counter [ALPHA] Counter of number of times no-peer (non peer-aggregated) discovery was requested
aggregator_discovery_peer_aggregated_cache_hits_total counter [ALPHA] Counter of number of times discovery was served from peer-aggregated cache
aggregator_discovery_peer_aggregated_cache_misses_total counter [ALPHA] Counter of number of times discovery was aggregated across all API servers
apiserver_audit_event_total counter [ALPHA] Counter of audit events generated and sent to the audit backend.
apiserver_audit_requests_rejected_total counter [ALPHA] Counter of apiserver requests rejected due to an error in audit logging backend.
apiserver_client_certificate_expiration_seconds histogram [ALPHA] Distribution of the remaining lifetime on the certificate used to authenticate a request.
apiserver_delegated_authn_request_duration_seconds histogram [ALPHA] Request latency in seconds. Broken down by status code.
apiserver_delegated_authn_request_total counter [ALPHA] Number of HTTP requests partitioned by status code.
apiserver_delegated_authz_request_duration_seconds histogram [ALPHA] Request latency in seconds. Broken down by status code.
apiserver_delegated_authz_request_total counter [ALPHA] Number of HTTP requests partitioned by status code.
apiserver_envelope_encryption_dek_cache_fill_percent gauge [ALPHA] Percent of the cache slots currently occupied by cached DEKs.
apiserver_storage_data_key_generation_duration_seconds histogram [ALPHA] Latencies in seconds of data encryption key(DEK) generation operations.
apiserver_storage_data_key_generation_failures_total counter [ALPHA] Total number of failed data encryption key(DEK) generation operations.
apiserver_storage_envelope_transformation_cache_misses_total counter [ALPHA] Total number of cache misses while accessing key decryption key(KEK).
apiserver_validation_declarative_validation_mismatch_total counter [BETA] Number of times declarative validation results differed from handwritten validation results for core types.
apiserver_validation_declarative_validation_panic_total counter [BETA] Number of times declarative validation has panicked during validation.
apiserver_validation_duplicate_validation_error_total counter [INTERNAL] Number of duplicate validation errors during validation.
apiserver_webhooks_x509_insecure_sha1_total counter [ALPHA] Counts the number of requests to servers with insecure SHA1 signatures in their serving certificate OR the number of connection failures due to the insecure SHA1 signatures (either/or, based on the runtime environment)
apiserver_webhooks_x509_missing_san_total counter [ALPHA] Counts the number of requests to servers missing SAN extension in their serving certificate OR the number of connection failures due to the lack of x509 certificate SAN extension missing (either/or, based on the runtime environment)
cardinality_enforcement_unexpected_categorizations_total counter [ALPHA] The count of unexpected categorizations during cardinality enforcement.
disabled_metrics_total counter [BETA] The count of disabled metrics.
dra_operations_duration_seconds histogram [ALPHA] Latency histogram in seconds for the duration of handling all ResourceClaims referenced by a pod when the pod starts or stops. Identified by the name of the operation (PrepareResources or UnprepareResources) and separated by the success of the operation. The number of failed operations is provided through the histogram's overall count.
dra_resource_claims_in_use gauge [ALPHA] The number of ResourceClaims that are currently in use on the node, by driver name (driver_name label value) and across all drivers (special value <any> for driver_name). Note that the sum of all by-driver counts is not the total number of in-use ResourceClaims because the same ResourceClaim might use devices from different drivers. Instead, use the count for the <any> driver_name.
force_cleaned_failed_volume_operation_errors_total counter [ALPHA] The number of volumes that failed force cleanup after their reconstruction failed during kubelet startup.
force_cleaned_failed_volume_operations_total counter [ALPHA] The number of volumes that were force cleaned after their reconstruction failed during kubelet startup. This includes both successful and failed cleanups.
go_cgo_go_to_c_calls_calls_total counter Count of calls made from Go to C by the current process. Sourced from /cgo/go-to-c-calls:calls.
go_cpu_classes_gc_mark_assist_cpu_seconds_total counter Estimated total CPU time goroutines spent performing GC tasks to assist the GC and prevent it from falling behind the application. This metric is an overestimate, and not directly comparable to system CPU time measurements. Compare only with other /cpu/classes metrics. Sourced from /cpu/classes/gc/mark/assist:cpu-seconds.
go_cpu_classes_gc_mark_dedicated_cpu_seconds_total counter Estimated total CPU time spent performing GC tasks on processors (as defined by GOMAXPROCS) dedicated to those tasks. This metric is an overestimate, and not directly comparable to system CPU time measurements. Compare only with other /cpu/classes metrics. Sourced from /cpu/classes/gc/mark/dedicated:cpu-seconds.
go_cpu_classes_gc_mark_idle_cpu_seconds_total counter Estimated total CPU time spent performing GC tasks on spare CPU resources that the Go scheduler could not otherwise find a use for. This should be subtracted from the total GC CPU time to obtain a measure of compulsory GC CPU time. This metric is an overestimate, and not directly comparable to system CPU time measurements. Compare only with other /cpu/classes metrics. Sourced from /cpu/classes/gc/mark/idle:cpu-seconds.
go_cpu_classes_gc_pause_cpu_seconds_total counter Estimated total CPU time spent with the application paused by the GC. Even if only one thread is running during the pause, this is computed as GOMAXPROCS times the pause latency because nothing else can be executing. This is the exact sum of samples in /sched/pauses/total/gc:seconds if each sample is multiplied by GOMAXPROCS at the time it is taken. This metric is an overestimate, and not directly comparable to system CPU time measurements. Compare only with other /cpu/classes metrics. Sourced from /cpu/classes/gc/pause:cpu-seconds.
go_cpu_classes_gc_total_cpu_seconds_total counter Estimated total CPU time spent performing GC tasks. This metric is an overestimate, and not directly comparable to system CPU time measurements. Compare only with other /cpu/classes metrics. Sum of all metrics in /cpu/classes/gc. Sourced from /cpu/classes/gc/total:cpu-seconds.
go_cpu_classes_idle_cpu_seconds_total counter Estimated total available CPU time not spent executing any Go or Go runtime code. In other words, the part of /cpu/classes/total:cpu-seconds that was unused. This metric is an overestimate, and not directly comparable to system CPU time measurements. Compare only with other /cpu/classes metrics. Sourced from /cpu/classes/idle:cpu-seconds.
go_cpu_classes_scavenge_assist_cpu_seconds_total counter Estimated total CPU time spent returning unused memory to the underlying platform in response eagerly to memory pressure. This metric is an overestimate, and not directly comparable to system CPU time measurements. Compare only with other /cpu/classes metrics. Sourced from /cpu/classes/scavenge/assist:cpu-seconds.
go_cpu_classes_scavenge_background_cpu_seconds_total counter Estimated total CPU time spent performing background tasks to return unused memory to the underlying platform. This metric is an overestimate, and not directly comparable to system CPU time measurements. Compare only with other /cpu/classes metrics. Sourced from /cpu/classes/scavenge/background:cpu-seconds.
go_cpu_classes_scavenge_total_cpu_seconds_total counter Estimated total CPU time spent performing tasks that return unused memory to the underlying platform. This metric is an overestimate, and not directly comparable to system CPU time measurements. Compare only with other /cpu/classes metrics. Sum of all metrics in /cpu/classes/scavenge. Sourced from /cpu/classes/scavenge/total:cpu-seconds.
go_cpu_classes_total_cpu_seconds_total counter Estimated total available CPU time for user Go code or the Go runtime, as defined by GOMAXPROCS. In other words, GOMAXPROCS integrated over the wall-clock duration this process has been executing for. This metric is an overestimate, and not directly comparable to system CPU time measurements. Compare only with other /cpu/classes metrics. Sum of all metrics in /cpu/classes. Sourced from /cpu/classes/total:cpu-seconds.
go_cpu_classes_user_cpu_seconds_total counter Estimated total CPU time spent running user Go code. This may also include some small amount of time spent in the Go runtime. This metric is an overestimate, and not directly comparable to system CPU time measurements. Compare only with other /cpu/classes metrics. Sourced from /cpu/classes/user:cpu-seconds.
go_gc_cleanups_executed_cleanups_total counter Approximate total count of cleanup functions (created by runtime.AddCleanup) executed by the runtime. Subtract /gc/cleanups/queued:cleanups to approximate cleanup queue length. Useful for detecting slow cleanups holding up the queue. Sourced from /gc/cleanups/executed:cleanups.
go_gc_cleanups_queued_cleanups_total counter Approximate total count of cleanup functions (created by runtime.AddCleanup) queued by the runtime for execution. Subtract from /gc/cleanups/executed:cleanups to approximate cleanup queue length. Useful for detecting slow cleanups holding up the queue. Sourced from /gc/cleanups/queued:cleanups.
go_gc_cycles_automatic_gc_cycles_total counter Count of completed GC cycles generated by the Go runtime. Sourced from /gc/cycles/automatic:gc-cycles.
go_gc_cycles_forced_gc_cycles_total counter Count of completed GC cycles forced by the application. Sourced from /gc/cycles/forced:gc-cycles.
go_gc_cycles_total_gc_cycles_total counter Count of all completed GC cycles. Sourced from /gc/cycles/total:gc-cycles.
go_gc_duration_seconds summary A summary of the wall-time pause (stop-the-world) duration in garbage collection cycles.
go_gc_finalizers_executed_finalizers_total counter Total count of finalizer functions (created by runtime.SetFinalizer) executed by the runtime. Subtract /gc/finalizers/queued:finalizers to approximate finalizer queue length. Useful for detecting finalizers overwhelming the queue, either by being too slow, or by there being too many of them. Sourced from /gc/finalizers/executed:finalizers.
go_gc_finalizers_queued_finalizers_total counter Total count of finalizer functions (created by runtime.SetFinalizer) and queued by the runtime for execution. Subtract from /gc/finalizers/executed:finalizers to approximate finalizer queue length. Useful for detecting slow finalizers holding up the queue. Sourced from /gc/finalizers/queued:finalizers.
go_gc_gogc_percent gauge Heap size target percentage configured by the user, otherwise 100. This value is set by the GOGC environment variable, and the runtime/debug.SetGCPercent function. Sourced from /gc/gogc:percent.
go_gc_gomemlimit_bytes gauge Go runtime memory limit configured by the user, otherwise math.MaxInt64. This value is set by the GOMEMLIMIT environment variable, and the runtime/debug.SetMemoryLimit function. Sourced from /gc/gomemlimit:bytes.
go_gc_heap_allocs_by_size_bytes histogram Distribution of heap allocations by approximate size. Bucket counts increase monotonically. Note that this does not include tiny objects as defined by /gc/heap/tiny/allocs:objects, only tiny blocks. Sourced from /gc/heap/allocs-by-size:bytes.
go_gc_heap_allocs_bytes_total counter Cumulative sum of memory allocated to the heap by the application. Sourced from /gc/heap/allocs:bytes.
go_gc_heap_allocs_objects_total counter Cumulative count of heap allocations triggered by the application. Note that this does not include tiny objects as defined by /gc/heap/tiny/allocs:objects, only tiny blocks. Sourced from /gc/heap/allocs:objects.
go_gc_heap_frees_by_size_bytes histogram Distribution of freed heap allocations by approximate size. Bucket counts increase monotonically. Note that this does not include tiny objects as defined by /gc/heap/tiny/allocs:objects, only tiny blocks. Sourced from /gc/heap/frees-by-size:bytes.
kubelet_http_requests_total counter [ALPHA] Number of the http requests received since the server started
kubelet_node_name gauge [ALPHA] The node's name. The count is always 1.
kubelet_running_containers gauge [ALPHA] Number of containers currently running
kubelet_running_pods gauge [ALPHA] Number of pods that have a running pod sandbox
kubernetes_build_info gauge [ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.
process_start_time_seconds gauge [ALPHA] Start time of the process since unix epoch in seconds.
`;

export const cadvisor = `
cadvisor_version_info gauge A metric with a constant '1' value labeled by kernel version, OS version, docker version, cadvisor version & cadvisor revision.
container_cpu_load_average_10s gauge Value of container cpu load average over the last 10 seconds.
container_cpu_load_d_average_10s gauge Value of container cpu load.d average over the last 10 seconds.
container_cpu_system_seconds_total counter Cumulative system cpu time consumed in seconds.
container_cpu_usage_seconds_total counter Cumulative cpu time consumed in seconds.
container_cpu_user_seconds_total counter Cumulative user cpu time consumed in seconds.
container_file_descriptors gauge Number of open file descriptors for the container.
container_fs_inodes_free gauge Number of available Inodes
container_fs_inodes_total gauge Number of Inodes
container_fs_io_current gauge Number of I/Os currently in progress
container_fs_io_time_seconds_total counter Cumulative count of seconds spent doing I/Os
container_fs_io_time_weighted_seconds_total counter Cumulative weighted I/O time in seconds
`;
