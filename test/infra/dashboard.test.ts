import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/invocation/metric-names.ts';
import { aStack, aTemplate, PROJECT, removeFolders, theDashboard } from './a-stack.ts';

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly markdown?: string;
    readonly query?: string;
    readonly alarms?: readonly string[];
  };
}

let asShipped: Template;
let widgets: readonly Widget[];
beforeAll(() => {
  asShipped = aTemplate();
  ({ widgets } = JSON.parse(theDashboard(asShipped)));
});
afterAll(removeFolders);

test('the dashboard has plots first, then alarms and notifications, and commands last', () => {
  expect(widgets.map(({ type, properties }) => `${type}: ${properties.title ?? ''}`)).toEqual([
    'metric: Syncs by problem',
    'metric: Worst lag (intervals of the sync)',
    'metric: Messages posted to Slack',
    'metric: Duration of checks (ms)',
    'metric: Checks completed and failed',
    'alarm: Alarms',
    'log: Recent notifications',
    'text: ',
  ]);
});

test('the dashboard plots every metric that the function emits', () => {
  const plotted = widgets
    .flatMap(({ properties }) => properties.metrics ?? [])
    .filter(([namespace]) => namespace === METRIC_NAMESPACE)
    .map(([, name]) => name);
  expect(plotted.sort()).toEqual(METRICS.map(({ name }) => name).sort());
});

test('the dashboard lists the log lines of accepted notifications, with the reason of each', () => {
  const { query } = widgets.find(({ type }) => type === 'log')?.properties ?? {};
  expect(query).toContain('fields @timestamp, message.reason, message.severity');
  expect(query).toContain('filter message.event = "notified"');
});

test('the dashboard has the seven alarms, the time limit of 60,000 ms, and commands to paste', () => {
  expect(widgets.find(({ type }) => type === 'alarm')?.properties.alarms).toHaveLength(7);
  expect(theDashboard(asShipped)).toContain('"value":60000,"label":"time limit"');
  const { markdown = '' } = widgets.at(-1)?.properties ?? {};
  expect(markdown).toContain(`(echo '{"command":"report"}' | aws lambda invoke --region TOKEN`);
  expect(markdown).toContain('aws secretsmanager put-secret-value');
  expect(markdown).toMatch(/\[Log\]\(https:\S+\), \[function\]\(https:\S+\)/);
  expect(markdown).toContain('`docs/runbook.md` in the repository');
  const runbook = 'https://wiki.acme.example/runbook';
  expect(theDashboard(aTemplate({ policy: { links: { runbook } } }))).toContain(`[runbook](${runbook})`);
});

test('an environment can leave the dashboard out, and its output with it', () => {
  const template = aTemplate({ dashboard: false });
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  expect(template.findOutputs('DashboardName')).toEqual({});
  expect(aStack().monitoring.dashboard).toBeDefined();
});

test('docs/operations.md lists every metric with its unit, and no other', () => {
  const page = readFileSync(join(PROJECT, 'docs/operations.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z]\w+)` \| (\w+) \|/gm)].map(([, name, unit]) => ({ name, unit }));
  expect(rows).toEqual(METRICS.map((metric) => ({ ...metric })));
});
