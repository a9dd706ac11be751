import { Annotations } from 'aws-cdk-lib';
import { Alarm, type Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { SyncAlertsError } from '../lambda/errors.ts';
import { alarmTopic } from './alarm-topic.ts';
import { noWindowFits } from './alarm-window.ts';
import { ALARM_NAMES, type AlarmName, alarmPropsFor, type LeftOut } from './alarms.ts';
import { addDashboard } from './dashboard.ts';
import type { SyncAlerts } from './sync-alerts.ts';

export interface MonitoringProps {
  /** The construct to monitor. */
  readonly syncAlerts: SyncAlerts;
  /**
   * An existing topic for the alarms. Its policy must allow CloudWatch to publish.
   * @default - a new topic
   */
  readonly topic?: ITopic;
  /**
   * E-mail addresses to subscribe to the new topic; AWS asks each to confirm.
   * @default - none
   */
  readonly emails?: readonly string[];
  /**
   * Who hears the alarms although `emails` does not name them: "PagerDuty, subscribed by hand".
   * @default - nobody
   */
  readonly otherSubscribers?: string;
  /**
   * Encrypts the new topic. Its key policy must allow `cloudwatch.amazonaws.com` to use it.
   * @default - the new topic is not encrypted
   */
  readonly encryptionKey?: IKey;
  /**
   * The alarms to leave out, each with the reason.
   * @default - none
   */
  readonly without?: LeftOut;
  /**
   * Whether there is a dashboard.
   * @default true
   */
  readonly dashboard?: boolean;
}

/** Monitors sync-alerts itself: alarms over a second channel, and a dashboard of the syncs and the checks. */
export class Monitoring extends Construct {
  readonly topic: ITopic;
  readonly alarms: ReadonlyMap<AlarmName, Alarm>;
  readonly dashboard: Dashboard | undefined;
  /** Who hears the alarms, in words. */
  readonly subscribers: string;

  /** @throws SyncAlertsError `alarm_impossible` if no alarm fits the schedule and `noCheckCompleted` is not left out. */
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { syncAlerts, topic, emails = [], encryptionKey, without = {}, dashboard = true } = props;
    this.topic = topic ?? alarmTopic(this, { encryptionKey, emails });
    const names = ALARM_NAMES.filter((name) => without[name] === undefined);
    this.alarms = new Map(names.map((name) => [name, this.#addAlarm(name, syncAlerts)]));
    const alarms = [...this.alarms.values()];
    this.subscribers = this.#subscribersOf(props);
    this.dashboard = dashboard ? addDashboard(this, { syncAlerts, alarms, leftOut: without }) : undefined;
  }

  /** Warns at every synth while nobody hears the alarms. */
  #subscribersOf({ topic, emails = [], otherSubscribers, syncAlerts }: MonitoringProps): string {
    const named = [...emails, ...(otherSubscribers === undefined ? [] : [otherSubscribers])];
    if (named.length > 0) return named.join(', ');
    if (topic !== undefined) return 'those of the existing topic';
    if (this.alarms.size === 0) return 'nobody: every alarm is left out';
    const fix = 'set alarms.emails, or name who is subscribed by hand in alarms.otherSubscribers';
    const fault = `nobody hears the alarms of ${syncAlerts.environment}: ${fix} (infra/environments.ts)`;
    Annotations.of(this).addWarningV2('sync-alerts:nobodyHears', fault);
    return `NOBODY: ${fix}`;
  }

  #addAlarm(name: AlarmName, syncAlerts: SyncAlerts): Alarm {
    const props = alarmPropsFor(name, syncAlerts);
    if (props === undefined) {
      const message = `${this.node.path}: ${noWindowFits(syncAlerts.schedule.expression)}`;
      throw new SyncAlertsError('alarm_impossible', message);
    }
    const alarm = new Alarm(this, `${name.charAt(0).toUpperCase()}${name.slice(1)}`, props);
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }
}
