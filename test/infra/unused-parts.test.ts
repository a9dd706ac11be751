import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { build } from 'esbuild';
import {
  ERROR_REGISTRATION,
  READ_ERRORS,
  REGION_DESCRIPTIONS,
  UNUSED_EXPORTS,
  withoutUnusedParts,
} from '../../infra/unused-parts.ts';
import { CLIENT_OPTIONS } from '../../lambda/aws/client-options.ts';

const CLIENTS = ['client-dynamodb', 'client-secrets-manager'] as const;

function fileOf(client: (typeof CLIENTS)[number], path: string): string {
  return readFileSync(`node_modules/@aws-sdk/${client}/${path}`, 'utf8');
}

/** Of the function, those that use a client of AWS. */
const SOURCES = readdirSync('lambda', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join('lambda', file), 'utf8'))
  .filter((source) => source.includes('@aws-sdk/client-'));

/** The names that a pattern finds in these, each once. */
function namesLike(pattern: RegExp): readonly string[] {
  return [
    ...new Set(SOURCES.flatMap((source) => [...source.matchAll(pattern)].map(([name]) => name))),
  ].sort();
}

interface Partition {
  readonly id: string;
  readonly regionRegex: string;
  readonly regions: Readonly<Record<string, unknown>>;
}

/** A program, built with the plugin. */
async function built(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    platform: 'node',
    mainFields: ['module', 'main'],
    plugins: [withoutUnusedParts],
  });
  return outputFiles[0]?.text ?? '';
}

test('the errors that stay are those whose class the function uses', () => {
  expect(namesLike(/\b[A-Z]\w+Exception(?= \}|,|\))/g)).toEqual([...READ_ERRORS]);
});

test('the function calls the three operations whose parts are known', () => {
  expect(namesLike(/\b[A-Z]\w+(?=Command\()/g)).toEqual(['GetSecretValue', 'Query', 'TransactWriteItems']);
});

test('none of the three has a host prefix, a path or a query: the traits of their schemas are 0', () => {
  const sources = CLIENTS.map((client) => fileOf(client, 'dist-es/schemas/schemas_0.js')).join('\n');
  for (const name of ['GetSecretValue', 'Query', 'TransactWriteItems'])
    expect(sources).toMatch(new RegExp(`export var ${name}\\$ = \\[9, n0, \\w+,\\s+0, `));
});

test.each(CLIENTS)('every error of %s is registered as the build expects', (client) => {
  const schemas = fileOf(client, 'dist-es/schemas/schemas_0.js');
  const registered = [...schemas.matchAll(ERROR_REGISTRATION)].map(([, name]) => name);
  const others = [...schemas.matchAll(/registerError\((\w+)\$/g)].map(([, name]) => name);
  expect(others.filter((name) => !name?.endsWith('ServiceException'))).toEqual(registered);
  expect(registered.length).toBeGreaterThan(10);
});

test.each(UNUSED_EXPORTS)('$name of the AWS SDK gives way to $by', async ({ file, name, by }) => {
  const text = await built(`import { ${name} } from './node_modules/${file}'; console.log(${name});`);
  expect(text).toContain(`var ${name} = ${by.slice(0, 5)}`);
  expect(text).not.toContain(`unused${name}`);
});

test('every region is found by the expression of its partition, so that its description can go', () => {
  const file = 'node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js';
  const partitionsOf = (source: string): readonly Partition[] =>
    JSON.parse(source.slice(source.indexOf('{'), source.lastIndexOf('}') + 1)).partitions;
  const source = readFileSync(file, 'utf8');
  const partitions = partitionsOf(source);
  const without = partitionsOf(source.replace(REGION_DESCRIPTIONS, ''));
  expect(without).toEqual(partitions.map((one) => ({ ...one, regions: {} })));
  for (const { id, regions } of partitions) {
    const real = Object.keys(regions).filter((region) => !region.endsWith('-global'));
    const found = real.map(
      (region) => without.find(({ regionRegex }) => new RegExp(regionRegex).test(region))?.id,
    );
    expect(new Set(found)).toEqual(new Set([id]));
  }
});

test('of a package’s description its name and version stay', async () => {
  const text = await built(
    `import about from './node_modules/@slack/webhook/package.json'; console.log(about);`,
  );
  expect(text).toMatch(/name: "@slack\/webhook",\s+version: "[\d.]+"\s+\}/);
});

test('a client retries in the mode whose parts stay', async () => {
  const client = new DynamoDBClient({ ...CLIENT_OPTIONS, region: 'eu-west-1' });
  expect((await client.config.retryStrategy()).constructor.name).toBe('StandardRetryStrategy');
});
