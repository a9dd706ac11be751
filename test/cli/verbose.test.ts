import { aFailingRecord, HOUR, MINUTE, START } from '../commands/a-world.ts';
import { answers, closeLocalServers } from '../http/local-server.ts';
import { Laptop, removeFolders } from './a-laptop.ts';

let laptop: Laptop;
beforeEach(async () => {
  laptop = await Laptop.start();
  laptop.shown = [aFailingRecord(START, { interval_secs: 30 * 86_400 })];
});
afterEach(async () => {
  await closeLocalServers();
  removeFolders();
});

/** The lines after the summary, which ends with the first line that begins with a count of syncs. */
function decisionsIn(stdout: string): readonly string[] {
  const [, decisions] = stdout.split(/^\d+ syncs?: .*\.\n/m);
  return (decisions ?? '').trim().split('\n');
}

describe('npm start -- --dry-run --verbose', () => {
  it('names an alert that would be sent now, and why', async () => {
    const { status, stdout, stderr } = await laptop.start('--dry-run', '--verbose');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('; dry run: nothing posted, nothing saved.\n\n');
    expect(decisionsIn(stdout)).toEqual(['orders: sent now: it fires']);
    expect(laptop.posted()).toEqual([]);
  });

  it('says when an alert was sent, and when its reminder follows', async () => {
    await laptop.start();
    laptop.now += 2 * HOUR;
    const { stdout } = await laptop.start('--dry-run', '--verbose');
    expect(decisionsIn(stdout)).toEqual([
      expect.stringMatching(/^orders: already notified 2 h ago, next reminder in 2[12] h( \d+ m)?$/),
    ]);
  });

  it('names an alert without a name by its id', async () => {
    laptop.shown = [aFailingRecord(START, { id: 'sync_42', name: null, source_table: null })];
    const { stdout } = await laptop.start('--dry-run', '--verbose');
    expect(decisionsIn(stdout)).toEqual([expect.stringMatching(/^sync:sync_42: sent now: /)]);
  });

  it('shows a name without control characters', async () => {
    laptop.shown = [aFailingRecord(START, { name: 'or\u001b[31m\nders' })];
    const { stdout } = await laptop.start('--dry-run', '--verbose');
    expect(decisionsIn(stdout)).toEqual([expect.stringMatching(/^or \[31m ders: sent now: /)]);
  });

  it('says that there are no alerts', async () => {
    laptop.shown = answers(200, '{"syncs": []}', { 'content-type': 'application/json' });
    const { stdout } = await laptop.start('--dry-run', '--verbose');
    expect(decisionsIn(stdout)).toEqual(['There are no alerts.']);
  });

  it('gives the decisions of a failed check too', async () => {
    await laptop.start();
    laptop.now += 5 * MINUTE;
    laptop.shown = answers(404);
    const { status, stdout } = await laptop.start('--dry-run', '--verbose');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^Listing the syncs failed: .*\n\n(.*\n)*orders: already notified 5 m ago/m);
  });
});

describe('npm start without --verbose', () => {
  it('ends with the summary', async () => {
    const { stdout } = await laptop.start('--dry-run');
    expect(stdout).toMatch(/nothing saved\.\n$/);
  });

  it('has the decisions on --json', async () => {
    const { stdout } = await laptop.start('--dry-run', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      decisions: [
        { alert: 'sync:orders', name: 'orders', notify: true, reason: 'new', text: 'sent now: it fires' },
      ],
    });
  });
});
