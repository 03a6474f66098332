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

{{/*
The labels of whatever is created; takes a dict with root, and may take more labels. Of two of one name, that of the object wins
over that of the release, and both over the chart's; but pods are found by those of the selector, so they stay as they are.
*/}}
{{- define "baton-okta.labels" -}}
{{- $own := dict
  "app.kubernetes.io/version" .root.Chart.AppVersion
  "app.kubernetes.io/component" .root.Values.mode
  "app.kubernetes.io/managed-by" .root.Release.Service
  "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_")
}}
{{- merge (include "baton-okta.selector" .root | fromYaml) (.labels | default dict) .root.Values.commonLabels $own | toYaml }}
{{- end }}

{{/* The metadata of an object; takes a dict with root, and may take a suffix of the name, labels and annotations. */}}
{{- define "baton-okta.metadata" -}}
name: {{ include "baton-okta.fullname" .root }}{{ with .suffix }}-{{ . }}{{ end }}
labels:
  {{- include "baton-okta.labels" . | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
