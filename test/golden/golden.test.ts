import { readFileSync } from 'node:fs';
import { faultsOf } from '../core/render/block-kit-validator.ts';
import { FOLDER, filesThere, goldenFiles, said } from './golden-files.ts';
import { SITUATIONS } from './situations.ts';

/** After a change on purpose: `npm run goldens`, and read what became of the files. */
describe.each(Object.entries(SITUATIONS))('%s', (name, situation) => {
  it('is told as its golden files say', async () => {
    for (const [file, text] of Object.entries(goldenFiles(name, situation, await said(situation)))) {
      expect({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }).toEqual({ file, text });
    }
  });

  it('is told in messages that Slack takes', async () => {
    const { messages } = await said(situation);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.flatMap(faultsOf)).toEqual([]);
  });
});

it('has no golden file without its situation', () => {
  const expected = Object.keys(SITUATIONS).flatMap((name) => [`${name}.slack.json`, `${name}.txt`]);
  expect(filesThere().toSorted()).toEqual(expected.toSorted());
});
