import type { Signal } from '#shared/avro/types.generated.ts';

const making: ReadonlySet<string> = new Set(['create', 'update', 'patch']);

/** Whether a request makes or changes an object itself, not a part of it such as a session in a pod. */
export function makesOrChanges(signal: Signal): boolean {
  return isOfObject(signal) && making.has(signal.fields['kubernetes.audit.verb'] ?? '');
}

/** Whether a request makes an object. */
export function makes(signal: Signal): boolean {
  return isOfObject(signal) && signal.fields['kubernetes.audit.verb'] === 'create';
}

function isOfObject({ family, fields }: Signal): boolean {
  return family === 'admission' && fields['kubernetes.audit.objectRef.subresource'] === undefined;
}
