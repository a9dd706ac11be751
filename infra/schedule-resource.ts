import { Duration, TimeZone } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type RoleRules, scheduleRole } from './roles.ts';
import { type CheckSchedule, maxEventAgeSeconds } from './schedule.ts';

interface ScheduleResourceProps {
  readonly description: string;
  readonly schedule: CheckSchedule;
  readonly handler: IFunction;
  readonly deadLetterQueue: IQueue;
  /** The KMS key of the dead-letter queue; undefined for a key that AWS owns. */
  readonly keyArn: string | undefined;
  readonly environment: string;
  readonly roles: RoleRules;
}

/** Adds the schedule of EventBridge Scheduler, which invokes the function with `{ command: 'check', scheduledAt }`. */
export function addSchedule(scope: Construct, props: ScheduleResourceProps): Schedule {
  const { description, schedule, handler, deadLetterQueue, keyArn, environment, roles } = props;
  const role = scheduleRole(scope, {
    functionArn: handler.functionArn,
    deadLetterQueueArn: deadLetterQueue.queueArn,
    keyArn,
    environment,
    rules: roles,
  });
  return new Schedule(scope, 'Schedule', {
    description,
    schedule: ScheduleExpression.expression(schedule.expression, TimeZone.of(schedule.timeZone)),
    enabled: schedule.enabled,
    target: new LambdaInvoke(handler, {
      // Otherwise the target would let the schedule invoke every version and alias of the function.
      role: role.withoutPolicyUpdates(),
      input: ScheduleTargetInput.fromObject({
        command: 'check',
        // Scheduler replaces it with the time for which it scheduled the check, which the delivery may follow by minutes.
        scheduledAt: ContextAttribute.scheduledTime,
      }),
      retryAttempts: 2,
      maxEventAge: Duration.seconds(maxEventAgeSeconds(schedule)),
      deadLetterQueue,
    }),
  });
}
