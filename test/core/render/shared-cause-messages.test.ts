import { writeDigest } from '../../../lambda/core/digest/write-digest.ts';
import { planNotifications } from '../../../lambda/core/notify/plan.ts';
import { type Message, slackMessages } from '../../../lambda/core/render/slack-messages.ts';
import { processorMsSince } from '../../processor-time.ts';
import { aDiagnosis, anAlert, labelsOf, listed, NOW, ORIGIN, POLICY } from '../a-digest.ts';
import { countsLeftOut, coversOf, expectAllCovered, expectValid, numbered, numbers } from './many-alerts.ts';

/** New alerts of failing syncs, one for each of these labels, and how a check writes their digest. */
function newAlerts(labels: readonly ReturnType<typeof ownLabels>[]) {
  const ids = labels.map((_, index) => numbered(index));
  const evaluation = listed(
    labels.map(({ connectorId, connectionRef, kbUid }, index) =>
      aDiagnosis({
        id: numbered(index),
        name: numbered(index),
        connector_id: connectorId,
        connection_ref: connectionRef,
        kb_uid: kbUid,
      }),
    ),
  );
  const alerts = ids.map((id, index) => [
    `sync:${id}`,
    anAlert({ since: NOW, labels: labelsOf(id, labels[index]) }),
  ]);
  const facts = { alerts: Object.fromEntries(alerts), histories: {}, size: { normal: ids.length } };
  const write = () => {
    const { plan } = planNotifications(facts, { notificationLog: {} }, { evaluation, policy: POLICY });
    return writeDigest(plan, { facts, evaluation, origin: ORIGIN, initialRun: false });
  };
  return { ids, write };
}

/** Connector, connection and knowledge base of one name. */
function ownLabels(name: string) {
  return { connectorId: name, connectionRef: name, kbUid: name };
}

/** The lines of causes and of single alerts. */
const headsOf = ({ blocks }: Message) =>
  blocks.flatMap((block) => {
    const text = block.type === 'section' ? block.text.text : '';
    return text.match(/(connection|connector|knowledge base) `\S+`: |`sync-\d{5}` \*is failing/)?.[0] ?? [];
  });

describe('the messages about shared causes', () => {
  it('of 20,000 alerts are at most three, the causes first, written within 3 s', () => {
    // Twenty causes of 990 alerts each, and among them 200 alerts that share nothing.
    const labels = numbers(20_000).map((index) =>
      ownLabels(index % 100 === 0 ? `own-${index}` : `shared-${String(index % 20).padStart(2, '0')}`),
    );
    const { ids, write } = newAlerts(labels);
    const before = process.cpuUsage();
    const digest = write();
    const messages = slackMessages(digest);
    expect(processorMsSince(before)).toBeLessThan(3000);

    expectValid(messages);
    expectAllCovered(messages, digest);
    expect(new Set(coversOf(messages).map(({ fingerprint }) => fingerprint)).size).toBe(ids.length);
    expect(digest.headline).toBe('20,000 syncs need attention (20 shared causes)');
    const heads = messages.flatMap(headsOf);
    expect(heads.slice(0, 20).every((head) => head.startsWith('connection `shared-'))).toBe(true);
    expect(new Set(heads.slice(0, 20)).size).toBe(20);
    expect(heads.slice(20).every((head) => head.endsWith('*is failing'))).toBe(true);
    expect(heads.length).toBeGreaterThan(20);
  });

  it('count alert by alert when there are too many causes', () => {
    const { ids, write } = newAlerts(
      numbers(1200).map((index) => ownLabels(`shared-${String(index % 300).padStart(3, '0')}`)),
    );
    const messages = slackMessages(write());
    expectValid(messages);
    const listed = coversOf(messages).filter((coverage) => coverage.listed).length;
    expect(listed).toBeGreaterThan(0);
    expect(countsLeftOut(messages)).toEqual([(ids.length - listed).toLocaleString('en-US')]);
  });
});
