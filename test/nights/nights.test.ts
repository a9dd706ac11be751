import { readdirSync, readFileSync } from 'node:fs';
import { NIGHTS, nightNames, readNight, transcriptFile } from './night-files.ts';
import { disappointments } from './play/judge.ts';
import { playNight } from './play/play-night.ts';
import type { PlayedNight } from './play/played-night.ts';
import { transcriptOf } from './play/transcript.ts';
import { countPairs, factorsOf, SITUATIONS, situationRow, situationsDocument } from './situations.ts';

const SITUATION_ROWS = readFileSync(SITUATIONS, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ['));

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

  if (factorsOf(night).length > 0)
    it('is in the table of situations with what it sends', () =>
      expect(SITUATION_ROWS).toContain(situationRow(name, night, played)));
});

describe('the table of situations', () => {
  const nights = nightNames(NIGHTS).map((name) => readNight(NIGHTS, name));
  const situations = nights.filter((night) => factorsOf(night).length > 0);

  it('has at least fifty, and no other rows than those of the nights', () => {
    expect(situations.length).toBeGreaterThanOrEqual(50);
    expect(SITUATION_ROWS).toHaveLength(situations.length);
  });

  it('is what npm run goldens writes', () =>
    expect(readFileSync(SITUATIONS, 'utf8')).toBe(situationsDocument(SITUATION_ROWS, situations)));

  it.each([...countPairs(situations)])('has a night with %s', (_, count) => expect(count).toBeGreaterThan(0));
});

it('has no transcript without its night', () => {
  const transcripts = readdirSync(NIGHTS).filter((file) => file.endsWith('.transcript.txt'));
  const expected = nightNames(NIGHTS).map((name) => `${name}.transcript.txt`);
  expect(transcripts.toSorted()).toEqual(expected.toSorted());
});
