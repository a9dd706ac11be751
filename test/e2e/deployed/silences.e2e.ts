import { aFailingRecord, aRecord } from '../../commands/a-world.ts';
import type { CommandResult } from '../aws-cli.ts';
import { shell } from '../shell.ts';
import { Deployment } from './deployment.ts';

/* The commands about silences, as a person pastes them: `npm run invoke`, the AWS CLI, the function and its table. */

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start();
});

afterAll(() => deployment?.stop());

beforeEach(() => deployment.startAfresh());

function invoke(command: string): Promise<CommandResult> {
  return shell(deployment.emulator, `npm run --silent invoke -- prod ${command}`);
}

/** The id of the silence in an answer: "Silenced until … (k3f9): …". */
const idIn = ({ stdout }: CommandResult) => /\(([a-z2-9]{4})\):/.exec(stdout)?.[1] ?? 'none';

const textsPosted = () => deployment.takePosted().map((message) => JSON.stringify(message));

/** Of five syncs on connections of their own, these fail. */
function someFail(...failing: readonly string[]): void {
  const now = Date.now();
  deployment.timbal.syncs = ['orders', 'refunds', 'fees', 'leads', 'deals'].map((id) => {
    const record = failing.includes(id) ? aFailingRecord : aRecord;
    return record(now, { id, name: id, connection_ref: `pg-${id}` });
  });
}

it('a silence is answered, listed, holds back, and gives it back when it is ended', async () => {
  someFail('orders', 'refunds');
  const silenced = await invoke(`silence --match name='ord*' --for 2d --reason "the migration"`);
  expect(silenced).toMatchObject({ status: 0, stderr: '' });
  expect(silenced.stdout).toMatch(
    /^Silenced until \d{4}-\d\d-\d\d \d\d:\d\d UTC \([a-z2-9]{4}\): name ord\*\.\n/,
  );
  expect(silenced.stdout).toContain('1 sync of the listing matches; no alert of it is open.');

  expect((await deployment.invoke()).result).toMatchObject({ open: 2, posts: { accepted: 1 } });
  const [first = '', ...others] = textsPosted();
  expect(others).toEqual([]);
  expect(first).toContain('refunds');
  expect(first).not.toContain('orders is failing');
  expect(first).toContain('1 silenced until');

  const listed = await invoke('silences');
  expect(listed.stdout).toMatch(
    new RegExp(`^${idIn(silenced)} {2}active {2}name ord\\*, until .*: the migration\n`),
  );
  expect(listed.stdout).toContain('1 alert of it is open: orders');

  expect((await invoke(`unsilence ${idIn(silenced)}`)).stdout).toBe(`Ended ${idIn(silenced)}.\n`);
  expect((await deployment.invoke()).result).toMatchObject({ posts: { accepted: 1 } });
  expect(textsPosted()).toEqual([expect.stringContaining('1 alert was silenced until now')]);
  expect((await invoke('silences')).stdout).toBe('Nothing is silenced.\n');
});

it('the command at the end of a digest silences what is open in it', async () => {
  someFail('orders', 'refunds');
  await deployment.invoke();
  const [digest = ''] = textsPosted();
  const command = /npm run invoke -- prod (silence [a-z2-9]{4} --for 8h)/.exec(digest)?.[1] ?? 'no command';
  expect((await invoke(command)).stdout).toContain(
    '2 alerts of a digest.\n2 alerts of it are open: orders, refunds',
  );
});

it('an acknowledgement holds until the alert ends, whose recovery is posted', async () => {
  someFail('orders', 'refunds');
  await deployment.invoke();
  textsPosted();
  const acknowledged = await invoke('ack orders --reason "Ben looks at it"');
  expect(acknowledged.stdout).toMatch(
    /^Acknowledged until .*: 1 alert, until it ends\.\n1 alert of it is open: orders\.\n/,
  );
  expect((await invoke('silences')).stdout).toContain('Ben looks at it');
  someFail();
  await deployment.invoke();
  expect(textsPosted()).toEqual([expect.stringContaining('recovered')]);
});

it.each([
  ['silence --match name=orders --for 2d', 'a silence by a matcher needs a reason'],
  ['silence zzzz --for 8h', 'no digest has this token'],
  ['ack nothing', 'no open alert has this id'],
])('%s is refused with exit code 2, and says why', async (command, why) => {
  const { status, stdout, stderr } = await invoke(command);
  expect(status).toBe(2);
  expect(stdout + stderr).toContain(why);
});
