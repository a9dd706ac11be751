import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import type { Plugin } from 'esbuild';

/*
 * Parts of the AWS clients that the function cannot reach. They are imported from beside themselves and registered as they
 * load, so that neither an alias nor tree shaking reaches them: this takes them out as esbuild reads their files.
 * docs/adr/0004-the-bundle.md has the reasons. test/infra/unused-parts.test.ts holds them to the AWS SDK that is installed.
 */

/**
 * The errors whose fields the function reads: the reasons why a transaction was cancelled. The client gives any other
 * error its name, message and status without a class, as those that the models of AWS do not declare.
 */
export const READ_ERRORS: ReadonlySet<string> = new Set(['TransactionCanceledException']);

/** In a client's schemas: the registration of an error, which holds its class and its schema in the bundle. */
export const ERROR_REGISTRATION = /^n0_registry\.registerError\((\w+)\$, \1\);$/gm;

/** In the partitions of AWS: the descriptions of regions. Each real region also matches the expression of its partition. */
export const REGION_DESCRIPTIONS =
  /(?<="regions": \{)(?:\s*"[\w-]+": \{\s*"description": "[^"]*"\s*\},?)+\s*(?=\})/g;

export interface UnusedExport {
  /** In `node_modules`. */
  readonly file: string;
  readonly name: string;
  /** The expression that takes its place. */
  readonly by: string;
}

const SMITHY = '@smithy/core/dist-es/submodules';
const AWS = '@aws-sdk/core/dist-es/submodules';

export const UNUSED_EXPORTS: readonly UnusedExport[] = [
  // Signs events of a stream.
  { file: '@smithy/signature-v4/dist-es/HeaderFormatter.js', name: 'HeaderFormatter', by: 'class {}' },
  // For the retry mode "adaptive"; lambda/aws/client-options.ts asks for "standard".
  {
    file: `${SMITHY}/retry/util-retry/AdaptiveRetryStrategy.js`,
    name: 'AdaptiveRetryStrategy',
    by: 'class {}',
  },
  // lambda/aws/client-options.ts asks for the mode.
  {
    file: `${SMITHY}/config/defaults-mode/resolveDefaultsModeConfig.js`,
    name: 'resolveDefaultsModeConfig',
    by: "() => async () => 'legacy'",
  },
  // Tells AWS which features a client has.
  {
    file: `${AWS}/client/middleware-user-agent/check-features.js`,
    name: 'checkFeatures',
    by: 'async () => {}',
  },
  // Lambda has no configuration in a home directory. Their absence is what the client would find.
  {
    file: `${SMITHY}/config/shared-ini-file-loader/loadSharedConfigFiles.js`,
    name: 'loadSharedConfigFiles',
    by: 'async () => ({ configFile: {}, credentialsFile: {} })',
  },
  // Lambda gives the region in the environment, and has no EC2 metadata.
  {
    file: `${SMITHY}/config/config-resolver/regionConfig/getInstanceMetadataRegion.js`,
    name: 'getInstanceMetadataRegion',
    by: 'async () => undefined',
  },
  // For the client of S3.
  {
    file: `${SMITHY}/endpoints/middleware-endpoint/service-customizations/s3.js`,
    name: 'resolveParamsForS3',
    by: 'async () => {}',
  },
  // Our clients have no extensions, and no logger.
  {
    file: '@aws-sdk/client-dynamodb/dist-es/runtimeExtensions.js',
    name: 'resolveRuntimeExtensions',
    by: '(config) => config',
  },
  {
    file: '@aws-sdk/client-secrets-manager/dist-es/runtimeExtensions.js',
    name: 'resolveRuntimeExtensions',
    by: '(config) => config',
  },
  {
    file: `${AWS}/client/middleware-logger/loggerMiddleware.js`,
    name: 'getLoggerPlugin',
    by: '() => ({ applyToStack: () => {} })',
  },
  {
    file: `${SMITHY}/client/smithy-client/schemaLogFilter.js`,
    name: 'schemaLogFilter',
    by: '() => undefined',
  },
  // Of a version of Node.js older than the deployed one.
  {
    file: `${AWS}/client/emitWarningIfUnsupportedVersion.js`,
    name: 'emitWarningIfUnsupportedVersion',
    by: '() => {}',
  },
  // For the fields of a request in its path, query, headers or host name. Both services take a request as one body.
  {
    file: `${SMITHY}/protocols/HttpBindingNormalizedSchema.js`,
    name: 'HttpBindingNormalizedSchema',
    by: 'class {}',
  },
  {
    file: `${SMITHY}/protocols/HttpBindingNormalizedSchema.js`,
    name: 'getHttpOperationBindings',
    by: '() => []',
  },
  // Both services write dates as seconds.
  { file: `${SMITHY}/serde/date-utils.js`, name: 'parseRfc7231DateTime', by: '(value) => value' },
  { file: `${SMITHY}/serde/date-utils.js`, name: 'parseRfc3339DateTimeWithOffset', by: '(value) => value' },
  { file: `${SMITHY}/serde/date-utils.js`, name: 'dateToUtcString', by: 'String' },
];

/** Takes the unused parts out, and of a package's description leaves the name and version, for the user agent. */
export const withoutUnusedParts: Plugin = {
  name: 'without-unused-parts',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/].*[\\/]package\.json$/ }, ({ path }) => {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
    onLoad(
      { filter: /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ },
      ({ path }) => ({
        contents: withoutErrors(readFileSync(path, 'utf8')),
      }),
    );
    onLoad({ filter: /[\\/]util-endpoints[\\/]lib[\\/]aws[\\/]partitions\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(REGION_DESCRIPTIONS, ''),
    }));
    onLoad({ filter: /[\\/]node_modules[\\/]@(?:aws-sdk|smithy)[\\/]/ }, ({ path }) => {
      const posix = path.split(sep).join('/');
      const unused = UNUSED_EXPORTS.filter(({ file }) => posix.endsWith(`node_modules/${file}`));
      if (unused.length === 0) return undefined;
      return { contents: unused.reduce(withoutExport, readFileSync(path, 'utf8')) };
    });
  },
};

function withoutErrors(source: string): string {
  return source.replace(ERROR_REGISTRATION, (registration, name) =>
    READ_ERRORS.has(name) ? registration : '',
  );
}

/** The declaration stays, no longer exported, and falls to tree shaking. */
function withoutExport(source: string, { file, name, by }: UnusedExport): string {
  const unexported = source.replace(
    new RegExp(`^export (const|class|(?:async )?function) ${name}\\b`, 'm'),
    (_, kind) => `${kind} unused${name}`,
  );
  if (unexported === source) throw new Error(`${file} no longer exports ${name}`);
  return `${unexported}\nexport const ${name} = ${by};\n`;
}
