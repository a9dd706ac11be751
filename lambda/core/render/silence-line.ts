import { type Line, words } from '../digest/rich-text.ts';

/** The last line of a digest with something open. The command is ours alone: it may be pasted into a shell. */
export function silenceLine(command: string): Line {
  // A command that was cut would not run.
  return [words('To silence this for 8 h: '), { kind: 'untrusted', text: command }];
}
