import { check } from '../../../lambda/commands/check.ts';
import type { WatchState } from '../../../lambda/core/state.ts';
import { playChannels, type RunCheck } from './channel-world.ts';

const SEEDS = Array.from({ length: 8 }, (_, index) => index + 4);

it.each(SEEDS)('tells each destination what is its, once: seed %d', async (seed) => {
  expect((await playChannels(seed)).violations).toEqual([]);
});

/** Checks with a rule of the routes or of the silences broken on purpose. */
const BREAKAGES: Readonly<Record<string, RunCheck>> = {
  'the first route is left out': (ports, settings) =>
    check(ports, { ...settings, policy: { ...settings.policy, routes: settings.policy.routes.slice(1) } }),

  'no route goes on': (ports, settings) => {
    const routes = settings.policy.routes.map((route) => ({ ...route, continue: false }));
    return check(ports, { ...settings, policy: { ...settings.policy, routes } });
  },

  'every route goes on': (ports, settings) => {
    const routes = settings.policy.routes.map((route) => ({ ...route, continue: true }));
    return check(ports, { ...settings, policy: { ...settings.policy, routes } });
  },

  'silences hold nothing back': (ports, settings) => {
    const load = async (...given: Parameters<typeof ports.state.load>) => {
      const { silences: _silences, ...loaded } = await ports.state.load(...given);
      return loaded;
    };
    return check({ ...ports, state: { ...ports.state, load } }, settings);
  },

  'the log of another destination is forgotten': forgets((name) => name === 'payments'),

  'what goes elsewhere now is forgotten where it was sent': (ports, settings) =>
    forgets((name) => !settings.policy.routes.some(({ to }) => to === name))(ports, settings),

  'a destination is told by a message that it refused': (ports, settings) => {
    const destinations = Object.entries(ports.destinations ?? {}).map(([name, port]) => {
      const write: typeof port.write = async (...given) =>
        (await port.write(...given)).map((message) => ({
          ...message,
          post: async (deadline) => {
            const result = await message.post(deadline);
            return result.kind === 'refused' ? { kind: 'accepted' } : result;
          },
        }));
      return [name, { ...port, write }] as const;
    });
    return check({ ...ports, destinations: Object.fromEntries(destinations) }, settings);
  },
};

/** Each check finds the logs of some destinations empty, all but their beginning. */
function forgets(isForgotten: (name: string) => boolean): RunCheck {
  return (ports, settings) => {
    const load = async (...given: Parameters<typeof ports.state.load>) => {
      const loaded = await ports.state.load(...given);
      const routes: WatchState['routes'] = Object.fromEntries(
        Object.entries(loaded.state.routes).map(([name, route]) => {
          const destinations = Object.entries(route.destinations).map(([id, destination]) => [
            id,
            isForgotten(name) ? { ...destination, notificationLog: {} } : destination,
          ]);
          return [name, { ...route, destinations: Object.fromEntries(destinations) }];
        }),
      );
      return { ...loaded, state: { ...loaded.state, routes } };
    };
    return check({ ...ports, state: { ...ports.state, load } }, settings);
  };
}

it.each(Object.keys(BREAKAGES))('is found out within ten worlds: %s', async (name) => {
  const seeds = Array.from({ length: 10 }, (_, index) => index + 1);
  for (const seed of seeds) {
    const { violations } = await playChannels(seed, BREAKAGES[name]);
    if (violations.length > 0) return;
  }
  throw new Error(`no violation in ${seeds.length} worlds`);
});
