import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aTemplate, removeFolders } from './a-stack.ts';

/** Writes the template of `prod: {}` as the one that the next release is compared with, without the hash of its code. */
const template = JSON.stringify(aTemplate().toJSON(), null, 2).replace(/[\da-f]{64}/g, 'ASSET');
writeFileSync(join(import.meta.dirname, 'previous-release.json'), `${template}\n`);
removeFolders();
