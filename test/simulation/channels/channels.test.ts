import { playChannels } from './channel-world.ts';

describe('a world with routes, dead channels, silences and deploys', () => {
  it.each([1, 2, 49])('tells each destination what is its, once: seed %d', async (seed) => {
    expect((await playChannels(seed)).violations).toEqual([]);
  });
});
