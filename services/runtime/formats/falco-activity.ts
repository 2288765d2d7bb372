import type { Activity } from './activity.ts';

/** An alert is also a detection; `info` is the type that `intrusion_detection` allows. */
function alert(category: string, ...type: readonly string[]): Activity {
  return { category: [category, 'intrusion_detection'], type: [...type, 'info'] };
}

const started = alert('process', 'start');
const processChanged = alert('process', 'change');
const opened = alert('file', 'access');
const fileChanged = alert('file', 'change');
const created = alert('file', 'creation');
const deleted = alert('file', 'deletion');
const connected = alert('network', 'connection');
const driver: Activity = { category: ['driver', 'intrusion_detection'], type: ['start', 'info'] };

const activities: ReadonlyMap<string, Activity> = new Map([
  ...each(started, 'execve', 'execveat', 'clone', 'clone3', 'fork', 'vfork', 'spawned_process'),
  ...each(
    processChanged,
    'setns',
    'unshare',
    'setuid',
    'setresuid',
    'setgid',
    'setresgid',
    'ptrace',
    'capset',
  ),
  ...each(
    processChanged,
    'dup',
    'dup2',
    'dup3',
    'prctl',
    'userfaultfd',
    'memfd_create',
    'mount',
    'umount',
    'bpf',
  ),
  ...each(opened, 'open', 'openat', 'openat2', 'open_by_handle_at', 'read', 'getdents', 'getdents64'),
  ...each(
    fileChanged,
    'write',
    'pwrite',
    'rename',
    'renameat',
    'renameat2',
    'chmod',
    'fchmod',
    'fchmodat',
    'chown',
  ),
  ...each(created, 'creat', 'mkdir', 'mkdirat', 'symlink', 'symlinkat', 'link', 'linkat'),
  ...each(deleted, 'unlink', 'unlinkat', 'rmdir'),
  ...each(
    connected,
    'connect',
    'accept',
    'accept4',
    'bind',
    'listen',
    'socket',
    'sendto',
    'sendmsg',
    'recvfrom',
  ),
  ...each(driver, 'init_module', 'finit_module'),
]);

function each(activity: Activity, ...systemCalls: readonly string[]): [string, Activity][] {
  return systemCalls.map((name) => [name, activity]);
}

const other = alert('process');
const api = alert('api');

/** What a system call is; audit plugins watch APIs instead. */
export function falcoActivity(source: string, systemCall: string | undefined): Activity {
  if (isSystemCallSource(source)) return (systemCall && activities.get(systemCall)) || other;
  return api;
}

/** falcosidekick writes `syscalls` where Falco left it out. */
export function isSystemCallSource(source: string): boolean {
  return source === 'syscall' || source === 'syscalls';
}
