import { fillSecretCommand, invokeCommand } from '../../lambda/aws/cli-commands.ts';

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
      `echo '{"command":"report","post":false}' | aws lambda invoke --region eu-west-1 --function-name SyncAlerts-prod --cli-read-timeout 90 --payload fileb:///dev/stdin /dev/stdout`,
    );
  });

  it("uses the AWS CLI's own region when none is known", () => {
    expect(invokeCommand('f', EVENT, { region: undefined })).not.toContain('--region');
  });
});
