import { eventFamilies } from '../../schemas/topics/topics.ts';

/** What is indexed. */
export const indexedTopics = [...eventFamilies.map((family) => `events.${family}`), 'incidents'];
