import type { Level } from '#shared/avro/types.generated.ts';

/**
 * What is generally known of Falco's published rules: how much an alert says by itself, and what it means. A priority
 * tells how bad it would be if it were an attack; a level also tells how often it is one. Rules that fire in every
 * healthy cluster are `low`: they join an incident but never hold one together.
 */
export interface KnownRule {
  readonly level: Level;
  readonly tactic: string;
  readonly technique?: string | undefined;
  /** What the rule sees reaches the node: the node is a target. */
  readonly reaches_node?: true;
  /** The peer decides: loopback makes it low, an address outside makes it high. */
  readonly peer_decides?: true;
}

function known(level: Level, tactic: string, technique?: string): KnownRule {
  return { level, tactic, technique };
}

function escape(level: Level, technique = 'T1611'): KnownRule {
  return { level, tactic: 'privilege-escalation', technique, reaches_node: true };
}

export const knownRules: ReadonlyMap<string, KnownRule> = new Map([
  // Escapes and the kernel: rare outside of node agents, and serious.
  ['Detect release_agent File Container Escapes', escape('critical')],
  ['Debugfs Launched in Privileged Container', escape('high')],
  ['Mount Launched in Privileged Container', escape('medium')],
  // Network drivers enter the node's namespaces when they start.
  ['Change thread namespace', escape('low')],
  ['Change namespace privileges via unshare', escape('medium')],
  [
    'Linux Kernel Module Injection Detected',
    { level: 'high', tactic: 'persistence', technique: 'T1547.006', reaches_node: true },
  ],
  ['BPF Program Not Profiled', known('low', 'defense-evasion', 'T1014')],
  ['Unprivileged Delegation of Page Faults Handling to a Userspace Process', escape('high', 'T1068')],
  ['Polkit Local Privilege Escalation Vulnerability (CVE-2021-4034)', escape('high', 'T1068')],
  ['Potential Local Privilege Escalation via Environment Variables Misuse', escape('high', 'T1068')],
  ['Sudo Potential Privilege Escalation', escape('high', 'T1548.003')],

  // Execution.
  ['Terminal shell in container', known('low', 'execution', 'T1059')],
  ['Run shell untrusted', known('low', 'execution', 'T1059.004')],
  ['DB program spawned process', known('high', 'execution', 'T1190')],
  ['Java Process Class File Download', known('high', 'initial-access', 'T1190')],
  ['Netcat Remote Code Execution in Container', known('high', 'execution', 'T1059')],
  [
    'Redirect STDOUT/STDIN to Network Connection in Container',
    // A reverse shell, or a health check that uses /dev/tcp.
    { level: 'medium', tactic: 'execution', technique: 'T1059', peer_decides: true },
  ],
  ['System user interactive', known('medium', 'execution', 'T1059')],
  ['Execution from /dev/shm', known('high', 'execution', 'T1059.004')],
  ['Fileless execution via memfd_create', known('high', 'defense-evasion', 'T1620')],
  // Build jobs, notebooks and package managers do this all day. Where the program lies and what it is called tells the
  // dropper from them: the rules look at that.
  ['Drop and execute new binary in container', known('low', 'persistence', 'T1105')],
  ['Decoding Payload in Container', known('medium', 'defense-evasion', 'T1140')],
  ['PTRACE attached to process', known('medium', 'privilege-escalation', 'T1055.008')],
  ['PTRACE anti-debug attempt', known('medium', 'defense-evasion', 'T1622')],
  ['Backdoored library loaded into SSHD (CVE-2024-3094)', known('critical', 'initial-access', 'T1556')],

  // Credentials.
  // Backups and integrity checks read them.
  ['Read sensitive file untrusted', known('low', 'credential-access', 'T1555')],
  ['Read sensitive file trusted after startup', known('medium', 'credential-access', 'T1555')],
  ['Directory traversal monitored file read', known('medium', 'credential-access', 'T1555')],
  ['Create Symlink Over Sensitive Files', known('medium', 'credential-access', 'T1555')],
  ['Create Hardlink Over Sensitive Files', known('medium', 'credential-access', 'T1555')],
  ['Search Private Keys or Passwords', known('low', 'credential-access', 'T1552.001')],
  ['Find AWS Credentials', known('medium', 'credential-access', 'T1552')],
  ['Read ssh information', known('medium', 'credential-access', 'T1552.004')],
  ['Read environment variable from /proc files', known('medium', 'credential-access', 'T1552')],
  ['Contact cloud metadata service from container', known('medium', 'credential-access', 'T1552.005')],
  ['Contact EC2 Instance Metadata Service From Container', known('medium', 'credential-access', 'T1552.005')],
  // Node agents and DHCP clients open packet sockets.
  ['Packet socket created in container', known('low', 'credential-access', 'T1557.002')],

  // Discovery. Operators, controllers and sidecars call the API server: this says nothing alone.
  ['Contact K8S API Server From Container', known('low', 'discovery', 'T1613')],
  ['Basic Interactive Reconnaissance', known('medium', 'discovery', 'T1033')],
  ['Launch Suspicious Network Tool in Container', known('low', 'discovery', 'T1046')],
  ['Launch Suspicious Network Tool on Host', known('low', 'discovery', 'T1046')],

  // Command and control, exfiltration. curl and wget in containers are ordinary.
  ['Launch Ingress Remote File Copy Tools in Container', known('low', 'command-and-control', 'T1105')],
  ['Launch Remote File Copy Tools in Container', known('low', 'exfiltration', 'T1048')],
  ['Exfiltrating Artifacts via Kubernetes Control Plane', known('medium', 'exfiltration', 'T1048')],
  ['Unexpected outbound connection destination', known('low', 'command-and-control', 'T1071')],
  ['Unexpected inbound connection source', known('low', 'initial-access')],
  ['Network Connection outside Local Subnet', known('low', 'command-and-control')],
  ['Interpreted procs outbound network activity', known('low', 'exfiltration', 'T1059')],
  ['Interpreted procs inbound network activity', known('low', 'exfiltration', 'T1059')],
  ['Disallowed SSH Connection', known('medium', 'lateral-movement', 'T1021.004')],
  ['Disallowed SSH Connection Non Standard Port', known('medium', 'command-and-control', 'T1571')],
  ['System procs network activity', known('medium', 'command-and-control', 'T1059')],
  ['Unexpected K8s NodePort Connection', known('low', 'persistence', 'T1205')],

  // Impact.
  ['Detect crypto miners using the Stratum protocol', known('critical', 'impact', 'T1496')],
  ['Detect outbound connections to common miner pool ports', known('medium', 'impact', 'T1496')],
  ['Remove Bulk Data from Disk', known('high', 'impact', 'T1485')],

  // Persistence and traces. Package managers and log rotation fire some of these on hosts.
  ['Write below etc', known('low', 'persistence', 'T1098')],
  ['Write below root', known('medium', 'persistence', 'T1543')],
  ['Write below binary dir', known('high', 'persistence', 'T1543')],
  ['Modify binary dirs', known('high', 'defense-evasion', 'T1222.002')],
  ['Mkdir binary dirs', known('medium', 'persistence', 'T1222.002')],
  ['Write below rpm database', known('medium', 'persistence', 'T1072')],
  ['Modify Shell Configuration File', known('medium', 'persistence', 'T1546.004')],
  ['Schedule Cron Jobs', known('medium', 'persistence', 'T1053.003')],
  ['Adding ssh keys to authorized_keys', known('medium', 'persistence', 'T1098.004')],
  ['User mgmt binaries', known('medium', 'persistence', 'T1136')],
  ['Set Setuid or Setgid bit', known('medium', 'privilege-escalation', 'T1548.001')],
  ['Non sudo setuid', known('medium', 'privilege-escalation', 'T1548.003')],
  ['Create files below dev', known('medium', 'persistence', 'T1543')],
  ['Launch Package Management Process in Container', known('low', 'persistence', 'T1505')],
  ['Clear Log Activities', known('low', 'defense-evasion', 'T1070')],
  ['Delete or rename shell history', known('medium', 'defense-evasion', 'T1070.003')],
  ['Launch Privileged Container', known('low', 'execution', 'T1610')],
  ['Launch Excessively Capable Container', known('low', 'execution', 'T1610')],
  ['Launch Sensitive Mount Container', known('low', 'execution', 'T1610')],
  ['Container Run as Root User', known('low', 'execution', 'T1610')],

  // The Kubernetes audit plugin.
  ['Attach/Exec Pod', known('medium', 'execution', 'T1609')],
  ['EphemeralContainers Created', known('medium', 'execution', 'T1609')],
  ['Anonymous Request Allowed', known('medium', 'initial-access', 'T1078.001')],
  ['Create Privileged Pod', known('medium', 'privilege-escalation', 'T1610')],
  ['Create HostPid Pod', known('medium', 'privilege-escalation', 'T1610')],
  ['Create HostNetwork Pod', known('low', 'privilege-escalation', 'T1610')],
  ['Create Sensitive Mount Pod', known('medium', 'privilege-escalation', 'T1610')],
  ['Attach to cluster-admin Role', known('high', 'privilege-escalation', 'T1098.006')],
  ['Create/Modify Configmap With Private Credentials', known('medium', 'credential-access', 'T1552.007')],
  ['Disallowed K8s User', known('low', 'initial-access', 'T1078')],
  ['Pod Created in Kube Namespace', known('low', 'persistence', 'T1610')],
  ['Untrusted Node Successfully Joined the Cluster', known('high', 'persistence', 'T1098')],
]);
