{{- define "baton-okta.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Short enough that a CronJob's jobs and pods can add to it. */}}
{{- define "baton-okta.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "baton-okta.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "baton-okta.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "baton-okta.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "baton-okta.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "baton-okta.image" -}}
{{- with .Values.image }}
{{- .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "baton-okta.selector" -}}
app.kubernetes.io/name: {{ include "baton-okta.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "baton-okta.labels" -}}
{{ include "baton-okta.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: {{ .Values.mode }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The metadata of an object; takes a dict with root, and may take a suffix of the name, labels and annotations. */}}
{{- define "baton-okta.metadata" -}}
name: {{ include "baton-okta.fullname" .root }}{{ with .suffix }}-{{ . }}{{ end }}
labels:
  {{- include "baton-okta.labels" .root | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
