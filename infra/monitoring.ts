import { Alarm, type Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { SyncAlertsError } from '../lambda/errors.ts';
import { alarmTopic } from './alarm-topic.ts';
import { noAlarmFits } from './alarm-window.ts';
import { ALARM_NAMES, type AlarmName, type LeftOut, plannedAlarm } from './alarms.ts';
import { watchDashboard } from './dashboard.ts';
import type { SyncAlerts } from './sync-alerts.ts';

export interface MonitoringProps {
  readonly watch: SyncAlerts;
  /** Where the alarms go, which has to let CloudWatch publish. Default: a topic of its own. */
  readonly topic?: ITopic;
  /** Subscribed to the topic of its own; each is asked by e-mail to confirm. Default: none. */
  readonly emails?: readonly string[];
  /** Encrypts the topic of its own; its policy has to let `cloudwatch.amazonaws.com` use it. Default: not encrypted. */
  readonly encryptionKey?: IKey;
  /** Alarms that are not wanted, each with the reason. Default: none is left out. */
  readonly without?: LeftOut;
  /** Whether there is a dashboard. Default: true. */
  readonly dashboard?: boolean;
}

/** Watches the watcher: alarms by a second channel, and one page that shows how syncs and watcher have been doing. */
export class Monitoring extends Construct {
  readonly topic: ITopic;
  readonly alarms: ReadonlyMap<AlarmName, Alarm>;
  readonly dashboard: Dashboard | undefined;

  /** @throws SyncAlertsError `alarm_impossible` when no alarm fits the schedule and that alarm is not left out. */
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { watch, topic, emails = [], encryptionKey, without = {}, dashboard = true } = props;
    this.topic = topic ?? alarmTopic(this, encryptionKey, emails);
    this.alarms = new Map(
      ALARM_NAMES.filter((name) => without[name] === undefined).map((name) => [
        name,
        this.#alarm(name, watch),
      ]),
    );
    this.dashboard = dashboard ? watchDashboard(this, watch, [...this.alarms.values()], without) : undefined;
  }

  #alarm(name: AlarmName, watch: SyncAlerts): Alarm {
    const planned = plannedAlarm(name, watch);
    if (planned === undefined) {
      throw new SyncAlertsError(
        'alarm_impossible',
        `${this.node.path}: ${noAlarmFits(watch.schedule.expression)}`,
      );
    }
    const alarm = new Alarm(this, `${name.charAt(0).toUpperCase()}${name.slice(1)}`, planned);
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }
}
