import { undelivered } from '../../../lambda/core/notify/notification-log.ts';
import { INITIAL_STATE } from '../../../lambda/core/state.ts';
import { aDestination, ago, aLogEntry, aRoute, NOW } from '../a-sync.ts';

describe('undelivered notifications', () => {
  it('are counted over all routes, with the time since the oldest', () => {
    const routes = {
      default: aRoute(aDestination({ 'sync:a': { undeliveredSince: NOW }, 'sync:b': aLogEntry() })),
      other: aRoute(
        aDestination({ 'sync:a': { undeliveredSince: ago(60) }, 'sync:c': { undeliveredSince: ago(30) } }),
      ),
    };
    expect(undelivered({ ...INITIAL_STATE, routes })).toEqual({ count: 3, since: ago(60) });
  });

  it('are none when everything was sent', () => {
    const routes = { default: aRoute(aDestination({ 'sync:b': aLogEntry() })) };
    expect(undelivered({ ...INITIAL_STATE, routes })).toEqual({ count: 0 });
  });
});
