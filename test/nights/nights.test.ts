import { readdirSync, readFileSync } from 'node:fs';
import { NIGHTS, nightNames, readNight, transcriptFile } from './night-files.ts';
import { disappointments } from './play/judge.ts';
import { playNight } from './play/play-night.ts';
import type { PlayedNight } from './play/played-night.ts';
import { transcriptOf } from './play/transcript.ts';

/** After a change on purpose: run `npm run goldens` and read the diff of the transcripts. */
describe.each(nightNames(NIGHTS))('the night %s', (name) => {
  const night = readNight(NIGHTS, name);
  let played: PlayedNight;
  beforeAll(async () => {
    played = await playNight(night);
  });

  it('ends as its people want', () => expect(disappointments(night, played)).toEqual([]));

  it('sends what its transcript shows', () =>
    expect(transcriptOf(night, played)).toBe(readFileSync(transcriptFile(name), 'utf8')));
});

it('has no transcript without its night', () => {
  const transcripts = readdirSync(NIGHTS).filter((file) => file.endsWith('.transcript.txt'));
  const expected = nightNames(NIGHTS).map((name) => `${name}.transcript.txt`);
  expect(transcripts.toSorted()).toEqual(expected.toSorted());
});
