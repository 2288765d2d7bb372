import type { Decision } from '#shared/avro/types.generated.ts';
import { codecs } from '#shared/avro/codecs.ts';
import type { StreamWriter } from '#shared/kafka/port.ts';

/** Where decisions about incidents go. */
export interface DecisionWriter {
  /** Resolves when the decision is acknowledged. */
  write(decision: Decision): Promise<void>;
}

export function createDecisionWriter(writer: StreamWriter): DecisionWriter {
  return {
    write: (decision) =>
      writer.send([{ topic: 'decisions', key: decision.scope, value: codecs.decision.encode(decision) }]),
  };
}
