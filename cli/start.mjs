// `npm start` calls this; cron calls it without npm: `node cli/start.mjs`.
import { launch } from './launch.mjs';

await launch('main');
