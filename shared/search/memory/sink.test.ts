import { searchContract } from '../contract.ts';
import { createMemorySink } from './sink.ts';

const poison = '{"poison":true}';

searchContract('memory', async () => {
  const sink = createMemorySink({
    refuses: (document) =>
      document === poison ? { reason: 'document_parsing_exception', detail: 'poison' } : undefined,
  });
  return {
    sink,
    namespace: 'test',
    read: async (index) =>
      [...sink.documents(index).values()].map((document): unknown => JSON.parse(document)),
    rollOver: async (stream) => sink.rollOver(stream),
    poison,
    property_runs: 100,
  };
});
