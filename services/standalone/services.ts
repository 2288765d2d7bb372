import { readConfig, type Environment } from '#shared/config/read.ts';
import type { Settings } from '#shared/config/setting.ts';
import type { Runtime, ServiceDefinition } from '#shared/service/definition.ts';
import type { Service } from '#shared/service/service.ts';

/** A service whose settings are read when it is built; what differs between services is closed over. */
export interface BuildableService {
  readonly name: string;
  readonly settings: Settings;
  readonly build: (environment: Environment, runtime: Runtime) => Promise<Service>;
}

function buildable<Declared extends Settings>(definition: ServiceDefinition<Declared>): BuildableService {
  return {
    name: definition.name,
    settings: definition.settings,
    build: (environment, runtime) => definition.create(readConfig(definition.settings, environment), runtime),
  };
}

/** Every service, in the order in which they start: those that read before those that write. */
export async function allServices(): Promise<readonly BuildableService[]> {
  const [
    auditor,
    indexer,
    correlator,
    inventory,
    scanner,
    admission,
    runtime,
    network,
    worker,
    api,
    gateway,
  ] = await Promise.all([
    import('../auditor/pipeline.ts'),
    import('../indexer/pipeline.ts'),
    import('../correlator/pipeline.ts'),
    import('../inventory/pipeline.ts'),
    import('../scanner/pipeline.ts'),
    import('../admission/pipeline.ts'),
    import('../runtime/pipeline.ts'),
    import('../network/pipeline.ts'),
    import('../worker/pipeline.ts'),
    import('../api/pipeline.ts'),
    import('../gateway/pipeline.ts'),
  ]);
  return [
    buildable(auditor.auditorService),
    buildable(indexer.indexerService),
    buildable(correlator.correlatorService),
    buildable(inventory.inventoryService),
    buildable(scanner.scannerService),
    buildable(admission.admissionService),
    buildable(runtime.runtimeService),
    buildable(network.networkService),
    buildable(worker.workerService),
    buildable(api.apiService),
    buildable(gateway.gatewayService),
  ];
}
