import type { Activity } from './activity.ts';

function only(category: string, type: string): Activity {
  return { category: [category], type: [type] };
}

const accessed = only('file', 'access');
const changed = only('file', 'change');
const connected: Activity = { category: ['network'], type: ['connection', 'start'] };
const closed: Activity = { category: ['network'], type: ['connection', 'end'] };
const driver = only('driver', 'start');
const processChanged = only('process', 'change');
const processInfo = only('process', 'info');

/** Kernel functions and hooks that tracing policies commonly watch, without their prefixes. */
const functions: ReadonlyMap<string, Activity> = new Map([
  ...each(
    accessed,
    'file_permission',
    'file_open',
    'open',
    'openat',
    'openat2',
    'fd_install',
    'mmap_file',
    'read',
  ),
  ...each(changed, 'write', 'file_truncate', 'path_truncate', 'path_chmod', 'path_chown', 'path_rename'),
  ...each(
    changed,
    'inode_rename',
    'inode_setattr',
    'rename',
    'renameat',
    'renameat2',
    'chmod',
    'fchmodat',
    'chown',
  ),
  ...each(
    only('file', 'creation'),
    'path_mkdir',
    'path_mknod',
    'path_symlink',
    'path_link',
    'inode_create',
    'mkdir',
  ),
  ...each(
    only('file', 'deletion'),
    'path_unlink',
    'path_rmdir',
    'inode_unlink',
    'unlink',
    'unlinkat',
    'rmdir',
  ),
  ...each(connected, 'tcp_connect', 'tcp_v4_connect', 'tcp_v6_connect', 'socket_connect', 'connect'),
  ...each(connected, 'inet_csk_accept', 'socket_accept', 'accept', 'accept4', 'socket_bind', 'bind'),
  ...each(connected, 'inet_csk_listen_start', 'socket_listen', 'listen', 'socket_create', 'socket'),
  ...each(
    connected,
    'tcp_sendmsg',
    'udp_sendmsg',
    'ip4_datagram_connect',
    'ip6_datagram_connect',
    'ip_output',
  ),
  ...each(closed, 'tcp_close', 'inet_release', 'tcp_disconnect'),
  ...each(driver, 'kernel_module_request', 'kernel_read_file', 'kernel_load_data', 'do_init_module'),
  ...each(driver, 'find_module_sections', 'init_module', 'finit_module', 'free_module', 'delete_module'),
  ...each(processChanged, 'commit_creds', 'setns', 'unshare', 'ptrace', 'ptrace_access_check', 'capset'),
  ...each(processChanged, 'setuid', 'setgid', 'setreuid', 'setresuid', 'setresgid', 'create_user_ns'),
  ...each(only('host', 'change'), 'sb_mount', 'mount', 'move_mount', 'pivot_root', 'sb_umount', 'umount'),
]);

function each(activity: Activity, ...names: readonly string[]): [string, Activity][] {
  return names.map((name) => [name, activity]);
}

const prefixes = [
  'security_',
  '__x64_sys_',
  '__arm64_sys_',
  '__ia32_sys_',
  'bpf_lsm_',
  '__sys_',
  'sys_',
  '__',
];

/** The bit of an access mask that means writing. */
const may_write = 2;

/** What the call of a kernel function means. `mask`: the access mask of the file hooks, where it was recorded. */
export function kernelActivity(name: string | undefined, mask: number | undefined): Activity {
  if (name === undefined) return processInfo;
  const prefix = prefixes.find((candidate) => name.startsWith(candidate));
  const bare = prefix === undefined ? name : name.slice(prefix.length);
  const activity = functions.get(bare) ?? processInfo;
  const isWrite = bare === 'file_permission' && mask !== undefined && (mask & may_write) !== 0;
  return isWrite ? changed : activity;
}
