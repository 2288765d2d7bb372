import type { Admin } from 'kafkajs';
import { Serial } from '#shared/serial/serial.ts';
import { createClient } from './client.ts';
import type { KafkaSettings } from './settings.ts';

/** A connection that nobody uses for so long is closed: idle ones are dropped by brokers and cost them memory. */
const idle_ms = 5_000;

/**
 * One connection for administrative calls, opened when needed, given up after an error and when idle. One call at a
 * time: a call that refreshes the metadata of its topics takes away those of a call beside it, and kafkajs then fails
 * with a TypeError.
 */
export interface AdminConnection {
  use<T>(call: (admin: Admin) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function createAdminConnection(settings: KafkaSettings): AdminConnection {
  let current: Promise<Admin> | undefined;
  let idle: NodeJS.Timeout | undefined;

  async function open(): Promise<Admin> {
    const admin = createClient(settings).admin();
    await admin.connect();
    return admin;
  }

  const serial = new Serial();

  function use<T>(call: (admin: Admin) => Promise<T>): Promise<T> {
    return serial.run(() => useAlone(call));
  }

  async function useAlone<T>(call: (admin: Admin) => Promise<T>): Promise<T> {
    clearTimeout(idle);
    const connection = (current ??= open());
    try {
      return await call(await connection);
    } catch (error) {
      if (current === connection) current = undefined;
      await disconnect(connection);
      throw error;
    } finally {
      idle = setTimeout(() => void close(), idle_ms).unref();
    }
  }

  async function close(): Promise<void> {
    clearTimeout(idle);
    const connection = current;
    current = undefined;
    await disconnect(connection);
  }

  return { use, close };
}

/** Never throws: a connection that is given up has nothing left to lose. */
async function disconnect(connection: Promise<Admin> | undefined): Promise<void> {
  const [opened] = await Promise.allSettled([connection]);
  if (opened?.status === 'fulfilled') await Promise.allSettled([opened.value?.disconnect()]);
}
