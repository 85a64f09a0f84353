{{- define "lyceum.labels" -}}
app.kubernetes.io/name: lyceum
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "lyceum.selector" -}}
app.kubernetes.io/name: lyceum
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "lyceum.check" -}}
{{- if and (gt (int .Values.replicas) 1) (not .Values.postgres.secret) }}
{{- fail "More than one replica needs a database on Postgres: let postgres.secret name a Secret with its url." }}
{{- end }}
{{- end }}

{{- define "lyceum.image" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{- define "lyceum.environment" -}}
- {name: LYCEUM_STORAGE__PATH, value: /data/lyceum.db}
- {name: LYCEUM_HEALTH__HOST, value: 0.0.0.0}
- {name: LYCEUM_HEALTH__PORT, value: "8080"}
- {name: LYCEUM_HEALTH__DRAIN_S, value: {{ .Values.drainSeconds | quote }}}
{{- range $name, $value := .Values.settings }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- if .Values.postgres.secret }}
- name: LYCEUM_STORAGE__URL
  valueFrom:
    secretKeyRef: {name: {{ .Values.postgres.secret }}, key: url}
{{- end }}
{{- end }}

{{- define "lyceum.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "lyceum.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}
