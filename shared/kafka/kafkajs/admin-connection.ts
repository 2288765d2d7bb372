import type { Admin } from 'kafkajs';
import { createClient } from './client.ts';
import type { KafkaSettings } from './settings.ts';

/** A connection that nobody uses for so long is closed: idle ones are dropped by brokers and cost them memory. */
const idle_ms = 5_000;

/** One connection for administrative calls, opened when needed, given up after an error and when idle. */
export interface AdminConnection {
  use<T>(call: (admin: Admin) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function createAdminConnection(settings: KafkaSettings): AdminConnection {
  let current: Promise<Admin> | undefined;
  let users = 0;
  let idle: NodeJS.Timeout | undefined;

  async function open(): Promise<Admin> {
    const admin = createClient(settings).admin();
    await admin.connect();
    return admin;
  }

  async function use<T>(call: (admin: Admin) => Promise<T>): Promise<T> {
    clearTimeout(idle);
    users++;
    const connection = (current ??= open());
    try {
      return await call(await connection);
    } catch (error) {
      if (current === connection) current = undefined;
      await disconnect(connection);
      throw error;
    } finally {
      users--;
      if (users === 0) idle = setTimeout(() => void close(), idle_ms).unref();
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
