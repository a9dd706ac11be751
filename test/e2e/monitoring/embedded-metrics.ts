import * as v from 'valibot';

/** Metrics that one line carries, as CloudWatch reads it. */
export interface Embedded {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly figures: Readonly<Record<string, number>>;
  readonly requestId: string;
}

/** Amazon CloudWatch User Guide, "Specification: Embedded metric format": the schema, as far as it is used. */
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
 * The metrics in what a function printed, one for each line that has `_aws` at its root: it is what CloudWatch takes for
 * metrics. Throws when such a line is not what the specification demands.
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
  if (Buffer.byteLength(line) > MAX_BYTES) throw new Error('the line is too long for an event of the log');
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
