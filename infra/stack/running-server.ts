import { BreakwaterError } from '#shared/errors/error.ts';
import { withStackLock } from './control.ts';
import { type LaunchContext, type Launched, launch, stopServer } from './launch.ts';
import { kill, signalProcess } from './processes.ts';
import { recipes } from './recipes.ts';
import { type RunningServer, type ServerName, serverTitles, shownAddress } from './server.ts';
import { readState, type ServerState } from './state.ts';

/** What a caller holds of a healthy server: its address, and the means to hurt it. */
export function runningServer(name: ServerName, launched: Launched, context: LaunchContext): RunningServer {
  const own = (): ServerState => ownState(name, launched, context.directory);
  return {
    name,
    ...launched,
    kill: () => kill(own()),
    pause: () => signalProcess(own(), 'SIGSTOP'),
    resume: () => signalProcess(own(), 'SIGCONT'),
    async restart() {
      const { directory, toolbox, onProgress } = context;
      await withStackLock(directory, { signal: toolbox.signal, onProgress }, async () => {
        await stopServer(recipes[name], own(), toolbox.cache);
        await launch(recipes[name], context);
      });
    },
  };
}

/** Read anew each time: another process may have restarted the server. */
function ownState(name: ServerName, launched: Launched, directory: string): ServerState {
  const state = launched.origin === 'external' ? undefined : readState(directory)[name];
  if (state !== undefined) return state;
  throw new BreakwaterError(
    'BW_STACK_START_FAILED',
    `${serverTitles[name]} at ${shownAddress(launched.address)} is not ours to stop or start`,
  );
}
