import type { Digest } from '../../../lambda/core/digest/digest.ts';
import { link, words } from '../../../lambda/core/digest/rich-text.ts';
import { itemBlocks } from '../../../lambda/core/render/blocks.ts';
import { renderPlainText } from '../../../lambda/core/render/plain-text.ts';

const PAGE = 'https://wiki.acme.example/page?a=1&b=2#section';
const ITEM = {
  level: 'critical' as const,
  title: [words('sync-alerts')],
  detail: [words('see '), link('runbook', PAGE)],
  covers: [],
};

test('words that lead to a page are a link in Slack', () => {
  expect(JSON.stringify(itemBlocks(ITEM))).toContain(
    'see <https://wiki.acme.example/page?a=1&amp;b=2#section|runbook>',
  );
});

test('in plain text their address follows them', () => {
  const digest: Digest = {
    environment: 'prod',
    headline: 'h',
    sections: [{ title: 't', items: [ITEM] }],
    push: [],
    context: [],
    moreHint: '',
  };
  expect(renderPlainText(digest)).toContain(`see runbook: ${PAGE}`);
});
