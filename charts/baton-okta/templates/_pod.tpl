{{/* The pod of every mode, from its metadata down. */}}
{{- define "baton-okta.pod" -}}
{{- $v := .Values }}
{{- $name := include "baton-okta.fullname" . }}
{{- $longRunning := ne $v.mode "cronjob" -}}
metadata:
  labels:
    {{- include "baton-okta.labels" (dict "root" . "labels" $v.podLabels) | nindent 4 }}
  annotations:
    # A changed setting is a new pod.
    checksum/settings: {{ include "baton-okta.settings" . | sha256sum }}
    checksum/secrets: {{ cat (include "baton-okta.secrets" .) $v.serve.tlsCert $v.serve.tlsKey $v.serve.tlsClientCa $v.serve.authToken $v.scim.tokens | sha256sum }}
    {{- with $v.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "baton-okta.serviceAccount" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    {{- toYaml ($v.podSecurityContext | default dict) | nindent 4 }}
  terminationGracePeriodSeconds: {{ $v.terminationGracePeriodSeconds }}
  {{- if not $longRunning }}
  restartPolicy: Never
  {{- end }}
  {{- range $key := list "imagePullSecrets" "priorityClassName" "nodeSelector" "affinity" "tolerations" "topologySpreadConstraints" }}
  {{- with get $v $key }}
  {{ $key }}: {{ if kindIs "string" . }}{{ . }}{{ else }}{{ tpl (toYaml .) $ | nindent 4 }}{{ end }}
  {{- end }}
  {{- end }}
  containers:
    - name: baton-okta
      image: {{ include "baton-okta.image" . }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      {{- if eq $v.mode "scim" }}
      args: [scim]
      {{- else if eq $v.mode "serve" }}
      args: [serve]
      {{- else if eq $v.mode "leases" }}
      args: [leases, run, --follow]
      {{- end }}
      envFrom:
        - configMapRef:
            name: {{ $name }}
        {{- if include "baton-okta.secrets" . }}
        - secretRef:
            name: {{ $name }}
        {{- end }}
        {{- with ternary "" $v.okta.existingSecret (eq (include "baton-okta.pushed" .) "true") }}
        - secretRef:
            name: {{ . }}
        {{- end }}
        {{- if and (eq (include "baton-okta.pushed" .) "true") $v.scim.storeExistingSecret }}
        - secretRef:
            name: {{ $v.scim.storeExistingSecret }}
        {{- end }}
        {{- if and (eq $v.mode "service") $v.platform.existingSecret (ne $v.platform.existingSecret $v.okta.existingSecret) }}
        - secretRef:
            name: {{ $v.platform.existingSecret }}
        {{- end }}
        {{- if and (eq (include "baton-okta.leases" .) "true") $v.leases.leaseStoreExistingSecret }}
        - secretRef:
            name: {{ $v.leases.leaseStoreExistingSecret }}
        {{- end }}
        {{- with $v.extraEnvFrom }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with $v.extraEnv }}
      env:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if $longRunning }}
      {{- include "baton-okta.ports" . | nindent 6 }}
      {{- end }}
      {{- if has $v.mode (list "serve" "scim") }}
      lifecycle:
        # Callers hear that this pod is leaving before it stops to listen.
        preStop:
          sleep:
            seconds: 5
      {{- end }}
      resources:
        {{- toYaml ($v.resources | default dict) | nindent 8 }}
      securityContext:
        {{- toYaml ($v.securityContext | default dict) | nindent 8 }}
      volumeMounts:
        {{- include "baton-okta.volumeMounts" . | nindent 8 }}
    {{- if and (eq (include "baton-okta.leases" .) "true") (ne $v.mode "leases") }}
    - name: leases
      image: {{ include "baton-okta.image" . }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      args: [leases, run, --follow]
      envFrom:
        - configMapRef:
            name: {{ $name }}
        {{- if include "baton-okta.secrets" . }}
        - secretRef:
            name: {{ $name }}
        {{- end }}
        {{- with $v.okta.existingSecret }}
        - secretRef:
            name: {{ . }}
        {{- end }}
        {{- with $v.leases.leaseStoreExistingSecret }}
        - secretRef:
            name: {{ . }}
        {{- end }}
        {{- with $v.extraEnvFrom }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      env:
        # The port of health and metrics is the first container's.
        - name: BATON_HEALTH_CHECK
          value: "false"
        {{- with $v.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      resources:
        {{- toYaml ($v.resources | default dict) | nindent 8 }}
      securityContext:
        {{- toYaml ($v.securityContext | default dict) | nindent 8 }}
      volumeMounts:
        {{- include "baton-okta.volumeMounts" . | nindent 8 }}
    {{- end }}
  volumes:
    {{- include "baton-okta.volumes" . | nindent 4 }}
{{- end }}

{{- define "baton-okta.ports" -}}
{{- if or .Values.health.enabled (has .Values.mode (list "serve" "scim")) -}}
ports:
  {{- if eq .Values.mode "serve" }}
  - name: grpc
    containerPort: {{ .Values.serve.port }}
  {{- end }}
  {{- if eq .Values.mode "scim" }}
  - name: scim
    containerPort: {{ .Values.scim.port }}
  {{- end }}
  {{- if .Values.health.enabled }}
  - name: health
    containerPort: {{ .Values.health.port }}
  {{- end }}
{{- end }}
{{- if .Values.health.enabled }}
{{- range $kind, $path := dict "startup" "/live" "liveness" "/live" "readiness" "/ready" }}
{{ $kind }}Probe:
  httpGet:
    path: {{ $path }}
    port: health
  {{- toYaml (get $.Values.probes $kind) | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{- define "baton-okta.volumeMounts" -}}
- name: data
  mountPath: /data
- name: tmp
  mountPath: /tmp
{{- if eq (include "baton-okta.serveTls" .) "true" }}
- name: tls
  mountPath: /etc/baton-okta/tls
  readOnly: true
{{- end }}
{{- if and (eq .Values.mode "serve") .Values.serve.tlsClientCa }}
- name: client-ca
  mountPath: /etc/baton-okta/client-ca
  readOnly: true
{{- end }}
{{- if eq (include "baton-okta.serveAuth" .) "true" }}
- name: auth
  mountPath: /etc/baton-okta/auth
  readOnly: true
{{- end }}
{{- if eq .Values.mode "scim" }}
- name: tokens
  mountPath: /etc/baton-okta/scim
  readOnly: true
{{- if .Values.scim.tlsExistingSecret }}
- name: tls
  mountPath: /etc/baton-okta/tls
  readOnly: true
{{- end }}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "baton-okta.volumes" -}}
- name: data
  {{- if eq (include "baton-okta.persistent" .) "true" }}
  persistentVolumeClaim:
    claimName: {{ .Values.persistence.existingClaim | default (include "baton-okta.fullname" .) }}
  {{- else }}
  emptyDir: {}
  {{- end }}
- name: tmp
  emptyDir: {}
{{- if eq (include "baton-okta.serveTls" .) "true" }}
- name: tls
  secret:
    secretName: {{ .Values.serve.tlsExistingSecret | default (printf "%s-tls" (include "baton-okta.fullname" .)) }}
    items:
      - {key: tls.crt, path: tls.crt}
      - {key: tls.key, path: tls.key}
{{- end }}
{{- if and (eq .Values.mode "serve") .Values.serve.tlsClientCa }}
- name: client-ca
  configMap:
    name: {{ include "baton-okta.fullname" . }}-client-ca
{{- end }}
{{- if eq (include "baton-okta.serveAuth" .) "true" }}
- name: auth
  secret:
    secretName: {{ .Values.serve.authTokenExistingSecret | default (printf "%s-auth" (include "baton-okta.fullname" .)) }}
    items:
      - {key: token, path: token}
{{- end }}
{{- if eq .Values.mode "scim" }}
- name: tokens
  secret:
    secretName: {{ .Values.scim.tokensExistingSecret | default (printf "%s-scim" (include "baton-okta.fullname" .)) }}
    defaultMode: 0440
{{- with .Values.scim.tlsExistingSecret }}
- name: tls
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* A gRPC server keeps nothing, so its pods need no volume that outlives them. */}}
{{- define "baton-okta.persistent" -}}
{{- and .Values.persistence.enabled (ne .Values.mode "serve") (or (ne .Values.mode "scim") (ne (include "baton-okta.postgres" .) "true")) (or (ne .Values.mode "leases") (ne (include "baton-okta.leasesPostgres" .) "true")) }}
{{- end }}
