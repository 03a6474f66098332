{{/* What the program is told in the open: one variable for each value. An empty value leaves the program's default. */}}
{{- define "baton-okta.settings" -}}
{{- $v := .Values }}
{{- $all := dict
  "BATON_DOMAIN" $v.okta.domain
  "BATON_AUTH_METHOD" $v.okta.authMethod
  "BATON_OKTA_CLIENT_ID" $v.okta.clientId
  "BATON_OKTA_PRIVATE_KEY_ID" $v.okta.privateKeyId
  "BATON_C1Z_TEMP_DIR" $v.sync.c1zTempDir
  "BATON_SOURCE" $v.sync.source
  "BATON_STORAGE_ENGINE" $v.sync.storageEngine
  "BATON_SYNC_CUSTOM_ROLES" $v.sync.customRoles
  "BATON_SYNC_SECRETS" $v.sync.secrets
  "BATON_SYNC_REACH" $v.sync.reach
  "BATON_SYNC_FINDINGS" $v.sync.findings
  "BATON_SYNC_INACTIVE_APPS" $v.sync.inactiveApps
  "BATON_SKIP_SECONDARY_EMAILS" $v.sync.skipSecondaryEmails
  "BATON_SKIP_APP_GROUPS" $v.sync.skipAppGroups
  "BATON_SKIP_UNREADABLE" $v.sync.skipUnreadable
  "BATON_INCREMENTAL" $v.sync.incremental
  "BATON_VERIFY_SAMPLE" $v.sync.verifySample
  "BATON_FULL_EVERY" $v.sync.fullEvery
  "BATON_FILTER_EMAIL_DOMAINS" $v.sync.filterEmailDomains
  "BATON_SYNC_RESOURCE_TYPES" $v.sync.resourceTypes
  "BATON_SYNC_RESOURCES" $v.sync.resources
  "BATON_SKIP_ENTITLEMENTS_AND_GRANTS" $v.sync.skipEntitlementsAndGrants
  "BATON_SKIP_GRANTS" $v.sync.skipGrants
  "BATON_PROVISIONING" $v.access.provisioning
  "BATON_AUDIT_LOG" $v.access.auditLog
  "BATON_RATE_LIMIT_SHARE" $v.limits.rateLimitShare
  "BATON_WORKERS" $v.limits.workers
  "BATON_HTTP_TIMEOUT_SECONDS" $v.limits.httpTimeoutSeconds
  "BATON_LOG_LEVEL" $v.log.level
  "BATON_LOG_FORMAT" $v.log.format
  "BATON_LOG_PATH" $v.log.path
  "BATON_OTEL_COLLECTOR_ENDPOINT" $v.otel.collectorEndpoint
  "BATON_OTEL_COLLECTOR_ENDPOINT_TLS_CERT_PATH" $v.otel.collectorEndpointTlsCertPath
  "BATON_OTEL_COLLECTOR_ENDPOINT_TLS_CERT" $v.otel.collectorEndpointTlsCert
  "BATON_OTEL_COLLECTOR_ENDPOINT_TLS_INSECURE" $v.otel.collectorEndpointTlsInsecure
  "BATON_OTEL_TRACING_DISABLED" $v.otel.tracingDisabled
  "BATON_OTEL_LOGGING_DISABLED" $v.otel.loggingDisabled
}}
{{- if ne $v.mode "cronjob" }}
{{- $all = merge $all (dict
  "BATON_HEALTH_CHECK" $v.health.enabled
  "BATON_HEALTH_CHECK_PORT" $v.health.port
  "BATON_HEALTH_CHECK_BIND_ADDRESS" $v.health.bindAddress
) }}
{{- end }}
{{- if and (eq (include "baton-okta.pushed" .) "true") (ne (include "baton-okta.postgres" .) "true") }}
{{- $all = merge $all (dict "BATON_STORE" $v.scim.store) }}
{{- end }}
{{- if and (eq (include "baton-okta.leases" .) "true") (not $v.leases.leaseStoreExistingSecret) (not (hasPrefix "postgres" $v.leases.leaseStore)) }}
{{- $all = merge $all (dict "BATON_LEASE_STORE" $v.leases.leaseStore) }}
{{- end }}
{{- if eq $v.mode "scim" }}
{{- $tls := ne $v.scim.tlsExistingSecret "" }}
{{- $all = merge $all (dict
  "BATON_LISTEN" (printf "0.0.0.0:%v" $v.scim.port)
  "BATON_TOKEN_FILE" "/etc/baton-okta/scim/tokens"
  "BATON_TLS_CERT" (ternary "/etc/baton-okta/tls/tls.crt" "" $tls)
  "BATON_TLS_KEY" (ternary "/etc/baton-okta/tls/tls.key" "" $tls)
  "BATON_INSECURE" $v.scim.insecure
  "BATON_COMPARE_WITH" $v.scim.compareWith
) }}
{{- else if eq $v.mode "service" }}
{{- $all = merge $all (dict
  "BATON_CLIENT_ID" $v.platform.clientId
  "BATON_TASK_CONCURRENCY" $v.platform.taskConcurrency
  "BATON_SKIP_FULL_SYNC" $v.platform.skipFullSync
  "BATON_C1_API_HOST" $v.platform.apiHost
  "BATON_HOST_ID" ($v.platform.hostId | default (include "baton-okta.fullname" .))
  "BATON_GET_TASKS" $v.platform.getTasks
) }}
{{- else if eq $v.mode "serve" }}
{{- $all = merge $all (dict
  "BATON_LISTEN" (printf "0.0.0.0:%v" $v.serve.port)
  "BATON_TLS_CERT" (ternary "/etc/baton-okta/tls/tls.crt" "" (eq (include "baton-okta.serveTls" .) "true"))
  "BATON_TLS_KEY" (ternary "/etc/baton-okta/tls/tls.key" "" (eq (include "baton-okta.serveTls" .) "true"))
  "BATON_TLS_CLIENT_CA" (ternary "/etc/baton-okta/client-ca/ca.crt" "" (ne $v.serve.tlsClientCa ""))
  "BATON_AUTH_TOKEN_FILE" (ternary "/etc/baton-okta/auth/token" "" (eq (include "baton-okta.serveAuth" .) "true"))
  "BATON_INSECURE" $v.serve.insecure
) }}
{{- else if ne $v.mode "leases" }}
{{- $all = merge $all (dict
  "BATON_FILE" $v.sync.file
  "BATON_WATCH" (ternary true "" (eq $v.mode "watch"))
  "BATON_EVERY" (ternary $v.sync.every "" (eq $v.mode "watch"))
  "BATON_KEEP_SYNC_COUNT" $v.sync.keepSyncCount
  "BATON_SKIP_CLEANUP" $v.sync.skipCleanup
) }}
{{- end }}
{{- range $name, $value := $all }}
{{- if kindIs "slice" $value }}{{ $value = join "," $value }}{{ end }}
{{- if ne (toString $value) "" }}
{{ $name }}: {{ toString $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* What the program is told in secret, where no Secret of the user's does. */}}
{{- define "baton-okta.secrets" -}}
{{- $v := .Values }}
{{- $all := dict }}
{{- $pushed := eq (include "baton-okta.pushed" .) "true" }}
{{- if and $pushed (not $v.scim.storeExistingSecret) (hasPrefix "postgres" $v.scim.store) }}
{{- $all = dict "BATON_STORE" $v.scim.store }}
{{- end }}
{{- if and (not $pushed) (not $v.okta.existingSecret) }}
{{- $all = dict "BATON_API_TOKEN" $v.okta.apiToken "BATON_OKTA_PRIVATE_KEY" $v.okta.privateKey }}
{{- end }}
{{- if and (eq $v.mode "service") (not $v.platform.existingSecret) }}
{{- $_ := set $all "BATON_CLIENT_SECRET" $v.platform.clientSecret }}
{{- end }}
{{- if and (eq (include "baton-okta.leases" .) "true") (not $v.leases.leaseStoreExistingSecret) (hasPrefix "postgres" $v.leases.leaseStore) }}
{{- $_ := set $all "BATON_LEASE_STORE" $v.leases.leaseStore }}
{{- end }}
{{- range $name, $value := $all }}
{{- if $value }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Whether it is about what Okta pushed, so that nothing is asked of Okta, and whether that is in PostgreSQL. */}}
{{- define "baton-okta.pushed" -}}
{{- or (eq .Values.mode "scim") (eq .Values.sync.source "scim") }}
{{- end }}
{{- define "baton-okta.postgres" -}}
{{- or (ne .Values.scim.storeExistingSecret "") (hasPrefix "postgres" .Values.scim.store) }}
{{- end }}

{{/* Whether leases are ended here, and whether their ledger is in PostgreSQL. */}}
{{- define "baton-okta.leases" -}}
{{- or (eq .Values.mode "leases") (and .Values.leases.beside (has .Values.mode (list "service" "watch"))) }}
{{- end }}
{{- define "baton-okta.leasesPostgres" -}}
{{- or (ne .Values.leases.leaseStoreExistingSecret "") (hasPrefix "postgres" .Values.leases.leaseStore) }}
{{- end }}

{{/* Whether a gRPC server has a certificate, and a token that callers must send. */}}
{{- define "baton-okta.serveTls" -}}
{{- and (eq .Values.mode "serve") (or (ne .Values.serve.tlsExistingSecret "") (ne .Values.serve.tlsCert "")) }}
{{- end }}
{{- define "baton-okta.serveAuth" -}}
{{- and (eq .Values.mode "serve") (or (ne .Values.serve.authTokenExistingSecret "") (ne .Values.serve.authToken "")) }}
{{- end }}

{{/* Refuses what cannot run, in words; the rest is refused by values.schema.json. */}}
{{- define "baton-okta.check" -}}
{{- $v := .Values }}
{{- $pushed := eq (include "baton-okta.pushed" .) "true" }}
{{- $postgres := eq (include "baton-okta.postgres" .) "true" }}
{{- if eq $v.mode "scim" }}
{{- if not (or $v.scim.tokens $v.scim.tokensExistingSecret) }}
{{- fail "the mode scim needs scim.tokens or scim.tokensExistingSecret" }}
{{- end }}
{{- if and (not $v.scim.tlsExistingSecret) (not $v.scim.insecure) }}
{{- fail "the mode scim needs scim.tlsExistingSecret, or scim.insecure where the ingress brings TLS" }}
{{- end }}
{{- if and $v.scim.tlsExistingSecret $v.scim.insecure }}{{ fail "scim.insecure and scim.tlsExistingSecret do not go together" }}{{ end }}
{{- if and (gt (int $v.scim.replicas) 1) (not $postgres) }}
{{- fail "several replicas need PostgreSQL: scim.store as a postgres:// address, or scim.storeExistingSecret" }}
{{- end }}
{{- if and $v.scim.ingress.enabled (not (and $v.scim.ingress.host $v.scim.ingress.tlsSecretName)) }}
{{- fail "scim.ingress needs host and tlsSecretName: Okta pushes over TLS only" }}
{{- end }}
{{- if and $v.health.enabled (eq (toString $v.scim.port) (toString $v.health.port)) }}
{{- fail "scim.port and health.port are the same" }}
{{- end }}
{{- else if and $pushed (not $postgres) }}
{{- fail "sync.source scim needs PostgreSQL: a pod cannot read another pod's file" }}
{{- end }}
{{- if and (eq $v.mode "leases") (gt (int $v.leases.replicas) 1) (ne (include "baton-okta.leasesPostgres" .) "true") }}
{{- fail "several replicas need PostgreSQL: leases.leaseStore as a postgres:// address, or leases.leaseStoreExistingSecret" }}
{{- end }}
{{- if and $pushed (eq (include "baton-okta.leases" .) "true") }}{{ fail "leases are ended in Okta: sync.source scim does not go with them" }}{{ end }}
{{- if and (not $pushed) (not $v.okta.domain) }}{{ fail "okta.domain is missing: the Okta org, as acme.okta.com" }}{{ end }}
{{- if and (not $pushed) (not $v.okta.existingSecret) }}
{{- if and (eq $v.okta.authMethod "api-token-group") (not $v.okta.apiToken) }}
{{- fail "okta.apiToken or okta.existingSecret is missing" }}
{{- end }}
{{- if and (eq $v.okta.authMethod "private-key-group") (not (and $v.okta.clientId $v.okta.privateKey $v.okta.privateKeyId)) }}
{{- fail "okta.clientId, okta.privateKey and okta.privateKeyId are needed with private-key-group, or okta.existingSecret" }}
{{- end }}
{{- end }}
{{- if and (eq $v.mode "service") (not $v.platform.existingSecret) (not (and $v.platform.clientId $v.platform.clientSecret)) }}
{{- fail "the mode service needs platform.clientId and platform.clientSecret, or platform.existingSecret" }}
{{- end }}
{{- if eq $v.mode "serve" }}
{{- $tls := eq (include "baton-okta.serveTls" .) "true" }}
{{- if and (not $tls) (not $v.serve.insecure) }}
{{- fail "the mode serve needs serve.tlsExistingSecret, or serve.tlsCert and serve.tlsKey, or serve.insecure" }}
{{- end }}
{{- if and $tls $v.serve.insecure }}{{ fail "serve.insecure and a certificate do not go together" }}{{ end }}
{{- if and (not $tls) $v.serve.tlsClientCa }}{{ fail "serve.tlsClientCa needs a certificate beside it" }}{{ end }}
{{- if and $v.health.enabled (eq (toString $v.serve.port) (toString $v.health.port)) }}
{{- fail "serve.port and health.port are the same" }}
{{- end }}
{{- end }}
{{- if and (ne $v.mode "cronjob") $v.health.enabled (regexMatch "^(127\\.|localhost$|::1$)" $v.health.bindAddress) }}
{{- fail "health.bindAddress is of the pod alone, so that no probe would reach it; take 0.0.0.0" }}
{{- end }}
{{- end }}
