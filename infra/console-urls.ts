import { Aws, CfnCondition, Fn, type Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';

/** Hosts of the AWS console by partition. Those of the isolated partitions are not public. */
const HOSTS: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/** The URL of a resource in the AWS console by the resource's name, which needs no encoding: CloudFormation makes it. */
export interface ConsoleUrls {
  readonly logGroup: (name: string) => string;
  readonly function: (name: string) => string;
  readonly dashboard: (name: string) => string;
}

/** The pages of a stack's resources; undefined in a partition whose console is not public. */
export function consoleUrls(stack: Stack): ConsoleUrls | undefined {
  const host = consoleHost(stack);
  if (host === undefined) return undefined;
  const url = (service: string, fragment: string) =>
    `https://${host}/${service}/home?region=${stack.region}#${fragment}`;
  return {
    logGroup: (name) => url('cloudwatch', `logsV2:log-groups/log-group/${name}`),
    function: (name) => url('lambda', `/functions/${name}`),
    dashboard: (name) => url('cloudwatch', `dashboards/dashboard/${name}`),
  };
}

/** A token where the region, and with it the partition, is known at deployment only. */
function consoleHost(stack: Stack): string | undefined {
  if (!Token.isUnresolved(stack.region)) return HOSTS[RegionInfo.get(stack.region).partition ?? 'aws'];
  const { aws = '', ...others } = HOSTS;
  return Object.entries(others).reduce((otherwise, [partition, host]) => {
    const { logicalId } = partitionCondition(stack, partition);
    return Fn.conditionIf(logicalId, host, otherwise).toString();
  }, aws);
}

/** One condition for each partition and stack, however many constructs link. */
function partitionCondition(stack: Stack, partition: string): CfnCondition {
  const id = `Is-${partition}`;
  const existing = stack.node.tryFindChild(id);
  if (existing instanceof CfnCondition) return existing;
  return new CfnCondition(stack, id, { expression: Fn.conditionEquals(Aws.PARTITION, partition) });
}
