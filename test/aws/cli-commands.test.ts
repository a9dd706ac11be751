import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillSecretCommand, invokeCommand, subscribeCommand } from '../../lambda/aws/cli-commands.ts';

const EVENT = { command: 'report', post: false };

describe('the command that fills the secret', () => {
  it.each([
    [
      'eu-west-1',
      'aws secretsmanager put-secret-value --region eu-west-1 --secret-id x --secret-string file:///dev/stdin < secret.json',
    ],
    [
      undefined,
      'aws secretsmanager put-secret-value --secret-id x --secret-string file:///dev/stdin < secret.json',
    ],
  ])('in the region %s takes the values from a file', (region, command) => {
    expect(fillSecretCommand('x', { region })).toBe(command);
  });
});

describe('the command that invokes the function', () => {
  it('sends the event as its payload, and waits 90 s for the response', () => {
    expect(invokeCommand('SyncAlerts-prod', EVENT, { region: 'eu-west-1' })).toBe(
      `(echo '{"command":"report","post":false}' | aws lambda invoke --region eu-west-1 --function-name SyncAlerts-prod --cli-read-timeout 90 --payload fileb:///dev/stdin /dev/fd/3 3>&1 >&2)`,
    );
  });

  it.each(['> response.json', '| cat > response.json'])(
    'followed by "%s" writes the response alone, and prints the status of the AWS CLI on standard error',
    (appended) => {
      const folder = mkdtempSync(join(tmpdir(), 'aws-cli-'));
      const command = invokeCommand('SyncAlerts-prod', EVENT, { region: undefined });
      // Stands for the AWS CLI: writes the response, here the event, to the file that the last argument names.
      const aws = 'aws() { for last; do :; done; cat > "$last"; echo status; }';
      const shell = spawnSync('sh', ['-c', `${aws}; ${command} ${appended}`], {
        cwd: folder,
        encoding: 'utf8',
      });
      const response = readFileSync(join(folder, 'response.json'), 'utf8');
      rmSync(folder, { recursive: true });
      expect(JSON.parse(response)).toEqual(EVENT);
      expect(shell).toMatchObject({ status: 0, stdout: '', stderr: 'status\n' });
    },
  );

  it("uses the AWS CLI's own region when none is known", () => {
    expect(invokeCommand('f', EVENT, { region: undefined })).not.toContain('--region');
  });
});

describe('the command that subscribes to the alarms', () => {
  it('leaves the address to the person', () => {
    expect(subscribeCommand('arn:aws:sns:eu-west-1:123456789012:alarms', { region: 'eu-west-1' })).toBe(
      'aws sns subscribe --region eu-west-1 --topic-arn arn:aws:sns:eu-west-1:123456789012:alarms --protocol email --notification-endpoint ADDRESS',
    );
  });
});
