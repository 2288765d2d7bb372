import type { Deliver } from './queue.ts';
import { webhookRequest } from './notification.ts';

const timeout_ms = 10_000;

/** Posts a notification. 2xx is delivered; 408, 429 and 5xx are tried again; any other answer is final. */
export function createWebhook(url: string, secret: string | undefined): Deliver {
  return async (notification) => {
    const { body, headers } = webhookRequest(notification, secret);
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(timeout_ms),
    });
    await answer.body?.cancel();
    if (answer.ok) return 'delivered';
    if (answer.status === 408 || answer.status === 429 || answer.status >= 500) {
      throw new Error(`the receiver answered ${answer.status}`);
    }
    return 'refused';
  };
}
