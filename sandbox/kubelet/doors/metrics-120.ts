// Families of this version’s metrics, one a line: name, type, help text. Names, types and texts are facts of the two versions;
// fidelity: of the several hundred families these are the first in order and those that kubelets are watched by.

export const metrics = `
apiserver_audit_event_total counter [ALPHA] Counter of audit events generated and sent to the audit backend.
apiserver_audit_requests_rejected_total counter [ALPHA] Counter of apiserver requests rejected due to an error in audit logging backend.
apiserver_client_certificate_expiration_seconds histogram [ALPHA] Distribution of the remaining lifetime on the certificate used to authenticate a request.
apiserver_envelope_encryption_dek_cache_fill_percent gauge [ALPHA] Percent of the cache slots currently occupied by cached DEKs.
apiserver_storage_data_key_generation_duration_seconds histogram [ALPHA] Latencies in seconds of data encryption key(DEK) generation operations.
apiserver_storage_data_key_generation_failures_total counter [ALPHA] Total number of failed data encryption key(DEK) generation operations.
apiserver_storage_envelope_transformation_cache_misses_total counter [ALPHA] Total number of cache misses while accessing key decryption key(KEK).
authentication_token_cache_active_fetch_count gauge [ALPHA] 
authentication_token_cache_fetch_total counter [ALPHA] 
authentication_token_cache_request_duration_seconds histogram [ALPHA] 
get_token_count counter [ALPHA] Counter of total Token() requests to the alternate token source
get_token_fail_count counter [ALPHA] Counter of failed Token() requests to the alternate token source
go_gc_duration_seconds summary A summary of the pause duration of garbage collection cycles.
go_goroutines gauge Number of goroutines that currently exist.
go_info gauge Information about the Go environment.
go_memstats_alloc_bytes gauge Number of bytes allocated and still in use.
go_memstats_alloc_bytes_total counter Total number of bytes allocated, even if freed.
go_memstats_buck_hash_sys_bytes gauge Number of bytes used by the profiling bucket hash table.
go_memstats_frees_total counter Total number of frees.
go_memstats_gc_cpu_fraction gauge The fraction of this program's available CPU time used by the GC since the program started.
go_memstats_gc_sys_bytes gauge Number of bytes used for garbage collection system metadata.
go_memstats_heap_alloc_bytes gauge Number of heap bytes allocated and still in use.
go_memstats_heap_idle_bytes gauge Number of heap bytes waiting to be used.
go_memstats_heap_inuse_bytes gauge Number of heap bytes that are in use.
go_memstats_heap_objects gauge Number of allocated objects.
go_memstats_heap_released_bytes gauge Number of heap bytes released to OS.
go_memstats_heap_sys_bytes gauge Number of heap bytes obtained from system.
go_memstats_last_gc_time_seconds gauge Number of seconds since 1970 of last garbage collection.
go_memstats_lookups_total counter Total number of pointer lookups.
go_memstats_mallocs_total counter Total number of mallocs.
go_memstats_mcache_inuse_bytes gauge Number of bytes in use by mcache structures.
go_memstats_mcache_sys_bytes gauge Number of bytes used for mcache structures obtained from system.
go_memstats_mspan_inuse_bytes gauge Number of bytes in use by mspan structures.
go_memstats_mspan_sys_bytes gauge Number of bytes used for mspan structures obtained from system.
go_memstats_next_gc_bytes gauge Number of heap bytes when next garbage collection will take place.
go_memstats_other_sys_bytes gauge Number of bytes used for other system allocations.
go_memstats_stack_inuse_bytes gauge Number of bytes in use by the stack allocator.
go_memstats_stack_sys_bytes gauge Number of bytes obtained from system for stack allocator.
go_memstats_sys_bytes gauge Number of bytes obtained from system.
go_threads gauge Number of OS threads created.
kubelet_container_log_filesystem_used_bytes gauge [ALPHA] Bytes used by the container's logs on the filesystem.
kubelet_containers_per_pod_count histogram [ALPHA] The number of containers per pod.
kubelet_http_inflight_requests gauge [ALPHA] Number of the inflight http requests
kubelet_http_requests_duration_seconds histogram [ALPHA] Duration in seconds to serve http requests
kubelet_http_requests_total counter [ALPHA] Number of the http requests received since the server started
kubelet_node_config_error gauge [ALPHA] This metric is true (1) if the node is experiencing a configuration-related error, false (0) otherwise.
kubelet_node_name gauge [ALPHA] The node's name. The count is always 1.
kubelet_pleg_discard_events counter [ALPHA] The number of discard events in PLEG.
kubelet_pleg_last_seen_seconds gauge [ALPHA] Timestamp in seconds when PLEG was last seen active.
kubelet_pleg_relist_duration_seconds histogram [ALPHA] Duration in seconds for relisting pods in PLEG.
kubelet_pleg_relist_interval_seconds histogram [ALPHA] Interval in seconds between relisting in PLEG.
kubelet_pod_start_duration_seconds histogram [ALPHA] Duration in seconds for a single pod to go from pending to running.
kubelet_pod_worker_start_duration_seconds histogram [ALPHA] Duration in seconds from seeing a pod to starting a worker.
kubelet_run_podsandbox_duration_seconds histogram [ALPHA] Duration in seconds of the run_podsandbox operations. Broken down by RuntimeClass.Handler.
kubelet_running_containers gauge [ALPHA] Number of containers currently running
kubelet_running_pods gauge [ALPHA] Number of pods currently running
kubelet_runtime_operations_duration_seconds histogram [ALPHA] Duration in seconds of runtime operations. Broken down by operation type.
kubernetes_build_info gauge [ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.
process_start_time_seconds gauge [ALPHA] Start time of the process since unix epoch in seconds.
`;

export const cadvisor = `
cadvisor_version_info gauge A metric with a constant '1' value labeled by kernel version, OS version, docker version, cadvisor version & cadvisor revision.
container_cpu_load_average_10s gauge Value of container cpu load average over the last 10 seconds.
container_cpu_system_seconds_total counter Cumulative system cpu time consumed in seconds.
container_cpu_user_seconds_total counter Cumulative user cpu time consumed in seconds.
container_file_descriptors gauge Number of open file descriptors for the container.
container_fs_inodes_free gauge Number of available Inodes
container_fs_inodes_total gauge Number of Inodes
container_fs_io_current gauge Number of I/Os currently in progress
container_fs_io_time_seconds_total counter Cumulative count of seconds spent doing I/Os
container_fs_io_time_weighted_seconds_total counter Cumulative weighted I/O time in seconds
container_fs_limit_bytes gauge Number of bytes that can be consumed by the container on this filesystem.
container_fs_read_seconds_total counter Cumulative count of seconds spent reading
container_fs_reads_merged_total counter Cumulative count of reads merged
container_fs_reads_total counter Cumulative count of reads completed
`;
