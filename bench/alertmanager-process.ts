import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { costOf, type ProcessCost } from './process-cost.ts';

/** The Debian package of the same name contains it. */
const PROGRAM = 'prometheus-alertmanager';
const PORT = 29_093;
const ALERTS_URL = `http://127.0.0.1:${PORT}/api/v2/alerts`;
/** The program takes some time to start. */
const MAX_ATTEMPTS = 50;

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  /** A time in the past resolves the alert. */
  readonly endsAt: string;
}

export function hasAlertmanager(): boolean {
  return spawnSync(PROGRAM, ['--version']).status === 0;
}

/** A single Prometheus Alertmanager on loopback that posts all alerts as one group to a Slack on loopback. */
export class AlertmanagerProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sync-alerts-alertmanager-'));
  readonly #process: ChildProcess;

  constructor(slackUrl: string) {
    const file = join(this.#folder, 'alertmanager.yml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(configuration(slackUrl)));
    const args = [
      `--config.file=${file}`,
      `--storage.path=${this.#folder}`,
      `--web.listen-address=127.0.0.1:${PORT}`,
      '--cluster.listen-address=',
    ];
    this.#process = spawn(PROGRAM, args, { stdio: 'ignore' });
  }

  async send(alerts: readonly Alert[]): Promise<void> {
    const body = JSON.stringify(alerts);
    for (let attempts = 1; ; attempts += 1) {
      try {
        const headers = { 'content-type': 'application/json' };
        const { ok, status } = await fetch(ALERTS_URL, { method: 'POST', headers, body });
        if (!ok) throw new Error(`Alertmanager responded ${status}`);
        return;
      } catch (error) {
        if (attempts === MAX_ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  cost(): ProcessCost {
    return costOf(this.#process.pid ?? 0);
  }

  async end(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
    rmSync(this.#folder, { recursive: true });
  }
}

function configuration(slackUrl: string) {
  return {
    route: { receiver: 'slack', group_by: ['alertname'], group_wait: '1s', group_interval: '1s' },
    receivers: [
      { name: 'slack', slack_configs: [{ api_url: slackUrl, channel: '#bench', send_resolved: true }] },
    ],
  };
}
