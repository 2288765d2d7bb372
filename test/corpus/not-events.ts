const ingress = 'lines of ingress-nginx, which has no format; the frame around them is read';

/** Samples that give no event, and why. Everything else must give at least one. */
export const notEvents: ReadonlyMap<string, string> = new Map([
  ['admission/gatekeeper/log-review_response_stats.json', 'statistics of a webhook, dropped by name'],
  ['admission/k8s-audit/hkerma-audit-logs-cut.csv', 'a table that somebody made from audit events'],
  [
    'admission/policyreport/kyverno-conf-reports_admission_test-report-properties_chainsaw-step-03-assert-1.yaml',
    'all policies pass, dropped by name',
  ],
  [
    'admission/policyreport/kyverno-conf-validating-admission-policy-reports_background_validating-admission-policy-fail_report-assert.yaml',
    'part of a report, without a result',
  ],
  ['admission/policyreport/wg-sample-v1beta2-kyverno.yaml', 'all policies pass, dropped by name'],
  ['runtime/tetragon/otelrecv-test.json', 'a test event, dropped by name'],
  ['network/zeek/zeek-ascii-json-iso-ssh.ndjson', 'a test of time notations, without a connection'],
  ['network/zeek/zeek-nullfields.ndjson', 'a test of null fields, without a connection'],
  ['identity/k8s/openshift-clusterrole-admin.json', 'an object without its kind, and no pod or node'],
  [
    'identity/k8s/openshift-mutatingwebhook-pod-identity.json',
    'an object without its kind, and no pod or node',
  ],
  ['identity/k8s/openshift-serviceaccounts-summary.json', 'a count that a support tool made'],
  ['identity/scim/rfc7643-8.4-group.json', 'a group: names nobody, dropped by name'],
  ['identity/scim/rfc7644-3.5.2.1-patch_op-add_members.json', 'a patch: names nobody, dropped by name'],
  ['envelope/cri/crowdsec-cri.log', ingress],
  ['envelope/docker/crowdsec-docker.ndjson', ingress],
]);
