/** One line of the table. */
export interface Row {
  readonly what: string;
  /** Our figure with its unit: "38.6 ms". */
  readonly ours: string;
  /** The other figure: "AWS clients 42.2 ms", "budget 413,000 bytes". */
  readonly against?: string;
  readonly ratio?: number;
}

/** A part of the benchmark. */
export interface Section {
  readonly name: string;
  readonly about: string;
  /** Rows, or why this machine cannot measure them. */
  run(setup: Setup): Promise<readonly Row[] | string>;
}

export interface Setup {
  /** The program of the deployed version of Node.js. */
  readonly node: string;
  /** How often everything that is compared is measured; the median counts. */
  readonly rounds: number;
  /** Prints a line of progress on standard error. */
  readonly progress: (text: string) => void;
}

/** Two series of figures in milliseconds, one of each per round. */
export interface Compared {
  readonly ours: readonly number[];
  readonly other: readonly number[];
  /** The name of the other. */
  readonly against: string;
}

export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

/** The ratio is the median of the ratios of each round: a machine's speed differs from minute to minute. */
export function comparedRow(what: string, { ours, other, against }: Compared): Row {
  const ratio = median(ours.map((figure, round) => figure / (other[round] ?? Number.NaN)));
  return {
    what,
    ours: milliseconds(median(ours)),
    against: `${against} ${milliseconds(median(other))}`,
    ratio,
  };
}

export function milliseconds(ms: number): string {
  return ms < 10 ? `${ms.toFixed(2)} ms` : `${ms.toFixed(1)} ms`;
}

/** "10,000": the same on every machine. */
export function thousands(count: number): string {
  return count.toLocaleString('en-US');
}

/** The rows of all sections as a table in Markdown. */
export function markdownTable(
  sections: readonly { readonly name: string; readonly rows: readonly Row[] }[],
): string {
  const lines = sections.flatMap(({ name, rows }) =>
    rows.map(({ what, ours, against = '', ratio }) => [name, what, ours, against, ratio?.toFixed(2) ?? '']),
  );
  const text = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    text(['section', 'what', 'ours', 'against', 'ratio']),
    '|---|---|---:|---:|---:|',
    ...lines.map(text),
  ].join('\n');
}
