import type { WrittenPolicy } from '../lambda/core/parse/parse-policy.ts';
import { deployedBundle } from './bundles.ts';
import { FunctionProcess, type InvocationCost } from './function-process.ts';
import { type Calls, LocalServices } from './local-services.ts';

/** The cost of one check, and its network calls. */
export interface MeasuredCheck {
  readonly cost: InvocationCost;
  readonly calls: Calls;
}

/** Three checks of one deployment, each alert of which fires at the first. */
export interface MeasuredChecks {
  /** The first check, in a new sandbox: it opens the alerts and posts. */
  readonly opening: MeasuredCheck;
  /** In another new sandbox, nothing new. */
  readonly quietCold: MeasuredCheck;
  /** In the same sandbox, nothing new. */
  readonly quietWarm: MeasuredCheck;
}

/** What is deployed, and what it watches. */
export interface MeasuredOptions {
  readonly syncs: number;
  /** The share of syncs that are unhealthy, from 0 to 1. */
  readonly unhealthy: number;
  /** @default the default policy */
  readonly policy?: WrittenPolicy;
  /** Further keys of the secret. */
  readonly secret?: Readonly<Record<string, unknown>>;
  /** Events for the function before the first check, such as silences. */
  readonly before?: readonly unknown[];
}

/** Runs the three checks with the deployed bundle. */
export async function measuredChecks(
  node: string,
  { syncs, unhealthy, policy = {}, secret = {}, before = [] }: MeasuredOptions,
): Promise<MeasuredChecks> {
  const services = await LocalServices.start(secret);
  services.list({ syncs, unhealthy, at: Date.now() });
  const first = await sandbox(node, services, policy);
  for (const event of before) await measuredCheck(first, services, event);
  const opening = await measuredCheck(first, services);
  await first.end();
  const second = await sandbox(node, services, policy);
  const quietCold = await measuredCheck(second, services);
  const quietWarm = await measuredCheck(second, services);
  await second.end();
  return { opening, quietCold, quietWarm };
}

/** How many calls there were. */
export function callCount({ secret, listing, evidence, stateReads, stateWrites, posts }: Calls): number {
  return secret + listing + evidence + stateReads + stateWrites + posts;
}

async function sandbox(
  node: string,
  services: LocalServices,
  policy: WrittenPolicy,
): Promise<FunctionProcess> {
  const { file, folder } = await deployedBundle(policy);
  const started = new FunctionProcess({ node, bundle: file, environment: services.environment(folder) });
  await started.imported;
  services.countCalls();
  return started;
}

async function measuredCheck(
  sandbox: FunctionProcess,
  services: LocalServices,
  event: unknown = {},
): Promise<MeasuredCheck> {
  const cost = await sandbox.invoke(event);
  if (cost?.ok !== true) throw new Error(`an invocation failed: ${cost?.error ?? 'its process ended'}`);
  return { cost, calls: services.countCalls() };
}
