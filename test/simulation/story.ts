/** What happened in a world, in words, for whoever has to find out why. */
export class Story {
  readonly lines: string[] = [];
  readonly isTold: boolean;

  constructor(isTold: boolean) {
    this.isTold = isTold;
  }

  at(moment: number, words: string): void {
    if (this.isTold) this.lines.push(`${new Date(moment).toISOString().slice(5, 19)} ${words}`);
  }
}
