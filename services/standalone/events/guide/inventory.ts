import type { Guide } from './entry.ts';

const poll = 'Poll the API and post what it answers to `…/v1/inventory`; repeats are harmless.';

export const inventoryGuide: Guide = {
  'k8s-object': {
    tool: 'Kubernetes objects',
    seen: 'pods, nodes, workloads, bindings of Kubernetes and OpenShift, alone and in lists; services, accounts and watch events were built from the API’s definition',
    ship: `A watch of pods, nodes, ReplicaSets, Deployments, StatefulSets, DaemonSets, Jobs, CronJobs, Services, ServiceAccounts and
ClusterRoleBindings, one record an event, keyed by uid:

\`\`\`json
{"type":"MODIFIED","object":{"apiVersion":"v1","kind":"Pod","metadata":{}}}
\`\`\`

By hand: \`kubectl get pods -A --watch --output-watch-events -o json | jq -c . | kcat -P -b kafka:9092 -t raw.inventory -X acks=all\`.
A list will do, too: \`kubectl get pods,nodes,replicasets -A -o json\`.`,
    mapped:
      'Facts: addresses, containers, name, node, account, owner and images of pods; addresses of nodes; owners of workloads; cloud identities of accounts. Posture: privileged, host namespaces and paths, capabilities, cluster-admin.',
    not_mapped:
      'The objects are not indexed. Roles, network policies, namespaces and EndpointSlices are read and state nothing.',
  },
  scim: {
    tool: 'SCIM 2.0 users',
    seen: 'users and lists of RFC 7643 and 7644',
    ship: poll,
    mapped: 'User name, addresses and external id as one person.',
    not_mapped: 'Groups and patches (dropped by name); phone numbers and other personal data.',
  },
  keycloak: {
    tool: 'Keycloak',
    seen: 'one event log; user representations and newer logs were built from its documentation',
    ship: `${poll} The event log through a shipper.`,
    mapped: 'User name, address and subject id as one person; logins with their address.',
    not_mapped: 'Admin events.',
  },
  authentik: {
    tool: 'authentik',
    seen: 'JSON log of 2023',
    ship: 'Its log through a shipper.',
    mapped: 'User name and address as one person; logins and failures with their address.',
    not_mapped: 'Other events’ contexts.',
  },
  spire: {
    tool: 'SPIRE registration entries',
    seen: 'entries of the tests of its datastore; `spire-server entry show -output json` was built from its definition',
    ship: poll,
    mapped: 'Which account or pod a SPIFFE id belongs to, by its Kubernetes selectors.',
    not_mapped: 'Selectors of other attestors.',
  },
};
