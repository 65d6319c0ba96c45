/**
 * Names that any condition may use: each stands for an expression over what common exporters give. A file adds to them
 * and replaces them under its own `aliases`. Shares are percent from 0 to 100. A share or a mean of nothing, such as the
 * hit rate of a cache that nobody asked, is blind: silence is no proof of health.
 */
export const SHIPPED_ALIASES: Readonly<Record<string, string>> = {
  // A probe's answer, or Prometheus' own.
  health_check_failed: '1 - up',

  // node-exporter
  cpu_utilization: '100 * (1 - avg(rate(node_cpu_seconds_total{mode="idle"}[2m])))',
  load_per_cpu: 'node_load5 / count(node_cpu_seconds_total{mode="idle"})',
  memory_usage: '100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)',
  disk_usage: '100 * (1 - node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"})',
  inode_usage: '100 * (1 - node_filesystem_files_free{mountpoint="/"} / node_filesystem_files{mountpoint="/"})',
  conntrack_usage: '100 * node_nf_conntrack_entries / node_nf_conntrack_entries_limit',
  disk_reads_per_second: 'sum(rate(node_disk_reads_completed_total[2m]))',
  disk_writes_per_second: 'sum(rate(node_disk_writes_completed_total[2m]))',
  disk_read_latency_ms: '1000 * sum(rate(node_disk_read_time_seconds_total[2m])) / disk_reads_per_second',
  disk_write_latency_ms: '1000 * sum(rate(node_disk_write_time_seconds_total[2m])) / disk_writes_per_second',

  // What the Prometheus client libraries say of every process; 100 is one core.
  process_cpu_utilization: '100 * rate(process_cpu_seconds_total[2m])',
  process_memory_mib: 'process_resident_memory_bytes / 1048576',
  process_open_files_usage: '100 * process_open_fds / process_max_fds',

  // Instrumented HTTP services
  qps: 'sum(rate(http_requests_total[2m]))',
  error_rate: '100 * sum(rate(http_requests_total{code=~"5.."}[2m])) / qps',
  latency_ms:
    '1000 * sum(rate(http_request_duration_seconds_sum[2m])) / sum(rate(http_request_duration_seconds_count[2m]))',

  // Kubernetes: the kubelet and its cAdvisor, kube-state-metrics
  volume_usage: '100 * kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes',
  container_memory_usage: '100 * container_memory_working_set_bytes / container_spec_memory_limit_bytes',
  quota_memory_usage:
    '100 * kube_resourcequota{resource="requests.memory", type="used"} / kube_resourcequota{resource="requests.memory", type="hard"}',
  quota_cpu_usage:
    '100 * kube_resourcequota{resource="requests.cpu", type="used"} / kube_resourcequota{resource="requests.cpu", type="hard"}',

  // blackbox_exporter: of a chain, the certificate that expires first
  certificate_days_left: '(min(probe_ssl_earliest_cert_expiry) - time()) / 86400',

  // redis_exporter
  redis_memory_usage: '100 * redis_memory_used_bytes / redis_memory_max_bytes',
  redis_connections_usage: '100 * redis_connected_clients / redis_config_maxclients',
  cache_hit_rate:
    '100 * rate(redis_keyspace_hits_total[5m]) / (rate(redis_keyspace_hits_total[5m]) + rate(redis_keyspace_misses_total[5m]))',

  // HikariCP by Micrometer, postgres_exporter, mysqld_exporter
  db_connection_errors: 'sum(increase(hikaricp_connections_timeout_total[5m]))',
  db_pool_usage: '100 * sum(hikaricp_connections_active) / sum(hikaricp_connections_max)',
  db_connections_usage: '100 * sum(pg_stat_activity_count) / pg_settings_max_connections',
  mysql_connections_usage: '100 * mysql_global_status_threads_connected / mysql_global_variables_max_connections',
}
