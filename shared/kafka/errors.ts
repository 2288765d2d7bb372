import { BreakwaterError } from '#shared/errors/error.ts';

export function unknownTopic(topic: string): BreakwaterError {
  return new BreakwaterError('BW_KAFKA_UNKNOWN_TOPIC', `There is no topic ${topic}`, { topic });
}
