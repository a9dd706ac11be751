// `npm run invoke` calls this.
import { launch } from './launch.mjs';

await launch('invoke-main');
