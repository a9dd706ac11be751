import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aFailingRecord, START } from '../commands/a-world.ts';
import { closeLocalServers } from '../http/local-server.ts';
import { aFolder, Laptop, removeFolders } from './a-laptop.ts';

afterEach(async () => {
  await closeLocalServers();
  removeFolders();
});

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:data-mail';

/** What `npm start` prints of a failing sync whose alerts go to the topic. */
async function printed(settings: Readonly<Record<string, string>> = {}): Promise<string> {
  const laptop = await Laptop.start();
  laptop.shown = [aFailingRecord(START)];
  const file = join(aFolder(), 'policy.json');
  const mail = { kind: 'sns', topicArn: TOPIC, ...settings };
  writeFileSync(file, JSON.stringify({ destinations: { mail }, defaultRoute: { to: 'mail' } }));
  laptop.environment['SYNC_ALERTS_POLICY'] = file;
  const { status, stdout, stderr } = await laptop.start();
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(laptop.posted()).toEqual([]);
  return stdout;
}

it('npm start prints the subject, the attributes and the text that a topic of SNS would get', async () => {
  const [first, empty, subject, attributes, blank, headline, , line] = (await printed()).split('\n');
  expect([first, empty, subject, attributes, blank, headline]).toEqual([
    `To mail, the topic ${TOPIC}:`,
    '',
    'Subject: laptop: First check: 1 sync needs attention',
    'Attributes: severity=warning, environment=laptop',
    '',
    'First check: 1 sync needs attention',
  ]);
  expect(line).toMatch(/^ {2}WARNING {2}orders /);
});

it('npm start prints the notification that Amazon Q would get', async () => {
  const text = await printed({ format: 'amazon-q' });
  const json = text.split('\n').find((line) => line.startsWith('{')) ?? '';
  expect(JSON.parse(json)).toMatchObject({
    source: 'custom',
    content: { title: 'laptop: First check: 1 sync needs attention' },
  });
});
