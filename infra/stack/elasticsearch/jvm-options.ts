import { join } from 'node:path';
import { elasticsearchHeap, elasticsearchVersion } from '../settings.ts';

/** From this version on, native access that is not declared can be forbidden. */
const native_access_denied_version_min = 24;
const server = 'org.elasticsearch.server';
const lucene = 'org.apache.lucene.core';

/**
 * The options that Elasticsearch's launcher gives the server's JVM, with a small heap. The modules and the patch of
 * `java.base` belong to its entitlements: without them it does not start.
 */
export function jvmOptions(home: string, temporary: string, javaVersion: number): string[] {
  const lib = join(home, 'lib');
  const bridge = join(
    lib,
    'entitlement-bridge',
    `elasticsearch-entitlement-bridge-${elasticsearchVersion}.jar`,
  );
  const entitled = [
    'org.elasticsearch.entitlement',
    'java.logging',
    'java.net.http',
    'java.naming',
    'jdk.net',
    'jdk.zipfs',
    'jdk.management.agent',
  ];
  return [
    `-Xms${elasticsearchHeap}`,
    `-Xmx${elasticsearchHeap}`,
    '-XX:MaxDirectMemorySize=256m',
    '-Xss1m',
    '-XX:+UseSerialGC',
    '-XX:-OmitStackTraceInFastThrow',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    '-Dfile.encoding=UTF-8',
    '-Djava.locale.providers=CLDR',
    `-Djava.io.tmpdir=${temporary}`,
    '-Djna.nosys=true',
    '-Dio.netty.noUnsafe=true',
    '-Dio.netty.noKeySetOptimization=true',
    '-Dio.netty.recycler.maxCapacityPerThread=0',
    '-Dlog4j.shutdownHookEnabled=false',
    '-Dlog4j2.disable.jmx=true',
    '-Dlog4j2.formatMsgNoLookups=true',
    '-Dorg.apache.lucene.store.defaultReadAdvice=normal',
    '-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1',
    '-Dorg.apache.lucene.vectorization.upperJavaFeatureVersion=25',
    `--add-opens=${lucene}/org.apache.lucene.codecs.lucene99=${server}`,
    `--add-opens=${lucene}/org.apache.lucene.codecs.hnsw=${server}`,
    `--add-opens=${lucene}/org.apache.lucene.internal.vectorization=${server}`,
    `-Des.path.home=${home}`,
    '-Des.distribution.type=zip',
    '-Des.java.type=ES_JAVA_HOME',
    `--enable-native-access=org.elasticsearch.nativeaccess,${lucene}`,
    ...(javaVersion >= native_access_denied_version_min ? ['--illegal-native-access=deny'] : []),
    '-XX:+EnableDynamicAgentLoading',
    '-Djdk.attach.allowAttachSelf=true',
    `--patch-module=java.base=${bridge}`,
    `--add-exports=java.base/org.elasticsearch.entitlement.bridge=${entitled.join(',')}`,
    ...['jdk.incubator.vector', 'jdk.net', 'jdk.management.agent', 'ALL-MODULE-PATH'].map(
      (module) => `--add-modules=${module}`,
    ),
    `--module-path=${lib}`,
    `--module=${server}/org.elasticsearch.bootstrap.Elasticsearch`,
  ];
}
