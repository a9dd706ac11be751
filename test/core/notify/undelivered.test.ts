import { undelivered } from '../../../lambda/core/notify/notification-log.ts';
import { INITIAL_STATE } from '../../../lambda/core/state.ts';
import { ago, aLogEntry, aRoute, NOW } from '../a-sync.ts';

describe('undelivered notifications', () => {
  it('are counted over all routes, with the time since the oldest', () => {
    const routes = {
      default: aRoute({ 'sync:a': { undeliveredSince: NOW }, 'sync:b': aLogEntry() }),
      other: aRoute({ 'sync:a': { undeliveredSince: ago(60) }, 'sync:c': { undeliveredSince: ago(30) } }),
    };
    expect(undelivered({ ...INITIAL_STATE, routes })).toEqual({ count: 3, since: ago(60) });
  });

  it('are none when everything was sent', () => {
    const routes = { default: aRoute({ 'sync:b': aLogEntry() }) };
    expect(undelivered({ ...INITIAL_STATE, routes })).toEqual({ count: 0 });
  });
});
