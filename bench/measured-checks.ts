import { deployedBundle } from './bundles.ts';
import { FunctionProcess, type InvocationCost } from './function-process.ts';
import { type Calls, LocalServices } from './local-services.ts';
import { listingBody } from './syncs.ts';

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

/** Runs the three checks with the deployed bundle. */
export async function measuredChecks(
  node: string,
  { syncs, unhealthy }: { readonly syncs: number; readonly unhealthy: number },
): Promise<MeasuredChecks> {
  const services = await LocalServices.start();
  services.body = listingBody({ syncs, unhealthy, at: Date.now() });
  const first = await sandbox(node, services);
  const opening = await measuredCheck(first, services);
  await first.end();
  const second = await sandbox(node, services);
  const quietCold = await measuredCheck(second, services);
  const quietWarm = await measuredCheck(second, services);
  await second.end();
  return { opening, quietCold, quietWarm };
}

/** How many calls there were. */
export function callCount({ secret, listing, stateReads, stateWrites, posts }: Calls): number {
  return secret + listing + stateReads + stateWrites + posts;
}

async function sandbox(node: string, services: LocalServices): Promise<FunctionProcess> {
  const { file, folder } = await deployedBundle();
  const started = new FunctionProcess({ node, bundle: file, environment: services.environment(folder) });
  await started.imported;
  services.countCalls();
  return started;
}

async function measuredCheck(sandbox: FunctionProcess, services: LocalServices): Promise<MeasuredCheck> {
  const cost = await sandbox.invoke();
  if (cost?.ok !== true) throw new Error(`a check failed: ${cost?.error ?? 'its process ended'}`);
  return { cost, calls: services.countCalls() };
}
