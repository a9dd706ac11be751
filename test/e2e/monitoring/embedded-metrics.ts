import * as v from 'valibot';

/** The metrics of one line, as CloudWatch reads them. */
export interface Embedded {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly figures: Readonly<Record<string, number>>;
  readonly requestId: string;
}

/** Amazon CloudWatch User Guide, "Specification: Embedded metric format": the parts of the schema that we use. */
const LineSchema = v.looseObject({
  _aws: v.strictObject({
    Timestamp: v.pipe(v.number(), v.integer()),
    CloudWatchMetrics: v.tuple([
      v.strictObject({
        Namespace: v.pipe(v.string(), v.regex(/^[\w./#:-]{1,255}$/)),
        Dimensions: v.tuple([v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(30))]),
        Metrics: v.pipe(
          v.array(v.strictObject({ Name: v.string(), Unit: v.picklist(['Count', 'None', 'Seconds']) })),
          v.minLength(1),
          v.maxLength(100),
        ),
      }),
    ]),
  }),
});

const MAX_BYTES = 256 * 1024;

/**
 * The metrics in the output of a function, one for each line with `_aws` at its root: CloudWatch reads metrics from those.
 *
 * @throws Error when such a line does not follow the specification.
 */
export function embeddedIn(output: string): readonly Embedded[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => {
      const parsed: unknown = JSON.parse(line);
      return typeof parsed === 'object' && parsed !== null && '_aws' in parsed
        ? [embedded(line, parsed)]
        : [];
    });
}

function embedded(line: string, parsed: object): Embedded {
  if (Buffer.byteLength(line) > MAX_BYTES)
    throw new Error('the line is longer than 256 KB, the limit of a log event');
  const members = v.parse(LineSchema, parsed);
  const [{ Namespace, Dimensions, Metrics }] = members._aws.CloudWatchMetrics;
  const dimensionSchema = v.pipe(v.string(), v.nonEmpty(), v.maxLength(1024));
  const named = <T>(names: readonly string[], schema: v.GenericSchema<unknown, T>): Record<string, T> =>
    Object.fromEntries(names.map((name) => [name, v.parse(schema, members[name])]));
  return {
    namespace: Namespace,
    dimensions: named(Dimensions[0], dimensionSchema),
    figures: named(
      Metrics.map(({ Name }) => Name),
      v.pipe(v.number(), v.finite()),
    ),
    requestId: v.parse(v.string(), members['requestId']),
  };
}
