import { readFileSync } from 'node:fs';
import { faultsOf } from '../core/render/block-kit-validator.ts';
import { existingFiles, FOLDER, goldenFiles, runSituation } from './golden-files.ts';
import { SITUATIONS } from './situations.ts';

/** After an intended change, run `npm run goldens` and read the diff of the files. */
describe.each(Object.entries(SITUATIONS))('%s', (name, situation) => {
  it('gives the text and the messages of its golden files', async () => {
    for (const [file, text] of Object.entries(await goldenFiles(name, situation))) {
      expect({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }).toEqual({ file, text });
    }
  });

  it('gives messages that Slack accepts', async () => {
    const { messages } = await runSituation(situation);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.flatMap(faultsOf)).toEqual([]);
  });
});

it('every golden file belongs to a situation', () => {
  const expected = Object.keys(SITUATIONS).flatMap((name) => [`${name}.slack.json`, `${name}.txt`]);
  expect(existingFiles().toSorted()).toEqual(expected.toSorted());
});
