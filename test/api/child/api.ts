import { startApi } from '#api/node.ts';

/* An API in a process of its own, to be killed: prints its address and token as one line of JSON. */
const [dataDir = ''] = process.argv.slice(2);
const api = await startApi({ dataDir, listen: { host: '127.0.0.1', port: 0 }, osUser: 'ada' });
console.log(JSON.stringify({ url: api.url, adminToken: api.adminToken }));
