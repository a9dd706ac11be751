import type { Labels } from './sync.ts';

/** The placeholders of a link to a sync. */
export const LINK_FIELDS = ['organisation', 'id', 'name', 'connector', 'connection', 'kb', 'table'] as const;

const PLACEHOLDER = /\{(\w+)\}/g;

/** Whether a template is an https URL that names the sync, and whose placeholders are known and stand after the host. */
export function isSyncLink(template: string): boolean {
  const fields: readonly string[] = LINK_FIELDS;
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  const isWhole = /^https:\/\/[^\s/{}<>|\\"'`@]+\/[^\s<>|\\"'`]*$/.test(template);
  return isWhole && names.includes('id') && names.every((name) => fields.includes(name));
}

/** The link to a sync; undefined when a value that the template needs is not known. */
export function syncLink(
  template: string,
  {
    organisation,
    id,
    labels,
  }: { readonly organisation: string; readonly id: string; readonly labels: Labels },
): string | undefined {
  const values: Readonly<Record<string, string | null>> = {
    organisation,
    id,
    name: labels.name,
    connector: labels.connectorId,
    connection: labels.connectionRef,
    kb: labels.kbUid,
    table: labels.destTable,
  };
  let isComplete = true;
  const url = template.replace(PLACEHOLDER, (_, name: string) => {
    const value = values[name];
    if (value == null || /\p{Surrogate}/u.test(value)) isComplete = false;
    return isComplete ? encodeURIComponent(value ?? '') : '';
  });
  return isComplete ? url : undefined;
}
